"""From an empty database to 10,000 mails stored and parsed, beside mbsync with fsync.

Run: python benchmarks/mail_fetch.py [--mails 10000] [--rounds 3]. Needs Dovecot 2.3 and mbsync
(apt install isync). Mails are of 10 kB in the mean, a few of 1 to 10 MB. Ours: the product's
`listen` over the real connector into SQLite with fsync, and every mail read back from the store
and parsed. Both in turn on the same mailbox; the best round of each counts. Memory is the
resident memory above what the process had before it connected. The loop's longest block is told
by the clock, and as processor time of the loop's thread, which other processes do not lengthen.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import logging
import random
import shutil
import subprocess
import sys
import tempfile
import time as stopwatch
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import cast

import psutil
import structlog
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

from connectors.email import MailboxSettings, MailConnector, ServerSettings, connect
from inbox.errors import Unreadable
from inbox.flow import listen
from inbox.inbox import Inbox
from inbox.jobs import Queue
from inbox.model import Channel, RawMessage
from storage.store import SqlStore, open_store
from tests.connectors.email.reading import Clock
from tests.servers import Dovecot, Mailbox

CHANNEL = Channel("email:info", "email")
MEGABYTE = 1024 * 1024
LANES, PAGE = 8, 20
NEWEST = text("SELECT max(id) FROM raw")
LARGE = (1, 1, 1, 2, 2, 3, 5, 10)  # megabytes
SENTENCE = "Добрый день! Посмотрите, пожалуйста, новую смету и пришлите замечания до пятницы. "
MBSYNC = """FSync {fsync}

IMAPAccount it
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account it

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Sync Pull
Create Near
SyncState *
"""


@dataclass
class Figures:
    """One run of ours. Memory in MB, blocks of the loop in milliseconds."""

    stored_in: float = 0.0
    parsed_in: float = 0.0
    cpu: float = 0.0
    idle: float = 0.0
    above_idle: float = 0.0
    block_by_clock: float = 0.0
    block_of_cpu: float = 0.0
    late: list[float] = field(default_factory=list)


def letter(number: int, dice: random.Random, size: int) -> bytes:
    """Text in one of the usual shapes, with a file where it is large."""
    head = (
        f"From: Client {number % 97} <c{number % 97}@client.test>\r\nTo: info@firm.test\r\n"
        f"Subject: Letter {number}\r\nMessage-ID: <{number}@client.test>\r\n"
        "Date: Mon, 23 Nov 2026 10:00:00 +0300\r\nMIME-Version: 1.0\r\n"
    )
    words = SENTENCE * max(1, min(size, 12_000) // 150)
    if size < 6_000:
        body = base64.encodebytes(words.encode()).decode().replace("\n", "\r\n")
        kind = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
        return f"{head}{kind}\r\n{body}".encode()
    words = "\r\n".join(SENTENCE for _ in range(min(size, 8_000) // 150))
    page = f"<html><body><p>{words}</p><table><tr><td>1</td><td>2</td></tr></table></body></html>"
    file = base64.encodebytes(dice.randbytes(max(100, size - 8_000) * 3 // 4)).decode()
    return (
        f"{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{page}"
        "\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64"
        "\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n"
        f"{file.replace(chr(10), chr(13) + chr(10))}--b--\r\n"
    ).encode()


def fill(dovecot: Dovecot, box: Mailbox, count: int) -> int:
    """Put the mails into the mailbox; their bytes."""
    dice = random.Random(1)
    large = {dice.randrange(count): megabytes * MEGABYTE for megabytes in LARGE}
    total = 0
    for number in range(count):
        size = large.get(number) or int(dice.triangular(1_500, 22_000, 3_000))
        payload = letter(number, dice, size)
        total += len(payload)
        dovecot.deliver(box.address, payload)
    return total


def settings_of(box: Mailbox, port: int) -> MailboxSettings:
    imap = ServerSettings.model_validate(
        {
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "user": box.address,
            "password": box.password,
        }
    )
    return MailboxSettings(address=box.address, imap=imap, smtp=imap, first_run_days=2)


class Watch:
    """Looks at memory, and at how long nothing else ran on the loop, every two milliseconds."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._process = psutil.Process()
        figures.idle = self._memory()

    def _memory(self) -> float:
        return self._process.memory_info().rss / MEGABYTE

    async def run(self) -> None:
        most = 0
        wall, busy = stopwatch.monotonic(), stopwatch.thread_time()
        while True:
            await asyncio.sleep(0.002)
            now, used = stopwatch.monotonic(), stopwatch.thread_time()
            late = (now - wall - 0.002) * 1000
            if late > 5:
                self._figures.late.append(late)
            self._figures.block_by_clock = max(self._figures.block_by_clock, late)
            self._figures.block_of_cpu = max(self._figures.block_of_cpu, (used - busy) * 1000)
            wall, busy = now, used
            most = (most + 1) % 10
            if most == 0:
                above = self._memory() - self._figures.idle
                self._figures.above_idle = max(self._figures.above_idle, above)


@dataclass
class OnlyStore:
    """All that `listen` needs of an Inbox."""

    store: SqlStore


