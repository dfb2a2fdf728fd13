"""What the search has still to read in, or to read again, from the rows that it is made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, literal, select, update

from inbox.model import Handle, InboundMessage
from inbox.records import Reply, ReplyState
from inbox.searching import HitKind
from inbox.work_records import InternalNote
from storage.codec import Cells, attachments_of
from storage.day_tables import internal_note
from storage.indexing import DIALECTS, Entry, Indexing, message_entry, note_entry, reply_entry
from storage.search_tables import search_backlog
from storage.tables import message, reply

EVERYTHING = 0  # in the place of a conversation

MESSAGES = select(
    message.c.id,
    message.c.conversation_id,
    message.c.counted_on,
    message.c.sender_kind,
    message.c.sender_address,
    message.c.sender_name,
    message.c.sent_at,
    message.c.subject,
    message.c.text,
    message.c.extra["attachments"],
)
REPLIES = select(
    reply.c.id,
    reply.c.conversation_id,
    reply.c.author_id,
    reply.c.written_at,
    reply.c.text,
    reply.c.attachments,
).where(reply.c.state != ReplyState.WITHDRAWN.value)
NOTES = select(
    internal_note.c.id,
    internal_note.c.conversation_id,
    internal_note.c.author_id,
    internal_note.c.written_at,
    internal_note.c.text,
    internal_note.c.attachments,
)
SOURCES = {
    HitKind.MESSAGE: (message, MESSAGES),
    HitKind.REPLY: (reply, REPLIES),
    HitKind.NOTE: (internal_note, NOTES),
}
THESE = {
    kind: rows.where(table.c.id.in_(bindparam("ids", expanding=True)))
    for kind, (table, rows) in SOURCES.items()
}
TO_MESSAGES = {
    kind: rows.where(table.c.message_id.in_(bindparam("ids", expanding=True)))
    for kind, (table, rows) in SOURCES.items()
    if kind is not HitKind.MESSAGE
}
BEFORE = {
    kind: rows.where(table.c.id < bindparam("below"))
    .order_by(table.c.id.desc())
    .limit(bindparam("limit"))
    for kind, (table, rows) in SOURCES.items()
}
# Whoever changes such a row meanwhile writes it into the search after this.
BEFORE_IN = {
    kind: rows.where(
        SOURCES[kind][0].c.conversation_id == bindparam("conversation_id")
    ).with_for_update(read=True)
    for kind, rows in BEFORE.items()
}


def _all_of(kind: HitKind, dialect: Any) -> Any:
    """A line of the backlog for each of these conversations."""
    table, _ = SOURCES[kind]
    counted: Select[Any] = (
        select(
            literal(kind.value), table.c.conversation_id, func.max(table.c.id) + 1, func.count()
        )
        .where(table.c.conversation_id.in_(bindparam("ids", expanding=True)))
        .group_by(table.c.conversation_id)
    )
    fields = ("kind", "conversation_id", "below", "left")
    made = dialect.insert(search_backlog).from_select(fields, counted)
    return made.on_conflict_do_update(
        index_elements=["kind", "conversation_id"],
        set_={name: made.excluded[name] for name in ("below", "left")},
    )


READ_AGAIN = {
    kind: {name: _all_of(kind, dialect) for name, dialect in DIALECTS.items()} for kind in SOURCES
}
_line = (
    search_backlog.c.kind == bindparam("its_kind"),
    search_backlog.c.conversation_id == bindparam("its_conversation"),
)
# First what moved, then all that is older; another process takes another line.
NEXT = (
    select(search_backlog)
    .order_by(search_backlog.c.conversation_id.desc(), search_backlog.c.kind)
    .limit(1)
    .with_for_update(skip_locked=True)
)
GO_ON = (
    update(search_backlog)
    .where(*_line)
    .values(below=bindparam("new_below"), left=bindparam("new_left"))
)
DONE = delete(search_backlog).where(*_line)
LEFT = select(func.coalesce(func.sum(search_backlog.c.left), 0))


class Backlog(Indexing):
    """Reads rows into the search that were there before it, or that changed."""

    async def index_messages(self, message_ids: Collection[int]) -> None:
        """Messages that say something else now."""
        await self._index(HitKind.MESSAGE, THESE[HitKind.MESSAGE], message_ids)

    async def index_moved(self, message_ids: Collection[int]) -> None:
        """Messages that went to another conversation, and what was written to them."""
        await self.index_messages(message_ids)
        for kind, to_them in TO_MESSAGES.items():
            await self._index(kind, to_them, message_ids)

    async def index_later(self, conversation_ids: Collection[int]) -> None:
        """Conversations that went to another client: there may be much in them."""
        if conversation_ids:
            for statements in READ_AGAIN.values():
                await self.run(statements, {"ids": list(conversation_ids)})

    async def index_older(self, limit: int) -> int:
        """A part of inbox.searching.Searching."""
        line = await self.row(NEXT)
        if line is None:
            return await self.unread()
        kind, conversation_id = HitKind(line.kind), line.conversation_id
        again = conversation_id != EVERYTHING
        values = {"below": line.below, "limit": limit}
        if again:
            values["conversation_id"] = conversation_id
        found = await self.rows((BEFORE_IN if again else BEFORE)[kind], **values)
        await self.index_all([_entry(kind, row) for row in found], again=again)
        its = {"its_kind": line.kind, "its_conversation": conversation_id}
        if len(found) < limit:
            await self.run(DONE, its)
        else:
            left = max(line.left - len(found), 1)
            await self.run(GO_ON, {**its, "new_below": found[-1].id, "new_left": left})
        return await self.unread()

    async def unread(self) -> int:
        """How many messages, replies and notes are to be read in."""
        return int(await self.value(LEFT))

    async def _index(self, kind: HitKind, which: Select[Any], ids: Collection[int]) -> None:
        found = await self.rows(which, ids=list(ids))
        await self.index_all([_entry(kind, row) for row in found], again=True)


def _entry(kind: HitKind, row: Cells) -> Entry:
    id_, conversation_id, *rest = row
    if kind is HitKind.MESSAGE:
        original, *said = rest
        return message_entry(id_, conversation_id, _message(said), original)
    author_id, written_at, text, files = rest
    attachments = attachments_of(files)
    if kind is HitKind.REPLY:
        one = Reply(
            "", conversation_id, author_id, text, written_at, attachments=attachments, id=id_
        )
        return reply_entry(one)
    note = InternalNote(
        "", conversation_id, author_id, text, written_at, attachments=attachments, id=id_
    )
    return note_entry(note)


def _message(cells: Sequence[Any]) -> InboundMessage:
    """As far as the search reads it."""
    kind, address, name, sent_at, subject, text, files = cells
    return InboundMessage(
        channel_id="",
        external_id="",
        thread_ids=(),
        sender=Handle(kind, address),
        sender_name=name,
        sent_at=sent_at,
        text=text,
        subject=subject,
        attachments=attachments_of(files),
    )
