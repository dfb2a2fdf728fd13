"""Days as people write them: "01.12-14.12", "1 Dec - 14 Dec", "завтра", "до пятницы", "a week"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.when import read_moment

MOST_WORDS = 30
_ONE_DAY = timedelta(days=1)
_LENGTH = re.compile(
    r"(?:на\s+|for\s+)?(?:(\d{1,3})\s+|an?\s+)?(?:(дн|ден|day)|(нед|week))[^\W\d]*"
)
_FROM = re.compile(r"^(?:с|со|from)\s+")
_UNTIL = re.compile(r"^(?:до|по|until|till|through|to)\s+")
_BETWEEN = re.compile(r"\s*(?:\.\.+|[–—]|\s-\s)\s*|\s+(?:по|до|to|until|till|through)\s+")
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_DAY_ALONE = re.compile(r"\d{1,2}")
_YEAR = re.compile(r"\d{4}|\d{1,2}[./]\d{1,2}[./]\d{2}")


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, the last one included; `first` may be later than `last` where it was written
    so."""

    first: date
    last: date

    @property
    def days(self) -> Iterator[date]:
        """Every one of them."""
        return (self.first + number * _ONE_DAY for number in range(self.count))

    @property
    def count(self) -> int:
        """How many; nothing where they are the wrong way round."""
        return max(0, (self.last - self.first).days + 1)

    def instants(self, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first midnight, or `now` where that is later and the days are not over, to the
        midnight behind the last day; UTC."""
        since, until = midnight(self.first, zone), midnight(self.last + _ONE_DAY, zone)
        return (max(now, since) if until > now else since), until


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins in the zone; UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def read_day(text: str, now: datetime, zone: ZoneInfo) -> date | None:
    """The day that was meant, seen from `now`; one without a year is the next such. None where
    it cannot be read."""
    found = read_moment(f"{text} 23:59", now, zone) if text.strip() else None
    return None if found is None else found.date()


def read_period(text: str, now: datetime, zone: ZoneInfo) -> Period | None:
    """One day, or days from one to another, or from today on. None where it cannot be read."""
    words = " ".join(text.casefold().replace(",", " ").split())
    today = now.astimezone(zone).date()
    if length := _LENGTH.fullmatch(words):
        days = int(length[1] or 1) * (7 if length[3] else 1)
        return Period(today, today + (days - 1) * _ONE_DAY) if days else None
    if until := _UNTIL.match(words):
        last = read_day(words[until.end() :], now, zone)
        return None if last is None else Period(today, last)
    words = _FROM.sub("", words)
    for first_text, last_text in halves(words):
        last = read_day(last_text, now, zone)
        first = None if last is None else _first_day(first_text, last, now, zone)
        if first is not None and last is not None:
            return Period(first, last)
    day = read_day(words, now, zone)
    return None if day is None else Period(day, day)


def periods_in(text: str, now: datetime, zone: ZoneInfo) -> Iterator[tuple[str, Period, str]]:
    """Every way to find a period in the words, with what stands before and behind it; first those
    that begin early and are long."""
    words = text.split()[:MOST_WORDS]
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            period = read_period(" ".join(words[start:end]), now, zone)
            if period is not None:
                yield " ".join(words[:start]), period, " ".join(words[end:])


def halves(words: str) -> Iterator[tuple[str, str]]:
    """Every way to read casefolded words as one time to another one."""
    for found in _BETWEEN.finditer(words):
        yield words[: found.start()].strip(), words[found.end() :].strip()
    if _ISO.search(words) is None and words.count("-") == 1:
        first, _, last = words.partition("-")
        yield first.strip(), last.strip()


def _first_day(text: str, last: date, now: datetime, zone: ZoneInfo) -> date | None:
    """The day on which a period that ends with `last` begins: without a year the latest such."""
    if _DAY_ALONE.fullmatch(text):
        return _in_month(int(text), last)
    if any(map(str.isdigit, text)) and _YEAR.search(text) is None:
        year_before = midnight(last - timedelta(days=364), zone)
        return read_day(text, year_before, zone)
    return read_day(text, now, zone)


def _in_month(number: int, last: date) -> date | None:
    """The day of this number in the month of `last`, else in the one before."""
    for month_end in (last, last.replace(day=1) - _ONE_DAY):
        try:
            found = month_end.replace(day=number)
        except ValueError:
            continue
        if found <= last:
            return found
    return None
