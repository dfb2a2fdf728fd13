"""Why a figure is what it is: from its own parts it can be recomputed, whatever the week was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.calendars import Calendars
from inbox.model import Nature
from inbox.report_figures import (
    OF_THE_SLICE,
    TIMES,
    Against,
    Figure,
    Sort,
    What,
    Whose,
    is_figure,
    row_of,
    value_of,
)
from inbox.report_periods import days, month, week
from inbox.report_reading import Source, messages
from inbox.report_records import Figures, Period, Report, Slice, WaitLine
from inbox.report_told import (
    By,
    Chosen,
    Explained,
    Faster,
    Listed,
    Noted,
    Out,
    Piece,
    Ranked,
    Shared,
    Split,
    Summed,
    Weighed,
)
from inbox.report_why import explain, needs_messages
from inbox.reporting import reports
from inbox.reports_store import Said
from storage.store import open_store
from tests.inbox.conftest import HOURS
from tests.inbox.explaining import check, figures_in, reported
from tests.inbox.golden import MOSCOW, Filed, golden_week, moment
from tests.inbox.test_reporting import PERIOD
from tests.inbox.test_reporting import lines as drawn_lines
from tests.inbox.test_reporting import messages as drawn_messages

NOW = moment("+mon 09:00")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


SLICES = st.sampled_from([Slice(), Slice(1), Slice(2), Slice(client_id=3)])


@settings(max_examples=50, deadline=None)
@given(st.lists(drawn_messages(), max_size=10), st.lists(drawn_lines(), max_size=25), SLICES)
def test_any_figure_is_recomputed_from_its_parts(
    said: list[Said], given_: list[WaitLine], whose: Slice
) -> None:
    numbered = [replace(one, wait_id=number) for number, one in enumerate(given_, 1)]
    report = reported(said, numbered, whose)
    for figure in figures_in(report):
        if figure.against is None:
            check(report, explain(report, numbered, figure, said))


@dataclass
class Golden:
    """The golden week with its waits, and messages of all kinds."""

    filed: Filed
    source: Source
    report: Report
    lines: list[WaitLine]
    said: list[Said]

    def why(self, figure: Figure) -> Explained:
        return explain(self.report, self.lines, figure, self.said)

    def row(self, name: str) -> Whose:
        return Whose(Sort.MANAGER, self.filed.id_of(name), name)

    def numbers(self, lines: Iterable[WaitLine]) -> list[int]:
        """The table's numbers of these waits."""
        known = {wait_id: number for number, wait_id in self.filed.waits.items()}
        return [known[one.wait_id] for one in lines]


async def read(source: Source, filed: Filed, period: Period, whose: Slice) -> Golden:
    lines: list[WaitLine] = []
    (report,) = await reports(source, period, [whose], NOW, each=lines.extend)
    said = [one async for page in messages(source, (period.since, period.until)) for one in page]
    return Golden(filed, source, report, lines, said)


@pytest.fixture
async def golden(database: str) -> AsyncIterator[Golden]:
    store = await open_store(database)
    async with store.begin() as t:
        filed = await golden_week(t)
    source = Source(store, Calendars.only(HOURS), timedelta(hours=1))
    yield await read(source, filed, week(moment("wed 12:00"), MOSCOW, NOW), Slice())
    await store.close()


async def test_every_figure_of_the_golden_week(golden: Golden) -> None:
    anna = Slice(golden.filed.id_of("Анна"), "Анна")
    mine = await read(golden.source, golden.filed, golden.report.period, anna)
    for one in (golden, mine):
        for figure in figures_in(one.report, every_hour=True):
            check(one.report, one.why(figure))


async def test_a_median_names_the_middle_two(golden: Golden) -> None:
    told = golden.why(Figure(What.MEDIAN))
    assert isinstance(told.how, Ranked)
    assert [(one.number, one.time) for one in told.how.places] == [
        (11, minutes(40)),
        (12, minutes(45)),
    ]
    assert golden.numbers(one.line for one in told.how.places) == [25, 16]
    assert golden.numbers(told.waits)[:2] == [25, 16]
    assert (told.n, told.value) == (22, minutes(42.5))
    assert told.left_out == (Noted(Out.DISMISSED, 2), Noted(Out.CLOSED, 2), Noted(Out.OPEN, 4))
    assert told.notes == (Noted(Out.AUTHOR_UNKNOWN, 1),)  # 21


