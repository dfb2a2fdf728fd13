"""Times and names in what is typed behind /report, in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.report_asking import Way, is_own, is_whole, read_time, ways
from bot.report_dates import Days

TODAY = date(2026, 11, 25)  # a Wednesday


def days(first: str, last: str = "") -> Days:
    """Of "2026-11-23", or with the year left out of this one."""
    begin, end = (one if one.count("-") == 2 else f"2026-{one}" for one in (first, last or first))
    return Days(date.fromisoformat(begin), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("last week", days("11-16", "11-22")),
        ("прошлая неделя", days("11-16", "11-22")),
        ("за прошлую неделю", days("11-16", "11-22")),
        ("week", days("11-23", "11-29")),
        ("эта неделя", days("11-23", "11-29")),
        ("week 46", days("11-09", "11-15")),
        ("неделя 46", days("11-09", "11-15")),
        ("46-я неделя", days("11-09", "11-15")),
        ("week 50", days("2025-12-08", "2025-12-14")),
        ("week 50 2024", days("2024-12-09", "2024-12-15")),
        ("2026-W46", days("11-09", "11-15")),
        ("this month", days("11-01", "11-30")),
        ("месяц", days("11-01", "11-30")),
        ("last month", days("10-01", "10-31")),
        ("за прошлый месяц", days("10-01", "10-31")),
        ("october", days("10-01", "10-31")),
        ("in October", days("10-01", "10-31")),
        ("Октябрь", days("10-01", "10-31")),
        ("в октябре", days("10-01", "10-31")),
        ("за октябрь 2025 г.", days("2025-10-01", "2025-10-31")),
        ("oct 2025", days("2025-10-01", "2025-10-31")),
        ("december", days("2025-12-01", "2025-12-31")),
        ("2026-10", days("10-01", "10-31")),
        ("10.2026", days("10-01", "10-31")),
        ("quarter", days("10-01", "12-31")),
        ("квартал", days("10-01", "12-31")),
        ("last quarter", days("07-01", "09-30")),
        ("прошлый квартал", days("07-01", "09-30")),
        ("Q3", days("07-01", "09-30")),
        ("q1 2025", days("2025-01-01", "2025-03-31")),
        ("3 квартал", days("07-01", "09-30")),
        ("III квартал 2025 года", days("2025-07-01", "2025-09-30")),
        ("2nd quarter", days("04-01", "06-30")),
        ("2025", days("2025-01-01", "2025-12-31")),
        ("за 2025 год", days("2025-01-01", "2025-12-31")),
        ("this year", days("01-01", "12-31")),
        ("прошлый год", days("2025-01-01", "2025-12-31")),
        ("1.10-31.10", days("10-01", "10-31")),
        ("01.10 – 31.10", days("10-01", "10-31")),
        ("1-14 October", days("10-01", "10-14")),
        ("October 1-14", days("10-01", "10-14")),
        ("с 1 по 14 октября", days("10-01", "10-14")),
        ("from 1 October to 14 October 2025", days("2025-10-01", "2025-10-14")),
        ("28.12-03.01", days("2025-12-28", "2026-01-03")),
        ("28-3 января", days("2025-12-28", "2026-01-03")),
        ("20.11-30.11", days("11-20", "11-30")),
        ("20.11-05.12", days("2025-11-20", "2025-12-05")),
        ("2026-10-01..2026-10-14", days("10-01", "10-14")),
        ("1.10.25-14.10.25", days("2025-10-01", "2025-10-14")),
        ("since 1.11", days("11-01", "11-25")),
        ("с 1 ноября", days("11-01", "11-25")),
        ("today", days("11-25")),
        ("вчера", days("11-24")),
        ("позавчера - вчера", days("11-23", "11-24")),
        ("5.12", days("2025-12-05")),
        ("29 февраля", days("2024-02-29")),
        ("24 November 2026", days("11-24")),
        ("last 7 days", days("11-19", "11-25")),
        ("последние 7 дней", days("11-19", "11-25")),
        ("2 weeks", days("11-09", "11-22")),
        ("за 2 недели", days("11-09", "11-22")),
        ("3 months", days("08-01", "10-31")),
        ("за последние 2 года", days("2024-01-01", "2025-12-31")),
    ],
)
def test_a_time_that_has_begun(text: str, meant: Days) -> None:
    assert read_time(text, TODAY) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("", "Ромашка", "last", "по", "1", "32.10", "2026-13", "0 дней", "week 60", "14.10-1.10"),
        *("1.12.2026", "december 2026", "2027", "1.12.2026-3.12.2026", "999 years", "1900", "-"),
        *("q5", "29.02.2025", "1 по 14", "день", "31-3 декабря"),
    ],
)
def test_what_is_no_time_or_all_to_come(text: str) -> None:
    assert read_time(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("last week Anna", Way(days("11-16", "11-22"), "Anna")),
        ("Анна за октябрь", Way(days("10-01", "10-31"), "Анна")),
        ("october for Daisy Ltd", Way(days("10-01", "10-31"), "Daisy Ltd")),
        ("@Анна, 1.10-31.10", Way(days("10-01", "10-31"), "Анна")),
        ("по клиенту Ромашка", Way(None, "Ромашка")),
        ("за квартал мои", Way(days("10-01", "12-31"), "мои")),
        ("1 мая", Way(days("05-01"), "")),
        ("Weeks & Co", Way(days("11-23", "11-29"), "& Co")),
        ("quarter", Way(days("10-01", "12-31"), "")),
        ("manager Anna in october", Way(days("10-01", "10-31"), "Anna")),
        ("мои клиенты за октябрь", Way(days("10-01", "10-31"), "мои клиенты")),
        ("for", Way(None, "")),
    ],
)
def test_the_longest_time_comes_first_and_the_rest_is_a_name(text: str, way: Way) -> None:
    found = list(ways(text, TODAY))
    assert found[0] == way
    assert found[-1].days is None


def test_who_may_be_meant_without_a_name() -> None:
    assert is_own("Мои клиенты")
    assert is_own("me")
    assert is_whole("Вся студия")
    assert not is_own("Anna")
    assert not is_whole("Anna")


@given(st.text(max_size=40), st.dates(date(1971, 1, 1), date(2199, 1, 1)))
def test_nothing_typed_is_a_crash_and_every_time_has_begun(text: str, today: date) -> None:
    for way in ways(text, today):
        if way.days is not None:
            assert way.days.first <= min(way.days.last, today)


@given(st.dates(date(1972, 1, 1), date(2199, 1, 1)), st.dates(date(1972, 1, 1), date(2199, 1, 1)))
def test_days_written_with_their_years_are_those_days(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert read_time(f"{first:%d.%m.%Y}-{last:%d.%m.%Y}", last) == Days(first, last)
    assert read_time(f"{first}..{last}", last) == Days(first, last)
