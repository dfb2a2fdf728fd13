"""A line of the price list that is chosen while typing is a quote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.desk_world import BOT, CLIENT, DeskWorld, button, desk_world, labels, taken
from tests.bot.screens import add_item, at_client, now_says, said
from tests.bot.studio import OLGA

PHONE = "Заменить телефон в шапке"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def test_a_line_of_the_price_list_by_inline_mode_is_a_quote(desk: DeskWorld) -> None:
    await add_item(desk, PHONE)
    card = await taken(desk)
    me = OLGA.telegram_id
    results = (await desk.people.types_inline(me, BOT, "телефон"))["results"]
    assert [one["id"] for one in results] == ["p1"]
    desk.people.chooses(me, BOT, "p1", reply_to=card["message_id"])
    there = await desk.sees(CLIENT, f"{PHONE}: 500\u00a0₽")
    assert labels(there) == ["Согласен"]
    hers = await said(desk, OLGA, "Предложено: Анна")
    await desk.people.presses(CLIENT, BOT, there["message_id"], button(there, "Согласен"))
    settled = await now_says(desk, hers, "✅ Согласие получено: Анна")
    assert labels(settled) == ["Задача"]
    assert len(at_client(desk)) == 1


async def test_the_same_without_a_card_is_asked_about_first(desk: DeskWorld) -> None:
    await add_item(desk, PHONE)
    await taken(desk)
    me = OLGA.telegram_id
    await desk.people.types_inline(me, BOT, "телефон")
    desk.people.chooses(me, BOT, "p1")
    question = await said(desk, OLGA, "Это пока никому не ушло.")
    await desk.presses(OLGA, question, "Анна · 💬 Telegram")
    await now_says(desk, question, "Предложено: Анна")
    await desk.sees(CLIENT, f"{PHONE}: 500\u00a0₽")
