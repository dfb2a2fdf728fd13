"""A changed calendar or promise stands in the log from the next start on, from what to what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.changes import log_changes
from bot.settings import load
from bot.terms import calendars_of
from inbox.log_records import Deed, Entry
from storage.store import SqlStore, open_store
from tests.bot.settings_files import BASE, write
from tests.databases import sqlite_in

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    found = await open_store(sqlite_in(tmp_path))
    yield found
    await found.close()


async def started(store: SqlStore, folder: Path, text: str) -> tuple[Entry, ...]:
    settings = load(write(folder, BASE + text))
    return await log_changes(store, settings, calendars_of(settings), NOW)


async def test_the_first_start_and_an_unchanged_one_log_nothing(
    store: SqlStore, tmp_path: Path
) -> None:
    assert await started(store, tmp_path, "") == ()
    assert await started(store, tmp_path, "") == ()


async def test_changed_new_and_removed_levels_are_logged(store: SqlStore, tmp_path: Path) -> None:
    await started(store, tmp_path, '[sla.tiers.old]\nreply_within = "2h"\n')
    text = '[sla]\nreply_within = "30m"\n[sla.tiers.vip]\nreply_within = "10m"\n'
    entries = await started(store, tmp_path, text)
    assert [(one.before, one.after) for one in entries] == [
        (
            "sla: reply_within 1h, remind_before 30m",
            "sla: reply_within 30m, remind_before 30m",
        ),
        ("sla.tiers.old: reply_within 2h", ""),
        ("", "sla.tiers.vip: reply_within 10m"),
    ]
    assert {one.deed for one in entries} == {Deed.POLICY}
    async with store.begin() as t:
        assert [line.entry for line in await t.logged()] == list(entries)


async def test_a_changed_calendar_is_logged_with_its_version(
    store: SqlStore, tmp_path: Path
) -> None:
    await started(store, tmp_path, '[hours]\nmon = ["10:00-18:00"]\n')
    (entry,) = await started(store, tmp_path, '[hours]\nmon = ["10:00-17:00"]\n')
    assert entry.deed is Deed.CALENDAR
    assert entry.before.startswith("studio: Europe/Moscow, mon 10:00-18:00 (")
    assert entry.after.startswith("studio: Europe/Moscow, mon 10:00-17:00 (")
    assert entry.before[-13:] != entry.after[-13:]
