"""The price list, kept by the members in the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.template_buttons import ListDeed, PriceButton
from inbox.model import Manager
from inbox.work_records import Unit, Within
from tests.bot.desk_world import (
    BOT,
    DeskWorld,
    desk_world,
)
from tests.bot.screens import (
    add_item,
    now_says,
    said,
)
from tests.bot.studio import IVAN, OLGA

PHONE = "Заменить телефон в шапке"
LINE = f"💰 {PHONE}: 500\u00a0₽, 2 рабочих часа"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def items(desk: DeskWorld) -> list[tuple[str, Decimal, str, Within]]:
    async with desk.inbox.store.begin() as t:
        found = await t.price_items()
    return [(one.title, one.price, one.currency, one.within) for one in found]


async def asked(desk: DeskWorld, by: Manager = OLGA) -> dict[str, Any]:
    """The question for new items."""
    desk.people.says(by.telegram_id, BOT, "/prices")
    listed = await said(desk, by, "Прайс")
    await desk.presses(by, listed, "➕ Новая позиция")
    return await said(desk, by, "работа, цена и срок")


async def test_each_line_is_an_item_and_wrong_ones_are_said(desk: DeskWorld) -> None:
    question = await asked(desk)
    words = f"{PHONE}: 500 ₽, 2 часа\nЛендинг: 45 000, 10 рабочих дней\nПросто так"
    desk.people.says(OLGA.telegram_id, BOT, words, reply_to=question["message_id"])
    told = await said(desk, OLGA, "Строка 3")
    assert LINE in told["text"]
    assert "💰 Лендинг: 45\u00a0000\u00a0₽, 10 рабочих дней" in told["text"]
    assert "Новых: 2 · не принято: 1" in told["text"]
    assert "Строка 3: строка не вида «работа: цена, срок»" in told["text"]
    assert await items(desk) == [
        (PHONE, Decimal(500), "₽", Within(2, Unit.HOURS)),
        ("Лендинг", Decimal(45000), "₽", Within(10, Unit.DAYS)),
    ]
    # The same once more, in the answer to what was wrong, changes nothing.
    desk.people.says(OLGA.telegram_id, BOT, words, reply_to=told["message_id"])
    await said(desk, OLGA, "Уже есть: 2 · не принято: 1")
    assert len(await items(desk)) == 2


async def test_an_item_is_changed_by_who_may_and_deleted_with_a_minute_to_undo(
    desk: DeskWorld,
) -> None:
    await add_item(desk, PHONE)
    await add_item(desk, "Правка")
    refusal = "Изменить может только автор, руководитель или администратор."
    for deed in (ListDeed.EDIT, ListDeed.DROP):
        data = PriceButton(deed=deed, item_id=1).pack()
        assert await desk.presses_made_up(IVAN.telegram_id, data) == refusal
    data = PriceButton(deed=ListDeed.SHOW, item_id=77).pack()
    assert await desk.presses_made_up(IVAN.telegram_id, data) == "Этой позиции уже нет."

    desk.people.says(OLGA.telegram_id, BOT, "/prices")
    listed = await said(desk, OLGA, "Всего 2 позиции.")
    await desk.presses(OLGA, listed, f"{PHONE} · 500\u00a0₽")
    shown = await now_says(desk, listed, "автор: Ольга")
    await desk.presses(OLGA, shown, "Изменить")
    question = await said(desk, OLGA, f"{PHONE}: 500\u00a0₽, 2 рабочих часа")
    me = OLGA.telegram_id
    desk.people.says(me, BOT, "правка: 1 ₽, 1 час", reply_to=question["message_id"])
    again = await said(desk, OLGA, "позиция с таким названием уже есть")
    desk.people.says(me, BOT, "Телефон: 700, 1 день", reply_to=again["message_id"])
    await said(desk, OLGA, "700\u00a0₽, 1 рабочий день")

    await desk.presses(OLGA, shown, "Удалить")
    gone = await now_says(desk, listed, "«Телефон» — удалено.")
    await desk.presses(OLGA, gone, "Вернуть")
    shown = await now_says(desk, listed, "автор: Ольга")
    await desk.presses(OLGA, shown, "Удалить")
    gone = await now_says(desk, listed, "«Телефон» — удалено.")
    await desk.passes(timedelta(minutes=2))
    assert await desk.presses(OLGA, gone, "Вернуть") == "Отменить уже поздно."
    assert [one[0] for one in await items(desk)] == ["Правка"]
