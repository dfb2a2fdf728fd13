"""What a manager does beside answering. Each is one short transaction and the jobs it queues."""

from __future__ import annotations

from dataclasses import replace

from inbox import routing
from inbox.inbox import Inbox
from inbox.jobs import ShowCard
from inbox.model import Manager, Outcome
from inbox.outgoing import queue_copy
from inbox.ports import ReplyState
from inbox.queueing import answered, queue_reply, refresh, show_outcome


async def dismiss(inbox: Inbox, conversation_id: int, by: Manager) -> bool:
    """No reply is needed (rule 8). False where nothing waits."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        conversation = await t.conversation(conversation_id)
        holder = conversation.assignee_id
        hours = inbox.hours_in(conversation)
        conversation, closed = conversation.ended(Outcome.DISMISSED, by.id, now, hours)
        if closed is None:
            return False
        await t.save_wait(closed, holder)
        await t.save(conversation)
        await refresh(t, conversation_id, f"dismissed wait {closed.id}")
    return True


async def take(inbox: Inbox, conversation_id: int, by: Manager) -> Manager:
    """Take a client nobody has; who holds the client now: of two who press, the first."""
    async with inbox.store.begin() as t:
        conversation = await t.conversation(conversation_id)
        holder = routing.member(await t.staff(), conversation.assignee_id)
        if holder is not None and holder.active:
            return holder
        await t.save(conversation.assigned(by.id))
        await refresh(t, conversation_id, f"taken by {by.id} at {inbox.clock.now()}")
    return by


async def answer_only_sender(inbox: Inbox, message_id: int, *, only: bool, cause: str) -> None:
    """Choose who gets replies to this message: its sender alone, or everybody (the default)."""
    async with inbox.store.begin() as t:
        await t.answer_only_sender(message_id, only)
        conversation = (await t.card(message_id)).conversation
        await refresh(t, conversation.id, cause, message_id=message_id)


async def hand_over(inbox: Inbox, conversation_id: int, to: Manager, by: Manager) -> None:
    """Give the client to another manager, who sees the newest message with what has run (21)."""
    async with inbox.store.begin() as t:
        conversation = await t.conversation(conversation_id)
        if conversation.assignee_id == to.id:
            return
        now = inbox.clock.now()
        if conversation.wait is not None and conversation.wait.is_due(now):
            await t.save_wait(conversation.wait, conversation.assignee_id)
        await t.save(conversation.assigned(to.id))
        cause = f"to {to.id} at {now}"
        await t.put(
            ShowCard(conversation_id, to.id, by.id),
            key=f"show:{conversation_id}:{cause}",
            lane=f"manager:{to.id}",
        )
        await refresh(t, conversation_id, cause)


async def try_again(inbox: Inbox, reply_id: int, by: Manager) -> bool:
    """Queue a rejected reply anew, or an uncertain one because a person said so."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        draft = await t.reply(reply_id)
        if draft.state not in {ReplyState.REJECTED, ReplyState.UNCERTAIN}:
            return False
        again = replace(draft, state=ReplyState.QUEUED, fault="", detail="", tries=0)
        # The day that a deferred reply is tried for begins anew.
        again = replace(again, written_at=now)
        await t.save_reply(again)
        await queue_reply(t, again, f"again by {by.id} at {now}")
    return True


async def settle(inbox: Inbox, reply_id: int) -> bool:
    """A manager knows that an uncertain reply arrived: it counts from when it was written."""
    async with inbox.store.begin() as t:
        draft = await t.reply(reply_id)
        if draft.state is not ReplyState.UNCERTAIN:
            return False
        # The clocks of two servers: a reply is never older than its question.
        card = await t.card(draft.message_id) if draft.message_id is not None else None
        at = max(draft.written_at, card.message.sent_at if card else draft.written_at)
        sent = replace(draft, state=ReplyState.SENT, sent_at=at)
        await answered(inbox, t, sent, at)
        channel_id = (await t.conversation(draft.conversation_id)).channel_id
        await queue_copy(inbox, t, sent, channel_id)
        await t.save_reply(sent)
        await show_outcome(t, sent)
    return True
