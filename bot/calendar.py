"""The studio's calendar: settings and a country's official days become business hours.

Own words beat official ones: hours of a single date open a public holiday, a day off closes a
working Saturday. A working Saturday takes the weekly hours of the weekday it stands in for
(Monday's where that is not known); where the studio is closed on that weekday, the Saturday stays
as it is in the week. Russian eves of holidays end an hour earlier.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inbox.business_hours import BusinessHours
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from holidays import HolidayBase

Hours = tuple[tuple[time, time], ...]
Shifts = Sequence[str | tuple[time, time]]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KNOWN_YEARS = range(2015, 2051)
# Labour Code of Russia, article 112, since 2013.
_RUSSIAN_HOLIDAYS = frozenset(
    {*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}
)
_SHIFT = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")
_DAY = 24 * 60
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Official:
    """What a country says: `off` dates, `working` weekends with the date each stands in for,
    `eves` that end an hour earlier where they are worked."""

    off: frozenset[date] = frozenset()
    working: Mapping[date, date | None] = field(default_factory=dict)
    eves: frozenset[date] = frozenset()


def studio_hours(
    zone: str,
    weekly: Mapping[str, Shifts] | Mapping[int, Shifts],
    country: str | None = None,
    *,
    days_off: Collection[date] = (),
    dates: Mapping[date, Shifts] | None = None,
    years: range | None = None,
) -> BusinessHours:
    """The business hours that these settings mean.

    `weekly` maps "mon" ... "sun" (or 0 ... 6) to shifts such as "09:00-13:00", or to pairs of
    times; a shift that ends before its start ends on the next date, "24:00" is the end of the
    day. `country` is an ISO 3166 code, with a region where it has holidays of its own ("DE-BY"),
    or None for no public holidays. `dates` are the hours of single dates, none meaning closed.
    Official days are known for `years` (2015-2050 where not given). ValueError names what is
    wrong and how to write it.
    """
    week = {_weekday(name): _hours(texts, name) for name, texts in weekly.items()}
    own = {day: _hours(texts, day.isoformat()) for day, texts in (dates or {}).items()}
    official = _official(country, years or KNOWN_YEARS) if country is not None else _Official()
    return BusinessHours(
        _zone(zone),
        week,
        days_off={*(official.off - own.keys()), *days_off},
        dates={**_official_dates(week, official), **own},
    )


def provisional_years(country: str | None, years: range = KNOWN_YEARS) -> tuple[int, ...]:
    """Those of `years` whose moved days and working weekends no decree has named yet.

    Their calendar holds the standing holidays only. Empty for a country that moves no days.
    ValueError for a country that is not known.
    """
    if country is None:
        return ()
    decreed = {year for year, _, _ in _moves(_public_holidays(country, range(0)))}
    return tuple(year for year in years if decreed and year > max(decreed))


def _official_dates(week: Mapping[int, Hours], official: _Official) -> dict[date, Hours]:
    dates = {
        day: hours
        for day, replaced in official.working.items()
        if (hours := week.get(replaced.weekday() if replaced else 0, ()))
    }
    for eve in official.eves - official.off:
        if hours := dates.get(eve, week.get(eve.weekday(), ())):
            dates[eve] = _an_hour_less(hours)
    return dates


def _official(country: str, years: range) -> _Official:
    holidays = _public_holidays(country, years)
    replaced = {worked: off for _, off, worked in _moves(holidays)}
    working = {day: replaced.get(day) for day in holidays.weekend_workdays}
    eves = _russian_eves(working, years) if _code(country)[0] == "RU" else frozenset()
    return _Official(frozenset(holidays), working, eves)


def _russian_eves(working: Mapping[date, date | None], years: range) -> frozenset[date]:
    """Dates before a holiday, and working Saturdays that stand in for such a date."""
    holidays = {date(year, *day) for year in years for day in _RUSSIAN_HOLIDAYS}
    moved = {day for day, eve in working.items() if eve and eve + _ONE_DAY in holidays}
    return frozenset({day - _ONE_DAY for day in holidays} | moved)


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


def _public_holidays(country: str, years: range) -> "HolidayBase":
    # Half a thousand modules: only a studio that wants public holidays pays for them.
    from holidays import country_holidays  # noqa: PLC0415 - see above

    code, region = _code(country)
    try:
        return country_holidays(code, subdiv=region, years=years)
    except NotImplementedError:
        raise ValueError(
            Phrase(
                'country: no public holidays are known for "{country}"; write an ISO 3166 code'
                ' such as "RU" or "DE-BY", or leave it out and list your days off',
                country=country,
            )
        ) from None


def _code(country: str) -> tuple[str, str | None]:
    code, _, region = country.strip().upper().partition("-")
    return code, region or None


def _moves(holidays: "HolidayBase") -> Iterator[tuple[int, date, date]]:
    """Days off moved by decree: its year, the weekday off and the day it was moved from."""
    decrees = getattr(holidays, "special_public_holidays", {})
    for year, entries in decrees.items():
        for entry in entries if isinstance(entries[0], tuple) else (entries,):
            match entry:
                case int(month), int(day), int(from_month), int(from_day), *other_year:
                    worked = date(other_year[0] if other_year else year, from_month, from_day)
                    yield year, date(year, month, day), worked
                case _:
                    continue


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
