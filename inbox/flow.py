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

from inbox import routing
from inbox.alerting import AT_ONCE, climb
from inbox.closing import answered
from inbox.errors import (
    Fault,
    SendDeferred,
    SendFailed,
    SendRejected,
    SendUncertain,
    Unreadable,
)
from inbox.filing import file
from inbox.holding import assign
from inbox.inbox import Inbox, load_files
from inbox.jobs import Received, SendReply
from inbox.model import (
    InboundMessage,
    LoadedFile,
    Manager,
    RawMessage,
    Receipt,
)
from inbox.outgoing import Outgoing, found_sent, outgoing_of, queue_copy, send_once
from inbox.ports import (
    Card,
    Claim,
    DeskLink,
    Purpose,
    Reply,
    ReplyState,
    Source,
)
from inbox.queueing import (
    ask_for_a_password,
    pause,
    put_off,
    queue_reply,
    show_outcome,
    tell_admins,
)
from inbox.returning import came_back

log = logging.getLogger(__name__)

ALBUM_QUIET = 1.2  # seconds: an album has no end marker (facts: Telegram)
NOBODY_THERE = 60.0  # seconds until a card without a reader is tried again
GIVE_UP = timedelta(hours=24)  # a deferred reply is then told to be undeliverable


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
    elif not await came_back(inbox, claim, raw_ids, raws[0], message):
        await _show_new(inbox, claim, raw_ids, raws[0], message, staff=staff)


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
        if message_id is None:
            cut_off = "truncated" in raw.note
            card = await file(inbox, t, message, raw_ids[0], staff, cut_off=cut_off)
        else:
            card = await t.card(message_id)
            before = await t.links_of_message(message_id)
        if card.placing.held or card.placing.counted_on is not None:
            await t.mark_raw(raw_ids, "filed")
            await t.finish(claim)
            return
    now = inbox.clock.now()
    card = replace(routing.with_stand_in(card, staff, now), repeated=claim.attempts > 1)
    seen = {link.manager_id for link in before if link.shown.purpose is Purpose.CARD}
    readers = routing.readers(card.conversation.assignee_id, staff, now)
    files = await load_files(inbox, card.files_at_hand, raw, inbox.desk.origin)
    links: list[DeskLink] = []
    postponed: SendFailed | None = None
    # Whoever blocked the bot must not be the end of the message: then the heads see it.
    for group in (readers, routing.heads(staff, now), routing.admins(staff)):
        unseen = [one for one in group if one.id not in seen]
        shown, postponed = await _show_to(inbox, card, unseen, files)
        links += shown
        seen |= {link.manager_id for link in shown}
        if seen or postponed:
            break
    async with inbox.store.begin() as t:
        await t.link(links)
        if postponed is not None:
            await put_off(t, claim, postponed)
        elif not seen:
            await t.retry(claim, after=NOBODY_THERE, counted=False)
        else:
            await t.mark_raw(raw_ids, "filed")
            await t.finish(claim)


async def _show_to(
    inbox: Inbox, card: Card, readers: Sequence[Manager], files: Sequence[LoadedFile]
) -> tuple[list[DeskLink], SendFailed | None]:
    """What now stands on whose desk, and why somebody's card must be tried again."""
    links: list[DeskLink] = []
    postponed: SendFailed | None = None
    for one in readers:
        try:
            shown = await inbox.desk.show(card, one, files)
        except SendRejected as error:
            log.warning("no card of message %s for %s: %s", card.message_id, one.name, error)
        except (SendDeferred, SendUncertain) as error:
            postponed = error
        else:
            conversation_id = card.conversation.id
            links += [DeskLink(each, conversation_id, one.id, card.message_id) for each in shown]
    return links, postponed


# --- out ------------------------------------------------------------------------------------


async def reply(inbox: Inbox, draft: Reply) -> Reply | None:
    """Store a manager's reply and queue it; None where its key is known already."""
    async with inbox.store.begin() as t:
        conversation = await t.conversation(draft.conversation_id, with_client=True)
        answers = draft.message_id or await t.newest_message(conversation.id)
        saved = await t.add_reply(replace(draft, message_id=answers))
        if saved is None:
            return None
        if conversation.assignee_id is None:
            author, cause = saved.author_id, f"taken by reply {saved.id}"
            await assign(inbox, t, conversation, author, by_id=author, cause=cause)
        await queue_reply(t, saved, "first")
    return saved


