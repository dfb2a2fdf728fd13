"""What a manager does beside answering. Each is one short transaction and the jobs it queues."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from inbox import auditing, routing
from inbox.alerts_on_the_way import go_on_with
from inbox.amendments import amended
from inbox.carrying import change_failed
from inbox.closing import answered
from inbox.errors import Fault
from inbox.holding import assign
from inbox.inbox import Inbox
from inbox.jobs import ChangeReply, ShowNote
from inbox.model import Manager, Nature, Outcome, Wait, WaitKind
from inbox.outgoing import queue_copy
from inbox.ports import AlertState, ReplyState, Transaction
from inbox.queueing import queue_reply, refresh, show_outcome

UNDO = timedelta(seconds=60)  # in which "no reply needed" can be taken back
LONGEST_NOTE = 500  # letters


async def dismiss(inbox: Inbox, conversation_id: int, by: Manager) -> bool:
    """No reply is needed (rule 8). False where nothing waits."""
    async with inbox.store.begin() as t:
        closed = await _end(inbox, t, conversation_id, Outcome.DISMISSED, by)
        if closed is None:
            return False
        # Once more when it cannot be taken back any longer.
        over = (UNDO + timedelta(seconds=1)).total_seconds()
        cause = f"wait {closed.id} stays dismissed at {inbox.clock.now()}"
        await refresh(t, conversation_id, cause, delay=over)
    return True


async def undo_dismissal(inbox: Inbox, conversation_id: int, by: Manager) -> bool:
    """Take "no reply needed" back: the wait goes on as if it had never ended. False after UNDO,
    and where the client or the studio has written since."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        conversation = await t.conversation(conversation_id)
        ended = await _dismissed(t, conversation_id, since=now - UNDO)
        if conversation.wait is not None or ended is None:
            return False
        last = conversation.answered_at
        if last is not None and last >= ended.started_at:
            return False
        reopened = ended.reopened(now, inbox.hours_of(ended))
        await t.save(replace(conversation, wait=reopened))
        await go_on_with(t, conversation, reopened, await t.staff(), now)
        await auditing.reopened(t, conversation, ended, now, by.id)
        await refresh(t, conversation_id, f"wait {ended.id} goes on at {now}")
    return True


async def _dismissed(t: Transaction, conversation_id: int, *, since: datetime) -> Wait | None:
    """The latest wait, if it was dismissed not before then and a person asked."""
    waits = await t.waits_in(conversation_id)
    latest = next((one for one in waits if one.kind is WaitKind.REPLY), None)
    closing = latest.closing if latest is not None else None
    if latest is None or closing is None or closing.outcome is not Outcome.DISMISSED:
        return None
    asked = await t.messages_of_wait(latest.id)
    by_person = any(one.nature is Nature.PERSON for _, one in asked)
    return latest if by_person and closing.at >= since else None


async def phoned(inbox: Inbox, conversation_id: int, by: Manager) -> Wait | None:
    """It was answered by telephone just now: the wait that this closed, None where nothing waits.

    A promise is not kept by it.
    """
    async with inbox.store.begin() as t:
        return await _end(inbox, t, conversation_id, Outcome.PHONED, by)


async def phone_note(inbox: Inbox, wait_id: int, by: Manager, text: str) -> bool:
    """Keep in one line what was said on the telephone. False where the wait ended otherwise."""
    note = " ".join(text.split())[:LONGEST_NOTE]
    async with inbox.store.begin() as t:
        conversation = await t.conversation((await t.wait(wait_id))[0].id)
        _, wait = await t.wait(wait_id)
        closing = wait.closing
        if closing is None or closing.outcome is not Outcome.PHONED or not note:
            return False
        await t.save_wait(replace(wait, closing=replace(closing, note=note)))
        cause = f"note of {by.id} on wait {wait_id} at {inbox.clock.now()}"
        await refresh(t, conversation.id, cause)
    return True


async def _end(
    inbox: Inbox, t: Transaction, conversation_id: int, outcome: Outcome, by: Manager
) -> Wait | None:
    now = inbox.clock.now()
    conversation = await t.conversation(conversation_id)
    hours = inbox.hours_in(conversation)
    after, closed = conversation.ended(outcome, by.id, now, hours)
    if closed is None:
        return None
    closed = closed.held(conversation.assignee_id)
    await t.save_wait(closed)
    await t.save(after)
    await t.end_answering(conversation_id, by.id)
    await auditing.closed(t, conversation, closed, by.id)
    if outcome is Outcome.PHONED:
        t.after_commit(partial(inbox.meter.answered, closed))
    await refresh(t, conversation_id, f"{outcome} wait {closed.id} at {now}")
    return closed


