"""Lists of clients, and what each member holds of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    bindparam,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from inbox.model import Client, Role
from inbox.work_records import ClientLine, ClientOrder, Load
from storage.columns import storable
from storage.conversations import IS_OPEN_REPLY
from storage.day_tables import task
from storage.finding import LONGEST
from storage.name_parts import folded, has_part, part_pattern
from storage.people import STANDS
from storage.statements import Statements
from storage.tables import client, contact, conversation, handle, manager, wait
from storage.tasks import IS_OPEN
from storage.topics import LAST_WORD

MOST_WORDS = 8  # of what a person types; what comes behind them is not looked at
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
AFTER_ALL = datetime.max.replace(tzinfo=UTC)
WIDTH = len(client.c)

_talks = contact.join(conversation, conversation.c.contact_id == contact.c.id)
_waits = (
    select(
        contact.c.client_id,
        func.count().label("waiting"),
        func.min(wait.c.due_at).label("due_at"),
    )
    .select_from(_talks.join(wait, wait.c.conversation_id == conversation.c.id))
    .where(IS_OPEN_REPLY)
    .group_by(contact.c.client_id)
    .subquery("its_waits")
)
_last = (
    select(contact.c.client_id, func.max(LAST_WORD).label("at"))
    .select_from(_talks)
    .group_by(contact.c.client_id)
    .subquery("its_last")
)
_with_waits = client.outerjoin(_waits, _waits.c.client_id == client.c.id)
LINES = (
    select(*client.c, func.coalesce(_waits.c.waiting, 0), _waits.c.due_at)
    .select_from(_with_waits)
    .where(STANDS)
)
LINES_WITH_LAST = (
    select(*client.c, func.coalesce(_waits.c.waiting, 0), _waits.c.due_at, _last.c.at)
    .select_from(_with_waits.outerjoin(_last, _last.c.client_id == client.c.id))
    .where(STANDS)
)
IS_WAITING = _waits.c.waiting.is_not(None)
DETAILS = select(
    client.c.id,
    select(func.count()).where(task.c.client_id == client.c.id, IS_OPEN).scalar_subquery(),
    select(func.max(LAST_WORD))
    .select_from(_talks)
    .where(contact.c.client_id == client.c.id)
    .scalar_subquery(),
).where(client.c.id.in_(bindparam("client_ids", expanding=True)))
HELD_BY = select(client.c.id, client.c.name).where(
    client.c.manager_id == bindparam("manager_id"), STANDS
)


_there = manager.c.active & (manager.c.role != Role.CHAT.value)
MEMBERS = select(manager.c.id).where(_there).order_by(manager.c.id)
_many, _none = func.count(), literal(0)
_now: BindParameter[datetime] = bindparam("now")
# Counts of each holder, in up to three rows.
HELD = union_all(
    select(client.c.manager_id, _many, _none, _none, _none, _none)
    .where(STANDS)
    .group_by(client.c.manager_id),
    select(client.c.manager_id, _none, _many, _many.filter(wait.c.due_at <= _now), _none, _none)
    .select_from(
        _talks.join(client, client.c.id == contact.c.client_id).join(
            wait, wait.c.conversation_id == conversation.c.id
        )
    )
    .where(IS_OPEN_REPLY)
    .group_by(client.c.manager_id),
    select(client.c.manager_id, _none, _none, _none, _many, _many.filter(task.c.due_at < _now))
    .select_from(task.join(client, client.c.id == task.c.client_id))
    .where(IS_OPEN)
    .group_by(client.c.manager_id),
)


class ClientListRows(Statements):
    """A part of inbox.working_day.WorkingDay."""

    async def client_lines(
        self,
        manager_ids: Collection[int] | None,
        *,
        words: str = "",
        order: ClientOrder = ClientOrder.NAME,
        waiting: bool = False,
        nobodys: bool = True,
        offset: int = 0,
        limit: int = 10,
    ) -> tuple[ClientLine, ...]:
        """Every word of `words` begins some part of a name or a handle."""
        if len(words) > LONGEST:
            return ()
        wanted = LINES_WITH_LAST if order is ClientOrder.LATEST else LINES
        if manager_ids is not None:
            held = client.c.manager_id.in_(manager_ids)
            wanted = wanted.where(seen_by(manager_ids) if nobodys else held)
        for word in storable(words).split()[:MOST_WORDS]:
            wanted = wanted.where(client.c.id.in_(_named(self.dialect, word.removeprefix("@"))))
        if waiting:
            wanted = wanted.where(IS_WAITING)
        found = _ordered(await self.rows(wanted), order)[offset : offset + limit]
        return await self._lines(found)

    async def _lines(self, found: Sequence[Any]) -> tuple[ClientLine, ...]:
        if not found:
            return ()
        rows = await self.rows(DETAILS, client_ids=[row[0] for row in found])
        details = {client_id: rest for client_id, *rest in rows}
        return tuple(
            ClientLine(Client(*row[:WIDTH]), row[WIDTH], row[WIDTH + 1], *details[row[0]])
            for row in found
        )

    async def clients_held_by(self, manager_id: int) -> tuple[int, ...]:
        found = await self.rows(HELD_BY, manager_id=manager_id)
        ordered = sorted(found, key=lambda row: (folded(row.name), row.id))
        return tuple(row.id for row in ordered)

    async def loads(self, now: datetime) -> tuple[Load, ...]:
        """What former members held is nobody's."""
        members = [row[0] for row in await self.rows(MEMBERS)]
        counts: dict[int | None, list[int]] = {one: [0] * 5 for one in (*members, None)}
        for holder, *some in await self.rows(HELD, now=now):
            known = counts[holder if holder in counts else None]
            known[:] = [one + other for one, other in zip(known, some, strict=True)]
        found = [Load(holder, *some) for holder, some in counts.items()]
        return tuple(found if any(counts[None]) else found[:-1])


def seen_by(manager_ids: Collection[int]) -> ColumnElement[bool]:
    """Clients that these hold or that nobody holds (any more)."""
    left = select(manager.c.id).where(~manager.c.active)
    holder = client.c.manager_id
    return or_(holder.in_(sorted(manager_ids)), holder.is_(None), holder.in_(left))


def _named(dialect: str, word: str) -> Any:
    like = literal(part_pattern(dialect, word))
    return union(
        select(client.c.id).where(has_part(dialect, client.c.name, like)),
        select(contact.c.client_id).where(has_part(dialect, contact.c.name, like)),
        select(contact.c.client_id)
        .join(handle, handle.c.contact_id == contact.c.id)
        .where(has_part(dialect, handle.c.address, like)),
    )


def _ordered(found: Sequence[Any], order: ClientOrder) -> list[Any]:
    by_name = sorted(found, key=lambda row: (folded(row.name), row.id))
    match order:
        case ClientOrder.NAME:
            return by_name
        case ClientOrder.WAITING:
            return sorted(by_name, key=lambda row: (not row[WIDTH], row[WIDTH + 1] or AFTER_ALL))
        case ClientOrder.LATEST:
            return sorted(by_name, key=lambda row: row[WIDTH + 2] or BEFORE_ALL, reverse=True)
