"""The week as one picture for a phone: what one understands in five seconds."""

from __future__ import annotations

from bot.report_drawing import Box, Sheet, Theme
from bot.report_panels import Board, Named, Scale, heat, heat_title, rows, rows_title, tiles
from bot.report_terms import heading, manager_name, slice_title, waiting_words
from bot.report_trend import trend
from bot.texts import Say
from inbox.report_records import Report

WIDTH = 1000.0
MOST_ROWS = 31
DENSITY = 1.28  # dots a pixel: Telegram keeps pictures of 1280 dots as they are
_EDGE = 40.0
_MANY = 12


def picture(say: Say, report: Report, theme: Theme) -> Sheet:
    """As high as it needs; write it with `write_png(path, scale=DENSITY)`."""
    shown, more = rows_of(say, report, MOST_ROWS)
    scale = Scale(row=46 if len(shown) <= _MANY else 36)
    table = max(1, len(shown)) * scale.row + (scale.row if more else 0)
    sheet = Sheet(WIDTH, 1000 + table, theme)
    inner = Box(_EDGE, 0, WIDTH - 2 * _EDGE, 0)
    board = Board(sheet, say, report, scale)
    _head(board)
    tiles(board, Box(_EDGE, 150, inner.width, 140))
    down = _rows(board, shown, more)
    heat_title(board, (_EDGE, down), WIDTH - _EDGE)
    heat(board, Box(_EDGE, down + 28, inner.width, 270))
    trend(board, Box(_EDGE, down + 332, inner.width, 210))
    foot = say("Times are business time. More in the PDF and in the table.")
    sheet.text((_EDGE, down + 570), foot, scale.small, theme.faint, room=inner.width)
    return sheet


def rows_of(say: Say, report: Report, most: int) -> tuple[list[Named], int]:
    """Managers, or a manager's clients, those with most breaches first; and how many are left."""
    if report.slice.manager_id is None:
        named = [Named(manager_name(say, row), row.figures) for row in report.managers]
    else:
        named = [Named(row.name, row.figures) for row in report.clients]
    named.sort(key=lambda one: (-one.figures.breaches, -one.figures.counted, one.name))
    return named[:most], max(0, len(named) - most)


def _head(board: Board) -> None:
    sheet, say, report = board.sheet, board.say, board.report
    theme, figures = sheet.theme, report.studio
    room = WIDTH - 2 * _EDGE
    sheet.text((_EDGE, 50), heading(say, report), 38, theme.text, bold=True, room=room)
    came = say.many("{number} message", "{number} messages", figures.messages)
    given = say.many("{number} answer", "{number} answers", figures.answered)
    waiting = waiting_words(say, figures.open)
    words = f"{slice_title(say, report.slice)} · {came} · {given} · {waiting}"
    sheet.text((_EDGE, 102), words, 24, theme.faint, room=room)


def _rows(board: Board, shown: list[Named], more: int) -> float:
    """The rows; returns how far down they go."""
    sheet, say, report, scale = board.sheet, board.say, board.report, board.scale
    theme = sheet.theme
    own = report.slice.manager_id is not None
    words = say("Clients") if own else say("Managers")
    rows_title(board, (_EDGE, 336), words, WIDTH - _EDGE)
    down = 366.0
    if not shown:
        sheet.text(
            (_EDGE, down + scale.row / 2),
            say("Nobody waited for an answer."),
            scale.text,
            theme.faint,
        )
        return down + scale.row + 44
    rows(board, Box(_EDGE, down, WIDTH - 2 * _EDGE, 0), shown)
    down += len(shown) * scale.row
    if more:
        left = say("and {number} more in the PDF", number=more)
        sheet.text((_EDGE, down + scale.row / 2), left, scale.text, theme.faint)
        down += scale.row
    return down + 44
