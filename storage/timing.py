"""Entered days, absences, and waits as the clock asks for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from inbox.calendars import SpecialDay
from inbox.errors import NoSuchRow
from inbox.model import Absence, Conversation, InboundMessage, Nature, Wait, WaitKind
from storage.codec import MESSAGE, message_of
from storage.conversations import locking
from storage.statements import per_dialect
from storage.tables import contact, conversation, message, wait
from storage.timing_codec import absence_row, special_day_of, special_day_row
from storage.timing_tables import absence, special_day
from storage.wait_codec import WAIT, wait_of
from storage.waits import ASKED, PAIRS, Waits

DAYS = select(special_day).order_by(special_day.c.calendar, special_day.c.day)
SAVE_DAY = per_dialect(
    special_day,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["calendar", "day"],
        set_={name: insert.excluded[name] for name in ("shifts", "name", "by_id", "at")},
    ),
)
DROP_DAY = delete(special_day).where(
    special_day.c.calendar == bindparam("its_calendar"), special_day.c.day == bindparam("its_day")
)

# Each version once, from one to the next in the index: there are few, and many open waits.
_first = select(func.min(wait.c.calendar).label("calendar")).where(wait.c.outcome.is_(None))
_versions = _first.cte("versions", recursive=True)
_next = _first.where(wait.c.calendar > _versions.c.calendar).correlate(_versions).scalar_subquery()
_versions = _versions.union_all(select(_next).where(_versions.c.calendar.is_not(None)))
VERSIONS = select(_versions.c.calendar).where(_versions.c.calendar.is_not(None))
_otherwise = (
    ASKED.c.outcome.is_(None),
    ASKED.c.calendar.in_(bindparam("others", expanding=True)),
    ASKED.c.id > bindparam("after"),
)
OTHERWISE = PAIRS.where(*_otherwise).order_by(ASKED.c.id).limit(bindparam("limit"))
LOCK_OTHERWISE = locking(
    select(ASKED.c.conversation_id)
    .where(*_otherwise)
    .order_by(ASKED.c.id)
    .limit(bindparam("limit"))
)
_held = conversation.c.assignee_id == bindparam("manager_id")
_of_client = contact.c.client_id == bindparam("client_id")
_open = PAIRS.where(ASKED.c.outcome.is_(None)).order_by(ASKED.c.id)
_asking = select(ASKED.c.conversation_id).where(ASKED.c.outcome.is_(None))
_talk = ASKED.c.conversation_id == conversation.c.id
OPEN_OF_MANAGER = _open.where(_held)
LOCK_OF_MANAGER = locking(_asking.join(conversation, _talk).where(_held))
OPEN_OF_CLIENT = _open.where(_of_client)
LOCK_OF_CLIENT = locking(
    _asking.join(conversation, _talk)
    .join(contact, contact.c.id == conversation.c.contact_id)
    .where(_of_client)
)
IN_CONVERSATION = (
    select(*WAIT)
    .where(wait.c.conversation_id == bindparam("conversation_id"))
    .order_by(wait.c.started_at.desc(), wait.c.id.desc())
)
CLOSED = (
    PAIRS.where(
        ASKED.c.kind == WaitKind.REPLY.value,
        ASKED.c.closed_at >= bindparam("since"),
        ASKED.c.started_at < bindparam("until"),
        ASKED.c.id > bindparam("after"),
    )
    .order_by(ASKED.c.id)
    .limit(bindparam("limit"))
)
ASKED_AFTER = (
    select(message.c.id, *MESSAGE)
    .where(
        message.c.conversation_id == bindparam("conversation_id"),
        message.c.nature == Nature.PERSON.value,
        message.c.sent_at > bindparam("at"),
    )
    .order_by(message.c.sent_at, message.c.id)
)
ADD_ABSENCE = insert(absence).returning(absence.c.id)
SAVE_ABSENCE = update(absence).where(absence.c.id == bindparam("saved_id"))

Pairs = tuple[tuple[Conversation, Wait], ...]


class TimingRows(Waits):
    """Implements inbox.timing.Timing, with alerts.py and audit.py."""

    async def special_days(self) -> tuple[SpecialDay, ...]:
        return tuple(special_day_of(row) for row in await self.rows(DAYS))

    async def save_special_day(self, day: SpecialDay) -> None:
        await self.run(SAVE_DAY, special_day_row(day))

    async def drop_special_day(self, calendar: str, day: date) -> bool:
        return await self.changed(DROP_DAY, its_calendar=calendar, its_day=day) == 1

    async def counted_otherwise(self, versions: Collection[str], after: int, limit: int) -> Pairs:
        known = {row[0] for row in await self.rows(VERSIONS)}
        others = sorted(known - set(versions))
        if not others:
            return ()
        values = {"others": others, "after": after, "limit": limit}
        return await self.pairs(OTHERWISE, LOCK_OTHERWISE, **values)

    async def open_waits_of(
        self, client_id: int | None = None, manager_id: int | None = None
    ) -> Pairs:
        if client_id is not None:
            return await self.pairs(OPEN_OF_CLIENT, LOCK_OF_CLIENT, client_id=client_id)
        return await self.pairs(OPEN_OF_MANAGER, LOCK_OF_MANAGER, manager_id=manager_id)

    async def waits_in(self, conversation_id: int) -> tuple[Wait, ...]:
        found = await self.rows(IN_CONVERSATION, conversation_id=conversation_id)
        return tuple(one for row in found if (one := wait_of(row)) is not None)

    async def closed_waits(
        self, since: datetime, until: datetime, after: int, limit: int
    ) -> Pairs:
        return await self.pairs(CLOSED, since=since, until=until, after=after, limit=limit)

    async def asked_after(
        self, conversation_id: int, at: datetime
    ) -> tuple[tuple[int, InboundMessage], ...]:
        found = await self.rows(ASKED_AFTER, conversation_id=conversation_id, at=at)
        return tuple((row[0], message_of(row[1:])) for row in found)

    async def add_absence(self, absence: Absence) -> Absence:
        return replace(absence, id=await self.value(ADD_ABSENCE, **absence_row(absence)))

    async def save_absence(self, absence: Absence) -> None:
        if not await self.changed(SAVE_ABSENCE, saved_id=absence.id, **absence_row(absence)):
            raise NoSuchRow("absence", absence.id)
