"""Prices and deadlines that are named to clients: offered, agreed for them, withdrawn."""

from __future__ import annotations

import secrets
from dataclasses import replace

from inbox.auditing import instant
from inbox.carrying import refused_change
from inbox.channels import ShowsChoices
from inbox.due_dates import MOST, promised_by
from inbox.errors import Fault
from inbox.flow import queue_new
from inbox.holding import terms_of
from inbox.inbox import Inbox
from inbox.internal_notes import is_note
from inbox.jobs import MarkAgreed
from inbox.model import Conversation, Manager
from inbox.outgoing import outgoing_of
from inbox.ports import Claim, Deed, DeskRef, Entry, Reply, ReplyState, Transaction
from inbox.quoted import (
    CHOICE,
    QUOTING,
    agreed,
    chosen,
    language_in,
    reply_with,
    settle,
    takes_choices,
)
from inbox.settling import withdrawn
from inbox.work_records import PriceItem, Quote, QuoteState, Task

__all__ = [
    "CHOICE",
    "MOST",
    "QUOTING",
    "agree",
    "chosen",
    "mark_agreed",
    "offer",
    "preview",
    "promised_by",
    "withdraw",
]

SECRET = 16  # random bytes that the client's button carries


async def preview(
    inbox: Inbox, conversation_id: int, item: PriceItem, by: Manager
) -> tuple[Quote, str]:
    """What `offer` would make of it now, and the client's text; nothing is stored or sent."""
    async with inbox.store.begin() as t:
        conversation = await t.conversation(conversation_id)
        return await _drafted(inbox, t, conversation, item, by)


async def offer(
    inbox: Inbox,
    conversation_id: int,
    item: PriceItem,
    by: Manager,
    *,
    key: str,
    message_id: int | None,
    text: str | None = None,
    desk_ref: DeskRef | None = None,
) -> Quote | None:
    """Name the price and the date to the client by a reply of `by`; `text`: in other words.

    `key`: of the press or the message that said so. Known already: the quote of then while it is
    open, else None. `message_id`: the client's message that it answers. `desk_ref`: the message
    on the desk under which it is told what becomes of the reply. None also for words that are an
    internal note's.
    """
    if is_note(text or ""):
        return None
    async with inbox.store.begin() as t:
        conversation = await t.conversation(conversation_id, with_client=True)
        drafted, words = await _drafted(inbox, t, conversation, item, by)
        answers = message_id or await t.newest_message(conversation_id)
        quote = await t.add_quote(replace(drafted, key=key, message_id=answers))
        if quote is None:
            open_ = await t.open_quotes(conversation_id)
            return next((one for one in open_ if one.key == key), None)
        draft = Reply(
            f"{QUOTING}{quote.id}:{key}",
            conversation_id,
            by.id,
            words if text is None else text,
            quote.made_at,
            message_id=answers,
            desk_ref=desk_ref,
        )
        await queue_new(inbox, t, draft)
        await t.log([_named(quote)])
    return quote


async def _drafted(
    inbox: Inbox, t: Transaction, conversation: Conversation, item: PriceItem, by: Manager
) -> tuple[Quote, str]:
    now, hours = inbox.clock.now(), (await terms_of(inbox, t, conversation)).calendar.hours
    quote = Quote(
        key="",
        conversation_id=conversation.id,
        author_id=by.id,
        title=item.title,
        price=item.price,
        currency=item.currency,
        within=item.within,
        made_at=now,
        due_at=promised_by(hours, now, item.within),
        secret=secrets.token_urlsafe(SECRET),
        item_id=item.id or None,
    )
    language = await language_in(inbox, t, conversation.id)
    button = takes_choices(inbox, conversation.channel_id)
    return quote, inbox.letters.quote(language, quote, now=now, zone=hours.zone, button=button)


def _named(quote: Quote) -> Entry:
    after = f"{instant(quote.due_at)} {quote.title}: {quote.price} {quote.currency}"
    talk, by_id = quote.conversation_id, quote.author_id
    return Entry(quote.made_at, Deed.QUOTED, by_id, talk, manager_id=by_id, after=after)


async def agree(inbox: Inbox, quote_id: int, by: Manager) -> Task | None:
    """The client told this member so, by telephone or in other words: what is to be done. None
    where the quote was settled before."""
    now = inbox.clock.now()
    known, _ = await _known(inbox, quote_id)
    if known is None:
        return None
    async with inbox.store.begin() as t:
        conversation = await t.conversation(known.conversation_id)
        quote = await _if_open(t, quote_id)
        if quote is None:
            return None
        _, task = await agreed(inbox, t, conversation, quote, at=now, by_id=by.id)
    return task


async def withdraw(inbox: Inbox, quote_id: int, by: Manager) -> Quote | None:
    """It is no longer offered: the client's button goes away, and what has not gone out yet does
    not go. None where the quote was settled before."""
    now = inbox.clock.now()
    known, draft = await _known(inbox, quote_id)
    if known is None:
        return None
    async with inbox.store.begin() as t:
        # A reply is locked before its conversation, as where it is sent.
        draft = await t.reply(draft.id) if draft is not None else None
        conversation = await t.conversation(known.conversation_id)
        quote = await _if_open(t, quote_id)
        if quote is None:
            return None
        gone = replace(quote, state=QuoteState.WITHDRAWN, settled_at=now)
        await settle(inbox, t, conversation, gone, by.id)
        if draft is not None and draft.state is ReplyState.QUEUED:
            await withdrawn(t, draft, by.id, now)
    return gone


async def _known(inbox: Inbox, quote_id: int) -> tuple[Quote | None, Reply | None]:
    """The quote and its reply, to know what to lock: a conversation comes before its quotes, as
    where a message is filed."""
    async with inbox.store.begin() as t:
        quote = await t.quote(quote_id)
        return quote, (await reply_with(t, quote) if quote is not None else None)


async def _if_open(t: Transaction, quote_id: int) -> Quote | None:
    quote = await t.quote(quote_id)
    return quote if quote is not None and quote.state is QuoteState.OFFERED else None


# --- at the client's ------------------------------------------------------------------------


async def mark_agreed(inbox: Inbox, claim: Claim, job: MarkAgreed) -> None:
    """Take the button of a settled quote away, and say below what became of it; what cannot be
    changed any more stays as it is, and its button says the same."""
    _, draft = await _known(inbox, job.quote_id)
    if draft is not None and draft.state is ReplyState.SENT and draft.sent_as:
        await _redraw(inbox, draft)
    async with inbox.store.begin() as t:
        await t.finish(claim)


async def _redraw(inbox: Inbox, draft: Reply) -> None:
    async with inbox.store.begin() as t:
        outgoing = await outgoing_of(inbox, t, draft.id)
    connector = inbox.connectors.get(outgoing.conversation.channel_id)
    if not isinstance(connector, ShowsChoices):
        return
    longer = outgoing.message(connector, ())
    refused = await refused_change(connector.edit(longer, draft.sent_as))
    if refused is not None and refused.fault is Fault.TOO_LARGE:
        as_it_was = replace(outgoing, ending="").message(connector, ())
        await refused_change(connector.edit(as_it_was, draft.sent_as))
