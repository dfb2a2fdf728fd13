"""Business time: what must hold for every calendar, and agreement with others."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import workclock
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.business_hours import BusinessHours, Shifts
from tests.inbox.drawn import (
    MOSCOW,
    ZONES,
    budgets,
    calendars,
    dates,
    instants,
    patient,
    roomy,
    some_shifts,
    weeks,
)

MINUTE = timedelta(minutes=1)
TICK = timedelta.resolution
ALWAYS = dict.fromkeys(range(7), ((time(0), time(0)),))


@patient
@given(roomy, instants, budgets)
def test_a_deadline_is_where_the_budget_has_run_and_no_earlier(hours, start, budget) -> None:
    due = hours.deadline(start, budget)
    assert hours.elapsed(start, due) == budget
    if budget:
        assert hours.elapsed(start, due - timedelta(microseconds=1)) < budget
        assert hours.is_open(due - timedelta(microseconds=1))


@patient
@given(roomy, instants, budgets, budgets)
def test_budgets_add_up(hours, start, first, second) -> None:
    in_steps = hours.deadline(hours.deadline(start, first), second)
    assert in_steps == hours.deadline(start, first + second)


@patient
@given(roomy, instants, budgets)
def test_a_negative_budget_goes_back_to_the_earliest_such_instant(hours, end, budget) -> None:
    start = hours.deadline(end, -budget)
    assert hours.elapsed(start, end) == budget
    assert start <= end
    if budget:
        assert hours.elapsed(start - timedelta(microseconds=1), end) > budget


@patient
@given(calendars, instants, instants, instants)
def test_elapsed_is_additive_antisymmetric_and_monotone(hours, a, b, c) -> None:
    a, b, c = sorted((a, b, c))
    assert hours.elapsed(a, c) == hours.elapsed(a, b) + hours.elapsed(b, c)
    assert hours.elapsed(b, a) == -hours.elapsed(a, b)
    assert timedelta() <= hours.elapsed(a, b) <= hours.elapsed(a, c)
    assert hours.elapsed(a, b) <= b - a


@patient
@given(calendars, instants, instants, dates)
def test_a_day_off_never_adds_time(hours, a, b, day) -> None:
    a, b = sorted((a, b))
    fewer = BusinessHours(hours.zone, hours.weekly, {*hours.days_off, day}, hours.dates)
    assert fewer.elapsed(a, b) <= hours.elapsed(a, b)
    midnight = datetime.combine(day, time(), tzinfo=hours.zone)
    next_midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=hours.zone)
    assert fewer.elapsed(midnight, next_midnight) == timedelta()


@patient
@given(st.sampled_from(ZONES), instants, instants, budgets)
def test_always_open_is_plain_time(zone, a, b, budget) -> None:
    hours = BusinessHours(zone, ALWAYS)
    assert hours.elapsed(a, b) == b - a
    assert hours.deadline(a, budget) == a + budget
    assert hours.is_open(a)


@patient
@given(calendars, st.lists(st.tuples(instants, instants), min_size=2, max_size=6))
def test_the_order_of_questions_does_not_matter(hours, spans) -> None:
    def answer(start: datetime, end: datetime) -> tuple[object, ...]:
        fresh = BusinessHours(hours.zone, hours.weekly, hours.days_off, hours.dates)
        return fresh.elapsed(start, end), fresh.is_open(start), fresh.next_opening(end)

    for start, end in spans:
        known = hours.elapsed(start, end), hours.is_open(start), hours.next_opening(end)
        assert known == answer(start, end)


@patient
@given(calendars, instants)
def test_the_next_opening_is_open_and_nothing_before_it_is(hours, at) -> None:
    opening = hours.next_opening(at)
    assert opening >= at
    assert hours.is_open(opening)
    assert hours.elapsed(at, opening) == timedelta()


@patient
@given(calendars, instants, instants)
def test_the_spans_are_all_that_is_open(hours, a, b) -> None:
    a, b = sorted((a, b))
    spans = list(hours.spans(a, b))
    assert sum((close - open_ for open_, close in spans), timedelta()) == hours.elapsed(a, b)
    edges = [a, *(edge for span in spans for edge in span), b]
    assert edges == sorted(edges)
    for (_, close), (open_, _) in pairwise(spans):
        assert close < open_
    for open_, close in spans:
        assert hours.is_open(open_)
        assert hours.is_open(close - TICK)
        assert close == b or not hours.is_open(close)
        assert open_ == a or not hours.is_open(open_ - TICK)


@patient
@given(calendars, st.dictionaries(dates, st.just([]) | some_shifts, max_size=4))
def test_dates_that_are_put_over_others_are_as_if_said_at_once(hours, entered) -> None:
    opened = {day for day, one in entered.items() if one}
    closed = entered.keys() - opened
    expected = BusinessHours(
        hours.zone,
        hours.weekly,
        (hours.days_off | closed) - opened,
        {day: one for day, one in {**hours.dates, **entered}.items() if day not in closed},
    )
    changed = hours.with_dates(entered)
    for day in entered:
        noon = datetime.combine(day, time(12), tzinfo=hours.zone)
        around = noon - timedelta(days=2), noon + timedelta(days=2)
        assert list(changed.spans(*around)) == list(expected.spans(*around))


def by_the_minute(week: dict[int, Shifts], off: set[date], start: datetime, end: datetime):
    """Open minutes counted one by one, in a zone without daylight saving."""
    count = 0
    at = start
    while at < end:
        local = at.astimezone(MOSCOW)
        minute, yesterday = local.time(), local.date() - timedelta(days=1)
        today = any(
            opening <= minute and (minute < closing or closing <= opening)
            for opening, closing in week.get(local.weekday(), ())
        )
        tail = any(
            closing <= opening and minute < closing
            for opening, closing in week.get(yesterday.weekday(), ())
        )
        count += (today or tail) and local.date() not in off
        at += MINUTE
    return count * MINUTE


@settings(max_examples=30, deadline=None)
@given(weeks, st.sets(st.dates(date(2026, 6, 1), date(2026, 6, 10)), max_size=3), st.data())
def test_it_agrees_with_counting_minutes(week, off, data) -> None:
    minutes = st.integers(0, 9 * 1440)
    start, end = (
        datetime(2026, 6, 1, tzinfo=MOSCOW) + data.draw(minutes) * MINUTE for _ in range(2)
    )
    start, end = sorted((start, end))
    hours = BusinessHours(MOSCOW, week, off)
    assert hours.elapsed(start, end) == by_the_minute(week, off, start, end)


def peer(hours: BusinessHours) -> workclock.Schedule:
    rules = [
        workclock.WorkDay(opening, closing, days=[day])
        for day, day_shifts in hours.weekly.items()
        for opening, closing in day_shifts
    ]
    return workclock.Schedule([*rules, workclock.Holidays(hours.days_off)], time_zone=hours.zone)


expressible = st.builds(
    BusinessHours, st.sampled_from(ZONES), weeks, st.frozensets(dates, max_size=8)
)


@settings(max_examples=300, deadline=None)
@given(expressible, instants, instants, budgets)
def test_it_agrees_with_workclock(hours, a, b, budget) -> None:
    other = peer(hours)
    assert hours.elapsed(a, b) == other.between(a, b)
    assert hours.next_opening(a) == other.next_period(a)[0]
    assert hours.deadline(a, budget) == other.add(a, budget)
    assert hours.is_open(a) == (other.next_period(a)[0] == a)
