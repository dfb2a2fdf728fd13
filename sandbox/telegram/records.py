"""What a world is made of: people, bots, chats with their messages, and the log of calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.telegram.stream import Stream

Message = dict[str, Any]
Standing = Literal["never", "started", "blocked", "deactivated"]


@dataclass(slots=True)
class Person:
    """`hides_forwards`: what others pass on of theirs says a name alone, as the app lets one ask.

    `phone` is what the button "share my contact" gives.
    """

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "ru"
    phone: str = ""
    hides_forwards: bool = False

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
    """`topics` switches on threads in private chats; `settings` is what setMy... stored.

    `privacy`: in groups it hears only what is meant for it, unless it is an administrator there.
    `ignores_missing_threads`: a send to a deleted topic goes to the chat itself, as Telegram did
    for some weeks of 2026, instead of 'message thread not found'. `inline` and `inline_feedback`
    (the bot hears which result was chosen) are off at Telegram until BotFather is asked.
    """

    token: str
    id: int
    username: str
    name: str
    topics: bool
    stream: Stream
    privacy: bool = False
    ignores_missing_threads: bool = False
    inline: bool = True
    inline_feedback: bool = True
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
    """A message in its chat, with what the Message object itself does not carry.

    `by` is who wrote it where `from` says another: an anonymous administrator, or the bot that
    writes for the owner of an account.
    """

    message: Message
    markup: dict[str, Any] | None = None
    reactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    by: int = 0

    @property
    def id(self) -> int:
        return int(self.message["message_id"])

    @property
    def author_id(self) -> int:
        return self.by or self.shown_author_id

    @property
    def shown_author_id(self) -> int:
        return int(self.message["from"]["id"])


@dataclass(slots=True)
class Chat:
    """`space` names the counter of message ids: the bot's or owner's account, or the supergroup.

    `owner` is the person in whose own account this private chat is, 0 for a chat of a bot. Bots
    of such a chat hear of it while they are connected. `heard_at` and `read_id` are then the
    client's last message in Unix seconds and the newest one the account has read.
    `moved_to` is the supergroup a group became.
    """

    id: int
    space: int
    header: dict[str, Any]
    bots: set[int]
    members: set[int]
    admins: set[int] = field(default_factory=set)
    entries: dict[int, Entry] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    kicked: set[int] = field(default_factory=set)
    anonymous: set[int] = field(default_factory=set)
    creator: int = 0
    owner: int = 0
    heard_at: int = 0
    read_id: int = 0
    moved_to: int | None = None

    @property
    def forum(self) -> bool:
        return bool(self.header.get("is_forum"))

    @property
    def private(self) -> bool:
        return bool(self.header["type"] == "private")


@dataclass(slots=True)
class Connection:
    """A bot at a person's own account; a new one, with a new id, after every disconnection.

    `rights` are names of BusinessBotRights that are given; `at` is in Unix seconds.
    """

    id: str
    bot_id: int
    owner: Person
    at: int
    rights: frozenset[str]
    enabled: bool = True

    def as_update(self) -> dict[str, Any]:
        """The BusinessConnection object."""
        return {
            "id": self.id,
            "user": self.owner.as_user(),
            "user_chat_id": self.owner.id,
            "date": self.at,
            "is_enabled": self.enabled,
            "rights": dict.fromkeys(sorted(self.rights), True),
        }


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
    thread_id: int | None = None
    business: str = ""


def _filled(person: Person, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(person, name))}
