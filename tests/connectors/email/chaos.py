"""A mailbox under attack: connections cut, stalled and killed, UIDs renumbered, mails expunged.

Mails are delivered to a real Dovecot while the product's own `listen` stores what its reader
takes, through a line that is cut at random bytes. At the end every mail that was left in the
mailbox must be stored once, and none may be marked read.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from connectors.email.session import ImapSession
from connectors.email.sync import MailReader, Pace
from inbox.flow import listen
from inbox.inbox import Inbox
from inbox.model import Batch, Channel
from storage.store import SqlStore
from tests.connectors.email.reading import Clock, mail, mailbox_settings
from tests.servers import Dovecot, Mailbox

CHANNEL = Channel("email:info", "email")
EVER = datetime(1970, 1, 1, tzinfo=UTC)
SETTLE = 60.0  # seconds
INDEXES = ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache")


@dataclass
class Outcome:
    """What became of the mails, by their numbers, and what was done to them."""

    lost: set[int] = field(default_factory=set)
    doubled: set[int] = field(default_factory=set)
    expunged: set[int] = field(default_factory=set)
    placeholders: int = 0
    marked_read: int = 0
    stored: int = 0
    seconds: float = 0.0
    done: Counter[str] = field(default_factory=Counter)


class Line:
    """A line to the server: may end after so many bytes more, or fall silent."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._open: set[asyncio.StreamWriter] = set()
        self._serving: asyncio.Server | None = None
        self.port = 0
        self.left: int | None = None
        self.silent = asyncio.Event()
        self.silent.set()

    async def start(self) -> None:
        self._serving = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._serving.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._serving is not None:
            self._serving.close()
        self.hang_up()

    def hang_up(self) -> None:
        for writer in (*self._open,):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
            self._open |= {writer, far_writer}
            await asyncio.gather(
                self._pass(reader, far_writer, back=False),
                self._pass(far_reader, writer, back=True),
                return_exceptions=True,
            )
            self._open -= {writer, far_writer}

    async def _pass(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, back: bool
    ) -> None:
        try:
            while data := await source.read(4096):
                await self.silent.wait()
                if back and self.left is not None:
                    data, self.left = data[: self.left], self.left - len(data)
                target.write(data)
                await target.drain()
                if back and self.left is not None and self.left <= 0:
                    self.left = None
                    self.hang_up()
        finally:
            target.transport.abort()


