"""What clients wait for, by urgency; and which process does a scheduled slot's work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, select

from inbox.errors import NoSuchRow
from inbox.model import Conversation, Wait
from storage.codec import CONVERSATION, WAIT, wait_of
from storage.conversations import ITS_OPEN_WAIT, PEOPLE, WIDTH, Conversations
from storage.statements import per_dialect
from storage.tables import conversation, slot, wait

_open = select(*CONVERSATION, *WAIT).select_from(PEOPLE.join(wait, ITS_OPEN_WAIT))
_due = wait.c.next_rung_at <= bindparam("now")
DUE = _open.where(_due).order_by(wait.c.next_rung_at, wait.c.id).limit(bindparam("limit"))
LOCK_DUE = (
    select(conversation.c.id)
    .join(wait, ITS_OPEN_WAIT)
    .where(_due)
    .order_by(conversation.c.id)
    .with_for_update(of=conversation, key_share=True)
)
NEXT_RUNG = select(func.min(wait.c.next_rung_at)).where(wait.c.next_rung_at.is_not(None))
_mine = conversation.c.assignee_id == bindparam("manager_id")
WAITING = _open.order_by(
    wait.c.due_at.is_(None), wait.c.due_at, wait.c.started_at, wait.c.id
).limit(bindparam("limit"))
WAITING_FOR = WAITING.where(_mine)
COUNT = select(func.count()).select_from(wait).where(wait.c.outcome.is_(None))
COUNT_FOR = select(func.count()).select_from(conversation.join(wait, ITS_OPEN_WAIT)).where(_mine)
_asked = wait.alias("asked")
BY_WAIT = (
    select(*CONVERSATION, *WAIT, *(_asked.c[column.name] for column in WAIT))
    .select_from(
        PEOPLE.join(_asked, _asked.c.conversation_id == conversation.c.id).outerjoin(
            wait, ITS_OPEN_WAIT
        )
    )
    .where(_asked.c.id == bindparam("wait_id"))
)
TAKE_SLOT = per_dialect(
    slot, lambda insert: insert.on_conflict_do_nothing(index_elements=["name", "slot"])
)


class Waits(Conversations):
    async def due_waits(self, now: datetime, limit: int) -> tuple[tuple[Conversation, Wait], ...]:
        if self.dialect == "postgresql":
            await self.run(LOCK_DUE, {"now": now})
        found = await self.rows(DUE, now=now, limit=limit)
        due = [self.conversation_in(row) for row in found]
        return tuple((one, one.wait) for one in due if one.wait is not None)

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
        asked = None if found is None else wait_of(found[WIDTH + len(WAIT) :])
        if found is None or asked is None:
            raise NoSuchRow("wait", wait_id)
        return self.conversation_in(found), asked

    async def count_waiting(self, manager_id: int | None) -> int:
        if manager_id is None:
            return int(await self.value(COUNT))
        return int(await self.value(COUNT_FOR, manager_id=manager_id))

    async def take_slot(self, name: str, slot: datetime) -> bool:
        return await self.changed(TAKE_SLOT, name=name, slot=slot) == 1
