"""Business time: worked examples, daylight saving, nights and days off."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox.business_hours import BusinessHours
from inbox.errors import NoWorkingTime, OknoError

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


# -- daylight saving ------------------------------------------------------------------------


def test_in_a_gap_the_offset_before_it_counts() -> None:
    hours = BusinessHours(BERLIN, {6: shifts("02:30-05:00")})
    opening = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert hours.next_opening(berlin("2026-03-29 00:00")) == opening
    assert hours.elapsed(berlin("2026-03-29 00:00"), berlin("2026-03-29 06:00")) == 1.5 * HOUR


def test_a_shift_that_the_gap_swallows_is_no_time() -> None:
    hours = BusinessHours(BERLIN, {6: shifts("02:30-03:15")})
    assert hours.next_opening(berlin("2026-03-29 00:00")) == berlin("2026-04-05 02:30")


def test_a_shift_of_no_length_is_no_opening() -> None:
    hours = BusinessHours(BERLIN, {6: shifts("02:30-03:30")})
    assert hours.next_opening(berlin("2026-03-29 00:00")) == berlin("2026-04-05 02:30")


def test_of_a_repeated_hour_the_first_occurrence_counts() -> None:
    ends_in_it = BusinessHours(BERLIN, {6: shifts("00:00-02:30")})
    starts_in_it = BusinessHours(BERLIN, {6: shifts("02:30-04:00")})
    day = berlin("2026-10-25 00:00"), berlin("2026-10-26 00:00")
    assert ends_in_it.elapsed(*day) == 2.5 * HOUR
    assert starts_in_it.elapsed(*day) == 2.5 * HOUR


def test_the_days_of_the_change_have_23_and_25_hours() -> None:
    hours = BusinessHours(BERLIN, ALWAYS)
    assert hours.elapsed(berlin("2026-03-29 00:00"), berlin("2026-03-30 00:00")) == 23 * HOUR
    assert hours.elapsed(berlin("2026-10-25 00:00"), berlin("2026-10-26 00:00")) == 25 * HOUR


def test_a_date_that_a_zone_skipped_is_no_crash() -> None:
    apia = ZoneInfo("Pacific/Apia")
    hours = BusinessHours(apia, dict.fromkeys(range(7), shifts("09:00-17:00")))
    thursday = datetime(2011, 12, 29, 17, tzinfo=apia)
    assert hours.next_opening(thursday) == datetime(2011, 12, 31, 9, tzinfo=apia)
    assert hours.elapsed(thursday, datetime(2012, 1, 1, tzinfo=apia)) == 8 * HOUR


# -- the search is bounded ------------------------------------------------------------------


@pytest.mark.parametrize(
    "hours",
    [
        BusinessHours(MOSCOW, {}),
        BusinessHours(MOSCOW, {0: []}),
        BusinessHours(MOSCOW, {}, dates={date(2026, 6, 1): DAY}),
        BusinessHours(MOSCOW, {}, dates={date(2201, 6, 1): DAY}),
        BusinessHours(MOSCOW, {}, [date(2027, 6, 1)], {date(2027, 6, 1): DAY}),
    ],
)
def test_no_working_time_ahead_is_said(hours: BusinessHours) -> None:
    asked = moscow("2026-06-15 10:00")
    with pytest.raises(NoWorkingTime, match="2026-06-15"):
        hours.deadline(asked, MINUTE)
    with pytest.raises(NoWorkingTime, match=r"no open hour .* after 2026-06-15"):
        hours.next_opening(asked)
    assert not hours.is_open(asked)
    assert hours.elapsed(asked, asked + timedelta(days=9)) == timedelta()
    assert issubclass(NoWorkingTime, OknoError)


def test_dates_alone_are_found_from_both_sides() -> None:
    hours = BusinessHours(MOSCOW, {}, dates={date(2026, 6, 1): DAY, date(2030, 6, 3): DAY})
    assert hours.elapsed(moscow("2040-01-01"), moscow("2041-01-01")) == timedelta()
    assert hours.deadline(moscow("2040-01-01"), -7 * HOUR) == moscow("2030-06-03 10:00")
    assert hours.deadline(moscow("2040-01-01"), -8 * HOUR) == moscow("2026-06-01 18:00")
    assert hours.next_opening(moscow("1999-01-01")) == moscow("2026-06-01 09:00")
    assert hours.deadline(moscow("1999-01-01"), 9 * HOUR) == moscow("2030-06-03 10:00")


def test_the_last_hour_of_a_calendar_can_be_used_up() -> None:
    hours = BusinessHours(MOSCOW, {}, dates={date(2026, 6, 1): DAY})
    assert hours.deadline(moscow("2026-05-01"), 8 * HOUR) == moscow("2026-06-01 18:00")
    assert hours.is_open(moscow("2026-06-01 10:00"))


def test_the_first_and_the_last_date_of_all() -> None:
    hours = BusinessHours(
        MOSCOW, {}, dates={date(1970, 1, 1): DAY, date(2199, 12, 31): DAY, date(2200, 1, 1): DAY}
    )
    assert hours.next_opening(moscow("1960-01-01")) == moscow("1970-01-01 09:00")
    assert hours.elapsed(moscow("2199-01-01"), moscow("2201-01-01")) == 8 * HOUR


@pytest.mark.parametrize("first_asked", ["2026-06-15 12:00", "2026-06-15 21:00"])
def test_what_was_asked_before_changes_no_answer(first_asked: str) -> None:
    def fresh() -> BusinessHours:
        return BusinessHours(MOSCOW, NIGHTS)

    for days in range(-120, 121):
        hours = fresh()
        hours.is_open(moscow(first_asked))
        at = moscow("2026-06-15 05:00") + timedelta(days=days)
        assert hours.is_open(at)
        assert hours.elapsed(at, at + 24 * HOUR) == 8 * HOUR
        hours.is_open(moscow("2026-06-16 12:00"))
        assert hours.elapsed(at, at + 24 * HOUR) == 8 * HOUR


def test_a_long_closed_stretch_is_searched_through() -> None:
    first = date(2026, 1, 1).toordinal()
    closed = [date.fromordinal(first + day) for day in range(3000)]
    hours = BusinessHours(MOSCOW, WORK_WEEK, closed)
    opening = hours.next_opening(moscow("2026-01-01"))
    assert opening.astimezone(MOSCOW).date() == date(2034, 3, 20)


def test_nothing_is_open_outside_1970_to_2200() -> None:
    hours = BusinessHours(ZoneInfo("UTC"), ALWAYS)
    whole = hours.elapsed(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert whole == datetime(2200, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    assert hours.next_opening(datetime(1, 1, 1, tzinfo=MOSCOW)) == datetime(1970, 1, 1, tzinfo=UTC)
    with pytest.raises(NoWorkingTime):
        hours.next_opening(datetime(9999, 12, 31, 23, tzinfo=ZoneInfo("America/New_York")))
    with pytest.raises(NoWorkingTime):
        hours.deadline(moscow("2026-01-01"), timedelta(days=400 * 366))
    with pytest.raises(NoWorkingTime, match=r"before 2025-12-31"):
        hours.deadline(moscow("2026-01-01"), -timedelta(days=57 * 366))


def test_an_eighth_weekday_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[7\]"):
        BusinessHours(MOSCOW, {7: DAY})


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
