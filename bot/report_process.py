"""Starts a report's child process, speaks to it by lines of JSON, and surely ends it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.report_orders import ANSWER, Answer
from bot.settings_sources import database_environment

Pipe = TypeVar("Pipe", asyncio.StreamReader, asyncio.StreamWriter)

FONTS = ".matplotlib"  # what is kept between reports, in the folder of the files
_LONGEST = 1 << 25  # bytes of one answer


@dataclass(frozen=True, slots=True)
class Limits:
    """For one child: `wall` and `cpu` in seconds, `memory` in bytes of addresses."""

    wall: float = 300.0
    cpu: int = 240
    memory: int = 2 << 30


class Child:
    """A child process that runs; made by `started`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def order(self, line: bytes) -> None:
        """The one line that it waits for. One that died is told of by the end of its answers."""
        pipe = _pipe(self._process.stdin)
        with suppress(BrokenPipeError, ConnectionResetError):
            pipe.write(line + b"\n")
            await pipe.drain()
        pipe.close()

    async def answers(self) -> AsyncIterator[Answer]:
        """Until it has ended."""
        async for line in _pipe(self._process.stdout):
            yield ANSWER.validate_json(line)
        await self._process.wait()


@asynccontextmanager
async def started(module: str, scratch: Path, limits: Limits) -> AsyncIterator[Child]:
    """Run the module; at the end of the block it is killed where it still runs. `scratch`: a
    folder for what it makes on its way. Raises OSError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        str(limits.cpu),
        str(limits.memory),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(scratch),
        limit=_LONGEST,
    )
    try:
        yield Child(process)
    finally:
        await asyncio.shield(_end(process))


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill it, and close what led to it: its end alone leaves the pipes to the collector."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    pipe = _pipe(process.stdin)
    pipe.close()
    with suppress(BrokenPipeError, ConnectionResetError):
        await pipe.wait_closed()
    await process.communicate()
    await asyncio.sleep(0)


def _environment(scratch: Path) -> dict[str, str]:
    """Where our modules are, what a database's driver looks for, and nothing of the settings."""
    return {
        **database_environment(),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "MPLCONFIGDIR": str(scratch.parent / FONTS),  # a list of fonts: saves a second
        "TMPDIR": str(scratch),
        "OPENBLAS_NUM_THREADS": "1",
    }


def _pipe(end: Pipe | None) -> Pipe:
    if end is None:
        raise OSError("the child has no pipe")
    return end
