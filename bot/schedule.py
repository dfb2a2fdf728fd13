"""Ticks: the only file that knows APScheduler.

It keeps nothing: due instants and done slots are rows, so that a missed tick costs a moment,
never an alert, and two processes do a slot's work once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from inbox.ports import Clock, Store

log = structlog.get_logger(__name__)

TICK = 0.25  # real seconds; late by 42 ms in the median
CHORES = 1.0  # real seconds

Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Nightly:
    """Work of once a day at a local time; what was missed in a down-time is done later."""

    name: str
    at: time
    zone: ZoneInfo
    run: Work

    def last_slot(self, now: datetime) -> datetime:
        """The latest instant at or before `now` at which it was due."""
        local = now.astimezone(self.zone)
        slot = datetime.combine(local.date(), self.at, tzinfo=self.zone)
        return slot if slot <= now else slot - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Weekly:
    """Work of once a week, from `weekday` (0 is Monday) at a local time on. `run` is given the
    instant at which it was due, takes that slot itself together with what it puts, and does
    nothing where the slot is taken."""

    name: str
    weekday: int
    at: time
    zone: ZoneInfo
    run: Callable[[datetime], Awaitable[object]]

    def last_slot(self, now: datetime) -> datetime:
        """The latest instant at or before `now` at which it was due."""
        local = now.astimezone(self.zone)
        day = local.date() - timedelta(days=(local.weekday() - self.weekday) % 7)
        slot = datetime.combine(day, self.at, tzinfo=self.zone)
        if slot > now:
            slot = datetime.combine(day - timedelta(days=7), self.at, tzinfo=self.zone)
        return slot.astimezone(UTC)


@dataclass
class Repeated:
    """Work that is done again and again; a fault is told once, until it works again."""

    name: str
    work: Work
    ended: float = field(default_factory=monotonic, init=False)
    _failing: bool = field(default=False, init=False)

    async def once(self) -> None:
        """Do it once. Never raises."""
        try:
            await self.work()
        except Exception as error:  # noqa: BLE001 - the next time does it
            if not self._failing:
                fault = f"{type(error).__name__}: {error}"
                log.warning("Work of every moment fails; trying on.", work=self.name, error=fault)
            self._failing = True
            return
        if self._failing:
            log.info("Work of every moment works again.", work=self.name)
        self._failing = False
        self.ended = monotonic()


@dataclass
class Schedule:
    """Calls `tick` four times a second, the chores one after another each second, each nightly
    work once a night and each weekly one once a week. The tick waits for none of the others."""

    clock: Clock
    store: Store
    tick: Work
    nightly: tuple[Nightly, ...] = ()
    weekly: tuple[Weekly, ...] = ()
    chores: Mapping[str, Work] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tick = Repeated("tick", self.tick)
        self._chores = [Repeated(name, work) for name, work in self.chores.items()]
        self._weeks = Repeated("weekly work", self._catch_up_weeks)
        self._slots: dict[str, datetime] = {}

    def seconds_since_tick(self) -> float:
        """Real seconds since a tick last ended well, or since the start."""
        return monotonic() - self._tick.ended

    def start(self) -> Callable[[], None]:
        """Begin; returns what stops it. Inside a running event loop."""
        scheduler = AsyncIOScheduler(
            timezone="UTC",
            executors={"default": AsyncIOExecutor()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        logging.getLogger("apscheduler.executors.default").addFilter(_no_cancelled)
        scheduler.add_job(self._tick.once, IntervalTrigger(seconds=TICK), id="tick")
        scheduler.add_job(self.do_chores, IntervalTrigger(seconds=CHORES), id="chores")
        scheduler.add_job(self.catch_up, IntervalTrigger(hours=1), id="missed slots")
        for work in self.nightly:
            at = CronTrigger(hour=work.at.hour, minute=work.at.minute, timezone=work.zone)
            scheduler.add_job(self.catch_up, at, id=work.name)
        for one in self.weekly:
            at = CronTrigger(
                day_of_week=one.weekday, hour=one.at.hour, minute=one.at.minute, timezone=one.zone
            )
            scheduler.add_job(self.catch_up, at, id=one.name)
        scheduler.start()
        return lambda: scheduler.shutdown(wait=False)

    async def do_chores(self) -> None:
        """Each once, in their order; one that fails does not keep the next from its turn."""
        for chore in self._chores:
            await chore.once()
        await self._weeks.once()

    async def catch_up(self) -> None:
        """Do the work of every last slot that nobody did yet, this process or another."""
        now = self.clock.now()
        for work in self.nightly:
            slot = work.last_slot(now)
            try:
                async with self.store.begin() as t:
                    mine = await t.take_slot(work.name, slot)
                if mine:
                    await work.run()
            except Exception as error:  # noqa: BLE001 - one night's work must not stop the clock
                log.warning("Nightly work failed.", work=work.name, error=str(error))
        await self._weeks.once()

    async def _catch_up_weeks(self) -> None:
        """What is done here is remembered, so that a look each second costs nothing: the clock of
        a demonstration is turned past a slot, and a database that was away comes back."""
        for work in self.weekly:
            slot = work.last_slot(self.clock.now())
            if self._slots.get(work.name) != slot:
                await work.run(slot)
                self._slots[work.name] = slot


def _no_cancelled(record: logging.LogRecord) -> bool:
    """The scheduler cancels what runs or is about to run when it ends, and would log each with a
    traceback. What was not committed by then is done at the next start."""
    fault = record.exc_info[1] if record.exc_info else None
    return not isinstance(fault, asyncio.CancelledError)
