"""Who writes off hours is told, where the studio wishes it, when it opens and when it answers.

Once per wait, and once per sender while the studio stays closed. It never stops the clock.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from inbox.calendars import Hours
from inbox.errors import NoWorkingTime, SendDeferred, SendUncertain
from inbox.inbox import Inbox
from inbox.jobs import SendOffHoursReply
from inbox.model import Conversation, InboundMessage, Nature, OutboundMessage, Receipt, Wait
from inbox.outgoing import send_once
from inbox.ports import (
    Claim,
    Connector,
    Deed,
    Entry,
    OffHoursReply,
    Placing,
    ReplyState,
    Transaction,
)
from inbox.queueing import pause

log = logging.getLogger(__name__)

NEWS = timedelta(hours=1)  # an older message was read late: what its writer is told is no news
LONGEST_CLOSED = timedelta(days=31)
AUTOMATIC = "auto-replied"  # RFC 3834, 5.2
SECONDS_BETWEEN = 2.0, 600.0  # the shortest and the longest pause before another try
# Whoever forged the sender must not make us write to a stranger, and who only put us in Cc asked
# somebody else.
NOT_ANSWERED = frozenset({"dmarc_failed", "spf_failed", "dkim_failed", "cc_only"})


def key_of(wait_id: int) -> str:
    """The key of the message that tells of a wait."""
    return f"off_hours:{wait_id}"


async def offer(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    message_id: int,
    message: InboundMessage,
    *,
    placed: Placing,
) -> None:
    """Queue the letter, where one is due: the message has just opened the conversation's wait."""
    wait, now = conversation.wait, inbox.clock.now()
    if wait is None or not inbox.off_hours_reply or not _may_hear(message, placed):
        return
    hours = inbox.hours_of(wait)
    if hours.is_open(now) or now - message.sent_at > NEWS:
        return
    words = _words(inbox, wait, message, now)
    if words is None or await _in_touch(t, conversation, message, _closed_since(hours, now)):
        return
    told = OffHoursReply(wait.id, message_id, ReplyState.QUEUED, words, now)
    await t.add_off_hours_reply(told)
    # A lane of its own: while it cannot be sent it must hold up nobody's answer.
    key = key_of(wait.id)
    await t.put(SendOffHoursReply(wait.id), key=key, lane=key)


def _may_hear(message: InboundMessage, placed: Placing) -> bool:
    """Whether a person wrote who is surely the sender, and asked us."""
    doubts = {one.partition(":")[0] for one in message.warnings}
    sure = not placed.guessed and placed.counted_on is None and not doubts & NOT_ANSWERED
    return sure and message.nature is Nature.PERSON


def _words(inbox: Inbox, wait: Wait, message: InboundMessage, now: datetime) -> str | None:
    """None where nobody knows when the studio opens."""
    try:
        opens_at = inbox.hours_of(wait).next_opening(now)
    except NoWorkingTime:
        return None
    language, zone = inbox.letters.language_of(message), inbox.calendars.studio.hours.zone
    return inbox.letters.off_hours(language, opens_at, wait.due_at, now=now, zone=zone)


def _closed_since(hours: Hours, now: datetime) -> datetime:
    since = now - LONGEST_CLOSED
    return max((closing for _, closing in hours.spans(since, now)), default=since)


async def _in_touch(
    t: Transaction, conversation: Conversation, message: InboundMessage, closed_since: datetime
) -> bool:
    """Whether somebody has answered, or the sender was told, since the studio closed."""
    answered = conversation.answered_at
    if answered is not None and answered >= closed_since:
        return True
    earlier = await t.earlier_from(message.channel_id, message.sender, closed_since)
    for conversation_id in dict.fromkeys([conversation.id, *(one for one, _ in earlier)]):
        for wait in await t.waits_in(conversation_id):
            told = await t.off_hours_reply(wait.id)
            if told is not None and told.at >= closed_since:
                return True
    return False


async def is_off_hours_reply(
    inbox: Inbox, t: Transaction, conversation: Conversation, ids: Collection[str]
) -> bool:
    """Whether one of the ids, of a message of ours in the conversation, is of such a letter."""
    connector = inbox.connectors[conversation.channel_id]
    waits = await t.waits_in(conversation.id)
    return any(connector.external_id(key_of(one.id)) in ids for one in waits)


@dataclass(frozen=True, slots=True)
class _Letter:
    told: OffHoursReply
    conversation: Conversation
    connector: Connector
    message: OutboundMessage
    asked_at: datetime


