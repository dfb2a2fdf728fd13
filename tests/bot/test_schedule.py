"""Ticks go on whatever one of them does; a night's work is done once, and later if missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import Nightly, Repeated, Schedule, Weekly
from inbox.ports import Store

MOSCOW = ZoneInfo("Europe/Moscow")


class TurnedClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Slots:
    """A store that knows slots alone."""

    def __init__(self) -> None:
        self.taken: set[tuple[str, datetime]] = set()
        self.away = False

    @asynccontextmanager
    async def begin(self, **_: Any) -> AsyncIterator[Slots]:
        if self.away:
            raise OSError("away")
        yield self

    async def take_slot(self, name: str, slot: datetime) -> bool:
        known = (name, slot) in self.taken
        self.taken.add((name, slot))
        return not known


async def nothing() -> None:
    return


def schedule(at: datetime, slots: Slots, *nightly: Nightly) -> tuple[Schedule, TurnedClock]:
    clock = TurnedClock(at)
    return Schedule(clock, cast("Store", slots), nothing, nightly), clock


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-05-04T00:30+00:00", "2026-05-03T04:00+03:00"),
        ("2026-05-04T01:00+00:00", "2026-05-04T04:00+03:00"),
        ("2026-05-04T20:00+00:00", "2026-05-04T04:00+03:00"),
        ("2026-05-04T22:00+00:00", "2026-05-04T04:00+03:00"),
    ],
)
def test_the_last_slot_is_the_latest_that_is_past(now: str, slot: str) -> None:
    work = Nightly("prune", time(4), MOSCOW, nothing)
    assert work.last_slot(datetime.fromisoformat(now)) == datetime.fromisoformat(slot)


async def test_a_nights_work_is_done_once_by_all_processes_together() -> None:
    done: list[str] = []

    async def prune() -> None:
        done.append("prune")

    slots, at = Slots(), datetime(2026, 5, 4, 9, tzinfo=UTC)
    work = Nightly("prune", time(4), MOSCOW, prune)
    one, clock = schedule(at, slots, work)
    other, _ = schedule(at, slots, work)
    for each in (one, other, one):
        await each.catch_up()
    assert done == ["prune"]
    clock.at += timedelta(days=3)
    await one.catch_up()
    assert done == ["prune", "prune"]


async def done_nothing(_: datetime) -> None:
    return


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-05-04T05:59+00:00", "2026-04-27T06:00+00:00"),
        ("2026-05-04T06:00+00:00", "2026-05-04T06:00+00:00"),
        ("2026-05-10T20:59+00:00", "2026-05-04T06:00+00:00"),
        ("2026-05-11T05:00+00:00", "2026-05-04T06:00+00:00"),
    ],
)
def test_the_last_slot_of_a_week(now: str, slot: str) -> None:
    work = Weekly("report", 0, time(9), MOSCOW, done_nothing)
    assert work.last_slot(datetime.fromisoformat(now)) == datetime.fromisoformat(slot)


def test_a_week_in_which_the_clocks_change_keeps_its_local_hour() -> None:
    work = Weekly("report", 6, time(9), ZoneInfo("Europe/Berlin"), done_nothing)
    before, after = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert work.last_slot(before) == datetime(2026, 3, 22, 8, tzinfo=UTC)
    assert work.last_slot(after) == datetime(2026, 3, 29, 7, tzinfo=UTC)
    that_morning = datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert work.last_slot(that_morning) == datetime(2026, 3, 22, 8, tzinfo=UTC)


async def test_a_weeks_work_is_asked_for_once_a_slot_and_again_after_a_fault() -> None:
    asked: list[datetime] = []

    async def tell(slot: datetime) -> None:
        asked.append(slot)
        if len(asked) == 1:
            raise OSError("the database is away")

    clock = TurnedClock(datetime(2026, 5, 6, 9, tzinfo=UTC))
    work = Weekly("report", 0, time(9), MOSCOW, tell)
    one = Schedule(clock, cast("Store", Slots()), nothing, weekly=(work,))
    for _ in range(3):
        await one.catch_up()
        await one.do_chores()
    assert asked == 2 * [datetime(2026, 5, 4, 6, tzinfo=UTC)]
    clock.at += timedelta(days=19)
    await one.do_chores()
    assert asked[2:] == [datetime(2026, 5, 25, 6, tzinfo=UTC)]


async def test_one_works_fault_does_not_keep_the_next_from_its_turn() -> None:
    done: list[str] = []

    async def broken() -> None:
        raise RuntimeError("boom")

    async def sound() -> None:
        done.append("sound")

    works = (Nightly("a", time(4), MOSCOW, broken), Nightly("b", time(4), MOSCOW, sound))
    one, _ = schedule(datetime(2026, 5, 4, 9, tzinfo=UTC), Slots(), *works)
    await one.catch_up()
    assert done == ["sound"]


async def test_ticks_go_on_after_a_fault_and_never_overlap() -> None:
    ticks: list[str] = []
    running = 0

    async def tick() -> None:
        nonlocal running
        running += 1
        assert running == 1
        ticks.append("tick")
        await asyncio.sleep(0.3)
        running -= 1
        if len(ticks) == 1:
            raise RuntimeError("boom")

    clock = TurnedClock(datetime(2026, 5, 4, 9, tzinfo=UTC))
    one = Schedule(clock, cast("Store", Slots()), tick)
    stop = one.start()
    try:
        async with asyncio.timeout(20):
            while len(ticks) < 3:
                await asyncio.sleep(0.01)
    finally:
        stop()
    assert one.seconds_since_tick() < 20


async def test_a_chore_that_fails_or_lasts_keeps_neither_the_next_nor_the_tick() -> None:
    done: list[str] = []

    async def tick() -> None:
        done.append("tick")

    async def broken() -> None:
        raise RuntimeError("boom")

    async def long() -> None:
        done.append("long")
        await asyncio.sleep(1.5)

    clock = TurnedClock(datetime(2026, 5, 4, 9, tzinfo=UTC))
    chores = {"broken": broken, "long": long}
    one = Schedule(clock, cast("Store", Slots()), tick, chores=chores)
    stop = one.start()
    try:
        async with asyncio.timeout(30):
            while done.count("long") < 2:
                await asyncio.sleep(0.01)
    finally:
        stop()
    first = done.index("long")
    assert done[first + 1 :].index("long") >= 2, "ticks went on meanwhile"


async def test_chores_are_done_in_their_order() -> None:
    done: list[str] = []

    def noting(name: str) -> Callable[[], Awaitable[None]]:
        async def note() -> None:
            done.append(name)

        return note

    clock = TurnedClock(datetime(2026, 5, 4, 9, tzinfo=UTC))
    names = ("calendars", "absences", "mail")
    chores = {name: noting(name) for name in names}
    await Schedule(clock, cast("Store", Slots()), nothing, chores=chores).do_chores()
    assert tuple(done) == names


async def test_a_fault_is_told_once_and_its_end_too(capsys: pytest.CaptureFixture[str]) -> None:
    faults = [OSError("a"), OSError("b"), None, OSError("c")]

    async def work() -> None:
        if (fault := faults.pop(0)) is not None:
            raise fault

    one = Repeated("calendars", work)
    for _ in range(4):
        await one.once()
    said = capsys.readouterr().out
    assert said.count("fails; trying on") == 2
    assert said.count("works again") == 1
    assert said.count("calendars") == 3


async def test_what_runs_at_the_end_is_stopped_without_a_fault_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def lasts() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    store = cast("Store", Slots())
    one = Schedule(TurnedClock(datetime(2026, 5, 4, tzinfo=UTC)), store, lasts)
    stop = one.start()
    async with asyncio.timeout(20):
        await begun.wait()
        stop()
        await ended.wait()
        await asyncio.sleep(0.01)
    assert [one.message for one in caplog.records if one.levelname == "ERROR"] == []


async def test_what_was_about_to_run_at_the_end_leaves_no_fault_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The end comes between the making of the tick's task and its first step."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    async def kept_waiting(work: Any) -> Any:
        try:
            await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            work.close()
            raise
        return await work

    def make_task(its_loop: asyncio.AbstractEventLoop, work: Any, **how: Any) -> asyncio.Task[Any]:
        if getattr(work, "__name__", "") != "run_coroutine_job":
            return asyncio.Task(work, loop=its_loop, **how)
        its_loop.call_soon(stop)
        task = asyncio.Task(kept_waiting(work), loop=its_loop, **how)
        task.add_done_callback(lambda _: ended.set())
        return task

    store = cast("Store", Slots())
    loop.set_task_factory(make_task)
    stop = Schedule(TurnedClock(datetime(2026, 5, 4, tzinfo=UTC)), store, nothing).start()
    try:
        async with asyncio.timeout(20):
            await ended.wait()
        await asyncio.sleep(0.01)
    finally:
        loop.set_task_factory(None)
    assert [one.message for one in caplog.records if one.levelname == "ERROR"] == []
