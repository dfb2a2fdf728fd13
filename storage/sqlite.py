"""A SQLite connection without a thread hop for each statement.

A statement of ours takes SQLite 1 to 50 microseconds, a hop to aiosqlite's thread about 85, and
the dialect makes four of them. So statements run where they stand. What may take longer leaves
the event loop: a commit that waits for the disk, a checkpoint of the log. A lock held by another
process is waited for by asking again.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from inbox.errors import StoreUnavailable

LOCKED_PATIENCE = 10.0  # seconds
CHECKPOINT_EVERY = 200  # commits
NORMAL, FULL = 1, 2  # PRAGMA synchronous

T = TypeVar("T")


class Rows:
    """A cursor as SQLAlchemy's dialect wants it; all rows are read when it is executed."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, handle: sqlite3.Connection, *, aside: bool = False) -> None:
        self._handle = handle
        self._aside = aside
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        if self._aside:
            return await off_loop(lambda: self._read(self._handle.execute(sql, parameters)))
        return self._read(self._handle.execute(sql, parameters))

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> Self:
        return self._read(self._handle.executemany(sql, parameters))

    def _read(self, cursor: sqlite3.Cursor) -> Self:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid
        cursor.close()
        return self

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []


class SqliteConnection(aiosqlite.Connection):
    """One connection, used by one transaction at a time. `durable` and `reading` are about the
    next one; `aside`: its statements run in a thread."""

    def __init__(self, path: Path) -> None:
        super().__init__(self._open, iter_chunk_size=64)
        self._thread.daemon = True  # as the dialect does: a forgotten close must not hang the exit
        self._path = path
        self._synchronous = NORMAL
        self._commits = 0
        self.durable = False
        self.reading = False
        self.aside = False
        self.handle: sqlite3.Connection

    def _open(self) -> sqlite3.Connection:
        self.handle = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=LOCKED_PATIENCE
        )
        _write_ahead(self.handle)
        self.handle.execute("PRAGMA foreign_keys = ON")
        self.handle.execute(f"PRAGMA synchronous = {NORMAL}")
        self.handle.execute("PRAGMA wal_autocheckpoint = 0")
        self.handle.execute("PRAGMA busy_timeout = 0")
        return self.handle

    async def ended(self) -> None:
        """Its thread has ended: aiosqlite stops that of a failed opening, and does not wait."""
        await asyncio.to_thread(self._thread.join, LOCKED_PATIENCE)

    def cursor(self) -> Any:
        return Rows(self.handle, aside=self.aside)

    async def begin(self) -> None:
        """BEGIN IMMEDIATE: reading, then writing what was read, loses no update of others. Who
        only reads takes no lock, and keeps nobody from writing."""
        wanted = FULL if self.durable else NORMAL
        if wanted != self._synchronous:
            self.handle.execute(f"PRAGMA synchronous = {wanted}")
            self._synchronous = wanted
        deadline = time.monotonic() + LOCKED_PATIENCE
        while True:
            try:
                self.handle.execute("BEGIN" if self.reading else "BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                if time.monotonic() > deadline:
                    raise StoreUnavailable("locked", str(self._path)) from error
            await asyncio.sleep(0.003)

    async def commit(self) -> None:
        if self._synchronous == FULL:
            await off_loop(self.handle.commit)
        else:
            self.handle.commit()
        self._commits += 1
        if self._commits >= CHECKPOINT_EVERY:
            self._commits = 0
            # A reader elsewhere keeps it from finishing; the next one goes on.
            await off_loop(lambda: self.handle.execute("PRAGMA wal_checkpoint(PASSIVE)").close())

    async def rollback(self) -> None:
        self.handle.rollback()


async def off_loop(call: Callable[[], T]) -> T:
    """Run in a thread; when cancelled, end only after it: nobody else may use the connection."""
    work = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        while not work.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({work})
        raise


def connect(path: Path) -> Callable[[], Awaitable[SqliteConnection]]:
    """What SQLAlchemy calls for a new connection."""

    async def opened() -> SqliteConnection:
        connection = SqliteConnection(path)
        try:
            await connection
        except BaseException:
            await connection.ended()
            raise
        return connection

    return opened


def _write_ahead(handle: sqlite3.Connection) -> None:
    """Several who start at once: changing the mode does not wait for a lock by itself."""
    deadline = time.monotonic() + LOCKED_PATIENCE
    while True:
        try:
            if handle.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
                return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)
