"""The report as a PDF of up to three pages: the week, its hours, its clients."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from matplotlib import rc_context
from matplotlib.backends.backend_pdf import PdfPages

from bot.report_drawing import LIGHT, Box, Sheet, wrapped
from bot.report_panels import (
    Board,
    Named,
    Scale,
    heat,
    heat_title,
    rows,
    rows_title,
    tiles,
    title,
)
from bot.report_pictures import rows_of
from bot.report_tables import figures, pairs, table_height
from bot.report_terms import (
    NOTHING,
    channel_name,
    clock_words,
    day_words,
    heading,
    measure_words,
    reason_words,
    slice_title,
    tier_name,
)
from bot.report_trend import trend
from bot.report_words import notes, sentences, value_words
from bot.texts import Say
from inbox.report_records import Report, Row

WIDTH, HEIGHT = 827.0, 1169.0  # A4, a hundred to the inch
MOST_MANAGERS = 36
MOST_CLIENTS = 20
_MOST_CHANNELS = 8
_MOST_TIERS = 4
_MOST_NAMED = 8
_EDGE = 46.0
_INNER = WIDTH - 2 * _EDGE
_SCALE = Scale(text=13, small=11, number=27, row=24)


def write_pdf(say: Say, report: Report, path: Path) -> None:
    """All of `pages_of`."""
    # Type 42: the letters can be searched for and copied.
    with rc_context({"pdf.fonttype": 42}), PdfPages(path) as book:
        book.infodict().update(Title=f"{heading(say, report)}. {slice_title(say, report.slice)}")
        for page in pages_of(say, report):
            book.savefig(page.figure)


def pages_of(say: Say, report: Report) -> list[Sheet]:
    """A page is left out where it would say nothing."""
    pages = [_week(say, report).sheet, _hours(say, report).sheet]
    if report.clients or report.silent or report.newcomers or report.exclusions:
        pages.append(_clients(say, report).sheet)
    for number, page in enumerate(pages, 1):
        of = f"{number} / {len(pages)}"
        page.text((WIDTH - _EDGE, HEIGHT - 40), of, 11, LIGHT.faint, align="right")
    return pages


def _page(say: Say, report: Report) -> Board:
    board = Board(Sheet(WIDTH, HEIGHT, LIGHT), say, report, _SCALE)
    made = say(
        "Made on {day}. Times are business time; zone {zone}.",
        day=day_words(say, report.made_at, report),
        zone=report.period.zone,
    )
    board.sheet.text((_EDGE, HEIGHT - 40), made, 11, LIGHT.faint, room=_INNER - 60)
    return board


def _week(say: Say, report: Report) -> Board:
    board = _page(say, report)
    sheet = board.sheet
    sheet.text((_EDGE, 70), heading(say, report), 24, LIGHT.text, bold=True, room=_INNER)
    sheet.text((_EDGE, 99), slice_title(say, report.slice), 13, LIGHT.faint, room=_INNER)
    tiles(
        board,
        Box(_EDGE, 122, _INNER, 82),
    )
    down = 232.0
    for words in (*sentences(say, report), *notes(say, report)):
        sheet.dot((_EDGE + 3, down), 2, LIGHT.strong)
        for line in wrapped(words, 13, _INNER - 14):
            sheet.text((_EDGE + 14, down), line, 13, LIGHT.text)
            down += 19
        down += 3
    down += 22
    own = report.slice.manager_id is not None
    rows_title(board, (_EDGE, down), say("Clients") if own else say("Managers"), WIDTH - _EDGE)
    down += 20
    room = HEIGHT - 70 - down
    named, more = rows_of(say, report, min(MOST_MANAGERS, int(room // 20) - 1))
    high = min(30.0, room / (len(named) + 1))
    scale = Scale(text=min(13, high * 0.56), small=min(11, high * 0.5), number=27, row=high)
    tight = Board(sheet, say, report, scale)
    rows(tight, Box(_EDGE, down, _INNER, 0), named)
    down += len(named) * high
    if more:
        words = say("and {number} more in the table", number=more)
        sheet.text((_EDGE, down + high / 2), words, scale.small, LIGHT.faint)
    elif down + table_height(board, len(named)) + _SCALE.row < HEIGHT - 80:
        what = say("client") if own else say("manager")
        place = Box(_EDGE, down + 2 * _SCALE.row, _INNER, 0)
        figures(board, place, say("In numbers"), what, named)
    return board


def _hours(say: Say, report: Report) -> Board:
    board = _page(say, report)
    heat_title(board, (_EDGE, 70), WIDTH - _EDGE)
    heat(board, Box(_EDGE, 88, _INNER, 190))
    trend(board, Box(_EDGE, 310, _INNER, 150))
    down = _compared(board, 500)
    down = figures(
        board,
        Box(_EDGE, down + 14, _INNER, 0),
        say("Channels"),
        say("channel"),
        [Named(channel_name(say, row), row.figures) for row in report.channels],
        most=_MOST_CHANNELS,
    )
    if any(row.name for row in report.tiers):
        tiers = [Named(tier_name(say, row), row.figures) for row in report.tiers]
        place = Box(_EDGE, down + 14, _INNER, 0)
        figures(board, place, say("Tiers"), say("tier"), tiers, most=_MOST_TIERS)
    return board


def _compared(board: Board, down: float) -> float:
    say, sheet = board.say, board.sheet
    title(board, (_EDGE, down), say("Against earlier weeks"))
    across = [_EDGE + _INNER * part for part in (0.6, 0.8, 1.0)]
    for at, words in zip(across, (say("now"), say("before"), say("usually")), strict=True):
        sheet.text((at, down), words, _SCALE.small, LIGHT.faint, align="right")
    for one in board.report.changes:
        down += 20
        sheet.text((_EDGE, down), measure_words(say, one.measure), _SCALE.small, LIGHT.text)
        for at, value in zip(across, (one.now, one.last, one.usual), strict=True):
            words = NOTHING if value is None else value_words(say, one.measure, value)
            sheet.text((at, down), words, _SCALE.small, LIGHT.text, align="right")
    return down + 30


def _clients(say: Say, report: Report) -> Board:
    board = _page(say, report)
    ordered = sorted(
        report.clients,
        key=lambda row: (-row.figures.breaches, -row.figures.messages, row.name),
    )
    words = say("Clients")
    if len(ordered) > MOST_CLIENTS:
        words = say("Clients: the first {number} of {all}", number=MOST_CLIENTS, all=len(ordered))
    down = figures(
        board, Box(_EDGE, 70, _INNER, 0), words, say("client"), _named(ordered[:MOST_CLIENTS])
    )
    half = (_INNER - 30) / 2
    left, right = Box(_EDGE, down + 10, half, 0), Box(_EDGE + half + 30, down + 10, half, 0)
    ends = [down]
    if report.newcomers:
        ends.append(pairs(board, left, say("New clients: first answer after"), _new(board)))
    if report.silent:
        words = say.many(
            "No word for {number} week since",
            "No word for {number} weeks since",
            report.silent_weeks,
        )
        ends.append(pairs(board, right, words, _silent(board)))
    counted = [
        (reason_words(say, one.reason), str(one.count)) for one in report.exclusions if one.count
    ]
    if counted:
        words = say("Not counted, or otherwise than one would expect")
        pairs(board, Box(_EDGE, max(ends) + 10, _INNER, 0), words, counted)
    return board


def _new(board: Board) -> list[tuple[str, str]]:
    say, known = board.say, board.report.newcomers
    lines = [
        (
            f"{one.name} · {one.manager}" if one.manager else one.name,
            clock_words(say, one.business) if one.business is not None else say("waits"),
        )
        for one in known[:_MOST_NAMED]
    ]
    return _with_rest(say, lines, len(known))


def _silent(board: Board) -> list[tuple[str, str]]:
    say, report, known = board.say, board.report, board.report.silent
    zone = ZoneInfo(report.period.zone)
    lines = [
        (
            f"{one.name} · {one.manager}" if one.manager else one.name,
            f"{one.since.astimezone(zone):%d.%m.%Y}",
        )
        for one in known[:_MOST_NAMED]
    ]
    return _with_rest(say, lines, len(known))


def _with_rest(say: Say, lines: list[tuple[str, str]], of: int) -> list[tuple[str, str]]:
    more = of - len(lines)
    return [*lines, (say("and {number} more in the table", number=more), "")] if more else lines


def _named(shown: Sequence[Row]) -> list[Named]:
    return [Named(row.name, row.figures) for row in shown]
