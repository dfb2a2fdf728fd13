"""The files of a report, made by child processes: one draws, one writes the sheets."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import structlog

from bot.report_orders import LINES, ORDER, SHEETS, WRITTEN, Kind, Order
from inbox.report_records import Report, WaitLine

Pipe = TypeVar("Pipe", asyncio.StreamReader, asyncio.StreamWriter)

log = structlog.get_logger(__name__)

GROUP = 250  # waits a line of JSON: about 10 ms of the loop
_CHUNK = 262_144  # bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """For one child: `wall` and `cpu` in seconds, `memory` in bytes of addresses."""

    wall: float = 120.0
    cpu: int = 100
    memory: int = 2 << 30


@dataclass(slots=True)
class Made:
    """The files that are there, and why others are not ("killed", "too slow", an error's kind)."""

    files: dict[Kind, Path] = field(default_factory=dict)
    faults: dict[Kind, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files, in which language, under which name: `folder` / `name`.pdf and so on.

    `card_link`: the address of a wait's card with the field {message_id}; "" for none.
    """

    kinds: Collection[Kind]
    folder: Path
    name: str
    language: str
    card_link: str = ""


async def write_report(
    report: Report,
    lines: AsyncIterable[Sequence[WaitLine]],
    wanted: Wanted,
    limits: Limits | None = None,
) -> Made:
    """Make the files. It raises nothing because a child fails: what could be made is there, and
    the faults say of each other file why not; the words of a report need no child.

    `lines` are read only for sheets, group by group as the child takes them; what they raise is
    raised. Of a cut call nothing is left but whole files.
    """
    limits = limits or Limits()
    made = Made()
    await asyncio.to_thread(wanted.folder.mkdir, parents=True, exist_ok=True)
    scratch = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=".report-", dir=wanted.folder))
    try:
        drawing, writing = (
            _Child(_order(report, wanted, scratch, part), scratch, wanted.folder, limits)
            for part in (frozenset(Kind) - SHEETS, SHEETS)
        )
        drawn = asyncio.create_task(drawing.run(None, made))
        try:
            await writing.run(lines, made)
            await drawn
        finally:
            drawn.cancel()
            await asyncio.wait([drawn])
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True))
    return made


def _order(report: Report, wanted: Wanted, scratch: Path, part: frozenset[Kind]) -> Order:
    kinds = tuple(kind for kind in Kind if kind in wanted.kinds and kind in part)
    stem = str(scratch / wanted.name)
    return Order(kinds, stem, wanted.language, report, wanted.card_link)


class _Child:
    """One child process and what it is to make."""

    def __init__(self, order: Order, scratch: Path, folder: Path, limits: Limits) -> None:
        self._order, self._scratch, self._folder = order, scratch, folder
        self._limits = limits

    async def run(self, lines: AsyncIterable[Sequence[WaitLine]] | None, made: Made) -> None:
        """Until all is made, or the time is over; `made` is filled as files come."""
        if not self._order.kinds:
            return
        fault = "killed"
        try:
            async with asyncio.timeout(self._limits.wall):
                await self._serve(lines, made)
        except TimeoutError:
            fault = "too slow"
        for kind in self._order.kinds:
            if kind not in made.files:
                why = made.faults.setdefault(kind, fault)
                log.warning("A file of the report could not be made.", kind=kind, why=why)

    async def _serve(self, lines: AsyncIterable[Sequence[WaitLine]] | None, made: Made) -> None:
        try:
            child = await self._started()
        except OSError as error:
            made.faults |= dict.fromkeys(self._order.kinds, type(error).__name__)
            return
        feeding = asyncio.create_task(self._feed(child, lines))
        try:
            await self._listen(child, made)
            await feeding
        finally:
            feeding.cancel()
            await asyncio.wait([feeding])
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
            await asyncio.shield(child.wait())

    async def _feed(
        self,
        child: asyncio.subprocess.Process,
        lines: AsyncIterable[Sequence[WaitLine]] | None,
    ) -> None:
        try:
            # A child that died is told of by the end of its output.
            with suppress(BrokenPipeError, ConnectionResetError):
                await self._fill(_pipe(child.stdin), lines)
        except Exception:
            child.kill()  # without the rest its sheets would look whole
            raise

    async def _fill(
        self, pipe: asyncio.StreamWriter, lines: AsyncIterable[Sequence[WaitLine]] | None
    ) -> None:
        pipe.write(ORDER.dump_json(self._order) + b"\n")
        await pipe.drain()
        if lines is not None:
            async for group in lines:
                for start in range(0, len(group), GROUP):
                    part = tuple(group[start : start + GROUP])
                    pipe.write(LINES.dump_json(part) + b"\n")
                    await pipe.drain()
                    await asyncio.sleep(0)  # drain alone need not let others run
        pipe.close()

    async def _listen(self, child: asyncio.subprocess.Process, made: Made) -> None:
        async for line in _pipe(child.stdout):
            written = WRITTEN.validate_json(line)
            if written.fault:
                made.faults[written.kind] = written.fault
                continue
            whole = self._folder / written.path
            await asyncio.to_thread(os.replace, self._scratch / written.path, whole)
            made.files[written.kind] = whole
        await child.wait()

    async def _started(self) -> asyncio.subprocess.Process:
        cache = self._folder / ".matplotlib"  # its list of fonts: a second is saved
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.report_child",
            str(self._limits.cpu),
            str(self._limits.memory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "MPLCONFIGDIR": str(cache),
                "TMPDIR": str(self._scratch),
                "OPENBLAS_NUM_THREADS": "1",
            },
            limit=_CHUNK,
        )


def _pipe(end: Pipe | None) -> Pipe:
    if end is None:
        raise OSError("the child has no pipe")
    return end
