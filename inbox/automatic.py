"""Messages that no person wrote, on their way out: sent once, and never again where uncertain.

A message is marked as being sent and committed, then sent, then settled: as inbox.flow.send does
with replies. What it says and when it is due is the matter of greeting.py and off_hours.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from inbox.errors import SendDeferred, SendUncertain
from inbox.inbox import Inbox
from inbox.model import Conversation, InboundMessage, OutboundMessage, Receipt
from inbox.outgoing import send_once
from inbox.ports import Claim, Connector, ReplyState, Transaction
from inbox.queueing import pause
from inbox.refusals import followed, noticed

AUTOMATIC = "auto-replied"  # RFC 3834, 5.2
AT_ONCE = 0.0  # seconds


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is marked as being sent. `since`: what it answers; the longer it has waited
    from then on, the longer it waits, between `shortest` and `longest` seconds.

    `settle(t, state, why)` keeps its state: QUEUED to be tried again, else the end of it.
    """

    conversation: Conversation
    connector: Connector
    message: OutboundMessage
    since: datetime
    shortest: float
    longest: float
    settle: Callable[[Transaction, ReplyState, str], Awaitable[None]]


def message_of(
    key: str,
    conversation: Conversation,
    connector: Connector,
    text: str,
    *,
    answering: InboundMessage | None,
    at: datetime,
) -> OutboundMessage:
    """The message, to the conversation's client alone, marked as no person's."""
    return OutboundMessage(
        key=key,
        external_id=connector.external_id(key),
        channel_id=conversation.channel_id,
        recipient=conversation.recipient,
        author="",
        text=text,
        entities=(),
        files=(),
        subject=conversation.subject,
        answering=answering,
        written_at=at,
        only_sender=True,
        automatic=AUTOMATIC,
    )


async def send_letter(inbox: Inbox, claim: Claim, letter: Letter) -> None:
    """Send it, settle it, and acknowledge the job or put it off."""
    result = await send_once(letter.connector, letter.message)
    async with inbox.store.begin(durable=True) as t:
        conversation = await t.conversation(letter.conversation.id)
        t.after_commit(partial(inbox.meter.tried, conversation.channel_id, result))
        after: float | None = None
        match result:
            case Receipt():
                ids = result.thread_ids
                await t.learn_threads(conversation.channel_id, conversation.id, ids)
                await letter.settle(t, ReplyState.SENT, "")
            case SendDeferred():
                await letter.settle(t, ReplyState.QUEUED, str(result))
                moved = await followed(inbox, t, conversation, result)
                after = AT_ONCE if moved else _pause(inbox, letter, result)
            case SendUncertain():
                await letter.settle(t, ReplyState.UNCERTAIN, str(result))
            case _:
                await noticed(inbox, t, conversation, result)
                await letter.settle(t, ReplyState.REJECTED, str(result))
        if after is None:
            await t.finish(claim)
        else:
            await t.retry(claim, after=after, counted=False)


def _pause(inbox: Inbox, letter: Letter, error: SendDeferred) -> float:
    """Seconds."""
    if error.retry_after is not None:
        return pause(error, 1)
    waited = (inbox.clock.now() - letter.since).total_seconds()
    return min(letter.longest, max(letter.shortest, waited / 2))
