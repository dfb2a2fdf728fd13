"""What was said with a client over all channels, and what the studio noted, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    false,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from inbox.model import Nature
from inbox.records import HistoryLine, ReplyState
from storage.client_files import NO_COPY, NOT_WITHDRAWN, REPLY_AT
from storage.codec import attachments_of
from storage.columns import Instant
from storage.day_tables import internal_note
from storage.statements import Statements
from storage.tables import contact, conversation, manager, message, reply

MESSAGE, REPLY, NOTE = range(3)
# PostgreSQL keeps the last instant of Python too.
EVER = datetime.max.replace(tzinfo=UTC)


def _in_client(what: Any, *conditions: ColumnElement[bool]) -> tuple[FromClause, Any]:
    whose = what.join(conversation, conversation.c.id == what.c.conversation_id).join(
        contact, contact.c.id == conversation.c.contact_id
    )
    return whose, (contact.c.client_id == bindparam("client_id"), *conditions)


_MESSAGES = (message.c.sent_at, *_in_client(message, NO_COPY))
_REPLIES = (REPLY_AT, *_in_client(reply, NOT_WITHDRAWN))
_NOTES = (internal_note.c.written_at, *_in_client(internal_note))


def _latest(at: ColumnElement[datetime], whose: FromClause, conditions: Any) -> Select[Any]:
    newest = (
        select(at.label("at"))
        .select_from(whose)
        .where(*conditions, at < bindparam("before"))
        .order_by(at.desc())
        .limit(bindparam("limit"))
    )
    return select(newest.subquery())


_latest_of_all = union_all(*(_latest(*one) for one in (_MESSAGES, _REPLIES, _NOTES))).subquery()
_of_page = (
    select(_latest_of_all.c.at)
    .order_by(_latest_of_all.c.at.desc())
    .limit(bindparam("limit"))
    .subquery()
)
# The oldest instant of the page: all of that instant stands on it, or the next page would begin
# before what was left out.
_OLDEST = select(func.min(_of_page.c.at).label("at")).cte("oldest")


def _lines(
    kind: int, part: tuple[Any, FromClause, Any], *columns: ColumnElement[Any]
) -> Select[Any]:
    at, whose, conditions = part
    return (
        select(
            literal(kind).label("kind"),
            at.label("at"),
            *columns,
            conversation.c.id.label("conversation_id"),
        )
        .select_from(whose)
        .where(*conditions, at < bindparam("before"), at >= select(_OLDEST.c.at).scalar_subquery())
    )


def _by(author_id: ColumnElement[int]) -> ColumnElement[str]:
    return select(manager.c.name).where(manager.c.id == author_id).scalar_subquery()


_all = union_all(
    _lines(
        MESSAGE,
        _MESSAGES,
        message.c.id.label("id"),
        message.c.sender_name.label("author"),
        message.c.text.label("text"),
        message.c.extra.label("files"),
        message.c.nature.label("state"),
        message.c.edited_at.is_not(None).label("edited"),
        message.c.deleted_at.is_not(None).label("deleted"),
        message.c.channel_id.label("channel_id"),
        message.c.id.label("message_id"),
    ),
    _lines(
        REPLY,
        _REPLIES,
        reply.c.id,
        _by(reply.c.author_id),
        reply.c.text,
        reply.c.attachments,
        reply.c.state,
        reply.c.edits > 0,
        reply.c.state == ReplyState.TAKEN_BACK.value,
        conversation.c.channel_id,
        reply.c.message_id,
    ),
    _lines(
        NOTE,
        _NOTES,
        internal_note.c.id,
        _by(internal_note.c.author_id),
        internal_note.c.text,
        internal_note.c.attachments,
        literal(""),
        internal_note.c.edited_at.is_not(None),
        false(),
        conversation.c.channel_id,
        internal_note.c.message_id,
    ),
).subquery("line")
# Chats give whole seconds: what was said in the same one stands as it came in.
HISTORY = select(
    _all.c.kind,
    type_coerce(_all.c.at, Instant),
    _all.c.author,
    _all.c.text,
    type_coerce(_all.c.files, JSON),
    _all.c.state,
    _all.c.edited,
    _all.c.deleted,
    _all.c.channel_id,
    _all.c.message_id,
).order_by(_all.c.at, _all.c.kind, _all.c.id)


class ClientHistoryRows(Statements):
    """A part of inbox.working_day.WorkingDay."""

    async def client_history(
        self, client_id: int, before: datetime | None, limit: int
    ) -> tuple[HistoryLine, ...]:
        """Some lines more than `limit` where several are of the oldest instant, so that the page
        before then misses none."""
        found = await self.rows(HISTORY, client_id=client_id, before=before or EVER, limit=limit)
        return tuple(map(_line_of, found))


def _line_of(row: Sequence[Any]) -> HistoryLine:
    kind, at, author, text, files, state, edited, deleted, channel_id, message_id = row
    return HistoryLine(
        at,
        author,
        inbound=kind == MESSAGE and state != Nature.OWN.value,
        text=text,
        attachments=attachments_of(files["attachments"] if kind == MESSAGE else files),
        state=ReplyState(state) if kind == REPLY else None,
        edited=edited,
        deleted=deleted,
        internal=kind == NOTE,
        channel_id=channel_id,
        message_id=message_id,
    )
