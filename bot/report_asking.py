"""Which time and whose a report is asked for: "last week", "октябрь Ромашка", "1.10-31.10 Anna".

Seen from today a time is past or goes on: "5.12" said in November is that of last year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.report_dates import DAY, MONTH_WORDS, Days, month_number, month_of, read_days
from inbox.business_hours import FIRST_DATE, LAST_DATE

MOST_WORDS = 12
LONGEST = 366  # days
_FILLING = re.compile(r"for|in|during|of|by|the|report|за|в|во|по|для|на|у|отч[её]т")
_BEFORE_NAME = re.compile(
    rf"{_FILLING.pattern}|clients?|manager|клиент\w{{0,3}}|менеджер\w{{0,2}}"
)
_BEFORE_TIME = re.compile(rf"(?:(?:{_FILLING.pattern})\s+)+")
_OWN = frozenset({"me", "my", "mine", "my clients", "я", "мой", "мои", "мне", "мои клиенты"})
_WHOLE = frozenset(
    {"all", "everybody", "studio", "whole studio", "все", "всё", "студия", "студии", "вся студия"}
)
_LAST = r"(?:last|previous|past|прошл\w*|предыдущ\w*|последн\w*)"
_THIS = r"(?:this|current|эт\w+|текущ\w*)"
_UNITS = {
    "week": r"weeks?|недел\w*",
    "month": r"months?|месяц\w*",
    "quarter": r"quarters?|квартал\w*",
    "year": r"years?|год\w*|лет",
    "day": r"days?|дн\w+|день",
}
_UNIT = "|".join(f"(?P<{name}>{words})" for name, words in _UNITS.items())
_RELATIVE = re.compile(rf"(?:(?P<last>{_LAST})|(?P<this>{_THIS}))?\s*(?:{_UNIT})")
_SEVERAL = re.compile(rf"(?:{_LAST}\s+)?(?P<number>\d{{1,3}})\s+(?:{_UNIT})")
_QUARTER = re.compile(
    r"(?:q\s*(?P<q>[1-4])|(?P<n>[1-4])(?:st|nd|rd|th|-?[йи]\w?)?\s*(?:quarter|кв\.?|квартал)"
    r"|(?P<r>iv|i{1,3})\s*(?:quarter|кв\.?|квартал))(?:\s+(?P<year>\d{4})(?:\s*г(?:ода?|\.)?)?)?"
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_WEEK_NUMBER = re.compile(
    r"(?:(?:week|неделя)\s+(?P<a>\d{1,2})|(?P<b>\d{1,2})(?:-?я)?\s+неделя)"
    r"(?:\s+(?P<year>\d{4}))?|(?P<iso>\d{4})-?w(?P<c>\d{1,2})"
)
_MONTH = re.compile(
    rf"(?P<word>{MONTH_WORDS})\.?(?:\s+(?P<year>\d{{4}})(?:\s*г(?:ода?|\.)?)?)?"
    r"|(?P<iso>\d{4})-(?P<number>\d{1,2})|(?P<dotted>\d{1,2})[./](?P<late>\d{4})"
)
_YEAR = re.compile(r"(?P<year>(?:19|20|21)\d{2})(?:\s*г(?:од\w*|\.)?)?")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read what was typed; `days` None: no time was named; `name`: whose, "" for
    nobody in particular."""

    days: Days | None
    name: str


def ways(text: str, today: date) -> Iterator[Way]:
    """All of them, those with the longest words of time first; without a time as the last."""
    words = text.split()[:MOST_WORDS]
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            days = read_time(" ".join(words[start : start + length]), today)
            if days is not None:
                rest = " ".join([*words[:start], *words[start + length :]])
                yield Way(days, _name(rest))
    yield Way(None, _name(" ".join(words)))


def is_own(name: str) -> bool:
    """Whether the asker's own clients are meant."""
    return name.casefold() in _OWN


def is_whole(name: str) -> bool:
    """Whether the whole studio is meant."""
    return name.casefold() in _WHOLE


