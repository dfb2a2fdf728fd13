"""How many statements a manager's day takes, and that none of them goes through a whole table."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from inbox.model import Handle
from inbox.ports import Transaction
from inbox.records import DeskRef
from inbox.work_records import ClientOrder
from storage.store import SqlStore
from tests.storage.values import another, asked, at, closed_at, draft, manager, message, opened
from tests.storage.work_values import note, price_item, quote, task, template

Call = Callable[[Transaction], Awaitable[object]]
Sent = list[tuple[str, Any]]

# Tables that grow with every message, client or task.
GROWING = ("message", "reply", "internal_note", "task", "quote", "conversation", "wait")
PEOPLE = ("client", "contact", "handle")


@contextmanager
def sending(store: SqlStore) -> Iterator[Sent]:
    """The statements that are sent meanwhile, with their values."""
    sent: Sent = []

    def keep(*call: Any) -> None:
        sent.append((call[2], call[3]))

    engine = store._engine.sync_engine
    event.listen(engine, "before_cursor_execute", keep)
    yield sent
    event.remove(engine, "before_cursor_execute", keep)


async def filled(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        talk, message_id = await asked(t, await opened(t, anna.id), message("1"))
        await t.add_reply(draft(talk.id, anna.id, message_id=message_id))
        await t.add_internal_note(note(talk.id, anna.id, desk_ref=DeskRef(1, 2, 3)))
        await t.save_template(template(anna.id))
        item = await t.save_price_item(price_item(anna.id))
        await t.add_quote(quote(talk.id, anna.id, item_id=item.id))
        await t.add_task(task(talk.client.id, anna.id))
        await t.add_task(task(talk.client.id, anna.id, key="done", done_at=at(1)))
        await closed_at(t, await another(t, talk, "2"), 9)


# What is asked, how many statements it may take, and which tables it goes through as a whole.
ASKED: dict[str, tuple[Call, int, tuple[str, ...]]] = {
    # Two, as it can be searched for at once.
    "add_internal_note": (lambda t: t.add_internal_note(note(1, 1, key="2")), 2, ()),
    "internal_note_at": (lambda t: t.internal_note_at(DeskRef(1, 2, 3)), 1, ()),
    "notes_of_client": (lambda t: t.notes_of_client(1, None, 10), 1, ()),
    "notes before": (lambda t: t.notes_of_client(1, 5, 10), 1, ()),
    "noters": (lambda t: t.noters(1), 1, ()),
    "templates": (lambda t: t.templates(), 1, ()),
    "price_items": (lambda t: t.price_items(), 1, ()),
    "quote": (lambda t: t.quote(1), 1, ()),
    "open_quotes": (lambda t: t.open_quotes(1), 1, ()),
    "add_task": (lambda t: t.add_task(task(1, 1, key="2")), 1, ()),
    "add_task again": (lambda t: t.add_task(task(1, 1)), 2, ()),
    "task": (lambda t: t.task(1), 1, ()),
    "tasks_of_client": (lambda t: t.tasks_of_client(1), 1, ()),
    "open_tasks of all": (lambda t: t.open_tasks(None), 1, ()),
    "open_tasks": (lambda t: t.open_tasks([1]), 1, ("client",)),
    "tasks_done": (lambda t: t.tasks_done([1], at(0)), 1, ()),
    "client": (lambda t: t.client(1), 1, ()),
    "client_card": (lambda t: t.client_card(1), 4, ()),
    "client_history": (lambda t: t.client_history(1, None, 10), 1, ()),
    "client_files": (lambda t: t.client_files(1, 0, 10), 1, ()),
    "closed_waits": (lambda t: t.closed_waits_of_client(1, at(0)), 1, ()),
    "latest_conversations_with": (
        lambda t: t.latest_conversations_with([Handle("telegram", "77"), Handle("email", "x")]),
        1,
        (),
    ),
    "client_lines": (lambda t: t.client_lines(None), 2, ("client",)),
    "client_lines found": (lambda t: t.client_lines([1], words="л"), 2, PEOPLE),
    "client_lines latest": (
        lambda t: t.client_lines(None, order=ClientOrder.LATEST),
        2,
        ("client", "contact", "conversation"),
    ),
    "clients_held_by": (lambda t: t.clients_held_by(1), 1, ("client",)),
    "loads": (lambda t: t.loads(at(0)), 2, ("client",)),
}


@pytest.mark.parametrize("name", ASKED)
async def test_it_takes_few_statements_and_no_whole_tables(store: SqlStore, name: str) -> None:
    ask, most, whole = ASKED[name]
    await filled(store)
    async with store.begin() as t:
        with sending(store) as sent:
            assert await ask(t)
        assert len(sent) <= most
        gone_through = {one for statement in sent for one in await scanned(t, *statement)}
    assert gone_through & {*GROWING, *PEOPLE} <= {*whole}


async def gone_through(store: SqlStore, ask: Call) -> set[str]:
    """The tables that reading this goes through as a whole."""
    async with store.read() as t:
        with sending(store) as sent:
            await ask(t)
        return {one for statement in sent for one in await scanned(t, *statement)}


async def scanned(t: Any, statement: str, values: Any) -> set[str]:
    """The tables of which the database would read every row, by its own plan."""
    connection = t._connection
    if t.dialect == "sqlite":
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        lines = [row[3] for row in plan]
        pattern = r"SCAN (\w+)\b(?! USING INDEX (?:ix_task_open|uq_wait_open))"
    else:
        # So small a table is read as a whole unless that is forbidden.
        await t.run(text("SET LOCAL enable_seqscan = off"))
        plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        lines = [row[0] for row in plan]
        pattern = r"Seq Scan on (\w+)"
    return {found[1] for line in lines if (found := re.search(pattern, line))}
