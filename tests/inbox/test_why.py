"""What an explanation lists must be what the wait says, whatever its calendars were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from inbox.business_hours import BusinessHours
from inbox.calendars import Calendar, Calendars, SpecialDay, Stretch
from inbox.model import Outcome, Wait
from inbox.policies import Terms
from inbox.records import RaisedAlert
from inbox.sla import Policy, Recipient, Rung
from inbox.why import Fate, Special, SpecialDays, explained

MOSCOW = ZoneInfo("Europe/Moscow")
LUNCH = [(time(9), time(13)), (time(14), time(18))]
STUDIO = Calendar(
    "studio",
    BusinessHours(
        MOSCOW,
        dict.fromkeys(range(5), LUNCH),
        days_off=[date(2026, 5, 1), date(2026, 5, 2)],
        dates={date(2026, 4, 30): [(time(9), time(13)), (time(14), time(17))]},
    ),
    {date(2026, 5, 1): "Праздник Весны и Труда", date(2026, 4, 30): "сокращённый день"},
)
NIGHTS = Calendar(
    "nights", BusinessHours(ZoneInfo("Asia/Omsk"), {day: [(time(20), time(6))] for day in (0, 4)})
)
ALWAYS = Calendar(
    "always",
    BusinessHours(ZoneInfo("America/New_York"), {day: [(time(), time())] for day in range(7)}),
)
CALENDARS = Calendars([STUDIO, NIGHTS, ALWAYS])
POLICY = Policy(
    timedelta(hours=1),
    (
        Rung(timedelta(minutes=45), Recipient.MANAGER),
        Rung(timedelta(hours=1), Recipient.HEAD),
        Rung(timedelta(hours=2), Recipient.CHAT),
    ),
    "base",
)


def moscow(day: int, hour: int, minute: int = 0, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


def wait(start: datetime, calendar: Calendar = STUDIO) -> Wait:
    return replace(Wait.open(start, Terms(POLICY, calendar), first=True), id=7)


def alert(number: int, instant: datetime, **more: int) -> RaisedAlert:
    in_round = more.get("in_round", 0)
    return RaisedAlert(7, in_round, number, more.get("to", 1), instant, instant)


_MONTHS = 17
instants = st.integers(0, _MONTHS * 30 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
names = st.sampled_from([STUDIO, NIGHTS, ALWAYS])


@given(instants, names, st.lists(st.tuples(instants, names), max_size=3), instants, st.booleans())
def test_the_listed_spans_are_the_elapsed_time(
    start: datetime,
    first: Calendar,
    swaps: list[tuple[datetime, Calendar]],
    end: datetime,
    closes: bool,
) -> None:
    start, end = min(start, end), max(start, end)
    one = wait(start, first)
    later = sorted((at, calendar.name) for at, calendar in swaps if at > start)
    stretches = (*one.stretches, *(Stretch(name, at) for at, name in later))
    one = replace(one, stretches=stretches)
    hours = CALENDARS.course(stretches)
    if closes:
        one = one.closed(Outcome.ANSWERED, end, 1, hours)
    told = explained(one, CALENDARS, (), (), end)
    assert told.counted == told.elapsed == hours.elapsed(start, end)
    assert not told.corrected
    spans = [span for day in told.days for span in day.spans]
    assert all(start <= open_ < close <= end for open_, close in spans)
    assert spans == sorted(spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@given(instants, instants)
def test_round_the_clock_is_listed_by_its_dates(start: datetime, end: datetime) -> None:
    start, end = min(start, end), max(start, end)
    told = explained(wait(start, ALWAYS), CALENDARS, (), (), end)
    zone = ALWAYS.hours.zone
    assert all(one.time <= timedelta(hours=25) for one in told.days)
    assert len({one.day for one in told.days}) == len(told.days)
    assert all(
        open_.astimezone(zone).date() == one.day for one in told.days for open_, _ in one.spans
    )


def test_rule_07_a_message_off_hours_counts_from_the_next_opening() -> None:
    # Thu 30 Apr 2026 is an hour shorter; Fri 1 May is a holiday.
    told = explained(wait(moscow(30, 16, 30)), CALENDARS, (), (), moscow(4, 9, 10, month=5))
    assert [(one.day, one.time) for one in told.days] == [
        (date(2026, 4, 30), timedelta(minutes=30)),
        (date(2026, 5, 4), timedelta(minutes=10)),
    ]
    assert told.wait.due_at == moscow(4, 9, 30, month=5)
    assert (told.elapsed, told.left) == (timedelta(minutes=40), timedelta(minutes=20))
    assert told.opens_at is None


def test_special_dates_are_named_up_to_the_due_time() -> None:
    told = explained(wait(moscow(30, 16, 30)), CALENDARS, (), (), moscow(30, 16, 40))
    assert told.opens_at is None
    assert explained(told.wait, CALENDARS, (), (), moscow(1, 12, month=5)).opens_at == moscow(
        4, 9, month=5
    )
    assert told.special == (
        SpecialDays(
            date(2026, 4, 30), date(2026, 4, 30), Special.OWN_HOURS, "сокращённый день", "studio"
        ),
        SpecialDays(
            date(2026, 5, 1), date(2026, 5, 1), Special.DAY_OFF, "Праздник Весны и Труда", "studio"
        ),
        SpecialDays(date(2026, 5, 2), date(2026, 5, 3), Special.WEEKEND, "", "studio"),
    )
    assert [one.count for one in told.special] == [1, 1, 2]


def test_a_day_that_was_entered_beats_the_week() -> None:
    calendars = Calendars([STUDIO])
    entered = moscow(1, 9)
    calendars.learn(
        [
            SpecialDay("studio", date(2026, 4, 7), (), "Корпоратив", 1, entered),
            SpecialDay("studio", date(2026, 4, 11), ((time(10), time(11)),), "", 1, entered),
        ]
    )
    told = explained(wait(moscow(6, 17, 30)), calendars, (), (), moscow(13, 9))
    assert [(one.first.day, one.last.day, one.why, one.name) for one in told.special] == [
        (7, 7, Special.DAY_OFF, "Корпоратив"),
        (11, 11, Special.OWN_HOURS, ""),
        (12, 12, Special.WEEKEND, ""),
    ]


def test_rule_12_a_closed_wait_keeps_what_was_counted() -> None:
    calendars = Calendars([STUDIO])
    one = wait(moscow(6, 17, 30))
    closed = one.closed(Outcome.ANSWERED, moscow(7, 9, 10), 1, STUDIO.hours)
    calendars.learn([SpecialDay("studio", date(2026, 4, 7), (), "", 1, moscow(8, 9))])
    told = explained(closed, calendars, (), (), moscow(8, 12))
    assert (told.elapsed, told.left) == (timedelta(minutes=40), timedelta(minutes=20))
    assert told.counted == timedelta(minutes=30)
    assert told.corrected


def test_rule_13_after_a_swap_the_other_calendar_counts() -> None:
    one = wait(moscow(6, 17)).swapped("nights", moscow(6, 17, 20))
    told = explained(one, CALENDARS, (), (), moscow(6, 17, 50))
    assert [turn.calendar.name for turn in told.turns] == ["studio", "nights"]
    # 17:00-17:20 in Moscow by the studio's; the nights begin at 20:00 in Omsk, which is 17:00.
    assert told.counted == timedelta(minutes=50)
    assert [turn.since for turn in told.turns] == [moscow(6, 17), moscow(6, 17, 20)]


def test_rungs_told_ahead_and_passed_over() -> None:
    one = wait(moscow(6, 10))
    one = one.after_firing(frozenset({0, 1}), moscow(6, 11), STUDIO.hours)
    told = explained(one, CALENDARS, [alert(1, moscow(6, 11))], (), moscow(6, 11, 5))
    assert [(rung.number, rung.at, rung.fate) for rung in told.rungs] == [
        (0, moscow(6, 10, 45), Fate.PASSED_OVER),
        (1, moscow(6, 11), Fate.RAISED),
        (2, moscow(6, 12), Fate.AHEAD),
    ]


def test_rule_16_one_rung_may_tell_several() -> None:
    alerts = [alert(1, moscow(6, 11), to=1), alert(1, moscow(6, 11), to=2)]
    one = wait(moscow(6, 10)).closed(Outcome.ANSWERED, moscow(6, 11, 3), 1, STUDIO.hours)
    (rung,) = explained(one, CALENDARS, alerts, (), moscow(6, 12)).rungs
    assert [each.manager_id for each in rung.alerts] == [1, 2]
    assert rung.rung == POLICY.ladder[1]


def test_rule_19_a_repeat_tells_as_the_last_rung() -> None:
    told = explained(
        wait(moscow(6, 10)), CALENDARS, [alert(3, moscow(6, 14))], (), moscow(6, 14, 1)
    )
    repeat = next(one for one in told.rungs if one.number == 3)
    assert repeat.rung is not None
    assert repeat.rung.notify is Recipient.CHAT


def test_rule_20_rungs_of_an_earlier_round_are_told_without_their_ladder() -> None:
    one = wait(moscow(6, 10)).taken_on(moscow(6, 11, 5), STUDIO.hours)
    told = explained(one, CALENDARS, [alert(1, moscow(6, 11))], (), moscow(6, 11, 6))
    first, *ahead = told.rungs
    assert (first.round, first.rung, first.fate) == (0, None, Fate.RAISED)
    assert [(rung.round, rung.at) for rung in ahead] == [
        (1, moscow(6, 12, 5)),
        (1, moscow(6, 12, 5)),
        (1, moscow(6, 14, 5)),
    ]


def test_rule_15_without_working_time_nothing_is_due() -> None:
    closed = Calendar("studio", BusinessHours(MOSCOW, {}))
    told = explained(wait(moscow(6, 10), closed), Calendars([closed]), (), (), moscow(7, 10))
    assert told.left is None
    assert told.days == ()
    assert {rung.at for rung in told.rungs} == {None}


def test_a_promise_is_explained_up_to_its_instant() -> None:
    due = moscow(7, 10)
    one = Wait.promise(
        moscow(6, 17), due, (Rung(-timedelta(minutes=30), Recipient.MANAGER),), STUDIO
    )
    told = explained(one, CALENDARS, (), (), moscow(6, 17, 30))
    assert told.left == timedelta(minutes=90)
    assert [(rung.at, rung.fate) for rung in told.rungs] == [(moscow(7, 9, 30), Fate.AHEAD)]
    late = explained(one, CALENDARS, (), (), moscow(7, 10, 20))
    assert late.left == -timedelta(minutes=20)
