"""The open spans between two instants, and hours of dates that are put over others."""

from datetime import UTC, date, time

import pytest

from inbox.business_hours import BusinessHours
from tests.inbox.june import MOSCOW, moscow


def shifts(*texts: str) -> list[tuple[time, time]]:
    return [(time.fromisoformat(text[:5]), time.fromisoformat(text[6:])) for text in texts]


WORK_WEEK = dict.fromkeys(range(5), shifts("09:00-13:00", "14:00-18:00"))


def test_spans_are_clipped_to_the_instants_and_in_order() -> None:
    hours = BusinessHours(MOSCOW, WORK_WEEK)
    friday, monday = "2026-06-19", "2026-06-22"
    spans = list(hours.spans(moscow(f"{friday} 12:30"), moscow(f"{monday} 09:10")))
    assert spans == [
        (moscow(f"{friday} 12:30"), moscow(f"{friday} 13:00")),
        (moscow(f"{friday} 14:00"), moscow(f"{friday} 18:00")),
        (moscow(f"{monday} 09:00"), moscow(f"{monday} 09:10")),
    ]
    assert all(edge.tzinfo is UTC for span in spans for edge in span)


def test_shifts_that_touch_or_overlap_are_one_span() -> None:
    day = shifts("09:00-12:00", "12:00-15:00", "14:00-16:00", "16:01-17:00")
    spans = BusinessHours(MOSCOW, {4: day}).spans(
        moscow("2026-06-19 00:00"), moscow("2026-06-20 00:00")
    )
    assert list(spans) == [
        (moscow("2026-06-19 09:00"), moscow("2026-06-19 16:00")),
        (moscow("2026-06-19 16:01"), moscow("2026-06-19 17:00")),
    ]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-06-19 18:00", "2026-06-22 09:00"),
        ("2026-06-19 10:00", "2026-06-19 10:00"),
        ("2026-06-19 12:00", "2026-06-19 10:00"),
        ("2026-06-20 12:00", "2026-06-19 10:00"),
    ],
)
def test_there_is_no_span_of_no_length(start: str, end: str) -> None:
    assert not list(BusinessHours(MOSCOW, WORK_WEEK).spans(moscow(start), moscow(end)))


def test_dates_that_are_entered_beat_days_off_and_days_off_beat_what_was_said_of_dates() -> None:
    monday, tuesday = date(2026, 6, 15), date(2026, 6, 16)
    hours = BusinessHours(MOSCOW, WORK_WEEK, [monday], {tuesday: shifts("10:00-12:00")})
    changed = hours.with_dates({monday: shifts("15:00-16:00"), tuesday: ()})
    assert changed.next_opening(moscow("2026-06-15 00:00")) == moscow("2026-06-15 15:00")
    assert changed.next_opening(moscow("2026-06-15 16:00")) == moscow("2026-06-17 09:00")
    assert hours.next_opening(moscow("2026-06-15 00:00")) == moscow("2026-06-16 10:00")
    assert changed.zone is MOSCOW
    assert changed.version not in {hours.version, BusinessHours(MOSCOW, WORK_WEEK).version}
    assert hours.with_dates({}).version == hours.version
