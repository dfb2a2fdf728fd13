"""The values of an explained figure: from its parts the figure can be recomputed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from inbox.report_figures import Figure, Worth
from inbox.report_records import Improved, Newcomer, Silent, Value, WaitLine
from inbox.report_trend import mean
from inbox.reports import median, share_of
from inbox.reports_store import Said


class Out(StrEnum):
    """What a wait or message is, where it is a part of a figure, is left out, or is counted
    otherwise than one would expect."""

    WITHIN = "within"
    LATE = "late"
    DISMISSED = "dismissed"
    CLOSED = "closed"
    OPEN = "open"
    CLOSED_IN_TIME = "closed_in_time"
    NOT_DUE = "not_due"
    OTHER_ANSWERS = "other_answers"  # next ones where first ones are counted, or the reverse
    CHARGED_TO_OTHERS = "charged_to_others"  # answered in this row, held by another when due
    ANSWERED_BY_OTHERS = "answered_by_others"  # the reverse
    TAKEN_OVER = "taken_over"
    AUTHOR_UNKNOWN = "author_unknown"
    NO_WORKING_TIME = "no_working_time"
    AUTOMATIC = "automatic"
    COPIES = "copies"
    THANKS = "thanks"
    BEFORE_OKNO = "before_okno"  # weeks of which nothing is known


class By(StrEnum):
    """By what a sum is taken apart."""

    KIND = "kind"  # names are Out's
    MANAGER = "manager"
    CLIENT = "client"
    HOUR = "hour"  # names are the weekday (Monday is 0) and the hour: "0 09"


@dataclass(frozen=True, slots=True)
class Noted:
    """So many waits or messages."""

    why: Out
    count: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sum; "" is nobody."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Split:
    """The whole figure in parts, the largest first."""

    by: By
    pieces: tuple[Piece, ...]

    @property
    def value(self) -> int:
        """The sum."""
        return sum(one.count for one in self.pieces)


@dataclass(frozen=True, slots=True)
class Summed:
    """A count: each of the splits comes to it."""

    splits: tuple[Split, ...]

    @property
    def value(self) -> int:
        """The sum of the first."""
        return self.splits[0].value


@dataclass(frozen=True, slots=True)
class Placed:
    """An answer among all of them, the shortest is number 1."""

    number: int
    time: timedelta
    line: WaitLine


@dataclass(frozen=True, slots=True)
class Ranked:
    """Of `n` times, by length, the one at a place, or the mean of the middle two (rule 25). Of
    fewer than five all are `listed`."""

    n: int
    places: tuple[Placed, ...]
    listed: tuple[Placed, ...]

    @property
    def value(self) -> timedelta | None:
        """Of one or two places the mean is their median."""
        return median([one.time for one in self.places])


@dataclass(frozen=True, slots=True)
class Shared:
    """Within the target, of that and of all breaches: late answers, and what was `closed` or is
    `open` without an answer and overdue (rule 26)."""

    within: int
    late: int
    closed: int
    open: int

    @property
    def breaches(self) -> int:
        """All of them."""
        return self.late + self.closed + self.open

    @property
    def counted(self) -> int:
        """The n of the share."""
        return self.within + self.breaches

    @property
    def value(self) -> Fraction | None:
        """The share."""
        return share_of(self.within, self.counted)


@dataclass(frozen=True, slots=True)
class WeekValue:
    """The figure of an earlier week, or of the month or span before."""

    since: datetime
    until: datetime
    value: Value | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """The mean of those weeks that have a value, the latest first."""

    weeks: tuple[WeekValue, ...]

    @property
    def value(self) -> Value | None:
        """The mean."""
        return mean([one.value for one in self.weeks])


@dataclass(frozen=True, slots=True)
class Chosen:
    """One wait of all: the longest, or with `since` the one that has waited from earliest on."""

    line: WaitLine | None
    since: bool = False

    @property
    def value(self) -> timedelta | datetime | None:
        """How long, or since when."""
        if self.line is None:
            return None
        return self.line.started_at if self.since else self.line.business


@dataclass(frozen=True, slots=True)
class Listed:
    """Clients, new or silent."""

    newcomers: tuple[Newcomer, ...] = ()
    silent: tuple[Silent, ...] = ()

    @property
    def value(self) -> int:
        """How many."""
        return len(self.newcomers) + len(self.silent)


@dataclass(frozen=True, slots=True)
class Faster:
    """Whose median fell most."""

    improved: Improved | None

    @property
    def value(self) -> timedelta | None:
        """The median now."""
        return self.improved.now if self.improved is not None else None


How: TypeAlias = Summed | Ranked | Shared | Weighed | Chosen | Listed | Faster


@dataclass(frozen=True, slots=True)
class Explained:
    """`value` as the report has it, of `n` waits, messages, clients or weeks; `how.value` is the
    same, recomputed from the parts. `waits` (or `said`, of messages): up to ten behind it, the
    most telling first. `left_out`: what of the same row does not count here; `notes`: what counts,
    though not as one would expect."""

    figure: Figure
    value: Worth
    n: int
    how: How
    waits: tuple[WaitLine, ...] = ()
    said: tuple[Said, ...] = ()
    left_out: tuple[Noted, ...] = ()
    notes: tuple[Noted, ...] = ()
