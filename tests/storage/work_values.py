"""Values of a manager's day that say something about every field of theirs."""

from decimal import Decimal

from inbox.work_records import (
    Horizon,
    InternalNote,
    PriceItem,
    Quote,
    Task,
    Template,
    Unit,
    Within,
)
from tests.storage.values import at


def note(conversation_id: int, author_id: int, **more: object) -> InternalNote:
    fields = {"key": "n", "text": "Просит скидку", "written_at": at(1), **more}
    return InternalNote(
        conversation_id=conversation_id,
        author_id=author_id,
        **fields,  # type: ignore[arg-type]  # fields of a test
    )


def template(by_id: int, **more: object) -> Template:
    fields = {"title": "Привет", "text": "{client}, добрый день!", "language": "ru", **more}
    return Template(by_id=by_id, **{"changed_at": at(1), **fields})  # type: ignore[arg-type]  # fields of a test


def price_item(by_id: int, **more: object) -> PriceItem:
    fields = {
        "title": "Телефон в шапке",
        "price": Decimal("500.10"),
        "currency": "₽",
        "within": Within(2, Unit.HOURS),
        "changed_at": at(1),
        **more,
    }
    return PriceItem(by_id=by_id, **fields)  # type: ignore[arg-type]  # fields of a test


def quote(conversation_id: int, author_id: int, **more: object) -> Quote:
    fields = {
        "key": "q",
        "title": "Телефон в шапке",
        "price": Decimal("500.10"),
        "currency": "₽",
        "within": Within(2, Unit.DAYS),
        "made_at": at(1),
        "due_at": at(99),
        "secret": "s3cret",
        **more,
    }
    return Quote(
        conversation_id=conversation_id,
        author_id=author_id,
        **fields,  # type: ignore[arg-type]  # fields of a test
    )


def task(client_id: int, made_by_id: int, **more: object) -> Task:
    fields = {
        "key": "t",
        "title": "Поменять телефон",
        "horizon": Horizon.NOW,
        "made_at": at(1),
        **more,
    }
    return Task(client_id=client_id, made_by_id=made_by_id, **fields)  # type: ignore[arg-type]  # fields of a test
