"""The values of a whole report: numbers and names, no words and no pictures.

Instants are UTC; `business` is time in open hours, `wall` all time. Parts add up: each count of
the studio is the sum of its rows, by manager, client, channel and tier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from inbox.report_corrected import Corrected
from inbox.reports import share_of

Grid: TypeAlias = tuple[tuple[int, ...], ...]
"""7 days from Monday on, 24 hours each, in the studio's zone."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` until `until`, that instant excluded; `zone` is the studio's (IANA).

    `as_of`: the instant at which "still open" is meant, the period's end or, before that, the
    present. `whole_week`: Monday to Monday, and over.
    """

    since: datetime
    until: datetime
    as_of: datetime
    zone: str
    whole_week: bool

    @property
    def over(self) -> bool:
        """Whether nothing can be added to it any more."""
        return self.as_of == self.until


@dataclass(frozen=True, slots=True)
class Slice:
    """Whose report it is: of the whole studio (None), a manager's own clients, or one client;
    `name` is the manager's or the client's."""

    manager_id: int | None = None
    name: str = ""
    client_id: int | None = None

    def takes(self, holder_id: int | None, client_id: int) -> bool:
        """Whether what this member holds of this client is part of it."""
        return self.client_id in {None, client_id} and self._of(holder_id)

    def takes_all_of(self, holder_id: int | None) -> bool:
        """Whether all that this member holds is part of it. Of earlier weeks no more is read, so
        that a client's report has none of them."""
        return self.client_id is None and self._of(holder_id)

    def _of(self, holder_id: int | None) -> bool:
        return self.manager_id is None or self.manager_id == holder_id


@dataclass(frozen=True, slots=True)
class Times:
    """What `n` durations say (rule 25). Of fewer than five there is no `p90`, and all are
    `listed`, the shortest first; of nothing all is None."""

    n: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None
    longest: timedelta | None = None
    listed: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """The same answers in business time and, beside it, in wall time."""

    business: Times = Times()
    wall: Times = Times()


@dataclass(frozen=True, slots=True)
class Charge:
    """So many breaches of waits that this member held when they fell due; None: nobody held."""

    manager_id: int | None
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What nobody has answered at the end; `oldest` since when the longest waits."""

    count: int = 0
    overdue: int = 0
    oldest: datetime | None = None
    oldest_wait_id: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one row.

    `messages`: of persons on the clients' side. `opened`: waits that began in the period.
    `answered` (also by telephone: `phoned` of them), `dismissed`, `closed_unanswered`: waits that
    ended in it; `off_hours` of the answered ones were answered outside open hours.
    `first`, `next`: the answers to a conversation's first wait and to later ones; `both` together.
    Answered are those `within` the target and those `late`; with `unanswered_overdue` and what is
    open and overdue, the late ones are all the breaches. `breaches_by`: who held them when they
    fell due, most first.

    A manager's row has the answers that the manager wrote, from taking the wait over, and what is
    open with the manager; its `breaches` are those that the manager is charged with, whoever
    answered (rule 27), so that they are not the sum of the others.
    """

    messages: int = 0
    opened: int = 0
    answered: int = 0
    phoned: int = 0
    dismissed: int = 0
    closed_unanswered: int = 0
    off_hours: int = 0
    open: StillOpen = StillOpen()
    first: Response = Response()
    next: Response = Response()
    both: Response = Response()
    within: int = 0
    late: int = 0
    unanswered_overdue: int = 0
    breaches: int = 0
    breaches_by: tuple[Charge, ...] = ()

    @property
    def waits(self) -> int:
        """All that ended in the period or was open at its end, each once."""
        return self.answered + self.dismissed + self.closed_unanswered + self.open.count

    @property
    def counted(self) -> int:
        """The n of the share: what was answered in time, and every breach (rule 26)."""
        return self.within + self.breaches

    @property
    def share(self) -> Fraction | None:
        """Within the target, of what counts; None where nothing does."""
        return share_of(self.within, self.counted)


@dataclass(frozen=True, slots=True)
class Row:
    """A manager, client, channel or tier with its figures.

    `id`: a manager's or client's number, None for what nobody has (and for channels and tiers);
    `name`: its name, a channel's id ("email:info"), a tier's name ("": without one).
    """

    id: int | None
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class TrendWeek:
    """One week of the trend, from Monday 00:00 in the studio's zone; the last is the report's own,
    which may not be over."""

    since: datetime
    until: datetime
    messages: int
    answered: int
    first: Times
    both: Times
    within: int
    counted: int

    @property
    def share(self) -> Fraction | None:
        """As Figures.share."""
        return share_of(self.within, self.counted)