class Chaos:
    """One run over one mailbox; the same `seed` does the same things, at other instants."""

    def __init__(self, dovecot: Dovecot, box: Mailbox, store: SqlStore, seed: int) -> None:
        self._dovecot = dovecot
        self._box = box
        self._store = store
        self._dice = random.Random(seed)
        self._clock = Clock()
        self._line = Line(dovecot.imap_port)
        self._payloads: dict[int, bytes] = {}
        self._listening: asyncio.Task[None] | None = None
        self.outcome = Outcome()

    async def run(self, total: int, *, burst: int, pause: float, least: int = 0) -> Outcome:
        """Deliver `total` mails, `burst` at a time with so many seconds between them.

        `least`: so many disturbances at least, evenly among the mails, however fast all is.
        """
        await self._line.start()
        started = asyncio.get_running_loop().time()
        self._listen()
        await asyncio.sleep(1.0)  # a first run takes what comes from now on
        disturbing = asyncio.create_task(self._disturb())
        try:
            for start in range(0, total, burst):
                await asyncio.to_thread(self._deliver, range(start, min(start + burst, total)))
                await asyncio.sleep(pause)
                while self.outcome.done.total() < least * (start + burst) // total:
                    await asyncio.sleep(0.01)
            disturbing.cancel()
            await self._settle(total)
        finally:
            disturbing.cancel()
            if self._listening is not None:
                self._listening.cancel()
            await self._line.stop()
        self.outcome.seconds = asyncio.get_running_loop().time() - started
        return self.outcome

    def _deliver(self, numbers: range) -> None:
        for number in numbers:
            size = self._dice.choice((200, 4_000, 30_000, 90_000))
            size = 1_500_000 if number % 250 == 249 else size
            payload = mail(f"M{number}", ("Текст ( {12} * OK ) " * 4 + "\r\n") * (size // 90 + 1))
            self._payloads[number] = payload
            self._dovecot.deliver(self._box.address, payload)

    def _listen(self) -> None:
        """Begin as after a kill: from what is stored."""
        settings = mailbox_settings(self._box, self._line.port)
        reader = MailReader(
            settings,
            self._clock,
            stored=self._stored_uids,
            pace=Pace(sent_seconds=1.0, sweep_seconds=1.0),
            open_session=lambda: ImapSession.open(settings.imap, silence=0.7),
            sleep=lambda _: asyncio.sleep(0.02),
        )
        source = _Source(reader, self.outcome)
        inbox = cast("Inbox", _Inbox(self._store))
        self._listening = asyncio.create_task(listen(inbox, cast("Any", source)))

    async def _stored_uids(
        self, folder: str, uid_validity: int, since: datetime
    ) -> frozenset[int]:
        like = {"folder": folder, "uidvalidity": str(uid_validity)}
        async with self._store.begin() as t:
            return frozenset(map(int, await t.noted(CHANNEL.id, "uid", like, since)))

    async def _disturb(self) -> None:
        deeds: list[Callable[[], Any]] = [
            self._cut,
            self._cut,
            self._cut,
            self._kill_server_side,
            self._kill_us,
            self._stall,
            self._expunge,
            self._expunge,
        ]
        count = 0
        while True:
            await asyncio.sleep(self._dice.uniform(0.02, 0.3))
            count += 1
            deed = self._renumber if count % 25 == 12 else self._dice.choice(deeds)
            self.outcome.done[deed.__name__.strip("_")] += 1
            await deed()

    async def _cut(self) -> None:
        self._line.left = self._dice.choice((1, 50, 700, 9_000, 60_000, 300_000))

    async def _stall(self) -> None:
        self._line.silent.clear()
        await asyncio.sleep(1.0)
        self._line.silent.set()

    async def _kill_server_side(self) -> None:
        await asyncio.to_thread(self._dovecot.kill_connections, self._box.address)

    async def _kill_us(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait({self._listening})
        self._listen()

    async def _renumber(self) -> None:
        """All UIDs count anew, as after a provider restored a mailbox."""
        await self._kill_server_side()
        for name in INDEXES:
            (self._box.maildir / name).unlink(missing_ok=True)
        await self._kill_server_side()
        await asyncio.sleep(1.1)  # Dovecot's UIDVALIDITY is of whole seconds

    async def _expunge(self) -> None:
        """Delete one of the newest mails, which may be under way."""
        files = [*(self._box.maildir / "new").glob("*"), *(self._box.maildir / "cur").glob("*")]
        if files:
            newest = sorted(files, key=lambda file: file.name)[-20:]
            file = self._dice.choice(newest)
            with contextlib.suppress(FileNotFoundError):
                payload = file.read_bytes()
                file.unlink()
                self.outcome.expunged.add(_number(payload))

    async def _settle(self, total: int) -> None:
        """Wait until all is there; what is owed (gaps) falls due meanwhile."""
        self._line.left = None
        self._line.silent.set()
        deadline = asyncio.get_running_loop().time() + SETTLE
        while True:
            await self._look(total)
            if not self.outcome.lost or asyncio.get_running_loop().time() > deadline:
                return
            if self._listening is None or self._listening.done():
                self._listen()
            self._clock.ahead += Clock.hop
            await asyncio.sleep(0.5)

    async def _look(self, total: int) -> None:
        found: Counter[int] = Counter()
        after = 0
        while True:
            async with self._store.begin() as t:
                page = await t.raws_to_replay("stored", EVER, after, 200)
                for one in page:
                    found[_number((await t.raw_and_album(one.raw_id))[0].payload)] += 1
            if not page:
                break
            after = page[-1].raw_id
        out = self.outcome
        out.stored = found.total()
        out.doubled = {number for number, count in found.items() if count > 1}
        out.lost = set(range(total)) - found.keys() - out.expunged
        flags = [file.name.partition(":2,")[2] for file in (self._box.maildir / "cur").glob("*")]
        out.marked_read = sum("S" in one for one in flags)


class _Source:
    channel = CHANNEL

    def __init__(self, reader: MailReader, outcome: Outcome) -> None:
        self._reader = reader
        self._outcome = outcome

    async def receive(self, after: str | None) -> AsyncIterator[Batch]:
        async with contextlib.aclosing(self._reader.read(after)) as batches:
            async for batch in batches:
                self._outcome.placeholders += sum("gap" in raw.note for raw in batch.messages)
                yield batch


@dataclass
class _Inbox:
    """All that `listen` needs of an Inbox."""

    store: SqlStore


def _number(payload: bytes) -> int:
    return int(payload.split(b"\r\n", 1)[0].removeprefix(b"Subject: M"))
