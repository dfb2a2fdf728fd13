"""A reply as the message that a connector sends, and what is looked for and kept among the sent.

A channel that keeps what was sent (inbox.ports.KeepsSent) is asked twice: where it is uncertain
whether a reply went out, and some seconds after each sending, when the copy must be there.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from inbox import routing
from inbox.errors import Fault, SendDeferred, SendFailed, SendUncertain
from inbox.inbox import Inbox, load_files
from inbox.jobs import KeepCopy
from inbox.model import (
    Choice,
    Conversation,
    InboundMessage,
    LoadedFile,
    Manager,
    OutboundMessage,
    Receipt,
)
from inbox.ports import Claim, Connector, KeepsSent, Reply, ReplyState, Transaction
from inbox.quoted import below

log = logging.getLogger(__name__)

LOOK_WITHIN = 90.0  # seconds
NO_COPY_AFTER = timedelta(hours=24)
SECRET = 16  # random bytes of a personal link


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A stored reply with all that its message is made of; `ending` stands below its text."""

    draft: Reply
    conversation: Conversation
    answering: InboundMessage | None
    author: Manager | None
    telegram_link: str = ""
    choices: tuple[Choice, ...] = ()
    ending: str = ""

    def message(self, connector: Connector, files: Sequence[LoadedFile]) -> OutboundMessage:
        """The message, the same at every call."""
        parts = (self.draft.text, self.ending)
        return OutboundMessage(
            key=self.draft.key,
            external_id=connector.external_id(self.draft.key),
            channel_id=self.conversation.channel_id,
            recipient=self.conversation.recipient,
            author=self.author.name if self.author is not None else "",
            text="\n\n".join(one for one in parts if one),
            entities=self.draft.entities,
            files=tuple(files),
            subject=self.conversation.subject,
            answering=self.answering,
            written_at=self.draft.written_at,
            only_sender=self.draft.only_sender,
            telegram_link=self.telegram_link,
            choices=self.choices,
        )


async def outgoing_of(inbox: Inbox, t: Transaction, reply_id: int) -> Outgoing:
    """The reply, locked, and what belongs to it."""
    draft = await t.reply(reply_id)
    conversation = await t.conversation(draft.conversation_id)
    answering = None
    if draft.message_id is not None:
        answering = (await t.card(draft.message_id)).message
    author = routing.member(await t.staff(), draft.author_id)
    link = await _telegram_link(inbox, t, conversation, reply_id)
    choices, ending = await below(inbox, t, draft, conversation)
    return Outgoing(draft, conversation, answering, author, link, choices, ending)


async def _telegram_link(
    inbox: Inbox, t: Transaction, conversation: Conversation, reply_id: int
) -> str:
    """The recipient's own link for a mail, the same at each try and in its copy; "": none."""
    connector = inbox.connectors.get(conversation.channel_id)
    if not inbox.join_link or connector is None or connector.channel.kind != "email":
        return ""
    kept = await t.form(_link_form(reply_id))
    if kept is None:
        secret, now = secrets.token_urlsafe(SECRET), inbox.clock.now()
        kept = inbox.join_link + await t.personal_link(conversation.contact.id, secret, now)
        await t.save_form(_link_form(reply_id), kept)
    return kept


def _link_form(reply_id: int) -> str:
    return f"telegram_link:{reply_id}"


async def queue_copy(inbox: Inbox, t: Transaction, draft: Reply, channel_id: str) -> None:
    """Have a copy of what was sent kept, where the channel keeps copies."""
    connector = inbox.connectors.get(channel_id)
    if isinstance(connector, KeepsSent):
        lane, delay = f"copy:{draft.id}", connector.copy_after
        await t.put(KeepCopy(draft.id), key=f"copy:{draft.id}", lane=lane, delay=delay)
    elif inbox.join_link:
        await t.save_form(_link_form(draft.id), None)


async def found_sent(connector: Connector | None, outgoing: Outgoing) -> Receipt | None:
    """The receipt of a message that stands among the sent although no answer came; else None."""
    if connector is None or not isinstance(connector, KeepsSent):
        return None
    message = outgoing.message(connector, ())
    try:
        async with asyncio.timeout(LOOK_WITHIN):
            return await connector.look_for(message)
    except (SendFailed, TimeoutError) as error:
        log.warning("reply %s: not looked for: %s", message.key, error)
    except Exception:  # it stays uncertain, and the manager is asked
        log.exception("reply %s: looking for it failed", message.key)
    return None


async def send_once(connector: Connector, message: OutboundMessage) -> Receipt | SendFailed:
    """Send; the error as a value, whatever it was. Raises nothing."""
    try:
        return await connector.send(message)
    except SendFailed as error:
        return error
    except Exception as error:  # whatever it was, the message may be out
        log.exception("message %s: the connector failed", message.key)
        return SendUncertain(Fault.INTERRUPTED, type(error).__name__)


async def keep_copy(inbox: Inbox, claim: Claim, job: KeepCopy) -> None:
    """Look for a sent message, learn the ids it got on its way, keep a copy where none is."""
    async with inbox.store.begin() as t:
        outgoing = await outgoing_of(inbox, t, job.reply_id)
    channel_id = outgoing.conversation.channel_id
    connector = inbox.connectors.get(channel_id)
    found: Receipt | None = None
    if isinstance(connector, KeepsSent) and outgoing.draft.state is ReplyState.SENT:
        try:
            found = await _look_or_keep(inbox, connector, outgoing)
        except SendDeferred as error:
            if inbox.clock.now() - outgoing.draft.written_at < NO_COPY_AFTER:
                raise
            log.warning("reply %s: no copy was kept: %s", job.reply_id, error)
        except SendFailed as error:
            log.warning("reply %s: no copy can be kept: %s", job.reply_id, error)
    async with inbox.store.begin() as t:
        if found is not None:
            await t.learn_threads(channel_id, outgoing.conversation.id, found.thread_ids)
        if inbox.join_link:
            await t.save_form(_link_form(job.reply_id), None)
        await t.finish(claim)


async def _look_or_keep(inbox: Inbox, connector: KeepsSent, outgoing: Outgoing) -> Receipt | None:
    """Files are fetched again only where a copy must be made."""
    found = await connector.look_for(outgoing.message(connector, ()))
    if found is not None:
        return found
    files = await load_files(inbox, outgoing.draft.attachments, None, connector.origin)
    await connector.keep_copy(outgoing.message(connector, files))
    return None
