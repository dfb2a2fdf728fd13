"""Who opens the chat is told, where the studio wishes it, what to expect: once per opening."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from statistics import median

from inbox import routing
from inbox.accounts import member_with
from inbox.automatic import Letter, message_of, send_letter
from inbox.business_hours import BusinessHours
from inbox.chat_records import Greeting
from inbox.errors import NoWorkingTime
from inbox.inbox import Inbox
from inbox.jobs import SendGreeting
from inbox.model import Conversation, InboundMessage, Manager, Nature
from inbox.ports import Claim, Deed, Entry, ReplyState, Transaction
from inbox.records import UNDER_WAY

log = logging.getLogger(__name__)

OPENED = "opened the chat"  # why a message is of the nature SERVICE
IN_TOUCH = timedelta(minutes=1)  # who wrote so shortly before needs no greeting
NEWS = timedelta(hours=1)  # an older opening was read late: nobody looks for a greeting now
LOOK_BACK = timedelta(days=90)
SECONDS_BETWEEN = 2.0, 60.0  # the shortest and the longest pause before another try
LONGEST_DAY = timedelta(hours=36)
AT_MOST, FEWEST = 500, 5  # first replies from which it can be said how long they take


def is_opening(message: InboundMessage) -> bool:
    """Whether the message only says that somebody opened the chat."""
    return message.nature is Nature.SERVICE and message.nature_reason == OPENED


def key_of(message_id: int) -> str:
    """The key of the message that greets."""
    return f"greeting:{message_id}"


async def offer(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    message_id: int,
    message: InboundMessage,
    *,
    staff: Sequence[Manager],
) -> None:
    """Queue the greeting where one is due: the message, filed already, may be an opening."""
    now = inbox.clock.now()
    if not inbox.greeting or not is_opening(message) or message.place is not None:
        return
    if member_with(staff, message.sender.address) or now - message.sent_at > NEWS:
        return
    since = message.sent_at - IN_TOUCH
    if await t.count_from(message.channel_id, message.sender, since) > 1:
        return
    words = await _words(inbox, t, conversation, message, now)
    if words is None:
        return
    await t.add_greeting(Greeting(message_id, ReplyState.QUEUED, words, now))
    # A lane of its own: while it cannot be sent it must hold up nobody's answer.
    key = key_of(message_id)
    await t.put(SendGreeting(message_id), key=key, lane=key)


async def _words(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    message: InboundMessage,
    now: datetime,
) -> str | None:
    """None where nobody knows when the studio opens."""
    holder = routing.member(await t.staff(), conversation.assignee_id)
    own = holder.calendar if holder is not None else None
    hours = inbox.calendars.of(conversation.client.calendar, own).hours
    try:
        opens_at = None if hours.is_open(now) else hours.next_opening(now)
    except NoWorkingTime:
        return None
    closes_at = _closes(hours, now) if opens_at is None else None
    took = await t.first_replies(now - LOOK_BACK, AT_MOST)
    usual = timedelta(seconds=median(took)) if len(took) >= FEWEST else None
    language, zone = inbox.letters.language_of(message), inbox.calendars.studio.hours.zone
    return inbox.letters.greeting(
        language, opens_at, usual, now=now, zone=zone, closes_at=closes_at
    )


def _closes(hours: BusinessHours, now: datetime) -> datetime | None:
    """When the day that is open now ends, its breaks aside; None where it does not end soon."""
    today = _day(now, hours)
    later = now + LONGEST_DAY
    todays = [end for start, end in hours.spans(now, later) if _day(start, hours) == today]
    return todays[-1] if todays and todays[-1] < later else None


def _day(at: datetime, hours: BusinessHours) -> date:
    return at.astimezone(hours.zone).date()


async def send_greeting(inbox: Inbox, claim: Claim, job: SendGreeting) -> None:
    """Send it once; where it is uncertain whether it went out it is never sent again."""
    async with inbox.store.begin(durable=True) as t:
        letter = await _begun(inbox, t, job.message_id)
        if letter is None:
            await t.finish(claim)
            return
    await send_letter(inbox, claim, letter)


async def _begun(inbox: Inbox, t: Transaction, message_id: int) -> Letter | None:
    """The greeting, marked as being sent; None where there is nothing to send, which is noted."""
    greeting = await t.greeting(message_id)
    if greeting is None or greeting.state not in UNDER_WAY:
        return None
    settle = partial(_settle, inbox, greeting)
    if greeting.state is ReplyState.SENDING:
        await settle(t, ReplyState.UNCERTAIN, "interrupted")
        return None
    now = inbox.clock.now()
    card = await t.card(message_id)
    conversation = await t.conversation(card.conversation.id)
    connector = inbox.connectors.get(conversation.channel_id)
    words = await _words(inbox, t, conversation, card.message, now)
    why_not = await _overtaken(t, conversation, card.message, now)
    if connector is None or words is None or why_not:
        await settle(t, ReplyState.REJECTED, why_not or "unsupported")
        return None
    greeting = replace(greeting, state=ReplyState.SENDING, text=words)
    await t.save_greeting(greeting)
    key = key_of(message_id)
    message = message_of(key, conversation, connector, words, answering=None, at=greeting.at)
    settle = partial(_settle, inbox, greeting)
    return Letter(conversation, connector, message, greeting.at, *SECONDS_BETWEEN, settle)


async def _overtaken(
    t: Transaction, conversation: Conversation, opening: InboundMessage, now: datetime
) -> str:
    """Why nobody needs the greeting any more; "" where it is due."""
    answered = conversation.answered_at
    under_way = any(one.state in UNDER_WAY for one in await t.replies(conversation.id))
    if under_way or (answered is not None and answered >= opening.sent_at):
        return "answered"
    return "expired" if now - opening.sent_at > NEWS else ""


async def _settle(
    inbox: Inbox, greeting: Greeting, t: Transaction, state: ReplyState, why: str
) -> None:
    if state is ReplyState.QUEUED:
        await t.save_greeting(replace(greeting, state=state))
        return
    now = inbox.clock.now()
    if why:
        log.info("opening %s was not surely greeted: %s", greeting.message_id, why)
    await t.save_greeting(replace(greeting, state=state, at=now))
    conversation_id = (await t.card(greeting.message_id)).conversation.id
    after = f"{state} {why}".strip()
    await t.log([Entry(now, Deed.GREETING, None, conversation_id, after=after)])
