"""The product as a child process, unmodified: seeded by its own commands, run, watched, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import aiohttp

from inbox.phrases import Phrase
from sandbox import past, studio
from storage.store import SqlStore, open_store

ROOT = Path(__file__).resolve().parents[1]
UP_WITHIN = 30.0  # seconds
STOP_WITHIN = 15.0  # seconds; the product gives running jobs ten
LOOK_EVERY = 0.05
DATABASE = "okno.db"  # where the product keeps it by itself, beside its settings


class ProductFault(Exception):
    """The product did not start, or ended by itself; the text says how."""


class Product:
    """`folder` holds okno.toml; what the product prints goes to `log`."""

    def __init__(self, folder: Path, log: Path, health_port: int) -> None:
        self.log = log
        self._settings = folder / "okno.toml"
        self._health = f"http://127.0.0.1:{health_port}/healthz"
        self._child: asyncio.subprocess.Process | None = None

    async def seed(self) -> None:
        """Enter the studio's team and clients by `okno team add` and `okno clients import`."""
        for one in studio.STAFF:
            await self._command(
                *("team", "add", "--name", one.name),
                *("--telegram-id", str(one.person_id), "--role", one.role),
            )
        clients = self._settings.with_name("clients.csv")
        clients.write_text(studio.clients_csv(), encoding="utf-8")
        await self._command("clients", "import", str(clients))

    async def remember(self, language: str, now: datetime) -> None:
        """Enter what the studio had in its books at the shown instant `now`, after `seed`."""
        async with self._store() as store:
            await past.enter(store, language, now)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[ProductFault]]:
        """Run while the block does; gives a task that ends, with why, if the product ends first.

        Raises ProductFault where it does not come up.
        """
        with self.log.open("ab") as log:
            self._child = await _started(self._settings, "run", output=log.fileno())
        ended = asyncio.create_task(self._ended(self._child))
        try:
            await self._up(ended)
            yield ended
        finally:
            ended.cancel()
            await _stop(self._child)

    async def next_alert(self) -> datetime | None:
        """When the product announces something next, UTC, as its database says it."""
        async with self._store() as store, store.begin() as t:
            return await t.next_rung_at()

    @asynccontextmanager
    async def _store(self) -> AsyncIterator[SqlStore]:
        store = await open_store(
            f"sqlite:///{self._settings.with_name(DATABASE)}", exclusive=False
        )
        try:
            yield store
        finally:
            await store.close()

    async def _up(self, ended: asyncio.Task[ProductFault]) -> None:
        async with aiohttp.ClientSession() as session:
            try:
                async with asyncio.timeout(UP_WITHIN):
                    while not await _is_well(session, self._health):
                        if ended.done():
                            raise ended.result()
                        await asyncio.sleep(LOOK_EVERY)
            except TimeoutError:
                raise ProductFault(
                    Phrase("Okno was not up within {seconds} s.", seconds=f"{UP_WITHIN:.0f}")
                ) from None

    async def _command(self, *arguments: str) -> None:
        said = await asked(self._settings, *arguments)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(said)

    async def _ended(self, child: asyncio.subprocess.Process) -> ProductFault:
        code = await child.wait()
        return ProductFault(Phrase("Okno ended by itself with code {code}.", code=code))


async def asked(settings: Path, *arguments: str) -> str:
    """What a command of the product says, as a process of its own. Raises ProductFault."""
    child = await _started(settings, *arguments, output=asyncio.subprocess.PIPE)
    try:
        said, _ = await child.communicate()
    finally:
        await _stop(child)
    words = said.decode(errors="replace")
    if child.returncode != 0:
        raise ProductFault(
            Phrase(
                "{command} failed: {words}", command=f"okno {arguments[0]}", words=words.strip()
            )
        )
    return words


async def _started(settings: Path, *arguments: str, output: int) -> asyncio.subprocess.Process:
    """A session of its own, so that Ctrl-C reaches it through us alone, and once."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "-c", str(settings), *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
        env=_environment(),
        start_new_session=True,
    )


async def _stop(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_WITHIN):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()


async def _is_well(session: aiohttp.ClientSession, address: str) -> bool:
    try:
        async with session.get(address) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


def _environment() -> dict[str, str]:
    """Ours without OKNO_...: a real token must not get into the demonstration."""
    everything = os.environ  # noqa: TID251 - handed on to the child, and none of it is read
    return {key: value for key, value in everything.items() if not key.startswith("OKNO_")}
