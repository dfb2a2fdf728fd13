"""The store: transactions, the queue's claims, and opening and closing the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from inbox.jobs import Queue
from inbox.records import Claim, Claimed
from storage.claims import LEASE, MAX_ATTEMPTS, ClaimRows, QueueStats
from storage.engine import FileLock, open_engine, parse_url
from storage.faults import FAULTS, translated, unreachable
from storage.gauges import GaugeRows, Gauges
from storage.queue import QueueRows
from storage.schema import migrate
from storage.sqlite import SqliteConnection, off_loop
from storage.statements import DURABLE
from storage.transaction import SqlTransaction
from storage.wakeup import SWEEP, Listener, WakeUp

T = TypeVar("T", bound=QueueRows)


class SqlStore:
    """Implements inbox.ports.Store. Made by `open_store`; `close` it."""

    def __init__(
        self,
        engine: AsyncEngine,
        lock: FileLock | None,
        *,
        lease: float = LEASE,
        max_attempts: int = MAX_ATTEMPTS,
    ) -> None:
        self._engine = engine
        self._lock = lock
        self._lease = lease
        self._max_attempts = max_attempts
        self._wake_up = WakeUp()
        self._writing = asyncio.Lock()
        self._writer: AsyncConnection | None = None
        self._listener: Listener | None = None

    async def start(self, *, listening: bool = True) -> None:
        if self._engine.dialect.name != "postgresql":
            self._writer = await self._engine.connect()
        elif listening:
            self._listener = Listener(self._engine, self._wake_up)

    async def close(self) -> None:
        if self._listener is not None:
            await self._listener.close()
        if self._writer is not None:
            async with self._writing:
                await self._writer.close()
        await self._engine.dispose()
        if self._lock is not None:
            self._lock.release()

    def begin(self, *, durable: bool = False) -> AbstractAsyncContextManager[SqlTransaction]:
        return self._begin(SqlTransaction, durable=durable)

    def read(self) -> AbstractAsyncContextManager[SqlTransaction]:
        return self._begin(SqlTransaction, reading=True)

    @asynccontextmanager
    async def _begin(
        self, kind: type[T], *, durable: bool = False, reading: bool = False
    ) -> AsyncIterator[T]:
        try:
            async with AsyncExitStack() as stack:
                connection = await self._connection(stack, durable=durable, reading=reading)
                async with connection.begin():
                    transaction = kind(connection)
                    if durable and self._writer is None:
                        await transaction.run(DURABLE)
                    yield transaction
                    queues = await transaction.flush()
        except FAULTS as error:
            ours = translated(error)
            if ours is None:
                raise
            raise ours from error
        for queue in queues:
            self._wake_up.tell(queue)
        for call in transaction.afterwards:
            call()

    async def _connection(
        self, stack: AsyncExitStack, *, durable: bool, reading: bool
    ) -> AsyncConnection:
        """SQLite: the one writer, for one transaction at a time, in the order of asking."""
        if self._writer is None:
            try:
                return await stack.enter_async_context(self._engine.connect())
            except OSError as error:
                raise unreachable(error) from error
        # Statements do not leave the loop: without this, who writes much would stop all others.
        await asyncio.sleep(0)
        await stack.enter_async_context(self._writing)
        driver = (await self._writer.get_raw_connection()).driver_connection
        if isinstance(driver, SqliteConnection):
            driver.durable, driver.reading = durable, reading
        return self._writer

    async def claim(self, queue: Queue, limit: int) -> Claimed:
        async with self._begin(ClaimRows) as t:
            return await t.claim(queue, limit, lease=self._lease, most=self._max_attempts)

    async def renew(self, claims: Sequence[Claim]) -> None:
        async with self._begin(ClaimRows) as t:
            await t.renew(claims, lease=self._lease)

    async def wait_for_jobs(self, queue: Queue, seconds: float) -> None:
        await self._wake_up.wait(queue, min(seconds, SWEEP) if self._listener else seconds)

    async def release_abandoned(self) -> int:
        """0 on PostgreSQL and without the file's lock: others may be running; leases expire."""
        if self._lock is None or not self._lock.held:
            return 0
        async with self._begin(ClaimRows) as t:
            return await t.release()

    async def stats(self) -> QueueStats:
        async with self._begin(ClaimRows) as t:
            return await t.stats()

    async def gauges(self, at: datetime) -> Gauges:
        """Who waits at `at` (UTC), and what stands in the queues.

        On a connection of its own, in a thread: what looks at all that waits, and may be asked by
        several who watch, keeps nobody from writing.
        """
        try:
            async with self._engine.connect() as connection:
                driver = (await connection.get_raw_connection()).driver_connection
                if isinstance(driver, SqliteConnection):
                    driver.reading = driver.aside = True
                async with connection.begin():
                    return await GaugeRows(connection).gauges(at)
        except (*FAULTS, OSError) as error:
            ours = unreachable(error) if isinstance(error, OSError) else translated(error)
            if ours is None:
                raise
            raise ours from error

    async def prune(self, older_than: timedelta = timedelta(days=30)) -> int:
        """Forget the keys of finished jobs put longer ago; how many those were."""
        async with self._begin(ClaimRows) as t:
            return await t.forget(older_than.total_seconds())

    async def check(self) -> tuple[str, ...]:
        """Problems found, in English; empty when the database is sound. May take a while."""
        async with self._begin(ClaimRows) as t:
            problems = await t.unsound()
        return (*problems, *await self._damage())

    async def _damage(self) -> tuple[str, ...]:
        if self._writer is None:
            return ()
        async with self._writing:
            driver = (await self._writer.get_raw_connection()).driver_connection
            if not isinstance(driver, SqliteConnection):
                return ()
            handle = driver.handle
            found = await off_loop(lambda: handle.execute("PRAGMA quick_check").fetchall())
            foreign = await off_loop(lambda: handle.execute("PRAGMA foreign_key_check").fetchall())
        damage = tuple(f"file: {words}" for (words,) in found if words != "ok")
        return (*damage, *(f"{table} row {row} refers to nothing" for table, row, *_ in foreign))


async def open_store(
    url: str,
    *,
    exclusive: bool = True,
    reading: bool = False,
    lease: float = LEASE,
    max_attempts: int = MAX_ATTEMPTS,
) -> SqlStore:
    """Open the database, bring its tables up to date, and be ready for work.

    `exclusive`: this is the process that runs; on SQLite a second one is refused. Short commands
    open with False. `reading`: it is only read, beside or after a process that has brought the
    tables up to date, so that no lock is taken; it hears of no jobs. `lease` in seconds.

    Raises:
        StoreUnavailable: it cannot be reached, is in use, or was written by a later version.
    """
    parsed = parse_url(url)
    lock = None
    if parsed.drivername.startswith("sqlite"):
        path = Path(str(parsed.database))
        lock = FileLock(path)
        if exclusive:
            lock.acquire()
    engine = open_engine(parsed)
    store = SqlStore(engine, lock, lease=lease, max_attempts=max_attempts)
    try:
        if not reading:
            await migrate(engine)
        await store.start(listening=not reading)
    except BaseException as error:
        await store.close()
        ours = unreachable(error) if isinstance(error, OSError) else translated(error)
        if ours is None:
            raise
        raise ours from error
    return store