async def send_off_hours_reply(inbox: Inbox, claim: Claim, job: SendOffHoursReply) -> None:
    """Send it once; where it is uncertain whether it went out it is never sent again."""
    async with inbox.store.begin(durable=True) as t:
        letter = await _begun(inbox, t, claim, job.wait_id)
    if letter is None:
        return
    result = await send_once(letter.connector, letter.message)
    async with inbox.store.begin(durable=True) as t:
        match result:
            case Receipt():
                conversation = await t.conversation(letter.conversation.id)
                await t.learn_threads(conversation.channel_id, conversation.id, result.thread_ids)
                await _ended(inbox, t, claim, letter.told, ReplyState.SENT)
            case SendDeferred():
                waiting = replace(letter.told, state=ReplyState.QUEUED)
                await t.save_off_hours_reply(waiting)
                await t.retry(claim, after=_pause(inbox, letter, result), counted=False)
            case SendUncertain():
                await _ended(inbox, t, claim, letter.told, ReplyState.UNCERTAIN, why=str(result))
            case _:
                await _ended(inbox, t, claim, letter.told, ReplyState.REJECTED, why=str(result))


async def _begun(inbox: Inbox, t: Transaction, claim: Claim, wait_id: int) -> _Letter | None:
    """The letter, marked as being sent; None where there is nothing to send, which is noted."""
    told = await t.off_hours_reply(wait_id)
    if told is None or told.state not in {ReplyState.QUEUED, ReplyState.SENDING}:
        await t.finish(claim)
        return None
    if told.state is ReplyState.SENDING:
        await _ended(inbox, t, claim, told, ReplyState.UNCERTAIN, why="interrupted")
        return None
    now = inbox.clock.now()
    conversation, wait = await t.wait(wait_id)
    connector = inbox.connectors.get(conversation.channel_id)
    asked = (await t.card(told.message_id)).message
    why_not = await _overtaken(inbox, t, conversation, wait)
    words = _words(inbox, wait, asked, now)
    if connector is None or words is None or why_not:
        await _ended(inbox, t, claim, told, ReplyState.REJECTED, why=why_not or "unsupported")
        return None
    told = replace(told, state=ReplyState.SENDING, text=words, at=now)
    await t.save_off_hours_reply(told)
    message = _message(told, conversation, connector, asked)
    ids = () if message.external_id is None else (message.external_id,)
    await t.learn_threads(conversation.channel_id, conversation.id, ids)
    return _Letter(told, conversation, connector, message, asked.sent_at)


async def _overtaken(
    inbox: Inbox, t: Transaction, conversation: Conversation, wait: Wait
) -> str | None:
    """Why the letter says nothing true or new any more."""
    if wait.closing is not None:
        return "answered"
    if inbox.hours_of(wait).is_open(inbox.clock.now()):
        return "expired"
    under_way = {ReplyState.QUEUED, ReplyState.SENDING}
    if any(one.state in under_way for one in await t.replies(conversation.id)):
        return "answered"
    return None


def _message(
    told: OffHoursReply, conversation: Conversation, connector: Connector, asked: InboundMessage
) -> OutboundMessage:
    key = key_of(told.wait_id)
    return OutboundMessage(
        key=key,
        external_id=connector.external_id(key),
        channel_id=conversation.channel_id,
        recipient=conversation.recipient,
        author="",
        text=told.text,
        entities=(),
        files=(),
        subject=conversation.subject,
        answering=asked,
        written_at=told.at,
        only_sender=True,
        automatic=AUTOMATIC,
    )


def _pause(inbox: Inbox, letter: _Letter, error: SendDeferred) -> float:
    """Seconds; the longer it has waited the longer it waits."""
    if error.retry_after is not None:
        return pause(error, 1)
    shortest, longest = SECONDS_BETWEEN
    waited = inbox.clock.now() - letter.asked_at
    return min(longest, max(shortest, waited.total_seconds() / 2))


async def _ended(
    inbox: Inbox,
    t: Transaction,
    claim: Claim,
    told: OffHoursReply,
    state: ReplyState,
    *,
    why: str = "",
) -> None:
    now = inbox.clock.now()
    if why:
        log.info("the client of wait %s was not surely told off hours: %s", told.wait_id, why)
    await t.save_off_hours_reply(replace(told, state=state, at=now))
    conversation, wait = await t.wait(told.wait_id)
    after = f"{state} {why}".strip()
    await t.log([Entry(now, Deed.OFF_HOURS_REPLY, None, conversation.id, wait.id, after=after)])
    await t.finish(claim)