async def test_nine_in_ten_names_its_place_and_then_what_was_slower(golden: Golden) -> None:
    told = golden.why(Figure(What.P90, wall=True))
    assert isinstance(told.how, Ranked)
    assert [(one.number, one.time) for one in told.how.places] == [(20, minutes(920))]
    assert golden.numbers(told.waits)[:3] == [6, 17, 30]
    first = golden.why(Figure(What.FIRST_MEDIAN))
    assert first.n == 5
    assert Noted(Out.OTHER_ANSWERS, 17) in first.left_out


async def test_of_a_few_answers_all_are_listed(golden: Golden) -> None:
    told = golden.why(Figure(What.FIRST_P90, golden.row("Борис")))
    assert isinstance(told.how, Ranked)
    assert (told.value, told.how.places) == (None, ())
    assert [one.time for one in told.how.listed] == [minutes(30), minutes(45), minutes(120)]
    assert golden.numbers(told.waits) == [17, 16, 22]


async def test_a_managers_time_begins_when_the_manager_got_the_wait(golden: Golden) -> None:
    told = golden.why(Figure(What.MEDIAN, golden.row("Борис")))
    assert isinstance(told.how, Ranked)
    assert (told.n, told.value) == (8, minutes(37.5))
    assert Noted(Out.TAKEN_OVER, 2) in told.notes  # 18 and 19
    by_wall = golden.why(Figure(What.LONGEST, golden.row("Борис"), wall=True))
    assert (golden.numbers(by_wall.waits)[0], by_wall.value) == (17, minutes(1020))


async def test_the_share_names_what_counts_and_what_does_not(golden: Golden) -> None:
    told = golden.why(Figure(What.SHARE))
    assert told.how == Shared(within=15, late=7, closed=1, open=2)
    assert (told.n, told.value) == (25, Fraction(15, 25))
    assert told.left_out == (
        Noted(Out.DISMISSED, 2),
        Noted(Out.CLOSED_IN_TIME, 1),
        Noted(Out.NOT_DUE, 2),
    )
    assert golden.numbers(told.waits)[:2] == [29, 13]


async def test_a_manager_answers_for_what_fell_due_with_the_manager(golden: Golden) -> None:
    anna = golden.why(Figure(What.SHARE, golden.row("Анна")))
    # Charged with 4, 13, 19, 26, 30, of which Борис answered 19; 23 is nobody's.
    assert anna.how == Shared(within=11, late=3, closed=1, open=1)
    assert Noted(Out.CHARGED_TO_OTHERS, 1) in anna.left_out
    assert anna.notes == (Noted(Out.ANSWERED_BY_OTHERS, 1),)
    breaches = golden.why(Figure(What.BREACHES))
    assert breaches.how == Summed(
        (
            Split(By.KIND, (Piece("late", 7), Piece("open", 2), Piece("closed", 1))),
            Split(By.MANAGER, (Piece("Анна", 5), Piece("Борис", 3), Piece("", 2))),
        )
    )
    assert breaches.left_out == (Noted(Out.DISMISSED, 2),)


async def test_counts_are_taken_apart(golden: Golden) -> None:
    told = golden.why(Figure(What.ANSWERED))
    assert isinstance(told.how, Summed)
    assert told.how.splits[0] == Split(By.KIND, (Piece("within", 15), Piece("late", 7)))
    assert told.notes == (Noted(Out.AUTHOR_UNKNOWN, 1),)
    own = golden.why(Figure(What.ANSWERED, golden.row("Анна")))
    assert isinstance(own.how, Summed)
    assert {one.by for one in own.how.splits} == {By.KIND, By.CLIENT}
    open_ = golden.why(Figure(What.OPEN))
    assert golden.numbers(open_.waits) == [29, 26, 27, 28]
    oldest = golden.why(Figure(What.OLDEST))
    assert (oldest.value, oldest.n) == (moment("wed 16:00"), 4)
    assert isinstance(oldest.how, Chosen)
    opened = golden.why(Figure(What.OPENED))
    assert 30 not in golden.numbers(opened.waits)


