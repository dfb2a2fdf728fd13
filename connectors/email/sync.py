"""The loop over a mailbox's folders: connect, take what is there, wait for more.

The first folder is the one to IDLE in; the others and the Sent folder are asked for their UIDNEXT
in between. Where the server has no IDLE the mailbox is polled. Pushes only wake the loop: it
always searches.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

import structlog

from connectors.email import cursor
from connectors.email.config import MailboxSettings
from connectors.email.faults import LoginRefused, MailFault, Refused
from connectors.email.fetching import FolderKind
from connectors.email.folder_reader import FolderReader, Stored
from connectors.email.folders import sent_folder
from connectors.email.session import ImapSession
from inbox.errors import ChannelPaused
from inbox.model import Batch
from inbox.ports import Clock

log = structlog.get_logger(__name__)

IDLE_SECONDS = 9 * 60.0
LOGIN_TRIES = 3
LONGEST_PAUSE = 300.0

Open = Callable[[], Awaitable[ImapSession]]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to look into the Sent folder (0: never), and to compare with the store."""

    sent_seconds: float = 60.0
    sweep_seconds: float = 3600.0


class MailReader:
    """Reads one mailbox; `read` may be called again after it ended, from the stored cursor.

    `trouble` says why nothing can be read at present, "" where all is well. `stored` is asked
    once an hour what the store has; without it nothing that was missed is looked for.
    """

    def __init__(
        self,
        settings: MailboxSettings,
        clock: Clock,
        *,
        stored: Stored | None = None,
        pace: Pace | None = None,
        open_session: Open | None = None,
        sleep: Sleep = asyncio.sleep,
        dice: Callable[[], float] | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._stored = stored
        self._pace = pace or Pace(sent_seconds=settings.sent_look_seconds)
        self._open: Open = open_session or (lambda: ImapSession.open(settings.imap))
        self._sleep = sleep
        self._dice = dice or random.SystemRandom().random
        self._log = log.bind(mailbox=settings.address)
        self._session: ImapSession | None = None
        self._idle_refused = False
        self._sent_missed = False
        self.trouble = ""
        self._heard_at: float | None = None
        self._turn = 0
        self._begin(None)

    @property
    def unheard(self) -> float | None:
        """Seconds since the server last answered; None before. While it is idled on, up to the
        longest pause between two looks."""
        return None if self._heard_at is None else monotonic() - self._heard_at

    def _begin(self, after: str | None) -> None:
        self._places = cursor.decode(after, self._settings.folders)
        self._told = after
        self._failures = 0
        self._login_failures = 0
        poll = self._settings.poll_seconds
        first, *further = self._settings.folders
        kinds = [FolderKind(first), *(FolderKind(name, look_seconds=poll) for name in further)]
        self._readers = {kind.name: self._reader(kind, kind.name) for kind in kinds}
        self._forget_session()

    def _reader(self, kind: FolderKind, key: str) -> FolderReader:
        place = self._places.get(key)
        return FolderReader(
            kind,
            self._settings,
            self._clock,
            place,
            stored=self._stored,
            sweep_seconds=self._pace.sweep_seconds,
        )

    def _forget_session(self) -> None:
        if self._session is not None:
            self._session.discard()
        self._session = None
        self._current: str | None = None
        for reader in self._readers.values():
            reader.forget()

    async def read(self, after: str | None) -> AsyncGenerator[Batch, None]:
        """Batches for ever; resuming is the acknowledgement (see inbox.ports.Source.receive).

        Raises ChannelPaused: login refused three times, no such folder, UIDVALIDITY that changes
        again and again.
        """
        self._begin(after)
        self._turn += 1
        turn = self._turn
        try:
            while True:
                batch = await self._next_batch()
                self._told = batch.cursor
                yield batch
                self._failures = 0
        finally:
            if turn == self._turn:  # a forgotten reading may end long after the next one began
                self._forget_session()

    def stop(self) -> None:
        """Drop the connection; a reading that is under way ends or connects anew."""
        self._forget_session()

    async def _next_batch(self) -> Batch:
        while True:
            try:
                return await self._look()
            except LoginRefused as error:
                self._login_failures += 1
                if self._login_failures >= LOGIN_TRIES:
                    self._forget_session()
                    raise ChannelPaused(error.fault, error.reason) from None
                await self._pause(error)
            except MailFault as error:
                await self._pause(error)

    async def _pause(self, error: MailFault) -> None:
        """Back-off: up to 1 s at first, doubling to 5 min, with full jitter."""
        self._forget_session()
        ceiling = min(LONGEST_PAUSE, 2.0 ** min(self._failures, 30))
        self._failures += 1
        pause = ceiling * self._dice()
        self.trouble = error.reason
        self._log.warning("Mail interrupted.", why=error.reason, again_in=round(pause, 1))
        await self._sleep(pause)

    async def _connected(self) -> ImapSession:
        if self._session is None:
            self._session = await self._open()
            self._login_failures = 0
            self.trouble = ""
            self._log.info("Mailbox connected.", idle=self._session.can_idle)
            await self._find_sent(self._session)
        return self._session

    async def _find_sent(self, session: ImapSession) -> None:
        """Watch the Sent folder, for what managers answer in a mail client."""
        if not self._pace.sent_seconds:
            return
        try:
            name = sent_folder(await session.folders())
        except Refused as error:
            self._log.warning("The folders cannot be listed.", why=error.reason)
            return
        if name is None:
            if not self._sent_missed:
                self._log.warning("No Sent folder known: answers from mail clients are not seen.")
            self._sent_missed = True
        elif name not in self._readers:
            kind = FolderKind(name, sent=True, look_seconds=self._pace.sent_seconds)
            self._readers[name] = self._reader(kind, cursor.SENT + name)

    async def _look(self) -> Batch:
        """The next batch of any folder, waiting until there is one."""
        if self._told is not None and self._cursor() != self._told:
            return Batch((), self._cursor())  # a try that failed counts after a restart as well
        session = await self._connected()
        while True:
            batch = await self._round(session)
            self._heard_at = monotonic()
            if batch is not None:
                return batch
            self._failures = 0
            await self._wait_for_more(session)
            self._heard_at = monotonic()

    async def _round(self, session: ImapSession) -> Batch | None:
        """One look at every folder that is due; the first is the current one at its end."""
        first, *further = self._readers.values()
        # First, so that a question is stored before the answer that stands in Sent.
        batch = await self._next_of(session, first)
        if batch is not None:
            return batch
        for reader in further:
            batch = await self._look_beside(session, reader)
            if batch is not None:
                return batch
        return None if self._current == first.kind.name else await self._next_of(session, first)

    async def _look_beside(self, session: ImapSession, reader: FolderReader) -> Batch | None:
        try:
            if self._current != reader.kind.name and not await reader.changed(session):
                return None
            return await self._next_of(session, reader)
        except (Refused, ChannelPaused) as error:
            if not reader.kind.sent:
                raise
            self._log.warning("The Sent folder cannot be read.", why=str(error))
            del self._readers[reader.kind.name]
            self._current = None
            return None

    async def _next_of(self, session: ImapSession, reader: FolderReader) -> Batch | None:
        """The folder's next batch; None once it holds nothing new."""
        if self._current != reader.kind.name:
            self._current = None
            moved = await reader.enter(session)
            self._current = reader.kind.name
            if moved:
                return Batch((), self._cursor())
        taken = await reader.next(session)
        return None if taken is None else Batch(taken, self._cursor())

    def _cursor(self) -> str:
        for name, reader in self._readers.items():
            if reader.place is not None:
                self._places[cursor.SENT + name if reader.kind.sent else name] = reader.place
        return cursor.encode(self._places, self._settings.folders)

    async def _wait_for_more(self, session: ImapSession) -> None:
        due = min(reader.seconds_to_look() for reader in self._readers.values())
        if session.can_idle and not self._idle_refused:
            try:
                await session.idle(min(IDLE_SECONDS, due))
            except Refused:
                self._idle_refused = True
                raise
            return
        await session.wait(min(self._settings.poll_seconds, due))
        await session.noop()
