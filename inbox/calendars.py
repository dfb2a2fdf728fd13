"""Which business hours count: the studio's, a manager's, a client's, and swaps between them.

A calendar is corrected (a day off is entered) or swapped (the client gets another manager). A
corrected one counts from a wait's start, as if it had always been so; a swapped one from the
moment of the swap (facts: rules 11 to 13).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Protocol
from zoneinfo import ZoneInfo

from inbox.business_hours import BusinessHours, Span

STUDIO = "studio"

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)
_TICK = timedelta.resolution


class Hours(Protocol):
    """What counts business time: one calendar's hours, or several one after another."""

    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def version(self) -> str: ...
    def elapsed(self, start: datetime, end: datetime) -> timedelta: ...
    def deadline(self, start: datetime, budget: timedelta) -> datetime: ...
    def is_open(self, at: datetime) -> bool: ...
    def next_opening(self, at: datetime) -> datetime: ...
    def spans(self, start: datetime, end: datetime) -> Iterator[Span]: ...


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date that somebody entered: its shifts, none meaning closed; `name` says why.

    `calendar` is the calendar's name. `by_id` entered it at `at`.
    """

    calendar: str
    day: date
    shifts: tuple[tuple[time, time], ...]
    name: str
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """Hours with a name; `day_names` says of dates that are not as the week why they are not."""

    name: str
    hours: BusinessHours
    day_names: Mapping[date, str] = field(default_factory=dict)
    provisional: frozenset[int] = frozenset()

    def with_days(self, days: Sequence[SpecialDay]) -> Calendar:
        """The calendar with dates that were entered: they beat whatever else is said of them."""
        own = [one for one in days if one.calendar == self.name]
        if not own:
            return self
        shifts = {one.day: one.shifts for one in own}
        hours = self.hours.with_dates(shifts)
        names = {**self.day_names, **{one.day: one.name for one in own if one.name}}
        return Calendar(self.name, hours, names, self.provisional)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `since` (UTC) on the calendar with this name counts."""

    calendar: str
    since: datetime


class Calendars:
    """All calendars by name, with the days that were entered since; the only thing in the inbox
    that changes while it runs: `learn` is called when days were entered, here or elsewhere.

    `all_counted_by`: the `versions` by which this process has looked at every open wait.
    """

    def __init__(self, given: Collection[Calendar]) -> None:
        self._given = {one.name: one for one in given}
        self._known = dict(self._given)
        self._days: tuple[SpecialDay, ...] = ()
        self.all_counted_by: frozenset[str] = frozenset()
        if STUDIO not in self._given:
            raise ValueError(f"there is no calendar {STUDIO!r}")

    @classmethod
    def only(cls, hours: BusinessHours) -> Calendars:
        """The studio's alone."""
        return cls([Calendar(STUDIO, hours)])

    @property
    def studio(self) -> Calendar:
        """The one that counts where no other is named."""
        return self._known[STUDIO]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, the studio's first."""
        return (STUDIO, *sorted(set(self._given) - {STUDIO}))

    @property
    def versions(self) -> frozenset[str]:
        """Of all calendars as they are now."""
        return frozenset(one.hours.version for one in self._known.values())

    def learn(self, days: Sequence[SpecialDay]) -> bool:
        """Take these as all days that were entered; whether anything changed."""
        if tuple(days) == self._days:
            return False
        self._days = tuple(days)
        self._known = {name: one.with_days(days) for name, one in self._given.items()}
        return True

    def named(self, name: str | None) -> Calendar:
        """The calendar, the studio's where no such is set (any more)."""
        return self._known.get(name or STUDIO, self.studio)

    def of(self, client: str | None, manager: str | None) -> Calendar:
        """The client's, else the manager's, else the studio's (rule 11); names, or None."""
        return self.named(next((one for one in (client, manager) if one in self._known), None))

    def course(self, stretches: Sequence[Stretch]) -> Hours:
        """The hours by which time ran over these stretches, at least one, in their order."""
        turns = [(self.named(one.calendar).hours, one.since) for one in stretches]
        if len({hours for hours, _ in turns}) == 1:
            return turns[0][0]
        return SwappedHours(turns)


