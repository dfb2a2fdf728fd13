"""Tells workers that a job was put: by an event, between processes by LISTEN and NOTIFY."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from inbox.jobs import Queue

log = logging.getLogger(__name__)

SWEEP = 5.0  # seconds: what a lost notification costs at most
PING = 5.0  # seconds: a connection that died silently is noticed
RECONNECT = 1.0  # seconds


class WakeUp:
    """One event a queue."""

    def __init__(self) -> None:
        self._events = {queue: asyncio.Event() for queue in Queue}

    def tell(self, queue: Queue) -> None:
        self._events[queue].set()

    def tell_all(self) -> None:
        for event in self._events.values():
            event.set()

    async def wait(self, queue: Queue, seconds: float) -> None:
        """Return when something was put since the last return, or after so many seconds."""
        event = self._events[queue]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
        event.clear()


class Listener:
    """Holds a connection that LISTENs; connects anew for ever, and wakes all when it did."""

    def __init__(self, engine: AsyncEngine, wake_up: WakeUp) -> None:
        self._engine = engine
        self._wake_up = wake_up
        self._task = asyncio.create_task(self._run(), name="okno listens for jobs")

    async def close(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - whatever broke it, the sweep goes on meanwhile
                log.warning("no notifications from the database: %s", type(error).__name__)
            await asyncio.sleep(RECONNECT)

    async def _listen(self) -> None:
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.add_listener("okno_jobs", self._heard)
            self._wake_up.tell_all()
            try:
                while True:
                    await asyncio.sleep(PING)
                    async with asyncio.timeout(PING):
                        await connection.execute(text("SELECT 1"))
            finally:
                with contextlib.suppress(Exception):
                    await driver.remove_listener("okno_jobs", self._heard)
                await connection.invalidate()

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        with contextlib.suppress(ValueError):  # a queue of a later version
            self._wake_up.tell(Queue(payload))
