"""The promise and the ladder: what is due, what is late, what is announced, by rule number."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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
    next_rung_at,
    rung_at,
)

MOSCOW = ZoneInfo("Europe/Moscow")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SHIFTS = ((time(9), time(13)), (time(14), time(18)))
HOURS = BusinessHours(MOSCOW, dict.fromkeys(range(5), SHIFTS))
NEVER = BusinessHours(MOSCOW, {}, dates={date(2026, 6, 15): SHIFTS})
LADDER = (
    Rung(45 * MINUTE, Recipient.MANAGER),
    Rung(60 * MINUTE, Recipient.DEPUTY),
    Rung(60 * MINUTE, Recipient.HEAD),
    Rung(120 * MINUTE, Recipient.HEAD),
)
NOTHING = DueAlerts()


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW).astimezone(UTC)


MONDAY_10 = moscow("2026-06-15 10:00")
FRIDAY_EVENING = moscow("2026-06-19 17:50")


# -- the promise ----------------------------------------------------------------------------


def test_rule_6_a_reply_at_the_due_instant_is_within_the_target() -> None:
    due = due_at(HOURS, MONDAY_10, HOUR)
    assert due == moscow("2026-06-15 11:00")
    assert not breached(HOURS.elapsed(MONDAY_10, due), HOUR)
    assert breached(HOURS.elapsed(MONDAY_10, due + timedelta(microseconds=1)), HOUR)


def test_rule_7_off_hours_counting_begins_at_the_next_opening() -> None:
    asked = moscow("2026-06-14 03:00")
    assert due_at(HOURS, asked, HOUR) == moscow("2026-06-15 10:00")
    assert HOURS.elapsed(asked, moscow("2026-06-14 23:00")) == timedelta()


def test_rule_7_a_reply_off_hours_keeps_what_had_run() -> None:
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


# -- the repeats ----------------------------------------------------------------------------

DAYS = {day: DAILY + date(2026, 6, day).toordinal() for day in range(1, 31)}


def climb(hours, base, ladder, until, fired=frozenset()):
    """What is announced, looked at exactly when `next_rung_at` says."""
    said = []
    now = base
    while (at := next_rung_at(hours, base, ladder, fired, now)) is not None and at <= until:
        due = due_alerts(hours, base, ladder, fired, at)
        assert not due.late
        assert instant_of(hours, base, ladder, due.fire[0]) == at
        said.append((at, due.fire))
        fired = done_with(fired | due.passed)
        now = at
    return said


def test_rule_19_after_the_last_rung_hourly_three_times_and_then_once_a_day() -> None:
    said = climb(HOURS, MONDAY_10, LADDER, moscow("2026-06-22 23:00"))
    assert said == [
        (moscow("2026-06-15 10:45"), (0,)),
        (moscow("2026-06-15 11:00"), (1, 2)),
        (moscow("2026-06-15 12:00"), (3,)),
        (moscow("2026-06-15 13:00"), (4,)),
        (moscow("2026-06-15 15:00"), (5,)),
        (moscow("2026-06-15 16:00"), (6,)),
        (moscow("2026-06-16 09:15"), (DAYS[16],)),
        (moscow("2026-06-17 09:15"), (DAYS[17],)),
        (moscow("2026-06-18 09:15"), (DAYS[18],)),
        (moscow("2026-06-19 09:15"), (DAYS[19],)),
        (moscow("2026-06-22 09:15"), (DAYS[22],)),
    ]


def test_rule_19_repeats_go_to_the_last_of_the_latest_rungs() -> None:
    chat = Rung(HOUR, Recipient.CHAT, any_time=True, name="office")
    ladder = (Rung(HOUR, Recipient.HEAD), chat, Rung(30 * MINUTE, Recipient.MANAGER))
    assert rung_at(ladder, 2) == ladder[2]
    hourly = [rung_at(ladder, number) for number in (3, 4, 5)]
    assert hourly == [replace(chat, after=n * HOUR) for n in (2, 3, 4)]
    assert rung_at(ladder, DAYS[3]).notify is Recipient.CHAT
    assert rung_at(ladder, DAYS[3]).name == "office"


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
