"""Days as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import Period, periods_in, read_day, read_period

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)  # a Wednesday, noon in Moscow


def day(number: int, month: int, year: int = 2026) -> date:
    return date(year, month, number)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("01.12-14.12", day(1, 12), day(14, 12)),
        ("01.12 - 14.12", day(1, 12), day(14, 12)),
        ("01.12–14.12", day(1, 12), day(14, 12)),
        ("1 Dec - 14 Dec", day(1, 12), day(14, 12)),
        ("1-14 December", day(1, 12), day(14, 12)),
        ("1-14 декабря", day(1, 12), day(14, 12)),
        ("с 1 по 14 декабря", day(1, 12), day(14, 12)),
        ("с 01.12 до 14.12", day(1, 12), day(14, 12)),
        ("from 1 Dec to 14 Dec", day(1, 12), day(14, 12)),
        ("2026-12-01..2026-12-14", day(1, 12), day(14, 12)),
        ("2026-12-01 - 2026-12-14", day(1, 12), day(14, 12)),
        ("28.12-03.01", day(28, 12), day(3, 1, 2027)),
        ("28-3 января", day(28, 12), day(3, 1, 2027)),
        ("20.11-30.11", day(20, 11), day(30, 11)),
        ("01.12.2027-14.12.2027", day(1, 12, 2027), day(14, 12, 2027)),
        ("14.12.2026-01.12.2026", day(14, 12), day(1, 12)),
        ("завтра", day(26, 11), day(26, 11)),
        ("сегодня", day(25, 11), day(25, 11)),
        ("до пятницы", day(25, 11), day(27, 11)),
        ("until Friday", day(25, 11), day(27, 11)),
        ("по 14.12", day(25, 11), day(14, 12)),
        ("завтра - пятница", day(26, 11), day(27, 11)),
        ("неделю", day(25, 11), day(1, 12)),
        ("a week", day(25, 11), day(1, 12)),
        ("на 3 дня", day(25, 11), day(27, 11)),
        ("2 weeks", day(25, 11), day(8, 12)),
        ("31.12", day(31, 12), day(31, 12)),
    ],
)
def test_a_period(text: str, first: date, last: date) -> None:
    assert read_period(text, NOW, MOSCOW) == Period(first, last)


@pytest.mark.parametrize("text", ["", "Борис", "когда-нибудь", "32.12", "01.12-", "-", "0 дней"])
def test_what_is_no_period(text: str) -> None:
    assert read_period(text, NOW, MOSCOW) is None


def test_the_day_is_the_readers() -> None:
    late = datetime(2026, 11, 25, 22, tzinfo=UTC)  # 01:00 on Thursday in Moscow
    assert read_day("сегодня", late, MOSCOW) == day(26, 11)
    assert read_day("", NOW, MOSCOW) is None


def test_names_stand_before_and_behind() -> None:
    found = list(periods_in("@Анна 01.12-14.12 Борис Ли", NOW, MOSCOW))
    assert found[0] == ("@Анна", Period(day(1, 12), day(14, 12)), "Борис Ли")
    # A name that reads as a weekday is one way of several.
    ways = list(periods_in("Воскресенский 01.12", NOW, MOSCOW))
    assert ("Воскресенский", Period(day(1, 12), day(1, 12)), "") in ways


def test_from_now_to_the_midnight_behind_the_last_day() -> None:
    today = Period(day(25, 11), day(26, 11))
    assert today.instants(NOW, MOSCOW) == (NOW, datetime(2026, 11, 26, 21, tzinfo=UTC))
    later = Period(day(1, 12), day(1, 12))
    assert later.instants(NOW, MOSCOW) == (
        datetime(2026, 11, 30, 21, tzinfo=UTC),
        datetime(2026, 12, 1, 21, tzinfo=UTC),
    )
    over = Period(day(1, 11), day(2, 11))
    assert over.instants(NOW, MOSCOW) == (
        datetime(2026, 10, 31, 21, tzinfo=UTC),
        datetime(2026, 11, 2, 21, tzinfo=UTC),
    )
    assert list(today.days) == [day(25, 11), day(26, 11)]
    assert Period(day(2, 12), day(1, 12)).count == 0


@given(st.text(max_size=40))
def test_nothing_typed_is_a_crash(text: str) -> None:
    for _, period, _ in periods_in(text, NOW, MOSCOW):
        assert period.first.year >= 1970
