"""Templates and prices as files: handed out, looked at, and taken in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.lists_csv import LARGEST
from bot.template_buttons import TakeInButton
from inbox.model import Manager
from tests.bot.desk_world import BOT, DeskWorld, around, desk_world, labels, running
from tests.bot.screens import now_says, presses_under, said
from tests.bot.studio import HELEN, IVAN, OLGA

TEMPLATES = "Название;Язык;Текст\nПривет;ru;Здравствуйте, {client}!\nПлохой;ru;{имя}\n"
PRICES = "Work,Price,Deadline\nHeader phone,500 ₽,2 hours\nLanding,45000 ₽,10 days\n"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def asked(desk: DeskWorld, by: Manager, command: str, label: str) -> dict[str, Any]:
    """The question for a file."""
    desk.people.says(by.telegram_id, BOT, command)
    listed = await desk.until(
        lambda: next(
            (one for one in reversed(desk.chat(by.telegram_id)) if label in labels(one)), None
        )
    )
    await desk.presses(by, listed, label)
    return await said(desk, by, "CSV")


def sends(desk: DeskWorld, by: Manager, content: bytes, to: dict[str, Any], **more: Any) -> None:
    name = more.pop("name", "list.csv")
    desk.people.sends(
        by.telegram_id, BOT, "document", content, name, reply_to=to["message_id"], **more
    )


async def titles(desk: DeskWorld) -> list[str]:
    async with desk.inbox.store.begin() as t:
        known, items = await t.templates(), await t.price_items()
    return [*(one.title for one in known), *(one.title for one in items)]


async def test_a_file_is_looked_at_before_it_changes_anything(tmp_path: Path) -> None:
    async with around(tmp_path) as there:
        async with running(there) as desk:
            question = await asked(desk, OLGA, "/templates", "⬆ Из файла")
            sends(desk, OLGA, TEMPLATES.encode("cp1251"), question)
            found = await said(desk, OLGA, "Новых: 1 · не принято: 1")
            assert "Строка 3: нет такой подстановки: {имя}" in found["text"]
            assert await titles(desk) == []
        async with running(there) as desk:
            take = TakeInButton(take=True).pack()
            refused = await presses_under(desk, IVAN, found, take)
            assert refused == "Это решает тот, кто прислал файл."
            await desk.presses(OLGA, found, "Принять")
            await now_says(desk, found, "✅ Принято.\nНовых: 1 · не принято: 1")
            assert await titles(desk) == ["Привет"]
            assert await presses_under(desk, OLGA, found, take) == "Это уже решено."


async def test_what_is_handed_out_is_taken_in_as_the_same(desk: DeskWorld) -> None:
    question = await asked(desk, HELEN, "/prices", "⬆ From a file")
    sends(desk, HELEN, PRICES.encode(), question)
    await desk.presses(HELEN, await said(desk, HELEN, "New: 2"), "Take it in")
    await said(desk, HELEN, "✅ Taken in.")
    desk.people.says(OLGA.telegram_id, BOT, "/prices")
    listed = await said(desk, OLGA, "Всего 2 позиции.")
    await desk.presses(OLGA, listed, "⬇ В файл")
    sent = await desk.until(
        lambda: next((one for one in desk.chat(OLGA.telegram_id) if "document" in one), None)
    )
    assert sent["document"]["file_name"] == "prices.csv"
    content = desk.world.files.find(BOT, sent["document"]["file_id"]).bytes()
    assert content.decode("utf-8-sig").splitlines() == [
        "Работа;Цена;Валюта;Срок",
        "Header phone;500;₽;2 рабочих часа",
        "Landing;45000;₽;10 рабочих дней",
    ]
    question = await asked(desk, OLGA, "/prices", "⬆ Из файла")
    sends(desk, OLGA, content, question)
    told = await said(desk, OLGA, "Уже есть: 2")
    assert "Принимать нечего." in told["text"]
    # Another's item is not changed by a file either.
    changed = content.replace(b"45000", b"1")
    sends(desk, OLGA, changed, told)
    await said(desk, OLGA, "Строка 3: изменить может только автор")
    assert await titles(desk) == ["Header phone", "Landing"]


async def test_cancel_changes_nothing(desk: DeskWorld) -> None:
    question = await asked(desk, HELEN, "/prices", "⬆ From a file")
    sends(desk, HELEN, PRICES.encode(), question)
    await desk.presses(HELEN, await said(desk, HELEN, "New: 2"), "Cancel")
    await said(desk, HELEN, "Nothing was changed.")
    assert await titles(desk) == []


async def test_what_is_no_list_is_refused_and_can_be_sent_anew(desk: DeskWorld) -> None:
    question = await asked(desk, OLGA, "/templates", "⬆ Из файла")
    desk.people.says(OLGA.telegram_id, BOT, TEMPLATES, reply_to=question["message_id"])
    question = await said(desk, OLGA, "Здесь нужен файл")
    sends(desk, OLGA, b"PK\x03\x04\x00", question, name="list.xlsx")
    question = await said(desk, OLGA, "Это не текст")
    sends(desk, OLGA, b"", question, size=LARGEST + 1)
    question = await said(desk, OLGA, "Не удалось прочитать файл")
    sends(desk, OLGA, PRICES.encode(), question)
    question = await said(desk, OLGA, "не хватает: title, text")
    sends(desk, OLGA, TEMPLATES.encode("utf-16"), question)
    await said(desk, OLGA, "Новых: 1")
