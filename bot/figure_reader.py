"""The child process that explains a report's figure: it reads the report anew, keeps nothing.

Standard input: an Explaining; standard output: an Answer with an Explanation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO
from zoneinfo import ZoneInfo

from bot.figure_orders import (
    EXPLAINING,
    ROWS,
    Explaining,
    Explanation,
    Jump,
    Question,
    RowName,
    number_of,
)
from bot.figure_terms import row_name, whose_words
from bot.figure_words import row_words, why_figure
from bot.reader import Reader
from bot.report_child import serve_alone, tell
from bot.report_ground import opened
from bot.report_orders import Answer
from bot.report_writing import place_of
from bot.texts import speaker
from inbox.errors import StoreUnavailable
from inbox.report_figures import Figure, Sort, Whose, is_figure, rows_of
from inbox.report_reading import Source, messages
from inbox.report_records import Report, WaitLine
from inbox.report_tally import MACHINES, WORDS
from inbox.report_told import Explained
from inbox.report_why import explain, needs_messages
from inbox.reporting import reports
from inbox.reports_store import Said


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Read, count, explain."""
    order = EXPLAINING.validate_json(source.readline())
    try:
        answer = Answer(explanation=asyncio.run(explained(order)))
    except StoreUnavailable as error:
        answer = Answer(trouble=(error.reason, str(error.detail)))
    except Exception as error:  # noqa: BLE001 - told; its words may quote a client
        answer = Answer(fault=place_of(error))
    tell(target, answer)


async def explained(order: Explaining) -> Explanation:
    """What is asked for, in words. Raises StoreUnavailable."""
    question, lines = order.question, list[WaitLine]()

    def keep(page: Sequence[WaitLine]) -> None:
        takes = question.whose.takes
        lines.extend(one for one in page if takes(one.holder_id, one.client_id))

    reader = Reader(speaker(question.language), ZoneInfo(question.zone), order.now)
    async with opened(order.ground) as source:
        (report,) = await reports(source, question.period, [question.whose], order.now, keep)
        if question.figure is None:
            return _rows(reader, report, question)
        figure = _in_row(reader, report, question.figure, question.named)
        if figure is None:
            return Explanation(known=False)
        said = await _said(source, question) if needs_messages(figure) else ()
    told = explain(report, lines, figure, said)
    return Explanation(why_figure(reader, report, told), _jumps(told))


def _in_row(reader: Reader, report: Report, figure: Figure, named: str) -> Figure | None:
    """The figure with the name of its row; None where the report has no such row."""
    if not named and figure.whose.sort is Sort.STUDIO:
        return figure
    sorts = Sort if named else (figure.whose.sort,)
    rows = [Whose(sort, row.id, row.name) for sort in sorts for row in rows_of(report, sort)]
    if named:
        whose = _named(reader, rows, named.strip().casefold())
    else:
        number = figure.whose.id or 0
        whose = next((one for one in rows if number_of(one) == number), None)
    if whose is None:
        return None
    found = replace(figure, whose=whose)
    return found if is_figure(found) else None


def _named(reader: Reader, rows: Sequence[Whose], name: str) -> Whose | None:
    """The row of this name, else the only one whose name begins so."""
    names = [{one.name.casefold(), whose_words(reader.say, one).casefold()} for one in rows]
    exact = (one for one, its in zip(rows, names, strict=True) if name in its)
    begun = [
        one
        for one, its in zip(rows, names, strict=True)
        if any(each.startswith(name) for each in its)
    ]
    return next(exact, begun[0] if len(begun) == 1 else None)


async def _said(source: Source, question: Question) -> list[Said]:
    """Those that may count, or are left out by name."""
    takes, span = question.whose.takes, (question.period.since, question.period.until)
    kept = WORDS | MACHINES
    return [
        one
        async for page in messages(source, span)
        for one in page
        if one.nature in kept and takes(one.talk.holder_id, one.talk.client_id)
    ]


def _jumps(told: Explained) -> tuple[Jump | None, ...]:
    """In the order of the numbers in the words."""
    if told.said:
        return tuple(Jump(one.talk.conversation_id, one.id) for one in told.said)
    return tuple(
        Jump(one.conversation_id, one.message_id) if one.message_id is not None else None
        for one in told.waits
    )


def _rows(reader: Reader, report: Report, question: Question) -> Explanation:
    found = rows_of(report, question.sort)
    page = found[question.offset : question.offset + ROWS]
    names = tuple(
        RowName(number_of(whose), row_name(reader.say, whose, row.figures))
        for row in page
        for whose in (Whose(question.sort, row.id, row.name),)
    )
    more = question.offset + len(page) < len(found)
    return Explanation(row_words(reader, report, question.sort), rows=names, more=more)


if __name__ == "__main__":
    serve_alone(serve)
