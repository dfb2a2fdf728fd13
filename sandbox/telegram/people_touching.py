"""People touch what is there: they press buttons, edit, delete, react, block the bot."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

from sandbox.telegram import composing
from sandbox.telegram.acting import Acting, BotRef
from sandbox.telegram.business import tell_deleted
from sandbox.telegram.files import for_bot
from sandbox.telegram.world import Chat, Entry, Message

REWRITTEN = frozenset({"text", "entities", "caption", "caption_entities"})


class Touching(Acting):
    """`chat_id` names the group, `owner` the own account, where it is not the private chat."""

    _queries: count[int]

    async def presses(
        self,
        person_id: int,
        bot: BotRef,
        message_id: int,
        callback_data: str,
        *,
        within: float = 10.0,
        chat_id: int | None = None,
        owner: int | None = None,
    ) -> str:
        """Press an inline button; the text of the bot's answer, empty where it gave none.

        TimeoutError where the bot does not answer within so many seconds.
        """
        answer = await self.presses_fully(
            person_id,
            bot,
            message_id,
            callback_data,
            within=within,
            chat_id=chat_id,
            owner=owner,
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
        owner: int | None = None,
    ) -> dict[str, Any]:
        """The same, with all of the answer: {text, show_alert, url}."""
        room, entry = self._entry(person_id, bot, message_id, chat_id, owner)
        self._require_member(room, person_id)
        rows = (entry.markup or {}).get("inline_keyboard", [])
        if all(button.get("callback_data") != callback_data for row in rows for button in row):
            raise LookupError(f"message {message_id} has no button {callback_data!r}")
        pressed, query_id = self._as_pressed(room, entry), str(next(self._queries))
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.world.callbacks[query_id] = answer
        query = {
            "id": query_id,
            "from": self._person(person_id),
            "message": pressed,
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

    def _as_pressed(self, room: Chat, entry: Entry) -> Message:
        """The message as its bot sees it; one of an account says by which connection."""
        message: Message = for_bot(entry.message, entry.author_id)
        if not room.owner:
            return message
        connection = self.world.connection_of(room.owner)
        if connection is None or connection.bot_id != entry.author_id:
            raise LookupError(f"the bot is not at the account of {room.owner} any more")
        return message | {"business_connection_id": connection.id}

    def edits(
        self,
        person_id: int,
        bot: BotRef,
        message_id: int,
        text: str,
        *,
        chat_id: int | None = None,
        owner: int | None = None,
    ) -> Message:
        """Change the text or caption of an own message; an owner, of the bot's for them too."""
        room, entry = self._entry(person_id, bot, message_id, chat_id, owner)
        if person_id not in (entry.author_id, entry.shown_author_id):
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
        self,
        person_id: int,
        bot: BotRef,
        *message_ids: int,
        chat_id: int | None = None,
        owner: int | None = None,
    ) -> None:
        """Delete messages for both sides: only the bot of an own account is told."""
        rooms = [self._entry(person_id, bot, one, chat_id, owner)[0] for one in message_ids]
        if not rooms:
            raise LookupError("no message is named")
        if rooms[0].owner:
            tell_deleted(self.world, rooms[0], list(message_ids))
            return
        for one in message_ids:
            self.world.remove(rooms[0], one)

    def reacts(
        self,
        person_id: int,
        bot: BotRef,
        message_id: int,
        emoji: str | None,
        *,
        chat_id: int | None = None,
        owner: int | None = None,
    ) -> None:
        """Set or take away a reaction: bots hear of it only in groups where they are admin."""
        room, entry = self._entry(person_id, bot, message_id, chat_id, owner)
        old = entry.reactions.pop(person_id, [])
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        if new:
            entry.reactions[person_id] = new
        self.world.notice(room, message_id, "reaction")
        who: dict[str, Any] = {"user": self._person(person_id)}
        if person_id in room.anonymous:
            who = {"actor_chat": room.header}
        update = {
            "chat": room.header,
            "message_id": message_id,
            "date": self._stamp(),
            "old_reaction": old,
            "new_reaction": new,
        } | who
        for bot_id in room.bots & room.admins:
            self.world.bots[bot_id].stream.push("message_reaction", update)

    def blocks(self, person_id: int, bot: BotRef) -> None:
        """Stop the bot: its sends get 403, it gets my_chat_member."""
        self._turn(person_id, self.world.bot(bot), "member", "kicked")
        self.world.set_standing(self.world.bot(bot).id, person_id, "blocked")

    def unblocks(self, person_id: int, bot: BotRef) -> None:
        """Let a blocked bot write again."""
        self._turn(person_id, self.world.bot(bot), "kicked", "member")
        self.world.set_standing(self.world.bot(bot).id, person_id, "started")

    def deletes_account(self, person_id: int, bot: BotRef) -> None:
        """From now on '403 user is deactivated'."""
        self.world.set_standing(self.world.bot(bot).id, person_id, "deactivated")
