"""What gets no card of its own: newsletters, told once a day, and the rest of a flood."""

from __future__ import annotations

from datetime import timedelta

from inbox import routing
from inbox.inbox import Inbox
from inbox.jobs import ShowDigest
from inbox.model import Conversation, InboundMessage, Nature
from inbox.ports import Placing, Transaction
from inbox.queueing import refresh

FLOOD = 20  # cards of one sender
WITHIN = timedelta(minutes=10)
FLOODING = frozenset({"email"})  # kinds of handles: in a chat people write line by line
SETTLING = 5.0  # seconds in which a flood's count is drawn once


async def placing(
    inbox: Inbox,
    t: Transaction,
    message: InboundMessage,
    conversation: Conversation | None,
) -> Placing:
    """Whether the message waits for the digest or is counted on another one's card.

    `conversation`: the one that it belongs to by its ids, if any.
    """
    if message.nature is Nature.NEWSLETTER and not await _is_wanted(t, message, conversation):
        return Placing(held=True)
    if message.sender.kind not in FLOODING:
        return Placing()
    since = message.sent_at - WITHIN
    if await t.count_from(message.channel_id, message.sender, since) <= FLOOD:
        return Placing()
    shown = await t.newest_shown(message.channel_id, message.sender)
    if shown is None:
        return Placing()
    collecting, conversation_id = shown
    slot = int(inbox.clock.now().timestamp() / SETTLING)
    cause = f"flood {collecting} {slot}"
    await refresh(t, conversation_id, cause, message_id=collecting, delay=SETTLING)
    return Placing(counted_on=collecting)


async def _is_wanted(
    t: Transaction, message: InboundMessage, conversation: Conversation | None
) -> bool:
    """A newsletter that answers us, or one of a client we know otherwise, is shown as it comes."""
    if conversation is not None and conversation.answered_at is not None:
        return True
    known = await t.contact_of((message.sender, *message.known_as))
    return known is not None and not await t.only_held_back(known[0].id)


async def queue_digests(inbox: Inbox) -> int:
    """Have everybody shown what was held back since the last time; how many digests that are."""
    async with inbox.store.begin() as t:
        staff = await t.staff()
        of: dict[int, list[int]] = {}
        for message_id, holder in await t.take_held_back():
            for one in routing.readers(holder, staff, inbox.clock.now()):
                of.setdefault(one.id, []).append(message_id)
        for manager_id, message_ids in of.items():
            await t.put(
                ShowDigest(manager_id, message_ids),
                key=f"digest:{manager_id}:{message_ids[0]}:{message_ids[-1]}",
                lane=f"manager:{manager_id}",
            )
    return len(of)