async def send(inbox: Inbox, claim: Claim, job: SendReply) -> None:
    """Send once. A reply found half-sent is looked for among the sent; where it is not there it
    is uncertain: it is told, never sent again by itself."""
    async with inbox.store.begin() as t:
        outgoing = await outgoing_of(t, job.reply_id)
    draft, conversation = outgoing.draft, outgoing.conversation
    connector = inbox.connectors.get(conversation.channel_id)
    if draft.state is ReplyState.SENDING:
        interrupted = SendUncertain(Fault.INTERRUPTED)
        await _settle(inbox, claim, outgoing, await found_sent(connector, outgoing) or interrupted)
        return
    if draft.state is not ReplyState.QUEUED:
        await _acknowledge(inbox, claim)
        return
    if connector is None:
        gone = SendRejected(Fault.UNSUPPORTED, conversation.channel_id)
        await _settle(inbox, claim, outgoing, gone)
        return
    try:
        files = await load_files(inbox, draft.attachments, None, connector.origin)
    except SendFailed as error:
        await _settle(inbox, claim, outgoing, error)
        return
    message = outgoing.message(connector, files)
    problem = next((one.problem for one in files if one.problem), None)
    if problem is not None:
        await _settle(inbox, claim, outgoing, SendRejected(problem))
        return
    async with inbox.store.begin(durable=True) as t:
        outgoing = replace(outgoing, draft=replace(draft, state=ReplyState.SENDING))
        await t.save_reply(outgoing.draft)
        ids = () if message.external_id is None else (message.external_id,)
        await t.learn_threads(conversation.channel_id, conversation.id, ids)
    result = await send_once(connector, message)
    if isinstance(result, SendUncertain):
        result = await found_sent(connector, outgoing) or result
    await _settle(inbox, claim, outgoing, result)


async def _settle(
    inbox: Inbox,
    claim: Claim,
    outgoing: Outgoing,
    result: Receipt | SendFailed,
) -> None:
    """The reply's fate, its wait and the acknowledgement in one commit; the desk shows it next."""
    now, draft, answering = inbox.clock.now(), outgoing.draft, outgoing.answering
    async with inbox.store.begin(durable=True) as t:
        match result:
            case Receipt():
                draft = replace(draft, state=ReplyState.SENT, sent_at=result.sent_at)
                draft = replace(draft, fault="", detail="")
                conversation = await t.conversation(draft.conversation_id)
                await t.learn_threads(conversation.channel_id, conversation.id, result.thread_ids)
                # The other side's clock may be ahead: a reply is never older than its question.
                asked = answering.sent_at if answering is not None else result.sent_at
                await answered(inbox, t, draft, max(result.sent_at, asked))
                await queue_copy(inbox, t, draft, conversation.channel_id)
            case SendDeferred() if now - draft.written_at < GIVE_UP:
                draft = _failed(draft, ReplyState.QUEUED, result)
                if result.fault is Fault.LOGIN_FAILED:
                    await ask_for_a_password(t, draft, result, now)
            case SendDeferred():
                draft = _failed(draft, ReplyState.REJECTED, SendRejected(Fault.EXPIRED))
            case SendUncertain():
                draft = _failed(draft, ReplyState.UNCERTAIN, result)
            case _:
                draft = _failed(draft, ReplyState.REJECTED, result)
        await t.save_reply(draft)
        if draft.state is not ReplyState.QUEUED:
            await show_outcome(t, draft)
            await t.finish(claim)
        else:
            if draft.tries == 1:
                await show_outcome(t, draft)
            await t.retry(claim, after=pause(result, draft.tries), counted=False)


def _failed(draft: Reply, state: ReplyState, error: SendFailed) -> Reply:
    failed = replace(draft, state=state, tries=draft.tries + 1)
    return replace(failed, fault=error.fault.value, detail=error.detail)


# --- the clock ------------------------------------------------------------------------------


async def escalate(inbox: Inbox) -> datetime | None:
    """Raise the alerts of all rungs that were reached; the next instant to look again, UTC."""
    while True:
        async with inbox.store.begin() as t:
            if await climb(inbox, t) < AT_ONCE:
                return await t.next_rung_at()
