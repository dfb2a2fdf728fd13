"""The figures of now: by hand, and the same as the report of this day has them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from inbox import live as live_figures
from inbox.business_hours import BusinessHours
from inbox.calendars import Calendars
from inbox.live import Live, LiveFigures, live, lives
from inbox.model import Manager, WaitKind
from inbox.ports import Store, Transaction
from inbox.report_periods import days
from inbox.report_reading import Source
from inbox.report_records import Figures, Slice
from inbox.reporting import reports
from storage.store import open_store
from storage.tables import wait
from tests.databases import sqlite_in
from tests.inbox.conftest import HOURS
from tests.inbox.golden import MOSCOW, Filed, golden_week, moment
from tests.inbox.reported_quarter import END, quarter_in
from tests.inbox.test_quarter import each_calendar

HOUR = timedelta(hours=1)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@dataclass
class Golden:
    filed: Filed
    source: Source

    async def at(self, words: str, *names: str) -> tuple[Live, ...]:
        """Of the studio, and of these managers."""
        found = [Slice(self.filed.members[one].id, one) for one in names]
        return await lives(self.source, moment(words), [Slice(), *found])


@pytest.fixture
async def golden(database: str) -> AsyncIterator[Golden]:
    store = await open_store(database)
    async with store.begin() as t:
        filed = await golden_week(t)
    yield Golden(filed, Source(store, Calendars.only(HOURS), HOUR))
    await store.close()


def rows(found: Live) -> dict[str, LiveFigures]:
    return {one.name: one.figures for one in found.managers}


class TestTheGoldenWeek:
    """Its waits as they stand on the Monday after, at ten past nine."""

    async def test_who_waits_and_what_was_answered_today(self, golden: Golden) -> None:
        (studio,) = await golden.at("+mon 09:10")
        assert studio.figures == LiveFigures(
            waiting=4,  # 27, 28, 29, 41
            overdue=1,  # 29
            oldest=moment("wed 16:00"),
            next_due_at=moment("+mon 09:30"),  # 27 has had 30 minutes
            answered=1,  # 26
            first=None,
            median=minutes(125),  # fri 16:00 to 18:00, and 5 minutes
            within=0,
            breaches=2,  # 26, 29
        )
        assert studio.figures.share == Fraction(0, 2)
        assert studio.since == moment("+mon 00:00")
        assert (studio.open, studio.opens_at) == (True, None)
        assert {name: one.waiting for name, one in rows(studio).items()} == {
            "": 1,
            "Анна": 2,
            "Борис": 1,
        }
        assert rows(studio)["Анна"].answered == 1
        assert rows(studio)[""].breaches == 1
        assert [one.name for one in studio.managers] == ["", "Анна", "Борис"]

    async def test_those_who_wait_longest_are_named(self, golden: Golden) -> None:
        (studio,) = await golden.at("+mon 09:10")
        assert [(one.client, one.holder) for one in studio.longest] == [
            ("Север", ""),
            ("Ромашка", "Анна"),
            ("Вектор", "Борис"),
            ("Ромашка", "Анна"),
        ]
        first, second, *_ = studio.longest
        assert first.business == minutes(60 * 18 + 10)  # 1080 until the week's end
        assert (first.overdue(studio.at), second.overdue(studio.at)) == (True, False)
        assert studio.next_due == second
        assert first.message_id is not None

    async def test_a_manager_sees_the_own_clients(self, golden: Golden) -> None:
        _, anna, boris = await golden.at("+mon 09:10", "Анна", "Борис")
        assert (anna.figures.waiting, anna.figures.overdue, anna.figures.breaches) == (2, 0, 1)
        assert [one.client for one in anna.longest] == ["Ромашка", "Ромашка"]
        assert (boris.figures.waiting, boris.figures.answered) == (1, 0)
        assert boris.figures.share is None
        assert boris.slice.name == "Борис"

    async def test_what_nobody_holds_is_told_beside_any_slice(self, golden: Golden) -> None:
        for found in await golden.at("+mon 09:10", "Анна", "Борис"):
            assert (found.unheld.waiting, found.unheld.overdue) == (1, 1)  # 29
            assert found.unheld.oldest == moment("wed 16:00")

    async def test_at_night_the_next_opening_is_told(self, golden: Golden) -> None:
        (studio,) = await golden.at("+mon 20:00")
        assert (studio.open, studio.opens_at) == (False, moment("+tue 09:00"))
        assert studio.next_due is None
        assert studio.figures.next_due_at is None

    async def test_a_studio_that_never_opens_says_so(self, golden: Golden) -> None:
        closed = Calendars.only(BusinessHours(MOSCOW, {}))
        found = await live(replace(golden.source, calendars=closed), moment("+mon 09:10"))
        assert (found.open, found.opens_at) == (False, None)


async def test_of_nothing_there_is_nothing_to_say(database: str) -> None:
    store = await open_store(database)
    found = await live(Source(store, Calendars.only(HOURS), HOUR), moment("wed 12:00"))
    assert (found.figures, found.managers, found.longest) == (LiveFigures(), (), ())
    assert (found.next_due, found.figures.share) == (None, None)
    assert found.unheld == LiveFigures()
    await store.close()


async def test_a_wait_without_a_due_time_waits_and_is_never_overdue(golden: Golden) -> None:
    async with golden.source.store.begin() as t:
        gone = sa.update(wait).where(wait.c.id == golden.filed.waits[29]).values(due_at=None)
        await t.run(gone)  # type: ignore[attr-defined] # SQL of the test's own
    (studio,) = await golden.at("+mon 09:10")
    assert (studio.figures.waiting, studio.figures.overdue) == (4, 0)
    assert not studio.longest[0].overdue(studio.at)


class Between:
    """A store over which somebody acts before its second, third ... reading, once."""

    def __init__(self, store: Store, reading: int, act: Callable[[], Awaitable[None]]) -> None:
        self._store, self._left, self._act = store, reading, act

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        self._left -= 1
        if not self._left:
            await self._act()
        async with self._store.read() as t:
            yield t

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.mark.parametrize("reading", [3, 4])
async def test_what_is_answered_while_it_is_read_counts_once(golden: Golden, reading: int) -> None:
    """Behind the open waits, and before those that wait longest are named."""
    store, number = golden.source.store, golden.filed.waits[29]

    async def answered() -> None:
        async with store.begin() as t:
            talk, _ = await t.wait(number)
            talk, closed = talk.answered(None, moment("+mon 09:09"), HOURS)
            assert closed is not None
            await t.save_wait(closed)
            await t.save(talk)

    between = replace(golden.source, store=Between(store, reading, answered))
    found = await live(between, moment("+mon 09:10"))
    assert [one.wait_id for one in found.longest] == [
        golden.filed.waits[one] for one in (27, 28, 41)
    ]
    assert found.figures.waiting + found.figures.answered == 5


async def test_the_report_of_the_day_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On days of a drawn quarter, from the last back; what came later is made a promise."""
    monkeypatch.setattr(live_figures, "PAGE", 4)
    await _days_of_the_quarter(sqlite_in(tmp_path))


