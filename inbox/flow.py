"""The whole way of a message, top to bottom.

    listen      a channel's raw message → stored, committed, only then acknowledged
    receive     understood → filed under its client → the clock starts → the manager's card
    reply       the manager's answer → stored with its key, queued
    send        marked as sending → out on the client's channel → sent, rejected or uncertain
    escalate    unanswered for too long → alerts climb the ladder

Each step is one job (inbox/jobs.py), run by inbox/worker.py. A job claims in a short transaction,
talks to the network outside any, and acknowledges together with its rows in one commit. What a
manager does beside answering (take, hand over, dismiss ...) is in inbox/actions.py.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from inbox import routing
from inbox.alerting import AT_ONCE, climb
from inbox.bursts import Showing
from inbox.collisions import about_to_answer, others_answering
from inbox.errors import Fault, SendFailed, SendRejected, SendUncertain, Unreadable
from inbox.filing import file
from inbox.greeting import is_opening
from inbox.groups import in_its_place
from inbox.happenings import edited, happened
from inbox.holding import assign
from inbox.inbox import Inbox, load_files
from inbox.jobs import Received, SendReply
from inbox.joining import join_by_link
from inbox.model import Channel, Conversation, InboundMessage, Manager, RawMessage
from inbox.outgoing import found_sent, outgoing_of, send_once
from inbox.ports import (
    Card,
    ChangesSent,
    Claim,
    ComesInParts,
    DeskLink,
    Purpose,
    Reply,
    ReplyState,
    Source,
    Transaction,
)
from inbox.queueing import put_off, queue_reply, show_outcome, tell_admins
from inbox.returning import came_back
from inbox.settling import settle_try
from inbox.topics import name_topics_later

log = logging.getLogger(__name__)

ALBUM_QUIET = 1.2  # seconds: an album has no end marker (facts: Telegram)
NOBODY_THERE = 60.0  # seconds until a card without a reader is tried again


# --- in -------------------------------------------------------------------------------------


async def listen(inbox: Inbox, source: Source) -> None:
    """Store what a channel hands over; asking for more acknowledges what was committed."""
    channel_id = source.channel.id
    async with inbox.store.begin() as t:
        after = await t.cursor(channel_id)
    # Closed even after a fault: a webhook must let go of its port before it listens again.
    async with aclosing(source.receive(after)) as batches:
        async for batch in batches:
            async with inbox.store.begin(durable=True) as t:
                raw_ids = await t.keep(channel_id, batch.messages)
                for raw_id, raw in zip(raw_ids, batch.messages, strict=True):
                    if raw_id is not None:
                        await t.put(
                            Received(raw_id),
                            key=f"received:{raw_id}",
                            lane=f"{channel_id}:{raw.lane}",
                            delay=ALBUM_QUIET if raw.group else 0.0,
                        )
                await t.set_cursor(channel_id, batch.cursor)


async def receive(inbox: Inbox, claim: Claim, job: Received) -> None:
    """Understand a raw message: a manager's word goes to the desk, a client's gets a card."""
    async with inbox.store.begin() as t:
        group = await t.raw_group(job.raw_id)
        staff = await t.staff()
    if not group:  # its album was shown with an earlier member
        await _acknowledge(inbox, claim)
        return
    raw_ids = [raw_id for raw_id, _, _ in group]
    raws = [raw for _, _, raw in group]
    channel = group[0][1]
    if (wait := _rest_may_come(inbox, channel, raws[0])) > 0:
        async with inbox.store.begin() as t:
            await t.retry(claim, after=wait, counted=False)
        return
    try:
        if inbox.desk.concerns(raws[0], channel, staff):
            await inbox.desk.handle(raws, channel, staff)
            await _acknowledge(inbox, claim, raw_ids, "staff")
            return
        message = await inbox.connectors[channel.id].parse(raws)
    except Unreadable as error:
        await _quarantine(inbox, claim, raw_ids, channel.id, error)
        return
    if isinstance(message, str):
        await _acknowledge(inbox, claim, raw_ids, "ignored", message)
    elif isinstance(message, InboundMessage):
        await _take_in(inbox, claim, raw_ids, raws[0], message, staff=staff)
    else:
        await happened(inbox, claim, raw_ids, message)


def _rest_may_come(inbox: Inbox, channel: Channel, raw: RawMessage) -> float:
    """Seconds to wait for the rest of an album that a restart or an outage has cut in two."""
    connector = inbox.connectors.get(channel.id)
    if not raw.group or not isinstance(connector, ComesInParts):
        return 0.0
    return ALBUM_QUIET - connector.listened


async def _take_in(
    inbox: Inbox,
    claim: Claim,
    raw_ids: Sequence[int],
    raw: RawMessage,
    message: InboundMessage,
    *,
    staff: Sequence[Manager],
) -> None:
    """Nobody's, the studio's own, a change of what is known; all else is new to somebody."""
    clients = await in_its_place(inbox, claim, raw_ids, message, staff=staff)
    if clients is None or await came_back(inbox, claim, raw_ids, raw, clients, staff=staff):
        return
    if not await edited(inbox, claim, raw_ids, raw, clients):
        await _show_new(inbox, claim, raw_ids, raw, clients, staff=staff)


async def _acknowledge(
    inbox: Inbox, claim: Claim, raw_ids: Sequence[int] = (), state: str = "", reason: str = ""
) -> None:
    async with inbox.store.begin() as t:
        if raw_ids:
            await t.mark_raw(raw_ids, state, reason)
        await t.finish(claim)


async def _quarantine(
    inbox: Inbox, claim: Claim, raw_ids: Sequence[int], channel_id: str, error: Unreadable
) -> None:
    log.warning("message %s of %s cannot be read: %s", raw_ids, channel_id, error)
    fields = {"channel": channel_id, "raw": str(raw_ids[0]), "reason": str(error)}
    async with inbox.store.begin() as t:
        await t.mark_raw(raw_ids, "quarantined", str(error))
        await tell_admins(t, "quarantined", fields, key=f"quarantined:{raw_ids[0]}")
        await t.finish(claim)
        t.after_commit(partial(inbox.meter.quarantined, channel_id))


async def _show_new(
    inbox: Inbox,
    claim: Claim,
    raw_ids: Sequence[int],
    raw: RawMessage,
    message: InboundMessage,
    *,
    staff: Sequence[Manager],
) -> None:
    """File, tag, start the clock; then the card; then acknowledge together with its links."""
    before: tuple[DeskLink, ...] = ()
    async with inbox.store.begin() as t:
        message_id = await t.message_of_raw(raw_ids[0])
        again = message_id is not None
        if message_id is None:
            cut_off = "truncated" in raw.note
            card = await file(inbox, t, message, raw_ids[0], staff, cut_off=cut_off)
            await t.mark_raw(raw_ids[1:], "filed")
            t.after_commit(partial(inbox.meter.received, message.channel_id, message.nature))
        else:
            card = await t.card(message_id)
            before = await t.links_of_message(message_id)
            raw_ids = raw_ids[:1]  # what came to its album since is a message of its own
        about_to = await others_answering(t, card.conversation.id, inbox.clock.now())
        if card.placing.held or card.placing.counted_on is not None:
            await t.mark_raw(raw_ids, "filed")
            await t.finish(claim)
            return
    if is_opening(card.message):
        await _opened(inbox, claim, raw_ids, card)
        return
    now = inbox.clock.now()
    card = replace(routing.with_stand_in(card, staff, now), repeated=claim.attempts > 1)
    seen = {link.manager_id for link in before if link.shown.purpose is Purpose.CARD}
    readers = routing.readers(card.conversation.assignee_id, staff, now)
    files = await load_files(inbox, card.files_at_hand, raw, inbox.desk.origin)
    waited = None if again else (now - raw.received_at).total_seconds()
    showing = Showing(card, about_to, waited)
    # Whoever blocked the bot must not be the end of the message: then the heads see it.
    for group in (readers, routing.heads(staff, now), routing.admins(staff)):
        if not (seen and inbox.desk.shared):
            await showing.show(inbox, [one for one in group if one.id not in seen], files)
        seen |= showing.reached
        if seen or showing.postponed is not None:
            break
    async with inbox.store.begin() as t:
        await showing.keep(inbox, t, claim)
        if showing.postponed is not None:
            await put_off(t, claim, showing.postponed, inbox.meter)
        elif not seen:
            await t.retry(claim, after=NOBODY_THERE, counted=False)
        else:
            await t.mark_raw(raw_ids, "filed")
            await t.finish(claim)
        if inbox.desk.topics and card.wait is not None:
            await name_topics_later(t, card.conversation.client.id, f"message {card.message_id}")


async def _opened(inbox: Inbox, claim: Claim, raw_ids: Sequence[int], card: Card) -> None:
    """Who only opens the chat says nothing yet: no card is made of it."""
    await join_by_link(inbox, card)
    await _acknowledge(inbox, claim, raw_ids, "filed")


# --- out ------------------------------------------------------------------------------------


async def reply(inbox: Inbox, draft: Reply) -> Reply | None:
    """Store a manager's reply and queue it; None where its key is known already."""
    async with inbox.store.begin() as t:
        return await queue_new(inbox, t, draft)


