"""Older messages come into the search while the program runs."""

from pathlib import Path

from sqlalchemy import delete, insert

from bot import searchable
from inbox.searching import HitKind, Query
from storage.search_tables import search, search_backlog
from storage.store import open_store
from tests.databases import sqlite_in
from tests.storage.values import asked, message, opened


async def test_older_messages_are_read_in(tmp_path: Path) -> None:
    count = 2 * searchable.BATCH + 1
    store = await open_store(sqlite_in(tmp_path))
    async with store.begin() as t:
        conversation = await opened(t)
        for number in range(count):
            said = message(f"{number}", minutes=number, text=f"договор {number}")
            conversation, _ = await asked(t, conversation, said)
        await t.run(delete(search))
        line = {"kind": HitKind.MESSAGE.value, "conversation_id": 0, "below": 2**62}
        await t.run(insert(search_backlog), {**line, "left": count})
    for _ in range(20):
        await searchable.read_in(store)
    async with store.begin() as t:
        found = await t.search(Query("договоры"), None, None, 1000)
        assert (len(found.hits), found.unread) == (count, 0)
    await store.close()
