"""Two who answer one client: the others see who is about to, and hear who has already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from inbox import routing
from inbox.inbox import Inbox
from inbox.model import Manager, Outcome
from inbox.ports import Card, Reply, ReplyState, Transaction
from inbox.queueing import refresh
from inbox.records import Answering

SHOWN_FOR = timedelta(minutes=5)
LONGEST_ON_ITS_WAY = timedelta(days=2)  # from a reply written to sent
GOES_OUT = frozenset({ReplyState.QUEUED, ReplyState.SENDING, ReplyState.SENT})
_BY_WORD = frozenset({Outcome.ANSWERED, Outcome.PHONED})


async def answering(inbox: Inbox, conversation_id: int, by: Manager) -> None:
    """The others who read the conversation's cards see for SHOWN_FOR that `by` is about to
    answer. At most one drawing a minute."""
    async with inbox.store.begin() as t:
        await about_to_answer(t, conversation_id, by.id, inbox.clock.now())


async def about_to_answer(t: Transaction, conversation_id: int, by_id: int, now: datetime) -> None:
    """See `answering`."""
    if not await t.set_answering(conversation_id, by_id, now):
        return
    cause = f"answered by {by_id} since {now}"
    await refresh(t, conversation_id, cause, besides_id=by_id)
    over = (SHOWN_FOR + timedelta(seconds=1)).total_seconds()
    await refresh(t, conversation_id, f"{cause}, or not", besides_id=by_id, delay=over)


async def others_answering(
    t: Transaction, conversation_id: int, now: datetime
) -> tuple[Answering, ...]:
    """Who is about to answer, the latest first."""
    return await t.answering(conversation_id, now - SHOWN_FOR)


def seen_by(
    card: Card, reader_id: int, about_to: Sequence[Answering], *, shared: bool = False
) -> Card:
    """The card as this reader is to see it: who else is about to answer; who at all, where the
    others read the same desk message (`shared`)."""
    other = next((one for one in about_to if shared or one.manager_id != reader_id), None)
    return replace(card, answering=other)


async def already_answered(
    inbox: Inbox, conversation_id: int, message_id: int, by: Manager
) -> Manager | None:
    """Who else has answered the message, or is about to, whose reply is under way; None also where
    the client has written again since, or `by` has had a word in it already."""
    async with inbox.store.begin() as t:
        card = await t.card(message_id)
        asked_at = card.message.sent_at
        replies = [
            one
            for one in await t.replies(conversation_id, asked_at - LONGEST_ON_ITS_WAY)
            if one.state in GOES_OUT
            and (one.message_id == message_id or _time_of(one) >= asked_at)
        ]
        by_id, at = _author_of(card, replies)
        if by_id is None or at is None or any(one.author_id == by.id for one in replies):
            return None
        newer = await t.first_asked_after(conversation_id, max(at, asked_at))
        return None if newer is not None else _other(await t.staff(), by_id, by)


def _author_of(card: Card, replies: Sequence[Reply]) -> tuple[int | None, datetime | None]:
    """Of the newest answer, and when."""
    if replies:
        return replies[0].author_id, _time_of(replies[0])
    closing = card.wait.closing if card.wait is not None else None
    if closing is None or closing.outcome not in _BY_WORD:
        return None, None
    return closing.by_id, closing.at


def _time_of(one: Reply) -> datetime:
    return one.sent_at or one.written_at


def _other(staff: Sequence[Manager], author_id: int, by: Manager) -> Manager | None:
    return None if author_id == by.id else routing.member(staff, author_id)
