"""Tables on the pages of a report: a name, then numbers in columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.report_drawing import Box, width
from bot.report_panels import Board, Named, title
from bot.report_terms import NOTHING, clock_words, share_words, times_words
from bot.texts import Say
from inbox.report_records import Figures, Response

_HIGH = 1.1  # of a row, in rows: there are two lines in it


@dataclass(frozen=True, slots=True)
class Column:
    """A column of words; `part` of the table's width. `below`: smaller, under them, where it says
    something else."""

    head: str
    part: float
    words: Callable[[Figures], str]
    below: Callable[[Figures], str] | None = None


def columns(say: Say) -> tuple[Column, ...]:
    """What the pages say of each row: business time, with wall time below."""

    def times(head: str, of: Callable[[Figures], Response]) -> Column:
        return Column(
            head,
            0.175,
            lambda one: times_words(say, of(one).business),
            lambda one: times_words(say, of(one).wall),
        )

    return (
        Column(say("came / answered"), 0.14, lambda one: f"{one.messages} / {one.answered}"),
        Column(say("in time"), 0.075, lambda one: share_words(say, one.share)),
        times(say("first"), lambda one: one.first),
        times(say("next"), lambda one: one.next),
        Column(
            say("worst"),
            0.09,
            lambda one: clock_words(say, one.both.business.longest),
            lambda one: clock_words(say, one.both.wall.longest),
        ),
        Column(say("breaches"), 0.1, lambda one: str(one.breaches) if one.breaches else NOTHING),
        Column(
            say("waiting"), 0.06, lambda one: str(one.open.count) if one.open.count else NOTHING
        ),
    )


def table_height(board: Board, rows: int) -> float:
    """How high `figures` will be with so many rows."""
    return board.scale.row * (2 + rows * _HIGH)


def figures(
    board: Board, at: Box, words: str, what: str, rows: Sequence[Named], *, most: int | None = None
) -> float:
    """A table of the first `most` rows; returns how far down it goes."""
    sheet, say, scale, theme = board.sheet, board.say, board.scale, board.sheet.theme
    title(board, (at.x, at.y), words, say("half / 9 of 10 · in grey: with closed hours"))
    down = at.y + scale.row
    shown = columns(say)
    first = at.width * (1 - sum(column.part for column in shown))
    sheet.text((at.x, down), what, scale.small, theme.faint, room=first)
    _across(board, at, down, [(column.head, scale.small, theme.faint) for column in shown])
    high = scale.row * _HIGH
    down += scale.row / 2 - high / 2
    for row in rows[:most]:
        sheet.line([(at.x, down + high / 2), (at.right, down + high / 2)], theme.rule, 0.7)
        down += high
        sheet.text((at.x, down), row.name, scale.small, theme.text, room=first - scale.small)
        _figures(board, at, down, shown, row.figures)
    left = len(rows[most:]) if most is not None else 0
    if left:
        down += high
        rest = say("and {number} more in the table", number=left)
        sheet.text((at.x, down), rest, scale.small, theme.faint)
    return down + scale.row


def _figures(board: Board, at: Box, down: float, shown: Sequence[Column], of: Figures) -> None:
    """What there is only one line of stands in the middle."""
    scale, theme = board.scale, board.sheet.theme
    above = [column.words(of) for column in shown]
    below = [column.below(of) if column.below is not None else "" for column in shown]
    both = [bool(one) and one != other for one, other in zip(below, above, strict=True)]
    small, lift = scale.small * 0.8, scale.small * 0.42
    alone = [
        ("" if two else one, scale.small, theme.text) for one, two in zip(above, both, strict=True)
    ]
    upper = [
        (one if two else "", scale.small, theme.text) for one, two in zip(above, both, strict=True)
    ]
    lower = [
        (one if two else "", small, theme.faint) for one, two in zip(below, both, strict=True)
    ]
    _across(board, at, down, alone)
    _across(board, at, down - lift, upper)
    _across(board, at, down + scale.small * 0.6, lower)


def _across(board: Board, at: Box, down: float, words: Sequence[tuple[str, float, str]]) -> None:
    """Each with its size and colour, at the right edge of its column."""
    right = at.right
    for column, (word, size, colour) in reversed(
        list(zip(columns(board.say), words, strict=True))
    ):
        room = at.width * column.part - board.scale.small
        if word:
            # A number is rather small than cut.
            fitting = size * min(1.0, room / max(1.0, width(word, size)))
            board.sheet.text((right, down), word, fitting, colour, align="right")
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