def read_time(text: str, today: date) -> Days | None:
    """The days that were meant, the last one included; they have begun by today. None where it is
    no time, or where all of it is still to come."""
    words = " ".join(text.casefold().replace(",", " ").split())
    filling = _BEFORE_TIME.match(words)
    words = words[filling.end() :] if filling is not None else words
    for read in _READERS:
        found = read(words, today)
        if found is not None:
            return found if _is_known(found, today) else None
    return None


def _is_known(days: Days, today: date) -> bool:
    return FIRST_DATE <= days.first <= min(days.last, today) and days.last < LAST_DATE


def _name(rest: str) -> str:
    """Without the words between time and name."""
    words = rest.strip(" ,.;:—–-").split()
    while len(words) > 1 and _BEFORE_NAME.fullmatch(words[0].casefold()):
        words.pop(0)
    name = " ".join(words)
    return "" if _FILLING.fullmatch(name.casefold()) else name.lstrip("@")


def _unit(found: re.Match[str]) -> str:
    return next(name for name in _UNITS if found[name])


def _by_unit(words: str, today: date) -> Days | None:
    """ "last week", "месяц": alone it is the one that goes on."""
    found = _RELATIVE.fullmatch(words)
    if found is None or (_unit(found) == "day" and not found["this"]):
        return None
    unit = _unit(found)
    return _before(unit, today, 1) if found["last"] else _around(unit, today)


def _several(words: str, today: date) -> Days | None:
    """ "last 7 days", today included; "3 weeks", the whole ones before this one."""
    found = _SEVERAL.fullmatch(words)
    number = int(found["number"]) if found is not None else 0
    if found is None or not number:
        return None
    if _unit(found) == "day":
        return Days(today - (number - 1) * DAY, today)
    return _before(_unit(found), today, number)


def _around(unit: str, day: date) -> Days:
    """The calendar's one in which the day is."""
    match unit:
        case "day":
            return Days(day, day)
        case "week":
            monday = day - day.weekday() * DAY
            return Days(monday, monday + 6 * DAY)
        case "month":
            return month_of(day)
        case "quarter":
            first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            return Days(first, month_of(first + 70 * DAY).last)
        case _:
            return Days(day.replace(month=1, day=1), day.replace(month=12, day=31))


def _before(unit: str, today: date, number: int) -> Days | None:
    """So many before the present one, without it."""
    last = first = _around(unit, today).first - DAY
    for count in range(number):
        if first.year <= FIRST_DATE.year:
            return None
        first = _around(unit, first - DAY if count else first).first
    return Days(first, last)


def _by_quarter(words: str, today: date) -> Days | None:
    found = _QUARTER.fullmatch(words)
    if found is None:
        return None
    number = _ROMAN[found["r"]] if found["r"] else int(found["q"] or found["n"])
    return _latest(
        lambda year: _around("quarter", date(year, 3 * number, 1)), found["year"], today
    )


def _by_week(words: str, today: date) -> Days | None:
    """By its number as in ISO 8601."""
    found = _WEEK_NUMBER.fullmatch(words)
    if found is None:
        return None
    number = int(found["a"] or found["b"] or found["c"])
    year = found["year"] or found["iso"]
    return _latest(lambda one: _around("week", date.fromisocalendar(one, number, 1)), year, today)


def _by_month(words: str, today: date) -> Days | None:
    found = _MONTH.fullmatch(words)
    if found is None:
        return None
    number = (
        month_number(found["word"]) if found["word"] else int(found["number"] or found["dotted"])
    )
    year = found["year"] or found["iso"] or found["late"]
    return _latest(lambda one: month_of(date(one, number, 1)), year, today)


def _by_year(words: str, today: date) -> Days | None:
    found = _YEAR.fullmatch(words)
    return (
        None
        if found is None
        else _latest(lambda year: _around("year", date(year, 1, 1)), found["year"], today)
    )


def _latest(of: Callable[[int], Days], year: str | None, today: date) -> Days | None:
    """That of the year; without one the latest that has begun."""
    years = (int(year),) if year else (today.year, today.year - 1)
    for one in years:
        try:
            days = of(one)
        except ValueError:
            continue
        if year or days.first <= today:
            return days
    return None


_READERS: tuple[Callable[[str, date], Days | None], ...] = (
    _by_unit,
    _by_week,
    _by_quarter,
    _several,
    _by_month,
    _by_year,
    read_days,
)