async def ours(box: Mailbox, port: int, count: int, folder: Path) -> Figures:
    store = await open_store(f"sqlite:///{folder}/okno.db")
    connector = connect(CHANNEL, settings_of(box, port), Clock())
    figures = Figures()
    watching = asyncio.create_task(Watch(figures).run())
    started, busy = stopwatch.monotonic(), stopwatch.process_time()
    listening = asyncio.create_task(listen(cast("Inbox", OnlyStore(store)), connector))
    pages: asyncio.Queue[list[RawMessage]] = asyncio.Queue(LANES)
    lanes = [asyncio.create_task(parse(connector, pages)) for _ in range(LANES)]
    try:
        figures.stored_in = await read_back(store, pages, count, listening) - started
        await pages.join()
        figures.parsed_in = stopwatch.monotonic() - started
        figures.cpu = stopwatch.process_time() - busy
    finally:
        for task in (watching, listening, *lanes):
            task.cancel()
        await asyncio.wait({listening})
        await connector.close()
        await store.close()
    return figures


async def read_back(
    store: SqlStore,
    pages: asyncio.Queue[list[RawMessage]],
    count: int,
    listening: asyncio.Task[None],
) -> float:
    """Read what is stored, as soon as it is; when all was. An empty database counts from 1."""
    read, all_stored_at = 0, 0.0
    while read < count:
        if listening.done():
            listening.result()
        async with store.begin() as t:
            newest = (await t.run(NEWEST)).scalar() or 0
        if newest >= count:
            all_stored_at = all_stored_at or stopwatch.monotonic()
        if newest == read:
            await store.wait_for_jobs(Queue.IN, 0.05)
            continue
        last = min(newest, read + PAGE)
        async with store.begin() as t:
            page = [(await t.raw_and_album(one))[0] for one in range(read + 1, last + 1)]
        await pages.put(page)
        read = last
    return all_stored_at


async def parse(connector: MailConnector, pages: asyncio.Queue[list[RawMessage]]) -> None:
    while True:
        for raw in await pages.get():
            try:
                await connector.parse([raw])
            except Unreadable as error:
                print("unreadable", error)
            await asyncio.sleep(0)
        pages.task_done()


def mbsync(box: Mailbox, port: int, count: int, fsync: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "mbsyncrc"
        config.write_text(
            MBSYNC.format(
                port=port, user=box.address, password=box.password, folder=folder, fsync=fsync
            )
        )
        started = stopwatch.monotonic()
        subprocess.run(["mbsync", "-q", "-c", str(config), "-a"], check=True)
        seconds = stopwatch.monotonic() - started
        got = sum(1 for _ in (Path(folder) / "INBOX").glob("*/*"))
        if got < count:
            raise RuntimeError(f"mbsync took {got} of {count} mails")
    return seconds


def in_a_process(box: Mailbox, port: int, count: int) -> Figures:
    """A process of its own, so that the memory is that of reading alone."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, __file__, "--reader", str(port), box.address, box.password]
        done = subprocess.run(
            [*words, str(box.maildir), folder, "--mails", str(count)],
            check=True,
            capture_output=True,
            text=True,
        )
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def compare(count: int, rounds: int) -> None:
    with Dovecot() as dovecot:
        box = dovecot.add_user()
        size = fill(dovecot, box, count)
        print(f"{count} mails, {size / MEGABYTE:.0f} MB, mean {size / count / 1024:.1f} kB")
        mbsync(box, dovecot.imap_port, count, "no")  # Dovecot's indexes are built
        mine: list[Figures] = []
        durable: list[float] = []
        for _ in range(rounds):
            mine.append(in_a_process(box, dovecot.imap_port, count))
            durable.append(mbsync(box, dovecot.imap_port, count, "yes"))
        plain = mbsync(box, dovecot.imap_port, count, "no")
    show(count, mine, durable, plain)


def show(count: int, mine: Sequence[Figures], durable: Sequence[float], plain: float) -> None:
    best = min(mine, key=lambda one: one.parsed_in)
    print(f"Okno, stored durably and parsed   {count / best.parsed_in:7.0f} /s")
    print(f"      of which all were stored at {count / best.stored_in:7.0f} /s")
    print(f"mbsync with fsync                 {count / min(durable):7.0f} /s")
    print(f"mbsync without fsync              {count / plain:7.0f} /s")
    print(f"Okno's processor time a mail       {best.cpu / count * 1000:7.2f} ms")
    print(f"Okno to mbsync with fsync         {min(durable) / best.parsed_in:7.2f}")
    print(f"memory: idle {best.idle:.0f} MB, at most {max(o.above_idle for o in mine):.0f} above")
    least = min(mine, key=lambda one: one.block_by_clock)
    print(
        f"longest block of the loop: {least.block_by_clock:.0f} ms by the clock,"
        f" {min(one.block_of_cpu for one in mine):.0f} ms of processor time"
    )
    print("blocks over 5 ms by the clock:", sorted(round(one) for one in least.late)[-10:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reader", nargs=5, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if asked.reader:
        port, address, password, maildir, folder = asked.reader
        box = Mailbox(address, password, Path(maildir))
        print(json.dumps(asdict(asyncio.run(ours(box, int(port), asked.mails, Path(folder))))))
    elif shutil.which("mbsync") is None:
        sys.exit("mbsync is not installed: apt install isync")
    else:
        compare(asked.mails, asked.rounds)


if __name__ == "__main__":
    main()
