"""Which figures a report has: what each counts, in whose row, and where its value stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from inbox.report_records import (
    Figures,
    Measure,
    Report,
    Response,
    Row,
    Times,
    Value,
    WaitLine,
)

Worth: TypeAlias = Value | datetime | None
"""What a figure says; None where there is nothing to say."""


class What(StrEnum):
    """A figure. Times are of answers; beside business time there is wall time."""

    MESSAGES = "messages"
    OPENED = "opened"
    WAITS = "waits"
    ANSWERED = "answered"
    PHONED = "phoned"
    OFF_HOURS = "off-hours"
    DISMISSED = "dismissed"
    CLOSED = "closed"
    WITHIN = "within"
    LATE = "late"
    CLOSED_OVERDUE = "closed-overdue"
    BREACHES = "breaches"
    SHARE = "share"
    MEDIAN = "median"
    P90 = "p90"
    LONGEST = "longest"
    FIRST_MEDIAN = "first-median"
    FIRST_P90 = "first-p90"
    FIRST_LONGEST = "first-longest"
    NEXT_MEDIAN = "next-median"
    NEXT_P90 = "next-p90"
    NEXT_LONGEST = "next-longest"
    OPEN = "open"
    OVERDUE = "overdue"
    OLDEST = "oldest"
    CAME = "came"
    CAME_LATE = "came-late"
    NEW_CLIENTS = "new-clients"
    SILENT = "silent"
    WORST = "worst"
    IMPROVED = "improved"


class Sort(StrEnum):
    """Of what a row is."""

    STUDIO = "studio"
    MANAGER = "manager"
    CLIENT = "client"
    CHANNEL = "channel"
    TIER = "tier"


@dataclass(frozen=True, slots=True)
class Whose:
    """A row of the report, as Row has it: a manager or client by `id` (None: nobody's), a channel
    or tier by `name`. STUDIO: all of the report's slice."""

    sort: Sort = Sort.STUDIO
    id: int | None = None
    name: str = ""

    def has(self, line: WaitLine) -> bool:
        """Whether the wait stands in this row."""
        return self.fits(line.manager_id, line.client_id, line.channel_id, line.tier)

    def fits(self, manager_id: int | None, client_id: int, channel_id: str, tier: str) -> bool:
        """Whether what is of this manager, client, channel and tier stands in this row."""
        match self.sort:
            case Sort.MANAGER:
                return manager_id == self.id
            case Sort.CLIENT:
                return client_id == self.id
            case Sort.CHANNEL:
                return channel_id == self.name
            case Sort.TIER:
                return tier == self.name
            case _:
                return True

    def is_charged(self, line: WaitLine) -> bool:
        """Whether the wait is a breach that this row has to answer for (rule 27)."""
        mine = line.charged_id == self.id if self.sort is Sort.MANAGER else self.has(line)
        return line.breached and mine


class Against(StrEnum):
    """With what a figure of the studio is compared."""

    LAST = "last"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a report. `wall`: a time, by the wall's clock. `against`: not the figure
    itself but what it was before. `day` (Monday is 0) and `hour`: a part of when messages came, in
    the studio's zone."""

    what: What
    whose: Whose = Whose()
    wall: bool = False
    against: Against | None = None
    day: int | None = None
    hour: int | None = None

    def time_of(self, line: WaitLine) -> timedelta:
        """How long the wait took, as the figure counts it: a manager's time begins when the
        manager got it (rule 27)."""
        if self.whose.sort is not Sort.MANAGER or self.what not in TIMES:
            return line.wall if self.wall else line.business
        if not self.wall:
            return line.own
        if line.closed_at is None or line.taken_at == line.started_at:
            return line.wall
        return line.closed_at - line.taken_at


TIMES: dict[What, tuple[str, str]] = {
    What.MEDIAN: ("both", "median"),
    What.P90: ("both", "p90"),
    What.LONGEST: ("both", "longest"),
    What.FIRST_MEDIAN: ("first", "median"),
    What.FIRST_P90: ("first", "p90"),
    What.FIRST_LONGEST: ("first", "longest"),
    What.NEXT_MEDIAN: ("next", "median"),
    What.NEXT_P90: ("next", "p90"),
    What.NEXT_LONGEST: ("next", "longest"),
}
"""Of which answers a time is, and which of them it is; names of Figures' and Times' fields."""

GRIDS = frozenset({What.CAME, What.CAME_LATE})
OF_THE_SLICE = GRIDS | {What.NEW_CLIENTS, What.SILENT, What.WORST, What.IMPROVED}
"""These no other row has."""

MEASURES: dict[What, Measure] = {
    What.MESSAGES: Measure.MESSAGES,
    What.ANSWERED: Measure.ANSWERED,
    What.FIRST_MEDIAN: Measure.FIRST_MEDIAN,
    What.MEDIAN: Measure.MEDIAN,
    What.P90: Measure.P90,
    What.SHARE: Measure.SHARE,
    What.BREACHES: Measure.BREACHES,
}
"""What is compared with earlier weeks."""

_COUNTED: dict[What, Callable[[Figures], Worth]] = {
    What.MESSAGES: lambda one: one.messages,
    What.OPENED: lambda one: one.opened,
    What.WAITS: lambda one: one.waits,
    What.ANSWERED: lambda one: one.answered,
    What.PHONED: lambda one: one.phoned,
    What.OFF_HOURS: lambda one: one.off_hours,
    What.DISMISSED: lambda one: one.dismissed,
    What.CLOSED: lambda one: one.closed_unanswered,
    What.WITHIN: lambda one: one.within,
    What.LATE: lambda one: one.late,
    What.CLOSED_OVERDUE: lambda one: one.unanswered_overdue,
    What.BREACHES: lambda one: one.breaches,
    What.SHARE: lambda one: one.share,
    What.OPEN: lambda one: one.open.count,
    What.OVERDUE: lambda one: one.open.overdue,
    What.OLDEST: lambda one: one.open.oldest,
}
_SLICES: dict[What, Callable[[Report], Worth]] = {
    What.NEW_CLIENTS: lambda report: len(report.newcomers),
    What.SILENT: lambda report: len(report.silent),
    What.WORST: lambda report: report.worst.business if report.worst else None,
    What.IMPROVED: lambda report: report.improved.now if report.improved else None,
}


def is_figure(figure: Figure) -> bool:
    """Whether a report can have it: not every figure is in every row, or compared."""
    whole = figure.whose.sort is Sort.STUDIO
    if not whole and (figure.what in OF_THE_SLICE or figure.against is not None):
        return False
    if figure.against is not None and (figure.what not in MEASURES or figure.wall):
        return False
    if figure.wall and figure.what not in TIMES:
        return False
    in_grid = figure.day is None or (figure.what in GRIDS and 0 <= figure.day < 7)
    in_day = figure.hour is None or (figure.day is not None and 0 <= figure.hour < 24)
    return in_grid and in_day


def rows_of(report: Report, sort: Sort) -> tuple[Row, ...]:
    """The rows of the sort; of the studio there is none beside the whole."""
    rows = {
        Sort.MANAGER: report.managers,
        Sort.CLIENT: report.clients,
        Sort.CHANNEL: report.channels,
        Sort.TIER: report.tiers,
    }
    return rows.get(sort, ())


def row_of(report: Report, whose: Whose) -> Figures:
    """The row's numbers; of a row that the report lacks, nothing but zeros."""
    if whose.sort is Sort.STUDIO:
        return report.studio
    by_id = whose.sort in {Sort.MANAGER, Sort.CLIENT}
    for row in rows_of(report, whose.sort):
        if row.id == whose.id if by_id else row.name == whose.name:
            return row.figures
    return Figures()


def value_of(report: Report, figure: Figure) -> Worth:
    """What the report says."""
    what = figure.what
    if figure.against is not None:
        found = next(one for one in report.changes if one.measure is MEASURES[what])
        return found.last if figure.against is Against.LAST else found.usual
    if what in GRIDS:
        return _in_grid(report, figure)
    if what in _SLICES:
        return _SLICES[what](report)
    row = row_of(report, figure.whose)
    if what in TIMES:
        response: Response = getattr(row, TIMES[what][0])
        times: Times = response.wall if figure.wall else response.business
        worth: Worth = getattr(times, TIMES[what][1])
        return worth
    return _COUNTED[what](row)


def _in_grid(report: Report, figure: Figure) -> int:
    grid = report.came if figure.what is What.CAME else report.late
    days = grid if figure.day is None else (grid[figure.day],)
    return sum(sum(day) if figure.hour is None else day[figure.hour] for day in days)
