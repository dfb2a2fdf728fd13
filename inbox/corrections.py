"""A manager corrects what a message was taken for, and it is remembered of its sender."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inbox import auditing
from inbox.alerts_on_the_way import go_on_with
from inbox.holding import terms_of, warn_of_no_time
from inbox.inbox import Inbox
from inbox.model import Conversation, InboundMessage, Manager, Nature, Outcome, Wait
from inbox.ports import Card, SenderClass, Transaction
from inbox.queueing import refresh

# Only these are a judgement of who wrote; the others are facts of the message.
DOUBTFUL = frozenset({Nature.PERSON, Nature.AUTOMATIC, Nature.NEWSLETTER})
CORRECTED = "corrected_by"  # reasons, each with a name behind a colon; texts are in bot/cards
REMEMBERED = "remembered_of"


async def as_remembered(t: Transaction, message: InboundMessage) -> InboundMessage:
    """The message as a manager's earlier word on its sender has it."""
    if message.nature not in DOUBTFUL:
        return message
    said = await t.sender_class(message.sender)
    if said is None or said.nature is message.nature or message.sent_at < said.at:
        return message
    # "Not a person" makes no card of a newsletter.
    if said.nature is Nature.AUTOMATIC and message.nature is Nature.NEWSLETTER:
        return message
    reason = f"{REMEMBERED}:{message.sender.address}"
    return replace(message, nature=said.nature, nature_reason=reason)


async def call_person(inbox: Inbox, message_id: int, by: Manager) -> bool:
    """A person wrote it: the wait opens with its original time. False where that is known."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        card = await t.card(message_id)
        if card.message.nature not in DOUBTFUL - {Nature.PERSON}:
            return False
        corrected = await _correct(t, card, Nature.PERSON, by, now)
        conversation = await t.conversation(card.conversation.id)
        conversation = await _awaited(inbox, t, conversation, corrected, by, ended=card.wait)
        if conversation.wait is not None:
            await t.join_wait(message_id, conversation.wait.id)
        cause = f"{message_id} called a person's by {by.id} at {now}"
        await refresh(t, conversation.id, cause, message_id=message_id)
    return True


async def _awaited(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    corrected: InboundMessage,
    by: Manager,
    *,
    ended: Wait | None = None,
) -> Conversation:
    """Saved with the wait that the message should have opened; `ended`: the one it belonged to."""
    now, wait = inbox.clock.now(), conversation.wait
    if wait is not None:
        if wait.started_at > corrected.sent_at:
            return await _begins_at(inbox, t, conversation, wait, corrected.sent_at, by=by)
    elif ended is None:
        terms = await terms_of(inbox, t, conversation)
        conversation = await t.save(conversation.asked(corrected, terms))
        await warn_of_no_time(inbox.calendars, t, conversation.wait)
        await auditing.opened(t, conversation, now, by.id)
    elif ended.closing is not None and ended.closing.outcome is Outcome.DISMISSED:
        reopened = ended.reopened(now, inbox.hours_of(ended))
        conversation = await t.save(replace(conversation, wait=reopened))
        await go_on_with(t, conversation, reopened, await t.staff(), now)
        await auditing.reopened(t, conversation, ended, now, by.id)
    return conversation


async def _begins_at(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    wait: Wait,
    began: datetime,
    *,
    by: Manager,
) -> Conversation:
    now = inbox.clock.now()
    moved = wait.since(began, now, inbox.hours_of(wait))
    await auditing.moved(t, conversation, wait, moved, at=now, by_id=by.id)
    return await t.save(replace(conversation, wait=moved))


async def call_automatic(inbox: Inbox, message_id: int, by: Manager) -> bool:
    """No person wrote it, nor anything else of this sender in the same wait: what no person asked
    awaits no answer. False where that is known."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        card = await t.card(message_id)
        if card.message.nature is not Nature.PERSON:
            return False
        await _correct(t, card, Nature.AUTOMATIC, by, now)
        if card.wait is not None and card.wait.closing is None:
            await _leave_wait(inbox, t, card, card.wait, by)
        cause = f"{message_id} called automatic by {by.id} at {now}"
        await refresh(t, card.conversation.id, cause, message_id=message_id)
    return True


async def call_forwarded(inbox: Inbox, message_id: int, by: Manager) -> bool:
    """What was passed on is the client's own message, and waits since it came. False where that
    is known, or nothing was passed on."""
    async with inbox.store.begin() as t:
        card = await t.card(message_id)
        message = card.message
        if message.nature is not Nature.OWN or message.forwarded is None:
            return False
        await t.call_sender(message_id, message.forwarded, message.forwarded_name)
        await t.correct(message_id, Nature.PERSON, _reason(by))
        conversation = await t.conversation(card.conversation.id)
        asked = replace(message, nature=Nature.PERSON)
        conversation = await _awaited(inbox, t, conversation, asked, by)
        if conversation.wait is not None:
            await t.join_wait(message_id, conversation.wait.id)
        cause = f"{message_id} is of who wrote it, by {by.id}"
        await refresh(t, conversation.id, cause, message_id=message_id)
    return True


async def call_question(inbox: Inbox, message_id: int, by: Manager) -> bool:
    """What was taken for thanks needs an answer: it waits since it was sent (rule 9). Nothing is
    remembered of its sender. False where that is known."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        card = await t.card(message_id)
        if card.message.nature is not Nature.THANKS:
            return False
        reason = _reason(by)
        await t.correct(message_id, Nature.PERSON, reason)
        asked = replace(card.message, nature=Nature.PERSON, nature_reason=reason)
        conversation = await t.conversation(card.conversation.id)
        conversation = await _awaited(inbox, t, conversation, asked, by)
        if conversation.wait is not None:
            await t.join_wait(message_id, conversation.wait.id)
        cause = f"{message_id} called a question by {by.id} at {now}"
        await refresh(t, conversation.id, cause, message_id=message_id)
    return True


async def _leave_wait(inbox: Inbox, t: Transaction, card: Card, wait: Wait, by: Manager) -> None:
    now = inbox.clock.now()
    asked = await t.messages_of_wait(wait.id)
    robots = [(number, one) for number, one in asked if one.sender == card.message.sender]
    for number, one in robots:
        if one.nature is Nature.PERSON:
            await t.correct(number, Nature.AUTOMATIC, _reason(by))
    people = [one for _, one in asked if one.sender != card.message.sender]
    people = [one for one in people if one.nature is Nature.PERSON]
    conversation = await t.conversation(card.conversation.id)
    if not people:
        closed = wait.closed(Outcome.DISMISSED, now, by.id, inbox.hours_of(wait))
        await t.save_wait(closed.held(conversation.assignee_id))
        await auditing.closed(t, conversation, closed, by.id)
        await t.save(replace(conversation, wait=None))
        return
    for number, _ in robots:
        await t.join_wait(number, None)
    began = people[0].sent_at
    if began > wait.started_at:
        await _begins_at(inbox, t, conversation, wait, began, by=by)


async def _correct(
    t: Transaction, card: Card, nature: Nature, by: Manager, now: datetime
) -> InboundMessage:
    """Keep the correction; one that takes an earlier one back makes it forgotten."""
    sender, reason = card.message.sender, _reason(by)
    first = card.placing.first
    if first is not None and first[0] is nature:
        reason = first[1]
        await t.save_sender_class(sender, None)
    else:
        await t.save_sender_class(sender, SenderClass(nature, by.id, now))
    await t.correct(card.message_id, nature, reason)
    return replace(card.message, nature=nature, nature_reason=reason)


def _reason(by: Manager) -> str:
    return f"{CORRECTED}:{by.name}"
