"""A studio under load: the product as a process, the sandbox's Bot API, real Dovecot."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import platform
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from sandbox.telegram.remote import RemotePeople
from tests.servers.dovecot import Mailbox
from tests.servers.process import free_port

ROOT = Path(__file__).parents[1]
TOKEN = "700000001:sandbox-token-of-the-benchmarks"
BOT = 700000001
MANAGERS = (101, 102, 103)
CLIENTS = 50
FIRST_CLIENT = 2001
NUMBERED = re.compile(r"№(\d{6})")
UP_WITHIN = 30.0  # seconds
WITHIN = 240.0  # seconds until every card must be there

TEXT = (
    "№{number:06d} Здравствуйте! Подскажите, пожалуйста, когда будет готова правка"
    " шапки сайта? И ещё: на странице контактов не открывается карта, проверили с двух телефонов."
)
MAIL = """\
From: Client {client} <client{client}@firm{client}.example>
To: {address}
Subject: =?utf-8?b?0J/RgNCw0LLQutC4INC/0L4g0YHQsNC50YLRgw==?= {client}
Date: {date}
Message-ID: <{number}.{run}@firm{client}.example>
References: <thread.{run}@firm{client}.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{text}

> On an earlier day, Anna <{address}> wrote:
> Всё сделаем, напишем вам до вечера.
"""


def say(number: int) -> str:
    """A client's message; its number comes back on the card."""
    return TEXT.format(number=number)


