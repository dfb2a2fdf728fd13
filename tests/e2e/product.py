"""Okno as its user has it: a settings file, the commands, and a process that may be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.servers.process import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds; two cores shared with two mail servers, or with ten others
UP = "Okno runs."


@dataclass
class Product:
    """One installation in `folder`. Its log goes on over restarts; `said` is of this run."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: asyncio.subprocess.Process | None = None
    _from: int = 0

    @property
    def settings(self) -> Path:
        return self.folder / "okno.toml"

    @property
    def log(self) -> Path:
        return self.folder / "okno.log"

    @property
    def said(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._from)
            return log.read().decode(errors="replace")

    @property
    def process(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("Okno was not started")
        return self._process

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def okno(self, *words: str) -> str:
        """Run a command to its end; what it printed. An AssertionError where it failed."""
        command = [sys.executable, "-m", "bot", *words, "-c", str(self.settings)]
        done = subprocess.run(
            command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, f"okno {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    async def launch(self, *before: str) -> None:
        """Start `okno run` and return at once; `before` is put in front of the command."""
        assert not self.running
        self.log.touch()
        self._from = self.log.stat().st_size
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *before, *(sys.executable, "-m", "bot", "run", "-c", str(self.settings)),
                cwd=ROOT, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "OKNO_HEALTH__PORT": str(self.port)},  # noqa: TID251 - a child's own
            )  # fmt: skip

    async def start(self, *before: str) -> None:
        """Start it and wait until it says that it runs."""
        await self.launch(*before)
        await self.until_said(UP)

    async def until_said(self, words: str, *, times: int = 1) -> None:
        await self.until(lambda: self.said.count(words) >= times, f"it says {words!r}")

    async def until(self, holds: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
        """Wait while the process lives. Raises AssertionError with the end of its log."""

        async def asked() -> Any:
            return holds()

        await self.until_true(asked, what, seconds)

    async def until_true(
        self, holds: Callable[[], Awaitable[Any]], what: str, seconds: float = PATIENCE
    ) -> Any:
        """The same for a coroutine; what it found in the end."""
        deadline = time.monotonic() + seconds
        while not (found := await holds()):
            late = time.monotonic() > deadline
            if late or not self.running:
                why = "in time" if late else f"before it ended with {self.process.returncode}"
                raise AssertionError(f"not {why}: {what}\n{self.said[-6000:]}")
            await asyncio.sleep(0.05)
        return found

    async def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self.running:
            self.process.kill()
        await self.process.wait()

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def close(self) -> None:
        if self._process is not None:
            await self.kill()

    async def health(self) -> tuple[int, dict[str, Any]]:
        """Status and facts of /healthz; (0, {}) while nobody listens."""
        address = f"http://127.0.0.1:{self.port}/healthz"
        try:
            async with aiohttp.ClientSession() as session, session.get(address) as answer:
                return answer.status, await answer.json()
        except aiohttp.ClientError:
            return 0, {}
