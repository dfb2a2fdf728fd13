"""The figures of a report to choose from, and the buttons under an explained one."""

from __future__ import annotations

from collections.abc import Iterator

from bot.buttons import Button, Keyboard, in_rows, pages
from bot.cards import CardView
from bot.figure_buttons import (
    FIGURES,
    FigureButton,
    FiguresButton,
    Mode,
    Part,
    ReportsFigure,
    RowsButton,
    RowSort,
    figure_of,
)
from bot.figure_orders import ROWS, Explanation
from bot.figure_terms import name_of, short_name, sort_words
from bot.find_buttons import FoundButton
from bot.report_terms import period_title, slice_title
from bot.rich import Rich, joined
from bot.texts import Say
from bot.wording import weekday
from inbox import report_periods
from inbox.report_figures import GRIDS, MEASURES, OF_THE_SLICE, TIMES, Against, Figure, Sort, What
from inbox.report_periods import Span, days_of
from inbox.report_records import Period, Slice

MENU = (
    (What.SHARE, What.BREACHES),
    (What.MEDIAN, What.P90, What.LONGEST),
    (What.FIRST_MEDIAN, What.FIRST_P90, What.FIRST_LONGEST),
    (What.NEXT_MEDIAN, What.NEXT_P90, What.NEXT_LONGEST),
    (What.MESSAGES, What.ANSWERED),
    (What.OPEN, What.DISMISSED, What.CLOSED),
    (What.NEW_CLIENTS, What.SILENT),
    (What.WORST, What.IMPROVED),
)
RELATED: dict[What, tuple[What, ...]] = {
    What.SHARE: (What.WITHIN, What.BREACHES),
    What.BREACHES: (What.LATE, What.CLOSED_OVERDUE, What.OVERDUE, What.CAME_LATE),
    What.MESSAGES: (What.OPENED, What.WAITS, What.CAME),
    What.ANSWERED: (What.WITHIN, What.LATE, What.PHONED, What.OFF_HOURS),
    What.OPEN: (What.OVERDUE, What.OLDEST),
    What.CLOSED: (What.CLOSED_OVERDUE,),
    What.WORST: (What.LONGEST, What.OLDEST),
    What.IMPROVED: (What.MEDIAN,),
}
"""Beside which figure others are, which the menu leaves out."""

_ROW = 5  # buttons with a number


def figures_view(say: Say, button: FiguresButton, period: Period, whose: Slice) -> CardView:
    """All figures, and whose rows there are."""
    whole = button.sort is RowSort.STUDIO
    rows = [
        tuple(
            Button(short_name(say, what), _figure(button, what))
            for what in row
            if whole or what not in OF_THE_SLICE
        )
        for row in MENU
    ]
    sorts = [
        Button(sort_words(say, sort), _rows(button, sort))
        for sort in Sort
        if sort.name != "STUDIO"
    ]
    about = f"{period_title(say, period)}. {slice_title(say, whose)}"
    words = [Rich(about).styled("bold"), Rich(say("Which figure? It says how it was counted."))]
    below: Keyboard = in_rows(sorts, 2) if whole else ((_back(say, button),),)
    return CardView(joined(words), (*(row for row in rows if row), *below))


def rows_view(say: Say, button: RowsButton, told: Explanation) -> CardView:
    """The rows of a sort."""
    names = [
        (Button(row.words, _figures(button, RowSort[button.sort.name], row.number)),)
        for row in told.rows
    ]
    turning = pages(
        button.offset,
        ROWS,
        more=told.more,
        to=lambda offset: button.model_copy(update={"offset": offset}),
    )
    return CardView(told.words, (*names, *((turning,) if turning else ()), (_back(say, button),)))


def figure_view(say: Say, button: FigureButton, period: Period, told: Explanation) -> CardView:
    """An explained figure: its waits by number, and where one may look on."""
    figure = figure_of(button)
    jumps = [
        Button(
            str(number),
            FoundButton(conversation_id=one.conversation_id, message_id=one.message_id),
        )
        for number, one in enumerate(told.jumps, 1)
        if one is not None
    ]
    beside = list(_beside(say, button, figure, period))
    to_menu = Button(say("← Figures"), _figures(button, button.sort, button.row))
    keyboard: Keyboard = (
        *(in_rows(jumps, _ROW) if jumps else ()),
        *_days(say, button, figure),
        *(in_rows(beside, 2) if beside else ()),
        (to_menu,),
    )
    return CardView(told.words, keyboard)


def _beside(say: Say, button: FigureButton, figure: Figure, period: Period) -> Iterator[Button]:
    what = figure.what
    if figure.against is not None:
        yield Button(name_of(say, what), _figure(button, what))
        spans = report_periods.compared_with(period)
        for span in spans[:1] if figure.against is Against.LAST else spans:
            yield _of_span(say, button, span, period)
        return
    if what in TIMES:
        words = say("Business time") if figure.wall else say("Wall time")
        yield Button(words, _figure(button, what, Mode.ITSELF if figure.wall else Mode.WALL))
    if _is_compared(button, figure):
        yield Button(say("The time before"), _figure(button, what, Mode.LAST))
        if report_periods.is_week(period):
            yield Button(say("Usually"), _figure(button, what, Mode.USUAL))
    for other in RELATED.get(what, ()):
        if button.sort is RowSort.STUDIO or other not in OF_THE_SLICE:
            yield Button(name_of(say, other), _figure(button, other))


def _is_compared(button: FigureButton, figure: Figure) -> bool:
    """Of earlier weeks neither a row is known nor a client's report."""
    whole = button.sort is RowSort.STUDIO and button.part is not Part.CLIENT
    return whole and figure.what in MEASURES and not figure.wall


def _of_span(say: Say, button: FigureButton, span: Span, period: Period) -> Button:
    """The figure itself in an earlier time."""
    then = Period(*span, span[1], period.zone, whole_week=False)
    first, last = days_of(then)
    there = button.model_copy(
        update={
            "day": first.toordinal(),
            "days": (last - first).days + 1,
            "mode": Mode.ITSELF,
        }
    )
    return Button(period_title(say, then), there)


def _days(say: Say, button: FigureButton, figure: Figure) -> Keyboard:
    if figure.what not in GRIDS:
        return ()
    days = [
        Button(weekday(say, day), _figure(button, figure.what, Mode(str(day)))) for day in range(7)
    ]
    return (tuple(days),)


def _figure(
    button: FiguresButton | FigureButton, what: What, mode: Mode = Mode.ITSELF
) -> FigureButton:
    return FigureButton(
        day=button.day,
        days=button.days,
        part=button.part,
        about_id=button.about_id,
        sort=button.sort,
        row=button.row,
        what=FIGURES.index(what),
        mode=mode,
    )


def _figures(button: ReportsFigure, sort: RowSort, row: int) -> FiguresButton:
    return FiguresButton(
        day=button.day,
        days=button.days,
        part=button.part,
        about_id=button.about_id,
        sort=sort,
        row=row,
    )


def _rows(button: FiguresButton, sort: Sort) -> RowsButton:
    return RowsButton(
        day=button.day,
        days=button.days,
        part=button.part,
        about_id=button.about_id,
        sort=RowSort[sort.name],
    )


def _back(say: Say, button: ReportsFigure) -> Button:
    """To the figures of the whole report."""
    return Button(say("← Figures"), _figures(button, RowSort.STUDIO, 0))
