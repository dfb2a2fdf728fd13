"""What reports read of waits: ended and open ones, page by page, and earlier weeks in short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Double,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
)

from inbox.log_records import Deed
from inbox.model import Closing, Outcome, Wait, WaitKind
from inbox.reports import Holding
from inbox.reports_store import (
    Crossing,
    Ended,
    EndedPage,
    Place,
    StoredWait,
    Talk,
)
from storage.client_history import EVER
from storage.columns import Id, Instant
from storage.conversations import IS_OPEN_REPLY, PEOPLE
from storage.statements import Statements
from storage.tables import client, conversation, message, wait
from storage.timing_tables import audit
from storage.wait_codec import stretches_of

TICK = timedelta.resolution
Counts = tuple[tuple[int | None, int], ...]

ANSWERS = [Outcome.ANSWERED.value, Outcome.PHONED.value]
IS_REPLY = wait.c.kind == literal_column(f"'{WaitKind.REPLY}'")
_in_time = (wait.c.closed_at >= bindparam("since"), wait.c.closed_at < bindparam("until"))
BY_END = (wait.c.closed_at, wait.c.started_at, wait.c.id)

TALK = (
    conversation.c.id.label("talk_id"),
    conversation.c.channel_id,
    client.c.id.label("client_id"),
    client.c.name,
    func.coalesce(client.c.tier, ""),
    conversation.c.assignee_id,
)
# The last time that the wait changed hands while it was open.
GOT = (
    select(audit.c.id)
    .where(
        audit.c.wait_id == wait.c.id,
        audit.c.deed.in_([Deed.ASSIGNED.value, Deed.TAKEN_ON.value]),
        or_(wait.c.closed_at.is_(None), audit.c.at <= wait.c.closed_at),
    )
    .order_by(audit.c.at.desc(), audit.c.id.desc())
    .limit(1)
    .correlate(wait)
    .scalar_subquery()
)
OPENING = (
    select(message.c.id)
    .where(message.c.wait_id == wait.c.id)
    .order_by(message.c.sent_at, message.c.id)
    .limit(1)
    .correlate(wait)
    .scalar_subquery()
)
# A report needs no ladder and no rungs, which take longest to read.
REPORTED = (
    wait.c.id,
    wait.c.started_at,
    wait.c.reply_within,
    wait.c.calendar,
    wait.c.due_at,
    wait.c.first,
    wait.c.policy,
    wait.c.stretches,
    wait.c.held_known,
    wait.c.held_by_id,
    wait.c.elsewhere,
    wait.c.outcome,
    wait.c.closed_at,
    wait.c.closed_by_id,
    wait.c.business,
    wait.c.wall,
    wait.c.within_target,
)
_cells = select(*REPORTED, *TALK, OPENING, audit.c.manager_id, audit.c.at)
_talks = PEOPLE.join(wait, wait.c.conversation_id == conversation.c.id)
STORED = _cells.select_from(_talks.outerjoin(audit, audit.c.id == GOT))


def _place(name: str) -> Any:
    return tuple_(
        bindparam(f"{name}_closed", type_=Instant),
        bindparam(f"{name}_started", type_=Instant),
        bindparam(f"{name}_id", type_=Id),
    )


# A page ends behind so many rows of the index; only what is found in it is read as a whole.
_behind_place = (IS_REPLY, tuple_(*BY_END) > _place("after"))
PAGE_END = (
    select(*BY_END).where(*_behind_place).order_by(*BY_END).limit(1).offset(bindparam("limit"))
)
ENDED = STORED.where(
    *_behind_place,
    tuple_(*BY_END) <= _place("last"),
    or_(
        wait.c.closed_at < bindparam("until"),
        and_(wait.c.closed_at >= bindparam("as_of"), wait.c.started_at < bindparam("as_of")),
    ),
).order_by(*BY_END)
GOING_ON = (
    STORED.where(
        IS_OPEN_REPLY,
        wait.c.conversation_id > bindparam("after"),
        wait.c.started_at < bindparam("as_of"),
    )
    .order_by(wait.c.conversation_id)
    .limit(bindparam("limit"))
)
_held = wait.join(conversation, conversation.c.id == wait.c.conversation_id)
_unanswered = and_(wait.c.outcome == Outcome.CLOSED_UNANSWERED.value, ~wait.c.within_target)
_charged = case((wait.c.held_known, wait.c.held_by_id), else_=conversation.c.assignee_id)
TIMES = (
    select(
        wait.c.id,
        conversation.c.assignee_id,
        func.coalesce(wait.c.closed_by_id, _charged),
        wait.c.outcome.in_(ANSWERS),
        wait.c.first,
        wait.c.within_target,
        type_coerce(wait.c.business, Double),
    )
    .select_from(_held)
    .where(IS_REPLY, *_in_time, or_(wait.c.outcome.in_(ANSWERS), _unanswered))
)
MOVED = _cells.select_from(_talks.join(audit, audit.c.id == GOT)).where(
    IS_REPLY, *_in_time, wait.c.outcome.in_(ANSWERS)
)
CROSSINGS = (
    select(conversation.c.assignee_id, wait.c.due_at, wait.c.closed_at)
    .select_from(_held)
    .where(IS_REPLY, *_in_time, wait.c.started_at < bindparam("begun"))
    .where(wait.c.due_at <= bindparam("begun"))
)
PROMISES = (
    select(conversation.c.assignee_id, func.count())
    .select_from(_held)
    .where(wait.c.kind == WaitKind.PROMISE.value, *_in_time)
    .group_by(conversation.c.assignee_id)
)


class ReportWaits(Statements):
    """A part of inbox.reports_store.ReportsStore."""

    async def ended_waits(
        self, since: datetime, until: datetime, as_of: datetime, after: Place | None, limit: int
    ) -> EndedPage:
        # No wait begins after its end, so that nothing stands between this place and `since`.
        behind = after if after is not None else Place(since - TICK, since, 0)
        found = await self.row(PAGE_END, **_values("after", behind), limit=limit - 1)
        last = None if found is None else Place(*found)
        rows = await self.rows(
            ENDED,
            **_values("after", behind),
            **_values("last", last or Place(EVER, EVER, 0)),
            until=until,
            as_of=as_of,
        )
        return EndedPage(tuple(map(_stored, rows)), last)

    async def waits_going_on(
        self, as_of: datetime, after: int, limit: int
    ) -> tuple[StoredWait, ...]:
        rows = await self.rows(GOING_ON, as_of=as_of, after=after, limit=limit)
        return tuple(map(_stored, rows))

    async def ended_times(self, since: datetime, until: datetime) -> tuple[Ended, ...]:
        return tuple(map(Ended._make, await self.rows(TIMES, since=since, until=until)))

    async def answers_moved(self, since: datetime, until: datetime) -> tuple[StoredWait, ...]:
        return tuple(map(_stored, await self.rows(MOVED, since=since, until=until)))

    async def crossings(
        self, since: datetime, until: datetime, begun: datetime
    ) -> tuple[Crossing, ...]:
        rows = await self.rows(CROSSINGS, since=since, until=until, begun=begun)
        return tuple(Crossing(*row) for row in rows)

    async def promises_ended(self, since: datetime, until: datetime) -> Counts:
        rows = await self.rows(PROMISES, since=since, until=until)
        return tuple((holder, count) for holder, count in rows)


def _values(name: str, place: Place) -> dict[str, Any]:
    parts = (place.closed_at, place.started_at, place.wait_id)
    return dict(zip((f"{name}_closed", f"{name}_started", f"{name}_id"), parts, strict=True))


def _stored(row: Sequence[Any]) -> StoredWait:
    width = len(REPORTED)
    talk, (message_id, got_by, got_at) = row[width:-3], row[-3:]
    got = None if got_at is None else Holding(got_by, got_at)
    return StoredWait(_wait(row[:width]), Talk(*talk), message_id, got)


def _wait(cells: Sequence[Any]) -> Wait:
    """Of REPORTED."""
    id_, started_at, reply_within, calendar, due_at, first, policy, stretches, *rest = cells
    held_known, held_by_id, elsewhere, outcome, closed_at, *ended = rest
    closing = None
    if outcome is not None:
        by_id, business, wall, within = ended
        closing = Closing(
            Outcome(outcome), closed_at, by_id, business, wall, within, elsewhere=elsewhere
        )
    return Wait(
        started_at=started_at,
        reply_within=reply_within,
        ladder=(),
        calendar=calendar,
        due_at=due_at,
        next_rung_at=None,
        first=first,
        closing=closing,
        policy=policy,
        stretches=stretches_of(stretches, started_at),
        held_known=held_known,
        held_by_id=held_by_id,
        id=id_,
    )
