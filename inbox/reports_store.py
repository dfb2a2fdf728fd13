"""What a report asks of the store: pages short enough to be read between other work.

A part of inbox.ports.Transaction. Nothing is locked. Instants are UTC.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from inbox.log_records import Entry
from inbox.model import Nature, Wait
from inbox.reports import Holding


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a wait or message belongs; `holder_id` and the names are those of now."""

    conversation_id: int
    channel_id: str
    client_id: int
    client: str
    tier: str
    holder_id: int | None


@dataclass(frozen=True, slots=True)
class StoredWait:
    """A wait with what its line needs: the message that opened it, and who got it last before it
    ended, where it changed hands while it was open. The wait is without its ladder and rungs, and
    without a note."""

    wait: Wait
    talk: Talk
    message_id: int | None
    got: Holding | None


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which row of the ended waits, in the order of their ending, to read on."""

    closed_at: datetime
    started_at: datetime
    wait_id: int


@dataclass(frozen=True, slots=True)
class EndedPage:
    """`next`: where to read on; None at the end. A page may be empty before the end."""

    waits: tuple[StoredWait, ...]
    next: Place | None


@dataclass(frozen=True, slots=True)
class Said:
    """A message; `copy`: the same one had come by another mailbox before."""

    id: int
    sent_at: datetime
    nature: Nature
    copy: bool
    talk: Talk


class Ended(NamedTuple):
    """Of a wait that was answered, or ended overdue without an answer (`answered` false):
    `business` seconds, and whether they were within the target. `manager_id`: who ended it, else
    who held it when it fell due. There are very many: a tuple is made fastest."""

    wait_id: int
    holder_id: int | None
    manager_id: int | None
    answered: bool
    first: bool
    within: bool
    business: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """A wait that fell due and ended then; it had begun in an earlier period."""

    holder_id: int | None
    due_at: datetime
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class LastWord:
    """When a client and the studio last exchanged a word, in any conversation."""

    client_id: int
    client: str
    holder_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """The log's line of it, and who made it."""

    entry: Entry
    by: str


class ReportsStore(Protocol):
    """Reading for reports; promises are no waits here."""

    async def ended_waits(
        self, since: datetime, until: datetime, as_of: datetime, after: Place | None, limit: int
    ) -> EndedPage:
        """What ended from `since` before `until`, or at `as_of` or later but had begun before it,
        in the order of ending; `limit`: how many rows are looked at."""
        ...

    async def waits_going_on(
        self, as_of: datetime, after: int, limit: int
    ) -> tuple[StoredWait, ...]:
        """What is open now and had begun before `as_of`, by conversation, behind this one."""
        ...

    async def ended_times(self, since: datetime, until: datetime) -> tuple[Ended, ...]:
        """What ended from `since` before `until`; dismissed waits are left out."""
        ...

    async def answers_moved(self, since: datetime, until: datetime) -> tuple[StoredWait, ...]:
        """What was answered from `since` before `until` and had changed hands while it was
        open."""
        ...

    async def crossings(
        self, since: datetime, until: datetime, begun: datetime
    ) -> tuple[Crossing, ...]:
        """What ended from `since` before `until`, had begun before `begun` and fell due."""
        ...

    async def promises_ended(
        self, since: datetime, until: datetime
    ) -> tuple[tuple[int | None, int], ...]:
        """How many promises were kept or withdrawn from `since` before `until`, by holder."""
        ...

    async def said(
        self, since: datetime, until: datetime, after: tuple[datetime, int] | None, limit: int
    ) -> tuple[Said, ...]:
        """Messages of all natures sent from `since` before `until`, in the order of sending,
        behind this instant and id."""
        ...

    async def count_said(
        self, since: datetime, until: datetime
    ) -> tuple[tuple[int | None, int], ...]:
        """How many messages persons sent from `since` before `until`, by holder; no copies."""
        ...

    async def known_before(self, client_ids: Collection[int], at: datetime) -> frozenset[int]:
        """Those of the clients with whom a word was exchanged before then."""
        ...

    async def last_words(
        self, before: datetime, after: int, limit: int
    ) -> tuple[tuple[LastWord, ...], int | None]:
        """Of the next clients by id behind `after`: the last words before then, of persons on
        either side, where there are any; and where to read on, None at the end."""
        ...

    async def calendar_changes(self, since: datetime) -> tuple[CalendarChange, ...]:
        """All days that were entered or dropped since then, in the order of time."""
        ...
