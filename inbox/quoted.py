"""A quote that was made: the reply that names it, the client's word to it, and what follows."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inbox.agreeing import agrees
from inbox.channels import ShowsChoices
from inbox.due_dates import promised_by
from inbox.holding import terms_of
from inbox.inbox import Inbox
from inbox.jobs import MarkAgreed
from inbox.model import (
    Choice,
    Chosen,
    Conversation,
    InboundMessage,
    Manager,
    Nature,
    ReferenceKind,
)
from inbox.noting import note
from inbox.ports import Deed, Entry, Placing, Reply, ReplyState, Transaction
from inbox.queueing import lane_of_replies, show_outcome
from inbox.task_keeping import keep_new
from inbox.work_records import Horizon, Quote, QuoteState, Task

QUOTING = "quote:"  # how the key of a reply begins that names a price and a deadline
CHOICE = "okq:"  # how the data of the client's button begins
_DATA = re.compile(r"okq:([0-9]{1,15}):([A-Za-z0-9_-]{1,40})", re.ASCII)
_KEY = re.compile(r"quote:([0-9]{1,15}):.*", re.ASCII | re.DOTALL)
_ANSWERS = frozenset({Nature.PERSON, Nature.THANKS})


# --- the message at the client's ------------------------------------------------------------


def takes_choices(inbox: Inbox, channel_id: str) -> bool:
    """Whether a client can agree by a button there."""
    return isinstance(inbox.connectors.get(channel_id), ShowsChoices)


async def language_in(inbox: Inbox, t: Transaction, conversation_id: int) -> str:
    """The client's language; "" where the client has not written yet."""
    newest = await t.newest_message(conversation_id)
    return "" if newest is None else inbox.letters.language_of((await t.card(newest)).message)


async def below(
    inbox: Inbox, t: Transaction, draft: Reply, conversation: Conversation
) -> tuple[tuple[Choice, ...], str]:
    """What stands below a reply that names a quote, where the channel has buttons: the button
    while it is offered, then words on what became of it. Nothing below any other reply."""
    quote = await quote_in(t, draft)
    if quote is None or not takes_choices(inbox, conversation.channel_id):
        return (), ""
    language = await language_in(inbox, t, conversation.id)
    if quote.state is QuoteState.OFFERED:
        data = f"{CHOICE}{quote.id}:{quote.secret}"
        return (Choice(inbox.letters.agree(language), data),), ""
    zone = (await terms_of(inbox, t, conversation)).calendar.hours.zone
    return (), inbox.letters.settled(language, quote, zone)


async def quote_in(t: Transaction, draft: Reply) -> Quote | None:
    """The quote that the reply names; locked."""
    found = _KEY.fullmatch(draft.key)
    return await t.quote(int(found[1])) if found is not None else None


async def reply_with(t: Transaction, quote: Quote) -> Reply | None:
    """The reply that names the quote."""
    begins = f"{QUOTING}{quote.id}:"
    replies = await t.replies(quote.conversation_id, quote.made_at)
    return next((one for one in replies if one.key.startswith(begins)), None)


# --- the client's word ----------------------------------------------------------------------


async def chosen(inbox: Inbox, t: Transaction, event: Chosen) -> str:
    """A button below a message of ours was pressed; what to tell who pressed it, "" for nothing.

    Only who is nobody of the studio's agrees, and only where the quote was named.
    """
    found = _DATA.fullmatch(event.data)
    conversation = await t.conversation_for(event.channel_id, (event.thread_id,))
    if found is None or conversation is None:
        return ""
    language = await language_in(inbox, t, conversation.id)
    member = _of_ours(event, await t.staff())
    if member is not None:
        return inbox.letters.only_clients(member.language)
    quote = await t.quote(int(found[1]))
    if quote is None or quote.conversation_id != conversation.id:
        return ""
    if not hmac.compare_digest(quote.secret, found[2]):
        return ""
    if quote.state is QuoteState.OFFERED:
        at = min(event.at, inbox.clock.now())
        quote, _ = await agreed(inbox, t, conversation, quote, at=at)
    zone = (await terms_of(inbox, t, conversation)).calendar.hours.zone
    return inbox.letters.settled(language, quote, zone)


def _of_ours(event: Chosen, staff: Sequence[Manager]) -> Manager | None:
    """A member, or who was one: they may sit in a client's group."""
    return next((one for one in staff if str(one.telegram_id) == event.by.address), None)


