"""Runs statements on a transaction's connection; what all subjects share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.faults import unreachable

PerDialect = Mapping[str, Executable]

DURABLE = text("SET LOCAL synchronous_commit = on")  # PostgreSQL; SQLite's is in sqlite.py


def per_dialect(table: Table, make: Callable[[Any], Executable]) -> PerDialect:
    """An insert with ON CONFLICT, which SQLAlchemy has only for each dialect by itself."""
    return {"sqlite": make(sqlite.insert(table)), "postgresql": make(postgresql.insert(table))}


class Statements:
    """Runs statements on the transaction's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.dialect = connection.dialect.name

    async def run(
        self,
        statement: Executable | PerDialect,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> CursorResult[Any]:
        if isinstance(statement, Mapping):
            statement = statement[self.dialect]
        try:
            return await self._connection.execute(statement, parameters)
        except OSError as error:
            raise unreachable(error) from error

    async def rows(self, statement: Executable | PerDialect, **values: Any) -> Sequence[Any]:
        return (await self.run(statement, values)).all()

    async def row(self, statement: Executable | PerDialect, **values: Any) -> Any:
        return (await self.run(statement, values)).first()

    async def value(self, statement: Executable | PerDialect, **values: Any) -> Any:
        return (await self.run(statement, values)).scalar()

    async def changed(self, statement: Executable | PerDialect, **values: Any) -> int:
        """How many rows the statement touched."""
        return (await self.run(statement, values)).rowcount
