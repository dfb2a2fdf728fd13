"""Words and filters, as people type them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.reading_queries import LONGEST, Fault, Filter, read_query
from inbox.searching import Query

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # the 25th in Moscow


def read(text: str) -> Query:
    query, faults = read_query(text, NOW, MOSCOW)
    assert faults == ()
    return query


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    "text",
    [
        "счёт за сайт from:anna in:romashka before:1.11 after:2026-10-01 has:file",
        "счёт has:файл за в:romashka сайт от: anna после:1.10 до:01.11.2026",
        "FROM:anna До:1/11/26 счёт за сайт Since:10.2026 in: romashka есть: вложения",
    ],
)
def test_words_and_filters_in_any_order_and_language(text: str) -> None:
    assert read(text) == Query(
        "счёт за сайт", "anna", "romashka", day(2026, 11, 1), day(2026, 10, 1), has_file=True
    )


def test_a_value_of_several_words_stands_in_quotes() -> None:
    assert read('in:"ООО Ромашка" смета от:«Анна Петрова»') == Query(
        "смета", "Анна Петрова", "ООО Ромашка"
    )
    assert read('in: "ООО Ромашка') == Query(place="ООО Ромашка")
    assert read('"новый сайт" макет') == Query("новый сайт макет")


def test_what_only_looks_like_a_filter_is_a_word() -> None:
    assert read("http://x.test/a:b 10:30 re:счёт").words == "http://x.test/a:b 10:30 re:счёт"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25.11", day(2026, 11, 25)),
        ("26.11", day(2025, 11, 26)),
        ("29.2", day(2024, 2, 29)),
        ("today", day(2026, 11, 25)),
        ("вчера", day(2026, 11, 24)),
        ("2025", day(2025, 1, 1)),
        ("2025-03", day(2025, 3, 1)),
        ("03.2025", day(2025, 3, 1)),
        ("31.12.1999", day(1999, 12, 31)),
    ],
)
def test_days_are_the_readers_and_the_latest_such(text: str, expected: datetime) -> None:
    assert read(f"after:{text}").since == expected


@pytest.mark.parametrize(
    "value", ["31.2", "30.02.2026", "1.13", "soon", "0001-01-01", "9999", "1"]
)
def test_a_day_that_there_is_not_is_said(value: str) -> None:
    query, faults = read_query(f"смета до:{value}", NOW, MOSCOW)
    assert query == Query("смета")
    assert faults == (Fault(Filter.BEFORE, value),)


def test_a_filter_without_a_value_and_a_strange_one_are_said() -> None:
    query, faults = read_query("from: before: has:money in:", NOW, MOSCOW)
    assert query == Query()
    assert set(faults) == {
        Fault(Filter.FROM, ""),
        Fault(Filter.BEFORE, ""),
        Fault(Filter.HAS, "money"),
        Fault(Filter.IN, ""),
    }


def test_of_the_same_filter_the_last_one_counts() -> None:
    assert read("от:анна from:иван").author == "иван"


@given(st.text(max_size=2 * LONGEST))
def test_whatever_is_typed_is_read(text: str) -> None:
    query, _ = read_query(text, NOW, MOSCOW)
    assert len(query.words) <= LONGEST
