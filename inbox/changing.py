"""What authors do with replies that they have written: stop, change, correct, take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from inbox.amendments import Amendment, Fate, amendment_of, keep_amendment
from inbox.channels import ChangesSent
from inbox.flow import queue_new
from inbox.inbox import Inbox
from inbox.jobs import ChangeReply, TakeBack
from inbox.model import Entity, Manager
from inbox.ports import DeskRef, Reply, ReplyState, Transaction
from inbox.queueing import lane_of_replies
from inbox.settling import want_back, withdrawn

NOT_OUT = frozenset({ReplyState.QUEUED, ReplyState.REJECTED})
AT_NOBODY = frozenset({ReplyState.WITHDRAWN, ReplyState.TAKEN_BACK})


class Changed(StrEnum):
    """What an edit of a member's own message did.

    CHANGED: the reply, which has not gone out, says it now. CARRIED: the client is about to have
    it. GONE: the client has, or perhaps has, the former text and keeps it; or has nothing any
    more, where the reply was withdrawn or taken back. The new one is kept for `correct`. SAME: it
    says so already. UNKNOWN: the message became no reply.
    """

    CHANGED = "changed"
    CARRIED = "carried"
    GONE = "gone"
    SAME = "same"
    UNKNOWN = "unknown"


async def withdraw(inbox: Inbox, reply_id: int, by: Manager) -> bool:
    """Stop a reply that waits to be sent, or was refused and might be tried again; False where it
    is too late, or was done before."""
    async with inbox.store.begin(durable=True) as t:
        draft = await t.reply(reply_id)
        if draft.state not in {ReplyState.QUEUED, ReplyState.REJECTED}:
            return False
        await withdrawn(t, draft, by.id, inbox.clock.now())
    return True


async def change(
    inbox: Inbox, ref: DeskRef, text: str, entities: Sequence[Entity], at: datetime
) -> Changed:
    """The member's own message says something else since `at`; so shall the reply.

    The same edit told again gives the same answer, or SAME.
    """
    async with inbox.store.begin(durable=True) as t:
        draft = await t.reply_at(ref)
        if draft is None:
            return Changed.UNKNOWN
        wished = Amendment(text, tuple(entities), at)
        newer = await amendment_of(t, draft.id)
        if _is_known(draft, newer, wished):
            return Changed.SAME
        if newer is None or not newer.says(wished):
            return await _change(inbox, t, replace(draft, edits=draft.edits + 1), wished)
        return Changed.CARRIED if await _can_carry(inbox, t, draft, newer) else Changed.GONE


def _is_known(draft: Reply, newer: Amendment | None, wished: Amendment) -> bool:
    """Whether nothing is to be done for it any more: it is so, or older than what is known."""
    if newer is None:
        return (draft.text, draft.entities) == (wished.text, wished.entities)
    return wished.at < newer.at or (newer.says(wished) and newer.fate is Fate.CORRECTED)


async def _change(inbox: Inbox, t: Transaction, draft: Reply, wished: Amendment) -> Changed:
    if draft.state in NOT_OUT:
        await keep_amendment(t, draft.id, None)
        await t.save_reply(replace(draft, text=wished.text, entities=wished.entities))
        return Changed.CHANGED
    await t.save_reply(draft)
    await keep_amendment(t, draft.id, wished)
    if not await _can_carry(inbox, t, draft, wished):
        return Changed.GONE
    key, lane = f"change:{draft.id}:{draft.edits}", lane_of_replies(draft.conversation_id)
    await t.put(ChangeReply(draft.id, draft.edits), key=key, lane=lane)
    return Changed.CARRIED


async def _can_carry(inbox: Inbox, t: Transaction, draft: Reply, newer: Amendment) -> bool:
    """Whether the channel can still be asked; while it is being sent: afterwards."""
    talk = await t.conversation(draft.conversation_id)
    if newer.fate is not Fate.OPEN:
        return False
    if not isinstance(inbox.connectors.get(talk.channel_id), ChangesSent):
        return False
    sent = draft.state is ReplyState.SENT and bool(draft.sent_as)
    return sent or draft.state is ReplyState.SENDING


async def correct(inbox: Inbox, reply_id: int, by: Manager, key: str) -> Reply | None:
    """Send the newer text of a reply that has gone as a reply of its own, called a correction in
    the client's language, unless the client has nothing to correct. None where there is none, or
    it went before; `key`: of the press."""
    async with inbox.store.begin(durable=True) as t:
        draft = await t.reply(reply_id)
        newer = await amendment_of(t, reply_id)
        if newer is None or newer.fate is Fate.CORRECTED:
            return None
        anew = replace(
            draft,
            key=f"{key}:{draft.edits}",
            author_id=by.id,
            text=newer.text,
            written_at=inbox.clock.now(),
            entities=newer.entities,
            desk_ref=None,
            state=ReplyState.QUEUED,
            fault="",
            detail="",
            tries=0,
            sent_at=None,
            sent_as=(),
            edits=0,
            goes_at=None,
            id=0,
        )
        if draft.state not in AT_NOBODY:
            anew = replace(await _called_a_correction(inbox, t, anew), attachments=())
        await keep_amendment(t, reply_id, replace(newer, fate=Fate.CORRECTED))
        return await queue_new(inbox, t, anew)


async def _called_a_correction(inbox: Inbox, t: Transaction, anew: Reply) -> Reply:
    language = ""
    if anew.message_id is not None:
        language = inbox.letters.language_of((await t.card(anew.message_id)).message)
    said = inbox.letters.correction(language, anew.text)
    before = len(said.removesuffix(anew.text).encode("utf-16-le")) // 2
    moved = tuple(replace(one, offset=one.offset + before) for one in anew.entities)
    return replace(anew, text=said, entities=moved)


async def take_back(inbox: Inbox, reply_id: int, by: Manager) -> bool:
    """Have a reply deleted on the client's side; what has not gone out is withdrawn. False where
    the channel cannot, or there is nothing to delete."""
    now = inbox.clock.now()
    async with inbox.store.begin(durable=True) as t:
        draft = await t.reply(reply_id)
        if draft.state is ReplyState.QUEUED:
            await withdrawn(t, draft, by.id, now)
            return True
        talk = await t.conversation(draft.conversation_id)
        sent = draft.state is ReplyState.SENT and bool(draft.sent_as)
        if not isinstance(inbox.connectors.get(talk.channel_id), ChangesSent):
            return False
        if draft.state is ReplyState.SENDING:
            await want_back(t, reply_id, by.id)
        elif not sent:
            return False
        key, lane = f"take_back:{reply_id}:{by.id}:{now}", lane_of_replies(talk.id)
        await t.put(TakeBack(reply_id, by.id), key=key, lane=lane)
    return True
