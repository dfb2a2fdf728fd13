"""The database's errors, translated once into ours."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from inbox.errors import OknoError, StoreRefused, StoreUnavailable
from inbox.phrases import Phrase

SQLITE_WORDS = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_CANTOPEN: "unreachable",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_IOERR: "disk_error",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}
# Classes of SQLSTATE, the longest match first (PostgreSQL, appendix A).
POSTGRES_WORDS = {
    "53100": "disk_full",
    "53300": "overloaded",
    "55P03": "locked",
    "40P01": "locked",
    "40001": "locked",
    "25006": "read_only",
    "28": "refused",
    "3D": "unreachable",
    "58030": "disk_error",
    "XX": "damaged",
}

FAULTS = (DBAPIError, PoolTimeout, sqlite3.Error)


def translated(error: BaseException) -> OknoError | None:
    """Ours for the database's error; None where it is a fault of the program's own."""
    if isinstance(error, IntegrityError):
        return StoreRefused(_words(error.orig))
    if isinstance(error, PoolTimeout):
        return StoreUnavailable("overloaded", Phrase("no connection became free"))
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        reason = None if code is None else SQLITE_WORDS.get(code & 0xFF)
        return None if reason is None else StoreUnavailable(reason, str(cause))
    if isinstance(error, DBAPIError):
        return _postgres(error)
    return None


def unreachable(error: OSError) -> StoreUnavailable:
    """The network's error, a time-out included, where the database was spoken to."""
    return StoreUnavailable("unreachable", _words(error))


def _postgres(error: DBAPIError) -> OknoError | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    for length in (5, 2):
        if reason := POSTGRES_WORDS.get(state[:length]):
            return StoreUnavailable(reason, _words(error.orig))
    if error.connection_invalidated or state[:2] in {"08", "57"}:
        return StoreUnavailable("connection_lost", _words(error.orig))
    return None


def _words(error: BaseException | None) -> str:
    """The driver's own words without the name of its class."""
    text = str(error).strip()
    return text.rpartition(">: ")[2].splitlines()[0] if text else type(error).__name__
