"""People write: texts, files, albums, anything else; they pass messages on and open links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from sandbox.telegram import composing
from sandbox.telegram.acting import Acting, BotRef, How, how_of
from sandbox.telegram.call import CONTENT
from sandbox.telegram.files import for_bot
from sandbox.telegram.markup import TEXT_LIMIT, units
from sandbox.telegram.origins import origin_of
from sandbox.telegram.sending import next_album_id
from sandbox.telegram.world import Message

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


class Writing(Acting):
    """See `How` for what all of these take."""

    def says(
        self,
        person_id: int,
        bot: BotRef,
        text: str,
        *,
        entities: list[dict[str, Any]] | None = None,
        **how: Unpack[How],
    ) -> Message:
        """A text; commands, links and addresses become entities where none are given.

        ValueError for a text over 4096 units: an app sends that as several.
        """
        if units(text) > TEXT_LIMIT:
            raise ValueError(f"a text of {units(text)} units: {TEXT_LIMIT} are allowed")
        return self._post(person_id, bot, composing.text(text, entities), how)

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
        **more: Any,
    ) -> Message:
        """An attachment, or a thing without a file: location, poll, story ... (`kinds`).

        `size` in bytes claims a large file without its content. `more` is `How`, and details of
        the kind: duration, title, emoji; latitude; question and options; tasks ...
        """
        how, details = how_of(more)
        item = {"kind": kind, "content": content, "name": name, "caption": caption}
        item |= {"mime": mime, "size": size} | details
        body = composing.anything(self.world, self.world.bot(bot), item)
        return self._post(person_id, bot, body, how)

    def sends_album(
        self,
        person_id: int,
        bot: BotRef,
        items: Iterable[Mapping[str, Any]],
        **how: Unpack[How],
    ) -> list[Message]:
        """Items {kind, content, name, caption, mime, size}: an update each, one media_group_id."""
        group, owner = {"media_group_id": next_album_id()}, self.world.bot(bot)
        contents = [composing.anything(self.world, owner, item) | group for item in items]
        return [self._post(person_id, owner, content, how) for content in contents]

    def writes(
        self, person_id: int, bot: BotRef, content: dict[str, Any], **how: Unpack[How]
    ) -> Message:
        """Any fields of a Message, known to the API or not yet."""
        return self._post(person_id, bot, dict(content), how)

    def forwards(
        self,
        person_id: int,
        bot: BotRef,
        message_ids: Iterable[int],
        source: Mapping[str, Any],
        **how: Unpack[How],
    ) -> list[Message]:
        """Pass on messages of a chat: `source` is {chat_id, owner?}. An album stays one."""
        owner = self.world.bot(bot)
        fresh: dict[str, str] = {}
        passed_on = []
        for message_id in message_ids:
            chat_id, account = int(source["chat_id"]), source.get("owner")
            _, entry = self._entry(chat_id, owner, message_id, chat_id, account)
            content = {k: v for k, v in entry.message.items() if k in CONTENT}
            content = dict(for_bot(content, owner.id)) | origin_of(self.world, entry)
            if album := entry.message.get("media_group_id"):
                content["media_group_id"] = fresh.setdefault(album, next_album_id())
            passed_on.append(self._post(person_id, owner, content, how))
        return passed_on

    def shares_contact(
        self, person_id: int, bot: BotRef, phone: str = "", **how: Unpack[How]
    ) -> Message:
        """The own contact, as a button that asks for it gives it; else the person's `phone`."""
        user = self._person(person_id)
        number = phone or self.world.people[person_id].phone
        if not number:
            raise ValueError(f"person {person_id} has no phone")
        names = {key: user[key] for key in ("first_name", "last_name") if key in user}
        contact = {"phone_number": number, "user_id": person_id} | names
        return self._post(person_id, bot, {"contact": contact}, how)

    def shares_chat(
        self, person_id: int, bot: BotRef, chat_id: int, request_id: int | None = None
    ) -> Message:
        """Pick a group by a `request_chat` button of the keyboard the bot shows.

        LookupError where no such button is shown, or the group does not fit it. Where the
        button wants the bot in the group and it is not there, the person has to add it first.
        """
        button = self._asking(person_id, bot, "request_chat", request_id)
        room = self._room(person_id, bot, chat_id)
        self._require_member(room, person_id)
        owner = self.world.bot(bot)
        if button.get("bot_is_member") and owner.id not in room.bots:
            raise LookupError(f"the bot is not in chat {chat_id}: it is not offered")
        if button.get("chat_is_channel") or button.get("chat_is_forum", room.forum) != room.forum:
            raise LookupError(f"chat {chat_id} is not of the kind that is asked for")
        shared: dict[str, Any] = {"request_id": button["request_id"], "chat_id": chat_id}
        if button.get("request_title"):
            shared["title"] = room.header["title"]
        return self._post(person_id, bot, {"chat_shared": shared}, {})

    def shares_users(
        self,
        person_id: int,
        bot: BotRef,
        user_ids: Iterable[int],
        request_id: int | None = None,
    ) -> Message:
        """Pick people by a `request_users` button of the keyboard the bot shows."""
        button, picked = self._asking(person_id, bot, "request_users", request_id), list(user_ids)
        if not 1 <= len(picked) <= int(button.get("max_quantity") or 1):
            raise LookupError(f"{len(picked)} people cannot be picked there")
        names = ["first_name", "last_name"] if button.get("request_name") else []
        names += ["username"] if button.get("request_username") else []
        users = [_shared(self._person(one), names) for one in picked]
        shared = {"request_id": button["request_id"], "users": users, "user_ids": picked}
        return self._post(person_id, bot, {"users_shared": shared}, {})

    def _asking(
        self, person_id: int, bot: BotRef, what: str, request_id: int | None
    ) -> dict[str, Any]:
        """The button of the keyboard that is shown under the private chat."""
        entries = self._room(person_id, bot, None).entries.values()
        shown = [e.markup for e in entries if e.markup and "inline_keyboard" not in e.markup]
        for row in shown[-1].get("keyboard", []) if shown else []:
            for button in row:
                asked = button.get(what)
                if asked and request_id in (None, asked["request_id"]):
                    return dict(asked)
        raise LookupError(f"no button {what} is shown to person {person_id}")


def _shared(user: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {"user_id": user["id"]} | {name: user[name] for name in names if name in user}
