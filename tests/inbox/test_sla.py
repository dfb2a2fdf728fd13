"""The promise and the ladder: what is due, what is late, what is announced, by rule number."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.business_hours import BusinessHours
from inbox.sla import (
    DAILY,
    PROMPT,
    REPEATS,
    DueAlerts,
    Policy,
    Recipient,
    Rung,
    breached,
    done_with,
    due_alerts,
    due_at,
    instant_of,
    may_be_told,
    next_rung_at,
    promise_ladder,
    restarted,
    rung_at,
)
from tests.inbox.june import HOUR, HOURS, MINUTE, MOSCOW, moscow

NEVER = BusinessHours(MOSCOW, {}, dates={date(2026, 6, 15): ((time(9), time(18)),)})
LADDER = (
    Rung(45 * MINUTE, Recipient.MANAGER),
    Rung(60 * MINUTE, Recipient.DEPUTY),
    Rung(60 * MINUTE, Recipient.HEAD),
    Rung(120 * MINUTE, Recipient.HEAD),
)
NOTHING = DueAlerts()
MONDAY_10 = moscow("2026-06-15 10:00")
FRIDAY_EVENING = moscow("2026-06-19 17:50")


# -- the promise ----------------------------------------------------------------------------


def test_rule_06_a_reply_at_the_due_instant_is_within_the_target() -> None:
    due = due_at(HOURS, MONDAY_10, HOUR)
    assert due == moscow("2026-06-15 11:00")
    assert not breached(HOURS.elapsed(MONDAY_10, due), HOUR)
    assert breached(HOURS.elapsed(MONDAY_10, due + timedelta(microseconds=1)), HOUR)


def test_rule_07_off_hours_counting_begins_at_the_next_opening() -> None:
    asked = moscow("2026-06-14 03:00")
    assert due_at(HOURS, asked, HOUR) == moscow("2026-06-15 10:00")
    assert HOURS.elapsed(asked, moscow("2026-06-14 23:00")) == timedelta()


def test_rule_07_a_reply_off_hours_keeps_what_had_run() -> None:
    assert HOURS.elapsed(FRIDAY_EVENING, moscow("2026-06-20 12:00")) == 10 * MINUTE


def test_rule_15_without_working_time_ahead_nothing_is_due() -> None:
    asked = moscow("2026-06-16 10:00")
    ladder = (*LADDER, Rung(timedelta(), Recipient.MANAGER))
    assert due_at(NEVER, asked, HOUR) is None
    assert next_rung_at(NEVER, asked, ladder, frozenset()) is None
    assert due_alerts(NEVER, asked, ladder, frozenset(), moscow("2030-01-01")) == NOTHING


# -- the ladder -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "fired", "due"),
    [
        ("10:44:59", (), NOTHING),
        ("10:45:00", (), DueAlerts((0,), frozenset({0}))),
        ("10:46:00", (), DueAlerts((0,), frozenset({0}))),
        ("10:46:01", (), DueAlerts((0,), frozenset({0}), late=True)),
        ("10:59:59", (0,), NOTHING),
        ("11:00:00", (0,), DueAlerts((1, 2), frozenset({1, 2}))),
        ("11:00:00", (0, 1), DueAlerts((2,), frozenset({2}))),
        ("12:00:00", (0, 1, 2), DueAlerts((3,), frozenset({3}))),
        ("12:00:00", (0, 1, 2, 3), NOTHING),
    ],
)
def test_rule_16_each_rung_fires_once_at_its_instant(now: str, fired, due) -> None:
    at = moscow(f"2026-06-15 {now}")
    assert due_alerts(HOURS, MONDAY_10, LADDER, frozenset(fired), at) == due


def test_rule_16_a_friday_evening_climbs_on_monday_morning() -> None:
    ladder = tuple(Rung(after * MINUTE, Recipient.HEAD) for after in (15, 30, 60, 120))
    fired: frozenset[int] = frozenset()
    climbed = []
    at = next_rung_at(HOURS, FRIDAY_EVENING, ladder, fired)
    while len(climbed) < len(ladder):
        assert at is not None
        due = due_alerts(HOURS, FRIDAY_EVENING, ladder, fired, at)
        assert not due.late
        climbed.append((at, due.fire))
        fired |= due.passed
        at = next_rung_at(HOURS, FRIDAY_EVENING, ladder, fired, at)
    minutes = ("09:05", "09:20", "09:50", "10:50")
    assert climbed == [(moscow(f"2026-06-22 {m}"), (i,)) for i, m in enumerate(minutes)]


def test_rule_17_a_rung_may_fire_exactly_at_closing_and_a_moment_later() -> None:
    asked = moscow("2026-06-15 17:15")
    closing = moscow("2026-06-15 18:00")
    assert next_rung_at(HOURS, asked, LADDER, frozenset()) == closing
    for now in (closing, closing + PROMPT):
        assert due_alerts(HOURS, asked, LADDER, frozenset(), now).fire == (0,)
    missed = closing + PROMPT + timedelta(seconds=1)
    assert due_alerts(HOURS, asked, LADDER, frozenset(), missed) == NOTHING
    opening = moscow("2026-06-16 09:00")
    assert next_rung_at(HOURS, asked, LADDER, frozenset(), missed) == opening
    due = due_alerts(HOURS, asked, LADDER, frozenset(), opening)
    assert due == DueAlerts((0,), frozenset({0}), late=True)


def test_rule_17_a_rung_at_once_waits_for_the_opening_unless_it_may_come_at_any_time() -> None:
    night = moscow("2026-06-15 02:00")
    by_day, by_night = (Rung(timedelta(), Recipient.MANAGER, any_time=a) for a in (False, True))
    assert next_rung_at(HOURS, night, (by_day,), ()) == moscow("2026-06-15 09:00")
    assert next_rung_at(HOURS, night, (by_night,), ()) == night
    assert due_alerts(HOURS, night, (by_day, by_night), (), night).fire == (1,)


def test_rule_18_after_an_outage_only_the_latest_passed_rung_marked_late() -> None:
    now = moscow("2026-06-15 11:30")
    due = due_alerts(HOURS, MONDAY_10, LADDER, frozenset(), now)
    assert due == DueAlerts((1, 2), frozenset({0, 1, 2}), late=True)
    assert next_rung_at(HOURS, MONDAY_10, LADDER, due.passed, now) == moscow("2026-06-15 12:00")


def test_rule_18_an_outage_into_the_night_is_told_at_the_first_open_instant() -> None:
    night, opening = moscow("2026-06-15 23:00"), moscow("2026-06-16 09:00")
    assert due_alerts(HOURS, MONDAY_10, LADDER, frozenset(), night) == NOTHING
    assert next_rung_at(HOURS, MONDAY_10, LADDER, frozenset(), night) == opening
    due = due_alerts(HOURS, MONDAY_10, LADDER, frozenset(), opening)
    assert due == DueAlerts((6,), frozenset(range(7)), late=True)


def test_rule_18_who_may_hear_at_any_time_does_and_the_others_follow_in_the_morning() -> None:
    ladder = (Rung(HOUR, Recipient.HEAD), Rung(HOUR, Recipient.MANAGER, any_time=True))
    asked = moscow("2026-06-15 16:30")
    closing_up = moscow("2026-06-15 17:45")
    night, opening = moscow("2026-06-15 23:00"), moscow("2026-06-16 09:00")
    assert due_alerts(HOURS, asked, ladder, (), closing_up).fire == (0, 1)
    assert next_rung_at(HOURS, asked, ladder, frozenset(), night) == night
    by_night = due_alerts(HOURS, asked, ladder, frozenset(), night)
    assert by_night == DueAlerts((1,), frozenset({1}), late=True)
    assert next_rung_at(HOURS, asked, ladder, by_night.passed, night) == opening
    by_day = due_alerts(HOURS, asked, ladder, by_night.passed, opening)
    assert by_day == DueAlerts((0,), frozenset({0}), late=True)


def test_rule_12_rungs_already_sent_stay_sent_and_the_others_move() -> None:
    corrected = BusinessHours(MOSCOW, HOURS.weekly, days_off=[date(2026, 6, 15)])
    assert next_rung_at(corrected, MONDAY_10, LADDER, {0}) == moscow("2026-06-16 10:00")


def test_a_passed_rung_that_no_opening_follows_is_never_announced() -> None:
    asked, night = moscow("2026-06-15 10:00"), moscow("2026-06-15 23:00")
    assert next_rung_at(NEVER, asked, LADDER, frozenset(), night) is None


def test_a_policy_may_have_no_ladder() -> None:
    policy = Policy(HOUR)
    assert next_rung_at(HOURS, MONDAY_10, policy.ladder, frozenset()) is None


# -- other ladders --------------------------------------------------------------------------


def test_rule_16_a_rung_before_the_base_comes_so_much_business_time_before_it() -> None:
    base = moscow("2026-06-16 09:10")
    ladder = (Rung(-30 * MINUTE, Recipient.MANAGER), Rung(timedelta(), Recipient.HEAD))
    at = moscow("2026-06-15 17:40")
    assert instant_of(HOURS, base, ladder, 0) == at
    assert next_rung_at(HOURS, base, ladder, (), MONDAY_10) == at
    assert due_alerts(HOURS, base, ladder, (), at) == DueAlerts((0,), frozenset({0}))
    assert next_rung_at(HOURS, base, ladder, {0}, at) == base


def test_a_rung_before_all_working_time_never_comes() -> None:
    base = moscow("2026-06-15 09:10")
    ladder = (Rung(-30 * MINUTE, Recipient.MANAGER), Rung(5 * MINUTE, Recipient.HEAD))
    assert instant_of(NEVER, base, ladder, 0) is None
    assert next_rung_at(NEVER, base, ladder, (), base) == base + 5 * MINUTE


def test_rule_10_a_promises_ladder_reminds_and_then_climbs_from_the_target_on() -> None:
    person = Rung(90 * MINUTE, Recipient.PERSON, any_time=True, name="Анна")
    ladder = promise_ladder(Policy(HOUR, (*LADDER[:3], person)), 30 * MINUTE)
    assert ladder == (
        Rung(-30 * MINUTE, Recipient.MANAGER),
        Rung(timedelta(), Recipient.DEPUTY),
        Rung(timedelta(), Recipient.HEAD),
        Rung(30 * MINUTE, Recipient.PERSON, any_time=True, name="Анна"),
    )
    assert promise_ladder(Policy(HOUR), HOUR) == (Rung(-HOUR, Recipient.MANAGER),)


def test_rule_20_a_ladder_that_begins_anew_is_silent_until_the_target_has_run() -> None:
    assert [rung.after for rung in restarted(LADDER, HOUR)] == [HOUR, HOUR, HOUR, 2 * HOUR]
    assert [rung.notify for rung in restarted(LADDER, HOUR)] == [rung.notify for rung in LADDER]
    before = (Rung(-HOUR, Recipient.CHAT, any_time=True, name="office"),)
    assert restarted(before, HOUR) == (replace(before[0], after=HOUR),)


@pytest.mark.parametrize(
    ("any_time", "now", "told"),
    [
        (False, "2026-06-15 18:01:00", True),
        (False, "2026-06-15 18:01:01", False),
        (True, "2026-06-15 18:01:01", True),
        (False, "2026-06-16 08:59:59", False),
        (False, "2026-06-16 09:00:00", True),
    ],
)
def test_rule_17_an_alert_is_told_at_its_instant_or_in_open_hours(
    any_time: bool, now: str, told: bool
) -> None:
    rung, closing = Rung(HOUR, Recipient.HEAD, any_time), moscow("2026-06-15 18:00")
    assert may_be_told(HOURS, rung, closing, moscow(now)) is told


# -- properties -----------------------------------------------------------------------------

rungs = st.builds(
    Rung,
    st.integers(0, 900).map(lambda minutes: minutes * MINUTE),
    st.sampled_from(Recipient),
    st.booleans(),
)
ladders = st.lists(rungs, max_size=5).map(tuple)
seconds = st.integers(0, 14 * 86400).map(lambda value: timedelta(seconds=value))


@settings(deadline=None)
@given(ladders, seconds, seconds, st.frozensets(st.integers(0, 4)))
def test_the_next_look_is_the_first_instant_with_something_to_say(
    ladder, offset, later, fired
) -> None:
    started = MONDAY_10 + offset
    now = started + later
    look = next_rung_at(HOURS, started, ladder, fired, now)
    if look is None:
        assert not ladder
        return
    assert look >= now
    assert due_alerts(HOURS, started, ladder, fired, look).fire
    for part in (0, 0.5, 0.999):
        before = now + part * (look - now)
        assert before == look or not due_alerts(HOURS, started, ladder, fired, before).fire


@settings(deadline=None)
@given(ladders, seconds, st.lists(seconds, max_size=3))
def test_every_rung_is_done_with_once_and_alerts_come_in_open_hours(
    ladder, offset, outages
) -> None:
    started = MONDAY_10 + offset
    fired: frozenset[int] = frozenset()
    announced: list[int] = []
    now = started
    for _ in range(20):
        look = next_rung_at(HOURS, started, ladder, fired, now)
        if look is None:
            break
        now = look + (outages.pop() if outages else timedelta())
        due = due_alerts(HOURS, started, ladder, fired, now)
        by_day = [number for number in due.fire if not rung_at(ladder, number).any_time]
        if by_day and due.late:
            assert HOURS.is_open(now)
        assert not due.passed & fired
        assert set(due.fire) <= due.passed
        announced += due.fire
        fired = done_with(fired | due.passed)
    assert len(announced) == len(set(announced))
    if ladder:
        assert fired >= set(range(len(ladder) + REPEATS))
        dailies = [number for number in announced if number >= DAILY]
        assert dailies
        assert dailies == sorted(dailies)
        assert [number for number in fired if number >= DAILY] == dailies[-1:]
