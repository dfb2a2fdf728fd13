"""Client groups: from the bot's arrival to the client's messages on cards, by three ways."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from inbox.model import Handle, Manager
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    CLIENTS_BOT,
    NEWCOMER,
    DeskWorld,
    around,
    desk_world,
    labels,
    running,
    taken,
)
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA

GROUP = -700
TITLE = "Ромашка и студия"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as started:
        yield started


def gathers(desk: DeskWorld, maker: Manager = OLGA, bot: int | None = BOT) -> None:
    """A group of this member with the client; with a bot it is brought in at once."""
    people = (CLIENT, NEWCOMER, OLGA.telegram_id, IVAN.telegram_id, HELEN.telegram_id)
    desk.people.makes_group(maker.telegram_id, bot, GROUP, TITLE, members=people)


async def client_of(desk: DeskWorld, chat_id: int = GROUP) -> str | None:
    """Whose group it is."""
    place = Handle("telegram_group", str(chat_id))
    async with desk.inbox.store.begin() as t:
        found = [one.name for one, handles in await t.clients() if place in handles]
    return found[0] if found else None


async def asked(desk: DeskWorld, who: Manager = OLGA) -> dict[str, Any]:
    words = "Whose group is" if who is HELEN else "Чья группа"
    return await desk.sees(who.telegram_id, words)


async def test_a_member_adds_the_bot_picks_the_client_and_messages_become_cards(
    desk: DeskWorld,
) -> None:
    await taken(desk)
    gathers(desk)
    question = await asked(desk)
    assert TITLE in question["text"]
    assert labels(question)[0] == "Анна"
    await desk.presses(OLGA, question, "Анна")
    linked = await desk.sees(OLGA.telegram_id, f"✅ «{TITLE}» — группа клиента Анна")
    assert "👂 Бот слышит всё" in linked["text"]
    assert labels(linked) == ["← Назад"]

    desk.people.says(NEWCOMER, BOT, "Когда макет?", chat_id=GROUP)
    card = await desk.sees(OLGA.telegram_id, "Когда макет?")
    desk.people.says(OLGA.telegram_id, BOT, "Завтра", reply_to=card["message_id"])
    await desk.until(lambda: [one for one in desk.chat(GROUP) if one.get("text") == "Завтра"])


async def test_what_was_written_before_is_read_again(desk: DeskWorld) -> None:
    await taken(desk)
    gathers(desk)
    question = await asked(desk)
    for text in ("Первое", "Второе"):
        desk.people.says(CLIENT, BOT, text, chat_id=GROUP)
    await _quiet(desk)
    await desk.presses(OLGA, question, "Анна")
    await desk.sees(OLGA.telegram_id, "Перечитываются")
    await desk.sees(OLGA.telegram_id, "Первое")
    await desk.sees(OLGA.telegram_id, "Второе")


async def test_with_privacy_mode_it_says_exactly_what_to_do(desk: DeskWorld) -> None:
    desk.world.bots[BOT].privacy = True
    await taken(desk)
    gathers(desk)
    await desk.presses(OLGA, await asked(desk), "Анна")
    linked = await desk.sees(OLGA.telegram_id, "⚠️ Бот слышит только команды")
    assert "сделайте @studio_bot администратором группы" in linked["text"]
    assert "@BotFather → /setprivacy → @studio_bot → Disable" in linked["text"]

    desk.people.promotes_bot(OLGA.telegram_id, BOT, GROUP)
    await desk.sees(OLGA.telegram_id, "👂 Бот слышит всё")


async def test_a_group_s_command_asks_in_private_and_nothing_is_said_in_the_group(
    desk: DeskWorld,
) -> None:
    await taken(desk)
    gathers(desk, maker=Manager(0, "Анна", CLIENT))
    desk.people.says(OLGA.telegram_id, BOT, "/link@studio_bot", chat_id=GROUP)
    await desk.presses(OLGA, await asked(desk), "Анна")
    await desk.sees(OLGA.telegram_id, "✅")
    assert await client_of(desk) == "Анна"
    assert [one for one in desk.chat(GROUP) if not one["out"]] == []


async def test_another_bots_command_is_not_ours(desk: DeskWorld) -> None:
    gathers(desk, maker=Manager(0, "Анна", CLIENT))
    desk.people.says(OLGA.telegram_id, BOT, "/link@other_bot", chat_id=GROUP)
    desk.people.says(OLGA.telegram_id, BOT, "/link", chat_id=GROUP)
    await asked(desk)
    await _quiet(desk)
    assert len([one for one in desk.chat(OLGA.telegram_id) if "Чья" in one["text"]]) == 1


async def test_a_client_s_command_links_nothing(desk: DeskWorld) -> None:
    gathers(desk, maker=Manager(0, "Анна", CLIENT))
    desk.people.says(CLIENT, BOT, "/link", chat_id=GROUP)
    told = await desk.sees(ADAM.telegram_id, f"Бот в группе «{TITLE}»")
    assert await client_of(desk) is None
    await desk.presses(ADAM, told, "Чья это группа?")
    await desk.presses(ADAM, await asked(desk, ADAM), f"➕ Новый клиент «{TITLE}»")
    await desk.sees(ADAM.telegram_id, "✅")
    assert await client_of(desk) == TITLE
    await desk.sees(IVAN.telegram_id, "/link")


async def test_the_menu_s_keyboard_links_a_group(desk: DeskWorld) -> None:
    await taken(desk)
    gathers(desk)
    desk.people.says(OLGA.telegram_id, BOT, "/menu")
    menu = await desk.sees(OLGA.telegram_id, "☰")
    await desk.presses(OLGA, menu, "⚙️ Ещё")
    more = await desk.sees(OLGA.telegram_id, "Ещё")
    await desk.presses(OLGA, more, "👥 Группы клиентов")
    groups = await desk.sees(OLGA.telegram_id, "Пока ни одной.")
    await desk.presses(OLGA, groups, "➕ Привязать группу")
    await desk.sees(OLGA.telegram_id, "Нажмите «Выбрать группу»")
    desk.people.shares_chat(OLGA.telegram_id, BOT, GROUP)
    await desk.sees(OLGA.telegram_id, f"Выбрано: «{TITLE}».")
    await desk.presses(OLGA, await asked(desk), "Анна")
    await desk.sees(OLGA.telegram_id, "✅")
    assert await client_of(desk) == "Анна"


async def test_a_part_of_the_name_finds_the_client(desk: DeskWorld) -> None:
    async with desk.inbox.store.begin() as t:
        for number in range(20):
            await t.add_client(f"Клиент {number:02}", None)
        await t.add_client("Зерно", None)
    gathers(desk)
    question = await asked(desk)
    assert "Зерно" in labels(question)
    assert "→" in labels(question)
    await desk.presses(OLGA, question, "→")
    await desk.until(lambda: "←" in labels(_same(desk, question)))
    desk.people.says(OLGA.telegram_id, BOT, "КЛИЕНТ 1", reply_to=question["message_id"])
    found = await desk.sees(OLGA.telegram_id, "Найдено по «КЛИЕНТ 1»:")
    assert labels(found)[:8] == [f"Клиент {number}" for number in range(10, 18)]
    await desk.presses(OLGA, found, "→")
    turned = await desk.until(
        lambda: labels(_same(desk, found))[0] == "Клиент 18" and _same(desk, found)
    )
    await desk.presses(OLGA, turned, "Клиент 19")
    await desk.sees(OLGA.telegram_id, "✅")
    assert await client_of(desk) == "Клиент 19"


async def test_another_managers_client_is_for_heads_to_link(desk: DeskWorld) -> None:
    await taken(desk)  # Анна is Olga's
    gathers(desk, maker=IVAN)
    question = await asked(desk, IVAN)
    assert "Анна" not in labels(question)
    await desk.presses_made_up(IVAN.telegram_id, f"gr:c:{GROUP}:1:0")
    assert await client_of(desk) is None

    desk.people.says(HELEN.telegram_id, BOT, "/link", chat_id=GROUP)
    await desk.presses(HELEN, await asked(desk, HELEN), "Анна")
    await desk.sees(HELEN.telegram_id, "✅")
    assert await client_of(desk) == "Анна"


async def test_the_studios_own_group_is_left_alone(desk: DeskWorld) -> None:
    gathers(desk)
    await desk.presses(OLGA, await asked(desk), "🏠 Группа самой студии")
    await desk.sees(OLGA.telegram_id, "остаётся как есть")
    desk.people.says(IVAN.telegram_id, BOT, "Обед в час", chat_id=GROUP)
    desk.people.says(CLIENT, BOT, "Вопрос")
    await desk.sees(IVAN.telegram_id, "Вопрос")
    assert not [one for one in desk.chat(IVAN.telegram_id) if "Обед" in one.get("text", "")]


async def test_two_presses_of_new_client_make_one(desk: DeskWorld) -> None:
    gathers(desk)
    question = await asked(desk)
    await desk.presses(OLGA, question, f"➕ Новый клиент «{TITLE}»")
    await desk.sees(OLGA.telegram_id, "✅")
    await desk.presses_made_up(OLGA.telegram_id, f"gr:n:{GROUP}:0:0")
    async with desk.inbox.store.begin() as t:
        assert [one.name for one, _ in await t.clients()] == [TITLE]


async def test_unlinking_asks_once_and_what_is_said_then_is_kept(desk: DeskWorld) -> None:
    await taken(desk)
    gathers(desk)
    await desk.presses(OLGA, await asked(desk), "Анна")
    linked = await desk.sees(OLGA.telegram_id, "✅")
    await desk.presses(OLGA, linked, "← Назад")
    listed = await desk.sees(OLGA.telegram_id, f"• {TITLE} · Анна")
    await desk.presses(OLGA, listed, TITLE)
    one = await desk.sees(OLGA.telegram_id, f"«{TITLE}» — группа клиента Анна.")
    await desk.presses(OLGA, one, "Отвязать")
    sure = await desk.sees(OLGA.telegram_id, "Отвязать «")
    await desk.presses(OLGA, sure, "Отвязать")
    await desk.sees(OLGA.telegram_id, "Пока ни одной.")
    assert await client_of(desk) is None

    desk.people.says(CLIENT, BOT, "Ау?", chat_id=GROUP)
    desk.people.says(OLGA.telegram_id, BOT, "/link", chat_id=GROUP)
    await _quiet(desk)
    await desk.presses(OLGA, await asked(desk), "Анна")
    await desk.sees(OLGA.telegram_id, "Ау?")


async def test_the_group_that_is_linked_is_shown_to_who_asks_again(desk: DeskWorld) -> None:
    await taken(desk)
    gathers(desk)
    await desk.presses(OLGA, await asked(desk), "Анна")
    await desk.sees(OLGA.telegram_id, "✅")
    desk.people.says(OLGA.telegram_id, BOT, "/link", chat_id=GROUP)
    await desk.until(lambda: labels(desk.chat(OLGA.telegram_id)[-1]) == ["Отвязать", "← Назад"])
    shown = desk.chat(OLGA.telegram_id)[-1]["text"]
    assert shown.startswith(f"«{TITLE}» — группа клиента Анна.")
    await desk.presses_made_up(IVAN.telegram_id, f"gr:x:{GROUP}:0:0")
    assert await client_of(desk) == "Анна"


@pytest.mark.parametrize("command", ["/alerts", "/forum"])
async def test_a_group_of_a_client_becomes_no_place_of_the_studio(
    desk: DeskWorld, command: str
) -> None:
    await taken(desk)
    gathers(desk)
    await desk.presses(OLGA, await asked(desk), "Анна")
    await desk.sees(OLGA.telegram_id, "✅")
    for who, words in ((OLGA, "Это могут только"), (HELEN, "This is the group of Анна")):
        desk.people.says(who.telegram_id, BOT, command, chat_id=GROUP)
        await desk.sees(who.telegram_id, words)
    assert [one for one in desk.chat(GROUP) if not one["out"]] == []
    async with desk.inbox.store.begin() as t:
        assert all(one.telegram_id != GROUP for one in await t.staff())
    desk.people.says(CLIENT, BOT, "Ау?", chat_id=GROUP)
    await desk.sees(OLGA.telegram_id, "Ау?")


async def test_a_group_that_hears_alerts_becomes_no_clients(desk: DeskWorld) -> None:
    await taken(desk)
    gathers(desk)
    question = await asked(desk)
    desk.people.says(HELEN.telegram_id, BOT, "/alerts", chat_id=GROUP)
    await desk.sees(GROUP, "Alerts that the settings send")
    desk.people.says(OLGA.telegram_id, BOT, "/link", chat_id=GROUP)
    await desk.sees(OLGA.telegram_id, f"«{TITLE}» — группа самой студии")
    await desk.presses(OLGA, question, "Анна")
    await desk.presses(OLGA, question, f"➕ Новый клиент «{TITLE}»")
    assert await client_of(desk) is None


async def test_with_a_bot_of_the_staff_s_own_the_member_is_asked_by_that(tmp_path: Path) -> None:
    async with around(tmp_path) as there, running(there, two_bots=True) as desk:
        desk.world.bots[CLIENTS_BOT].privacy = True
        gathers(desk, bot=CLIENTS_BOT)
        await desk.presses(OLGA, await asked(desk), f"➕ Новый клиент «{TITLE}»")
        linked = await desk.sees(OLGA.telegram_id, "✅")
        assert "⚠️ Бот слышит только команды" in linked["text"]
        desk.people.promotes_bot(OLGA.telegram_id, CLIENTS_BOT, GROUP)
        await desk.sees(OLGA.telegram_id, "👂 Бот слышит всё")
        desk.people.says(CLIENT, CLIENTS_BOT, "Слышно?", chat_id=GROUP)
        await desk.sees(OLGA.telegram_id, "Слышно?")


async def test_beside_a_bot_of_the_staff_s_own_link_works_in_the_group(tmp_path: Path) -> None:
    async with around(tmp_path) as there, running(there, two_bots=True) as desk:
        gathers(desk, maker=Manager(0, "Анна", CLIENT), bot=CLIENTS_BOT)
        told = await desk.sees(ADAM.telegram_id, f"Бот в группе «{TITLE}»")
        assert labels(told) == ["Чья это группа?"]
        desk.people.says(OLGA.telegram_id, CLIENTS_BOT, "/link@clients_bot", chat_id=GROUP)
        await desk.presses(OLGA, await asked(desk), f"➕ Новый клиент «{TITLE}»")
        await desk.sees(OLGA.telegram_id, "✅")
        assert await client_of(desk) == TITLE


def _same(desk: DeskWorld, message: dict[str, Any]) -> dict[str, Any]:
    found = (
        one for one in desk.chat(OLGA.telegram_id) if one["message_id"] == message["message_id"]
    )
    return next(found)


async def _quiet(desk: DeskWorld) -> None:
    """Everything that was sent so far has been read: a message sent after it was."""
    mark = f"Отметка {len(desk.chat(NEWCOMER))}"
    desk.people.says(NEWCOMER, BOT, mark)
    await desk.sees(IVAN.telegram_id, mark)
