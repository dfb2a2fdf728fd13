"""/team: who holds what; all of somebody's clients handed over, with progress, and back again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.team_views import load_words
from bot.texts import speaker
from inbox.model import Manager
from inbox.work_records import Horizon, Load, Task
from tests.bot.desk_world import BOT, DeskWorld, desk_world, labels, taken
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA

MANY = 23


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as started:
        yield started


async def asks(desk: DeskWorld, who: Manager) -> int:
    """Ask for the team; the id of its message."""
    desk.people.says(who.telegram_id, BOT, "/team")
    title = "The team" if who is HELEN else "Команда"
    return int((await desk.sees(who.telegram_id, title))["message_id"])


async def stands(desk: DeskWorld, who: Manager, message_id: int, words: str) -> dict[str, Any]:
    """The message once it says the words."""

    def found() -> dict[str, Any] | None:
        own = (one for one in desk.chat(who.telegram_id) if one["message_id"] == message_id)
        return next((one for one in own if words in one["text"]), None)

    said: dict[str, Any] = await desk.until(found)
    return said


async def goes(
    desk: DeskWorld, who: Manager, message_id: int, label: str, words: str
) -> dict[str, Any]:
    """Press in the message, which says the words afterwards."""
    await desk.presses(who, await stands(desk, who, message_id, ""), label)
    return await stands(desk, who, message_id, words)


async def clients_of_olga(desk: DeskWorld, number: int) -> list[int]:
    async with desk.inbox.store.begin() as t:
        return [(await t.add_client(f"Клиент {one:02}", OLGA.id)).id for one in range(number)]


async def holders(desk: DeskWorld) -> set[int | None]:
    async with desk.inbox.store.begin() as t:
        return {client.manager_id for client, _ in await t.clients()}


async def test_everybody_sees_who_holds_what(desk: DeskWorld) -> None:
    await taken(desk)
    (first, *_) = await clients_of_olga(desk, 2)
    now = desk.inbox.clock.now()
    late = Task("a", first, "Счёт", Horizon.NOW, OLGA.id, now, now - timedelta(hours=1))
    async with desk.inbox.store.begin() as t:
        await t.add_task(late)
        await t.add_client("Ничья", None)
    said = (await stands(desk, IVAN, await asks(desk, IVAN), ""))["text"]
    assert "Ольга · Менеджер\n3 клиента · ждут ответа: 1 · задач: 1, 🔴 просрочено: 1" in said
    assert "Иван · Менеджер\nСейчас никого не ведёт." in said
    assert "Пока ничьи\n1 клиент · никто не ждёт" in said


@pytest.mark.parametrize(
    ("load", "words"),
    [
        (Load(1), "Holds nothing now."),
        (Load(1, 1), "1 client · nobody waits"),
        (Load(1, 2, 3, 1), "2 clients · waiting: 3, 🔴 1 overdue"),
        (Load(None, 2, 0, 0, 4, 2), "2 clients · nobody waits · tasks: 4, 🔴 2 overdue"),
    ],
)
def test_a_load_in_words(load: Load, words: str) -> None:
    assert load_words(speaker("en"), load) == words


async def test_the_clients_of_a_member_are_listed_in_pages_and_who_waits_is_first(
    desk: DeskWorld,
) -> None:
    await clients_of_olga(desk, 9)
    await taken(desk)
    team = await asks(desk, IVAN)
    page = await goes(desk, IVAN, team, "Ольга", "1. Анна · 🟡 ждёт")
    assert labels(page)[:2] == ["1 · Анна", "2 · Клиент 00"]
    assert "↪ Передать всех" not in labels(page)
    page = await goes(desk, IVAN, team, "→", "9. Клиент 07")
    assert labels(page)[-2:] == ["←", "← Команда"]
    await goes(desk, IVAN, team, "← Команда", "Команда")


async def test_a_head_hands_all_of_them_over_and_takes_it_back(desk: DeskWorld) -> None:
    await clients_of_olga(desk, MANY)
    card = await taken(desk)
    team = await asks(desk, HELEN)
    await goes(desk, HELEN, team, "Ольга", "Клиент 00")
    whom = await goes(desk, HELEN, team, "↪ Hand all over", "To whom go all 24 clients of Ольга?")
    assert labels(whom) == ["Иван", "Helen", "Адам", "Cancel"]
    await goes(desk, HELEN, team, "Иван", "Hand 24 clients of Ольга over to Иван?")
    assert await holders(desk) == {OLGA.id}
    await goes(desk, HELEN, team, "Hand all over", "24 clients of Ольга are with Иван now.")
    assert await holders(desk) == {IVAN.id}
    await desk.sees(IVAN.telegram_id, card["text"].splitlines()[0])

    await goes(desk, HELEN, team, "Undo", "24 clients went back.")
    assert await holders(desk) == {OLGA.id}


async def test_a_second_tap_leaves_the_undo_of_the_first(desk: DeskWorld) -> None:
    await clients_of_olga(desk, 2)
    team = await asks(desk, HELEN)
    await goes(desk, HELEN, team, "Ольга", "Клиент 00")
    await goes(desk, HELEN, team, "↪ Hand all over", "To whom go all 2 clients")
    sure = await goes(desk, HELEN, team, "Иван", "Hand 2 clients of Ольга over to Иван?")
    taps = [desk.presses(HELEN, sure, "Hand all over") for _ in range(2)]
    assert set(await asyncio.gather(*taps)) == {"", "This was decided already."}
    handed = await stands(desk, HELEN, team, "2 clients of Ольга are with Иван now.")
    await desk.presses(HELEN, handed, "Undo")
    await stands(desk, HELEN, team, "2 clients went back.")
    assert await holders(desk) == {OLGA.id}


async def test_after_a_minute_it_cannot_be_undone(desk: DeskWorld) -> None:
    await clients_of_olga(desk, 1)
    team = await asks(desk, HELEN)
    await goes(desk, HELEN, team, "Ольга", "Клиент 00")
    await goes(desk, HELEN, team, "↪ Hand all over", "To whom goes")
    await goes(desk, HELEN, team, "Иван", "Hand 1 client")
    handed = await goes(desk, HELEN, team, "Hand all over", "is with Иван now")
    await desk.passes(timedelta(minutes=2))
    assert await desk.presses(HELEN, handed, "Undo") == "It is too late for that."
    assert await holders(desk) == {IVAN.id}


async def test_a_head_takes_one_client(desk: DeskWorld) -> None:
    await clients_of_olga(desk, 2)
    team = await asks(desk, ADAM)
    page = await goes(desk, ADAM, team, "Ольга", "2. Клиент 01")
    assert await desk.presses(ADAM, page, "Взять") == "Клиент ваш."
    await desk.until(lambda: "Клиент 01" not in _shown(desk, ADAM, team))
    assert await holders(desk) == {OLGA.id, ADAM.id}


async def test_everybody_takes_what_is_nobodys(desk: DeskWorld) -> None:
    async with desk.inbox.store.begin() as t:
        await t.add_client("Ничья", None)
    team = await asks(desk, IVAN)
    page = await goes(desk, IVAN, team, "Пока ничьи", "1. Ничья")
    await desk.presses(IVAN, page, "Взять")
    await stands(desk, IVAN, team, "Клиентов нет.")
    assert await holders(desk) == {IVAN.id}


def _shown(desk: DeskWorld, who: Manager, message_id: int) -> str:
    return next(
        str(one["text"]) for one in desk.chat(who.telegram_id) if one["message_id"] == message_id
    )