@pytest.mark.real
async def test_the_report_of_the_day_says_the_same_on_postgresql(postgres_url: str) -> None:
    await _days_of_the_quarter(postgres_url, number=2)


async def _days_of_the_quarter(url: str, number: int = 12) -> None:
    store = await open_store(url)
    quarter = await quarter_in(store)
    source = Source(store, Calendars(each_calendar()), HOUR)
    answered = 0
    for back in range(number):
        now = END - back * timedelta(days=5, hours=3) - timedelta(hours=9)
        later = (wait.c.closed_at > now) | (wait.c.started_at > now)
        async with store.begin() as t:
            await t.run(sa.update(wait).where(later).values(kind=WaitKind.PROMISE.value))
        answered += await same_as_the_report(source, now, quarter.members)
    assert answered > 3 * number
    await store.close()


async def same_as_the_report(source: Source, now: datetime, members: list[Manager]) -> int:
    """Live and the report of today, of the studio and of each member; how many answers."""
    slices = [Slice(), *(Slice(one.id, one.name) for one in members)]
    zone = source.calendars.studio.hours.zone
    today = now.astimezone(zone).date()
    written = await reports(source, days(today, today, zone, now), slices, now)
    for found, report in zip(await lives(source, now, slices), written, strict=True):
        assert_same(found.figures, report.studio)
        reported = {one.id: one.figures for one in report.managers}
        for row in found.managers:
            assert_same(row.figures, reported.get(row.manager_id, Figures()))
        shown = {one.manager_id for one in found.managers}
        for id_, one in reported.items():
            assert id_ in shown or not (one.open.count or one.answered or one.breaches)
    return written[0].studio.answered


def assert_same(found: LiveFigures, reported: Figures) -> None:
    assert (found.waiting, found.overdue) == (reported.open.count, reported.open.overdue)
    assert found.oldest == reported.open.oldest
    assert found.answered == reported.answered
    assert found.first == reported.first.business.median
    assert found.median == reported.both.business.median
    assert (found.within, found.breaches) == (reported.within, reported.breaches)
    assert found.share == reported.share
