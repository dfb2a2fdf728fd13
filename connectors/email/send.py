"""Sends mails: connections are reused for a burst and said goodbye to soon after it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from connectors.email.compose import Composed
from connectors.email.config import ServerSettings
from connectors.email.smtp import SmtpSession
from inbox.errors import Fault, SendDeferred

MOST_CONNECTIONS = 4
IDLE_SECONDS = 5.0
LOGIN_PAUSE = 60.0
AFTER_LOGIN_FAILED = timedelta(minutes=10)

Open = Callable[[], Awaitable[SmtpSession]]


class Outgoing:
    """The connections of one mailbox to its SMTP server."""

    def __init__(
        self,
        settings: ServerSettings,
        *,
        open_session: Open | None = None,
        keep: float = IDLE_SECONDS,
    ) -> None:
        self._open: Open = open_session or (lambda: SmtpSession.open(settings))
        self._keep = keep
        self._refusal = ""
        self._no_login_before = 0.0
        self._room = asyncio.Semaphore(MOST_CONNECTIONS)
        self._resting: list[SmtpSession] = []
        self._goodbyes: set[asyncio.Task[None]] = set()

    async def send(self, mail: Composed) -> None:
        """Give the mail to the server, once. Raises the three SendFailed.

        What a rested connection defers is tried once over a new one: it may have died of age.
        """
        async with self._room:
            session = self._take()
            if session is not None:
                with contextlib.suppress(SendDeferred):
                    await self._send_over(session, mail)
                    return
            await self._send_over(await self._opened(), mail)

    async def close(self) -> None:
        """Say goodbye on every connection."""
        for task in self._goodbyes:
            task.cancel()
        resting, self._resting = self._resting, []
        await asyncio.gather(*(session.close() for session in resting))

    async def _opened(self) -> SmtpSession:
        """A new connection. Each try with a wrong password brings the account nearer to being
        locked, so for a minute after one all others fail without a try."""
        if time.monotonic() < self._no_login_before:
            raise self._login_refused()
        try:
            return await self._open()
        except SendDeferred as error:
            if error.fault is not Fault.LOGIN_FAILED:
                raise
            self._refusal = error.detail
            self._no_login_before = time.monotonic() + LOGIN_PAUSE
            raise self._login_refused() from None

    def _login_refused(self) -> SendDeferred:
        return SendDeferred(Fault.LOGIN_FAILED, self._refusal, retry_after=AFTER_LOGIN_FAILED)

    def _take(self) -> SmtpSession | None:
        while self._resting:
            session = self._resting.pop()
            if session.alive:
                return session
        return None

    async def _send_over(self, session: SmtpSession, mail: Composed) -> None:
        try:
            await session.send(mail)
        except BaseException:
            session.discard()
            raise
        self._resting.append(session)
        task = asyncio.create_task(self._goodbye(session))
        self._goodbyes.add(task)
        task.add_done_callback(self._goodbyes.discard)

    async def _goodbye(self, session: SmtpSession) -> None:
        uses = session.uses
        await asyncio.sleep(self._keep)
        if session in self._resting and session.uses == uses:
            self._resting.remove(session)
            await session.close()
