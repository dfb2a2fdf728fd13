"""What a world is made of: people, bots, chats with their messages, and the log of calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.telegram.stream import Stream

Message = dict[str, Any]
Standing = Literal["never", "started", "blocked", "deactivated"]


@dataclass(slots=True)
class Person:
    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "ru"

    def as_user(self) -> dict[str, Any]:
        """The User object."""
        user = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        return user | _filled(self, ("last_name", "username", "language_code"))

    def as_chat(self) -> dict[str, Any]:
        """The Chat object of the private chat with this person."""
        chat = {"id": self.id, "type": "private", "first_name": self.first_name}
        return chat | _filled(self, ("last_name", "username"))


@dataclass(slots=True)
class Bot:
    """`topics` switches on threads in private chats; `settings` is what setMy... stored."""

    token: str
    id: int
    username: str
    name: str
    topics: bool
    stream: Stream
    settings: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def as_user(self) -> dict[str, Any]:
        """The User object, as message authors carry it."""
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }


@dataclass(slots=True)
class Entry:
    """A message in its chat, with what the Message object itself does not carry."""

    message: Message
    markup: dict[str, Any] | None = None
    reactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return int(self.message["message_id"])

    @property
    def author_id(self) -> int:
        return int(self.message["from"]["id"])


@dataclass(slots=True)
class Chat:
    """`space` names the counter of message ids: the bot's account, or the supergroup."""

    id: int
    space: int
    header: dict[str, Any]
    bots: set[int]
    members: set[int]
    admins: set[int] = field(default_factory=set)
    entries: dict[int, Entry] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)

    @property
    def private(self) -> bool:
        return bool(self.header["type"] == "private")


@dataclass(slots=True, frozen=True)
class Request:
    """A call of the API. Instants are seconds of time.monotonic(), host-wide on Linux."""

    bot: int
    method: str
    chat_id: int | str | None
    at: float
    done_at: float
    ok: bool
    status: int
    message_id: int | None = None
    text: str = ""


def _filled(person: Person, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(person, name))}
