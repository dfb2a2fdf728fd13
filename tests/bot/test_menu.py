"""The menu: every screen by buttons in one message, by role and language, and back again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.guide import Section, guide_view
from bot.texts import speaker
from inbox.model import Manager, Role
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, desk_world, labels, taken
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA

MENU = "☰"
SCREENFUL = 1500  # UTF-16 units
# What the menu has, and, under "More", what is set up once; with the words of each screen.
SCREENS_RU = {
    "📥 Кто ждёт": "Никто не ждёт ответа.",
    "☑️ Задачи": "Мои задачи",
    "👤 Клиенты": "Клиенты",
    "📋 Шаблоны": "Шаблоны",
    "💰 Прайс": "Прайс",
    "🧑‍🤝‍🧑 Команда": "Команда",
    "📟 Сейчас": "Отвечено сегодня: 0",
    "🌴 Отсутствие": "Вы на месте.",
    "⚙️ Ещё": "Ещё",
    "❓ Как здесь работать": "Как здесь работать",
}
MORE_RU = {
    "👥 Группы клиентов": "Пока ни одной.",
    "💼 Мой аккаунт": "⚪ Не подключён.",
    "🗂 Темы": "⚪ Тем нет",
    "🌐 Язык": "Выберите язык:",
}
SCREENS_EN = {
    "📥 Who waits": "Nobody waits for an answer.",
    "☑️ Tasks": "My tasks",
    "👤 Clients": "Clients",
    "📋 Templates": "Templates",
    "💰 Prices": "Price list",
    "🧑‍🤝‍🧑 Team": "The team",
    "📟 Now": "Answered today: 0",
    "🌴 Away and back": "You are there.",
    "⚙️ More": "More",
    "❓ How to work here": "How to work here",
}
MORE_EN = {
    "👥 Client groups": "None yet.",
    "💼 My account": "⚪ Not connected.",
    "🗂 Topics": "⚪ There are none",
    "🌐 Language": "Choose a language:",
    "📅 Days off": "Days off and other hours",
    "✉️ Invite": "Whom do you invite?",
}
BELOW = {"🔎 Найти", "🔎 Find", "📊 Отчёт", "📊 Report"}  # asked or shown below the menu


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as started:
        yield started


async def opens(desk: DeskWorld, who: Manager) -> int:
    """Ask for the menu; the id of its message."""
    desk.people.says(who.telegram_id, BOT, "/menu")
    return int((await desk.sees(who.telegram_id, MENU))["message_id"])


async def goes(desk: DeskWorld, who: Manager, menu: int, label: str, words: str) -> list[str]:
    """Press the label in the menu's message, which says the words afterwards; its buttons."""
    await desk.presses(who, await message(desk, who, menu, ""), label)
    return labels(await message(desk, who, menu, words))


async def message(desk: DeskWorld, who: Manager, message_id: int, words: str) -> dict[str, Any]:
    """The message once it says the words; the menu itself alone says MENU."""

    def found() -> dict[str, Any] | None:
        own = (one for one in desk.chat(who.telegram_id) if one["message_id"] == message_id)
        said = next((one for one in own if words in one["text"]), None)
        return said if said and (not words or (MENU in words) == (MENU in said["text"])) else None

    said: dict[str, Any] = await desk.until(found)
    return said


@pytest.mark.parametrize(
    ("who", "screens", "more"), [(OLGA, SCREENS_RU, MORE_RU), (HELEN, SCREENS_EN, MORE_EN)]
)
async def test_every_screen_of_the_role_is_there_and_has_a_way_back(
    desk: DeskWorld, who: Manager, screens: dict[str, str], more: dict[str, str]
) -> None:
    menu = await opens(desk, who)
    assert set(labels(await message(desk, who, menu, MENU))) - BELOW == set(screens)
    back = "← Меню" if who is OLGA else "← Menu"
    for label, words in screens.items():
        assert (await goes(desk, who, menu, label, words))[-1] == back
        assert set(await goes(desk, who, menu, back, MENU)) - BELOW == set(screens)
    to_more, further = ("⚙️ Ещё", "← Назад") if who is OLGA else ("⚙️ More", "← Back")
    listed = await goes(desk, who, menu, to_more, screens[to_more])
    assert set(listed) == {*more, back}
    for label, words in more.items():
        assert (await goes(desk, who, menu, label, words))[-1] == further
        await goes(desk, who, menu, further, screens[to_more])
    assert [one["message_id"] for one in desk.chat(who.telegram_id) if not one["out"]] == [menu]


