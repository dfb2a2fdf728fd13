"""Opens the database that a URL names, and keeps a second running process from an SQLite file."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import IO, Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from inbox.errors import StoreUnavailable
from inbox.phrases import Phrase
from storage.columns import to_json
from storage.sqlite import SqliteConnection, connect

OLDEST_SQLITE = (3, 35)  # RETURNING
CONNECT_PATIENCE = 10  # seconds
STATEMENT_PATIENCE = 30  # seconds: a server that hangs must not hang us
# All workers at once, and who listens, ticks and claims: one that is opened for a single
# transaction costs more than the transaction.
CONNECTIONS = 24
# As SQLite's NORMAL: what a power cut takes of the last half second was acknowledged to nobody
# and runs again. What gets acknowledged says `durable` (storage/store.py).
SESSION = {"synchronous_commit": "off", "jit": "off"}

SCHEMES = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}


def parse_url(url: str) -> URL:
    """`sqlite:///FILE` or `postgresql://...`; the driver may be left out.

    Raises:
        StoreUnavailable: neither of the two, or SQLite without a file. The URL is not repeated:
            it may hold a password.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreUnavailable(
            "url", Phrase("expected sqlite:///FILE or postgresql://...")
        ) from None
    parsed = parsed.set(drivername=SCHEMES.get(parsed.drivername, parsed.drivername))
    if mode := parsed.query.get("sslmode"):  # as libpq and every provider's page write it
        parsed = parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    if parsed.drivername not in SCHEMES.values():
        raise StoreUnavailable("url", Phrase("unknown database {name}", name=parsed.drivername))
    if parsed.drivername == SCHEMES["sqlite"] and parsed.database in {None, "", ":memory:"}:
        raise StoreUnavailable(
            "url", Phrase("SQLite needs a file: nothing may be lost at the end")
        )
    return parsed


def open_engine(url: URL) -> AsyncEngine:
    """An engine; nothing is connected yet."""
    if url.drivername == SCHEMES["sqlite"]:
        return _sqlite(Path(str(url.database)))
    return _postgresql(url)


def _postgresql(url: URL) -> AsyncEngine:
    try:
        engine = create_async_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=10,
            hide_parameters=True,
            json_serializer=to_json,
            connect_args={
                "timeout": CONNECT_PATIENCE,
                "command_timeout": STATEMENT_PATIENCE,
                "server_settings": SESSION,
            },
        )
    except (NoSuchModuleError, ModuleNotFoundError):
        detail = Phrase("PostgreSQL needs the extra okno[postgres]")
        raise StoreUnavailable("driver", detail) from None

    @event.listens_for(engine.sync_engine, "checkout")
    def checkout(adapted: Any, _record: Any, _proxy: Any) -> None:
        # The driver hears of a server that stopped; a ping would cost a round trip each time.
        if adapted.driver_connection.is_closed():
            raise DisconnectionError

    return engine


def _sqlite(path: Path) -> AsyncEngine:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        detail = Phrase("SQLite 3.35 is needed, not {version}", version=sqlite3.sqlite_version)
        raise StoreUnavailable("driver", detail)
    engine = create_async_engine(
        "sqlite+aiosqlite://",
        async_creator=connect(path),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=1,  # beside the one that writes: SqlStore.gauges
        pool_reset_on_return=None,
        hide_parameters=True,
        json_serializer=to_json,
    )

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.connection.dbapi_connection.run_async(SqliteConnection.begin)

    return engine


class FileLock:
    """Held by the one process that runs; the kernel lets go of it when that dies.

    Short commands open the database without it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}-lock")
        self._file: IO[str] | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

    def acquire(self) -> None:
        """
        Raises:
            StoreUnavailable: another process runs on this database, or the folder is not ours.
        """
        try:
            file = self._path.open("a+", encoding="utf-8")
        except OSError as error:
            raise StoreUnavailable("unreachable", f"{self._path}: {error.strerror}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            database = str(self._path).removesuffix("-lock")
            detail = Phrase(
                "{file} is used by a running process (pid {number}); stop it first",
                file=database,
                number=holder,
            )
            raise StoreUnavailable("in_use", detail) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
