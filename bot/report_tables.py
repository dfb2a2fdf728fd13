"""Tables on the pages of a report: a name, then numbers in columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.report_drawing import Box, width
from bot.report_panels import Board, Named, title
from bot.report_terms import NOTHING, clock_words, share_words, times_words
from bot.texts import Say
from inbox.report_records import Figures


@dataclass(frozen=True, slots=True)
class Column:
    """A column of words; `part` of the table's width."""

    head: str
    part: float
    words: Callable[[Figures], str]


def columns(say: Say) -> tuple[Column, ...]:
    """What the pages say of each row."""
    return (
        Column(say("came / answered"), 0.15, lambda one: f"{one.messages} / {one.answered}"),
        Column(say("in time"), 0.08, lambda one: share_words(say, one.share)),
        Column(say("first"), 0.165, lambda one: times_words(say, one.first.business)),
        Column(say("next"), 0.165, lambda one: times_words(say, one.next.business)),
        Column(say("longest"), 0.09, lambda one: clock_words(say, one.both.business.longest)),
        Column(say("breaches"), 0.1, lambda one: str(one.breaches) if one.breaches else NOTHING),
        Column(
            say("waiting"), 0.06, lambda one: str(one.open.count) if one.open.count else NOTHING
        ),
    )


def figures(board: Board, at: Box, words: str, what: str, rows: Sequence[Named]) -> float:
    """A table of these rows; returns how far down it goes."""
    sheet, scale, theme = board.sheet, board.scale, board.sheet.theme
    title(board, (at.x, at.y), words)
    high = scale.row
    down = at.y + high
    shown = columns(board.say)
    first = at.width * (1 - sum(column.part for column in shown))
    sheet.text((at.x, down), what, scale.small, theme.faint, room=first)
    _across(board, at, down, [column.head for column in shown], faint=True)
    for row in rows:
        sheet.line([(at.x, down + high / 2), (at.right, down + high / 2)], theme.rule, 0.7)
        down += high
        sheet.text((at.x, down), row.name, scale.small, theme.text, room=first - scale.small)
        _across(board, at, down, [column.words(row.figures) for column in shown])
    return down + high


def _across(
    board: Board, at: Box, down: float, words: Sequence[str], *, faint: bool = False
) -> None:
    sheet, scale, theme = board.sheet, board.scale, board.sheet.theme
    right = at.right
    for column, word in reversed(list(zip(columns(board.say), words, strict=True))):
        room = at.width * column.part - scale.small / 2
        colour = theme.faint if faint else theme.text
        # A number is rather small than cut.
        size = scale.small * min(1.0, room / max(1.0, width(word, scale.small)))
        sheet.text((right, down), word, size, colour, align="right")
        right -= at.width * column.part


def pairs(board: Board, at: Box, words: str, lines: Sequence[tuple[str, str]]) -> float:
    """Lines of a text and, at the right edge, what belongs to it; returns how far down."""
    sheet, scale, theme = board.sheet, board.scale, board.sheet.theme
    title(board, (at.x, at.y), words)
    down = at.y + scale.row / 3
    for left, right in lines:
        down += scale.row * 0.8
        wide = sheet.text((at.right, down), right, scale.small, theme.text, align="right")
        room = at.width - wide - scale.text
        sheet.text((at.x, down), left, scale.small, theme.text, room=room)
    return down + scale.row
