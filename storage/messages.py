"""The clients' messages, as cards and as history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from inbox.errors import NoSuchRow
from inbox.model import Conversation, InboundMessage, Nature, Outcome, RawMessage, Wait
from inbox.records import Card, CardState, HistoryLine, Placing, ReplyState
from storage.codec import (
    CONVERSATION,
    MANAGER,
    MESSAGE,
    RAW,
    attachments_of,
    manager_of,
    message_of,
    message_row,
    raw_of,
)
from storage.conversations import ITS_OPEN_WAIT, PEOPLE
from storage.sorting import DIGEST, TOLD
from storage.statements import per_dialect
from storage.tables import conversation, manager, message, raw, reply, wait
from storage.wait_codec import WAIT, wait_of
from storage.waits import Waits

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
_counted = message.alias("counted")
PLACING = (
    message.c.guessed,
    message.c.held,
    message.c.counted_on,
    message.c.first_nature,
    message.c.first_reason,
    message.c.only_sender,
    select(func.count())
    .where(_counted.c.counted_on == message.c.id)
    .correlate(message)
    .scalar_subquery()
    .label("counted"),
    raw.c.note,
)
COUNTED = (
    select(message.c.channel_id, func.count())
    .where(message.c.counted_on == bindparam("message_id"))
    .group_by(message.c.channel_id)
)
_its, _holder, _closer = wait.alias("its"), manager.alias("holder"), manager.alias("closer")
_PARTS = (
    (*CONVERSATION, *WAIT),
    MESSAGE,
    tuple(_its.c[column.name] for column in WAIT),
    tuple(_holder.c[column.name] for column in MANAGER),
    tuple(_closer.c[column.name] for column in MANAGER),
    PLACING,
)
CARD = (
    select(*(column for part in _PARTS for column in part))
    .select_from(
        PEOPLE.join(message, message.c.conversation_id == conversation.c.id)
        .join(raw, raw.c.id == message.c.raw_id)
        .outerjoin(wait, ITS_OPEN_WAIT)
        .outerjoin(_its, _its.c.id == message.c.wait_id)
        .outerjoin(_holder, _holder.c.id == conversation.c.assignee_id)
        .outerjoin(_closer, _closer.c.id == _its.c.closed_by_id)
    )
    .where(message.c.id == bindparam("message_id"))
)
INBOUND = (
    select(
        message.c.sent_at,
        message.c.sender_name,
        message.c.text,
        message.c.extra,
        message.c.nature,
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
    )
    .join(manager, manager.c.id == reply.c.author_id)
    .where(reply.c.conversation_id == bindparam("conversation_id"))
    .order_by(reply.c.written_at.desc(), reply.c.id.desc())
    .limit(bindparam("limit"))
)


class Messages(Waits):
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
        return added if added is not None else int(await self.value(OF_RAW, raw_id=raw_id))

    async def message_of_raw(self, raw_id: int) -> int | None:
        found: int | None = await self.value(OF_RAW, raw_id=raw_id)
        return found

    async def raw_of_message(self, message_id: int) -> RawMessage | None:
        found = await self.row(ITS_RAW, message_id=message_id)
        return None if found is None else await raw_of(found)

    async def card(self, message_id: int) -> Card:
        found = await self.row(CARD, message_id=message_id)
        if found is None:
            raise NoSuchRow("message", message_id)
        _, words, its, holder, closer, placed = _split(found)
        *_, only_sender, counted, note = placed
        its_wait = wait_of(its)
        its_words = message_of(words)
        by_channel: dict[str, int] = {}
        if counted:
            by_channel.update(
                tuple(row) for row in await self.rows(COUNTED, message_id=message_id)
            )
        talk = self.conversation_in(found)
        return Card(
            message_id=message_id,
            conversation=talk,
            message=its_words,
            state=_state(its_wait),
            wait=its_wait,
            holder=manager_of(holder),
            closed_by=manager_of(closer),
            placing=_placing(placed),
            only_sender=only_sender,
            more=by_channel.pop(its_words.channel_id, 0),
            also_in=tuple(sorted(by_channel)),
            cut_off="truncated" in note,
            promises=await self.promises(talk.id),
        )

    async def newest_message(self, conversation_id: int) -> int | None:
        """A person's, however many machines answered since; else whatever there is."""
        found: int | None = await self.value(NEWEST, conversation_id=conversation_id)
        return found

    async def first_asked_after(self, conversation_id: int, at: datetime) -> InboundMessage | None:
        found = await self.row(ASKED_AFTER, conversation_id=conversation_id, at=at)
        return None if found is None else message_of(found)

    async def history(self, conversation_id: int, limit: int) -> tuple[HistoryLine, ...]:
        values = {"conversation_id": conversation_id, "limit": limit}
        lines = [
            HistoryLine(
                at,
                author,
                inbound=nature != Nature.OWN.value,
                text=text,
                attachments=attachments_of(extra["attachments"]),
            )
            for at, author, text, extra, nature in await self.rows(INBOUND, **values)
        ]
        lines += [
            HistoryLine(
                at,
                author,
                inbound=False,
                text=text,
                attachments=attachments_of(files),
                state=ReplyState(state),
            )
            for at, author, text, files, state in await self.rows(OUTBOUND, **values)
        ]
        lines.sort(key=lambda line: line.at)
        return tuple(lines[-limit:])


def _split(row: Sequence[Any]) -> list[Sequence[Any]]:
    parts, start = [], 0
    for part in _PARTS:
        parts.append(row[start : start + len(part)])
        start += len(part)
    return parts


def _placing(cells: Sequence[Any]) -> Placing:
    guessed, held, counted_on, first_nature, first_reason, *_ = cells
    first = None if first_nature is None else (Nature(first_nature), first_reason or "")
    return Placing(guessed, held is not None, counted_on, first)


def _held(placing: Placing) -> str | None:
    if not placing.held:
        return None
    return DIGEST if placing.counted_on is None else TOLD


def _state(its_wait: Wait | None) -> CardState:
    if its_wait is None:
        return CardState.QUIET
    if its_wait.closing is None:
        return CardState.WAITING
    if its_wait.closing.outcome in {Outcome.ANSWERED, Outcome.PHONED}:
        return CardState.ANSWERED
    return CardState.DISMISSED
