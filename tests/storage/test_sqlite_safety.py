"""SQLite: no lost update, no second running process, clear words when the disk says no."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inbox.errors import StoreUnavailable
from inbox.jobs import Queue, Received
from inbox.model import RawMessage
from storage.engine import open_engine, parse_url
from storage.sqlite import CHECKPOINT_EVERY
from storage.store import SqlStore, open_store

ROOT = Path(__file__).parents[2]
COUNTER = """
import asyncio, sys
from storage.store import open_store

async def main(url):
    store = await open_store(url, exclusive=False)
    for _ in range(50):
        async with store.begin() as t:
            count = int(await t.form("count") or 0)
            await t.save_form("count", str(count + 1))
    await store.close()

asyncio.run(main(sys.argv[1]))
"""


async def _count_up(store: SqlStore, times: int) -> None:
    for _ in range(times):
        async with store.begin() as t:
            count = int(await t.form("count") or 0)
            await asyncio.sleep(0)
            await t.save_form("count", str(count + 1))


async def test_no_update_is_lost_within_a_process(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    await asyncio.gather(*(_count_up(store, 50) for _ in range(10)))
    async with store.begin() as t:
        assert await t.form("count") == "500"
    await store.close()


@pytest.mark.slow
async def test_no_update_is_lost_between_processes(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    others = [
        subprocess.Popen([sys.executable, "-c", COUNTER, sqlite_url], cwd=ROOT) for _ in range(4)
    ]
    await _count_up(store, 300)
    for other in others:
        assert await asyncio.to_thread(other.wait) == 0
    async with store.begin() as t:
        assert await t.form("count") == "500"
    await store.close()


async def test_a_second_running_process_is_refused(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    with pytest.raises(
        StoreUnavailable, match=rf"used by a running process \(pid {os.getpid()}\)"
    ):
        await open_store(sqlite_url)
    command = await open_store(sqlite_url, exclusive=False)
    async with command.begin() as t:
        await t.save_form("a", "b")
    await command.close()
    await store.close()
    await (await open_store(sqlite_url)).close()


async def test_a_cancelled_transaction_leaves_the_store_usable(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)

    async def hang() -> None:
        async with store.begin(durable=True) as t:
            await t.save_form("a", "b")
            await asyncio.sleep(60)

    for pause in (0, 0.001, 0.01):
        task = asyncio.create_task(hang())
        waiting = asyncio.create_task(_count_up(store, 1))
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await waiting
    async with store.begin() as t:
        assert await t.form("a") is None
        assert await t.form("count") == "3"
    await store.close()


async def test_a_commit_that_is_cancelled_is_whole(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)

    async def write(number: int) -> None:
        async with store.begin(durable=True) as t:
            await t.save_form(f"a{number}", "x")
            await t.save_form(f"b{number}", "x")

    for number in range(40):
        task = asyncio.create_task(write(number))
        for _ in range(number % 8):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with store.begin() as t:
            assert await t.form(f"a{number}") == await t.form(f"b{number}")
    await store.close()


async def test_durable_writes_reach_the_disk_before_the_end(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    for durable, level in ((True, 2), (False, 1), (True, 2)):
        async with store.begin(durable=durable) as t:
            found = await t._connection.exec_driver_sql("PRAGMA synchronous")
            assert found.scalar() == level
    await store.close()


async def test_the_log_does_not_grow_for_ever(sqlite_url: str, tmp_path: Path) -> None:
    store = await open_store(sqlite_url)
    await _count_up(store, 4 * CHECKPOINT_EVERY)
    assert (tmp_path / "okno.db-wal").stat().st_size < 3 * CHECKPOINT_EVERY * 4096
    await store.close()


async def test_a_full_disk_is_said_and_survived(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    async with store.begin() as t:
        await t._connection.exec_driver_sql("PRAGMA max_page_count = 120")
    big = RawMessage("1", "a", os.urandom(2_000_000), datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(StoreUnavailable, match="disk_full") as caught:
        async with store.begin(durable=True) as t:
            await t.keep("telegram", [big])
    assert caught.value.reason == "disk_full"
    async with store.begin(durable=True) as t:
        await t.put(Received(1), key="a", lane="a")
    assert len((await store.claim(Queue.IN, 1)).claims) == 1
    assert await store.check() == ()
    await store.close()


async def test_a_lock_that_is_never_given_back_is_said(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite.LOCKED_PATIENCE", 0.2)
    store = await open_store(sqlite_url)
    other = sqlite3.connect(tmp_path / "okno.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        async with store.begin() as t:
            await t.form("a")
    other.execute("ROLLBACK")
    other.close()
    async with store.begin() as t:
        assert await t.form("a") is None
    await store.close()


async def test_check_tells_of_rows_that_refer_to_nothing(sqlite_url: str, tmp_path: Path) -> None:
    store = await open_store(sqlite_url)
    other = sqlite3.connect(tmp_path / "okno.db", isolation_level=None)
    other.execute("INSERT INTO contact (client_id, name) VALUES (77, 'x')")
    other.close()
    assert await store.check() == ("contact row 1 refers to nothing",)
    await store.close()


@pytest.mark.parametrize(
    ("content", "reason"), [(b"this is a text file\n" * 100, "damaged"), (None, "unreachable")]
)
async def test_a_file_that_is_no_database(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "missing" / "okno.db" if content is None else tmp_path / "okno.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreUnavailable) as caught:
        await open_store(f"sqlite:///{path}", exclusive=content is None)
    assert caught.value.reason == reason
    with pytest.raises(StoreUnavailable) as caught:
        await open_store(f"sqlite:///{path}", exclusive=False)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "url", ["mysql://u:geheim@h/d", "sqlite://", "sqlite:///:memory:", "geheim", ""]
)
def test_a_url_that_cannot_be_used_is_not_repeated(url: str) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        open_engine(parse_url(url))
    assert caught.value.reason == "url"
    assert "geheim" not in str(caught.value)


def test_a_library_that_is_too_old_is_said(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine.OLDEST_SQLITE", (99, 0))
    with pytest.raises(StoreUnavailable, match=r"SQLite .* is needed"):
        open_engine(parse_url(sqlite_url))


async def test_who_only_reads_keeps_no_other_process_from_writing(sqlite_url: str) -> None:
    store, other = await open_store(sqlite_url), await open_store(sqlite_url, exclusive=False)
    async with other.read() as reading:
        assert await reading.cursor("telegram") is None
        async with store.begin() as t:
            await t.set_cursor("telegram", "5")
        assert await reading.cursor("telegram") is None, "all of it as it was at the first look"
    async with other.read() as reading:
        assert await reading.cursor("telegram") == "5"
    await other.close()
    await store.close()
