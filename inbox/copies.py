"""One mail to several of our mailboxes: shown once, on the card of the one that had it first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from inbox.inbox import Inbox
from inbox.model import Attachment, InboundMessage, Nature
from inbox.ports import Card, CardState, Placing, Transaction
from inbox.queueing import refresh

KIND = "email"
WITHIN = timedelta(days=1)
SETTLING = 5.0  # seconds until the first card stands for certain and names the other mailbox


async def filed_as_copy(
    inbox: Inbox, t: Transaction, message: InboundMessage, raw_id: int
) -> Card | None:
    """File a mail that another of our mailboxes had within a day: with no wait and no card of its
    own, in the same conversation, so that what follows in either mailbox finds it.

    None where it is the first, or says anything that the first did not.
    """
    siblings = tuple(
        one.channel.id
        for one in inbox.connectors.values()
        if one.channel.kind == KIND and one.channel.id != message.channel_id
    )
    if not siblings or inbox.connectors[message.channel_id].channel.kind != KIND:
        return None
    since = message.sent_at - WITHIN
    first_id = await t.same_mail(siblings, message.sender, message.external_id, since)
    if first_id is None:
        return None
    first = await t.card(first_id)
    if not _says_all_of(first.message, message):
        return None
    shown_on = first.placing.counted_on or first_id
    placed = Placing(held=first.placing.held, counted_on=shown_on)
    conversation = replace(first.conversation, wait=None)
    copy = replace(message, sent_at=first.message.sent_at)
    message_id = await t.add_message(conversation, copy, raw_id, placed)
    await t.learn_threads(copy.channel_id, conversation.id, copy.thread_ids)
    cause = f"copy {raw_id}"
    await refresh(t, conversation.id, cause, message_id=shown_on, delay=SETTLING)
    return Card(message_id, conversation, copy, CardState.QUIET, None, None, placing=placed)


def _says_all_of(first: InboundMessage, copy: InboundMessage) -> bool:
    """Ids are not to be trusted: some programs give all their mails the same one. And a person's
    words are never counted on a card that nobody has to answer."""
    return (
        first.nature in {copy.nature, Nature.PERSON, Nature.THANKS}
        and first.subject == copy.subject
        and first.text == copy.text
        and _files(first.attachments) == _files(copy.attachments)
    )


def _files(attachments: tuple[Attachment, ...]) -> list[tuple[str, int | None]]:
    return [(one.name, one.size) for one in attachments]
