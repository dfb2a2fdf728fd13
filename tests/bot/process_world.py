"""A studio for tests: a Bot API, a mail server, a database, and `okno run` as a process."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from inbox.model import Manager, Role
from sandbox.mail import MailServer, User
from sandbox.telegram import People, Person, TelegramServer, World
from storage.store import open_store

ROOT = Path(__file__).parents[2]
TOKEN = "7001:sandbox-token-of-the-studio"
BOT, CLIENT, ANNA, HEAD = 7001, 900, 101, 102
STUDIO = User("info@studio.example", "Studio", "studio-secret-word")
MARIA = User("maria@zerno.example", "Maria", "client-secret-word")
PATIENCE = 60.0  # seconds; a cold start takes two, on a busy machine ten times that


def present() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the servers of these tests run for real


@dataclass
class Okno:
    """A running `okno run`, and what it wrote."""

    process: asyncio.subprocess.Process
    port: int
    lines: list[str] = field(default_factory=list)

    async def read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(line.decode())

    @property
    def said(self) -> str:
        return "".join(self.lines)

    async def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def health(self) -> tuple[int, dict[str, Any]]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}/healthz") as answer,
        ):
            return answer.status, await answer.json()


@dataclass
class Studio:
    """The servers around the process, and its settings file."""

    folder: Path
    telegram: TelegramServer
    mail: MailServer

    @property
    def people(self) -> People:
        return People(self.telegram.world)

    def chat(self, person: int) -> list[dict[str, Any]]:
        return self.telegram.world.chat(BOT, person)

    def texts(self, person: int) -> str:
        return "\n".join(str(one.get("text", "")) for one in self.chat(person))

    async def until_read(self, channel_id: str) -> None:
        """The channel's first cursor stands: what comes from now on is new, not history."""
        store = await open_store(f"sqlite:///{self.folder}/okno.db", exclusive=False)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    async with store.begin() as t:
                        if await t.cursor(channel_id) is not None:
                            return
                    await asyncio.sleep(0.05)
        finally:
            await store.close()

    def write(self, *, token: str = TOKEN, password: str = STUDIO.password) -> Path:
        server = f'security = "none", user = "{STUDIO.address}", password = "{password}"'
        path = self.folder / "okno.toml"
        path.write_text(
            f"""
[studio]
name = "Studio"
timezone = "UTC"
language = "en"
[telegram]
token = "{token}"
api = "{self.telegram.url}"
pace = false
[mailboxes.info]
address = "{STUDIO.address}"
manager = "Anna"
imap = {{ host = "127.0.0.1", port = {self.mail.imap_port}, {server} }}
smtp = {{ host = "127.0.0.1", port = {self.mail.smtp_port}, {server} }}
"""
        )
        return path

    @asynccontextmanager
    async def okno(self, path: Path) -> AsyncIterator[Okno]:
        port = free_port()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", "-c", str(path),
            cwd=ROOT, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
            env={**os.environ, "OKNO_HEALTH__PORT": str(port)},  # noqa: TID251 - a child's own
        )  # fmt: skip
        running = Okno(process, port)
        reading = asyncio.create_task(running.read())
        try:
            yield running
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            await reading


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def until(holds: Callable[[], Any], running: Okno) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"it did not come to that:\n{running.said}") from None


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    world = World(present)
    world.add_bot(TOKEN, "studio_bot", "Studio")
    for number, name in ((CLIENT, "Client"), (ANNA, "Anna"), (HEAD, "Head")):
        world.add_person(Person(number, name))
    telegram = TelegramServer(world)
    await telegram.start()
    mail = MailServer([STUDIO, MARIA], present)
    await mail.start()
    store = await open_store(f"sqlite:///{tmp_path}/okno.db", exclusive=False)
    async with store.begin() as t:
        await t.save_manager(Manager(0, "Anna", ANNA, language="en"))
        await t.save_manager(Manager(0, "Head", HEAD, Role.HEAD, language="en"))
    await store.close()
    yield Studio(tmp_path, telegram, mail)
    await mail.stop()
    await telegram.stop()