def mail(number: int, address: str, run: str) -> bytes:
    """The same as a mail from one of the clients; all mails of a client are one thread."""
    date = datetime.fromtimestamp(time.time(), UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    client = number % CLIENTS
    given = {"number": number, "client": client, "address": address, "run": run, "date": date}
    return MAIL.format(text=say(number), **given).replace("\n", "\r\n").encode()


def person(number: int) -> int:
    """Who of the clients writes the message of this number."""
    return FIRST_CLIENT + number % CLIENTS


@dataclass
class Product:
    """`python -m bot run` over the settings in `folder`."""

    folder: Path
    health_port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def settings(self) -> Path:
        return self.folder / "okno.toml"

    def write(self, api: str, database: str, mailboxes: Sequence[Mailbox], imap_port: int) -> None:
        """The settings file. Everybody works round the clock, so that no wait is off hours."""
        account = {"host": "127.0.0.1", "security": "none"}
        lines = [
            '[studio]\nname = "Studio"\ntimezone = "UTC"\nlanguage = "ru"',
            f"[database]\nurl = {json.dumps(database)}",
            f"[telegram]\ntoken = {json.dumps(TOKEN)}\napi = {json.dumps(api)}\npace = false",
            f"[health]\nport = {self.health_port}",
            # A mail waits ten seconds for an "Undo": what is measured is the way, not the wait.
            '[desk]\nsend_delay = "0s"',
            '[sla]\nreply_within = "8h"',
            '[log]\nlevel = "warning"',
        ]
        for number, box in enumerate(mailboxes):
            login = account | {"port": imap_port, "user": box.address, "password": box.password}
            # A look at the Sent folder wakes Dovecot's hibernated process, which then holds back
            # what comes in the next second by its own delay; see README.md.
            lines.append(f"[mailboxes.box{number}]\naddress = {json.dumps(box.address)}")
            lines.append("sent_look_seconds = 0")
            for server in ("imap", "smtp"):
                lines.append(f"[mailboxes.box{number}.{server}]")
                lines += [f"{key} = {json.dumps(value)}" for key, value in login.items()]
        self.settings.write_text("\n".join(lines) + "\n")

    async def seed(self) -> None:
        """Managers and clients by the product's own commands."""
        for number, telegram_id in enumerate(MANAGERS):
            name = ("--name", f"Manager {number}", "--telegram-id", str(telegram_id))
            await self._command("team", "add", *name, "--role", "manager")
        sheet = io.StringIO()
        rows = csv.writer(sheet)
        rows.writerow(("name", "manager", "emails", "telegram"))
        for one in range(CLIENTS):
            manager = f"Manager {one % len(MANAGERS)}"
            address = f"client{one}@firm{one}.example"
            rows.writerow((f"Firm {one}", manager, address, FIRST_CLIENT + one))
        listed = self.folder / "clients.csv"
        listed.write_text(sheet.getvalue())
        await self._command("clients", "import", str(listed))

    async def _command(self, *arguments: str) -> None:
        child = await self.start(*arguments, output=asyncio.subprocess.PIPE)
        said, error = await child.communicate()
        if child.returncode:
            raise RuntimeError(f"okno {' '.join(arguments)}: {said.decode()}{error.decode()}")

    async def start(
        self, *arguments: str, output: int | None = None, python: Sequence[str] = ()
    ) -> asyncio.subprocess.Process:
        """One command of the product; `python` are the interpreter's own options."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, *python, "-m", "bot", "-c", str(self.settings), *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=ROOT,
        )

    @asynccontextmanager
    async def running(
        self, output: int | None = None, python: Sequence[str] = ()
    ) -> AsyncIterator[None]:
        """Run while the block does; entered when the process was started, not when it is up."""
        self.process = await self.start("run", output=output, python=python)
        try:
            yield
        finally:
            if self.process.returncode is None:
                self.process.send_signal(signal.SIGTERM)
            await self.process.wait()

    async def health(self, session: aiohttp.ClientSession) -> dict[str, Any] | None:
        """What /healthz says; None while nobody answers there."""
        try:
            async with session.get(f"http://127.0.0.1:{self.health_port}/healthz") as answer:
                return dict(await answer.json())
        except aiohttp.ClientError:
            return None

    async def up(self, session: aiohttp.ClientSession) -> None:
        """Return when every channel is connected."""
        async with asyncio.timeout(UP_WITHIN):
            while True:
                facts = await self.health(session)
                if facts and all(one["state"] == "up" for one in facts["parts"].values()):
                    return
                if self.process is None or self.process.returncode is not None:
                    raise RuntimeError("the product ended by itself")
                await asyncio.sleep(0.1)

    async def idle(self, session: aiohttp.ClientSession) -> float:
        """Return when the queue is empty: when that was, in monotonic seconds."""
        async with asyncio.timeout(WITHIN):
            while True:
                facts = await self.health(session)
                if facts and facts["queue"] and facts["queue"]["jobs"] == 0:
                    return time.monotonic()
                await asyncio.sleep(0.02)

    def processor_seconds(self) -> float:
        """User and system time that the process has used."""
        if self.process is None:
            raise RuntimeError("the product was not started")
        used = psutil.Process(self.process.pid).cpu_times()
        return float(used.user + used.system)

    def memory(self) -> dict[str, float]:
        """VmRSS and VmHWM in MB. (ru_maxrss would be inherited over fork and exec.)"""
        if self.process is None:
            raise RuntimeError("the product was not started")
        return memory_of(self.process.pid)


def memory_of(pid: int) -> dict[str, float]:
    """VmRSS and VmHWM of a process in MB (10⁶ bytes)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return {
        name: int(found.group(1)) * 1024 / 1e6
        for name in ("VmRSS", "VmHWM")
        if (found := re.search(rf"{name}:\s+(\d+) kB", status))
    }


class Cards:
    """When which message's card was requested at the Bot API, from the sandbox's own log."""

    def __init__(self, people: RemotePeople) -> None:
        self._people = people
        self._seen_to = 0.0
        self.at: dict[int, float] = {}
        self.doubled = 0

    async def look(self) -> int:
        """Read on; how many messages have a card."""
        for one in await self._people.requests("sendMessage", after=self._seen_to):
            self._seen_to = max(self._seen_to, one["at"])
            found = NUMBERED.search(one["text"])
            if found is None or one["chat_id"] not in MANAGERS:
                continue
            number = int(found.group(1))
            self.doubled += number in self.at
            self.at.setdefault(number, one["at"])
        return len(self.at)

    async def all_of(self, count: int, *, every: float = 0.25) -> None:
        """Return when so many messages have a card. Raises TimeoutError."""
        async with asyncio.timeout(WITHIN):
            while await self.look() < count:
                await asyncio.sleep(every)


async def populate(people: RemotePeople) -> None:
    """The managers and clients, who have all started the bot."""
    for one in (*MANAGERS, *(FIRST_CLIENT + number for number in range(CLIENTS))):
        await people.act("people", id=one, first_name=f"Person {one}")


def where() -> str:
    """The machine and the day, to stand beside the figures."""
    today = datetime.fromtimestamp(time.time(), UTC).date().isoformat()
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    name = model.group(1) if model else platform.processor()
    load = os.getloadavg()[0]
    memory = psutil.virtual_memory().total / 1e9
    return (
        f"{today}, {name}, {os.cpu_count()} cores, {memory:.0f} GB,"
        f" Python {platform.python_version()}, load before {load:.1f}"
    )
