"""A week of thirty waits, computed by hand: each figure of the report is what it must be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import pytest

from inbox.calendars import Calendars
from inbox.report_corrected import Corrected
from inbox.report_periods import days, month, week
from inbox.report_reading import Source
from inbox.report_records import (
    Change,
    Charge,
    Exclusion,
    Improved,
    Measure,
    Reason,
    Report,
    Response,
    Row,
    Silent,
    Slice,
    StillOpen,
    Times,
    WaitLine,
)
from inbox.reporting import reports
from storage.store import open_store
from tests.inbox.conftest import HOURS
from tests.inbox.golden import MOSCOW, Filed, golden_week, moment

NOW = moment("+mon 09:00")
HOUR = timedelta(hours=1)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def times(n: int, median: float, p90: float, longest: float) -> Times:
    return Times(n, minutes(median), minutes(p90), minutes(longest))


def few(*listed: float) -> Times:
    """Of fewer than five."""
    ordered = tuple(minutes(one) for one in listed)
    middle = (ordered[(len(listed) - 1) // 2] + ordered[len(listed) // 2]) / 2
    return Times(len(listed), middle, None, ordered[-1], ordered)


@dataclass
class Golden:
    filed: Filed
    source: Source
    studio: Report
    anna: Report
    boris: Report
    lines: list[WaitLine]

    def row(self, rows: tuple[Row, ...], name: str) -> Row:
        (found,) = [one for one in rows if one.name == name]
        return found

    def line(self, number: int) -> WaitLine:
        (found,) = [one for one in self.lines if one.wait_id == self.filed.waits[number]]
        return found


@pytest.fixture
async def golden(database: str) -> AsyncIterator[Golden]:
    store = await open_store(database)
    async with store.begin() as t:
        filed = await golden_week(t)
    source = Source(store, Calendars.only(HOURS), HOUR)
    members = [filed.members[name] for name in ("Анна", "Борис")]
    slices = [Slice(), *(Slice(one.id, one.name) for one in members)]
    lines: list[WaitLine] = []
    period = week(moment("wed 12:00"), MOSCOW, NOW)
    found = await reports(source, period, slices, NOW, each=lines.extend)
    yield Golden(filed, source, *found, lines)
    await store.close()


async def test_the_studio(golden: Golden) -> None:
    figures = golden.studio.studio
    # Lines 1 to 30; 31 to 40 ended before, 41 began after.
    assert figures.waits == len(golden.lines) == 30
    # One a line but for 30, which was asked before; and the second question of line 1, and thanks.
    assert figures.messages == 29 + 2
    assert figures.opened == 29
    # 1-9, 14-25 and 30; of these 9 by telephone; 7 and 8 in the evening and on a Saturday.
    assert (figures.answered, figures.phoned, figures.off_hours) == (22, 1, 2)
    assert (figures.dismissed, figures.closed_unanswered) == (2, 2)  # 10, 11; 12, 13
    # 26 to 29, of which 26 and 29 are overdue; 29 is the oldest.
    assert figures.open == StillOpen(4, 2, moment("wed 16:00"), golden.filed.waits[29])
    # Late: 4, 15, 17, 18, 19, 23, 30. Breaches beside them: 13, 26, 29.
    assert (figures.within, figures.late, figures.unanswered_overdue) == (15, 7, 1)
    assert figures.breaches == 7 + 1 + 2
    # 15 of 22 answered, 2 open and overdue, 1 closed overdue (rule 26).
    assert (figures.share, figures.counted) == (Fraction(15, 25), 25)
    anna, boris = (golden.filed.id_of(name) for name in ("Анна", "Борис"))
    assert figures.breaches_by == (
        Charge(anna, "Анна", 5),  # 4, 13, 19 though Борис answered, 26, 30
        Charge(boris, "Борис", 3),  # 15, 17, 18
        Charge(None, "", 2),  # 23, 29
    )


async def test_the_studios_times(golden: Golden) -> None:
    figures = golden.studio.studio
    # 5: 15, 16: 45, 17: 120, 22: 30, 24: 10; by the wall 75, 45, 1020, 30, 40.
    assert figures.first == Response(times(5, 30, 120, 120), times(5, 45, 1020, 1020))
    # 0 0 10 20 20 30 30 40 [50] 60 60 61 80 90 120 (120) 120; by the wall
    # 5 10 20 30 30 30 40 50 [60] 61 80 120 120 180 180 (920) 3870.
    assert figures.next == Response(times(17, 50, 120, 120), times(17, 60, 920, 3870))
    # Number 11 and 12 of 22 are 40 and 45, by the wall 50 and 60; number 20 is p90.
    assert figures.both == Response(times(22, 42.5, 120, 120), times(22, 55, 920, 3870))


async def test_anna(golden: Golden) -> None:
    figures = golden.row(golden.studio.managers, "Анна").figures
    # 1-9, 20, 23, 24, 25, 30.
    assert (figures.answered, figures.phoned, figures.off_hours) == (14, 1, 2)
    # 0 0 10 15 20 20 [30 30] 40 60 60 61 (90) 120; by the wall
    # 5 20 30 30 30 40 [40 60] 61 75 120 180 (920) 3870.
    assert figures.both == Response(times(14, 30, 90, 120), times(14, 50, 920, 3870))
    # Late are 4, 23 and 30; charged with 4, 13, 19, 26, 30 (rule 27).
    assert (figures.within, figures.late, figures.breaches) == (11, 3, 5)
    assert figures.share == Fraction(11, 16)
    assert (figures.dismissed, figures.closed_unanswered, figures.unanswered_overdue) == (2, 2, 1)
    assert figures.open == StillOpen(2, 1, moment("fri 16:00"), golden.filed.waits[26])  # 26, 27


async def test_boris(golden: Golden) -> None:
    figures = golden.row(golden.studio.managers, "Борис").figures
    # 14: 10, 15: 120, 16: 45, 17: 120, 18: 30 of 80, 19: 30 of 120, 21: 50, 22: 30; by the wall
    # 10, 120, 45, 1020, 30, 30, 50, 30.
    assert figures.both == Response(times(8, 37.5, 120, 120), times(8, 37.5, 1020, 1020))
    # 16, 17, 22.
    assert figures.first == Response(few(30, 45, 120), few(30, 45, 1020))
    # Late are 15, 17, 18, 19; he is not charged with 19.
    assert (figures.within, figures.late, figures.breaches) == (4, 4, 3)
    assert figures.share == Fraction(4, 7)
    assert figures.open == StillOpen(1, 0, moment("sun 15:00"), golden.filed.waits[28])


async def test_nobody(golden: Golden) -> None:
    nobody = golden.studio.managers[-1]
    assert (nobody.id, nobody.name) == (None, "")
    figures = nobody.figures
    # 29 is open; 23 was nobody's when it fell due, though Анна answered it.
    assert (figures.waits, figures.open.count, figures.open.overdue) == (1, 1, 1)
    assert (figures.breaches, figures.counted, figures.share) == (2, 2, 0)
    assert figures.messages == 3  # 22, 23, 29
    assert figures.both == Response()


async def test_clients_channels_and_tiers(golden: Golden) -> None:
    report = golden.studio
    # Waits, answered, within, breaches, messages.
    assert {name: counts for name, *counts in map(counted, report.clients)} == {
        "Ромашка": [15, 10, 8, 3, 14 + 2],  # 1-13, 27, 30; late 4, 30; charged 4, 13, 30
        "Вектор": [9, 8, 4, 4, 9],  # 14-21, 28; late 15, 17, 18, 19
        "Новый": [3, 2, 2, 1, 3],  # 24, 25, 26; breach 26
        "Север": [3, 2, 1, 2, 3],  # 22, 23, 29; breaches 23, 29
    }
    assert [one.name for one in report.clients][:2] == ["Ромашка", "Вектор"]
    assert {name: counts for name, *counts in map(counted, report.channels)} == {
        # 5, 6, 14-20, 30; late 15, 17, 18, 19, 30; asked in the week all but 30
        "email:sales": [10, 10, 5, 5, 9],
        "email:info": [20, 12, 10, 5, 22],
    }
    assert {name: counts for name, *counts in map(counted, report.tiers)} == {
        "gold": [15, 10, 8, 3, 16],
        "silver": [9, 8, 4, 4, 9],
        "": [6, 4, 3, 3, 6],
    }
    assert report.tiers[-1].name == ""


def counted(row: Row) -> tuple[object, ...]:
    figures = row.figures
    counts = (figures.waits, figures.answered, figures.within, figures.breaches, figures.messages)
    return (row.name, *counts)


async def test_when_messages_come_and_when_answers_are_late(golden: Golden) -> None:
    came, late = golden.studio.came, golden.studio.late
    assert sum(map(sum, came)) == 31
    # Monday at ten: line 1, its second question, and thanks. Wednesday at four: 29.
    assert (came[0][10], came[0][9], came[2][16], came[5][12], came[6][15]) == (3, 1, 1, 1, 1)
    # By when the message came: 15 | 4, 17 | 18, 19, 29 | | 13, 23, 26, 30.
    assert [{hour: count for hour, count in enumerate(day) if count} for day in late] == [
        {15: 1},
        {9: 1, 16: 1},
        {10: 1, 12: 1, 16: 1},
        {},
        {11: 1, 12: 1, 16: 1, 17: 1},
        {},
        {},
    ]


async def test_the_trend_and_what_changed(golden: Golden) -> None:
    report = golden.studio
    weeks = report.trend
    assert [one.since for one in weeks][-2:] == [moment("-mon 00:00"), moment("mon 00:00")]
    assert len(weeks) == 8
    last, own = weeks[-2:]
    # Lines 31 to 40, and the question of 30, which was open and overdue at the week's end.
    assert (last.messages, last.answered, last.within, last.counted) == (11, 10, 10, 11)
    assert (last.both, last.share) == (times(10, 40, 60, 60), Fraction(10, 11))
    assert (own.messages, own.answered, own.both.median) == (31, 22, minutes(42.5))
    # In October there was a week with four answers of half an hour each; nothing before it.
    assert [one.answered for one in weeks] == [0, 4, 0, 0, 0, 0, 10, 22]
    changes = {one.measure: one for one in report.changes}
    assert changes == {
        one.measure: one
        for one in (
            Change(Measure.MESSAGES, 31, 11, Fraction(11 + 4, 6)),
            Change(Measure.ANSWERED, 22, 10, Fraction(10 + 4, 6)),
            Change(Measure.FIRST_MEDIAN, minutes(30), None, minutes(30)),
            Change(Measure.MEDIAN, minutes(42.5), minutes(40), minutes(35)),
            Change(Measure.P90, minutes(120), minutes(60), minutes(60)),
            Change(Measure.SHARE, Fraction(15, 25), Fraction(10, 11), Fraction(21, 22)),
            Change(Measure.BREACHES, 10, 1, Fraction(1, 6)),
        )
    }
    # Борис: 60 before, 37.5 now. Анна: 20 before, 30 now.
    boris = golden.filed.members["Борис"]
    assert report.improved == Improved(boris.id, "Борис", minutes(60), minutes(37.5))


async def test_newcomers_and_who_is_silent(golden: Golden) -> None:
    report, filed = golden.studio, golden.filed
    (new,) = report.newcomers
    assert (new.name, new.manager, new.asked_at) == ("Новый", "Анна", moment("mon 13:30"))
    assert (new.wait_id, new.within) == (filed.waits[24], True)
    assert (new.business, new.wall) == (minutes(10), minutes(40))
    quiet = filed.clients["Тихий"][0]
    since = moment("mon 12:30") - timedelta(days=42)
    boris = filed.members["Борис"]
    assert report.silent == (Silent(quiet.id, "Тихий", boris.id, "Борис", since),)
    assert (report.silent_weeks, golden.anna.silent) == (4, ())


async def test_what_is_left_out_and_what_was_corrected(golden: Golden) -> None:
    report = golden.studio
    assert report.exclusions == (
        Exclusion(Reason.DISMISSED, 2),
        Exclusion(Reason.CLOSED_UNANSWERED, 2),
        Exclusion(Reason.STILL_OPEN, 4),
        Exclusion(Reason.PROMISES, 1),
        Exclusion(Reason.AUTOMATIC, 1),
        Exclusion(Reason.THANKS, 1),
        Exclusion(Reason.COPIES, 1),
        Exclusion(Reason.AUTHOR_UNKNOWN, 1),  # line 21
    )
    day, at = date(2026, 11, 26), moment("fri 10:00")
    assert report.corrected == (Corrected("studio", day, "", "closed Переезд", at, "Борис"),)


async def test_the_worst_wait(golden: Golden) -> None:
    # 29: Wednesday from four o'clock 120 minutes, Thursday and Friday 480 each.
    worst = golden.studio.worst
    assert worst == golden.line(29)
    assert (worst.business, worst.breached, worst.outcome) == (minutes(1080), True, "")
    assert worst.wall == moment("+mon 00:00") - moment("wed 16:00")
    assert worst.message_id is not None
    # Of Анна's own clients: line 13.
    assert golden.anna.worst == golden.line(13)


async def test_a_line_that_changed_hands(golden: Golden) -> None:
    line = golden.line(19)
    assert (line.manager, line.holder, line.charged) == ("Борис", "Борис", "Анна")
    assert (line.business, line.own, line.taken_at) == (
        minutes(120),
        minutes(30),
        moment("wed 14:30"),
    )
    assert (line.client, line.channel_id, line.tier) == ("Вектор", "email:sales", "silver")
    assert (line.first, line.within, line.breached) == (False, False, True)
    elsewhere = golden.line(21)
    assert (elsewhere.elsewhere, elsewhere.author_known, elsewhere.manager) == (
        True,
        False,
        "Борис",
    )


async def test_a_managers_own_report_is_of_the_managers_clients(golden: Golden) -> None:
    report = golden.anna
    # Ромашка's and Новый's; line 20 was another's client's.
    assert {one.name for one in report.clients} == {"Ромашка", "Новый"}
    assert (report.studio.waits, report.studio.answered) == (18, 12)
    assert report.slice.name == "Анна"
    assert [(one.name, one.figures.answered) for one in report.managers] == [("Анна", 12)]
    assert (report.trend[-2].answered, report.trend[-2].messages) == (5, 6)
    boris = golden.boris
    assert [(one.name, one.figures.answered) for one in boris.managers] == [
        ("Борис", 7),
        ("Анна", 1),  # line 20; and charged with 19
    ]
    assert boris.managers[1].figures.breaches == 1


async def test_a_month_and_other_days_are_compared_with_as_much_before(golden: Golden) -> None:
    later = moment("+mon 09:10")
    in_november = month(NOW, MOSCOW, later)
    (found,) = await reports(golden.source, in_november, [Slice()], later)
    # All but the four of October; 26 was answered five minutes ago; 27, 28, 29 and 41 are open.
    assert found.studio.answered == 33
    assert found.studio.open.count == 4
    assert (found.period.over, found.trend[-1].until) == (False, later)
    assert len(found.trend) == 8
    changes = {one.measure: one for one in found.changes}
    assert changes[Measure.MEDIAN].last == minutes(30)
    assert changes[Measure.MEDIAN].usual is None
    assert changes[Measure.ANSWERED] == Change(Measure.ANSWERED, 33, None, None)
    two_days = days(date(2026, 11, 24), date(2026, 11, 25), MOSCOW, NOW)
    (found,) = await reports(golden.source, two_days, [Slice()], NOW)
    # Answered on Tuesday and Wednesday: 4, 5, 7, 16, 17, 18, 19, 25.
    assert (found.studio.answered, found.period.over) == (8, True)
    # On Sunday and Monday: 1, 2, 3, 14, 15, 24, 30.
    assert {one.measure: one for one in found.changes}[Measure.ANSWERED].last == 7
