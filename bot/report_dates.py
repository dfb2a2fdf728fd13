"""Days that have begun, as people write them: "1.10-31.10", "с 1 по 14 октября", "yesterday"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.dates import halves
from inbox.business_hours import FIRST_DATE, LAST_DATE

DAY = timedelta(days=1)
_OVER_NEW_YEAR = timedelta(days=200)  # longer days without a year are the wrong way round
_MONTHS = (
    r"янв(?:ар[ьяе])?|jan(?:uary)?",
    r"фев(?:рал[ьяе])?|feb(?:ruary)?",
    r"мар(?:т[ае]?)?|mar(?:ch)?",
    r"апр(?:ел[ьяе])?|apr(?:il)?",
    r"ма[йяе]|may",
    r"июн[ьяе]?|june?",
    r"июл[ьяе]?|july?",
    r"авг(?:уст[ае]?)?|aug(?:ust)?",
    r"сент?(?:ябр[ьяе])?|sept?(?:ember)?",
    r"окт(?:ябр[ьяе])?|oct(?:ober)?",
    r"ноя(?:б(?:р[ьяе])?)?|nov(?:ember)?",
    r"дек(?:абр[ьяе])?|dec(?:ember)?",
)
MONTH_WORDS = "|".join(_MONTHS)
_MONTH = tuple(re.compile(one) for one in _MONTHS)
_FEW = {
    **dict.fromkeys(("today", "сегодня"), 0),
    **dict.fromkeys(("yesterday", "вчера"), 1),
    **dict.fromkeys(("day before yesterday", "позавчера"), 2),
}
_NUMBERS = re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4}|\d{2}))?\.?")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_NAMED = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<word>{MONTH_WORDS})"
    rf"|(?P<first>{MONTH_WORDS})\s+(?P<after>\d{{1,2}})(?:st|nd|rd|th)?)\.?"
    r"(?:\s+(?P<year>\d{4})(?:\s*г(?:ода?|\.)?)?)?"
)
_ALONE = re.compile(r"\d{1,2}")
_SINCE = re.compile(r"^(?:since|from|с|со|начиная с)\s+")


@dataclass(frozen=True, slots=True)
class Days:
    """Local days, the last one included."""

    first: date
    last: date

    @property
    def ends(self) -> tuple[date, date]:
        """The first and the last."""
        return self.first, self.last

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class _Written:
    """A day as far as it was written."""

    day: int
    month: int | None = None
    year: int | None = None


def month_of(day: date) -> Days:
    """The calendar month in which the day is."""
    first = day.replace(day=1)
    return Days(first, (first + 31 * DAY).replace(day=1) - DAY)


def month_number(word: str) -> int:
    """1 for January; of one of MONTH_WORDS."""
    return next(number for number, one in enumerate(_MONTH, 1) if one.fullmatch(word))


def read_days(words: str, today: date) -> Days | None:
    """One day, from one to another, or from one until today; of casefolded words."""
    if (since := _SINCE.match(words)) is not None:
        words = words[since.end() :]
    for first, last in halves(words):
        found = _between(first, last, today)
        if found is not None:
            return found
    written = _written(words, today)
    day = None if written is None else _dated(written, today)
    if day is None:
        return None
    return Days(day, today if since is not None else day)


def _between(first: str, last: str, today: date) -> Days | None:
    """What one of them leaves out the other one says: "1-14 October 2025", "October 1-14"."""
    begin, end = _written(first, today), _written(last, today)
    if begin is None or end is None:
        return None
    if end.month is None:
        end = _Written(end.day, begin.month, end.year or begin.year)
    to = _dated(end, today, ahead=end.year is None and begin.year is None)
    if to is None:
        return None
    if begin.month is None:
        begin = _Written(begin.day, to.month if begin.day <= to.day else None, begin.year)
        start = to.replace(day=begin.day) if begin.month else _in_month_before(begin.day, to)
    else:
        start = _dated(begin, to)
    if start is None or start > to:
        return None
    turned = begin.year is None and start.year < to.year and to - start > _OVER_NEW_YEAR
    return None if turned else Days(start, to)


def _in_month_before(day: int, last: date) -> date | None:
    try:
        return (last.replace(day=1) - DAY).replace(day=day)
    except ValueError:
        return None


def _written(words: str, today: date) -> _Written | None:
    if words in _FEW:
        day = today - _FEW[words] * DAY
        return _Written(day.day, day.month, day.year)
    if _ALONE.fullmatch(words):
        return _Written(int(words))
    if (found := _NUMBERS.fullmatch(words) or _ISO.fullmatch(words)) is not None:
        return _Written(int(found["day"]), int(found["month"]), _year(found["year"]))
    if (found := _NAMED.fullmatch(words)) is not None:
        month = month_number(found["word"] or found["first"])
        return _Written(int(found["day"] or found["after"]), month, _year(found["year"]))
    return None


def _year(written: str | None) -> int | None:
    if written is None:
        return None
    return int(written) + (2000 if len(written) == 2 else 0)


def _dated(written: _Written, latest: date, *, ahead: bool = False) -> date | None:
    """The day; of one without a year the last such until `latest` or, with `ahead`, in the same
    month as that too."""
    if written.month is None:
        return None
    years = (written.year,) if written.year else range(latest.year, latest.year - 9, -1)
    for year in years:
        try:
            found = date(year, written.month, written.day)
        except ValueError:
            continue
        soon = ahead and (found.year, found.month) == (latest.year, latest.month)
        if written.year or found <= latest or soon:
            return found if FIRST_DATE <= found < LAST_DATE else None
    return None
