"""Reads what reports need, page by page, each in a transaction of its own.

It is done in a process of its own, which a page may hold up; the pages keep its transactions
short, as SQLite's log and PostgreSQL's dead rows grow as long as one lasts. What is written
meanwhile may stand in one page and not in another; all figures of a report come from
the same lines, so that they add up all the same.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from inbox.calendars import Calendars
from inbox.ports import Store
from inbox.report_lines import Lines
from inbox.report_parts import TICK, microseconds
from inbox.report_periods import Span
from inbox.report_records import Period, WaitLine
from inbox.report_tally import Tally
from inbox.report_trend import Takes, Trend, ticks_of
from inbox.reports_store import CalendarChange, Ended, LastWord, Place, Said, StoredWait

PAGE = 2_000  # waits or messages in one transaction
CLIENTS = 500
WINDOW = timedelta(days=1)  # of earlier weeks, of which less is read

EachPage = Callable[[Sequence[WaitLine]], None]
"""Is given every line of the studio, for a sheet, before it is forgotten."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where reports come from. `target`: the studio's own; `silent_weeks`: after how many weeks
    without a word a client counts as silent."""

    store: Store
    calendars: Calendars
    target: timedelta
    silent_weeks: int = 4


@dataclass(slots=True)
class Medians:
    """How long each manager's answers took in the span before, for one slice; microseconds."""

    takes: Takes
    by_manager: defaultdict[int | None, array[int]] = field(
        default_factory=lambda: defaultdict(microseconds)
    )

    def add(self, ended: Iterable[Ended], own: Mapping[int, int]) -> None:
        """`own`: of those that changed hands, by the wait's id (rule 27)."""
        for one in ended:
            if one.answered and self.takes(one.holder_id):
                ticks = own[one.wait_id] if one.wait_id in own else ticks_of(one)
                self.by_manager[one.manager_id].append(ticks)


async def messages(source: Source, span: Span) -> AsyncIterator[tuple[Said, ...]]:
    """All messages of the span."""
    after: tuple[datetime, int] | None = None
    more = True
    while more:
        async with source.store.read() as t:
            page = await t.said(*span, after, PAGE)
        yield page
        more = len(page) == PAGE
        after = (page[-1].sent_at, page[-1].id) if page else after


async def waits(source: Source, period: Period) -> AsyncIterator[tuple[StoredWait, ...]]:
    """All that ended in the period or was open at its end."""
    after: Place | None = None
    more = True
    while more:
        async with source.store.read() as t:
            page = await t.ended_waits(period.since, period.until, period.as_of, after, PAGE)
        yield page.waits
        after, more = page.next, page.next is not None
    last, more = 0, True
    while more:
        async with source.store.read() as t:
            open_ = await t.waits_going_on(period.as_of, last, PAGE)
        yield open_
        more = len(open_) == PAGE
        last = open_[-1].talk.conversation_id if open_ else last


async def read_period(
    source: Source, lines: Lines, tallies: Sequence[Tally], trends: Sequence[Trend], each: EachPage
) -> None:
    """Count the period's messages and waits into all of these."""
    period = lines.period
    async for said in messages(source, (period.since, period.until)):
        for one in said:
            for tally in tallies:
                tally.hear(one)
    async for page in waits(source, period):
        made = [lines.of(one) for one in page]
        for line in made:
            for tally, trend in zip(tallies, trends, strict=True):
                tally.add(line)
                if tally.slice.takes_all_of(line.holder_id):
                    trend.cross(line.due_at, line.closed_at)
        each(made)


async def read_promises(source: Source, span: Span) -> tuple[tuple[int | None, int], ...]:
    async with source.store.read() as t:
        return await t.promises_ended(*span)


async def read_earlier(
    source: Source, since: datetime, trends: Sequence[Trend], medians: Sequence[Medians], of: Lines
) -> None:
    """Count earlier spans, and what crossed their ends before `since`, into all of these; into
    the medians the span that `of` makes lines of."""
    spans = list(trends[0].spans) if trends else []
    ends = sorted({until for _, until in spans})
    before = of.period.since, of.period.until
    for window in windows(spans, since):
        begun = max((end for end in ends if end <= window[0] < since), default=None)
        inside = [one for one in spans if one[0] <= window[0] < one[1]]
        async with source.store.read() as t:
            ended = await t.ended_times(*window) if inside else ()
            said = await t.count_said(*window) if inside else ()
            crossed = await t.crossings(*window, begun) if begun is not None else ()
            moved = await t.answers_moved(*window) if before in inside else ()
        for trend in trends:
            trend.crossed(crossed)
            for span in inside:
                trend.ended(span, ended)
                trend.said(span, said)
        if before in inside:
            own = {one.wait_id: one.own // TICK for one in map(of.of, moved)}
            for each in medians:
                each.add(ended, own)


def windows(spans: Collection[Span], since: datetime) -> Iterator[Span]:
    """Short pieces of the spans and of what lies between them and `since`; none goes over an end
    or a beginning of theirs."""
    edges = sorted({since, *(edge for span in spans for edge in span)})
    for first, last in pairwise(edges):
        begin = first
        while begin < last:
            end = min(begin + WINDOW, last)
            yield begin, end
            begin = end


async def read_known(source: Source, client_ids: Iterable[int], at: datetime) -> frozenset[int]:
    """Of the clients those who were known before then."""
    ids, known = sorted(client_ids), set[int]()
    for first in range(0, len(ids), CLIENTS):
        async with source.store.read() as t:
            known |= await t.known_before(ids[first : first + CLIENTS], at)
    return frozenset(known)


async def read_last_words(source: Source, before: datetime) -> list[LastWord]:
    """Of every client with whom there was any."""
    found: list[LastWord] = []
    after: int | None = 0
    while after is not None:
        async with source.store.read() as t:
            page, after = await t.last_words(before, after, CLIENTS)
        found += page
    return found


async def read_calendar_changes(source: Source, since: datetime) -> tuple[CalendarChange, ...]:
    async with source.store.read() as t:
        return await t.calendar_changes(since)
