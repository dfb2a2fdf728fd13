"""Puts a copy of what was sent into the Sent folder, behind the back of the sending.

The mail is with its recipient already: nothing here delays or fails a receipt. Some providers
keep what they relay (Gmail, Microsoft 365), so the copy is looked for first, by Message-ID.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from connectors.email.compose import Composed
from connectors.email.config import MailboxSettings
from connectors.email.faults import MailFault, Refused
from connectors.email.folders import quote, sent_folder
from connectors.email.session import ImapSession

log = structlog.get_logger(__name__)

MOST_WAITING = 100
PAUSES = (2.0, 10.0, 60.0, 300.0, 1800.0)
CLOSE_SECONDS = 5.0

Open = Callable[[], Awaitable[ImapSession]]


@dataclass(frozen=True, slots=True)
class _Copy:
    mail: Composed
    due: float


class SentCopies:
    """The copies of one mailbox, made one after the other over one connection."""

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        open_session: Open | None = None,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._settings = settings
        self._open: Open = open_session or (lambda: ImapSession.open(settings.imap))
        self._pauses = pauses
        self._log = log.bind(mailbox=settings.address)
        self._waiting: asyncio.Queue[_Copy] = asyncio.Queue(MOST_WAITING)
        self._closing = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._session: ImapSession | None = None
        self._folder: str | None = None

    def keep(self, mail: Composed) -> None:
        """Have a copy made in the background; at once where the delay is 0."""
        if self._settings.sent_copy == "provider" or self._closing.is_set():
            return
        due = asyncio.get_running_loop().time() + self._settings.sent_copy_delay
        try:
            self._waiting.put_nowait(_Copy(mail, due))
        except asyncio.QueueFull:
            self._log.error("Too many sent copies wait; one is left out.", id=mail.message_id)
            return
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Make the copies that wait, without their delay, within five seconds."""
        self._closing.set()
        if self._worker is not None:
            await asyncio.wait({self._worker}, timeout=CLOSE_SECONDS)
            self._worker.cancel()
            await asyncio.wait({self._worker})
        if left := self._waiting.qsize():
            self._log.error("Sent copies were left out at the end.", count=left)

    async def _work(self) -> None:
        try:
            while not self._waiting.empty():
                copy = self._waiting.get_nowait()
                await self._wait(copy.due - asyncio.get_running_loop().time())
                await self._make(copy.mail)
                if self._waiting.empty() and self._session is not None:
                    await self._session.close()
                    self._drop()
        finally:
            self._drop()

    async def _make(self, mail: Composed) -> None:
        for pause in (*self._pauses, None):
            try:
                await self._copy(mail)
            except MailFault as error:
                self._drop()
                self._folder = None
                last = pause is None or self._closing.is_set()
                tell = self._log.error if last else self._log.warning
                tell("No copy in the Sent folder.", id=mail.message_id, why=error.reason)
                if pause is None or self._closing.is_set():
                    return
                await self._wait(pause)
            else:
                return

    async def _copy(self, mail: Composed) -> None:
        if self._session is None:
            self._session = await self._open()
        session = self._session
        if self._folder is None:
            self._folder = sent_folder(await session.folders())
        if self._folder is None:
            raise Refused("no Sent folder known by its role or name")
        await session.select(self._folder)
        if not await session.search("HEADER", "Message-ID", quote(mail.message_id)):
            await session.append(self._folder, mail.payload)

    async def _wait(self, seconds: float) -> None:
        """So many seconds, or less where everything is about to end."""
        if seconds > 0:
            closing = asyncio.create_task(self._closing.wait())
            try:
                await asyncio.wait({closing}, timeout=seconds)
            finally:
                closing.cancel()

    def _drop(self) -> None:
        if self._session is not None:
            self._session.discard()
        self._session = None
