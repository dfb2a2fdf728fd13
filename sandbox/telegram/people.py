"""What a person does in Telegram: write, send files, press, edit, react, block, start."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from sandbox.telegram import composing
from sandbox.telegram.markup import TEXT_LIMIT, units
from sandbox.telegram.sending import next_album_id
from sandbox.telegram.world import Bot, Chat, Entry, Message, World

BotRef = int | str | Bot

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
REWRITTEN = frozenset({"text", "entities", "caption", "caption_entities"})


@dataclass(slots=True, frozen=True)
class _Where:
    chat_id: int | None
    thread_id: int | None
    reply_to: int | None


class People:
    """Acts of people, each on the bot named by token, id or username.

    All are plain functions except `presses`, which waits for the bot. `chat_id` names a
    supergroup where the act is not in the private chat. LookupError: no such person, message,
    button or chat.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._queries = count(4_000_000_000_000_001)

    def says(
        self,
        person_id: int,
        bot: BotRef,
        text: str,
        *,
        entities: list[dict[str, Any]] | None = None,
        reply_to: int | None = None,
        chat_id: int | None = None,
        forward_origin: dict[str, Any] | None = None,
        thread_id: int | None = None,
    ) -> Message:
        """A text; commands, links and addresses become entities where none are given.

        ValueError for a text over 4096 units: an app sends that as several.
        """
        if units(text) > TEXT_LIMIT:
            raise ValueError(f"a text of {units(text)} units: {TEXT_LIMIT} are allowed")
        content = composing.text(text, entities)
        where = _Where(chat_id, thread_id, reply_to)
        return self._post(person_id, bot, content | _forwarded(forward_origin), where)

    def starts(self, person_id: int, bot: BotRef, payload: str = "") -> Message:
        """Open a deep link, or press Start where `payload` is empty.

        ValueError for a payload Telegram does not pass on (https://core.telegram.org/bots/features#deep-linking).
        """
        if not PAYLOAD.fullmatch(payload):
            raise ValueError(f"a payload is up to 64 of A-Z a-z 0-9 _ -, not {payload!r}")
        return self.says(person_id, bot, f"/start {payload}".strip())

    def sends(
        self,
        person_id: int,
        bot: BotRef,
        kind: str,
        content: bytes = b"",
        name: str = "",
        *,
        caption: str = "",
        mime: str = "",
        size: int | None = None,
        reply_to: int | None = None,
        chat_id: int | None = None,
        thread_id: int | None = None,
        forward_origin: dict[str, Any] | None = None,
        **details: Any,
    ) -> Message:
        """An attachment. `size` in bytes claims a large file without its content.

        `details` fill location, contact, venue and dice, and give duration, title, emoji.
        """
        item = {"kind": kind, "content": content, "name": name, "caption": caption}
        item |= {"mime": mime, "size": size} | details
        body = composing.anything(self.world, self.world.bot(bot), item)
        where = _Where(chat_id, thread_id, reply_to)
        return self._post(person_id, bot, body | _forwarded(forward_origin), where)

    def sends_album(
        self,
        person_id: int,
        bot: BotRef,
        items: Iterable[Mapping[str, Any]],
        *,
        reply_to: int | None = None,
        chat_id: int | None = None,
    ) -> list[Message]:
        """Items {kind, content, name, caption, mime, size}: an update each, one media_group_id."""
        group = {"media_group_id": next_album_id()}
        where, owner = _Where(chat_id, None, reply_to), self.world.bot(bot)
        contents = [composing.anything(self.world, owner, item) | group for item in items]
        return [self._post(person_id, owner, content, where) for content in contents]

    async def presses(
        self,
        person_id: int,
        bot: BotRef,
        message_id: int,
        callback_data: str,
        *,
        within: float = 10.0,
        chat_id: int | None = None,
    ) -> str:
        """Press an inline button; the text of the bot's answer, empty where it gave none.

        TimeoutError where the bot does not answer within so many seconds.
        """
        answer = await self.presses_fully(
            person_id, bot, message_id, callback_data, within=within, chat_id=chat_id
        )
        return str(answer.get("text") or "")

    async def presses_fully(
        self,
        person_id: int,
        bot: BotRef,
        message_id: int,
        callback_data: str,
        *,
        within: float = 10.0,
        chat_id: int | None = None,
    ) -> dict[str, Any]:
        """The same, with all of the answer: {text, show_alert, url}."""
        room, entry = self._entry(person_id, bot, message_id, chat_id)
        rows = (entry.markup or {}).get("inline_keyboard", [])
        if all(button.get("callback_data") != callback_data for row in rows for button in row):
            raise LookupError(f"message {message_id} has no button {callback_data!r}")
        query_id = str(next(self._queries))
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.world.callbacks[query_id] = answer
        query = {
            "id": query_id,
            "from": self._person(person_id),
            "message": entry.message,
            "chat_instance": str(room.id),
            "data": callback_data,
        }
        self.world.bots[entry.author_id].stream.push("callback_query", query)
        try:
            async with asyncio.timeout(within):
                given = await answer
        finally:
            del self.world.callbacks[query_id]
        self.world.notice(room, message_id, "callback", **given)
        return given

    def edits(
        self,
        person_id: int,
        bot: BotRef,
        message_id: int,
        text: str,
        *,
        chat_id: int | None = None,
    ) -> Message:
        """Change the text or the caption of an own message."""
        room, entry = self._entry(person_id, bot, message_id, chat_id)
        if entry.author_id != person_id:
            raise LookupError(f"message {message_id} is not of person {person_id}")
        fresh = composing.text(text) if "text" in entry.message else composing.caption(text)
        kept = {key: value for key, value in entry.message.items() if key not in REWRITTEN}
        message = kept | fresh
        message["edit_date"] = self._stamp()
        entry.message = message
        self.world.publish(room, "edited_message", message)
        self.world.notice(room, message_id, "edited")
        return message

    def deletes(
        self, person_id: int, bot: BotRef, message_id: int, *, chat_id: int | None = None
    ) -> None:
        """Delete a message for both sides: bots are not told."""
        room, entry = self._entry(person_id, bot, message_id, chat_id)
        self.world.remove(room, entry.id)

    def reacts(
        self,
        person_id: int,
        bot: BotRef,
        message_id: int,
        emoji: str | None,
        *,
        chat_id: int | None = None,
    ) -> None:
        """Set or take away a reaction: bots hear of it only in groups where they are admin."""
        room, entry = self._entry(person_id, bot, message_id, chat_id)
        old = entry.reactions.pop(person_id, [])
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        if new:
            entry.reactions[person_id] = new
        self.world.notice(room, message_id, "reaction")
        update = {
            "chat": room.header,
            "message_id": message_id,
            "user": self._person(person_id),
            "date": self._stamp(),
            "old_reaction": old,
            "new_reaction": new,
        }
        for bot_id in room.bots & room.admins:
            self.world.bots[bot_id].stream.push("message_reaction", update)

    def blocks(self, person_id: int, bot: BotRef) -> None:
        """Stop the bot: its sends get 403, it gets my_chat_member."""
        self._turn(person_id, bot, "member", "kicked")
        self.world.set_standing(self.world.bot(bot).id, person_id, "blocked")

    def unblocks(self, person_id: int, bot: BotRef) -> None:
        """Let a blocked bot write again."""
        self._turn(person_id, bot, "kicked", "member")
        self.world.set_standing(self.world.bot(bot).id, person_id, "started")

    def deletes_account(self, person_id: int, bot: BotRef) -> None:
        """From now on '403 user is deactivated'."""
        self.world.set_standing(self.world.bot(bot).id, person_id, "deactivated")

    def _turn(self, person_id: int, ref: BotRef, before: str, after: str) -> None:
        bot = self.world.bot(ref)
        room = self.world.room(bot, self._person(person_id)["id"])
        change = {
            "chat": room.header,
            "from": self._person(person_id),
            "date": self._stamp(),
            "old_chat_member": _member(bot, before),
            "new_chat_member": _member(bot, after),
        }
        self.world.publish(room, "my_chat_member", change)
        self.world.notice(room, None, "standing", status=after)

    def _post(
        self, person_id: int, ref: BotRef, content: dict[str, Any], where: _Where
    ) -> Message:
        bot, author = self.world.bot(ref), self._person(person_id)
        room = self.world.room(bot, person_id if where.chat_id is None else where.chat_id)
        target = None
        if where.reply_to is not None:
            target = self._entry(person_id, bot, where.reply_to, where.chat_id)[1]
        if room.private:
            if self.world.standing(bot.id, person_id) == "blocked":
                self.unblocks(person_id, bot)
            self.world.set_standing(bot.id, person_id, "started")
        entry = self.world.post(room, author, content, reply_to=target, thread_id=where.thread_id)
        self.world.publish(room, "message", entry.message)
        return entry.message

    def _entry(
        self, person_id: int, ref: BotRef, message_id: int, chat_id: int | None
    ) -> tuple[Chat, Entry]:
        room = self.world.room(self.world.bot(ref), person_id if chat_id is None else chat_id)
        if message_id not in room.entries:
            raise LookupError(f"no message {message_id} in chat {room.id}")
        return room, room.entries[message_id]

    def _person(self, person_id: int) -> dict[str, Any]:
        if person_id not in self.world.people:
            raise LookupError(f"no person {person_id}")
        return self.world.people[person_id].as_user()

    def _stamp(self) -> int:
        return int(self.world.now().timestamp())


def _forwarded(origin: dict[str, Any] | None) -> dict[str, Any]:
    return {"forward_origin": origin} if origin else {}


def _member(bot: Bot, status: str) -> dict[str, Any]:
    member: dict[str, Any] = {"user": bot.as_user(), "status": status}
    return member | ({"until_date": 0} if status == "kicked" else {})
