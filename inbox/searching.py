"""What is searched for, and what is found; a part of inbox.ports.Transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Query:
    """Words that must all stand in what is found, in any form; and where to look.

    `author`: a part of who wrote it (name or address) begins with it. `place`: a part of the
    client's name does, or it is a channel's id or its kind. `before`, `since`: UTC. `has_file`: it
    carries a file.
    """

    words: str = ""
    author: str = ""
    place: str = ""
    before: datetime | None = None
    since: datetime | None = None
    has_file: bool = False


class HitKind(StrEnum):
    """What was found."""

    MESSAGE = "message"
    REPLY = "reply"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Hit:
    """A message, reply or internal note that was found. `message_id`: the client's message that
    stands for it on a card, None where there is none. `number`: where to go on behind it."""

    number: int
    kind: HitKind
    at: datetime
    author: str
    client_id: int
    client_name: str
    conversation_id: int
    channel_id: str
    text: str
    subject: str = ""
    files: tuple[str, ...] = ()
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of what was found, the newest first. `more`: there may be more behind it. `unread`:
    so many older messages are not searched yet."""

    hits: tuple[Hit, ...]
    more: bool = False
    unread: int = 0


class Searching(Protocol):
    """A part of inbox.ports.Transaction."""

    async def search(
        self, query: Query, manager_ids: Collection[int] | None, after: int | None, limit: int
    ) -> Hits:
        """Of the clients that these hold or that nobody holds (None: of all), behind the hit of
        number `after`, the newest first."""
        ...

    async def index_older(self, limit: int) -> int:
        """Take up to `limit` messages from before the index into it; how many are left."""
        ...
