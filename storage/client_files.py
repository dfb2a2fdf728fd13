"""A client's files, either way, one row each: every database takes a list apart its own way.

What has no bytes (a place, a poll) is no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    TableValuedAlias,
    bindparam,
    column,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
    type_coerce,
    union_all,
)

from inbox.model import Media, Nature
from inbox.records import ReplyState
from inbox.work_records import ClientFile
from storage.codec import attachments_of
from storage.columns import Id, Instant
from storage.day_tables import HAS_FILES
from storage.name_parts import MATCH
from storage.statements import Statements
from storage.tables import contact, conversation, message, reply

# A copy of a mail in another mailbox is told with the first one alone.
NO_COPY = or_(message.c.counted_on.is_(None), message.c.channel_id == conversation.c.channel_id)
REPLY_AT = func.coalesce(reply.c.sent_at, reply.c.written_at)
NOT_WITHDRAWN = reply.c.state != ReplyState.WITHDRAWN.value

_MEDIA = [one.value for one in Media if one.has_bytes]


@dataclass(frozen=True, slots=True)
class _Each:
    """The attachments of a row, one by one: where they come from, each, and its number."""

    rows: TableValuedAlias
    value: ColumnElement[Any]
    number: ColumnElement[int]
    media: ColumnElement[str]


def _each_in_sqlite(lists: ColumnElement[Any], path: str) -> _Each:
    rows = func.json_each(lists, path).table_valued("key", "value", name="each")
    value = rows.c.value
    return _Each(rows, type_coerce(value, JSON), rows.c.key, func.json_extract(value, "$[0]"))


def _each_in_postgresql(lists: ColumnElement[Any]) -> _Each:
    rows = (
        func.json_array_elements(lists)
        .table_valued(column("value", JSON), with_ordinality="number", name="each")
        .render_derived()
    )
    return _Each(rows, rows.c.value, rows.c.number, rows.c.value[0].as_string())


def _messages(dialect: str) -> tuple[_Each, FromClause]:
    extra = message.c.extra
    if dialect == "postgresql":
        each = _each_in_postgresql(extra["attachments"])
    else:
        each = _each_in_sqlite(extra, "$.attachments")
    return each, message.join(conversation, conversation.c.id == message.c.conversation_id)


def _replies(dialect: str) -> tuple[_Each, FromClause]:
    lists = reply.c.attachments
    each = _each_in_postgresql(lists) if dialect == "postgresql" else _each_in_sqlite(lists, "$")
    return each, reply.join(conversation, conversation.c.id == reply.c.conversation_id)


def _all(dialect: str) -> CompoundSelect[Any]:
    each, whose = _messages(dialect)
    received = _of_client(whose, each, HAS_FILES["message"][dialect], NO_COPY).add_columns(
        message.c.sent_at.label("at"),
        conversation.c.id.label("conversation_id"),
        each.value.label("attachment"),
        (message.c.nature != Nature.OWN.value).label("inbound"),
        message.c.id.label("message_id"),
        literal(None, Id).label("reply_id"),
        each.number.label("number"),
    )
    each, whose = _replies(dialect)
    sent = _of_client(whose, each, HAS_FILES["reply"][dialect], NOT_WITHDRAWN).add_columns(
        REPLY_AT,
        conversation.c.id,
        each.value,
        false(),
        reply.c.message_id,
        reply.c.id,
        each.number,
    )
    return union_all(received, sent)


def _of_client(
    whose: FromClause, each: _Each, has_files: str, *conditions: ColumnElement[bool]
) -> Select[Any]:
    return (
        select()
        .select_from(
            whose.join(contact, contact.c.id == conversation.c.contact_id).join(each.rows, true())
        )
        .where(
            contact.c.client_id == bindparam("client_id"),
            text(has_files),
            each.media.in_(_MEDIA),
            *conditions,
        )
    )


def _page(dialect: str) -> Select[Any]:
    one = _all(dialect).subquery("one")
    return (
        select(
            type_coerce(one.c.at, Instant),
            one.c.conversation_id,
            one.c.attachment,
            one.c.inbound,
            one.c.message_id,
            one.c.reply_id,
        )
        .order_by(
            one.c.at.desc(),
            one.c.message_id.desc(),
            one.c.reply_id.desc(),
            one.c.number,
        )
        .offset(bindparam("offset"))
        .limit(bindparam("limit"))
    )


def count_of_files(dialect: str) -> Select[Any]:
    """Of the client `client_id`."""
    return select(func.count()).select_from(_all(dialect).subquery("files"))


FILES = {dialect: _page(dialect) for dialect in MATCH}


class ClientFileRows(Statements):
    """A part of inbox.working_day.WorkingDay."""

    async def client_files(
        self, client_id: int, offset: int, limit: int
    ) -> tuple[ClientFile, ...]:
        found = await self.rows(FILES, client_id=client_id, offset=offset, limit=limit)
        return tuple(
            ClientFile(at, conversation_id, attachments_of([attachment])[0], *rest)
            for at, conversation_id, attachment, *rest in found
        )