async def queue_new(inbox: Inbox, t: Transaction, draft: Reply) -> Reply | None:
    """See `reply`. Where it could not be changed once it is out, it can be stopped for a while."""
    now = inbox.clock.now()
    conversation = await t.conversation(draft.conversation_id, with_client=True)
    answers = draft.message_id or await t.newest_message(conversation.id)
    delay = _delay(inbox, conversation)
    goes_at = now + delay if delay else None
    saved = await t.add_reply(replace(draft, message_id=answers, goes_at=goes_at))
    if saved is None:
        return None
    if conversation.assignee_id is None:
        author, cause = saved.author_id, f"taken by reply {saved.id}"
        await assign(inbox, t, conversation, author, by_id=author, cause=cause)
    await queue_reply(t, saved, "first", delay=delay.total_seconds())
    if delay:
        await about_to_answer(t, conversation.id, saved.author_id, now)
        await show_outcome(t, saved)
    return saved


def _delay(inbox: Inbox, conversation: Conversation) -> timedelta:
    connector = inbox.connectors.get(conversation.channel_id)
    return timedelta() if isinstance(connector, ChangesSent) else inbox.send_delay


async def send(inbox: Inbox, claim: Claim, job: SendReply) -> None:
    """Send once. A reply found half-sent is looked for among the sent; where it is not there it
    is uncertain: it is told, never sent again by itself."""
    async with inbox.store.begin() as t:
        outgoing = await outgoing_of(inbox, t, job.reply_id)
    draft, conversation = outgoing.draft, outgoing.conversation
    connector = inbox.connectors.get(conversation.channel_id)
    if draft.state is ReplyState.SENDING:
        found = await found_sent(connector, outgoing)
        await settle_try(inbox, claim, outgoing, found or SendUncertain(Fault.INTERRUPTED))
        return
    if draft.state is not ReplyState.QUEUED:
        await _acknowledge(inbox, claim)
        return
    if connector is None:
        gone = SendRejected(Fault.UNSUPPORTED, conversation.channel_id)
        await settle_try(inbox, claim, outgoing, gone)
        return
    try:
        files = await load_files(inbox, draft.attachments, None, connector.origin)
    except SendFailed as error:
        await settle_try(inbox, claim, outgoing, error)
        return
    problem = next((one.problem for one in files if one.problem), None)
    if problem is not None:
        await settle_try(inbox, claim, outgoing, SendRejected(problem))
        return
    async with inbox.store.begin(durable=True) as t:
        # Meanwhile its author may have withdrawn it, or changed it.
        outgoing = replace(outgoing, draft=await t.reply(draft.id))
        if outgoing.draft.state is not ReplyState.QUEUED:
            await t.finish(claim)
            return
        message = outgoing.message(connector, files)
        await t.save_reply(replace(outgoing.draft, state=ReplyState.SENDING))
        ids = () if message.external_id is None else (message.external_id,)
        await t.learn_threads(conversation.channel_id, conversation.id, ids)
    result = await send_once(connector, message)
    if isinstance(result, SendUncertain):
        result = await found_sent(connector, outgoing) or result
    await settle_try(inbox, claim, outgoing, result)


# --- the clock ------------------------------------------------------------------------------


async def escalate(inbox: Inbox) -> datetime | None:
    """Raise the alerts of all rungs that were reached; the next instant to look again, UTC."""
    while True:
        async with inbox.store.begin() as t:
            if await climb(inbox, t) < AT_ONCE:
                return await t.next_rung_at()
