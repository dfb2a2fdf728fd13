"""Why a wait stands as it does: what was counted, what was left out, who was told, how it ended.

Values only; the words are said elsewhere. Instants are UTC; dates are local in the calendar that
counted at the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from inbox.business_hours import Span
from inbox.calendars import Calendar, Calendars, Hours
from inbox.errors import NoWorkingTime
from inbox.log_records import LogLine
from inbox.model import Wait, WaitKind
from inbox.records import RaisedAlert
from inbox.sla import Rung, instant_of, rung_at

_NOTHING = timedelta()
_ONE_DAY = timedelta(days=1)
_END = datetime.max.replace(tzinfo=UTC)


class Special(StrEnum):
    """Why a date is not as a working day of the week."""

    WEEKEND = "weekend"
    DAY_OFF = "day_off"
    OWN_HOURS = "own_hours"


class Fate(StrEnum):
    """What became of a rung: told to somebody, still ahead, or never announced because a later
    one said more."""

    RAISED = "raised"
    AHEAD = "ahead"
    PASSED_OVER = "passed_over"


@dataclass(frozen=True, slots=True)
class Turn:
    """The calendar that counted between two instants."""

    calendar: Calendar
    since: datetime
    until: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The calendar's zone."""
        return self.calendar.hours.zone