async def said(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    message: InboundMessage,
    placed: Placing,
) -> Task | None:
    """A message of the client that only agrees, where one quote is open and it can only mean
    that: agreed."""
    doubtful = placed.guessed or message.warnings or message.attachments
    if message.nature not in _ANSWERS or doubtful or not agrees(message.text):
        return None
    open_ = [(one, await reply_with(t, one)) for one in await t.open_quotes(conversation.id)]
    if len(open_) != 1 or not await _is_the_clients(t, conversation, message):
        return None
    quote, draft = open_[0]
    if draft is None or not await _means(inbox, t, message, draft):
        return None
    # What was sent is settled only behind the conversation's lock, which is held here. A mail by
    # a clock that is slow answers no sooner than it was asked.
    at = max(message.sent_at, draft.sent_at or message.sent_at)
    _, task = await agreed(inbox, t, conversation, quote, at=at)
    return task


async def _is_the_clients(
    t: Transaction, conversation: Conversation, message: InboundMessage
) -> bool:
    if message.place is not None or message.sender == conversation.recipient:
        return True
    known = await t.contact_of((message.sender,))
    return known is not None and known[0].id == conversation.client.id


async def _means(inbox: Inbox, t: Transaction, message: InboundMessage, draft: Reply) -> bool:
    """Whether it answers this reply: by its reference, else because nothing was said since."""
    if draft.state is not ReplyState.SENT or draft.sent_at is None:
        return False
    refers = message.refers
    if refers is not None and refers.external_id:
        sent_as = {one.partition("/")[0] for one in draft.sent_as}
        return refers.kind is ReferenceKind.OURS and refers.external_id in sent_as
    connector = inbox.connectors[message.channel_id]
    if connector.external_id(draft.key) in message.thread_ids[1:2]:
        return True
    sent = [
        one.sent_at
        for one in await t.replies(draft.conversation_id, draft.written_at)
        if one.state is ReplyState.SENT and one.sent_at is not None and one.id != draft.id
    ]
    if draft.sent_at > message.sent_at or any(at >= draft.sent_at for at in sent):
        return False
    return not await t.own_since(draft.conversation_id, draft.sent_at)


# --- what becomes of it ---------------------------------------------------------------------


async def agreed(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    quote: Quote,
    *,
    at: datetime,
    by_id: int | None = None,
) -> tuple[Quote, Task]:
    """The client agreed at `at`, or said so to the member `by_id`: what is to be done, by when
    counted from then. `conversation` and `quote` are locked, and the quote is offered."""
    hours = (await terms_of(inbox, t, conversation)).calendar.hours
    due_at = promised_by(hours, at, quote.within)
    task = await keep_new(
        t,
        Task(
            key=f"{QUOTING}{quote.id}",
            client_id=conversation.client.id,
            title=quote.title,
            horizon=Horizon.NOW,
            made_by_id=quote.author_id if by_id is None else by_id,
            made_at=inbox.clock.now(),
            due_at=due_at,
            conversation_id=conversation.id,
            message_id=quote.message_id,
            quote_id=quote.id,
        ),
        by_id=by_id,
    )
    settled = replace(
        quote, state=QuoteState.AGREED, settled_at=at, due_at=due_at, task_id=task.id
    )
    await settle(inbox, t, conversation, settled, by_id)
    text, cause = str(quote.id), f"quote {quote.id}"
    await note(inbox, t, conversation, "agreed", text, cause=cause, besides=by_id)
    return settled, task


async def settle(
    inbox: Inbox, t: Transaction, conversation: Conversation, quote: Quote, by_id: int | None
) -> None:
    """Keep what became of the quote; its button goes away, and what offered it on the desk says
    so."""
    await keep_settled(inbox.clock.now(), t, quote, by_id)
    draft = await reply_with(t, quote)
    if draft is not None:
        await show_outcome(t, draft, cause=f":quote-{quote.state}")
    if takes_choices(inbox, conversation.channel_id):
        lane = lane_of_replies(conversation.id)
        await t.put(MarkAgreed(quote.id), key=f"settled:{quote.id}", lane=lane)


async def keep_settled(now: datetime, t: Transaction, quote: Quote, by_id: int | None) -> None:
    """Store it, and say so in the log."""
    await t.save_quote(quote)
    talk, whom, after = (
        quote.conversation_id,
        quote.author_id,
        f"quote-{quote.state} {quote.title}",
    )
    await t.log([Entry(now, Deed.QUOTE_SETTLED, by_id, talk, manager_id=whom, after=after)])


async def gone_with(t: Transaction, draft: Reply, by_id: int | None, now: datetime) -> None:
    """The client does not have this reply after all: what it named is no longer offered."""
    quote = await quote_in(t, draft)
    if quote is not None and quote.state is QuoteState.OFFERED:
        gone = replace(quote, state=QuoteState.WITHDRAWN, settled_at=now)
        await keep_settled(now, t, gone, by_id)
