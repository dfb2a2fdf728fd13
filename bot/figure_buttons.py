"""The buttons that ask why a report's figure is what it is: what they carry."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.buttons import Button, DayNumber, RowId
from bot.texts import Say
from inbox import report_periods
from inbox.report_figures import Against, Figure, Sort, What, Whose
from inbox.report_records import Period, Report, Slice

FIGURES = tuple(What)
MOST_DAYS = 400

Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]
FigureNumber = Annotated[int, Field(ge=0, lt=len(FIGURES))]
Offset = Annotated[int, Field(ge=0, lt=10**5)]


class Part(StrEnum):
    """Whose report it is: the studio's, a member's own clients', one client's."""

    WHOLE = "w"
    MANAGER = "m"
    CLIENT = "c"


class RowSort(StrEnum):
    """Sort, in a letter."""

    STUDIO = "s"
    MANAGER = "m"
    CLIENT = "c"
    CHANNEL = "h"
    TIER = "t"


class Mode(StrEnum):
    """Which side of a figure is meant: itself, by the wall's clock, what it was before, or of a
    weekday's messages."""

    ITSELF = "i"
    WALL = "w"
    LAST = "l"
    USUAL = "u"
    MON = "0"
    TUE = "1"
    WED = "2"
    THU = "3"
    FRI = "4"
    SAT = "5"
    SUN = "6"


class FiguresButton(CallbackData, prefix="rg"):
    """The figures of a report to choose from: so many `days` from a day (its ordinal) on, of the
    member or client `about_id`, in a row of it. `below`: not in the pressed message's place.
    `row`: see bot.figure_orders.number_of."""

    day: DayNumber
    days: Days
    part: Part
    about_id: RowId
    sort: RowSort = RowSort.STUDIO
    row: RowId = 0
    below: bool = False


class RowsButton(CallbackData, prefix="rr"):
    """The rows of a report to choose from, behind so many of them."""

    day: DayNumber
    days: Days
    part: Part
    about_id: RowId
    sort: RowSort
    offset: Offset = 0


class FigureButton(CallbackData, prefix="rf"):
    """Why this figure; as FiguresButton. `what`: its place in FIGURES."""

    day: DayNumber
    days: Days
    part: Part
    about_id: RowId
    sort: RowSort
    row: RowId
    what: FigureNumber
    mode: Mode = Mode.ITSELF


ReportsFigure = FiguresButton | RowsButton | FigureButton


def how_counted(say: Say, report: Report) -> Button | None:
    """The button under a report; None where the report has more days than a button takes."""
    found = figures_button(report.period, report.slice)
    return Button(say("How counted"), found) if found is not None else None


def figures_button(period: Period, whose: Slice) -> FiguresButton | None:
    """As `how_counted`."""
    zone = ZoneInfo(period.zone)
    first, after = (at.astimezone(zone).date() for at in (period.since, period.until))
    days = (after - first).days
    if days > MOST_DAYS:
        return None
    part, about_id = Part.WHOLE, 0
    if whose.client_id is not None:
        part, about_id = Part.CLIENT, whose.client_id
    elif whose.manager_id is not None:
        part, about_id = Part.MANAGER, whose.manager_id
    day = first.toordinal()
    return FiguresButton(day=day, days=days, part=part, about_id=about_id, below=True)


def row_of_button(button: FiguresButton | FigureButton) -> Whose:
    """The row as far as the button knows it: of a channel or tier, `id` is its number."""
    sort = Sort[button.sort.name]
    return Whose() if sort is Sort.STUDIO else Whose(sort, button.row or None)


def figure_of(button: FigureButton) -> Figure:
    """The figure as far as the button knows it, see `row_of_button`."""
    what, row, mode = FIGURES[button.what], row_of_button(button), button.mode
    match mode:
        case Mode.ITSELF:
            return Figure(what, row)
        case Mode.WALL:
            return Figure(what, row, wall=True)
        case Mode.LAST | Mode.USUAL:
            return Figure(what, row, against=Against[mode.name])
        case _:
            return Figure(what, row, day=int(mode))


def period_of(button: ReportsFigure, zone: ZoneInfo, now: datetime) -> Period:
    """Which time it is about."""
    first = date.fromordinal(button.day)
    last = date.fromordinal(button.day + button.days - 1)
    return report_periods.days(first, last, zone, now)
