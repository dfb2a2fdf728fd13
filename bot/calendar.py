"""The studio's calendars: settings and a country's official days become business hours.

Own words beat official ones: hours of a single date open a public holiday, a day off closes a
working Saturday. A working Saturday takes the weekly hours of the weekday it stands in for
(Monday's where that is not known); where the studio is closed on that weekday, the Saturday stays
as it is in the week. Russian eves of holidays end an hour earlier.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, time
from functools import cached_property, partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.official_days import OfficialDays, official_days
from bot.wording import date_phrase
from inbox.business_hours import BusinessHours
from inbox.calendars import STUDIO, Calendar
from inbox.phrases import Phrase

Hours = tuple[tuple[time, time], ...]
Shifts = Sequence[str | tuple[time, time]]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHIFT = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")
_DAY = 24 * 60


class DayNames(Mapping[date, str]):
    """Why dates are not as the week says, found out when somebody first asks."""

    def __init__(self, find: Callable[[], Mapping[date, str]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> Mapping[date, str]:
        return self._find()

    def __getitem__(self, day: date) -> str:
        return self._found[day]

    def __iter__(self) -> Iterator[date]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def studio_hours(
    zone: str,
    weekly: Mapping[str, Shifts] | Mapping[int, Shifts],
    country: str | None = None,
    *,
    days_off: Collection[date] = (),
    dates: Mapping[date, Shifts] | None = None,
    years: range | None = None,
) -> BusinessHours:
    """The business hours that these settings mean; see `open_calendar`."""
    found = open_calendar(
        STUDIO, zone, weekly, country, days_off=days_off, dates=dates, years=years
    )
    return found.hours


def open_calendar(
    name: str,
    zone: str,
    weekly: Mapping[str, Shifts] | Mapping[int, Shifts],
    country: str | None = None,
    *,
    days_off: Collection[date] = (),
    dates: Mapping[date, Shifts] | None = None,
    years: range | None = None,
    language: str = "en",
) -> Calendar:
    """The calendar that these settings mean; holidays are named in `language` ("ru", "en").

    `weekly` maps "mon" ... "sun" (or 0 ... 6) to shifts such as "09:00-13:00", or to pairs of
    times; a shift that ends before its start ends on the next date, "24:00" is the end of the
    day. `country` is an ISO 3166 code, with a region where it has holidays of its own ("DE-BY"),
    or None for no public holidays. `dates` are the hours of single dates, none meaning closed.
    Official days are known for `years` (2015-2050 where not given). ValueError names what is
    wrong and how to write it.
    """
    week = {_weekday(name): _hours(texts, name) for name, texts in weekly.items()}
    own = {day: _hours(texts, day.isoformat()) for day, texts in (dates or {}).items()}
    official = official_days(country, language, years)
    worked = _official_dates(week, official)
    hours = BusinessHours(
        _zone(zone),
        week,
        days_off={*(official.off.keys() - own.keys()), *days_off},
        dates={**worked, **own},
    )
    names = DayNames(partial(_names, official, worked, own, frozenset(days_off)))
    return Calendar(name, hours, names, official.provisional)


def _official_dates(week: Mapping[int, Hours], official: OfficialDays) -> dict[date, Hours]:
    dates = {
        day: hours
        for day, replaced in official.working.items()
        if (hours := week.get(replaced.weekday() if replaced else 0, ()))
    }
    for eve in official.eves.keys() - official.off.keys():
        if hours := dates.get(eve, week.get(eve.weekday(), ())):
            dates[eve] = _an_hour_less(hours)
    return dates


def _names(
    official: OfficialDays,
    worked: Mapping[date, Hours],
    own: Mapping[date, Hours],
    days_off: frozenset[date],
) -> dict[date, str]:
    """Why each date is as it is; of several reasons the one that decides."""
    return {
        **official.off,
        **{day: _official_name(official, day) for day in worked},
        **{day: _own_name(hours) for day, hours in own.items()},
        **{day: official.off.get(day) or Phrase("day off") for day in days_off},
    }


def _own_name(hours: Hours) -> Phrase:
    return Phrase("other hours on this date") if hours else Phrase("day off")


def _official_name(official: OfficialDays, day: date) -> str:
    """Of a working weekend or a shortened day, or both in one."""
    reasons: list[str] = []
    if day in official.working:
        replaced = official.working[day]
        reasons.append(
            Phrase("worked in place of {date}", date=date_phrase(replaced))
            if replaced
            else Phrase("an official working day")
        )
    if day in official.eves:
        holiday = official.eves[day]
        reasons.append(Phrase("an hour shorter: the eve of {holiday}", holiday=holiday))
    return reasons[0] if len(reasons) == 1 else Phrase.joined("; ", reasons)


def _an_hour_less(hours: Hours) -> Hours:
    """The day's shifts without the last hour of work."""
    left = 60
    shorter = []
    for opening, closing in sorted(hours, reverse=True):
        start, end = _minutes(opening), _minutes(closing)
        length = end - start if end > start else end - start + _DAY
        cut = min(left, length)
        left -= cut
        if cut < length:
            end = (start + length - cut) % _DAY
            shorter.append((opening, closing.replace(hour=end // 60, minute=end % 60)))
    return tuple(reversed(shorter))


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            Phrase(
                'time zone: "{name}" is not known; write an IANA name such as "Europe/Moscow"',
                name=name,
            )
        ) from None


def _weekday(name: str | int) -> int:
    if isinstance(name, int):
        return name
    key = name.strip().lower()
    if key not in WEEKDAYS:
        days = ", ".join(WEEKDAYS)
        raise ValueError(
            Phrase('"{name}" is not a weekday; write one of {days}', name=name, days=days)
        )
    return WEEKDAYS.index(key)


def _hours(shifts: Shifts, where: str | int) -> Hours:
    """Parsed shifts in order; `where` is the weekday or date that an error names."""
    listed = (shifts,) if isinstance(shifts, str) else shifts
    return tuple(sorted(_shift(one, where) if isinstance(one, str) else one for one in listed))


def _shift(text: str, where: str | int) -> tuple[time, time]:
    if not (found := _SHIFT.fullmatch(text.strip())):
        raise ValueError(
            Phrase(
                '{where}: "{text}" is not working hours; write them as "09:00-13:00"',
                where=where,
                text=text,
            )
        )
    start, end = (int(hour) * 60 + int(minute) for hour, minute in _pairs(found))
    if any(int(minute) > 59 for _, minute in _pairs(found)) or start >= _DAY or end > _DAY:
        raise ValueError(
            Phrase(
                '{where}: "{text}" has a time that does not exist; write times from "00:00" to'
                ' "23:59", or "24:00" for the end of the day',
                where=where,
                text=text,
            )
        )
    if start == end:
        raise ValueError(
            Phrase(
                '{where}: "{text}" begins and ends at the same time; write "00:00-24:00" for a'
                " day round the clock, or leave it out for a closed day",
                where=where,
                text=text,
            )
        )
    return _clock(start), _clock(end % _DAY)


def _pairs(found: re.Match[str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (found[1], found[2]), (found[3], found[4])


def _clock(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
