"""What the demo's studio has in its books is what the product would have kept itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.templates import Written, read_template
from inbox.internal_notes import is_note
from inbox.model import Handle, Manager, Role
from inbox.work_records import Horizon
from sandbox import past, studio, workbook
from sandbox.studio import ANNA, IGOR, MARIA, STAFF
from storage.store import SqlStore, open_store
from tests.databases import sqlite_in

NOW = datetime(2026, 3, 3, 7, tzinfo=UTC)  # a Tuesday, 10:00 in Moscow


@pytest.fixture(params=workbook.LANGUAGES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """The team and the clients, and what is in the books."""
    one = await open_store(sqlite_in(tmp_path))
    async with one.begin() as t:
        for colleague in STAFF:
            new = Manager(0, colleague.name, colleague.person_id, Role(colleague.role))
            await t.save_manager(new)
        ids = {each.telegram_id: each.id for each in await t.staff()}
        for client in studio.CLIENTS:
            assert client.manager is not None
            added = await t.add_client(client.company, ids[client.manager.person_id])
            contact = await t.add_contact(added.id, client.company)
            handles = (Handle("email", client.email), Handle("telegram", str(client.person_id)))
            await t.add_handles(contact.id, handles)
    await past.enter(one, request.param, NOW)
    yield one
    await one.close()


async def test_texts_and_prices_are_what_the_desk_would_have_taken(store: SqlStore) -> None:
    async with store.begin() as t:
        templates, prices = await t.templates(), await t.price_items()
    assert len(templates) == len(workbook.TEMPLATES) + 2
    assert len(prices) == len(workbook.PRICES)
    for one in templates:
        assert read_template(f"{one.title}\n{one.text}") == Written(one.title, one.text)
        assert not is_note(one.text)


async def test_a_client_has_a_past_over_all_of_its_channels(store: SqlStore) -> None:
    async with store.begin() as t:
        clients = {client.name: client for client, _ in await t.clients()}
        maria, igor = clients[MARIA.company], clients[IGOR.company]
        history = await t.client_history(maria.id, None, 20)
        files = await t.client_files(maria.id, 0, 20)
        closed = await t.closed_waits_of_client(maria.id, NOW - timedelta(days=90))
        tasks = await t.tasks_of_client(maria.id)
        late = [one for one in await t.tasks_of_client(igor.id) if one.overdue(NOW)]
    assert {line.author for line in history} == {MARIA.name, ANNA.name}
    assert [line.internal for line in history] == [False, False, True, False, False]
    assert [line.at for line in history] == sorted(line.at for line in history)
    assert all(line.at < NOW for line in history)
    assert [one.attachment.name for one in files] == [workbook.PAST[0].file]
    assert len(closed) == 2
    assert {task.horizon for task in tasks} == set(Horizon)
    assert len(late) == 1


async def test_nobody_waits_in_the_morning(store: SqlStore) -> None:
    async with store.begin() as t:
        assert await t.count_waiting(None) == 0
        assert await t.next_rung_at() is None


async def test_the_past_lies_in_office_hours(store: SqlStore) -> None:
    async with store.begin() as t:
        for client, _ in await t.clients():
            for line in await t.client_history(client.id, None, 20):
                assert line.at.astimezone(studio.ZONE).weekday() < 5
                assert 9 <= line.at.astimezone(studio.ZONE).hour < 18
