"""Who writes off hours is told, where the studio wishes it, when it opens and when it answers.

Once per wait, and once per sender while the studio stays closed. It never stops the clock.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from inbox.automatic import Letter, message_of, send_letter
from inbox.calendars import Hours
from inbox.errors import NoWorkingTime
from inbox.inbox import Inbox
from inbox.jobs import SendOffHoursReply
from inbox.model import Conversation, InboundMessage, Nature, Wait
from inbox.ports import (
    Claim,
    Deed,
    Entry,
    OffHoursReply,
    Placing,
    ReplyState,
    Transaction,
)
from inbox.records import UNDER_WAY

log = logging.getLogger(__name__)

NEWS = timedelta(hours=1)  # an older message was read late: what its writer is told is no news
LONGEST_CLOSED = timedelta(days=31)
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


async def send_off_hours_reply(inbox: Inbox, claim: Claim, job: SendOffHoursReply) -> None:
    """Send it once; where it is uncertain whether it went out it is never sent again."""
    async with inbox.store.begin(durable=True) as t:
        letter = await _begun(inbox, t, job.wait_id)
        if letter is None:
            await t.finish(claim)
            return
    await send_letter(inbox, claim, letter)


async def _begun(inbox: Inbox, t: Transaction, wait_id: int) -> Letter | None:
    """The letter, marked as being sent; None where there is nothing to send, which is noted."""
    told = await t.off_hours_reply(wait_id)
    if told is None or told.state not in UNDER_WAY:
        return None
    settle = partial(_settle, inbox, told)
    if told.state is ReplyState.SENDING:
        await settle(t, ReplyState.UNCERTAIN, "interrupted")
        return None
    now = inbox.clock.now()
    conversation, wait = await t.wait(wait_id)
    connector = inbox.connectors.get(conversation.channel_id)
    asked = (await t.card(told.message_id)).message
    why_not = await _overtaken(inbox, t, conversation, wait)
    words = _words(inbox, wait, asked, now)
    if connector is None or words is None or why_not:
        await settle(t, ReplyState.REJECTED, why_not or "unsupported")
        return None
    told = replace(told, state=ReplyState.SENDING, text=words, at=now)
    await t.save_off_hours_reply(told)
    key = key_of(wait_id)
    message = message_of(key, conversation, connector, words, answering=asked, at=now)
    ids = () if message.external_id is None else (message.external_id,)
    await t.learn_threads(conversation.channel_id, conversation.id, ids)
    settle = partial(_settle, inbox, told)
    return Letter(conversation, connector, message, asked.sent_at, *SECONDS_BETWEEN, settle)


async def _overtaken(
    inbox: Inbox, t: Transaction, conversation: Conversation, wait: Wait
) -> str | None:
    """Why the letter says nothing true or new any more."""
    if wait.closing is not None:
        return "answered"
    if inbox.hours_of(wait).is_open(inbox.clock.now()):
        return "expired"
    if any(one.state in UNDER_WAY for one in await t.replies(conversation.id)):
        return "answered"
    return None


async def _settle(
    inbox: Inbox, told: OffHoursReply, t: Transaction, state: ReplyState, why: str
) -> None:
    if state is ReplyState.QUEUED:
        await t.save_off_hours_reply(replace(told, state=state))
        return
    now = inbox.clock.now()
    if why:
        log.info("the client of wait %s was not surely told off hours: %s", told.wait_id, why)
    await t.save_off_hours_reply(replace(told, state=state, at=now))
    conversation, wait = await t.wait(told.wait_id)
    after = f"{state} {why}".strip()
    await t.log([Entry(now, Deed.OFF_HOURS_REPLY, None, conversation.id, wait.id, after=after)])
