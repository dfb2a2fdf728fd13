"""What becomes of a wait: moved, recounted, swapped, taken on, ended, gone on with."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inbox.calendars import STUDIO, Calendar, Calendars, SpecialDay, Stretch
from inbox.model import Outcome, Wait
from inbox.policies import Terms
from inbox.sla import DAILY, DueAlerts, Policy, Recipient, Rung
from tests.inbox.drawn import budgets, instants, patient, roomy
from tests.inbox.june import (
    HOUR,
    HOURS,
    LADDER,
    LATE,
    MINUTE,
    NEVER,
    POLICY,
    TEN,
    TERMS,
    june,
    moscow,
    says,
)


def asked(at: datetime = TEN) -> Wait:
    return Wait.open(at, TERMS, first=True)


# -- opening --------------------------------------------------------------------------------


def test_rule_14_a_wait_keeps_the_terms_of_the_moment_it_opened() -> None:
    wait = asked()
    assert wait == Wait(
        started_at=TEN,
        reply_within=HOUR,
        ladder=LADDER,
        calendar=HOURS.version,
        due_at=june(15, "11:00"),
        next_rung_at=june(15, "10:45"),
        first=True,
        policy="gold",
        stretches=(Stretch(STUDIO, TEN),),
    )
    assert wait.base == TEN
    assert not Wait.open(TEN, TERMS, first=False).first


def test_rule_05_it_is_due_from_the_due_instant_on() -> None:
    assert not asked().is_due(june(15, "10:59"))
    assert asked().is_due(june(15, "11:00"))


def test_rule_15_without_working_time_ahead_a_wait_is_never_due_and_never_alerts() -> None:
    wait = Wait.open(TEN, Terms(POLICY, Calendar(STUDIO, NEVER)), first=True)
    years_later = TEN + timedelta(days=4000)
    still = [
        wait,
        wait.recounted(years_later, NEVER),
        wait.since(TEN - HOUR, years_later, NEVER),
        wait.taken_on(years_later, NEVER),
        wait.closed(Outcome.DISMISSED, TEN, 1, NEVER).reopened(years_later, NEVER),
    ]
    for one in still:
        assert one.due_at is None
        assert one.next_rung_at is None
        assert not one.is_due(years_later)
    closing = wait.closed(Outcome.ANSWERED, years_later, 1, NEVER).closing
    assert closing is not None
    assert closing.business == timedelta()
    assert closing.within_target


def test_rule_15_working_time_that_is_entered_later_makes_it_due() -> None:
    wait = Wait.open(TEN, Terms(POLICY, Calendar(STUDIO, NEVER)), first=True)
    counted = wait.recounted(june(16, "08:00"), HOURS)
    assert counted.due_at == june(15, "11:00")
    assert counted.next_rung_at == june(16, "09:00")


# -- rungs that are done with ---------------------------------------------------------------


def test_rule_16_what_fired_is_done_with_and_the_next_is_looked_for() -> None:
    wait = asked().after_firing(frozenset({0}), june(15, "10:45"), HOURS)
    assert wait.fired == {0}
    assert wait.next_rung_at == june(15, "11:00")


def test_rule_19_a_wait_of_ten_years_remembers_one_daily_repeat() -> None:
    wait, looks = asked(), 0
    while looks < 400:
        now = wait.next_rung_at
        assert now is not None
        wait = wait.after_firing(says(wait, now).passed, now, HOURS)
        looks += 1
    assert len(wait.fired) == len(LADDER) + 3 + 1
    newest = DAILY + date(2027, 12, 17).toordinal()
    assert wait.fired == {*range(6), newest}
    assert wait.next_rung_at == moscow("2027-12-20 09:15")
    now = moscow("2037-03-05 11:00")
    late = says(wait, now)
    newest = DAILY + date(2037, 3, 5).toordinal()
    assert late == DueAlerts((newest,), frozenset({newest}), late=True)
    wait = wait.after_firing(late.passed, now, HOURS)
    assert wait.fired == {*range(6), newest}
    assert wait.next_rung_at == moscow("2037-03-06 09:15")


# -- a calendar that is corrected or swapped ------------------------------------------------


def test_rule_12_an_open_wait_is_recounted_from_its_start_and_says_nothing_twice() -> None:
    wait = asked().after_firing(frozenset({0}), june(15, "10:45"), HOURS)
    corrected = HOURS.with_dates({date(2026, 6, 15): ((time(14), time(18)),)})
    counted = wait.recounted(june(15, "10:50"), corrected)
    assert counted.due_at == june(15, "15:00")
    assert counted.calendar == corrected.version
    assert counted.fired == {0}
    assert counted.next_rung_at == june(15, "15:00")


def test_rule_12_rungs_that_the_correction_put_into_the_past_come_late_and_once() -> None:
    wait = asked(june(15, "08:00"))
    corrected = HOURS.with_dates({date(2026, 6, 15): ((time(7), time(18)),)})
    now = june(15, "09:40")
    counted = wait.recounted(now, corrected)
    assert counted.next_rung_at == now
    assert says(counted, now, corrected) == DueAlerts((1,), frozenset({0, 1}), late=True)


def test_rule_13_a_swap_counts_the_rest_by_the_new_calendar() -> None:
    calendars = Calendars([TERMS.calendar, Calendar("late", LATE)])
    now = june(15, "10:15")
    wait = asked().swapped("late", now)
    assert wait.stretches == (Stretch(STUDIO, TEN), Stretch("late", now))
    counted = wait.recounted(now, calendars.course(wait.stretches))
    assert counted.due_at == june(15, "12:45")
    assert counted.next_rung_at == june(15, "12:30")
    assert counted.calendar == f"{HOURS.version}+{LATE.version}@20260615T071500.000000"
    back = counted.swapped(STUDIO, june(15, "12:15"))
    counted = back.recounted(june(15, "12:15"), calendars.course(back.stretches))
    assert counted.due_at == june(15, "12:45")


def test_rule_13_after_rule_12_both_calendars_are_corrected_from_the_start() -> None:
    calendars = Calendars([TERMS.calendar, Calendar("late", LATE)])
    now = june(15, "10:15")
    wait = asked().swapped("late", now)
    calendars.learn([SpecialDay(STUDIO, date(2026, 6, 15), (), "", None, now)])
    counted = wait.recounted(now, calendars.course(wait.stretches))
    assert counted.due_at == june(15, "13:00")


# -- a start that turns out to be another ---------------------------------------------------


def test_a_wait_that_began_earlier_is_due_earlier() -> None:
    began = june(15, "09:30")
    moved = asked().since(began, june(15, "10:05"), HOURS)
    assert moved.started_at == moved.base == began
    assert moved.stretches == (Stretch(STUDIO, began),)
    assert moved.due_at == june(15, "10:30")
    assert moved.next_rung_at == june(15, "10:15")


def test_a_wait_that_began_later_keeps_what_was_announced() -> None:
    wait = asked().after_firing(frozenset({0}), june(15, "10:45"), HOURS)
    moved = wait.since(june(15, "10:30"), june(15, "10:50"), HOURS)
    assert moved.fired == {0}
    assert moved.due_at == moved.next_rung_at == june(15, "11:30")


def test_rule_13_a_moved_start_leaves_the_swaps_where_they_were() -> None:
    calendars = Calendars([TERMS.calendar, Calendar("late", LATE)])
    swap = june(15, "10:15")
    wait = asked().swapped("late", swap)
    hours = calendars.course(wait.stretches)
    moved = wait.since(june(15, "09:30"), swap, hours)
    assert moved.stretches == (Stretch(STUDIO, june(15, "09:30")), Stretch("late", swap))
    assert moved.due_at == june(15, "12:15")


def test_rule_20_a_moved_start_leaves_the_ladder_of_who_took_it_on() -> None:
    taken = asked().taken_on(june(15, "11:05"), HOURS)
    moved = taken.since(june(15, "09:30"), june(15, "11:10"), HOURS)
    assert moved.base == june(15, "11:05")
    assert moved.round == 1
    assert moved.due_at == june(15, "10:30")
    assert moved.next_rung_at == june(15, "12:05")


# -- an escalation that is taken on ---------------------------------------------------------


def test_rule_20_the_ladder_is_silent_for_a_target_and_then_begins_anew() -> None:
    before = asked().after_firing(frozenset({0, 1}), june(15, "11:00"), HOURS)
    taken = before.taken_on(june(15, "11:30"), HOURS)
    assert taken.round == 1
    assert taken.fired == frozenset()
    assert taken.due_at == before.due_at == june(15, "11:00")
    assert taken.started_at == TEN
    assert taken.base == june(15, "11:30")
    expected = [
        (june(15, "12:30"), (0, 1)),
        (june(15, "14:30"), (2,)),
        (june(15, "15:30"), (3,)),
        (june(15, "16:30"), (4,)),
        (june(15, "17:30"), (5,)),
        (june(16, "09:15"), (DAILY + date(2026, 6, 16).toordinal(),)),
    ]
    wait = taken
    for at, fire in expected:
        assert wait.next_rung_at == at
        assert says(wait, at).fire == fire
        wait = wait.after_firing(says(wait, at).passed, at, HOURS)


def test_rule_20_taken_on_again_it_is_silent_once_more() -> None:
    twice = asked().taken_on(june(15, "11:30"), HOURS).taken_on(june(15, "15:00"), HOURS)
    assert twice.round == 2
    assert twice.next_rung_at == june(15, "16:00")
    assert says(twice, june(15, "16:00")).fire == (0, 1)


def test_rule_20_taken_on_in_the_evening_the_target_runs_in_open_hours() -> None:
    taken = asked().taken_on(june(15, "17:40"), HOURS)
    assert taken.next_rung_at == june(16, "09:40")


@patient
@given(roomy, instants, budgets, budgets)
def test_rule_20_nothing_is_said_until_the_target_has_run_anew(
    hours, start, within, later
) -> None:
    rungs = tuple(Rung(part * within / 2, Recipient.HEAD) for part in range(5))
    terms = Terms(Policy(within + MINUTE, rungs), Calendar(STUDIO, hours))
    taken_at = hours.deadline(start, later)
    taken = Wait.open(start, terms, first=False).taken_on(taken_at, hours)
    assert taken.next_rung_at is not None
    assert hours.elapsed(taken_at, taken.next_rung_at) == within + MINUTE


# -- the end, and going on ------------------------------------------------------------------


def test_rule_05_an_end_tells_business_and_wall_time() -> None:
    wait = asked(june(15, "12:30"))
    closing = wait.closed(Outcome.PHONED, june(15, "14:30"), 7, HOURS).closing
    assert closing is not None
    assert (closing.business, closing.wall) == (HOUR, 2 * HOUR)
    assert (closing.outcome, closing.at, closing.by_id) == (
        Outcome.PHONED,
        june(15, "14:30"),
        7,
    )
    assert closing.within_target
    assert not closing.elsewhere
    late = wait.closed(Outcome.ANSWERED, june(15, "14:31"), 7, HOURS, elsewhere=True).closing
    assert late is not None
    assert not late.within_target
    assert late.elsewhere


def test_rule_04_a_reply_sent_before_the_start_took_no_time() -> None:
    closing = asked().closed(Outcome.ANSWERED, TEN - HOUR, None, HOURS).closing
    assert closing is not None
    assert (closing.business, closing.wall) == (timedelta(), timedelta())
    assert closing.at == TEN - HOUR


def test_it_goes_on_as_if_it_had_never_ended() -> None:
    wait = asked().after_firing(frozenset({0}), june(15, "10:45"), HOURS)
    ended = wait.closed(Outcome.DISMISSED, june(15, "10:50"), 1, HOURS)
    assert ended.next_rung_at is None
    assert ended.reopened(june(15, "10:51"), HOURS) == wait
    overslept = ended.reopened(june(15, "12:30"), HOURS)
    assert overslept.next_rung_at == june(15, "12:30")
    assert says(overslept, june(15, "12:30")) == DueAlerts((2,), frozenset({1, 2}), late=True)


@patient
@given(roomy, instants, budgets, st.integers(0, 9))
def test_rule_12_recounting_by_the_same_hours_changes_nothing(hours, start, within, part) -> None:
    rungs = (Rung(within / 2, Recipient.MANAGER), Rung(within, Recipient.HEAD))
    wait = Wait.open(start, Terms(Policy(within, rungs), Calendar(STUDIO, hours)), first=False)
    assert wait.next_rung_at is not None
    now = start + part * (wait.next_rung_at - start) / 10
    assert wait.recounted(now, hours) == wait
    assert wait.since(start, now, hours) == wait
