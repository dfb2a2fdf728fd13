"""The values of how it stands now: numbers and names, no words. Instants are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from inbox.report_records import Slice
from inbox.reports import share_of


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """The numbers of one row; durations are business time.

    `waiting`, `overdue`: open now; `oldest`: since when the longest waits; `next_due_at`: when
    the next one falls due. `answered`: today, `within` the target so many of them; `first`,
    `median`: of today's answers to first waits, and to all; None of nothing. `breaches`: today's
    late answers, what was closed overdue without one, and what is open and overdue.

    A manager's row has the answers that the manager wrote, from taking the wait over, and the
    breaches that the manager is charged with.
    """

    waiting: int = 0
    overdue: int = 0
    oldest: datetime | None = None
    next_due_at: datetime | None = None
    answered: int = 0
    first: timedelta | None = None
    median: timedelta | None = None
    within: int = 0
    breaches: int = 0

    @property
    def counted(self) -> int:
        """The n of the share (rule 26)."""
        return self.within + self.breaches

    @property
    def share(self) -> Fraction | None:
        """Within the target, of what counts; None where nothing does."""
        return share_of(self.within, self.counted)


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A manager's figures; `manager_id` None: of what nobody has."""

    manager_id: int | None
    name: str
    figures: LiveFigures


@dataclass(frozen=True, slots=True)
class OpenWait:
    """One that waits, by name; `business`: how long, in business time. `message_id`: the message
    that opened it, None where it is not known."""

    wait_id: int
    conversation_id: int
    message_id: int | None
    client_id: int
    client: str
    channel_id: str
    holder_id: int | None
    holder: str
    started_at: datetime
    due_at: datetime | None
    business: timedelta

    def overdue(self, at: datetime) -> bool:
        """Whether it had fallen due by then."""
        return self.due_at is not None and self.due_at <= at


@dataclass(frozen=True, slots=True)
class Live:
    """How it stands at `at`. `since`: the beginning of today in the studio's `zone` (IANA).

    `managers`: who has or did anything, most overdue first; of a manager's slice too: who answered
    the own clients. `longest`: who waits longest, a few; `next_due`: who falls due next.
    `unheld`: the open waits of all whom nobody holds, whatever the slice.
    `open`: whether the studio's hours run; `opens_at`: when they do next, None where they run or
    never do.
    """

    at: datetime
    since: datetime
    zone: str
    slice: Slice
    figures: LiveFigures
    managers: tuple[LiveRow, ...]
    longest: tuple[OpenWait, ...]
    next_due: OpenWait | None
    unheld: LiveFigures
    open: bool
    opens_at: datetime | None
