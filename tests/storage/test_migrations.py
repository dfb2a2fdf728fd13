"""Tables come up to date at start, whoever starts and however many at once."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import storage
from inbox.errors import StoreUnavailable
from storage.engine import open_engine, parse_url
from storage.schema import HEAD, migrate
from storage.store import open_store
from storage.timing_tables import audit

ROOT = Path(__file__).parents[2]
STARTER = """
import asyncio, sys
from storage.store import open_store

async def main(url):
    store = await open_store(url, exclusive=False)
    async with store.begin() as t:
        await t.save_form(sys.argv[2], "x")
    await store.close()

asyncio.run(main(sys.argv[1]))
"""


def test_the_head_is_the_newest_migration() -> None:
    scripts = ScriptDirectory(str(Path(storage.__file__).parent / "migrations"))
    assert scripts.get_current_head() == HEAD


async def test_migrations_make_the_tables_of_the_program(url: str) -> None:
    engine = open_engine(parse_url(url))
    await migrate(engine)
    await migrate(engine)

    def difference(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, audit.metadata))

    async with engine.begin() as connection:
        assert await connection.run_sync(difference) == []
    await engine.dispose()


@pytest.mark.slow
async def test_four_may_start_at_once(url: str) -> None:
    starters = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", STARTER, url, str(number)),
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        for number in range(4)
    ]
    for starter in starters:
        _, errors = await starter.communicate()
        assert errors == b""
        assert starter.returncode == 0
    store = await open_store(url)
    async with store.begin() as t:
        assert [await t.form(str(number)) for number in range(4)] == ["x"] * 4
    await store.close()


@pytest.mark.real
async def test_the_url_of_a_provider_opens(postgres_url: str) -> None:
    store = await open_store(f"{postgres_url}?sslmode=disable")
    await store.close()


def test_sslmode_is_told_to_the_driver_by_its_own_name() -> None:
    url = parse_url("postgres://okno:secret@db.test/okno?sslmode=verify-full")
    assert url.query == {"ssl": "verify-full"}


async def test_a_database_of_a_later_version_is_left_alone(url: str) -> None:
    await (await open_store(url)).close()
    engine = open_engine(parse_url(url))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(StoreUnavailable, match="newer: the tables are of version 9999"):
        await open_store(url)
