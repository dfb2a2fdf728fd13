"""What comes back: what the studio wrote elsewhere, and what servers report of our mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inbox import auditing, routing
from inbox.accounts import member_with
from inbox.alerts_on_the_way import go_on_with
from inbox.channels import AnswersSeveral
from inbox.closing import answered_elsewhere, promises_go_on
from inbox.errors import Fault
from inbox.filing import own_words_of
from inbox.happenings import edited
from inbox.holding import assign
from inbox.inbox import Inbox
from inbox.jobs import ShowDelivery
from inbox.model import (
    Conversation,
    Delivery,
    DeliveryReport,
    InboundMessage,
    Manager,
    Nature,
    Outcome,
    RawMessage,
    Wait,
)
from inbox.off_hours import is_off_hours_reply
from inbox.ports import Claim, Reply, ReplyState, Transaction
from inbox.queueing import refresh

PERSON = "telegram"  # kind of the handle that members are known by
NOBODYS = "written by the studio, and answers nothing that is known"
UNKNOWN = "an edit by the studio of what is not known"
ANSWERS = frozenset({Nature.OWN, Nature.PERSON})  # where a member wrote it


async def came_back(
    inbox: Inbox,
    claim: Claim,
    raw_ids: Sequence[int],
    raw: RawMessage,
    message: InboundMessage,
    *,
    staff: Sequence[Manager],
) -> bool:
    """Whether the message was one of these; then it is dealt with and acknowledged.

    A client's mail that somebody of the studio passes on to the mailbox is none of them.
    """
    message = replace(message, sent_at=min(message.sent_at, inbox.clock.now()))
    if message.place is not None and message.sender.kind == PERSON:
        author = member_with(staff, message.sender.address)
        if author is not None and not await edited(inbox, claim, raw_ids, raw, message):
            await _members_words(inbox, claim, raw_ids, message, author)
        return author is not None
    if message.nature is Nature.OWN:
        asks = message.forwarded is not None and "sent" not in raw.note
        return await _answered_elsewhere(inbox, claim, raw_ids, message, asks=asks)
    if message.delivery is not None:
        return await _reported(inbox, claim, raw_ids, message, message.delivery)
    return False


async def _members_words(
    inbox: Inbox,
    claim: Claim,
    raw_ids: Sequence[int],
    message: InboundMessage,
    author: Manager,
) -> None:
    """A member wrote in a client group or in the own account: an answer, with no card."""
    async with inbox.store.begin() as t:
        if message.nature is Nature.EDIT:
            await t.mark_raw(raw_ids, "ignored", UNKNOWN)
            await t.finish(claim)
            return
        conversation = await own_words_of(inbox, t, message, await t.staff())
        counts = message.nature in ANSWERS
        nature = Nature.OWN if counts else message.nature
        kept = replace(message, nature=nature)
        await t.add_message(replace(conversation, wait=None), kept, raw_ids[0])
        await t.learn_threads(message.channel_id, conversation.id, message.thread_ids)
        if counts:
            at, cause = message.sent_at, f"own message {raw_ids[0]}"
            if conversation.assignee_id is None:
                conversation = await assign(
                    inbox, t, conversation, author.id, by_id=author.id, cause=cause
                )
            await answered_elsewhere(inbox, t, conversation, author.id, at=at, cause=cause)
        await t.mark_raw(raw_ids, "filed")
        await t.finish(claim)


async def _answered_elsewhere(
    inbox: Inbox, claim: Claim, raw_ids: Sequence[int], message: InboundMessage, *, asks: bool
) -> bool:
    """An answer written in a mail program closes the wait when it was sent (rule 3); what only
    passes the client's words on to somebody does not. False where it is left to be shown."""
    async with inbox.store.begin() as t:
        conversation = await t.conversation_for(message.channel_id, message.thread_ids)
        if conversation is None and asks:
            return False
        if conversation is None:
            await t.mark_raw(raw_ids, "ignored", NOBODYS)
        else:
            await t.add_message(replace(conversation, wait=None), message, raw_ids[0])
            await t.learn_threads(message.channel_id, conversation.id, message.thread_ids)
            if message.forwarded is None:
                author = routing.named(await t.staff(), message.sender_name)
                by_id = author.id if author is not None else None
                at, cause = message.sent_at, f"own mail {raw_ids[0]}"
                await answered_elsewhere(inbox, t, conversation, by_id, at=at, cause=cause)
            await t.mark_raw(raw_ids, "filed")
        await t.finish(claim)
    return True


