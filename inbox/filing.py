"""Filing a message: handle → contact → client → manager, its conversation, and the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox import auditing, greeting, quoted, routing
from inbox.accounts import owner_of
from inbox.copies import filed_as_copy
from inbox.corrections import as_remembered
from inbox.guessing import guessed
from inbox.happenings import reachable
from inbox.held_back import placing
from inbox.holding import assign, warn_of_no_time
from inbox.inbox import Inbox
from inbox.model import Conversation, Handle, InboundMessage, Manager, Nature
from inbox.off_hours import offer
from inbox.ports import Card, CardState, Transaction
from inbox.suggesting import PHONE, suggest
from inbox.suspicion import suspected
from inbox.thanks import THANKED, only_thanks

BLOCKABLE = frozenset({"telegram", "telegram_group"})  # kinds of handles


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
        conversation, newcomer = await _open(inbox, t, message, staff)
    message = _thanked(conversation, message)
    manager_id = _holder_for(inbox, message, conversation.client.manager_id, staff)
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
    await _also(inbox, t, asked, message_id, message, staff=staff)
    await quoted.said(inbox, t, asked, message, placed)
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


async def _also(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    message_id: int,
    message: InboundMessage,
    *,
    staff: Sequence[Manager],
) -> None:
    """What a message is worth beside being answered: a greeting, a suggestion, a sign of life."""
    await greeting.offer(inbox, t, conversation, message_id, message, staff=staff)
    await suggest(inbox, t, conversation, message)
    if conversation.recipient.kind in BLOCKABLE:
        await reachable(inbox, t, conversation.recipient, message.sent_at)


def _thanked(conversation: Conversation, message: InboundMessage) -> InboundMessage:
    """Marked as thanks (rule 9) where it is no more than that and follows an answer."""
    answered, asks = conversation.answered_at, message.nature is Nature.PERSON
    if not asks or conversation.wait is not None or answered is None:
        return message
    if message.sent_at < answered or not only_thanks(message):
        return message
    return replace(message, nature=Nature.THANKS, nature_reason=THANKED)


async def own_words_of(
    inbox: Inbox, t: Transaction, message: InboundMessage, staff: Sequence[Manager]
) -> Conversation:
    """The conversation in whose place a member wrote; where it is the first message there, a new
    one without a wait."""
    conversation = await _in_place(t, message)
    if conversation is None:
        conversation, _ = await _open(inbox, t, message, staff)
    return conversation


async def _its_conversation(t: Transaction, message: InboundMessage) -> Conversation | None:
    """The thread's, unless another client quotes it (a mail passed on, an id copied): nobody's
    words are shown as another client's."""
    if message.place is not None:
        return await _in_place(t, message)
    found = await t.conversation_for(message.channel_id, message.thread_ids)
    if found is None or message.sender == found.recipient or message.nature is not Nature.PERSON:
        return found
    known = await t.contact_of((message.sender, *message.known_as))
    if known is None or known[0].id == found.client.id:
        return found
    own = known[0].id
    return await t.conversation_for(message.channel_id, message.thread_ids, client_id=own)


async def _in_place(t: Transaction, message: InboundMessage) -> Conversation | None:
    """Of a group or an own account: the place says whose client it is, whoever writes there."""
    known = await t.contact_of((message.peer or message.sender,))
    whose = known[0].id if known is not None else None
    return await t.conversation_for(message.channel_id, message.thread_ids, client_id=whose)


def _holder_for(
    inbox: Inbox, message: InboundMessage, manager_id: int | None, staff: Sequence[Manager]
) -> int | None:
    """The client's one manager; of a client without one whoever's own account it is, else the
    channel's, else nobody."""
    owner = owner_of(message.place, staff)
    if owner is not None and routing.manager_for(manager_id, None, staff) is None:
        return owner.id
    channel_manager = inbox.channel_managers.get(message.channel_id)
    return routing.manager_for(manager_id, channel_manager, staff)


async def _open(
    inbox: Inbox, t: Transaction, message: InboundMessage, staff: Sequence[Manager]
) -> tuple[Conversation, bool]:
    """A new conversation, and whether nobody has seen this person before."""
    whose, name = _whose(message)
    own = whose == message.sender and message.forwarded is None
    handles = (whose, *(message.known_as if own else ()))
    # A phone is somebody's who may have changed it: it suggests who that is, and proves nothing.
    known = await t.contact_of([one for one in handles if one.kind != PHONE])
    if known is None:
        manager_id = _holder_for(inbox, message, None, staff)
        client = await t.add_client(name, manager_id)
        contact = await t.add_contact(client.id, name)
    else:
        client, contact = known
    await t.add_handles(contact.id, handles)
    recipient = message.place or whose
    opened = await t.open_conversation(
        message.channel_id, client, contact, recipient, message.subject
    )
    if message.place is not None:  # which may have been another client's
        await t.move((), message.thread_ids, opened.id)
    return opened, known is None


def _whose(message: InboundMessage) -> tuple[Handle, str]:
    """By which handle the client is known, and what to call a new one."""
    if message.forwarded is not None:
        whose, name = message.forwarded, message.forwarded_name
    elif message.peer is not None:
        whose, name = message.peer, message.peer_name
    else:
        whose, name = message.sender, message.sender_name
    return whose, name or whose.address
