"""The chats one person has on the page: with the bot, in groups, and in people's own accounts.

A room's key is "bot:PERSON", "group:CHAT" or "account:OWNER:CLIENT".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.page.requests import Body
from sandbox.stage import Stage
from sandbox.telegram.account import commands_for
from sandbox.telegram.membership import member
from sandbox.telegram.world import Chat


@dataclass(frozen=True, slots=True)
class Room:
    """A chat as one person is in it; `where` are the words by which `People` find it."""

    key: str
    kind: Literal["bot", "group", "account"]
    person_id: int
    chat_id: int
    owner: int | None = None

    @property
    def where(self) -> dict[str, Any]:
        """chat_id and owner, as far as they are needed."""
        if self.kind == "bot":
            return {}
        return {"chat_id": self.chat_id, "owner": self.owner}


def key_of(notice: dict[str, Any]) -> str:
    """The room that a notice of the world is about."""
    chat_id, owner = notice["chat"], notice.get("owner")
    if owner:
        return f"account:{owner}:{chat_id}"
    return f"bot:{chat_id}" if chat_id > 0 else f"group:{chat_id}"


class Rooms:
    """Finds rooms, and says what there is about them beside the messages."""

    def __init__(self, stage: Stage, owners: Sequence[int]) -> None:
        self._stage = stage
        self._owners = owners

    def of(self, person_id: int) -> list[Room]:
        """All rooms of a person, the bot's first."""
        world = self._stage.world
        found = [Room(f"bot:{person_id}", "bot", person_id, person_id)]
        found += [
            Room(f"group:{chat.id}", "group", person_id, chat.id)
            for chat in world.groups_of(person_id)
        ]
        for owner in self._owners:
            for chat in world.account_rooms(owner):
                if person_id in (owner, chat.id):
                    key = f"account:{owner}:{chat.id}"
                    found.append(Room(key, "account", person_id, chat.id, owner))
        return found

    def room(self, person_id: int, key: str) -> Room:
        """The person's room of this key, the bot's where it is empty. LookupError."""
        for room in self.of(person_id):
            if key in ("", room.key):
                return room
        raise LookupError(f"room {key!r} of person {person_id}")

    def listed(self, person_id: int) -> list[Body]:
        """What the page offers a person."""
        return [
            {"key": room.key, "kind": room.kind} | self._about(room) for room in self.of(person_id)
        ]

    def told(self, room: Room) -> Body:
        """What is beside the messages: names, standing, commands, topics, the bot's place."""
        about = self._about(room) | {"kind": room.kind}
        if room.kind == "account":
            return about | {
                "connected": self._stage.world.connection_of(room.owner or 0) is not None
            }
        chat, bot = self._chat(room), self._stage.bot
        person = self._stage.world.people[room.person_id]
        about["commands"] = commands_for(bot, chat, room.person_id, person.language_code)
        about["topics"] = [{"id": thread, "name": name} for thread, name in chat.topics.items()]
        if room.kind == "bot":
            return about | {"standing": self._stage.world.standing(bot.id, room.person_id)}
        return about | {"bot": member(chat, bot.as_user())["status"], "privacy": bot.privacy}

    def _about(self, room: Room) -> Body:
        """Whom one sees at the head of the chat."""
        people = self._stage.world.people
        if room.kind == "bot":
            return {"title": self._stage.bot.name}
        if room.kind == "group":
            chat = self._chat(room)
            members = [people[one].first_name for one in sorted(chat.members)]
            return {"title": chat.header["title"], "members": members}
        other = room.chat_id if room.person_id == room.owner else room.owner or 0
        name = f"{people[other].first_name} {people[other].last_name}".strip()
        return {"title": name, "mine": room.person_id == room.owner}

    def _chat(self, room: Room) -> Chat:
        return self._stage.world.room(self._stage.bot, room.chat_id)
