"""Column types that refuse what would be lost, and the database's own clock."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Double, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

Id = BigInteger().with_variant(Integer, "sqlite")

_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


class Instant(TypeDecorator[datetime]):
    """An aware instant, UTC on the way out. ValueError for a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"an instant without a zone cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Seconds(TypeDecorator[timedelta]):
    """A stretch of time, stored as seconds."""

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> float | None:
        return None if value is None else value.total_seconds()

    def process_result_value(self, value: float | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)


def storable(value: str) -> str:
    """The text as `Words` keeps it."""
    if value.isascii() and "\x00" not in value:
        return value
    return _NOT_STORABLE.sub("�", value)


def to_json(value: Any) -> str:
    """JSON text of which every string is `storable`."""
    found = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if "\\u0000" not in found and storable(found) == found:
        return found
    return json.dumps(_storable_strings(value), ensure_ascii=False, separators=(",", ":"))


def _storable_strings(value: Any) -> Any:
    match value:
        case str():
            return storable(value)
        case dict():
            return {storable(key): _storable_strings(one) for key, one in value.items()}
        case list() | tuple():
            return [_storable_strings(one) for one in value]
        case _:
            return value


class Words(TypeDecorator[str]):
    """Text from outside: what no database keeps (NUL, lone surrogates) becomes U+FFFD.

    One UTF-16 unit for another, so that the offsets of entities stay right.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class now(FunctionElement[float]):  # noqa: N801 - reads as the SQL function that it is
    """The database's clock in seconds since 1970: the only one that the queue knows."""

    type = Double()
    inherit_cache = True


@compiles(now, "sqlite")
def _now_sqlite(element: now, compiler: Any, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now, "postgresql")
def _now_postgresql(element: now, compiler: Any, **_: Any) -> str:
    # Stable within a statement, so that an index can be searched by it.
    return "CAST(EXTRACT(EPOCH FROM statement_timestamp()) AS DOUBLE PRECISION)"