@dataclass(frozen=True, slots=True)
class CountedDay:
    """The open spans of one date that were counted."""

    day: date
    spans: tuple[Span, ...]

    @property
    def time(self) -> timedelta:
        """Business time of that date."""
        return sum((close - open_ for open_, close in self.spans), _NOTHING)


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Dates in a row that are special for one reason; `name` is the holiday's or what was
    entered, "" where there is none."""

    first: date
    last: date
    why: Special
    name: str
    calendar: str

    @property
    def count(self) -> int:
        """How many dates."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class RungStory:
    """A rung: when it was due by the rules (None: no working time reaches it) and what came of it.

    `rung` is None of an earlier round, whose ladder is not kept; `alerts` say whom it told.
    """

    round: int
    number: int
    at: datetime | None
    fate: Fate
    rung: Rung | None = None
    alerts: tuple[RaisedAlert, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that decided about a wait, as of `now`.

    `days` are counted by the calendars as they are now; `elapsed` is what the wait says, which
    for a closed one stays as it was counted when it closed (rule 12): `corrected` says that the
    two differ. `left` is negative once over; None where nothing is due (rule 15). `opens_at`: when
    an open wait's time goes on that stands still at `now`.
    """

    wait: Wait
    now: datetime
    turns: tuple[Turn, ...]
    days: tuple[CountedDay, ...]
    special: tuple[SpecialDays, ...]
    elapsed: timedelta
    left: timedelta | None
    opens_at: datetime | None
    rungs: tuple[RungStory, ...]
    log: tuple[LogLine, ...]

    @property
    def counted(self) -> timedelta:
        """The sum of `days`."""
        return sum((one.time for one in self.days), _NOTHING)

    @property
    def corrected(self) -> bool:
        """Whether a calendar was corrected after the wait had closed."""
        return self.counted != self.elapsed


def explained(
    wait: Wait,
    calendars: Calendars,
    alerts: Sequence[RaisedAlert],
    log: Sequence[LogLine],
    now: datetime,
) -> Explanation:
    """Why the wait stands as it does at `now`, or how it stood when it closed.

    `alerts` and `log` are the wait's own, in the order of time.
    """
    hours = calendars.course(wait.stretches)
    closing = wait.closing
    end = max(wait.started_at, closing.at if closing is not None else now)
    seen = end if closing is not None else max(end, wait.due_at or end)
    turns = tuple(_turns(wait, calendars))
    elapsed = closing.business if closing is not None else hours.elapsed(wait.started_at, end)
    return Explanation(
        wait=wait,
        now=now,
        turns=turns,
        days=_by_day(turns, wait.started_at, end),
        special=_special(turns, wait.started_at, seen),
        elapsed=elapsed,
        left=_left(wait, hours, elapsed, end),
        opens_at=None if closing is not None else _opening(hours, now),
        rungs=_rungs(wait, hours, alerts),
        log=tuple(log),
    )


def _left(wait: Wait, hours: Hours, elapsed: timedelta, end: datetime) -> timedelta | None:
    if wait.due_at is None:
        return None
    if wait.kind is WaitKind.PROMISE:
        return hours.elapsed(end, wait.due_at)
    return wait.reply_within - elapsed


def _opening(hours: Hours, now: datetime) -> datetime | None:
    """The next opening; None in open hours, and where none comes."""
    try:
        at = hours.next_opening(now)
    except NoWorkingTime:
        return None
    return at if at > now else None


def _turns(wait: Wait, calendars: Calendars) -> Iterator[Turn]:
    """Which calendar counted from when to when; the first did from the start on."""
    begins = [wait.started_at, *(one.since for one in wait.stretches[1:])]
    ends = [*begins[1:], _END]
    for stretch, since, until in zip(wait.stretches, begins, ends, strict=True):
        yield Turn(calendars.named(stretch.calendar), since, until)


def _by_day(turns: Sequence[Turn], start: datetime, end: datetime) -> tuple[CountedDay, ...]:
    """The open spans between the instants by the date on which they lie; none crosses midnight."""
    days: list[CountedDay] = []
    for turn in turns:
        since, until = max(start, turn.since), min(end, turn.until)
        if since >= until:
            continue
        for span in turn.calendar.hours.spans(since, until):
            for day, part in _cut_at_midnight(span, turn.zone):
                if days and days[-1].day == day:
                    days[-1] = replace(days[-1], spans=(*days[-1].spans, part))
                else:
                    days.append(CountedDay(day, (part,)))
    return tuple(days)


def _cut_at_midnight(span: Span, zone: ZoneInfo) -> Iterator[tuple[date, Span]]:
    open_, close = span
    while open_ < close:
        day = open_.astimezone(zone).date()
        midnight = datetime.combine(day + _ONE_DAY, time(), tzinfo=zone).astimezone(UTC)
        # A zone may have skipped the midnight: then it is not behind the opening.
        part_end = min(close, midnight) if midnight > open_ else close
        yield day, (open_, part_end)
        open_ = part_end


def _special(turns: Sequence[Turn], start: datetime, end: datetime) -> tuple[SpecialDays, ...]:
    """The dates between the instants that are not as the week has them; those alike in one."""
    found: list[SpecialDays] = []
    for turn in turns:
        since, until = max(start, turn.since), min(end, turn.until)
        if since > until:
            continue
        for one in _special_dates(turn, since, until):
            before = found[-1] if found else None
            if before is not None and one.first <= before.last:
                continue  # the date of a swap is the first calendar's
            if before is not None and _goes_on(before, one):
                found[-1] = replace(before, last=one.last)
            else:
                found.append(one)
    return tuple(found)


def _special_dates(turn: Turn, since: datetime, until: datetime) -> Iterator[SpecialDays]:
    calendar = turn.calendar
    first, last = (at.astimezone(turn.zone).date().toordinal() for at in (since, until))
    for day in map(date.fromordinal, range(first, last + 1)):
        why = special(calendar, day)
        if why is not None:
            yield SpecialDays(day, day, why, calendar.day_names.get(day, ""), calendar.name)


def special(calendar: Calendar, day: date) -> Special | None:
    """Why the date is not a working day like others; None where it is one."""
    hours = calendar.hours
    if day in hours.days_off:
        # A holiday on a Sunday that the week leaves out is told as the holiday it is.
        named = day in calendar.day_names or day.weekday() in hours.weekly
        return Special.DAY_OFF if named else Special.WEEKEND
    if day in hours.dates:
        return Special.OWN_HOURS if hours.dates[day] else Special.DAY_OFF
    return None if day.weekday() in hours.weekly else Special.WEEKEND


def _goes_on(before: SpecialDays, one: SpecialDays) -> bool:
    alike = (before.why, before.name, before.calendar) == (one.why, one.name, one.calendar)
    return alike and before.last + _ONE_DAY == one.first


def _rungs(wait: Wait, hours: Hours, alerts: Sequence[RaisedAlert]) -> tuple[RungStory, ...]:
    """Rungs that told somebody, all rounds, by their instants; then what of this round did not."""
    raised: dict[tuple[int, int], list[RaisedAlert]] = {}
    for one in alerts:
        raised.setdefault((one.round, one.rung), []).append(one)
    told = [
        RungStory(
            number_of_round,
            number,
            told[0].instant,
            Fate.RAISED,
            rung_at(wait.ladder, number)
            if number_of_round == wait.round and wait.ladder
            else None,
            tuple(told),
        )
        for (number_of_round, number), told in raised.items()
    ]
    others = [
        RungStory(
            wait.round,
            number,
            instant_of(hours, wait.base, wait.ladder, number),
            Fate.PASSED_OVER if number in wait.fired else Fate.AHEAD,
            rung,
        )
        for number, rung in enumerate(wait.ladder)
        if (wait.round, number) not in raised and (wait.closing is None or number in wait.fired)
    ]
    return tuple(sorted((*told, *others), key=lambda one: (one.at or _END, one.number)))
