"""What clients wait for, by urgency; promises; and which process does a scheduled slot's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, union_all

from inbox.errors import NoSuchRow
from inbox.model import Conversation, Wait, WaitKind
from storage.codec import CONVERSATION
from storage.conversations import (
    IS_OPEN_REPLY,
    ITS_OPEN_WAIT,
    OPEN_WAIT,
    PEOPLE,
    WIDTH,
    Conversations,
    locking,
)
from storage.statements import per_dialect
from storage.tables import conversation, slot, wait
from storage.wait_codec import WAIT, wait_of, wait_row

# The wait that is looked for, beside the open one of its conversation.
ASKED = wait.alias("asked")
PAIRS = select(*CONVERSATION, *WAIT, *(ASKED.c[column.name] for column in WAIT)).select_from(
    PEOPLE.join(ASKED, ASKED.c.conversation_id == conversation.c.id).outerjoin(wait, ITS_OPEN_WAIT)
)


def open_of_kind(kind: WaitKind) -> ColumnElement[bool]:
    return wait.c.outcome.is_(None) & (wait.c.kind == kind.value)


_due = ASKED.c.next_rung_at <= bindparam("now")
_soonest = (ASKED.c.next_rung_at, ASKED.c.id)
DUE = PAIRS.where(_due).order_by(*_soonest).limit(bindparam("limit"))
LOCK_DUE = locking(
    select(ASKED.c.conversation_id).where(_due).order_by(*_soonest).limit(bindparam("limit"))
)
NEXT_RUNG = select(func.min(wait.c.next_rung_at)).where(wait.c.next_rung_at.is_not(None))
_open = select(*CONVERSATION, *WAIT).select_from(PEOPLE.join(wait, ITS_OPEN_WAIT))
_mine = conversation.c.assignee_id == bindparam("manager_id")
WAITING = _open.order_by(
    wait.c.due_at.is_(None), wait.c.due_at, wait.c.started_at, wait.c.id
).limit(bindparam("limit"))
WAITING_FOR = WAITING.where(_mine)
COUNT = select(func.count()).select_from(wait).where(IS_OPEN_REPLY)
COUNT_FOR = select(func.count()).select_from(conversation.join(wait, ITS_OPEN_WAIT)).where(_mine)
BY_WAIT = PAIRS.where(ASKED.c.id == bindparam("wait_id"))
_here = wait.c.conversation_id == bindparam("conversation_id")
PROMISES = (
    select(*WAIT).where(_here, open_of_kind(WaitKind.PROMISE)).order_by(wait.c.due_at, wait.c.id)
)
_replies = (
    select(wait.c.id)
    .where(_here, wait.c.kind == WaitKind.REPLY.value)
    .order_by(wait.c.id.desc())
    .limit(2)
    .subquery()
)
_past = (
    select(wait.c.id)
    .where(_here, wait.c.kind == WaitKind.PROMISE.value, wait.c.outcome.is_not(None))
    .order_by(wait.c.closed_at.desc(), wait.c.id.desc())
    .limit(2)
    .subquery()
)
# The waits and promises whose state may have changed lately.
LATEST = union_all(
    select(_replies.c.id),
    select(wait.c.id).where(_here, open_of_kind(WaitKind.PROMISE)),
    select(_past.c.id),
)
TAKE_SLOT = per_dialect(
    slot, lambda insert: insert.on_conflict_do_nothing(index_elements=["name", "slot"])
)


class Waits(Conversations):
    def pair_in(self, row: Sequence[Any]) -> tuple[Conversation, Wait] | None:
        """From a row of PAIRS."""
        asked = wait_of(row[WIDTH + len(WAIT) :])
        return None if asked is None else (self.conversation_in(row), asked)

    async def pairs(
        self, statement: Select[Any], lock: Select[Any] | None = None, **values: Any
    ) -> tuple[tuple[Conversation, Wait], ...]:
        """Rows of PAIRS; with `lock`, those alone that could be locked before they were read."""
        locked: set[int] | None = None
        if lock is not None and self.dialect == "postgresql":
            locked = {row[0] for row in await self.rows(lock, **values)}
        found = await self.rows(statement, **values)
        if locked is not None:
            found = [row for row in found if row[0] in locked]
        return tuple(pair for row in found if (pair := self.pair_in(row)) is not None)

    async def due_waits(self, now: datetime, limit: int) -> tuple[tuple[Conversation, Wait], ...]:
        return await self.pairs(DUE, LOCK_DUE, now=now, limit=limit)

    async def next_rung_at(self) -> datetime | None:
        found: datetime | None = await self.value(NEXT_RUNG)
        return found

    async def waiting(self, manager_id: int | None, limit: int) -> tuple[Conversation, ...]:
        if manager_id is None:
            found = await self.rows(WAITING, limit=limit)
        else:
            found = await self.rows(WAITING_FOR, limit=limit, manager_id=manager_id)
        return tuple(self.conversation_in(row) for row in found)

    async def wait(self, wait_id: int) -> tuple[Conversation, Wait]:
        found = await self.row(BY_WAIT, wait_id=wait_id)
        pair = None if found is None else self.pair_in(found)
        if pair is None:
            raise NoSuchRow("wait", wait_id)
        return pair

    async def count_waiting(self, manager_id: int | None) -> int:
        if manager_id is None:
            return int(await self.value(COUNT))
        return int(await self.value(COUNT_FOR, manager_id=manager_id))

    async def add_promise(self, conversation_id: int, promise: Wait) -> Wait:
        row = {"conversation_id": conversation_id, **wait_row(promise)}
        return replace(promise, id=await self.value(OPEN_WAIT, **row))

    async def promises(self, conversation_id: int) -> tuple[Wait, ...]:
        found = await self.rows(PROMISES, conversation_id=conversation_id)
        return tuple(one for row in found if (one := wait_of(row)) is not None)

    async def take_slot(self, name: str, slot: datetime) -> bool:
        return await self.changed(TAKE_SLOT, name=name, slot=slot) == 1
