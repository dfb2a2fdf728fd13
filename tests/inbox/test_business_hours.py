"""Business time: worked examples, nights and days off."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox.business_hours import BusinessHours

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def shifts(*texts: str) -> list[tuple[time, time]]:
    return [(time.fromisoformat(text[:5]), time.fromisoformat(text[6:])) for text in texts]


DAY = shifts("09:00-13:00", "14:00-18:00")
WORK_WEEK = dict.fromkeys(range(5), DAY)
ALWAYS = dict.fromkeys(range(7), shifts("00:00-00:00"))
NIGHTS = dict.fromkeys(range(7), shifts("22:00-06:00"))
RUSSIAN = BusinessHours(
    MOSCOW,
    WORK_WEEK,
    days_off=[
        date(2025, 11, 3),
        date(2025, 11, 4),
        date(2025, 12, 31),
        *(date(2026, 1, day) for day in range(1, 10)),
        date(2026, 5, 1),
        date(2026, 11, 4),
    ],
    dates={
        date(2025, 11, 1): shifts("09:00-13:00", "14:00-17:00"),
        date(2026, 4, 30): shifts("09:00-13:00", "14:00-17:00"),
        date(2026, 11, 3): shifts("09:00-13:00", "14:00-17:00"),
    },
)


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


# -- worked examples ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-04-30 16:30", "2026-05-04 09:30"),
        ("2025-10-31 17:45", "2025-11-01 09:45"),
        ("2025-12-31 12:00", "2026-01-12 10:00"),
        ("2026-11-03 16:50", "2026-11-05 09:50"),
        ("2026-06-15 12:50", "2026-06-15 14:50"),
        ("2026-06-15 17:00", "2026-06-15 18:00"),
        ("2026-06-15 12:00", "2026-06-15 13:00"),
    ],
)
def test_an_hour_in_the_russian_calendar(start: str, due: str) -> None:
    assert RUSSIAN.deadline(moscow(start), HOUR) == moscow(due)
    assert RUSSIAN.elapsed(moscow(start), moscow(due)) == HOUR


@pytest.mark.parametrize(
    ("minutes", "at"), [(15, "09:05"), (30, "09:20"), (60, "09:50"), (120, "10:50")]
)
def test_a_ladder_from_friday_evening_climbs_on_monday(minutes: int, at: str) -> None:
    friday = moscow("2026-06-19 17:50")
    assert RUSSIAN.deadline(friday, minutes * MINUTE) == moscow(f"2026-06-22 {at}")


def test_a_short_saturday_is_used_up_before_monday() -> None:
    hours = BusinessHours(
        MOSCOW,
        {**dict.fromkeys(range(5), shifts("09:00-18:00")), 5: shifts("10:00-14:00")},
    )
    due = hours.deadline(moscow("2026-06-19 18:30"), 5 * HOUR)
    assert due == moscow("2026-06-22 10:00")


def test_instants_come_out_in_utc_whatever_zone_they_went_in() -> None:
    asked = datetime(2026, 6, 15, 16, 0, tzinfo=ZoneInfo("Asia/Vladivostok"))
    due = RUSSIAN.deadline(asked, HOUR)
    assert due == moscow("2026-06-15 10:00")
    assert due.tzinfo is UTC
    assert RUSSIAN.deadline(asked, timedelta()).tzinfo is UTC
    assert RUSSIAN.next_opening(asked).tzinfo is UTC


@pytest.mark.parametrize(
    "question",
    [
        lambda at: RUSSIAN.elapsed(at, moscow("2026-06-15 10:00")),
        lambda at: RUSSIAN.elapsed(moscow("2026-06-15 10:00"), at),
        lambda at: RUSSIAN.deadline(at, HOUR),
        lambda at: RUSSIAN.deadline(at, timedelta()),
        RUSSIAN.is_open,
        RUSSIAN.next_opening,
    ],
)
def test_an_instant_without_a_zone_is_refused(question) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        question(datetime(2026, 6, 15, 10, 0))  # noqa: DTZ001 - the naive instant is the case


def test_seconds_and_less_are_counted() -> None:
    start = moscow("2026-06-15 12:59:59.999999")
    assert RUSSIAN.elapsed(start, moscow("2026-06-15 14:00:00")) == timedelta(microseconds=1)
    assert RUSSIAN.deadline(start, timedelta(seconds=1)) == moscow("2026-06-15 14:00:00.999999")


# -- open, closed, next opening -------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "is_open", "opening"),
    [
        ("2026-06-15 08:59:59", False, "2026-06-15 09:00"),
        ("2026-06-15 09:00:00", True, "2026-06-15 09:00"),
        ("2026-06-15 12:59:59", True, "2026-06-15 12:59:59"),
        ("2026-06-15 13:00:00", False, "2026-06-15 14:00"),
        ("2026-06-15 18:00:00", False, "2026-06-16 09:00"),
        ("2026-06-20 12:00:00", False, "2026-06-22 09:00"),
        ("2025-12-31 12:00:00", False, "2026-01-12 09:00"),
    ],
)
def test_open_and_next_opening(at: str, is_open: bool, opening: str) -> None:
    assert RUSSIAN.is_open(moscow(at)) is is_open
    assert RUSSIAN.next_opening(moscow(at)) == moscow(opening)


def test_shifts_that_touch_or_overlap_are_one() -> None:
    hours = BusinessHours(MOSCOW, {0: shifts("09:00-12:00", "12:00-14:00", "13:00-15:00")})
    monday = moscow("2026-06-15 08:00")
    assert hours.is_open(moscow("2026-06-15 12:00"))
    assert hours.elapsed(monday, monday + timedelta(days=1)) == 6 * HOUR


# -- nights and days off --------------------------------------------------------------------


def test_a_night_shift_belongs_to_the_date_on_which_it_starts() -> None:
    hours = BusinessHours(MOSCOW, {4: shifts("22:00-06:00")})
    assert hours.is_open(moscow("2026-06-20 05:59"))
    assert not hours.is_open(moscow("2026-06-19 05:59"))
    assert hours.deadline(moscow("2026-06-19 21:00"), 8 * HOUR) == moscow("2026-06-20 06:00")


def test_a_day_off_cuts_the_tail_of_the_night_before() -> None:
    hours = BusinessHours(MOSCOW, NIGHTS, days_off=[date(2026, 6, 12)])
    assert hours.is_open(moscow("2026-06-11 23:59:59"))
    assert not hours.is_open(moscow("2026-06-12 00:00"))
    assert hours.next_opening(moscow("2026-06-12 00:00")) == moscow("2026-06-13 00:00")
    assert hours.deadline(moscow("2026-06-11 23:00"), 2 * HOUR) == moscow("2026-06-13 01:00")


def test_hours_of_a_single_date_leave_the_night_before_alone() -> None:
    tuesday = date(2026, 6, 16)
    hours = BusinessHours(MOSCOW, NIGHTS, dates={tuesday: shifts("10:00-12:00")})
    assert hours.elapsed(moscow("2026-06-16 00:00"), moscow("2026-06-16 12:00")) == 8 * HOUR
    assert not hours.is_open(moscow("2026-06-16 23:00"))
    assert not hours.is_open(moscow("2026-06-17 05:00"))


def test_a_single_date_may_be_closed_or_opened() -> None:
    hours = BusinessHours(
        MOSCOW,
        WORK_WEEK,
        dates={date(2026, 6, 15): [], date(2026, 6, 20): shifts("10:00-11:00")},
    )
    assert hours.next_opening(moscow("2026-06-15 08:00")) == moscow("2026-06-16 09:00")
    assert hours.next_opening(moscow("2026-06-20 08:00")) == moscow("2026-06-20 10:00")


def test_a_day_off_beats_hours_of_the_same_date() -> None:
    monday = date(2026, 6, 15)
    hours = BusinessHours(MOSCOW, WORK_WEEK, [monday], {monday: shifts("10:00-12:00")})
    assert hours.next_opening(moscow("2026-06-15 08:00")) == moscow("2026-06-16 09:00")


# -- the version ----------------------------------------------------------------------------


def test_the_version_is_stable_and_tells_calendars_apart() -> None:
    monday = date(2026, 6, 15)
    calendars = [
        BusinessHours(MOSCOW, WORK_WEEK),
        BusinessHours(BERLIN, WORK_WEEK),
        BusinessHours(MOSCOW, {**WORK_WEEK, 5: DAY}),
        BusinessHours(MOSCOW, WORK_WEEK, [monday]),
        BusinessHours(MOSCOW, WORK_WEEK, dates={monday: []}),
        BusinessHours(MOSCOW, WORK_WEEK, dates={monday: shifts("10:00-11:00")}),
    ]
    assert len({hours.version for hours in calendars}) == len(calendars)
    same = BusinessHours(MOSCOW, {**dict.fromkeys(range(4, -1, -1), DAY[::-1]), 6: []})
    assert same.version == calendars[0].version == "0b4a337a5704"
    assert same.version in repr(same)
