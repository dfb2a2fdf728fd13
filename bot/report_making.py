"""Makes whole reports in child processes: one reads and writes the sheets, one draws.

The bot reads no waits and keeps none: the report comes back for its words, the files lie on disk.
Both children start at once. What is to be drawn stands when the drawing one has its libraries, and
the sheets are written beside the pictures.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import structlog

from bot.report_files import Made, Wanted
from bot.report_ground import Ground
from bot.report_orders import (
    DRAWING,
    READING,
    SHEETS,
    Answer,
    Asked,
    Drawing,
    Files,
    Kind,
    Reading,
    Written,
)
from bot.report_process import Child, Limits, started
from inbox.errors import OknoError, StoreUnavailable
from inbox.report_periods import days_of
from inbox.report_records import Period, Report

__all__ = ["Asked", "Making", "ReportUnmade", "file_name", "make_report", "making"]

log = structlog.get_logger(__name__)

KILLED, TOO_SLOW = "killed", "too slow"


class ReportUnmade(OknoError):
    """The report could not be read; its argument says why, as the faults of `Made` do."""


async def make_report(
    ground: Ground, asked: Asked, wanted: Wanted, now: datetime, limits: Limits | None = None
) -> tuple[Report, Made]:
    """The report and its files, all of the same waits. A whole studio's has no rows of clients:
    they may be thousands, and stand in the files.

    Of a file that cannot be made the faults say why, and the others are there. Of a cut call
    nothing is left but whole files.

    Raises:
        StoreUnavailable: the database cannot be read.
        ReportUnmade: who was to read it was ended, or failed.
        OSError: the folder cannot be written.
    """
    async with making(ground, asked, wanted, now, limits) as under_way:
        report = await under_way.report()
        return report, await under_way.made()


class Making:
    """A report that is being made; every wait ends, as each child's time is limited."""

    def __init__(self, wanted: Wanted, scratch: Path) -> None:
        self._wanted, self._scratch = wanted, scratch
        self._made = Made()
        self._report: asyncio.Future[Report] = asyncio.get_running_loop().create_future()
        self._there = {kind: asyncio.Event() for kind in wanted.kinds}

    async def report(self) -> Report:
        """See `make_report`, also for what it raises."""
        return await asyncio.shield(self._report)

    async def file(self, kind: Kind) -> Path | None:
        """As soon as it is there; None where it could not be made."""
        await self._there[kind].wait()
        return self._made.files.get(kind)

    async def made(self) -> Made:
        """All files that were wanted."""
        for one in self._there.values():
            await one.wait()
        return self._made

    async def read(self, order: Reading, limits: Limits) -> None:
        """By one child: the report, then the sheets."""
        fault = KILLED
        try:
            async with self._child("bot.report_reader", limits) as child:
                await self._heed(child, READING.dump_json(order))
        except OSError as error:
            fault = _fault_of(error)
        finally:
            self._read(ReportUnmade(fault))
            self._fail(order.files, fault)

    async def draw(self, order: Drawing, limits: Limits) -> None:
        """By another: the pictures and the PDF. It gets its order when the report stands."""
        fault = KILLED
        try:
            async with self._child("bot.report_drawer", limits) as child:
                await asyncio.wait([self._report])
                if self._report.exception() is None:
                    await self._heed(child, DRAWING.dump_json(order))
        except OSError as error:
            fault = _fault_of(error)
        finally:
            self._fail(order.files, fault)

    @asynccontextmanager
    async def _child(self, module: str, limits: Limits) -> AsyncIterator[Child]:
        """Raises TimeoutError when its time is over, and OSError."""
        async with (
            asyncio.timeout(limits.wall),
            started(module, self._scratch, limits) as child,
        ):
            yield child

    async def _heed(self, child: Child, order: bytes) -> None:
        """Give the order, and take whatever comes of it."""
        await child.order(order)
        async for answer in child.answers():
            await self._take(answer)

    async def _take(self, answer: Answer) -> None:
        if answer.written is not None:
            await self._take_file(answer.written)
        elif answer.report is not None:
            self._read(answer.report)
        elif answer.trouble is not None:
            self._read(StoreUnavailable(*answer.trouble))
        else:
            self._read(ReportUnmade(answer.fault))

    async def _take_file(self, written: Written) -> None:
        if written.fault:
            self._made.faults[written.kind] = written.fault
        else:
            whole = self._wanted.folder / written.path
            await asyncio.to_thread(os.replace, self._scratch / written.path, whole)
            self._made.files[written.kind] = whole
        self._there[written.kind].set()

    def _read(self, found: Report | OknoError) -> None:
        if self._report.done():
            return
        if isinstance(found, Report):
            self._report.set_result(found)
        else:
            self._report.set_exception(found)
            self._report.exception()  # nobody need ask for it

    def _fail(self, files: Files, fault: str) -> None:
        """What is not there by now does not come."""
        for kind in files.kinds:
            if not self._there[kind].is_set():
                why = self._made.faults.setdefault(kind, fault)
                log.warning("A file of the report could not be made.", kind=kind, why=why)
                self._there[kind].set()


@asynccontextmanager
async def making(
    ground: Ground, asked: Asked, wanted: Wanted, now: datetime, limits: Limits | None = None
) -> AsyncIterator[Making]:
    """As `make_report`, for whoever needs the first file before the last is there. What is not
    made by the end of the block is not made any more."""
    limits = limits or Limits()
    await asyncio.to_thread(wanted.folder.mkdir, parents=True, exist_ok=True)
    scratch = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=".report-", dir=wanted.folder))
    under_way = Making(wanted, scratch)
    kept = str(scratch / "report.json")
    sheets = wanted.files(scratch, SHEETS)
    drawn = wanted.files(scratch, frozenset(Kind) - SHEETS)
    parts = [under_way.read(Reading(ground, asked, now, sheets, kept), limits)]
    if drawn.kinds:
        parts.append(under_way.draw(Drawing(drawn, kept), limits))
    tasks = [asyncio.create_task(one) for one in parts]
    try:
        yield under_way
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True))


def _fault_of(error: OSError) -> str:
    return TOO_SLOW if isinstance(error, TimeoutError) else type(error).__name__


def file_name(period: Period, *words: str) -> str:
    """Without an end: "okno-2026-11-16_2026-11-22-Anna"; of the words letters and digits stay."""
    days = "_".join(one.isoformat() for one in days_of(period))
    spoken = ("".join(c if c.isalnum() else " " for c in word) for word in words)
    return "-".join(["okno", days, *("-".join(word.split())[:40] for word in spoken if word)])
