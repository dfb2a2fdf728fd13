"""What reports read beside the waits: messages, last words, changed calendars."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from inbox.log_records import Deed
from inbox.model import Nature
from inbox.records import ReplyState
from inbox.reports_store import (
    CalendarChange,
    LastWord,
    Said,
    Talk,
)
from storage.client_files import NO_COPY, REPLY_AT
from storage.columns import Instant
from storage.conversations import PEOPLE
from storage.report_waits import TALK
from storage.statements import Statements
from storage.tables import client, contact, conversation, manager, message, reply
from storage.timing_codec import entry_of
from storage.timing_tables import audit

Counts = tuple[tuple[int | None, int], ...]

WORDS = [Nature.PERSON.value, Nature.THANKS.value]
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

_talks = contact.join(conversation, conversation.c.contact_id == contact.c.id)
_here = message.c.conversation_id == conversation.c.id
_words = message.c.nature.in_(WORDS)
_own = message.c.nature == Nature.OWN.value
_before = message.c.sent_at < bindparam("before")
_its_reply = and_(reply.c.conversation_id == conversation.c.id, bindparam("before") > REPLY_AT)
_sent = reply.c.state == ReplyState.SENT.value
_in_talks = _talks.join(message, _here)
_in_replies = _talks.join(reply, reply.c.conversation_id == conversation.c.id)
_its_talk = contact.c.client_id == client.c.id
# Found at the client's first conversation, mostly: no other one is looked at.
KNOWN_BEFORE = select(client.c.id).where(
    client.c.id.in_(bindparam("client_ids", expanding=True)),
    or_(
        select(message.c.id)
        .select_from(_in_talks)
        .where(_its_talk, or_(_words, _own), _before)
        .correlate(client)
        .exists(),
        select(reply.c.id)
        .select_from(_in_replies)
        .where(_its_talk, _its_reply, _sent)
        .correlate(client)
        .exists(),
    ),
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
    select(client.c.id)
    .where(client.c.id > bindparam("after"))
    .order_by(client.c.id)
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
    .where(client.c.id.in_(_some))
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


class ReportMessages(Statements):
    """A part of inbox.reports_store.ReportsStore."""

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
