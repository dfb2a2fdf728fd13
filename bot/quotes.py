"""Quotes as their manager sees them: before they go out, and what becomes of them."""

from __future__ import annotations

from datetime import datetime

from bot.access import Visit
from bot.buttons import Button
from bot.card_lines import client_name
from bot.cards import CardView
from bot.price_lists import money, within_words
from bot.rich import Rich, joined, one_line
from bot.task_buttons import TaskButton, TaskDeed
from bot.template_buttons import ListDeed, PriceButton, QuoteButton, QuoteDeed
from bot.texts import Say
from bot.wording import moment, zone_of
from inbox.model import Conversation, Manager
from inbox.work_records import Quote, QuoteState

TITLE_LIMIT = 120  # UTF-16 units


def preview(
    say: Say,
    name: str,
    quote: Quote,
    words: str,
    button: PriceButton,
    *,
    reader: Manager,
    warning: str = "",
    hint: str = "",
) -> CardView:
    """The price, the date if the client agrees now, and what the client reads. `warning`: why it
    may be better not sent. `hint`: what the words should say beside."""
    head = Rich(say("To {client}:", client=name)).styled("bold")
    how = Rich(say("Reply to this message with other words: price and date stay with the answer."))
    text = Rich(words).styled("blockquote")
    warned = Rich(warning).styled("bold")

    def to(said: str, deed: ListDeed, style: str | None = None) -> Button:
        return Button(said, button.model_copy(update={"deed": deed}), style)

    if warning:
        send = to(say("Send anyway"), ListDeed.ANYWAY, "danger")
    else:
        send = to(say("Send"), ListDeed.SEND, "success")
    back = (to(say("← Back"), ListDeed.USE), to(say("Cancel"), ListDeed.CANCEL))
    about = Rich(terms(say, quote, reader, quote.made_at))
    parts = [head, about, text, warned, Rich(hint), how]
    return CardView(joined(parts, "\n\n"), ((send,), back))


def terms(say: Say, quote: Quote, reader: Manager, now: datetime) -> str:
    """ "💰 Change the phone: 500 ₽, 2 working hours → tomorrow at 11:00"."""
    price = money(say, quote.price, quote.currency)
    within = within_words(say, quote.within)
    said = f"💰 {one_line(quote.title, TITLE_LIMIT)}: {price}, {within}"
    if quote.due_at is None:
        return said
    return f"{said} → {moment(say, quote.due_at, now, zone_of(reader))}"


def quote_view(
    say: Say, name: str, quote: Quote, reader: Manager, now: datetime, *, sure: bool = False
) -> CardView:
    """What was offered to whom, and what became of it; with `sure` the question whether it is to
    be withdrawn."""
    about = Rich(terms(say, quote, reader, now))
    if quote.state is not QuoteState.OFFERED:
        head = Rich(_settled(say, name, quote)).styled("bold")
        return CardView(joined([head, about]), _task_row(say, quote))
    head = Rich(say("Offered to {client}", client=name)).styled("bold")

    def to(said: str, deed: QuoteDeed, style: str | None = None) -> Button:
        return Button(said, QuoteButton(deed=deed, quote_id=quote.id), style)

    if sure:
        asked = Rich(say("Withdraw it? The client can no longer agree then."))
        row = (
            to(say("Withdraw the offer"), QuoteDeed.WITHDRAW, "danger"),
            to(say("Leave it"), QuoteDeed.LEAVE),
        )
        return CardView(joined([head, about, asked]), (row,))
    row = (
        to(say("Agreed by phone → task"), QuoteDeed.AGREED),
        to(say("Withdraw the offer"), QuoteDeed.ASK_WITHDRAW),
    )
    return CardView(joined([head, about]), (row,))


def offered_view(visit: Visit, conversation: Conversation, quote: Quote) -> CardView:
    """The same for who is at the desk."""
    now = visit.inbox.clock.now()
    return quote_view(visit.say, client_name(conversation), quote, visit.me, now)


def _settled(say: Say, name: str, quote: Quote) -> str:
    match quote.state:
        case QuoteState.AGREED:
            return say("✅ {client} agreed", client=name)
        case QuoteState.DECLINED:
            return say("{client} declined", client=name)
        case _:
            return say("The offer to {client} was withdrawn", client=name)


def agreed_view(say: Say, name: str, quote: Quote, reader: Manager, now: datetime) -> CardView:
    """The note that a client agreed, with the way to the task."""
    head = Rich(say("✅ {client} agreed", client=name)).styled("bold")
    return CardView(joined([head, Rich(terms(say, quote, reader, now))]), _task_row(say, quote))


def _task_row(say: Say, quote: Quote) -> tuple[tuple[Button, ...], ...]:
    if quote.task_id is None:
        return ()
    button = TaskButton(deed=TaskDeed.OPEN, task_id=quote.task_id)
    return ((Button(say("Task"), button),),)
