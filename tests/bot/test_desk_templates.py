"""Templates, kept by the members in the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.template_buttons import ListDeed, TemplateButton, TemplateLanguageButton
from inbox import routing
from inbox.model import Manager, Role
from tests.bot.desk_world import (
    BOT,
    NEWCOMER,
    DeskWorld,
    around,
    button,
    desk_world,
    labels,
    running,
)
from tests.bot.screens import (
    add_templates,
    now_says,
    said,
    showing,
)
from tests.bot.studio import HELEN, IVAN, OLGA

HELLO = "Приветствие\nЗдравствуйте, {client}! Меня зовут {manager}."


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def added(desk: DeskWorld, words: str = HELLO, by: Manager = OLGA) -> dict[str, Any]:
    """A template that a member wrote; the message that shows it."""
    desk.people.says(by.telegram_id, BOT, "/templates")
    listed = await said(desk, by, "@studio_bot")
    await desk.presses(by, listed, labels(listed)[-3 if len(labels(listed)) > 3 else 0])
    asked = await said(desk, by, "{opening}")
    desk.people.says(by.telegram_id, BOT, words, reply_to=asked["message_id"])
    return await said(desk, by, words.partition("\n")[2])


async def kept(desk: DeskWorld) -> list[tuple[str, str, str]]:
    async with desk.inbox.store.begin() as t:
        return [(one.title, one.text, one.language) for one in await t.templates()]


async def test_a_template_is_written_in_one_message_and_read_by_all(desk: DeskWorld) -> None:
    shown = await added(desk)
    assert shown["text"].startswith("Приветствие\n\nЗдравствуйте, {client}!")
    assert "Для клиентов, которые пишут по-русски · автор: Ольга" in shown["text"]
    assert await kept(desk) == [
        ("Приветствие", "Здравствуйте, {client}! Меня зовут {manager}.", "ru")
    ]
    desk.people.says(IVAN.telegram_id, BOT, "/templates")
    listed = await said(desk, IVAN, "Всего 1 шаблон.")
    await desk.presses(IVAN, listed, "RU · Приветствие")
    read = await now_says(desk, listed, "автор: Ольга")
    assert labels(read) == ["← Назад"]


async def test_what_is_wrong_is_said_and_can_be_sent_anew(desk: DeskWorld) -> None:
    await added(desk)
    desk.people.says(OLGA.telegram_id, BOT, "/templates")
    listed = await said(desk, OLGA, "Всего 1 шаблон.")
    await desk.presses(OLGA, listed, "➕ Новый шаблон")
    asked = await said(desk, OLGA, "{opening}")
    me = OLGA.telegram_id
    for words, fault in (
        ("Одна строка", "нет текста под названием"),
        ("Т\nПишет {имя} и {client}", "нет такой подстановки: {имя}"),
        ("Т\n// внутри", "был бы заметкой"),
        ("Приветствие\nДругой текст", "шаблон с таким названием уже есть"),
    ):
        desk.people.says(me, BOT, words, reply_to=asked["message_id"])
        asked = await said(desk, OLGA, fault)
    desk.people.says(me, BOT, "Прощание\nДо свидания", reply_to=asked["message_id"])
    await said(desk, OLGA, "Прощание")
    assert [one[0] for one in await kept(desk)] == ["Приветствие", "Прощание"]


async def test_only_who_added_it_a_head_or_an_administrator_changes_it(desk: DeskWorld) -> None:
    shown = await added(desk)
    edit = button(shown, "Изменить")
    for deed in (ListDeed.EDIT, ListDeed.DROP):
        data = TemplateButton(deed=deed, template_id=1).pack()
        answer = await desk.presses_made_up(IVAN.telegram_id, data)
        assert answer == "Изменить может только автор, руководитель или администратор."
    strangers = await desk.presses_made_up(NEWCOMER, edit)
    assert strangers == "Эта кнопка только для сотрудников студии."
    data = TemplateButton(deed=ListDeed.SHOW, template_id=77).pack()
    assert await desk.presses_made_up(IVAN.telegram_id, data) == "Этого шаблона уже нет."

    await desk.presses(OLGA, shown, "Изменить")
    asked = await said(desk, OLGA, "откроетесь.\n\nПриветствие\nЗдравствуйте, {client}!")
    desk.people.says(HELEN.telegram_id, BOT, "/templates")
    listed = await said(desk, HELEN, "There is 1 template.")
    await desk.presses(HELEN, listed, "RU · Приветствие")
    hers = await now_says(desk, listed, "by Ольга")
    await desk.presses(HELEN, hers, "For all")
    await now_says(desk, listed, "For all clients")
    desk.people.says(OLGA.telegram_id, BOT, "Привет\nПривет!", reply_to=asked["message_id"])
    await said(desk, OLGA, "Привет!")
    assert await kept(desk) == [("Привет", "Привет!", "")]


async def test_what_is_deleted_can_be_brought_back_for_a_minute(desk: DeskWorld) -> None:
    shown = await added(desk)
    await desk.presses(OLGA, shown, "Удалить")
    gone = await now_says(desk, shown, "«Приветствие» — удалено.")
    assert await kept(desk) == []
    await desk.presses(OLGA, gone, "Вернуть")
    back = await now_says(desk, shown, "Здравствуйте")
    assert len(await kept(desk)) == 1

    await desk.presses(OLGA, back, "Удалить")
    gone = await now_says(desk, shown, "удалено")
    await desk.passes(timedelta(minutes=2))
    assert await desk.presses(OLGA, gone, "Вернуть") == "Отменить уже поздно."
    await now_says(desk, shown, "Пока пусто.")
    assert await kept(desk) == []


async def test_only_whose_it_is_brings_it_back(desk: DeskWorld) -> None:
    shown = await added(desk)
    await desk.presses(OLGA, shown, "Удалить")
    await now_says(desk, shown, "удалено")
    data = TemplateButton(deed=ListDeed.RESTORE, template_id=1).pack()
    refused = await desk.presses_made_up(IVAN.telegram_id, data)
    assert refused == "Изменить может только автор, руководитель или администратор."
    data = TemplateButton(deed=ListDeed.RESTORE, template_id=77).pack()
    refused = await desk.presses_made_up(IVAN.telegram_id, data)
    assert refused == "Эта кнопка больше не действует."
    assert await kept(desk) == []


async def test_a_title_stands_once_in_a_language(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "Здравствуйте!", "ru"), ("привет", "Hello!", "en"))
    me = OLGA.telegram_id
    twice = "На этом языке уже есть шаблон с таким названием."
    for language, answer in (("ru", twice), ("x", "Эта кнопка больше не действует."), ("a", "")):
        data = TemplateLanguageButton(template_id=2, language=language).pack()
        assert await desk.presses_made_up(me, data) == answer
    assert [one[2] for one in await kept(desk)] == ["ru", ""]


async def test_who_may_not_change_it_any_more_is_told_so(desk: DeskWorld) -> None:
    """A head asked to change a template, and is no head when the answer comes."""
    await added(desk)
    desk.people.says(HELEN.telegram_id, BOT, "/templates")
    listed = await said(desk, HELEN, "There is 1 template.")
    await desk.presses(HELEN, listed, "RU · Приветствие")
    await desk.presses(HELEN, await showing(desk, listed, "Change"), "Change")
    question = await said(desk, HELEN, "title on the first line")
    async with desk.inbox.store.begin() as t:
        helen = routing.named(await t.staff(), HELEN.name)
        assert helen is not None
        await t.save_manager(replace(helen, role=Role.MANAGER))
    desk.people.says(HELEN.telegram_id, BOT, "Mine\nMine", reply_to=question["message_id"])
    await said(desk, HELEN, "only who added it, a head or an administrator may change it")
    assert [one[0] for one in await kept(desk)] == ["Приветствие"]


async def test_a_message_read_twice_makes_one_template(desk: DeskWorld) -> None:
    await added(desk)
    desk.people.says(OLGA.telegram_id, BOT, "/templates")
    listed = await said(desk, OLGA, "Всего 1 шаблон.")
    await desk.presses(OLGA, listed, "➕ Новый шаблон")
    question = await desk.until(lambda: newest_question(desk, listed))
    desk.people.says(OLGA.telegram_id, BOT, HELLO, reply_to=question["message_id"])
    shown = await desk.until(lambda: newest_question(desk, question))
    assert "автор: Ольга" in shown["text"]
    assert len(await kept(desk)) == 1


def newest_question(desk: DeskWorld, after: dict[str, Any]) -> dict[str, Any] | None:
    """What the bot said last, behind this message."""
    chat = [one for one in desk.chat(OLGA.telegram_id) if not one["out"]]
    return chat[-1] if chat[-1]["message_id"] > after["message_id"] else None


async def test_the_question_outlives_a_restart(tmp_path: Path) -> None:
    async with around(tmp_path) as there:
        async with running(there) as desk:
            desk.people.says(OLGA.telegram_id, BOT, "/templates")
            await desk.presses(OLGA, await said(desk, OLGA, "@studio_bot"), "➕ Новый шаблон")
            asked = await said(desk, OLGA, "{opening}")
        async with running(there) as desk:
            desk.people.says(OLGA.telegram_id, BOT, HELLO, reply_to=asked["message_id"])
            await said(desk, OLGA, "автор: Ольга")
            assert len(await kept(desk)) == 1


async def test_long_lists_have_pages(desk: DeskWorld) -> None:
    await add_templates(desk, *((f"Шаблон {n:02}", "Текст", "") for n in range(1, 18)))
    desk.people.says(OLGA.telegram_id, BOT, "/templates")
    listed = await said(desk, OLGA, "Всего 17 шаблонов.")
    assert labels(listed)[:9] == [*(f"Шаблон {n:02}" for n in range(1, 9)), "→"]
    await desk.presses(OLGA, listed, "→")
    second = await desk.until(
        lambda: next(
            (
                one
                for one in desk.chat(OLGA.telegram_id)
                if one["message_id"] == listed["message_id"] and "Шаблон 09" in labels(one)
            ),
            None,
        )
    )
    assert labels(second)[8:10] == ["←", "→"]
