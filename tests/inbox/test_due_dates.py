"""By when something is done: so many business hours, or by the end of a working day."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inbox.business_hours import BusinessHours
from inbox.calendars import SwappedHours
from inbox.due_dates import promised_by
from inbox.work_records import Unit, Within
from tests.inbox.drawn import MOSCOW, ZONES, calendars, dates, instants, patient

DAY = [(time(9), time(18))]
STUDIO = BusinessHours(MOSCOW, dict.fromkeys(range(5), DAY), days_off=[date(2026, 11, 26)])
NEVER = BusinessHours(MOSCOW, {})
MONDAY = datetime(2026, 11, 23, 10, tzinfo=MOSCOW)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Of November 2026, in Moscow."""
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


def days(amount: int) -> Within:
    return Within(amount, Unit.DAYS)


def hours_(amount: int) -> Within:
    return Within(amount, Unit.HOURS)


@pytest.mark.parametrize(
    ("agreed", "within", "done"),
    [
        (at(23, 10), hours_(2), at(23, 12)),
        (at(23, 17), hours_(2), at(24, 10)),
        (at(23, 20), hours_(2), at(24, 11)),
        (at(25, 17), hours_(2), at(27, 10)),
        (at(23, 10), days(1), at(24, 18)),
        (at(23, 0), days(1), at(24, 18)),
        (at(23, 23, 59), days(1), at(24, 18)),
        (at(25, 12), days(1), at(27, 18)),  # the 26th is a day off
        (at(27, 12), days(1), at(30, 18)),  # over the weekend
        (at(28, 12), days(1), at(30, 18)),
        (at(23, 10), days(3), at(27, 18)),
    ],
)
def test_a_studio_of_days(agreed: datetime, within: Within, done: datetime) -> None:
    assert promised_by(STUDIO, agreed, within) == done


def test_a_lunch_break_ends_no_day() -> None:
    split = BusinessHours(MOSCOW, {1: [(time(9), time(12)), (time(13), time(17))]})
    assert promised_by(split, MONDAY, days(1)) == at(24, 17)


def test_the_tail_of_a_night_shift_is_no_working_day() -> None:
    nights = BusinessHours(MOSCOW, {4: [(time(22), time(6))], 0: [(time(22), time(6))]})
    assert promised_by(nights, at(27, 23), days(1)) == at(30, 0) + timedelta(days=1)
    both = BusinessHours(MOSCOW, {4: [(time(22), time(6)), (time(8), time(9))], 5: DAY})
    assert promised_by(both, at(27, 23), days(1)) == at(28, 18), "it opens again on that day"


def test_who_never_closes_has_days_that_end_at_midnight() -> None:
    always = BusinessHours(MOSCOW, {day: [(time(0), time(0))] for day in range(7)})
    assert promised_by(always, MONDAY, days(2)) == at(26, 0)


def test_a_calendar_without_working_time_ahead_promises_nothing() -> None:
    assert promised_by(NEVER, MONDAY, days(1)) is None
    assert promised_by(NEVER, MONDAY, hours_(1)) is None
    once = BusinessHours(MOSCOW, {}, dates={date(2026, 11, 24): DAY})
    assert promised_by(once, MONDAY, days(1)) == at(24, 18)
    assert promised_by(once, MONDAY, days(2)) is None


def test_the_hours_of_now_count_after_a_swap() -> None:
    short = BusinessHours(MOSCOW, {day: [(time(10), time(15))] for day in range(5)})
    swapped = SwappedHours([(STUDIO, at(20, 9)), (short, at(23, 9))])
    assert promised_by(swapped, MONDAY, days(1)) == at(24, 15)


@patient
@given(
    st.sampled_from(ZONES),
    st.dictionaries(
        st.integers(0, 6), st.tuples(st.integers(3, 11), st.integers(12, 23)), min_size=1
    ),
    st.frozensets(dates, max_size=8),
    instants,
    st.integers(1, 30),
)
def test_working_days_are_dates_with_a_shift(
    zone: ZoneInfo, week: dict[int, tuple[int, int]], off: frozenset[date], start: datetime, n: int
) -> None:
    """No shift touches a night here, so that dates can be counted by hand."""
    assume(zone is not ZONES[-1])  # Samoa left a date out
    weekly = {day: [(time(opens), time(closes))] for day, (opens, closes) in week.items()}
    hours = BusinessHours(zone, weekly, off)
    first = start.astimezone(hours.zone).date()
    later = (first + timedelta(days=number) for number in count(1))
    working = (one for one in later if one.weekday() in week and one not in off)
    last = next(islice(working, n - 1, None))
    closes = datetime.combine(last, time(week[last.weekday()][1]), tzinfo=hours.zone)
    assert promised_by(hours, start, days(n)) == closes.astimezone(UTC)


@patient
@given(calendars, instants, st.integers(1, 12))
def test_a_day_more_ends_on_a_later_date_and_closes_something(
    hours: BusinessHours, start: datetime, amount: int
) -> None:
    done, next_ = (promised_by(hours, start, days(one)) for one in (amount, amount + 1))
    if done is None:
        assert next_ is None
        return
    assert done > start
    tick = timedelta.resolution
    assert hours.is_open(done - tick), "it is the end of open time"
    on = (done - tick).astimezone(hours.zone).date()
    midnight = datetime.combine(on + timedelta(days=1), time(), tzinfo=hours.zone)
    assert not any(hours.spans(done, midnight)), "nothing is open later on that date"
    if next_ is not None:
        assert (next_ - tick).astimezone(hours.zone).date() > on


@patient
@given(calendars, instants, st.integers(0, 200))
def test_hours_are_business_time_from_the_word(
    hours: BusinessHours, start: datetime, amount: int
) -> None:
    done = promised_by(hours, start, hours_(amount))
    if done is not None:
        assert hours.elapsed(start, done) == timedelta(hours=amount)
