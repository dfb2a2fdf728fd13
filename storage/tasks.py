"""Quotes, and the tasks that clients have for the studio."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, select, update

from inbox.errors import NoSuchRow
from inbox.model import Client
from inbox.work_records import Horizon, Quote, QuoteState, Task
from storage.columns import storable
from storage.day_codec import QUOTE, TASK, quote_of, quote_row, task_of, task_row
from storage.day_tables import quote, task
from storage.statements import Statements, per_dialect
from storage.tables import client

ADD_QUOTE = per_dialect(
    quote,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["key"]).returning(quote.c.id),
)
LOCK_QUOTE = (
    select(*QUOTE).where(quote.c.id == bindparam("quote_id")).with_for_update(key_share=True)
)
SAVE_QUOTE = update(quote).where(quote.c.id == bindparam("saved_id"))
# As it stands in the index: a bound value would not be seen to be the same.
IS_OFFERED = quote.c.state == bindparam("offered", QuoteState.OFFERED.value, literal_execute=True)
OPEN_QUOTES = (
    select(*QUOTE)
    .where(quote.c.conversation_id == bindparam("conversation_id"), IS_OFFERED)
    .order_by(quote.c.made_at.desc(), quote.c.id.desc())
)

ADD_TASK = per_dialect(
    task, lambda insert: insert.on_conflict_do_nothing(index_elements=["key"]).returning(task.c.id)
)
BY_KEY = select(*TASK).where(task.c.key == bindparam("its_key"))
LOCK_TASK = select(*TASK).where(task.c.id == bindparam("task_id")).with_for_update(key_share=True)
SAVE_TASK = update(task).where(task.c.id == bindparam("saved_id"))
IS_OPEN = task.c.done_at.is_(None) & task.c.dropped_at.is_(None)
_HORIZONS = {one.value: number for number, one in enumerate(Horizon)}
BY_URGENCY = (
    case(_HORIZONS, value=task.c.horizon),
    task.c.due_at.is_(None),
    task.c.due_at,
    task.c.id,
)
OF_CLIENT = (
    select(*TASK).where(task.c.client_id == bindparam("client_id"), IS_OPEN).order_by(*BY_URGENCY)
)
_with_client = select(*TASK, *client.c).join(client, client.c.id == task.c.client_id)
_of_these = client.c.manager_id.in_(bindparam("manager_ids", expanding=True))
ALL_OPEN = _with_client.where(IS_OPEN).order_by(*BY_URGENCY)
OPEN_OF = ALL_OPEN.where(_of_these)
DONE_OF = _with_client.where(
    task.c.done_at >= bindparam("since"), task.c.dropped_at.is_(None), _of_these
).order_by(task.c.done_at, task.c.id)


class TaskRows(Statements):
    """A part of inbox.working_day.WorkingDay."""

    async def add_quote(self, quote: Quote) -> Quote | None:
        added: int | None = await self.value(ADD_QUOTE, **quote_row(quote))
        return None if added is None else replace(quote, id=added)

    async def quote(self, quote_id: int) -> Quote | None:
        found = await self.row(LOCK_QUOTE, quote_id=quote_id)
        return None if found is None else quote_of(found)

    async def save_quote(self, quote: Quote) -> None:
        if not await self.changed(SAVE_QUOTE.values(**quote_row(quote)), saved_id=quote.id):
            raise NoSuchRow("quote", quote.id)

    async def open_quotes(self, conversation_id: int) -> tuple[Quote, ...]:
        found = await self.rows(OPEN_QUOTES, conversation_id=conversation_id)
        return tuple(map(quote_of, found))

    async def add_task(self, task: Task) -> Task:
        added: int | None = await self.value(ADD_TASK, **task_row(task))
        if added is not None:
            return replace(task, id=added)
        return task_of(await self.row(BY_KEY, its_key=storable(task.key)))

    async def task(self, task_id: int) -> Task | None:
        found = await self.row(LOCK_TASK, task_id=task_id)
        return None if found is None else task_of(found)

    async def save_task(self, task: Task) -> None:
        if not await self.changed(SAVE_TASK.values(**task_row(task)), saved_id=task.id):
            raise NoSuchRow("task", task.id)

    async def tasks_of_client(self, client_id: int) -> tuple[Task, ...]:
        return tuple(map(task_of, await self.rows(OF_CLIENT, client_id=client_id)))

    async def open_tasks(
        self, manager_ids: Collection[int] | None
    ) -> tuple[tuple[Task, Client], ...]:
        if manager_ids is None:
            return _pairs(await self.rows(ALL_OPEN))
        return _pairs(await self.rows(OPEN_OF, manager_ids=sorted(manager_ids)))

    async def tasks_done(
        self, manager_ids: Collection[int], since: datetime
    ) -> tuple[tuple[Task, Client], ...]:
        return _pairs(await self.rows(DONE_OF, manager_ids=sorted(manager_ids), since=since))


def _pairs(rows: Sequence[Any]) -> tuple[tuple[Task, Client], ...]:
    width = len(TASK)
    return tuple((task_of(row[:width]), Client(*row[width:])) for row in rows)