async def _reported(
    inbox: Inbox,
    claim: Claim,
    raw_ids: Sequence[int],
    message: InboundMessage,
    report: DeliveryReport,
) -> bool:
    """A reply was not delivered, or not yet: its author is told under it. False where the report
    is about no reply of ours: then it is shown as it is."""
    async with inbox.store.begin() as t:
        ids = [one for one in (report.refers_to, *message.thread_ids) if one]
        conversation = await t.conversation_for(message.channel_id, ids)
        replies = () if conversation is None else await t.replies(conversation.id)
        draft = _meant(inbox, message.channel_id, replies, report)
        if conversation is None or draft is None:
            return False
        if await is_off_hours_reply(inbox, t, conversation, ids):
            return False
        message_id = await t.add_message(replace(conversation, wait=None), message, raw_ids[0])
        await t.learn_threads(message.channel_id, conversation.id, message.thread_ids)
        if report.outcome is Delivery.FAILED and await _reaches_nobody(inbox, t, draft, report):
            detail = ": ".join(part for part in (report.recipient, report.text) if part)
            bounced = replace(draft, fault=Fault.BOUNCED.value, detail=detail)
            await t.save_reply(replace(bounced, state=ReplyState.REJECTED))
            await wait_goes_on(inbox, t, conversation, replies, draft)
        await t.put(
            ShowDelivery(draft.id, message_id),
            key=f"delivery:{raw_ids[0]}",
            lane=f"manager:{draft.author_id}",
        )
        await t.mark_raw(raw_ids, "filed")
        await t.finish(claim)
    return True


def _meant(
    inbox: Inbox, channel_id: str, replies: Sequence[Reply], report: DeliveryReport
) -> Reply | None:
    """The reply by its id; where a provider gave it another one, the last that was sent."""
    connector = inbox.connectors.get(channel_id)
    if connector is not None and report.refers_to:
        for one in replies:
            if connector.external_id(one.key) == report.refers_to:
                return one
    return next((one for one in replies if one.state is ReplyState.SENT), None)


async def _reaches_nobody(
    inbox: Inbox, t: Transaction, draft: Reply, report: DeliveryReport
) -> bool:
    """Whether it was the client who did not get it, and not one of the others in copy."""
    if draft.message_id is None:
        return True
    card = await t.card(draft.message_id)
    connector = inbox.connectors.get(card.message.channel_id)
    if not isinstance(connector, AnswersSeveral):
        return True
    others = {one.casefold() for one in connector.others_addressed(card.message)}
    return report.recipient.casefold() not in others


async def wait_goes_on(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    replies: Sequence[Reply],
    bounced: Reply,
) -> None:
    """Of a reply that the client does not have after all: the wait that it closed goes on, unless
    another one of these, or what was written outside this program, answered as well; so do the
    promises that it kept."""
    now = inbox.clock.now()
    if bounced.message_id is None:
        return
    asked_at = (await t.card(bounced.message_id)).message.sent_at
    at = max(bounced.sent_at or asked_at, asked_at)
    await promises_go_on(inbox, t, conversation, at)
    ended = await _ended_by(t, conversation, bounced, at)
    if ended is None or ended.closing is None:
        return
    others = [one for one in replies if one.state is ReplyState.SENT and one.id != bounced.id]
    if any(one.sent_at is not None and one.sent_at >= ended.started_at for one in others):
        return
    # Of mails a provider may give the copy of this very reply another id: only chats tell.
    own = await t.own_since(conversation.id, ended.started_at)
    if any(one.place is not None for one in own):
        return
    if conversation.wait is not None:
        # The client has asked again already, and that wait is open.
        lost = replace(ended, closing=replace(ended.closing, outcome=Outcome.CLOSED_UNANSWERED))
        await t.save_wait(lost.held(conversation.assignee_id))
        before = Outcome.ANSWERED.value
        await auditing.closed(t, conversation, lost, None, at=now, before=before)
        return
    reopened = ended.reopened(now, inbox.hours_of(ended))
    await t.save(replace(conversation, wait=reopened))
    await go_on_with(t, conversation, reopened, await t.staff(), now)
    await auditing.reopened(t, conversation, ended, now, None)
    await refresh(t, conversation.id, f"reply {bounced.id} not delivered")


async def _ended_by(
    t: Transaction, conversation: Conversation, one: Reply, at: datetime
) -> Wait | None:
    """The wait that this reply of then closed."""
    for wait in await t.waits_in(conversation.id):
        closing = wait.closing
        if closing is None or closing.outcome is not Outcome.ANSWERED or closing.elsewhere:
            continue
        if (closing.at, closing.by_id) == (at, one.author_id):
            return wait
    return None