async def test_the_menu_says_who_waits_and_leads_there(desk: DeskWorld) -> None:
    await taken(desk)
    menu = await opens(desk, OLGA)
    assert "Ждёт ответа 1 клиент." in (await message(desk, OLGA, menu, MENU))["text"]
    listed = await goes(desk, OLGA, menu, "📥 Кто ждёт · 1", "Анна")
    assert listed[0] == "1 · Анна"
    assert listed[-1] == "← Меню"


async def test_another_language_speaks_at_once(desk: DeskWorld) -> None:
    menu = await opens(desk, OLGA)
    await goes(desk, OLGA, menu, "⚙️ Ещё", "Ещё")
    await goes(desk, OLGA, menu, "🌐 Язык", "Выберите язык:")
    assert (await goes(desk, OLGA, menu, "English", "Choose a language:"))[-1] == "← Back"
    await goes(desk, OLGA, menu, "← Back", "More")
    assert "📥 Who waits" in await goes(desk, OLGA, menu, "← Menu", "☰ Ольга · Manager")


async def test_away_and_back_by_buttons_alone(desk: DeskWorld) -> None:
    menu = await opens(desk, OLGA)
    await goes(desk, OLGA, menu, "🌴 Отсутствие", "Вы на месте.")
    await goes(desk, OLGA, menu, "На неделю", "Отсутствует Ольга")
    await goes(desk, OLGA, menu, "← Меню", MENU)
    assert "🌴 Вы отсутствуете." in (await message(desk, OLGA, menu, MENU))["text"]

    hers = await opens(desk, HELEN)
    team = await goes(desk, HELEN, hers, "🧑‍🤝‍🧑 Team", "The team")
    assert "Ольга is back" in team
    await goes(desk, HELEN, hers, "Ольга is back", "The team")
    await desk.until(
        lambda: (
            "Ольга is back"
            not in labels(
                next(one for one in desk.chat(HELEN.telegram_id) if one["message_id"] == hers)
            )
        )
    )
    async with desk.inbox.store.begin() as t:
        olga = next(one for one in await t.staff() if one.telegram_id == OLGA.telegram_id)
    assert olga.away(desk.inbox.clock.now()) is None


async def test_a_head_says_who_is_away_and_enters_a_day_by_replying(desk: DeskWorld) -> None:
    menu = await opens(desk, HELEN)
    await goes(desk, HELEN, menu, "🧑‍🤝‍🧑 Team", "The team")
    await desk.presses(HELEN, await message(desk, HELEN, menu, ""), "Somebody is away")
    asked = await desk.sees(HELEN.telegram_id, "with who is away")
    desk.people.says(HELEN.telegram_id, BOT, "Иван tomorrow Ольга", reply_to=asked["message_id"])
    await desk.sees(HELEN.telegram_id, "Иван")

    await goes(desk, HELEN, menu, "← Menu", MENU)
    await goes(desk, HELEN, menu, "⚙️ More", "More")
    await goes(desk, HELEN, menu, "📅 Days off", "Days off and other hours")
    await desk.presses(HELEN, await message(desk, HELEN, menu, ""), "Enter a day")
    asked = await desk.sees(HELEN.telegram_id, "“31.12 party” closes a day")
    desk.people.says(HELEN.telegram_id, BOT, "31.12 inventory", reply_to=asked["message_id"])
    await desk.sees(HELEN.telegram_id, "Thu 31 Dec: closed.")
    async with desk.inbox.store.begin() as t:
        assert [one.name for one in await t.special_days()] == ["inventory"]


@pytest.mark.parametrize("screen", ["e", "s"])
async def test_made_up_buttons_give_a_manager_nothing_more(desk: DeskWorld, screen: str) -> None:
    await desk.presses_made_up(IVAN.telegram_id, f"mn:{screen}")
    await desk.sees(IVAN.telegram_id, "Это могут только руководитель и администратор.")


async def test_a_client_has_no_menu(desk: DeskWorld) -> None:
    desk.people.says(CLIENT, BOT, "/menu")
    await desk.sees(OLGA.telegram_id, "/menu")
    assert [one for one in desk.chat(CLIENT) if not one["out"]] == []


async def test_the_administrator_has_the_head_s_screens(desk: DeskWorld) -> None:
    menu = await opens(desk, ADAM)
    assert ADAM.role is Role.ADMIN
    more = await goes(desk, ADAM, menu, "⚙️ Ещё", "Ещё")
    assert {"📅 Выходные", "✉️ Пригласить"} <= set(more)


