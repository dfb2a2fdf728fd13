"""When the studio works: business time between two instants, and the instant it has run out."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from operator import sub
from types import MappingProxyType
from zoneinfo import ZoneInfo

from inbox.errors import NoWorkingTime

Shifts = Sequence[tuple[time, time]]
Span = tuple[datetime, datetime]

FIRST_DATE = date(1970, 1, 1)
LAST_DATE = date(2200, 1, 1)

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)
_FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_INSTANT = datetime(2200, 1, 1, tzinfo=UTC)
_NOTHING = timedelta()
_NONE_KNOWN = (LAST_DATE, FIRST_DATE)
_NO_DATES: Mapping[date, Shifts] = MappingProxyType({})
# A shift may last 24 hours and a zone may skip a whole date (Samoa, 30 Dec 2011): what starts on
# a date is over two dates later, so the known part is relied on except for two dates at each edge.
_EDGE = timedelta(days=2)
_STEP = timedelta(days=64)


class BusinessHours:
    """A calendar of open hours; counts business time to the microsecond.

    `weekly` gives the shifts of each weekday (0 = Monday), several a day where there is a lunch
    break. A shift belongs to the date on which it starts; one whose end is not after its start
    ends on the next date, so that (00:00, 00:00) is 24 hours. Shifts that overlap count once.
    `dates` replaces the shifts of single dates. `days_off` close 00:00-24:00 local time whatever
    else is said: the tail of the night before is cut at midnight; a night shift that starts on a
    day off opens at the midnight after it.

    Local times are read in `zone`. Inside a DST gap the offset before the gap counts, of a
    repeated hour the first occurrence. Nothing is open before 1970 or from 2200 on, so that every
    search ends. Instants go in aware of any zone, else ValueError, and come out in UTC.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        weekly: Mapping[int, Shifts],
        days_off: Collection[date] = (),
        dates: Mapping[date, Shifts] = _NO_DATES,
    ) -> None:
        if wrong := sorted(set(weekly) - set(range(7))):
            raise ValueError(f"weekdays are 0 (Monday) to 6 (Sunday), not {wrong}")
        self.zone = zone
        self.weekly = {day: tuple(sorted(shifts)) for day, shifts in weekly.items() if shifts}
        self.dates = {day: tuple(sorted(shifts)) for day, shifts in dates.items()}
        self.days_off = frozenset(days_off)
        self._first, self._last = self._bounds()
        self._known = _NONE_KNOWN
        self._since, self._until = _END, _BEGINNING
        self._opens: list[datetime] = []
        self._closes: list[datetime] = []
        self._sums = [_NOTHING]

    def __repr__(self) -> str:
        return f"BusinessHours({self.zone}, version={self.version!r})"

    @cached_property
    def version(self) -> str:
        """12 hex digits that differ where the zone or any hours differ; stable between runs."""
        said = (
            self.zone.key,
            sorted(self.weekly.items()),
            sorted(self.days_off),
            sorted(self.dates.items()),
        )
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:12]

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Business time from `start` to `end`; negative where `end` is earlier."""
        start, end = _utc(start), _utc(end)
        self._learn(min(start, end), max(start, end))
        return self._worked(end) - self._worked(start)

    def deadline(self, start: datetime, budget: timedelta) -> datetime:
        """The earliest instant at which `budget` of business time has run since `start`.

        It lies inside open hours or exactly at closing; a budget of zero gives `start` back, open
        or not. A negative budget looks into the past: the earliest instant from which at least so
        much less had run. Raises NoWorkingTime where the calendar has not so much time.
        """
        start = _utc(start)
        if not budget:
            return start
        self._learn(start, start)
        target = self._worked(start) + budget
        while target > self._sums[-1]:
            self._learn_later(start)
        while target <= _NOTHING:
            self._learn_earlier(start)
            target = self._worked(start) + budget
        at = bisect_left(self._sums, target) - 1
        return self._opens[at] + (target - self._sums[at])

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is in open hours; the opening instant is, the closing instant is not."""
        at = _utc(at)
        self._learn(at, at)
        before = bisect_right(self._opens, at)
        return before > 0 and at < self._closes[before - 1]

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself in open hours, else the next opening; raises NoWorkingTime if none comes."""
        at = _utc(at)
        if self.is_open(at):
            return at
        while (after := bisect_right(self._opens, at)) == len(self._opens):
            self._learn_later(at)
        return self._opens[after]

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The open spans between two instants, clipped to them, in order; UTC."""
        start, end = _utc(start), _utc(end)
        if start >= end:
            return
        self._learn(start, end)
        first, last = bisect_right(self._closes, start), bisect_left(self._opens, end)
        for open_, close in zip(self._opens[first:last], self._closes[first:last], strict=True):
            yield max(open_, start), min(close, end)

    def with_dates(self, dates: Mapping[date, Shifts]) -> BusinessHours:
        """The same hours, but these on the dates; no shifts make the date a day off."""
        closed = {day for day, shifts in dates.items() if not shifts}
        opened = {day: shifts for day, shifts in dates.items() if shifts}
        return BusinessHours(
            self.zone,
            self.weekly,
            (self.days_off - opened.keys()) | closed,
            {**{day: one for day, one in self.dates.items() if day not in closed}, **opened},
        )

    def _worked(self, at: datetime) -> timedelta:
        """Business time from the first known opening to `at`, which must be in the known part."""
        before = bisect_right(self._opens, at)
        if not before:
            return _NOTHING
        if at >= self._closes[before - 1]:
            return self._sums[before]
        return self._sums[before - 1] + (at - self._opens[before - 1])

    def _bounds(self) -> tuple[date, date]:
        """The dates outside of which no shift starts: [first, last)."""
        if self.weekly:
            return FIRST_DATE, LAST_DATE
        single = [day for day in self.dates if FIRST_DATE <= day < LAST_DATE]
        if not single:
            return FIRST_DATE, FIRST_DATE
        return min(single), max(single) + timedelta(days=1)

    def _learn(self, start: datetime, end: datetime) -> None:
        """Make sure that the open spans from `start` to `end` are known."""
        if self._since <= start and end < self._until:
            return
        first = _within(start).date() - _EDGE - _STEP / 2
        last = _within(end).date() + _EDGE + _STEP
        self._extend(min(first, self._known[0]), max(last, self._known[1]))

    def _learn_later(self, searched_from: datetime) -> None:
        first, last = self._known
        if last >= self._last:
            raise NoWorkingTime(f"no open hour in {self!r} after {searched_from}")
        self._extend(first, _shift(last, max(last - first, _STEP)))

    def _learn_earlier(self, searched_from: datetime) -> None:
        first, last = self._known
        if first <= self._first:
            raise NoWorkingTime(f"no open hour in {self!r} before {searched_from}")
        self._extend(_shift(first, -max(last - first, _STEP)), last)

    def _extend(self, first: date, last: date) -> None:
        """Make [first, last) the known dates; they hold the dates known before."""
        first = min(max(first, self._first), self._last)
        last = min(max(last, self._first), self._last)
        known_first = min(self._known[0], last)
        known_last = max(self._known[1], known_first)
        self._opens, self._closes = _union(
            [
                *self._spans(first, known_first),
                *zip(self._opens, self._closes, strict=True),
                *self._spans(known_last, last),
            ]
        )
        self._sums = list(accumulate(map(sub, self._closes, self._opens), initial=_NOTHING))
        self._known = first, last
        self._since = _BEGINNING if first == self._first else self._midnight(first + _EDGE)
        self._until = _END if last == self._last else self._midnight(last - _EDGE)

    def _spans(self, first: date, last: date) -> Iterator[Span]:
        """The open spans in UTC of the shifts that start on [first, last); they may overlap."""
        for number in range(first.toordinal(), last.toordinal()):
            day = date.fromordinal(number)
            shifts = self.dates.get(day)
            if shifts is None:
                shifts = self.weekly.get(day.weekday(), ())
            for opening, closing in shifts:
                open_, close = self._span(day, opening, closing)
                if open_ < close:
                    yield open_, close

    def _span(self, day: date, opening: time, closing: time) -> Span:
        next_day = day + timedelta(days=1)
        ends = day if closing > opening else next_day
        open_, close = self._instant(day, opening), self._instant(ends, closing)
        if day in self.days_off:
            open_ = max(open_, self._midnight(next_day))
        if next_day in self.days_off:
            close = min(close, self._midnight(next_day))
        return open_, close

    def _midnight(self, day: date) -> datetime:
        return self._instant(day, time())

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(
            f"{at.isoformat()} has no time zone; business time needs an aware instant"
        )
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return _BEGINNING if at.year == 1 else _END


def _within(at: datetime) -> datetime:
    return min(max(at, _FIRST_INSTANT), _LAST_INSTANT)


def _shift(day: date, days: timedelta) -> date:
    """`day` moved, and held within the dates a calendar knows of."""
    number = day.toordinal() + days.days
    return date.fromordinal(min(max(number, FIRST_DATE.toordinal()), LAST_DATE.toordinal()))


def _union(spans: list[Span]) -> tuple[list[datetime], list[datetime]]:
    """Openings and closings of the spans, in order; spans that touch or overlap become one."""
    opens: list[datetime] = []
    closes: list[datetime] = []
    for open_, close in sorted(spans):
        if closes and open_ <= closes[-1]:
            closes[-1] = max(close, closes[-1])
        else:
            opens.append(open_)
            closes.append(close)
    return opens, closes