async def test_messages_are_counted_by_who_wrote_and_when(golden: Golden) -> None:
    told = golden.why(Figure(What.MESSAGES))
    assert needs_messages(told.figure)
    assert (told.value, told.n) == (31, 31)
    assert told.left_out == (Noted(Out.AUTOMATIC, 1), Noted(Out.COPIES, 1))
    assert told.notes == (Noted(Out.THANKS, 1),)
    assert told.said[0].sent_at == moment("sun 15:00")
    monday = golden.why(Figure(What.CAME, day=0))
    assert isinstance(monday.how, Summed)
    assert monday.how.splits[0].by is By.HOUR
    assert monday.how.splits[0].pieces[0] == Piece("0 10", 3)
    assert golden.why(Figure(What.CAME, day=0, hour=10)).value == 3
    late = golden.why(Figure(What.CAME_LATE, day=4, hour=11))
    assert (late.value, golden.numbers(late.waits)) == (1, [13])
    assert all(one.nature is not Nature.AUTOMATIC for one in told.said)


async def test_what_it_is_compared_with(golden: Golden) -> None:
    last = golden.why(Figure(What.MEDIAN, against=Against.LAST))
    assert not needs_messages(last.figure)
    assert isinstance(last.how, Weighed)
    ((span, until, worth),) = [(one.since, one.until, one.value) for one in last.how.weeks]
    assert (span, until) == (moment("-mon 00:00"), moment("mon 00:00"))
    assert (worth, last.value) == (minutes(40), minutes(40))
    usual = golden.why(Figure(What.MEDIAN, against=Against.USUAL))
    assert isinstance(usual.how, Weighed)
    # Six weeks before there was one answer of half an hour; nothing before that, or between.
    assert [one.value for one in usual.how.weeks] == [minutes(40), *[None] * 4, minutes(30)]
    assert (usual.n, usual.value) == (2, minutes(35))
    assert usual.left_out == (Noted(Out.BEFORE_OKNO, 2),)


async def test_a_month_is_compared_with_the_one_before_alone(golden: Golden) -> None:
    november = month(moment("wed 12:00"), MOSCOW, NOW)
    whole = await read(golden.source, golden.filed, november, Slice())
    assert not november.over
    for figure in figures_in(whole.report):
        check(whole.report, whole.why(figure))
    assert whole.why(Figure(What.SHARE, against=Against.USUAL)).how == Weighed(())
    assert whole.why(Figure(What.MESSAGES, against=Against.LAST)).value is None


async def test_clients_who_came_and_who_fell_silent(golden: Golden) -> None:
    new = golden.why(Figure(What.NEW_CLIENTS))
    assert isinstance(new.how, Listed)
    assert [one.name for one in new.how.newcomers] == ["Новый"]
    assert golden.numbers(new.waits) == [24]
    silent = golden.why(Figure(What.SILENT))
    assert isinstance(silent.how, Listed)
    assert [one.name for one in silent.how.silent] == ["Тихий"]


async def test_the_worst_wait_and_who_improved(golden: Golden) -> None:
    worst = golden.why(Figure(What.WORST))
    assert golden.numbers(worst.waits)[:2] == [29, 13]
    assert worst.left_out == (Noted(Out.DISMISSED, 2),)
    improved = golden.why(Figure(What.IMPROVED))
    assert isinstance(improved.how, Faster)
    assert improved.how.improved is not None
    assert improved.how.improved.name == "Борис"
    assert improved.n == 8


async def test_a_day_without_anything(golden: Golden) -> None:
    sunday = (PERIOD.since - timedelta(days=14)).astimezone(MOSCOW).date()
    empty = await read(golden.source, golden.filed, days(sunday, sunday, MOSCOW, NOW), Slice())
    for figure in figures_in(empty.report):
        told = empty.why(figure)
        check(empty.report, told)
        assert told.n == 0 or figure.what is What.SILENT or figure.against is not None


@pytest.mark.parametrize(
    "figure",
    [
        Figure(What.MESSAGES, wall=True),
        Figure(What.WORST, Whose(Sort.CLIENT, 1)),
        Figure(What.SHARE, Whose(Sort.CLIENT, 1), against=Against.LAST),
        Figure(What.LATE, against=Against.LAST),
        Figure(What.MEDIAN, wall=True, against=Against.LAST),
        Figure(What.SHARE, day=1),
        Figure(What.CAME, day=7),
        Figure(What.CAME, hour=1),
        Figure(What.CAME, day=1, hour=24),
    ],
)
def test_not_every_figure_is_everywhere(figure: Figure) -> None:
    assert not is_figure(figure)


def test_a_row_that_a_report_lacks_is_empty() -> None:
    report = reported([], [], Slice())
    assert row_of(report, Whose(Sort.TIER, name="gold")) == Figures()
    assert value_of(report, Figure(What.SHARE, Whose(Sort.CLIENT, 7))) is None
    assert set(TIMES) | OF_THE_SLICE < set(What)
