"""Brings the tables up to date at start, however many processes start at once."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from inbox.errors import StoreUnavailable
from inbox.phrases import Phrase
from storage.statements import DURABLE

HEAD = "0009"
LOCK = 7_310_579  # our advisory lock's number in PostgreSQL
VERSION = select(text("version_num")).select_from(text("alembic_version"))


async def migrate(engine: AsyncEngine) -> None:
    """One transaction for all steps: done or not begun.

    Raises:
        StoreUnavailable: "newer": a later version of the program wrote this database.
    """
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            # A server that crashed right after it would come back without the tables.
            await connection.execute(DURABLE)
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    version = None
    if inspect(connection).has_table("alembic_version"):
        version = connection.execute(VERSION).scalar()
    if version == HEAD:
        return
    # Imported here: most starts find nothing to do, and need not pay for it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnavailable(
            "newer", Phrase("the tables are of version {version}", version=version)
        ) from error
