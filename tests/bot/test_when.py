"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.when import read_moment
from tests.bot.studio import MOSCOW, NOON

# NOON is 12:00 on Wednesday, 25 November 2026 in Moscow.
UNDERSTOOD = {
    "12.12 15:30": "2026-12-12 15:30",
    "12.12.2027 15:30": "2027-12-12 15:30",
    "12/12/27, 15.30": "2027-12-12 15:30",
    "2026-12-12 9:00": "2026-12-12 09:00",
    "01.02 10:00": "2027-02-01 10:00",
    "29.02 10:00": "2028-02-29 10:00",
    "25.11 10:00": "2026-11-25 10:00",
    "завтра 10:00": "2026-11-26 10:00",
    "Завтра в 10": "2026-11-26 10:00",
    "послезавтра 9:15": "2026-11-27 09:15",
    "сегодня 18:00": "2026-11-25 18:00",
    "пт 15:00": "2026-11-27 15:00",
    "в пятницу в 15:00": "2026-11-27 15:00",
    "к среде 13:00": "2026-11-25 13:00",
    "ср 13:00": "2026-11-25 13:00",
    "ср 11:00": "2026-12-02 11:00",
    "пн. 9:00": "2026-11-30 09:00",
    "tomorrow 10:00": "2026-11-26 10:00",
    "Fri 3 pm": "2026-11-27 15:00",
    "on Monday at 12am": "2026-11-30 00:00",
    "Dec 12 15:30": "2026-12-12 15:30",
    "12 декабря 15:30": "2026-12-12 15:30",
    "12 декабря 2027 в 15 ч": "2027-12-12 15:00",
    "15:30": "2026-11-25 15:30",
    "до 18:00": "2026-11-25 18:00",
    "9:00": "2026-11-25 09:00",
    "12.12": None,
    "завтра": None,
    "25:00": None,
    "13 pm": None,
    "31.02 10:00": None,
    "01.01.0001 00:30": None,
    "9999-12-31 23:59": None,
    "чай 15:00": None,
    "встреча 15:00": None,
    "срочно 15:00": None,
    "перезвоню": None,
    "": None,
}


@pytest.mark.parametrize(("text", "meant"), UNDERSTOOD.items())
def test_what_was_meant(text: str, meant: str | None) -> None:
    found = read_moment(text, NOON, MOSCOW)

    assert (None if found is None else f"{found.astimezone(MOSCOW):%Y-%m-%d %H:%M}") == meant


@given(st.text())
def test_whatever_is_written_is_read_or_not(text: str) -> None:
    found = read_moment(text, NOON, MOSCOW)

    assert found is None or found.astimezone(UTC).year >= 1969


@given(st.integers(24 * 60, 363 * 24 * 60))
def test_a_date_and_a_time_are_read_as_they_stand(minutes: int) -> None:
    meant = at = (NOON + timedelta(minutes=minutes)).astimezone(MOSCOW)

    assert read_moment(f"{at:%d.%m %H:%M}", NOON, MOSCOW) == meant
    assert read_moment(f"{at:%Y-%m-%d %H.%M}", NOON, MOSCOW) == meant
