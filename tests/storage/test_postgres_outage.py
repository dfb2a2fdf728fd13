"""PostgreSQL that restarts, goes away or refuses: said clearly, and worked with again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from inbox.errors import StoreUnavailable
from inbox.jobs import Queue, Received
from storage.store import SqlStore, open_store
from tests.servers import Postgres

pytestmark = pytest.mark.real


@pytest.fixture
async def store(postgres: Postgres, postgres_url: str) -> AsyncIterator[SqlStore]:
    opened = await open_store(postgres_url)
    yield opened
    await opened.close()
    postgres.child.resume()
    if not postgres.child.running:
        postgres.start()


async def test_transactions_after_a_restart_notice_nothing(
    store: SqlStore, postgres: Postgres
) -> None:
    async def count() -> None:
        async with store.begin() as t:
            await t.count_waiting(None)
            await asyncio.sleep(0.05)

    await asyncio.gather(*(count() for _ in range(8)))
    await asyncio.to_thread(postgres.restart)
    await asyncio.gather(*(count() for _ in range(8)))


async def test_a_transaction_cut_in_the_middle_says_so(
    store: SqlStore, postgres: Postgres
) -> None:
    async def cut() -> None:
        async with store.begin() as t:
            await t.save_form("a", "b")
            await asyncio.to_thread(postgres.restart)
            await t.save_form("c", "d")

    with pytest.raises(StoreUnavailable) as caught:
        await cut()
    assert caught.value.reason == "connection_lost"
    async with store.begin() as t:
        assert await t.form("a") is None


async def test_wake_ups_come_again_after_a_restart(store: SqlStore, postgres: Postgres) -> None:
    await store.wait_for_jobs(Queue.IN, 3)
    await asyncio.to_thread(postgres.restart)
    await store.wait_for_jobs(Queue.IN, 15)  # woken by the listener that came back
    other = await open_store(str(store._engine.url.render_as_string(hide_password=False)))
    waiting = asyncio.create_task(store.wait_for_jobs(Queue.IN, 30))
    await asyncio.sleep(0.1)
    async with other.begin() as t:
        await t.put(Received(1), key="a", lane="a")
    async with asyncio.timeout(15):  # half of what the wait would last unwoken
        await waiting
    await other.close()


async def test_a_server_that_is_away_is_said_without_its_password(
    store: SqlStore, postgres: Postgres, postgres_url: str
) -> None:
    await asyncio.to_thread(postgres.stop_immediate)
    for _ in range(2):
        with pytest.raises(StoreUnavailable) as caught:
            async with store.begin() as t:
                await t.count_waiting(None)
        assert caught.value.reason in {"unreachable", "connection_lost"}
    with pytest.raises(StoreUnavailable) as caught:
        await open_store(postgres_url)
    assert caught.value.reason == "unreachable"
    assert "okno-test" not in str(caught.value)
    await asyncio.to_thread(postgres.start)
    async with store.begin() as t:
        assert await t.count_waiting(None) == 0


async def test_a_server_that_hangs_does_not_hang_us(
    store: SqlStore, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    monkeypatch.setattr("storage.engine.STATEMENT_PATIENCE", 0.3)
    impatient = await open_store(postgres_url)

    async def ask() -> None:
        async with impatient.begin() as t:
            await t.count_waiting(None)
            postgres.pause()
            await t.count_waiting(None)

    with pytest.raises(StoreUnavailable, match="unreachable"):
        await ask()
    postgres.resume()
    async with impatient.begin() as t:
        assert await t.count_waiting(None) == 0
    await impatient.close()


async def test_what_the_caller_does_wrong_stays_the_callers(store: SqlStore) -> None:
    async def wrong(error: Exception) -> None:
        async with store.begin():
            raise error

    for error in (TimeoutError(), FileNotFoundError("x"), ValueError("y")):
        with pytest.raises(type(error)) as caught:
            await wrong(error)
        assert caught.value is error


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [("okno-test", "wrong", "refused"), ("/okno_", "/missing_", "unreachable")],
)
async def test_what_the_server_refuses_is_said(
    postgres_url: str, old: str, new: str, reason: str
) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        await open_store(postgres_url.replace(old, new, 1))
    assert caught.value.reason == reason
    assert "wrong" not in str(caught.value)
