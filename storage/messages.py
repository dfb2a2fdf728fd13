"""The clients' messages as they are filed, and as history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from inbox.model import Conversation, InboundMessage, Nature, RawMessage
from inbox.records import HistoryLine, Placing, ReplyState
from storage.cards import Cards
from storage.codec import (
    MESSAGE,
    RAW,
    attachments_of,
    message_of,
    message_row,
    raw_of,
)
from storage.indexing import Indexing, message_entry
from storage.sorting import DIGEST, TOLD
from storage.statements import per_dialect
from storage.tables import conversation, manager, message, raw, reply

ADD = per_dialect(
    message,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["raw_id"]).returning(
        message.c.id
    ),
)
OF_RAW = select(message.c.id).where(message.c.raw_id == bindparam("raw_id"))
ITS_RAW = (
    select(*RAW)
    .join(message, message.c.raw_id == raw.c.id)
    .where(message.c.id == bindparam("message_id"))
)
# A copy of a mail in another mailbox is told on the first one's card alone.
_no_copy = or_(
    message.c.counted_on.is_(None),
    message.c.channel_id
    == select(conversation.c.channel_id)
    .where(conversation.c.id == bindparam("conversation_id"))
    .scalar_subquery(),
)
# A person's comes first: nobody answers a machine, or what the studio itself wrote.
NEWEST = (
    select(message.c.id)
    .where(message.c.conversation_id == bindparam("conversation_id"), _no_copy)
    .order_by(message.c.nature != Nature.PERSON.value, message.c.id.desc())
    .limit(1)
)
ASKED_AFTER = (
    select(*MESSAGE)
    .where(
        message.c.conversation_id == bindparam("conversation_id"),
        message.c.nature == Nature.PERSON.value,
        message.c.sent_at > bindparam("at"),
    )
    .order_by(message.c.sent_at, message.c.id)
    .limit(1)
)
OWN_SINCE = (
    select(*MESSAGE)
    .where(
        message.c.conversation_id == bindparam("conversation_id"),
        message.c.nature == Nature.OWN.value,
        message.c.sent_at >= bindparam("at"),
        message.c.deleted_at.is_(None),
    )
    .order_by(message.c.sent_at, message.c.id)
)
INBOUND = (
    select(
        message.c.sent_at,
        message.c.sender_name,
        message.c.text,
        message.c.extra,
        message.c.nature,
        message.c.edited_at.is_not(None),
        message.c.deleted_at.is_not(None),
    )
    .where(message.c.conversation_id == bindparam("conversation_id"), _no_copy)
    .order_by(message.c.sent_at.desc(), message.c.id.desc())
    .limit(bindparam("limit"))
)
OUTBOUND = (
    select(
        func.coalesce(reply.c.sent_at, reply.c.written_at),
        manager.c.name,
        reply.c.text,
        reply.c.attachments,
        reply.c.state,
        reply.c.edits,
    )
    .join(manager, manager.c.id == reply.c.author_id)
    .where(
        reply.c.conversation_id == bindparam("conversation_id"),
        reply.c.state != ReplyState.WITHDRAWN.value,
    )
    .order_by(reply.c.written_at.desc(), reply.c.id.desc())
    .limit(bindparam("limit"))
)


class Messages(Cards, Indexing):
    async def add_message(
        self,
        conversation: Conversation,
        message: InboundMessage,
        raw_id: int,
        placing: Placing = Placing(),  # noqa: B008 - frozen
    ) -> int:
        first_nature, first_reason = placing.first or (None, None)
        row = {
            "conversation_id": conversation.id,
            "raw_id": raw_id,
            "wait_id": conversation.wait and conversation.wait.id,
            "guessed": placing.guessed,
            "held": _held(placing),
            "counted_on": placing.counted_on,
            "first_nature": first_nature,
            "first_reason": first_reason,
            **message_row(message),
        }
        added: int | None = await self.value(ADD, **row)
        if added is None:
            return int(await self.value(OF_RAW, raw_id=raw_id))
        await self.index(message_entry(added, conversation.id, message, placing.counted_on))
        return added

    async def message_of_raw(self, raw_id: int) -> int | None:
        found: int | None = await self.value(OF_RAW, raw_id=raw_id)
        return found

    async def raw_of_message(self, message_id: int) -> RawMessage | None:
        found = await self.row(ITS_RAW, message_id=message_id)
        return None if found is None else await raw_of(found)

    async def newest_message(self, conversation_id: int) -> int | None:
        """A person's, however many machines answered since; else whatever there is."""
        found: int | None = await self.value(NEWEST, conversation_id=conversation_id)
        return found

    async def first_asked_after(self, conversation_id: int, at: datetime) -> InboundMessage | None:
        found = await self.row(ASKED_AFTER, conversation_id=conversation_id, at=at)
        return None if found is None else message_of(found)

    async def own_since(self, conversation_id: int, at: datetime) -> tuple[InboundMessage, ...]:
        found = await self.rows(OWN_SINCE, conversation_id=conversation_id, at=at)
        return tuple(map(message_of, found))

    async def history(self, conversation_id: int, limit: int) -> tuple[HistoryLine, ...]:
        values = {"conversation_id": conversation_id, "limit": limit}
        lines = [
            HistoryLine(
                at,
                author,
                inbound=nature != Nature.OWN.value,
                text=text,
                attachments=attachments_of(extra["attachments"]),
                edited=edited,
                deleted=deleted,
            )
            for at, author, text, extra, nature, edited, deleted in reversed(
                await self.rows(INBOUND, **values)
            )
        ]
        lines += [
            HistoryLine(
                at,
                author,
                inbound=False,
                text=text,
                attachments=attachments_of(files),
                state=ReplyState(state),
                edited=edits > 0,
                deleted=state == ReplyState.TAKEN_BACK.value,
            )
            for at, author, text, files, state, edits in reversed(
                await self.rows(OUTBOUND, **values)
            )
        ]
        # Chats give whole seconds: of what is of the same one, what came later stands later.
        lines.sort(key=lambda line: line.at)
        return tuple(lines[-limit:])


def _held(placing: Placing) -> str | None:
    if not placing.held:
        return None
    return DIGEST if placing.counted_on is None else TOLD
