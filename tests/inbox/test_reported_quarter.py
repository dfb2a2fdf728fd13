"""The figures of every week of a quarter equal those that are counted apart, in another way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from inbox.calendars import Calendars
from inbox.report_periods import week
from inbox.report_reading import Source
from inbox.report_records import Figures, Report, Response, Row, Slice, Times
from inbox.reporting import reports
from storage.store import open_store
from tests.databases import sqlite_in
from tests.inbox.brute_force import Minutes
from tests.inbox.reported_quarter import (
    BEGIN,
    CHANNELS,
    CLIENTS,
    END,
    NAMES,
    TIERS,
    WEEKS,
    Fact,
    Quarter,
    minute_by_minute,
    quarter_in,
)
from tests.inbox.test_quarter import each_calendar

ONE_WEEK = timedelta(days=7)
MOSCOW = ZoneInfo("Europe/Moscow")
ANSWERS = ("answered", "phoned")
Key = int | str | None


@dataclass
class Counted:
    """A row, counted apart; times as pairs of business and wall."""

    messages: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    within: int = 0
    charged: int = 0
    overdue: int = 0
    first: list[tuple[timedelta, timedelta]] = field(default_factory=list)
    next: list[tuple[timedelta, timedelta]] = field(default_factory=list)


def listed(times: Sequence[timedelta]) -> Times:
    """Nearest rank, of the values themselves."""
    ordered = sorted(times)
    if not ordered:
        return Times()
    rank = next(n for n in range(1, len(ordered) + 1) if 10 * n >= 9 * len(ordered))
    middle = timedelta(seconds=median(one.total_seconds() for one in ordered))
    if len(ordered) < 5:
        return Times(len(ordered), middle, None, ordered[-1], tuple(ordered))
    return Times(len(ordered), middle, ordered[rank - 1], ordered[-1])


def response(pairs: Sequence[tuple[timedelta, timedelta]]) -> Response:
    return Response(listed([one for one, _ in pairs]), listed([one for _, one in pairs]))


class Apart:
    """Counts one week from the facts."""

    def __init__(self, quarter: Quarter, since: datetime, minutes: dict[str, Minutes]) -> None:
        self.since, self.until = since, since + ONE_WEEK
        self.minutes, self.quarter = minutes, quarter
        self.studio: dict[Key, Counted] = defaultdict(Counted)
        self.managers: dict[Key, Counted] = defaultdict(Counted)
        self.clients: dict[Key, Counted] = defaultdict(Counted)
        self.channels: dict[Key, Counted] = defaultdict(Counted)
        self.tiers: dict[Key, Counted] = defaultdict(Counted)
        for fact in quarter.facts:
            self._count(fact)
        for talk, at in quarter.asked:
            if self.since <= at < self.until:
                holder = Fact.holder.fget(_of(talk))  # type: ignore[attr-defined]  # a property
                for row in (*self._rows(talk), self.managers[holder]):
                    row.messages += 1

    def _rows(self, talk: int) -> tuple[Counted, ...]:
        firm = talk % CLIENTS
        return (
            self.studio[None],
            self.clients[firm + 1],
            self.channels[CHANNELS[talk % 3]],
            self.tiers[TIERS[firm % 3] or ""],
        )

    def _count(self, fact: Fact) -> None:
        if fact.started >= self.until or (fact.ended and fact.ended < self.since):
            return
        ended = fact.ended if fact.ended and fact.ended < self.until else None
        end = fact.end if ended else ""
        took = self.minutes[fact.calendar].between(fact.started, ended or self.until)
        late = took > fact.within and end != "dismissed"
        charged = self._charged(fact)
        who = fact.by if ended and fact.by is not None else charged if ended else fact.holder
        for row in self._rows(fact.talk):
            self._into(row, fact, end, late, took, ended and ended - fact.started)
            row.charged += late
        own, wall = took, ended and ended - fact.started
        got = fact.got
        if ended and end in ANSWERS and got and got[0] == fact.by and got[1] <= ended:
            own = self.minutes[fact.calendar].between(got[1], ended)
            wall = ended - got[1]
        self._into(self.managers[who], fact, end, late, own, wall)
        if late:
            self.managers[charged].charged += 1

    def _into(
        self,
        row: Counted,
        fact: Fact,
        end: str,
        late: bool,
        took: timedelta,
        wall: timedelta | None,
    ) -> None:
        row.ends[end] += 1
        row.overdue += not end and late
        if end in ANSWERS:
            assert wall is not None
            row.within += not late
            (row.first if fact.first else row.next).append((took, wall))

    def _charged(self, fact: Fact) -> int | None:
        """Who held it when its time was over, or when it ended before that."""
        minutes = self.minutes[fact.calendar]
        if fact.got is None:
            return fact.held
        who, at = fact.got
        in_time = minutes.between(fact.started, at) < fact.within or self._exactly(fact, at)
        return who if in_time and (fact.ended is None or at <= fact.ended) else fact.held

    def _exactly(self, fact: Fact, at: datetime) -> bool:
        """Whether the time was over at this very minute, and not before."""
        minutes = self.minutes[fact.calendar]
        spent = minutes.between(fact.started, at)
        before = minutes.between(fact.started, at - timedelta(minutes=1))
        return spent == fact.within and before < fact.within


def _of(talk: int) -> Fact:
    return Fact(0, talk, BEGIN, ONE_WEEK, "", False, "", None, None, None, None)


def equal(figures: Figures, counted: Counted) -> None:
    assert figures.messages == counted.messages
    assert figures.answered == sum(counted.ends[one] for one in ANSWERS)
    assert figures.phoned == counted.ends["phoned"]
    assert figures.dismissed == counted.ends["dismissed"]
    assert figures.closed_unanswered == counted.ends["closed_unanswered"]
    assert (figures.open.count, figures.open.overdue) == (counted.ends[""], counted.overdue)
    assert (figures.within, figures.breaches) == (counted.within, counted.charged)
    assert figures.first == response(counted.first)
    assert figures.next == response(counted.next)
    assert figures.both == response(counted.first + counted.next)


def same_rows(rows: Sequence[Row], key: Callable[[Row], Key], apart: dict[Key, Counted]) -> None:
    assert {key(one) for one in rows} == set(apart)
    for row in rows:
        equal(row.figures, apart[key(row)])


def adds_up(report: Report) -> None:
    """Every count of the studio is the sum of its rows."""
    for rows in (report.managers, report.clients, report.channels, report.tiers):
        for name in (
            *("messages", "opened", "answered", "phoned", "dismissed", "closed_unanswered"),
            *("off_hours", "within", "late", "unanswered_overdue", "breaches", "waits", "counted"),
        ):
            parts = sum(getattr(one.figures, name) for one in rows)
            assert parts == getattr(report.studio, name), name
    assert sum(map(sum, report.came)) == report.studio.messages
    assert sum(map(sum, report.late)) == report.studio.breaches


async def test_every_week_of_a_quarter_equals_what_is_counted_apart(tmp_path: Path) -> None:
    store = await open_store(sqlite_in(tmp_path))
    quarter = await quarter_in(store)
    minutes, reported = minute_by_minute(), []
    source = Source(store, Calendars(each_calendar()), timedelta(hours=1))
    ids: dict[int | None, int | None] = {one.id: NAMES.index(one.name) for one in quarter.members}
    slices = [Slice(), *(Slice(one.id, one.name) for one in quarter.members)]
    for number in range(WEEKS):
        since = BEGIN + number * ONE_WEEK
        apart = Apart(quarter, since, minutes)
        report, *own = await reports(source, week(since, MOSCOW, END), slices, END)
        reported.append(report)
        equal(report.studio, apart.studio[None])
        same_rows(report.managers, lambda row: ids.get(row.id), apart.managers)
        same_rows(report.clients, lambda row: row.id, apart.clients)
        same_rows(report.channels, lambda row: row.name, apart.channels)
        same_rows(report.tiers, lambda row: row.name, apart.tiers)
        for one in (report, *own):
            adds_up(one)
        clients = [row for one in own for row in one.clients]
        held = {row.id for row in report.clients} - {row.id for row in clients}
        assert all((row_id - 1) % 5 == 4 for row_id in held if row_id)  # nobody's
        for earlier, now in zip(reported[-8:], report.trend[-len(reported) :], strict=True):
            figures = earlier.studio
            assert (now.messages, now.answered) == (figures.messages, figures.answered)
            assert (now.first, now.both) == (figures.first.business, figures.both.business)
            assert (now.within, now.counted) == (figures.within, figures.counted)
    await store.close()
    assert sum(one.studio.answered for one in reported) > 1000


@pytest.mark.real
async def test_postgresql_says_the_same(tmp_path: Path, postgres_url: str) -> None:
    found = []
    for url in (sqlite_in(tmp_path), postgres_url):
        store = await open_store(url)
        await quarter_in(store)
        source = Source(store, Calendars(each_calendar()), timedelta(hours=1))
        period = week(BEGIN + 9 * ONE_WEEK, MOSCOW, END)
        found.append(await reports(source, period, [Slice(), Slice(2, "Борис")], END))
        await store.close()
    assert found[0] == found[1]
