"""What the figures of now read of waits: little of each, page by page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Double, bindparam, case, select, tuple_, type_coerce

from inbox.calendars import Stretch
from inbox.live_store import EndedNow, OpenNow, ShownWait
from inbox.reports import Holding
from inbox.reports_store import Place, Talk
from storage.columns import Id, Instant
from storage.conversations import IS_OPEN_REPLY, PEOPLE
from storage.report_waits import BY_END, GOT, IS_REPLY, OPENING, TALK
from storage.statements import Statements
from storage.tables import conversation, wait
from storage.timing_tables import audit
from storage.wait_codec import stretches_of

_held = wait.join(conversation, conversation.c.id == wait.c.conversation_id)
# Where it is not settled who held a wait when it fell due, it is who holds it.
_charged = case((wait.c.held_known, wait.c.held_by_id), else_=conversation.c.assignee_id)

OPEN_NOW = (
    select(
        wait.c.id,
        wait.c.conversation_id,
        conversation.c.assignee_id,
        _charged,
        wait.c.started_at,
        wait.c.due_at,
    )
    .select_from(_held)
    .where(IS_OPEN_REPLY, wait.c.conversation_id > bindparam("after"))
    .order_by(wait.c.conversation_id)
    .limit(bindparam("limit"))
)
_after = tuple_(
    bindparam("closed", type_=Instant),
    bindparam("started", type_=Instant),
    bindparam("id", type_=Id),
)
ENDED_BEHIND = (
    select(
        *BY_END,
        conversation.c.assignee_id,
        _charged,
        wait.c.closed_by_id,
        wait.c.outcome,
        wait.c.first,
        wait.c.within_target,
        type_coerce(wait.c.business, Double),
        audit.c.manager_id,
        audit.c.at,
        case((audit.c.id.is_not(None), wait.c.stretches)),
    )
    .select_from(_held.outerjoin(audit, audit.c.id == GOT))
    .where(IS_REPLY, tuple_(*BY_END) > _after, wait.c.closed_at < bindparam("until"))
    .order_by(*BY_END)
    .limit(bindparam("limit"))
)
SHOWN = (
    select(*TALK, OPENING, wait.c.id, wait.c.started_at, wait.c.due_at, wait.c.stretches)
    .select_from(PEOPLE.join(wait, wait.c.conversation_id == conversation.c.id))
    .where(IS_OPEN_REPLY, wait.c.id.in_(bindparam("ids", expanding=True)))
)


class LiveRows(Statements):
    """Implements inbox.live_store.LiveStore."""

    async def open_now(self, after: int, limit: int) -> tuple[OpenNow, ...]:
        rows = await self.rows(OPEN_NOW, after=after, limit=limit)
        return tuple(OpenNow(*row) for row in rows)

    async def ended_behind(
        self, after: Place, until: datetime, limit: int
    ) -> tuple[EndedNow, ...]:
        place = {"closed": after.closed_at, "started": after.started_at, "id": after.wait_id}
        rows = await self.rows(ENDED_BEHIND, **place, until=until, limit=limit)
        return tuple(map(_ended, rows))

    async def shown_waits(self, wait_ids: Collection[int]) -> tuple[ShownWait, ...]:
        return tuple(map(_shown, await self.rows(SHOWN, ids=list(wait_ids))))


def _ended(row: Any) -> EndedNow:
    closed_at, started_at, id_, holder_id, charged_id, by_id, *rest = row
    outcome, first, within, business, got_by, got_at, stretches = rest
    got, course = None, tuple[Stretch, ...]()
    if got_at is not None:
        got, course = Holding(got_by, got_at), stretches_of(stretches, started_at)
    return EndedNow(
        Place(closed_at, started_at, id_),
        holder_id,
        charged_id,
        by_id,
        outcome,
        first,
        within,
        timedelta(seconds=business),
        got,
        course,
    )


def _shown(row: Any) -> ShownWait:
    *talk, message_id, id_, started_at, due_at, stretches = row
    course = stretches_of(stretches, started_at)
    return ShownWait(id_, Talk(*talk), message_id, started_at, due_at, course)
