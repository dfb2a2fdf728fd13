"""What a person types to search: words and filters → Query.

    words from:anna in:"ООО Ромашка" before:1.11 after:2026-10-01 has:file
    слова от:анна в:ромашка до:1.11 после:вчера есть:файл

A day without a year is the latest such, up to today. `before` leaves its day out, `after` begins
with it. Of the same filter twice the last one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from inbox.searching import Query

LONGEST = 300  # characters; what comes behind them is not read
FIRST_YEAR, LAST_YEAR = 1970, 2199


class Filter(StrEnum):
    """What narrows a search down, as it is written in English."""

    FROM = "from"
    IN = "in"
    BEFORE = "before"
    AFTER = "after"
    HAS = "has"


@dataclass(frozen=True, slots=True)
class Fault:
    """A filter whose value cannot be read; "" where there is none."""

    filter: Filter
    value: str


_NAMES = {
    "from": Filter.FROM,
    "от": Filter.FROM,
    "in": Filter.IN,
    "в": Filter.IN,
    "before": Filter.BEFORE,
    "до": Filter.BEFORE,
    "after": Filter.AFTER,
    "since": Filter.AFTER,
    "после": Filter.AFTER,
    "has": Filter.HAS,
    "есть": Filter.HAS,
}
_FILES = frozenset(
    {"file", "files", "attachment", "attachments", "файл", "файлы", "вложение", "вложения"}
)
_DAYS_AGO = {"today": 0, "сегодня": 0, "yesterday": 1, "вчера": 1}
_QUOTES = str.maketrans("«»“”„", '"""""')
_TOKEN = re.compile(r'[^\s":]+:"[^"]*"?|"[^"]*"?|\S+')
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_MONTH = re.compile(r"(\d{1,2})[./](\d{4})")
_YEAR = re.compile(r"\d{4}")


def read_query(text: str, now: datetime, zone: tzinfo) -> tuple[Query, tuple[Fault, ...]]:
    """The query, and what of it could not be read (left out of it). Days are days in `zone`."""
    words: list[str] = []
    given: dict[Filter, str] = {}
    for name, value in _tokens(text[:LONGEST].translate(_QUOTES)):
        if name is None:
            words.append(value)
        else:
            given[name] = value
    today = now.astimezone(zone).date()
    days = {
        name: _read_day(given[name].casefold(), today)
        for name in (Filter.BEFORE, Filter.AFTER)
        if name in given
    }
    has_file = given.get(Filter.HAS, "").casefold() in _FILES
    read: dict[Filter, bool] = {name: bool(value) for name, value in given.items()}
    read |= {name: day is not None for name, day in days.items()}
    if Filter.HAS in given:
        read[Filter.HAS] = has_file
    faults = tuple(Fault(name, given[name]) for name, well in read.items() if not well)
    query = Query(
        words=" ".join(words),
        author=given.get(Filter.FROM, ""),
        place=given.get(Filter.IN, ""),
        before=_midnight(days.get(Filter.BEFORE), zone),
        since=_midnight(days.get(Filter.AFTER), zone),
        has_file=has_file,
    )
    return query, faults


def _tokens(text: str) -> Iterator[tuple[Filter | None, str]]:
    """Words by themselves, and filters with their values: the next word where a space follows."""
    waiting: Filter | None = None
    for token in _TOKEN.findall(text):
        name, colon, value = token.partition(":")
        found = _NAMES.get(name.casefold()) if colon else None
        if found is None:
            yield waiting, token.strip('"')
            waiting = None
            continue
        if waiting is not None:
            yield waiting, ""
        waiting = found if not value else None
        if value:
            yield found, value.strip('"')
    if waiting is not None:
        yield waiting, ""


def _read_day(text: str, today: date) -> date | None:
    if text in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[text])
    if found := _DAY.fullmatch(text):
        day, month, year = found.groups()
        if year is None:
            return _latest(int(day), int(month), today)
        return _day(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3] or 1))
    if found := _MONTH.fullmatch(text):
        return _day(int(found[2]), int(found[1]), 1)
    return _day(int(text), 1, 1) if _YEAR.fullmatch(text) else None


def _latest(day: int, month: int, today: date) -> date | None:
    """The last such day up to today; 29 February may be some years ago."""
    years = range(today.year, today.year - 9, -1)
    found = (_day(year, month, day) for year in years)
    return next((one for one in found if one is not None and one <= today), None)


def _day(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
