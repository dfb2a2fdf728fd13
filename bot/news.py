"""What administrators are told without having asked: through the queue, or past it.

A notice stands in the queue like all else, so that it survives a restart. While the database
is what fails, it is said at once to whoever was an administrator when it last answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic

import structlog

from inbox import routing
from inbox.errors import ChannelPaused, OknoError, StoreUnavailable
from inbox.model import Manager
from inbox.ports import Clock, Desk, Store
from inbox.queueing import tell_admins

log = structlog.get_logger(__name__)

SAY_WITHIN = 10.0  # seconds
SAY_AGAIN = timedelta(hours=1)
REMEMBER_EVERY = 600.0  # real seconds


class Administrators:
    """Hears from the supervisor (bot.supervise.News). Raises nothing."""

    def __init__(self, store: Store, desk: Desk, clock: Clock) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock
        self._staff: Sequence[Manager] = ()
        self._learnt_at: float | None = None
        self._said_at: datetime | None = None

    async def remember(self) -> None:
        """Learn who is there, for the time when the database cannot say; for every tick.

        Looks once in ten minutes. Raises StoreUnavailable.
        """
        now = monotonic()
        if self._learnt_at is not None and now - self._learnt_at < REMEMBER_EVERY:
            return
        async with self._store.begin() as t:
            self._staff = await t.staff()
        self._learnt_at = now

    async def paused(self, name: str, error: ChannelPaused) -> None:
        """See bot.supervise.News."""
        await self._tell("channel_paused", {"channel": name, "reason": str(error)})

    async def back(self, name: str) -> None:
        """See bot.supervise.News."""
        await self._tell("channel_back", {"channel": name})

    async def store_away(self, error: StoreUnavailable) -> None:
        """See bot.supervise.News; said once an hour, however many parts fail."""
        now = self._clock.now()
        if self._said_at is not None and now - self._said_at < SAY_AGAIN:
            return
        self._said_at = now
        notice = "disk_full" if error.reason == "disk_full" else "store_unavailable"
        await self._say(notice, {"reason": str(error)})

    async def _tell(self, notice: str, fields: dict[str, str]) -> None:
        key = f"{notice}:{fields.get('channel')}:{self._clock.now().isoformat()}"
        try:
            async with self._store.begin() as t:
                self._staff = await t.staff()
                await tell_admins(t, notice, fields, key=key)
        except OknoError as error:
            log.warning("A notice could not be queued.", notice=notice, error=str(error))
            await self._say(notice, fields)

    async def _say(self, notice: str, fields: dict[str, str]) -> None:
        for one in routing.admins(self._staff):
            try:
                async with asyncio.timeout(SAY_WITHIN):
                    await self._desk.tell(notice, fields, one)
            except (OknoError, TimeoutError) as error:
                log.warning("Not told.", name=one.name, notice=notice, error=str(error))
