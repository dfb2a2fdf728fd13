"""Explanations in words: what a manager reads under a card, to the second."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.calendar import open_calendar
from bot.reader import Reader
from bot.rich import Rich
from bot.stories import Story
from bot.texts import speaker
from bot.why import why_waits, within
from inbox.business_hours import BusinessHours
from inbox.calendars import Calendar, Calendars, SpecialDay
from inbox.model import Outcome, Wait
from inbox.policies import Terms
from inbox.ports import AlertState, Deed, Entry, LogLine, RaisedAlert
from inbox.sla import Policy, Recipient, Rung
from inbox.why import explained
from tests.bot.studio import HOURS, IVAN, MOSCOW, OLGA, POLICY, STAFF, conversation, message

CALENDAR = Calendar("studio", HOURS)
NAMES = {one.id: one.name for one in STAFF}


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=MOSCOW).astimezone(UTC)


def wait(start: datetime, policy: Policy = POLICY, *, first: bool = True) -> Wait:
    return replace(Wait.open(start, Terms(policy, CALENDAR), first=first), id=41)


def told(
    one: Wait,
    now: datetime,
    *,
    language: str = "ru",
    zone: ZoneInfo = MOSCOW,
    calendars: Calendars | None = None,
    alerts: tuple[RaisedAlert, ...] = (),
    log: tuple[LogLine, ...] = (),
) -> list[str]:
    calendars = calendars or Calendars([CALENDAR])
    story = Story(
        conversation(), explained(one, calendars, alerts, log, now), NAMES, message("Не работает")
    )
    return why_waits(story, Reader(speaker(language), zone, now)).text.splitlines()


def test_an_open_wait_is_explained_line_by_line() -> None:
    # Friday 27 November, 17:50:20, and Monday.
    lines = told(wait(at(27, 17, 50, 20)), at(30, 9, 10), language="en")
    assert lines == [
        "Ромашка has waited since Fri 27 Nov at 17:50:20",
        "Не работает",
        "Counted by the studio's calendar",
        "Working time counted: 19 min 40 s",
        "• Fri 27 Nov 17:50:20-18:00 · 9 min 40 s",
        "• Mon 30 Nov 09:00-09:10 · 10 min",
        "Days that are not as usual:",
        "• Sat 28 Nov - Sun 29 Nov: closed every week",
        "Answer within 1 h of working time: as usual, a first answer",
        "Due: 09:50:20",
        "40 min 20 s left",
        "Alerts:",
        "• 09:35:20 · who has the client: still ahead",
        "• 09:50:20 · the head: still ahead",
        "№ 11",
    ]


def test_it_is_said_in_the_readers_language() -> None:
    lines = told(wait(at(27, 17, 50)), at(30, 9, 10))
    assert lines[0] == "Ромашка ждёт с пт 27 ноя в 17:50"
    assert "• сб 28 ноя - вс 29 ноя: выходные каждую неделю" in lines
    assert "Осталось 40 мин" in lines


def test_the_calendars_zone_is_named_where_the_readers_is_another() -> None:
    lines = told(wait(at(25, 12)), at(25, 12, 30), zone=ZoneInfo("Asia/Yekaterinburg"))
    assert lines[2] == "Считает календарь студии (Europe/Moscow)"
    assert "• ср 25 ноя 14:00-14:30 · 30 мин" in lines


def test_how_a_wait_ended_and_whether_in_time() -> None:
    one = wait(at(25, 12))
    closed = one.closed(Outcome.ANSWERED, at(25, 12, 50), OLGA.id, HOURS)
    lines = told(closed, at(25, 15), language="en")
    assert "Ольга answered 12:50, after 50 min of working time" in lines
    assert "Within the target: 10 min were left" in lines
    assert not any("still ahead" in line for line in lines)


def test_rule_06_exactly_the_target_is_within_it() -> None:
    closed = wait(at(25, 12)).closed(Outcome.ANSWERED, at(25, 13), OLGA.id, HOURS)
    lines = told(closed, at(25, 15), language="en")
    assert "Within the target: exactly the target is within it" in lines
    late = wait(at(25, 12)).closed(Outcome.ANSWERED, at(25, 13, 0, 1), OLGA.id, HOURS)
    assert "Later than the target: 1 s over" in told(late, at(25, 15), language="en")


def test_rule_07_an_answer_off_hours_took_no_time() -> None:
    closed = wait(at(28, 12)).closed(Outcome.ANSWERED, at(28, 12, 30), OLGA.id, HOURS)
    lines = told(closed, at(28, 15), language="en")
    assert "No working time ran: all of it lay off hours" in lines
    assert "Ольга answered 12:30, after 0 s of working time" in lines


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.PHONED, "Ольга answered by phone 12:10, after 10 min of working time"),
        (
            Outcome.DISMISSED,
            "Ольга said 12:10 that no reply is needed, after 10 min of working time",
        ),
        (
            Outcome.CLOSED_UNANSWERED,
            "Closed 12:10 without an answer, after 10 min of working time",
        ),
    ],
)
def test_every_way_to_end_has_words(outcome: Outcome, words: str) -> None:
    closed = wait(at(25, 12)).closed(outcome, at(25, 12, 10), OLGA.id, HOURS)
    lines = told(closed, at(25, 15), language="en")
    assert words in lines
    counts = "It does not count in the median of answers" not in lines
    assert counts == (outcome is Outcome.PHONED)


def test_an_answer_from_elsewhere_says_so() -> None:
    closed = wait(at(25, 12)).closed(Outcome.ANSWERED, at(25, 12, 10), None, HOURS, elsewhere=True)
    lines = told(closed, at(25, 15), language="en")
    assert "somebody answered 12:10, not through Okno, after 10 min of working time" in lines


def test_rule_12_a_later_correction_is_owned_up_to() -> None:
    closed = wait(at(24, 17, 30)).closed(Outcome.ANSWERED, at(25, 9, 10), OLGA.id, HOURS)
    calendars = Calendars([CALENDAR])
    calendars.learn([SpecialDay("studio", date(2026, 11, 25), (), "Учения", 1, at(26, 9))])
    lines = told(closed, at(26, 12), language="en", calendars=calendars)
    assert "• Wed 25 Nov: day off (Учения)" in lines
    assert any(
        line.startswith("The calendar was changed after that: today 30 min") for line in lines
    )


def test_rule_13_a_swap_says_since_when_which_calendar_counts() -> None:
    omsk = Calendar("omsk", BusinessHours(ZoneInfo("Asia/Omsk"), HOURS.weekly))
    one = wait(at(25, 12)).swapped("omsk", at(25, 12, 30))
    lines = told(one, at(25, 13), language="en", calendars=Calendars([CALENDAR, omsk]))
    assert lines[2:4] == [
        "Counted by the studio's calendar",
        "Since 12:30 by the calendar “omsk” (Asia/Omsk)",
    ]


def test_rule_14_the_level_of_the_settings_is_named() -> None:
    levels = {
        "": "as usual, a later answer",
        "sla.tiers.gold": "for clients “gold”, a later answer",
        "sla.channels.email:info": "for the channel email:info, a later answer",
        "newcomer": "for people who never wrote before",
    }
    for name, words in levels.items():
        policy = Policy(timedelta(minutes=30), POLICY.ladder, name)
        lines = told(wait(at(25, 12), policy, first=False), at(25, 12, 1), language="en")
        assert f"Answer within 30 min of working time: {words}" in lines


def test_rule_15_without_working_time_nothing_is_due() -> None:
    never = Calendar("studio", BusinessHours(MOSCOW, {}))
    one = Wait.open(at(25, 12), Terms(POLICY, never), first=True)
    lines = told(one, at(25, 13), language="en", calendars=Calendars([never]))
    assert "Nothing is due: the calendar has no working time ahead" in lines
    assert "• never · the head: still ahead" in lines


def raised(state: AlertState, **more: object) -> RaisedAlert:
    usual = RaisedAlert(41, 0, 0, OLGA.id, at(25, 12, 45), at(25, 12, 45), state=state)
    return replace(usual, **more)  # type: ignore[arg-type]  # any field of it


@pytest.mark.parametrize(
    ("alert", "words"),
    [
        (raised(AlertState.SHOWN, told_at=at(25, 12, 45)), "Ольга told"),
        (raised(AlertState.SHOWN, told_at=at(25, 12, 47)), "Ольга told 12:47"),
        (
            raised(AlertState.SHOWN, told_at=at(25, 12, 46), digest_id=3),
            "Ольга told in a list 12:46",
        ),
        (raised(AlertState.MAILED, told_at=at(25, 12, 51)), "Ольга told by mail 12:51"),
        (
            raised(AlertState.CANCELLED, told_at=at(25, 12, 45)),
            "Ольга not told: it had ended by 12:45",
        ),
        (raised(AlertState.FAILED, manager_id=IVAN.id), "Иван could not be reached"),
        (raised(AlertState.QUEUED), "Ольга: on its way"),
        (
            raised(AlertState.SHOWN, told_at=at(25, 13), late=True),
            "Ольга told 13:00 (late: it could not be told at its time)",
        ),
    ],
)
def test_what_became_of_an_alert(alert: RaisedAlert, words: str) -> None:
    lines = told(wait(at(25, 12)), at(25, 14), language="en", alerts=(alert,))
    assert f"• 12:45 · {words}" in lines


def test_rule_18_a_rung_that_was_passed_over_says_so() -> None:
    one = wait(at(25, 12)).after_firing(frozenset({0, 1}), at(25, 13, 30), HOURS)
    one_told = raised(AlertState.SHOWN, rung=1, instant=at(25, 13), told_at=at(25, 13, 30))
    lines = told(one, at(25, 13, 31), language="en", alerts=(one_told,))
    assert "• 12:45 · who has the client: left out" in lines
    assert "• 14:00 · the next repeat" in lines


def test_rule_20_who_took_it_on_is_told() -> None:
    entry = Entry(at(25, 13, 2), Deed.TAKEN_ON, 3, 11, 41, 3, OLGA.name, "Helen")
    line = LogLine(entry, by="Helen", client="Ромашка", manager="Helen")
    lines = told(wait(at(25, 12)), at(25, 13, 5), language="en", log=(line,))
    assert "What was done:" in lines
    assert "• 13:02 · taken on after an alert · Helen · Ольга → Helen" in lines


def test_rule_20_taking_on_and_getting_the_client_are_one_line() -> None:
    taken = Entry(at(25, 13, 2), Deed.TAKEN_ON, 3, 11, 41, 3, OLGA.name, "Helen")
    given = replace(taken, deed=Deed.ASSIGNED)
    earlier = replace(given, at=at(25, 12, 40), by_id=1)
    log = tuple(LogLine(one, by="Helen") for one in (earlier, taken, given))
    lines = told(wait(at(25, 12)), at(25, 13, 5), language="en", log=log)
    assert [one.split(" · ")[:2] for one in lines if "Ольга → Helen" in one] == [
        ["• 12:40", "handed over"],
        ["• 13:02", "taken on after an alert"],
    ]


def test_an_alert_of_another_day_is_told_with_its_date() -> None:
    shown = raised(AlertState.SHOWN, told_at=at(26, 9, 20), late=True)
    lines = told(wait(at(25, 12)), at(26, 9, 30), language="en", alerts=(shown,))
    assert any("Ольга told Thu 26 Nov at 09:20" in one for one in lines)


def test_the_name_of_a_special_day_is_in_the_readers_language() -> None:
    week = {day: [(time(9), time(18))] for day in range(5)}
    russian = open_calendar("studio", "Europe/Moscow", week, "RU", language="ru")
    lines = told(wait(at(2, 17, 50)), at(5, 10), calendars=Calendars([russian]))
    eve = "на час короче: канун праздника «День народного единства»"
    assert f"• вт 3 ноя: другие часы ({eve})" in lines
    assert "• ср 4 ноя: выходной (День народного единства)" in lines


def test_what_the_log_says_is_in_the_readers_zone() -> None:
    moved = Entry(
        at(25, 12, 5),
        Deed.RECOUNTED,
        None,
        11,
        41,
        before="2026-11-25T10:00:00Z",
        after="2026-11-25T11:00:00Z",
    )
    lines = told(wait(at(25, 12)), at(25, 13), language="en", log=(LogLine(moved),))
    assert "• 12:05 · counted anew · 13:00 → 14:00" in lines


def test_a_promise() -> None:
    rung = Rung(-timedelta(minutes=30), Recipient.MANAGER)
    one = replace(Wait.promise(at(25, 12), at(25, 15), (rung,), CALENDAR), id=42)
    lines = told(one, at(25, 13), language="en")
    assert lines[0] == "Ромашка: a promise, made 12:00"
    assert "Due: 15:00" in lines
    assert "2 h left" in lines
    kept = one.closed(Outcome.KEPT, at(25, 14), OLGA.id, HOURS)
    assert any(
        line.startswith("Ольга kept the promise 14:00")
        for line in told(kept, at(25, 16), language="en")
    )


def test_many_days_are_cut_in_the_middle() -> None:
    lines = told(wait(at(2, 9)), at(30, 18), language="en")
    days = [line for line in lines if "09:00-18:00" in line]
    assert len(days) == 10
    assert "… and 11 more days, 99 h" in lines
    assert days[0].startswith("• Mon 2 Nov")
    assert days[-1].startswith("• Mon 30 Nov")


def test_it_fits_into_one_message() -> None:
    lines = [Rich("x" * 300) for _ in range(40)]
    lines[0], lines[-1] = Rich("first"), Rich("last")
    cut = within(lines, 4096)
    assert cut.units <= 4096
    assert cut.text.splitlines()[0] == "first"
    assert cut.text.splitlines()[-1] == "last"
    assert cut.text.splitlines().count("…") == 1
    assert within([Rich("short")], 4096).text == "short"


def test_hostile_names_stay_on_their_line() -> None:
    names = conversation(client=replace(conversation().client, name="Evil\n\u202eName" * 50))
    story = Story(
        names, explained(wait(at(25, 12)), Calendars([CALENDAR]), (), (), at(25, 13)), NAMES
    )
    first, *rest = why_waits(story, Reader(speaker("en"), MOSCOW, at(25, 13))).text.splitlines()
    assert "\u202e" not in first
    assert rest[0] == "Counted by the studio's calendar"
