"""A promise as the clock sees it: a fixed instant, a reminder before it, a ladder after it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from inbox.calendars import STUDIO, Stretch
from inbox.model import Outcome, Wait, WaitKind
from inbox.sla import DAILY, DueAlerts, Recipient, promise_ladder
from tests.inbox.june import HOUR, HOURS, MINUTE, POLICY, TEN, TERMS, june, says

REMIND = 30 * MINUTE


def promised(due: datetime, made: datetime = TEN) -> Wait:
    return Wait.promise(made, due, promise_ladder(POLICY, REMIND), TERMS.calendar)


def test_rule_10_a_promise_reminds_before_it_falls_due_and_climbs_the_ladder_after() -> None:
    wait = promised(june(17, "15:00"))
    assert wait.kind is WaitKind.PROMISE
    assert wait.started_at == TEN
    assert wait.due_at == wait.base == june(17, "15:00")
    assert wait.reply_within == 7 * HOUR + 8 * HOUR + 5 * HOUR
    assert wait.stretches == (Stretch(STUDIO, TEN),)
    expected = [
        (june(17, "14:30"), (0,)),
        (june(17, "15:00"), (1,)),
        (june(17, "16:00"), (2,)),
        (june(17, "17:00"), (3,)),
        (june(17, "18:00"), (4,)),
        (june(18, "10:00"), (5,)),
        (june(19, "09:15"), (DAILY + date(2026, 6, 19).toordinal(),)),
    ]
    for at, fire in expected:
        assert wait.next_rung_at == at
        assert says(wait, at).fire == fire
        wait = wait.after_firing(says(wait, at).passed, at, HOURS)
    tell = [rung.notify for rung in wait.ladder]
    assert tell == [Recipient.MANAGER, Recipient.DEPUTY, Recipient.HEAD]


@pytest.mark.parametrize("minutes", [10, 30])
def test_rule_10_a_reminder_that_should_have_come_before_the_promise_never_comes(
    minutes: int,
) -> None:
    wait = promised(TEN + minutes * MINUTE)
    assert wait.fired == {0}
    assert wait.next_rung_at == wait.due_at


def test_rule_10_a_reminder_of_a_promise_just_beyond_it_comes() -> None:
    wait = promised(TEN + 31 * MINUTE)
    assert wait.fired == frozenset()
    assert wait.next_rung_at == TEN + MINUTE


def test_rule_17_of_a_promise_for_the_night_nothing_is_told_at_night() -> None:
    wait = promised(june(15, "23:00"))
    assert wait.next_rung_at == june(15, "17:30")
    fired = wait.after_firing(frozenset({0}), june(15, "17:30"), HOURS)
    assert fired.next_rung_at == june(16, "09:00")
    assert says(fired, june(16, "09:00")) == DueAlerts((1,), frozenset({1}))


def test_rule_12_a_corrected_calendar_moves_a_promises_reminder_and_not_the_promise() -> None:
    wait = promised(june(16, "09:15"))
    assert wait.next_rung_at == june(15, "17:45")
    corrected = HOURS.with_dates({date(2026, 6, 15): ((time(9), time(12)),)})
    counted = wait.recounted(TEN, corrected)
    assert counted.due_at == counted.base == june(16, "09:15")
    assert counted.next_rung_at == june(15, "11:45")
    assert counted.calendar == corrected.version


def test_rule_10_a_promise_is_kept_until_its_instant_whatever_the_calendar_says() -> None:
    due = june(20, "12:00")
    for at, within in ((due, True), (due + timedelta(microseconds=1), False)):
        kept = promised(due).closed(Outcome.KEPT, at, 2, HOURS)
        assert kept.closing is not None
        assert kept.closing.within_target is within
    assert kept.next_rung_at is None


def test_a_promise_of_which_the_due_time_is_lost_counts_as_kept() -> None:
    kept = replace(promised(june(17, "15:00")), due_at=None).closed(
        Outcome.KEPT, june(19, "10:00"), 2, HOURS
    )
    assert kept.closing is not None
    assert kept.closing.within_target


def test_rule_10_a_moved_start_leaves_a_promise_at_its_instant() -> None:
    moved = promised(june(17, "15:00")).since(june(15, "09:00"), TEN, HOURS)
    assert moved.due_at == moved.base == june(17, "15:00")
    assert moved.next_rung_at == june(17, "14:30")


def test_rule_20_who_takes_an_unkept_promise_on_has_an_hour() -> None:
    due = june(17, "15:00")
    taken = promised(due).taken_on(june(17, "15:20"), HOURS)
    assert taken.due_at == due
    assert taken.base == june(17, "15:20")
    assert taken.next_rung_at == june(17, "16:20")
    assert says(taken, june(17, "16:20")).fire == (0, 1, 2)
