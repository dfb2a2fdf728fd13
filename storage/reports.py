"""What reports read: ended and open waits, messages and last words, page by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
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
from inbox.model import Nature, Outcome, WaitKind
from inbox.records import ReplyState
from inbox.reports import Holding
from inbox.reports_store import (
    CalendarChange,
    Crossing,
    Ended,
    EndedPage,
    LastWord,
    Place,
    Said,
    StoredWait,
    Talk,
)
from storage.client_files import NO_COPY, REPLY_AT
from storage.client_history import EVER
from storage.columns import Id, Instant
from storage.conversations import IS_OPEN_REPLY, PEOPLE
from storage.statements import Statements
from storage.tables import client, contact, conversation, manager, message, reply, wait
from storage.timing_codec import entry_of
from storage.timing_tables import audit
from storage.wait_codec import WAIT, wait_of

TICK = timedelta.resolution
Counts = tuple[tuple[int | None, int], ...]

ANSWERS = [Outcome.ANSWERED.value, Outcome.PHONED.value]
WORDS = [Nature.PERSON.value, Nature.THANKS.value]
_reply_wait = wait.c.kind == literal_column(f"'{WaitKind.REPLY}'")
_in_time = (wait.c.closed_at >= bindparam("since"), wait.c.closed_at < bindparam("until"))
_by_end = (wait.c.closed_at, wait.c.started_at, wait.c.id)

TALK = (
    conversation.c.id.label("talk_id"),
    conversation.c.channel_id,
    client.c.id.label("client_id"),
    client.c.name,
    func.coalesce(client.c.tier, ""),
    conversation.c.assignee_id,
)
# The last time that the wait changed hands while it was open.
_got = (
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
_opening = (
    select(message.c.id)
    .where(message.c.wait_id == wait.c.id)
    .order_by(message.c.sent_at, message.c.id)
    .limit(1)
    .correlate(wait)
    .scalar_subquery()
)
STORED = select(*WAIT, *TALK, _opening, audit.c.manager_id, audit.c.at).select_from(
    PEOPLE.join(wait, wait.c.conversation_id == conversation.c.id).outerjoin(
        audit, audit.c.id == _got
    )
)


def _place(name: str) -> Any:
    return tuple_(
        bindparam(f"{name}_closed", type_=Instant),
        bindparam(f"{name}_started", type_=Instant),
        bindparam(f"{name}_id", type_=Id),
    )


# A page ends behind so many rows of the index; only what is found in it is read as a whole.
_behind_place = (_reply_wait, tuple_(*_by_end) > _place("after"))
PAGE_END = (
    select(*_by_end).where(*_behind_place).order_by(*_by_end).limit(1).offset(bindparam("limit"))
)
ENDED = STORED.where(
    *_behind_place,
    tuple_(*_by_end) <= _place("last"),
    or_(
        wait.c.closed_at < bindparam("until"),
        and_(wait.c.closed_at >= bindparam("as_of"), wait.c.started_at < bindparam("as_of")),
    ),
).order_by(*_by_end)
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
TIMES = (
    select(
        conversation.c.assignee_id,
        wait.c.outcome.in_(ANSWERS),
        wait.c.first,
        wait.c.within_target,
        type_coerce(wait.c.business, Double),
    )
    .select_from(_held)
    .where(_reply_wait, *_in_time, or_(wait.c.outcome.in_(ANSWERS), _unanswered))
)
CROSSINGS = (
    select(conversation.c.assignee_id, wait.c.due_at, wait.c.closed_at)
    .select_from(_held)
    .where(_reply_wait, *_in_time, wait.c.started_at < bindparam("begun"))
    .where(wait.c.due_at <= bindparam("begun"))
)
PROMISES = (
    select(conversation.c.assignee_id, func.count())
    .select_from(_held)
    .where(wait.c.kind == WaitKind.PROMISE.value, *_in_time)
    .group_by(conversation.c.assignee_id)
)

_then = (message.c.sent_at >= bindparam("since"), message.c.sent_at < bindparam("until"))
_behind = tuple_(message.c.sent_at, message.c.id) > tuple_(
    bindparam("last_at", type_=Instant), bindparam("last_id")
)
_with_talk = message.join(conversation, conversation.c.id == message.c.conversation_id)
SAID = (
    select(message.c.id, message.c.sent_at, message.c.nature, ~NO_COPY, *TALK)
    .select_from(
        _with_talk.join(contact, contact.c.id == conversation.c.contact_id).join(
            client, client.c.id == contact.c.client_id
        )
    )
    .where(*_then)
    .order_by(message.c.sent_at, message.c.id)
    .limit(bindparam("limit"))
)
SAID_BEHIND = SAID.where(_behind)
COUNT_SAID = (
    select(conversation.c.assignee_id, func.count())
    .select_from(_with_talk)
    .where(*_then, message.c.nature.in_(WORDS), NO_COPY)
    .group_by(conversation.c.assignee_id)
)

_of_them = contact.c.client_id.in_(bindparam("client_ids", expanding=True))
_talks = contact.join(conversation, conversation.c.contact_id == contact.c.id)
_here = message.c.conversation_id == conversation.c.id
_words = message.c.nature.in_(WORDS)
_own = message.c.nature == Nature.OWN.value
_before = message.c.sent_at < bindparam("before")
_its_reply = and_(reply.c.conversation_id == conversation.c.id, bindparam("before") > REPLY_AT)
_sent = reply.c.state == ReplyState.SENT.value
KNOWN_BEFORE = (
    select(contact.c.client_id)
    .distinct()
    .select_from(_talks)
    .where(
        _of_them,
        or_(
            select(message.c.id).where(_here, or_(_words, _own), _before).exists(),
            select(reply.c.id).where(_its_reply, _sent).exists(),
        ),
    )
)


def _latest(at: ColumnElement[datetime], *which: ColumnElement[bool]) -> ColumnElement[datetime]:
    return select(func.max(at)).where(*which).correlate(conversation).scalar_subquery()


# The conversation's own instants tell as long as nothing came later than what is asked for; who
# wrote last may have been no person, so that a message is looked for where it is no answer.
_answered = conversation.c.answered_at
_studio = case((_answered < bindparam("before"), _answered))


def _if_later(found: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """Only where the conversation was answered later than what is asked for."""
    return case((_answered >= bindparam("before"), found))


_replied = _if_later(_latest(REPLY_AT, _its_reply, _sent))
_elsewhere = _if_later(_latest(message.c.sent_at, _here, _own, _before))
_client = case(
    (
        and_(_answered < bindparam("before"), conversation.c.asked_at <= _answered),
        conversation.c.asked_at,
    ),
    else_=_latest(message.c.sent_at, _here, _words, _before),
)
_some = (
    select(conversation.c.id)
    .where(conversation.c.id > bindparam("after"))
    .order_by(conversation.c.id)
    .limit(bindparam("limit"))
)
LAST_WORDS = (
    select(
        client.c.id,
        client.c.name,
        client.c.manager_id,
        *(func.max(at, type_=Instant) for at in (_studio, _replied, _elsewhere, _client)),
    )
    .select_from(PEOPLE)
    .where(conversation.c.id.in_(_some))
    .group_by(client.c.id, client.c.name, client.c.manager_id)
    .order_by(client.c.id)
)
_last_of = _some.subquery("some")
LAST_OF_SOME = select(func.max(_last_of.c.id), func.count())

_by = manager.alias("by")
CALENDARS = (
    select(*audit.c, func.coalesce(_by.c.name, ""))
    .select_from(audit.outerjoin(_by, _by.c.id == audit.c.by_id))
    .where(audit.c.deed == literal_column(f"'{Deed.CALENDAR}'"))
    .where(audit.c.at >= bindparam("since"))
    .order_by(audit.c.at, audit.c.id)
)


class ReportRows(Statements):
    """Implements inbox.reports_store.ReportsStore."""

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
        return tuple(Ended(*row) for row in await self.rows(TIMES, since=since, until=until))

    async def crossings(
        self, since: datetime, until: datetime, begun: datetime
    ) -> tuple[Crossing, ...]:
        rows = await self.rows(CROSSINGS, since=since, until=until, begun=begun)
        return tuple(Crossing(*row) for row in rows)

    async def promises_ended(self, since: datetime, until: datetime) -> Counts:
        rows = await self.rows(PROMISES, since=since, until=until)
        return tuple((holder, count) for holder, count in rows)

    async def said(
        self, since: datetime, until: datetime, after: tuple[datetime, int] | None, limit: int
    ) -> tuple[Said, ...]:
        values: dict[str, Any] = {"since": since, "until": until, "limit": limit}
        if after is None:
            rows = await self.rows(SAID, **values)
        else:
            rows = await self.rows(SAID_BEHIND, last_at=after[0], last_id=after[1], **values)
        return tuple(
            Said(id_, sent_at, Nature(nature), bool(copy), Talk(*talk))
            for id_, sent_at, nature, copy, *talk in rows
        )

    async def count_said(self, since: datetime, until: datetime) -> Counts:
        rows = await self.rows(COUNT_SAID, since=since, until=until)
        return tuple((holder, count) for holder, count in rows)

    async def known_before(self, client_ids: Collection[int], at: datetime) -> frozenset[int]:
        if not client_ids:
            return frozenset()
        rows = await self.rows(KNOWN_BEFORE, client_ids=sorted(client_ids), before=at)
        return frozenset(client_id for (client_id,) in rows)

    async def last_words(
        self, before: datetime, after: int, limit: int
    ) -> tuple[tuple[LastWord, ...], int | None]:
        last, count = await self.row(LAST_OF_SOME, after=after, limit=limit)
        rows = await self.rows(LAST_WORDS, before=before, after=after, limit=limit)
        found = [
            LastWord(client_id, name, holder, max(words))
            for client_id, name, holder, *all_ in rows
            if (words := [one for one in all_ if one is not None])
        ]
        return tuple(found), last if count == limit else None

    async def calendar_changes(self, since: datetime) -> tuple[CalendarChange, ...]:
        rows = await self.rows(CALENDARS, since=since)
        return tuple(CalendarChange(entry_of(row[:-1]), row[-1]) for row in rows)


def _values(name: str, place: Place) -> dict[str, Any]:
    parts = (place.closed_at, place.started_at, place.wait_id)
    return dict(zip((f"{name}_closed", f"{name}_started", f"{name}_id"), parts, strict=True))


def _stored(row: Sequence[Any]) -> StoredWait:
    found = wait_of(row[: len(WAIT)])
    talk, (message_id, got_by, got_at) = row[len(WAIT) : -3], row[-3:]
    if found is None:
        raise ValueError("a row without a wait")
    got = None if got_at is None else Holding(got_by, got_at)
    return StoredWait(found, Talk(*talk), message_id, got)
