"""A client's message as a card: with its conversation, its waits, and who does what about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from inbox.errors import NoSuchRow
from inbox.model import Nature, Outcome, Wait
from inbox.records import Card, CardState, Placing, Reply, ReplyState
from storage.chat_codec import answering_of
from storage.chat_tables import answering
from storage.codec import CONVERSATION, MANAGER, MESSAGE, manager_of, message_of
from storage.conversations import ITS_HANDLE, ITS_OPEN_WAIT, PEOPLE
from storage.desk import reply_of
from storage.tables import conversation, handle, manager, message, raw, reply, wait
from storage.wait_codec import WAIT, wait_of
from storage.waits import Waits

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
_answering, _who, _reply = answering.alias("latest"), manager.alias("who"), reply.alias("last")
# Whoever reads the card leaves out what is too old: the store has no clock.
_latest = (
    select(answering.c.manager_id)
    .where(answering.c.conversation_id == conversation.c.id)
    .order_by(answering.c.since.desc(), answering.c.manager_id)
    .limit(1)
    .correlate(conversation)
    .scalar_subquery()
)
_last = (
    select(func.max(reply.c.id))
    .where(
        reply.c.message_id == message.c.id,
        reply.c.state.in_([ReplyState.QUEUED, ReplyState.SENDING, ReplyState.SENT]),
    )
    .correlate(message)
    .scalar_subquery()
)
CHANGES = (
    message.c.edited_at,
    message.c.deleted_at,
    func.coalesce(handle.c.unreachable, "").label("unreachable"),
)
_PARTS = (
    (*CONVERSATION, *WAIT),
    MESSAGE,
    tuple(_its.c[column.name] for column in WAIT),
    tuple(_holder.c[column.name] for column in MANAGER),
    tuple(_closer.c[column.name] for column in MANAGER),
    PLACING,
    CHANGES,
    (_answering.c.manager_id, _who.c.name, _answering.c.since),
    tuple(_reply.c),
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
        .outerjoin(handle, ITS_HANDLE)
        .outerjoin(
            _answering,
            (_answering.c.conversation_id == conversation.c.id)
            & (_answering.c.manager_id == _latest),
        )
        .outerjoin(_who, _who.c.id == _answering.c.manager_id)
        .outerjoin(_reply, _reply.c.id == _last)
    )
    .where(message.c.id == bindparam("message_id"))
)


class Cards(Waits):
    async def card(self, message_id: int) -> Card:
        found = await self.row(CARD, message_id=message_id)
        if found is None:
            raise NoSuchRow("message", message_id)
        _, words, its, holder, closer, placed, changes, who, last = _split(found)
        *_, only_sender, counted, note = placed
        edited_at, deleted_at, unreachable = changes
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
            edited_at=edited_at,
            deleted_at=deleted_at,
            answering=answering_of(who),
            unreachable=unreachable,
            last_reply=_reply_of(last),
        )


def _split(row: Sequence[Any]) -> list[Sequence[Any]]:
    parts, start = [], 0
    for part in _PARTS:
        parts.append(row[start : start + len(part)])
        start += len(part)
    return parts


def _reply_of(cells: Sequence[Any]) -> Reply | None:
    return None if cells[0] is None else reply_of(cells)


def _placing(cells: Sequence[Any]) -> Placing:
    guessed, held, counted_on, first_nature, first_reason, *_ = cells
    first = None if first_nature is None else (Nature(first_nature), first_reason or "")
    return Placing(guessed, held is not None, counted_on, first)


def _state(its_wait: Wait | None) -> CardState:
    if its_wait is None:
        return CardState.QUIET
    if its_wait.closing is None:
        return CardState.WAITING
    if its_wait.closing.outcome in {Outcome.ANSWERED, Outcome.PHONED}:
        return CardState.ANSWERED
    return CardState.DISMISSED
