"""The panels that the picture and the pages are made of: tiles, rows, the heat map, the trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.report_drawing import Box, Point, Sheet, between
from bot.report_terms import clock_words, share_words, time_words, waiting_words
from bot.report_words import change, value_words
from bot.texts import Say
from bot.wording import weekday
from inbox.report_records import Figures, Measure, Report

HIGHER_IS_BETTER = frozenset({Measure.SHARE})


@dataclass(frozen=True, slots=True)
class Scale:
    """How large things are written, in pixels of the sheet."""

    text: float = 24
    small: float = 20
    number: float = 46
    row: float = 46


@dataclass(frozen=True, slots=True)
class Board:
    """What is drawn on, in which language, of which report, how large."""

    sheet: Sheet
    say: Say
    report: Report
    scale: Scale


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with what it says and what it was before."""

    label: str
    number: str
    measure: Measure


def title(board: Board, at: Point, words: str, hint: str = "") -> None:
    """A panel's heading with an explanation behind it."""
    sheet, scale = board.sheet, board.scale
    theme = sheet.theme
    wide = sheet.text(at, words, scale.text, theme.text, bold=True)
    if hint:
        sheet.text((at[0] + wide + scale.text * 0.7, at[1]), hint, scale.small, theme.faint)


def tiles(board: Board, box: Box) -> None:
    """Four numbers: in time, the median, nine of ten, breaches."""
    say, report, scale = board.say, board.report, board.scale
    figures = report.studio
    both = figures.both.business
    shown = (
        Tile(say("in time"), share_words(say, figures.share), Measure.SHARE),
        Tile(say("half within"), clock_words(say, both.median), Measure.MEDIAN),
        Tile(say("9 of 10 within"), clock_words(say, both.p90), Measure.P90),
        Tile(say("breaches"), str(figures.breaches), Measure.BREACHES),
    )
    gap = scale.text * 0.6
    wide = (box.width - gap * (len(shown) - 1)) / len(shown)
    for number, tile in enumerate(shown):
        place = Box(box.x + number * (wide + gap), box.y, wide, box.height)
        _tile(board, place, tile)


def _tile(board: Board, box: Box, tile: Tile) -> None:
    sheet, say, report, scale = board.sheet, board.say, board.report, board.scale
    theme, room = sheet.theme, box.width - scale.text
    left = box.x + scale.text / 2
    sheet.rectangle(box, theme.panel, round_by=scale.text / 2)
    sheet.text((left, box.y + box.height * 0.2), tile.label, scale.small, theme.faint, room=room)
    sheet.text(
        (left, box.y + box.height * 0.52),
        tile.number,
        scale.number,
        theme.text,
        bold=True,
        room=room,
    )
    found = change(report, tile.measure)
    if found is None or found.last is None:
        return
    below = box.y + box.height * 0.83
    last = (
        clock_words(say, found.last)
        if isinstance(found.last, timedelta)
        else value_words(say, tile.measure, found.last)
    )
    words = say("was {value}", value=last)
    if found.now is None or found.now == found.last:
        sheet.text((left, below), words, scale.small, theme.faint, room=room)
        return
    up = found.now > found.last  # type: ignore[operator]  # both are of the tile's one measure
    colour = theme.good if up == (tile.measure in HIGHER_IS_BETTER) else theme.bad
    half = scale.small / 2
    sheet.triangle((left + half, below), scale.small * 0.8, colour, up=up)
    sheet.text((left + 3 * half, below), words, scale.small, colour, room=room - 3 * half)


def rows_title(board: Board, at: Point, words: str, right: float) -> None:
    """The heading of `rows`, how they are read, and what stands at their right edge."""
    sheet, say, scale = board.sheet, board.say, board.scale
    target = time_words(say, board.report.target)
    hint = say("bar: half · line: 9 of 10 · dashes: target {time}", time=target)
    title(board, at, words, hint)
    sheet.text((right, at[1]), say("in time"), scale.small, sheet.theme.faint, align="right")


@dataclass(frozen=True, slots=True)
class Named:
    """A row to draw."""

    name: str
    figures: Figures


def rows(board: Board, box: Box, shown: Sequence[Named]) -> None:
    """For each row a bar to the median, a line to nine of ten, the target, the share in time."""
    sheet, scale, target = board.sheet, board.scale, board.report.target
    theme = sheet.theme
    chart = Box(box.x + box.width * 0.29, box.y, box.width * 0.3, box.height)
    share = Box(box.x + box.width * 0.82, box.y, box.width * 0.18, box.height)
    most = _longest_shown(shown, target)
    goal = chart.x + chart.width * (target / most)
    below = box.y + len(shown) * scale.row
    sheet.line([(goal, box.y - 4), (goal, below)], theme.faint, scale.text / 12, dashed=True)
    for number, row in enumerate(shown):
        middle = box.y + (number + 0.5) * scale.row
        sheet.text(
            (box.x, middle),
            row.name,
            scale.text,
            theme.text,
            room=chart.x - box.x - scale.text / 2,
        )
        line = Box(chart.x, middle, chart.width, scale.row)
        _times(board, line, row.figures, most)
        _share(board, Box(share.x, middle, share.width, scale.row), row.figures)


