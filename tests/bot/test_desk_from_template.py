"""Templates, sent from a card and by inline mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.template_buttons import ListDeed, TemplateButton
from inbox.model import Handle
from inbox.work_records import Template
from sandbox.telegram import Person
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    DeskWorld,
    around,
    button,
    desk_world,
    labels,
    running,
    taken,
    ticks,
)
from tests.bot.screens import (
    add_templates,
    at_client,
    now_says,
    presses_under,
    said,
    showing,
)
from tests.bot.studio import HELEN, IVAN, OLGA
from tests.bot.test_desk_promises import ALWAYS

FORUM = -1001000000007


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def chosen(desk: DeskWorld, card: dict[str, Any], title: str) -> dict[str, Any]:
    """The finished text of a template, below the card."""
    await desk.presses(OLGA, card, "Шаблон")
    listed = await said(desk, OLGA, "Какой шаблон")
    await desk.presses(OLGA, listed, title)
    return await now_says(desk, listed, "Клиенту")


# --- sent from a card ----------------------------------------------------------------------------


async def test_of_an_imported_firm_the_person_who_wrote_is_greeted(desk: DeskWorld) -> None:
    async with desk.inbox.store.begin() as t:
        firm = await t.add_client("Кофейня «Зерно»", OLGA.id)
        contact = await t.add_contact(firm.id, firm.name)
        await t.add_handles(contact.id, (Handle("telegram", str(CLIENT)),))
    await add_templates(desk, ("Взяли", "{client}, взяли в работу.", "ru"))
    desk.people.says(CLIENT, BOT, "Сайт не открывается")
    card = await said(desk, OLGA, "Кофейня «Зерно»")
    await desk.presses(OLGA, card, "Шаблон")
    listed = await said(desk, OLGA, "Какой шаблон")
    await desk.presses(OLGA, listed, "RU · Взяли")
    await now_says(desk, listed, "Анна, взяли в работу.")


async def test_a_template_goes_from_the_card_with_its_placeholders_filled_once(
    desk: DeskWorld,
) -> None:
    await add_templates(
        desk,
        ("Hello", "Hello, {client}!", "en"),
        ("Привет", "Здравствуйте, {client}! {manager} на связи.", "ru"),
        ("Всем", "👍", ""),
    )
    card = await taken(desk)
    await desk.presses(OLGA, card, "Шаблон")
    listed = await said(desk, OLGA, "Какой шаблон для клиента Анна?")
    assert labels(listed)[:3] == ["RU · Привет", "Всем", "EN · Hello"]
    await desk.presses(OLGA, listed, "RU · Привет")
    shown = await now_says(desk, listed, "Здравствуйте, Анна! Ольга на связи.")
    assert labels(shown) == ["Отправить", "Изменить", "← Назад", "Отмена"]
    send = button(shown, "Отправить")
    assert at_client(desk) == []

    await desk.presses(OLGA, shown, "Отправить")

    await desk.sees(CLIENT, "Здравствуйте, Анна! Ольга на связи.")
    told = await now_says(desk, listed, "Уходит клиенту: Анна.")
    assert labels(told) == []
    await desk.until(lambda: ticks(desk, listed["message_id"]) == ["👌"])
    # The press is read once more, as after a kill; and somebody presses what was there before.
    back = button(shown, "← Назад")
    assert await presses_under(desk, OLGA, listed, send) == "Это уже решено."
    assert await presses_under(desk, OLGA, listed, back) == "Это уже решено."
    again = TemplateButton(deed=ListDeed.CHOOSE, template_id=1, message_id=1).pack()
    assert await presses_under(desk, OLGA, listed, again) == "Это уже решено."
    assert at_client(desk) == ["Здравствуйте, Анна! Ольга на связи."]
    await now_says(desk, listed, "Уходит клиенту: Анна.")


async def test_what_is_shown_is_what_goes_whatever_becomes_of_the_template(tmp_path: Path) -> None:
    async with around(tmp_path) as there:
        async with running(there) as desk:
            await add_templates(desk, ("Привет", "Здравствуйте!", "ru"))
            shown = await chosen(desk, await taken(desk), "RU · Привет")
            async with desk.inbox.store.begin() as t:
                (one,) = await t.templates()
                now = desk.inbox.clock.now()
                await t.save_template(Template("П", "Другое", "ru", one.by_id, now, now, one.id))
        async with running(there) as desk:
            await desk.presses(OLGA, shown, "Отправить")
            await desk.sees(CLIENT, "Здравствуйте!")
            shown = await said(desk, OLGA, "Уходит клиенту")
            assert at_client(desk) == ["Здравствуйте!"]


async def test_a_reply_to_the_finished_text_goes_instead_of_it(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "Здравствуйте, {client}!", "ru"))
    shown = await chosen(desk, await taken(desk), "RU · Привет")
    await desk.presses(OLGA, shown, "Изменить")
    shown = await now_says(desk, shown, "чтобы скопировать")
    code = [one for one in shown["entities"] if one["type"] == "code"]
    assert len(code) == 1
    me, number = OLGA.telegram_id, shown["message_id"]
    desk.people.says(me, BOT, "// про себя", reply_to=number)
    await said(desk, OLGA, "📝")
    desk.people.says(me, BOT, "Анна, добрый день!", reply_to=number)
    await desk.sees(CLIENT, "Анна, добрый день!")
    assert at_client(desk) == ["Анна, добрый день!"]


async def test_what_was_deleted_meanwhile_is_not_chosen(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "Здравствуйте!", "ru"), ("Пока", "Пока!", "ru"))
    card = await taken(desk)
    await desk.presses(OLGA, card, "Шаблон")
    listed = await said(desk, OLGA, "Какой шаблон")
    async with desk.inbox.store.begin() as t:
        gone = next(one for one in await t.templates() if one.title == "Привет")
        await t.save_template(replace(gone, dropped_at=desk.inbox.clock.now()))
    assert await desk.presses(OLGA, listed, "RU · Привет") == "Этого шаблона уже нет."
    await desk.until(lambda: "RU · Привет" not in labels(desk.chat(OLGA.telegram_id)[-1]))
    assert at_client(desk) == []


async def test_it_can_be_left(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "Здравствуйте!", "ru"))
    shown = await chosen(desk, await taken(desk), "RU · Привет")
    send = button(shown, "Отправить")
    await desk.presses(OLGA, shown, "← Назад")
    listed = await now_says(desk, shown, "Какой шаблон")
    await desk.presses(OLGA, listed, "Отмена")
    await now_says(desk, shown, "Ничего не отправлено.")
    assert await presses_under(desk, OLGA, shown, send) == "Это уже решено."
    assert at_client(desk) == []


async def test_nobody_sends_a_template_to_anothers_client(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "Здравствуйте!", "ru"))
    await taken(desk)
    anothers = "Этот клиент — за другим менеджером (Ольга). Попросите передать."
    for deed in (ListDeed.USE, ListDeed.CHOOSE):
        data = TemplateButton(deed=deed, template_id=1, message_id=1).pack()
        assert await desk.presses_made_up(IVAN.telegram_id, data) == anothers
        data = TemplateButton(deed=deed, template_id=1, message_id=77).pack()
        refused = await desk.presses_made_up(IVAN.telegram_id, data)
        assert refused == "Эта кнопка больше не действует."
    data = TemplateButton(deed=ListDeed.SEND, template_id=1, message_id=1).pack()
    assert await desk.presses_made_up(IVAN.telegram_id, data) == "Это уже решено."
    assert at_client(desk) == []


async def test_a_colleague_who_was_faster_is_asked_about(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "Здравствуйте!", "ru"))
    card = await taken(desk)
    hers = await desk.sees(HELEN.telegram_id, "Сайт не открывается")
    desk.people.says(HELEN.telegram_id, BOT, "Looking", reply_to=hers["message_id"])
    await desk.sees(CLIENT, "Looking")
    shown = await chosen(desk, card, "RU · Привет")
    await desk.presses(OLGA, shown, "Отправить")
    asked = await said(desk, OLGA, "Helen")
    assert at_client(desk) == ["Looking"]
    await desk.presses(OLGA, asked, "Отправить")
    await desk.sees(CLIENT, "Здравствуйте!")


async def test_the_command_in_a_reply_to_a_card_is_the_button(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "Здравствуйте!", "ru"))
    card = await taken(desk)
    desk.people.says(OLGA.telegram_id, BOT, "/templates", reply_to=card["message_id"])
    assert "RU · Привет" in labels(await said(desk, OLGA, "Какой шаблон для клиента Анна?"))
    there = await desk.sees(IVAN.telegram_id, "Сайт не открывается")
    desk.people.says(IVAN.telegram_id, BOT, "/templates", reply_to=there["message_id"])
    await said(desk, IVAN, "за другим менеджером")


async def test_in_the_forum_a_colleagues_choice_is_not_sent_for_another(tmp_path: Path) -> None:
    async with around(tmp_path) as there, running(there, hours=ALWAYS) as desk:
        team = [one.telegram_id for one in (OLGA, IVAN, HELEN)]
        desk.world.add_group(FORUM, "Студия", members=team, bots=[BOT], admins=[BOT], forum=True)
        desk.people.says(HELEN.telegram_id, BOT, "/forum", chat_id=FORUM)
        await desk.sees(FORUM, "From now on each client has a topic here")
        await add_templates(desk, ("Привет", "Здравствуйте, {client}!", "ru"))
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        card = await desk.sees(FORUM, "Сайт не открывается")
        await desk.presses(OLGA, card, "Взять")
        await desk.presses(OLGA, await showing(desk, card, "Шаблон"), "Шаблон")
        listed = await desk.sees(FORUM, "Какой шаблон")
        assert listed["message_thread_id"] == card["message_thread_id"]
        await desk.presses(OLGA, listed, "RU · Привет")
        shown = await now_says(desk, listed, "Здравствуйте, Анна!")
        assert "за другим менеджером" in await desk.presses(IVAN, shown, "Отправить")
        helens = await desk.presses(HELEN, shown, "Отправить")
        assert helens == "A colleague chose this. Choose it yourself from the card."
        assert at_client(desk) == []
        await desk.presses(OLGA, shown, "Отправить")
        await desk.sees(CLIENT, "Здравствуйте, Анна!")

        me, topic = OLGA.telegram_id, card["message_thread_id"]
        offered = await desk.people.types_inline(me, BOT, "прив", chat_id=FORUM)
        result = offered["results"][0]["id"]
        desk.people.chooses(me, BOT, result, chat_id=FORUM, thread_id=topic)
        await desk.until(lambda: at_client(desk) == ["Здравствуйте, Анна!"] * 2)


# --- inline mode ---------------------------------------------------------------------------------


async def test_inline_mode_finds_templates_and_fills_what_is_chosen(desk: DeskWorld) -> None:
    await add_templates(
        desk,
        ("Привет", "Здравствуйте, {client}!\nОткроемся {opening}.", "ru"),
        ("Счёт", "Счёт во вложении", "ru"),
    )
    card = await taken(desk)
    me = OLGA.telegram_id
    offered = await desk.people.types_inline(me, BOT, "здравст")
    assert [one["title"] for one in offered["results"]] == ["RU · Привет"]
    everything = await desk.people.types_inline(me, BOT, "")
    assert len(everything["results"]) == 2
    desk.people.chooses(me, BOT, everything["results"][0]["id"], reply_to=card["message_id"])
    there = await desk.sees(CLIENT, "Здравствуйте, Анна!\nОткроемся ")
    assert "{" not in there["text"]
    assert "UTC+3" in there["text"]


async def test_what_was_chosen_without_a_card_is_asked_about_and_filled(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "Здравствуйте, {client}!", "ru"))
    await taken(desk)
    me = OLGA.telegram_id
    offered = await desk.people.types_inline(me, BOT, "привет")
    desk.people.chooses(me, BOT, offered["results"][0]["id"])
    asked = await said(desk, OLGA, "Это пока никому не ушло.")
    await desk.presses(OLGA, asked, "Анна · 💬 Telegram")
    await desk.sees(CLIENT, "Здравствуйте, Анна!")


async def test_who_writes_braces_without_inline_mode_means_them(desk: DeskWorld) -> None:
    card = await taken(desk)
    desk.people.says(OLGA.telegram_id, BOT, "Вставьте {client}", reply_to=card["message_id"])
    await desk.sees(CLIENT, "Вставьте {client}")


async def test_in_other_groups_nothing_is_offered(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "Здравствуйте, {client}!", "ru"))
    desk.world.add_group(FORUM, "Чужие", members=[OLGA.telegram_id], bots=[BOT])
    offered = await desk.people.types_inline(OLGA.telegram_id, BOT, "прив", chat_id=FORUM)
    assert offered["results"] == []


async def test_whoever_is_called_like_a_note_makes_none(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "{client}, здравствуйте!", "ru"))
    desk.world.add_person(Person(931, "// Хитрец"))
    desk.people.says(931, BOT, "Сайт не открывается")
    card = await said(desk, OLGA, "Сайт не открывается")
    await desk.presses(OLGA, card, "Взять")
    shown = await chosen(desk, await showing(desk, card, "Шаблон"), "RU · Привет")
    await desk.presses(OLGA, shown, "Отправить")
    await desk.sees(931, "Хитрец, здравствуйте!")


async def test_strangers_find_nothing(desk: DeskWorld) -> None:
    await add_templates(desk, ("Привет", "Здравствуйте!", "ru"))
    with pytest.raises(TimeoutError):
        await desk.people.types_inline(CLIENT, BOT, "привет", within=1.0)
