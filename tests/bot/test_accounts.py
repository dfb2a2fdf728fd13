"""Members' own accounts as the connector asks for them, and the bot's own name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.accounts import StoredAccounts
from bot.app import known_name
from inbox.model import Account, Manager
from storage.store import open_store
from tests.databases import sqlite_in

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
OLGA = Manager(0, "Ольга", 100)


async def test_nothing_is_written_in_the_name_of_who_left(tmp_path: Path) -> None:
    store = await open_store(sqlite_in(tmp_path))
    accounts = StoredAccounts(store)
    account = Account(OLGA.telegram_id, "c1", enabled=True, can_reply=True, at=NOW)
    await accounts.keep(account)
    assert await accounts.of_owner(OLGA.telegram_id) is None
    async with store.begin() as t:
        olga = await t.save_manager(OLGA)
    assert await accounts.of_owner(OLGA.telegram_id) == account
    async with store.begin() as t:
        await t.save_manager(replace(olga, active=False))
    assert await accounts.of_owner(OLGA.telegram_id) is None
    assert await accounts.of_connection("c1") == account
    await store.close()


async def test_the_bots_name_is_remembered_for_a_start_without_telegram(tmp_path: Path) -> None:
    store = await open_store(sqlite_in(tmp_path))
    assert await known_name(store, 7, "") == ""
    assert await known_name(store, 7, "studio_bot") == "studio_bot"
    assert await known_name(store, 7, "") == "studio_bot"
    assert await known_name(store, 8, "") == ""
    await store.close()
