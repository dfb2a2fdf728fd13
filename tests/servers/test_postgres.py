"""The PostgreSQL of the tests: databases, restarts, kills."""

import asyncpg
import pytest

from tests.servers import Postgres

pytestmark = pytest.mark.real


async def connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url.replace("+asyncpg", ""))


async def test_data_survives_a_kill_on_the_same_url(postgres: Postgres, postgres_url: str):
    connection = await connect(postgres_url)
    await connection.execute("CREATE TABLE t (x text)")
    await connection.execute("INSERT INTO t VALUES ('Ёлка')")
    postgres.kill()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetchval("SELECT 1")
    connection.terminate()
    postgres.start()
    connection = await connect(postgres_url)
    assert await connection.fetchval("SELECT x FROM t") == "Ёлка"
    await connection.close()


async def test_a_restart_breaks_connections(postgres: Postgres, postgres_url: str):
    connection = await connect(postgres_url)
    postgres.restart()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetchval("SELECT 1")
    connection.terminate()


async def test_each_database_is_its_own(postgres: Postgres, postgres_url: str):
    first, second = await connect(postgres_url), await connect(postgres.create_database())
    await first.execute("CREATE TABLE t ()")
    assert await second.fetchval("SELECT to_regclass('t')") is None
    for connection in (first, second):
        await connection.close()
