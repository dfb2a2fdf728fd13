"""What a manager's day is made of as rows, and back."""

from __future__ import annotations

from typing import Any

from inbox.records import DeskRef
from inbox.work_records import (
    Horizon,
    InternalNote,
    PriceItem,
    Quote,
    QuoteState,
    Task,
    Template,
    Unit,
    Within,
)
from storage.codec import Cells, attachments_of, entities_of, written_row
from storage.day_tables import internal_note, price_item, quote, task, template

# The columns of a value, in the order in which its `..._of` below reads them.
NOTE = tuple(internal_note.c)
TEMPLATE = tuple(template.c)
PRICE_ITEM = tuple(price_item.c)
QUOTE = tuple(quote.c)
TASK = tuple(task.c)


def note_row(one: InternalNote) -> dict[str, Any]:
    """All but the id."""
    return {
        **written_row(one),
        "mentions": list(one.mentions),
        "edited_at": one.edited_at,
    }


def note_of(cells: Cells) -> InternalNote:
    id_, key, conversation_id, author_id, text, written_at, entities, attachments, *rest = cells
    message_id, account, chat_id, desk_message_id, mentions, edited_at = rest
    ref = None if account is None else DeskRef(account, chat_id, desk_message_id)
    return InternalNote(
        key=key,
        conversation_id=conversation_id,
        author_id=author_id,
        text=text,
        written_at=written_at,
        entities=entities_of(entities),
        attachments=attachments_of(attachments),
        message_id=message_id,
        desk_ref=ref,
        mentions=tuple(mentions),
        edited_at=edited_at,
        id=id_,
    )


def template_row(one: Template) -> dict[str, Any]:
    """All but the id."""
    return {
        "title": one.title,
        "text": one.text,
        "language": one.language,
        "by_id": one.by_id,
        "changed_at": one.changed_at,
        "dropped_at": one.dropped_at,
    }


def template_of(cells: Cells) -> Template:
    return Template(*cells[1:], *cells[:1])


def price_item_row(one: PriceItem) -> dict[str, Any]:
    """All but the id."""
    return {
        "title": one.title,
        "price": one.price,
        "currency": one.currency,
        "within_amount": one.within.amount,
        "within_unit": one.within.unit.value,
        "by_id": one.by_id,
        "changed_at": one.changed_at,
        "dropped_at": one.dropped_at,
    }


def price_item_of(cells: Cells) -> PriceItem:
    id_, title, price, currency, amount, unit, *rest = cells
    return PriceItem(title, price, currency, Within(amount, Unit(unit)), *(*rest, id_))


def quote_row(one: Quote) -> dict[str, Any]:
    """All but the id."""
    return {
        "key": one.key,
        "conversation_id": one.conversation_id,
        "author_id": one.author_id,
        "title": one.title,
        "price": one.price,
        "currency": one.currency,
        "within_amount": one.within.amount,
        "within_unit": one.within.unit.value,
        "made_at": one.made_at,
        "due_at": one.due_at,
        "secret": one.secret,
        "message_id": one.message_id,
        "item_id": one.item_id,
        "state": one.state.value,
        "settled_at": one.settled_at,
        "task_id": one.task_id,
    }


def quote_of(cells: Cells) -> Quote:
    id_, key, conversation_id, author_id, title, price, currency, amount, unit, *rest = cells
    made_at, due_at, secret, message_id, item_id, state, settled_at, task_id = rest
    return Quote(
        key=key,
        conversation_id=conversation_id,
        author_id=author_id,
        title=title,
        price=price,
        currency=currency,
        within=Within(amount, Unit(unit)),
        made_at=made_at,
        due_at=due_at,
        secret=secret,
        message_id=message_id,
        item_id=item_id,
        state=QuoteState(state),
        settled_at=settled_at,
        task_id=task_id,
        id=id_,
    )


def task_row(one: Task) -> dict[str, Any]:
    """All but the id."""
    return {
        "key": one.key,
        "client_id": one.client_id,
        "title": one.title,
        "horizon": one.horizon.value,
        "made_by_id": one.made_by_id,
        "made_at": one.made_at,
        "due_at": one.due_at,
        "conversation_id": one.conversation_id,
        "message_id": one.message_id,
        "quote_id": one.quote_id,
        "done_at": one.done_at,
        "done_by_id": one.done_by_id,
        "told_at": one.told_at,
        "dropped_at": one.dropped_at,
    }


def task_of(cells: Cells) -> Task:
    id_, key, client_id, title, horizon, *rest = cells
    return Task(key, client_id, title, Horizon(horizon), *(*rest, id_))
