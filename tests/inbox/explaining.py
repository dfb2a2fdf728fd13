"""A report of made-up waits, all the figures that it has, and whether an explanation is right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from inbox.report_figures import (
    GRIDS,
    MEASURES,
    Against,
    Figure,
    Sort,
    What,
    Whose,
    is_figure,
    row_of,
    value_of,
)
from inbox.report_records import Report, Slice, WaitLine
from inbox.report_tally import Tally
from inbox.report_told import Explained, Ranked, Shared, Summed
from inbox.report_why import SHOWN
from inbox.reports_store import Said
from tests.inbox.golden import moment
from tests.inbox.test_reporting import PERIOD

NOW = moment("+mon 09:00")
NAMES = {1: "Анна", 2: "Борис", 3: "Вера"}
STUDIO = Whose()


def rows_of(report: Report) -> Iterator[Whose]:
    yield STUDIO
    for sort, rows in (
        (Sort.MANAGER, report.managers),
        (Sort.CLIENT, report.clients),
        (Sort.CHANNEL, report.channels),
        (Sort.TIER, report.tiers),
    ):
        for row in rows:
            yield Whose(sort, row.id, row.name)


def figures_in(report: Report, *, every_hour: bool = False) -> Iterator[Figure]:
    """All that the report has."""
    for whose in rows_of(report):
        for what in What:
            for wall in (False, True):
                figure = Figure(what, whose, wall)
                if is_figure(figure):
                    yield figure
    for what in GRIDS:
        yield from (Figure(what, day=day) for day in range(7))
        hours = range(24) if every_hour else ()
        yield from (Figure(what, day=day, hour=hour) for day in range(7) for hour in hours)
    yield from (Figure(what, against=against) for what in MEASURES for against in Against)


def check(report: Report, told: Explained) -> None:
    """Its parts make the figure, and with what is left out they are all waits of the row."""
    figure = told.figure
    assert told.value == value_of(report, figure)
    assert told.how.value == told.value
    assert len(told.waits) <= SHOWN
    assert len(told.said) <= SHOWN
    assert all(one.count > 0 for one in (*told.left_out, *told.notes))
    out = sum(one.count for one in told.left_out)
    waits = row_of(report, figure.whose).waits
    match told.how:
        case Ranked() as ranked:
            assert told.n == ranked.n
            assert told.n + out == waits
            behind = {one.line.wait_id for one in (*ranked.places, *ranked.listed)}
            assert behind <= {one.wait_id for one in told.waits}
        case Shared() as shared if figure.whose.sort is not Sort.MANAGER:
            assert shared.counted == told.n
            assert told.n + out == waits
        case Summed() as summed:
            assert {one.value for one in summed.splits} == {told.n} == {told.value}
            assert len(told.waits) + len(told.said) == min(SHOWN, told.n)
        case _:
            pass


def reported(said: Iterable[Said], lines: Iterable[WaitLine], whose: Slice) -> Report:
    """What these come to; without earlier weeks."""
    tally = Tally(whose, PERIOD, NAMES)
    for message in said:
        tally.hear(message)
    for line in lines:
        tally.add(line)
    return Report(
        period=PERIOD,
        slice=whose,
        made_at=NOW,
        target=timedelta(hours=1),
        studio=tally.figures(),
        managers=tally.manager_rows(),
        clients=tally.client_rows(),
        channels=tally.channel_rows(),
        tiers=tally.tier_rows(),
        came=tally.came.grid(),
        late=tally.late.grid(),
        trend=(),
        changes=(),
        newcomers=tally.newcomers(frozenset({1})),
        silent=(),
        silent_weeks=4,
        exclusions=tally.exclusions(),
        corrected=(),
        worst=tally.worst,
        improved=None,
    )
