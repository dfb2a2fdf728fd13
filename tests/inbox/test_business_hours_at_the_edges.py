"""Business time at its edges: daylight saving, calendars that end, far years."""

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


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


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