class SwappedHours:
    """Hours that took turns, each from its instant on; the first counts before that too (13).

    A deadline that one of them reached before it was swapped stays where it was. The instants
    of the turns are in order; where one is earlier than the one before, both begin with the later.
    """

    def __init__(self, turns: Sequence[tuple[BusinessHours, datetime]]) -> None:
        self._turns = tuple(turns)
        begins = [_BEGINNING, *accumulate((at for _, at in turns[1:]), max)]
        self._pieces = tuple(
            (hours, since, until)
            for (hours, _), since, until in zip(turns, begins, [*begins[1:], _END], strict=True)
        )

    @property
    def zone(self) -> ZoneInfo:
        """The latest hours' zone."""
        return self._turns[-1][0].zone

    @property
    def version(self) -> str:
        """Differs where any of the hours or their instants do."""
        first, *later = self._turns
        parts = [
            first[0].version,
            *(f"{hours.version}@{at:%Y%m%dT%H%M%S.%f}" for hours, at in later),
        ]
        return "+".join(parts)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """As BusinessHours.elapsed."""
        if end < start:
            return -self.elapsed(end, start)
        pieces = (hours.elapsed(*clip) for hours, clip in self._clipped(start, end))
        return sum(pieces, timedelta())

    def deadline(self, start: datetime, budget: timedelta) -> datetime:
        """As BusinessHours.deadline."""
        if budget < timedelta():
            return self._back(start, -budget)
        at = start
        for hours, _, until in self._pieces[:-1]:
            if until <= at:
                continue
            run = hours.elapsed(at, until)
            if run >= budget:
                return hours.deadline(at, budget)
            at, budget = until, budget - run
        return self._pieces[-1][0].deadline(at, budget)

    def _back(self, start: datetime, budget: timedelta) -> datetime:
        """The earliest instant from which so much had run at `start`."""
        at = start
        for hours, since, _ in reversed(self._pieces[1:]):
            if since >= at:
                continue
            run = hours.elapsed(since, at)
            if run > budget:
                return _back_in(hours, at, budget)
            at, budget = since, budget - run
        return _back_in(self._pieces[0][0], at, budget)

    def is_open(self, at: datetime) -> bool:
        """As BusinessHours.is_open."""
        return next(hours for hours, since, _ in reversed(self._pieces) if since <= at).is_open(at)

    def next_opening(self, at: datetime) -> datetime:
        """As BusinessHours.next_opening."""
        for hours, _, until in self._pieces[:-1]:
            span = next(hours.spans(at, until), None) if at < until else None
            if span is not None:
                return span[0]
            at = max(at, until)
        return self._pieces[-1][0].next_opening(at)

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """As BusinessHours.spans; what is open on both sides of a swap is one span."""
        before: Span | None = None
        for hours, clip in self._clipped(start, end):
            for opening, closing in hours.spans(*clip):
                if before is not None and before[1] < opening:
                    yield before
                    before = None
                before = (before[0] if before is not None else opening, closing)
        if before is not None:
            yield before

    def _clipped(self, start: datetime, end: datetime) -> Iterator[tuple[BusinessHours, Span]]:
        """Which hours count between two instants, each with from when to when."""
        for hours, since, until in self._pieces:
            clip = max(start, since), min(end, until)
            if clip[0] < clip[1]:
                yield hours, clip


def _back_in(hours: BusinessHours, at: datetime, budget: timedelta) -> datetime:
    """Where nothing is left of the budget, the end of what was open last before `at`."""
    return hours.deadline(at, -budget) if budget else hours.deadline(at, -_TICK) + _TICK