async def take(inbox: Inbox, conversation_id: int, by: Manager) -> Manager:
    """Take a client nobody has; who holds the client now: of two who press, the first."""
    async with inbox.store.begin() as t:
        conversation = await t.conversation(conversation_id, with_client=True)
        holder = routing.member(await t.staff(), conversation.assignee_id)
        if holder is not None and holder.active:
            return holder
        await assign(inbox, t, conversation, by.id, by_id=by.id, cause="taken")
    return by


async def take_on(inbox: Inbox, wait_id: int, by: Manager) -> Manager:
    """Acknowledge an escalation: the client is the taker's, and the ladder is silent until the
    target has run once more (rule 20). Who holds the client now.

    Nothing changes where it is the taker's already, and where somebody else was first: then
    nothing of the new ladder has come yet. Of a wait that has ended only a client whom nobody
    holds is taken.
    """
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        found, _ = await t.wait(wait_id)
        conversation = await t.conversation(found.id, with_client=True)
        _, wait = await t.wait(wait_id)
        holder = routing.member(await t.staff(), conversation.assignee_id)
        held = holder is not None and holder.active
        first = wait.closing is None and (not wait.round or bool(wait.fired))
        if holder is not None and held and (holder.id == by.id or not first):
            return holder
        if wait.closing is None:
            await _cancel_alerts(t, wait, now)
        cause = f"taken on with wait {wait_id}"
        await assign(inbox, t, conversation, by.id, by_id=by.id, cause=cause, show=held)
        if wait.closing is None:
            conversation, wait = await t.wait(wait_id)
            anew = wait.taken_on(now, inbox.hours_of(wait))
            await t.save_wait(anew)
            await auditing.taken_on(t, conversation, anew, (holder, by), now)
            await refresh(t, conversation.id, f"{cause} at {now}")
    return by


async def _cancel_alerts(t: Transaction, wait: Wait, now: datetime) -> None:
    """What the ladder that ends now raised and nobody was told of yet is told to nobody."""
    for one in await t.alerts_of_wait(wait.id):
        if one.told_at is None:
            await t.save_alert(replace(one, state=AlertState.CANCELLED, told_at=now))


async def answer_only_sender(inbox: Inbox, message_id: int, *, only: bool, cause: str) -> None:
    """Choose who gets replies to this message: its sender alone, or everybody (the default)."""
    async with inbox.store.begin() as t:
        await t.answer_only_sender(message_id, only)
        conversation = (await t.card(message_id)).conversation
        await refresh(t, conversation.id, cause, message_id=message_id)


async def hand_over(inbox: Inbox, conversation_id: int, to: Manager, by: Manager) -> None:
    """Give the client to another manager, who sees the newest message with what has run (21)."""
    async with inbox.store.begin() as t:
        conversation = await t.conversation(conversation_id, with_client=True)
        await assign(inbox, t, conversation, to.id, by_id=by.id, cause="handed over", show=True)


async def add_note(inbox: Inbox, conversation_id: int, by: Manager, text: str) -> bool:
    """Words for who holds the client now, or stands in; False where there is nobody to read."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        holder = (await t.conversation(conversation_id)).assignee_id
        if holder in {None, by.id} or not text.strip():
            return False
        for one in routing.readers(holder, await t.staff(), now):
            await t.put(
                ShowNote(conversation_id, one.id, by.id, "handed_over", text),
                key=f"note:{conversation_id}:{one.id}:{by.id}:{now}",
                lane=f"manager:{one.id}",
            )
    return True


async def try_again(inbox: Inbox, reply_id: int, by: Manager, *, press: str = "") -> bool:
    """Queue a rejected reply anew, or an uncertain one because a person said so.

    `press`: the id of what was pressed; the same one told again sends nothing again.
    """
    now, pressed = inbox.clock.now(), f"again:{reply_id}"
    async with inbox.store.begin() as t:
        draft = await t.reply(reply_id)
        if press and await t.form(pressed) == press:
            return True
        if draft.state not in {ReplyState.REJECTED, ReplyState.UNCERTAIN}:
            return False
        again = await amended(t, draft)
        again = replace(again, state=ReplyState.QUEUED, fault="", detail="", tries=0)
        # The day that a deferred reply is tried for begins anew.
        again = replace(again, written_at=now)
        await t.save_reply(again)
        if press:
            await t.save_form(pressed, press)
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
        # Nobody knows as which message it arrived: what its author made of it cannot follow.
        await change_failed(t, ChangeReply(sent.id, sent.edits), Fault.NO_ANSWER)
    return True