def _longest_shown(shown: Sequence[Named], target: timedelta) -> timedelta:
    """The right edge: far outliers end in an arrow there."""
    longest = target * 1.25
    for row in shown:
        times = row.figures.both.business
        longest = max([longest, *times.listed, times.p90 or longest])
    return min(longest, target * 3)


def _times(board: Board, box: Box, figures: Figures, most: timedelta) -> None:
    sheet, say, scale = board.sheet, board.say, board.scale
    theme, times, middle = sheet.theme, figures.both.business, box.y

    def at(time: timedelta) -> float:
        return box.x + box.width * min(1.0, time / most)

    end = box.x
    thick = scale.row * 0.4
    if times.p90 is not None and times.median is not None:
        end = at(times.p90)
        sheet.line([(box.x, middle), (end, middle)], theme.light, thick * 0.45)
        if times.p90 > most:
            sheet.arrow((end + thick * 0.3, middle), thick * 1.1, theme.light)
            end += thick * 0.8
        else:
            sheet.line([(end, middle - thick / 2), (end, middle + thick / 2)], theme.light, 4)
        bar = Box(box.x, middle - thick / 2, max(2, at(times.median) - box.x), thick)
        sheet.rectangle(bar, theme.strong)
        words = f"{clock_words(say, times.median)} / {clock_words(say, times.p90)}"
    else:
        for one in times.listed:
            sheet.dot((at(one), middle), thick * 0.35, theme.strong, ring=theme.ground)
            end = at(one) + thick / 2
        longest = times.longest
        words = (
            clock_words(say, times.median)
            if times.n == 1
            else say("up to {time}", time=clock_words(say, longest))
        )
        if not times.n:
            waiting = figures.open
            words = waiting_words(say, waiting) if waiting.count else say("no answers")
    sheet.text(
        (end + scale.text * 0.5, middle), words, scale.small, theme.text, behind=theme.ground
    )


def _share(board: Board, box: Box, figures: Figures) -> None:
    sheet, say, scale = board.sheet, board.say, board.scale
    theme, middle = sheet.theme, box.y
    if figures.share is None:
        sheet.text(
            (box.right, middle), share_words(say, None), scale.text, theme.faint, align="right"
        )
        return
    words, of = share_words(say, figures.share), say("of {number}", number=figures.counted)
    up, thick = middle - scale.row * 0.1, scale.row * 0.13
    sheet.text((box.x, up), words, scale.text, theme.text, bold=True)
    sheet.text((box.right, up), of, scale.small, theme.faint, align="right")
    bar = Box(box.x, middle + scale.row * 0.28, box.width, thick)
    sheet.rectangle(bar, theme.bad if figures.share < 1 else theme.good)
    good = Box(bar.x, bar.y, bar.width * float(figures.share), thick)
    sheet.rectangle(good, theme.good)
    if figures.share < 1:
        sheet.rectangle(Box(good.right - 1.5, bar.y, 3, thick), theme.ground)


def heat(board: Board, box: Box) -> None:
    """When messages come: the darker, the more; a dot where answers were late."""
    sheet, say, report, scale = board.sheet, board.say, board.report, board.scale
    theme = sheet.theme
    left = box.x + scale.text * 2.1
    wide = (box.right - left) / 24
    high = (box.height - scale.small * 1.6) / 7
    most = max(map(max, report.came)) or 1
    worst = max(map(max, report.late)) or 1
    for day, (came, late) in enumerate(zip(report.came, report.late, strict=True)):
        up = box.y + day * high
        sheet.text((box.x, up + high / 2), weekday(say, day), scale.small, theme.faint)
        for hour, number in enumerate(came):
            part = (number - 1) / max(1, most - 1)
            colour = between(theme.few, theme.many, part) if number else theme.empty
            cell = Box(left + hour * wide, up, wide - 2, high - 2)
            sheet.rectangle(cell, colour)
            if late[hour]:
                radius = min(wide, high) * (0.16 + 0.2 * (late[hour] / worst))
                centre = (cell.x + cell.width / 2, up + cell.height / 2)
                sheet.dot(centre, radius, theme.bad, ring=theme.ground)
    for hour in range(0, 24, 3):
        at = (left + hour * wide + wide / 2, box.bottom - scale.small * 0.6)
        sheet.text(at, str(hour), scale.small, theme.faint, align="center")


def heat_title(board: Board, at: Point, right: float) -> None:
    """The heat map's heading and how it is read: a scale of colours, and a dot."""
    sheet, say, scale, theme = board.sheet, board.say, board.scale, board.sheet.theme
    title(board, at, say("When they write"))
    most = max(map(max, board.report.came))
    if not most:
        return
    wide = sheet.text((right, at[1]), say("late answer"), scale.small, theme.faint, align="right")
    across, side = right - wide - scale.small, scale.small
    sheet.dot((across, at[1]), side * 0.4, theme.bad)
    words = say("{number} an hour", number=most)
    across -= side * 2
    across -= sheet.text((across, at[1]), words, side, theme.faint, align="right") + side * 0.4
    for step in range(4, -1, -1):
        across -= side
        cell = Box(across, at[1] - side / 2, side - 1, side)
        sheet.rectangle(cell, between(theme.few, theme.many, step / 4))
    sheet.text((across - side * 0.4, at[1]), "1", side, theme.faint, align="right")
