"""Filing a message: handle → contact → client → manager, its conversation, and the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox import auditing, routing
from inbox.copies import filed_as_copy
from inbox.corrections import as_remembered
from inbox.guessing import guessed
from inbox.held_back import placing
from inbox.holding import assign, warn_of_no_time
from inbox.inbox import Inbox
from inbox.model import Conversation, InboundMessage, Manager, Nature
from inbox.off_hours import offer
from inbox.ports import Card, CardState, Transaction
from inbox.suspicion import suspected
from inbox.thanks import THANKED, only_thanks


async def file(
    inbox: Inbox,
    t: Transaction,
    message: InboundMessage,
    raw_id: int,
    staff: Sequence[Manager],
    *,
    cut_off: bool = False,
) -> Card:
    """Tag the message with its client's manager and open or join the wait; its card."""
    now = inbox.clock.now()
    message = replace(message, sent_at=min(message.sent_at, now))
    channel_manager = inbox.channel_managers.get(message.channel_id)
    first = message.nature, message.nature_reason
    message = await as_remembered(t, message)
    copy = await filed_as_copy(inbox, t, message, raw_id)
    if copy is not None:
        return copy
    conversation, newcomer = await _its_conversation(t, message), False
    placed = await placing(inbox, t, message, conversation)
    if message.nature is not first[0]:
        placed = replace(placed, first=first)
    message = await suspected(inbox.known_domains, t, message, conversation, now)
    if conversation is None:
        conversation = await guessed(t, message)
        placed = replace(placed, guessed=conversation is not None)
    if conversation is None:
        conversation, newcomer = await _open(t, message, channel_manager, staff)
    message = _thanked(conversation, message)
    manager_id = routing.manager_for(conversation.client.manager_id, channel_manager, staff)
    if manager_id is not None and manager_id != conversation.assignee_id:
        cause = f"filed {raw_id}"
        conversation = await assign(inbox, t, conversation, manager_id, by_id=None, cause=cause)
    holder = routing.member(staff, conversation.assignee_id)
    terms = inbox.terms(conversation, holder, newcomer=newcomer)
    asked = await t.save(conversation.asked(message, terms))
    await warn_of_no_time(inbox.calendars, t, asked.wait)
    message_id = await t.add_message(asked, message, raw_id, placed)
    await t.learn_threads(message.channel_id, asked.id, message.thread_ids)
    if conversation.wait is None and asked.wait is not None:
        await auditing.opened(t, asked, now)
        await offer(inbox, t, asked, message_id, message, placed=placed)
    return Card(
        message_id=message_id,
        conversation=asked,
        message=message,
        state=CardState.QUIET if asked.wait is None else CardState.WAITING,
        wait=asked.wait,
        holder=routing.member(staff, asked.assignee_id),
        placing=placed,
        cut_off=cut_off,
    )


def _thanked(conversation: Conversation, message: InboundMessage) -> InboundMessage:
    """Marked as thanks (rule 9) where it is no more than that and follows an answer."""
    answered, asks = conversation.answered_at, message.nature is Nature.PERSON
    if not asks or conversation.wait is not None or answered is None:
        return message
    if message.sent_at < answered or not only_thanks(message):
        return message
    return replace(message, nature=Nature.THANKS, nature_reason=THANKED)


async def _its_conversation(t: Transaction, message: InboundMessage) -> Conversation | None:
    """The thread's, unless another client quotes it (a mail passed on, an id copied): nobody's
    words are shown as another client's."""
    found = await t.conversation_for(message.channel_id, message.thread_ids)
    if found is None or message.sender == found.recipient or message.nature is not Nature.PERSON:
        return found
    known = await t.contact_of((message.sender, *message.known_as))
    if known is None or known[0].id == found.client.id:
        return found
    own = known[0].id
    return await t.conversation_for(message.channel_id, message.thread_ids, client_id=own)


async def _open(
    t: Transaction,
    message: InboundMessage,
    channel_manager: str | None,
    staff: Sequence[Manager],
) -> tuple[Conversation, bool]:
    """A new conversation, and whether nobody has seen this person before."""
    writer, name = message.sender, message.sender_name
    if message.forwarded is not None:
        writer, name = message.forwarded, message.forwarded_name
    handles = (writer, *(message.known_as if message.forwarded is None else ()))
    known = await t.contact_of(handles)
    if known is None:
        name = name or writer.address
        client = await t.add_client(name, routing.manager_for(None, channel_manager, staff))
        contact = await t.add_contact(client.id, name)
    else:
        client, contact = known
    await t.add_handles(contact.id, handles)
    opened = await t.open_conversation(
        message.channel_id, client, contact, writer, message.subject
    )
    return opened, known is None
