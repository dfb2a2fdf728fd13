"""A date and time as people write them: "12.12 15:30", "завтра 10:00", "Fri 3 pm"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inbox.business_hours import FIRST_DATE, LAST_DATE

_CLOCK = re.compile(
    r"(?:^|\s)(?:(?:at|by|в|к|до)\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*(?:ч|h)?\s*(am|pm)?$"
)
_NUMBERS = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?")
_DATE_ALONE = re.compile(r"\d{1,2}\.\d{1,2}")  # "12.12" may be a date as well as a time
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NAMED = re.compile(r"(?:(\d{1,2})\s+([^\W\d]+)|([^\W\d]+)\s+(\d{1,2}))\.?(?:\s+(\d{4}))?")
_FEW = {
    "сегодня": 0,
    "today": 0,
    "завтра": 1,
    "tomorrow": 1,
    "послезавтра": 2,
}
_WEEKDAYS = tuple(
    re.compile(one)
    for one in (
        r"пн|понедельник\w{0,2}|mon(day)?",
        r"вт|вторник\w{0,2}|tue(s|sday)?",
        r"ср|сред[ауые]|wed(nesday)?",
        r"чт|четверг\w{0,2}|thu(r|rs|rsday)?",
        r"пт|пятниц\w{0,2}|fri(day)?",
        r"сб|суббот\w{0,2}|sat(urday)?",
        r"вс|воскресень\w{0,2}|sun(day)?",
    )
)
# The beginnings by which a month is known, whatever its ending.
_MONTHS = (
    ("янв", "jan"),
    ("фев", "feb"),
    ("мар", "mar"),
    ("апр", "apr"),
    ("май", "мая", "мае", "may"),
    ("июн", "jun"),
    ("июл", "jul"),
    ("авг", "aug"),
    ("сен", "sep"),
    ("окт", "oct"),
    ("ноя", "nov"),
    ("дек", "dec"),
)


def read_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant that was meant, seen from `now`; None where the text cannot be read.

    Without a date it is today. A date without a year and a weekday are the next such day, so
    that only what names today or a year can be past. Local times are read in `zone`.
    """
    words = " ".join(text.casefold().replace(",", " ").split())
    found = _CLOCK.search(words)
    clock = _clock(found) if found is not None else None
    if found is None or clock is None or _DATE_ALONE.fullmatch(words):
        return None
    local = now.astimezone(zone)
    day = _day(words[: found.start()].strip(), clock, local)
    if day is None:
        return None
    return datetime.combine(day, clock, tzinfo=zone)


def _clock(found: re.Match[str]) -> time | None:
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(words: str, clock: time, local: datetime) -> date | None:
    words = re.sub(r"^(?:on|в|во|к|до|by)\s+", "", words)
    readers: tuple[Callable[[str, time, datetime], date | None], ...] = (
        _by_word,
        _by_numbers,
        _by_iso,
        _by_month,
    )
    return next((day for read in readers if (day := read(words, clock, local)) is not None), None)


def _by_word(words: str, clock: time, local: datetime) -> date | None:
    today = local.date()
    if not words:
        return today
    if words in _FEW:
        return today + timedelta(days=_FEW[words])
    known = words.removesuffix(".")
    weekday = next((n for n, one in enumerate(_WEEKDAYS) if one.fullmatch(known)), None)
    if weekday is None:
        return None
    ahead = (weekday - today.weekday()) % 7
    if not ahead and clock <= local.time():
        ahead = 7
    return today + timedelta(days=ahead)


def _by_numbers(words: str, clock: time, local: datetime) -> date | None:
    found = _NUMBERS.fullmatch(words)
    if found is None:
        return None
    year = int(found[3]) if found[3] else None
    if year is not None and len(found[3]) == 2:
        year += 2000
    return _dated(int(found[1]), int(found[2]), year, local.date())


def _by_iso(words: str, clock: time, local: datetime) -> date | None:
    found = _ISO.fullmatch(words)
    if found is None:
        return None
    return _dated(int(found[3]), int(found[2]), int(found[1]), local.date())


def _by_month(words: str, clock: time, local: datetime) -> date | None:
    found = _NAMED.fullmatch(words)
    if found is None:
        return None
    word = found[2] or found[3]
    months = (n for n, starts in enumerate(_MONTHS, 1) if word.startswith(starts))
    month = next(months, None)
    if month is None:
        return None
    year = int(found[5]) if found[5] else None
    return _dated(int(found[1] or found[4]), month, year, local.date())


def _dated(day: int, month: int, year: int | None, today: date) -> date | None:
    """The date; of one without a year the next, which for 29 February may be years ahead."""
    if year is not None and not FIRST_DATE.year <= year < LAST_DATE.year:
        return None
    years = range(today.year, today.year + 9) if year is None else (year,)
    for one in years:
        try:
            found = date(one, month, day)
        except ValueError:
            continue
        if year is not None or found >= today:
            return found
    return None