GROUP = -800


async def test_alerts_in_a_group_by_buttons(desk: DeskWorld) -> None:
    desk.people.makes_group(HELEN.telegram_id, BOT, GROUP, "Duty", members=[OLGA.telegram_id])
    asked = await desk.sees(HELEN.telegram_id, "Whose group is “Duty”?")
    await desk.presses(HELEN, asked, "🏠 The studio's own group")
    menu = await opens(desk, HELEN)
    await goes(desk, HELEN, menu, "🧑‍🤝‍🧑 Team", "The team")
    await desk.presses(HELEN, await message(desk, HELEN, menu, ""), "🔔 Alerts in a group")
    await desk.sees(HELEN.telegram_id, "Press “Choose a group”")
    desk.people.shares_chat(HELEN.telegram_id, BOT, GROUP)
    await desk.sees(HELEN.telegram_id, "Alerts that the settings send to a group chat")
    hers = await opens(desk, HELEN)
    await goes(desk, HELEN, hers, "🧑‍🤝‍🧑 Team", "🔔 Alerts are told in the group Duty")
    await goes(desk, HELEN, hers, "No alerts in Duty", "Alerts do not come here any more.")


async def test_a_forum_by_buttons(desk: DeskWorld) -> None:
    desk.people.makes_group(
        HELEN.telegram_id,
        BOT,
        GROUP,
        "Clients",
        members=[OLGA.telegram_id],
        forum=True,
        plain=False,
    )
    menu = await opens(desk, HELEN)
    await goes(desk, HELEN, menu, "⚙️ More", "More")
    await goes(desk, HELEN, menu, "🗂 Topics", "⚪ There are none")
    for words in ("Clients cannot have topics here yet", "From now on each client has a topic"):
        await desk.presses(HELEN, await message(desk, HELEN, menu, ""), "Choose the group")
        await desk.until(lambda: "Choose a group" in str(desk.chat(HELEN.telegram_id)[-1]))
        desk.people.shares_chat(HELEN.telegram_id, BOT, GROUP)
        await desk.sees(HELEN.telegram_id, words)
        desk.people.promotes_bot(HELEN.telegram_id, BOT, GROUP)
    await goes(desk, HELEN, menu, "← Back", "More")
    await goes(desk, HELEN, menu, "🗂 Topics", "✅ Each client has a topic")
    await goes(desk, HELEN, menu, "No topics in the group", "⚪ There are none")


async def test_who_leaves_a_form_for_the_menu_gives_no_name(desk: DeskWorld) -> None:
    menu = await opens(desk, HELEN)
    await goes(desk, HELEN, menu, "⚙️ More", "More")
    await goes(desk, HELEN, menu, "✉️ Invite", "Whom do you invite?")
    await goes(desk, HELEN, menu, "Manager", "what is the colleague's name?")
    await goes(desk, HELEN, menu, "← Back", "More")
    desk.people.says(HELEN.telegram_id, BOT, "Are you there?")
    await desk.sees(HELEN.telegram_id, "This went to nobody")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("who", [OLGA, HELEN, ADAM])
def test_how_to_work_here_is_a_screen_a_section(who: Manager, language: str) -> None:
    say = speaker(language)
    for section in Section:
        view = guide_view(who, say, section)
        assert view.body.units <= SCREENFUL
        leads = {one.data.section for row in view.keyboard for one in row}
        if section is Section.TEAM and who is OLGA:
            continue
        assert (Section.START in leads) == (section is not Section.START)


def test_a_manager_is_told_nothing_of_a_heads_screens() -> None:
    say = speaker("en")
    assert guide_view(OLGA, say, Section.TEAM) == guide_view(OLGA, say)
    assert guide_view(HELEN, say, Section.TEAM) != guide_view(HELEN, say)
    assert "/invite" not in guide_view(OLGA, say, Section.COMMANDS).body.text


async def test_help_turns_its_sections_in_one_message(desk: DeskWorld) -> None:
    desk.people.says(OLGA.telegram_id, BOT, "/help")
    shown = int((await desk.sees(OLGA.telegram_id, "Как здесь работать"))["message_id"])
    assert "← Справка" in await goes(desk, OLGA, shown, "📝 Заметки", "останется внутри студии")
    await goes(desk, OLGA, shown, "← Справка", "Как здесь работать")
    await goes(desk, OLGA, shown, "⌨️ Все команды", "/find")