class Measure(StrEnum):
    """What is compared with earlier weeks."""

    MESSAGES = "messages"
    ANSWERED = "answered"
    FIRST_MEDIAN = "first_median"
    MEDIAN = "median"
    P90 = "p90"
    SHARE = "share"
    BREACHES = "breaches"


Value: TypeAlias = int | timedelta | Fraction


@dataclass(frozen=True, slots=True)
class Change:
    """A measure now, in the period before (a week, a month, or as long), and on average of the
    eight before, of weeks alone; None where there was nothing to measure. Counts are compared only
    where the period is over: else `last` and `usual` are None."""

    measure: Measure
    now: Value | None
    last: Value | None
    usual: Value | None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A client who wrote for the first time in the period; times are None while unanswered.

    `wait_id`: the first wait, None where none was opened. `within`: None while nobody can tell.
    """

    client_id: int
    name: str
    manager_id: int | None
    manager: str
    asked_at: datetime
    wait_id: int | None
    business: timedelta | None
    wall: timedelta | None
    within: bool | None


@dataclass(frozen=True, slots=True)
class Silent:
    """A client with whom no word was exchanged, either way, since then."""

    client_id: int
    name: str
    manager_id: int | None
    manager: str
    since: datetime


class Reason(StrEnum):
    """Why something stands in no median, or in no figure at all."""

    DISMISSED = "dismissed"
    CLOSED_UNANSWERED = "closed_unanswered"
    STILL_OPEN = "still_open"
    PROMISES = "promises"  # kept or not: they are no waits for an answer
    AUTOMATIC = "automatic"  # messages that no person wrote
    THANKS = "thanks"  # messages that opened no wait
    COPIES = "copies"  # the same message by another channel or mailbox
    NO_WORKING_TIME = "no_working_time"  # waits that have no due time: never a breach
    AUTHOR_UNKNOWN = "author_unknown"  # answered outside the program: counted for the holder


@dataclass(frozen=True, slots=True)
class Exclusion:
    """So many waits or messages are out, or counted otherwise than one would expect."""

    reason: Reason
    count: int


@dataclass(frozen=True, slots=True)
class WaitLine:
    """One wait as a line of the sheet, and behind every figure.

    `outcome`: as inbox.model.Outcome, "" while it is open; then the times are up to `as_of`.
    `holder`: whose client it is now; `manager`: in whose row it stands, who answered or else held
    it; `charged`: who held a breach when it fell due; names are "" for nobody. `own`: the business
    time from `taken_at`, when the manager got it (rule 27). `message_id`: the message that opened
    it, whose card it links to; None where it is not known.
    """

    wait_id: int
    conversation_id: int
    message_id: int | None
    client_id: int
    client: str
    tier: str
    channel_id: str
    holder_id: int | None
    holder: str
    manager_id: int | None
    manager: str
    charged_id: int | None
    charged: str
    first: bool
    outcome: str
    started_at: datetime
    taken_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    reply_within: timedelta
    business: timedelta
    wall: timedelta
    own: timedelta
    within: bool
    breached: bool
    off_hours: bool
    elsewhere: bool
    policy: str = ""
    calendar: str = ""
    author_known: bool = True


@dataclass(frozen=True, slots=True)
class Improved:
    """The manager whose median fell most against the period before, both of at least five."""

    manager_id: int
    name: str
    before: timedelta
    now: timedelta


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one report says.

    `target`: the studio's own, for a line in the picture. `came`: when messages came; `late`:
    when those came whose answer was late or is overdue. `trend`: eight weeks, the oldest first.
    `silent_weeks`: after how many weeks a client counts as silent. `before`: what `changes` are
    compared with, the latest first.
    """

    period: Period
    slice: Slice
    made_at: datetime
    target: timedelta
    studio: Figures
    managers: tuple[Row, ...]
    clients: tuple[Row, ...]
    channels: tuple[Row, ...]
    tiers: tuple[Row, ...]
    came: Grid
    late: Grid
    trend: tuple[TrendWeek, ...]
    changes: tuple[Change, ...]
    newcomers: tuple[Newcomer, ...]
    silent: tuple[Silent, ...]
    silent_weeks: int
    exclusions: tuple[Exclusion, ...]
    corrected: tuple[Corrected, ...]
    worst: WaitLine | None
    improved: Improved | None
    before: tuple[TrendWeek, ...] = ()
