"""Lists of tasks and the tasks of the day over a real Bot API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.task_digests import tell_tasks
from inbox.work_records import Horizon, TaskDigest
from sandbox.telegram import Person
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, around, labels, running
from tests.bot.studio import HELEN, IVAN, MOSCOW, OLGA
from tests.bot.test_desk_deeds import says, shown, taken
from tests.bot.test_desk_tasks import ALWAYS, TITLE, made, pressed, tasks_of


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with around(tmp_path) as there, running(there, hours=ALWAYS) as world:
        yield world


class TestLists:
    async def test_own_ones_by_list_and_back_from_a_task(self, desk: DeskWorld) -> None:
        await made(desk, "Сейчас", "Поправить логотип")
        await made(desk, "Позже", "Новый раздел")
        desk.people.says(OLGA.telegram_id, BOT, "/tasks")
        listed = await desk.sees(OLGA.telegram_id, "📌 Мои задачи")
        assert listed["text"] == (
            "📌 Мои задачи\n\nСейчас\n1. Поправить логотип · Анна\n\nПозже\n2. Новый раздел · Анна"
        )
        assert labels(listed)[:6] == [
            "1",
            "2",
            "• Все списки · 2",
            "Сейчас · 1",
            "Ближайшие дни · 0",
            "Позже · 1",
        ]
        await pressed(desk, listed, "Позже · 1", "1. Новый раздел")
        await pressed(desk, listed, "1", "📌 Новый раздел")
        await pressed(desk, listed, "⏰ Срок", "К какому сроку?")
        await pressed(desk, listed, "← Задача", "Записано: Ольга")
        await pressed(desk, listed, "✅ Сделано", "Сообщить клиенту?")
        await pressed(desk, listed, "← Задачи", "Здесь нечего делать.")
        assert "• Позже · 0" in labels(shown(desk, listed))
        await pressed(desk, listed, "Все списки · 1", "1. Поправить логотип")

    async def test_of_a_client_by_name_in_a_reply_and_a_new_one(self, desk: DeskWorld) -> None:
        card = await taken(desk, "Поправить логотип")
        says(desk, "/tasks", card)
        listed = await desk.sees(OLGA.telegram_id, "📌 Задачи: Анна")
        await desk.presses(OLGA, listed, "➕ Новая задача")
        question = await desk.sees(OLGA.telegram_id, "Что сделать? Клиент: Анна.")
        says(desk, "Продлить домен", question)
        when = await desk.sees(OLGA.telegram_id, "📌 Продлить домен")
        await pressed(desk, when, "Ближайшие дни", "Записано: Ольга")
        desk.people.says(OLGA.telegram_id, BOT, "/tasks анн")
        await desk.until(
            lambda: "1. Продлить домен" in desk.chat(OLGA.telegram_id)[-1].get("text", "")
        )
        desk.people.says(OLGA.telegram_id, BOT, "/tasks Никто")
        await desk.sees(OLGA.telegram_id, "Среди ваших клиентов нет такого: Никто")
        (task,) = await tasks_of(desk)
        assert (task.message_id, task.horizon) == (None, Horizon.SOON)

    async def test_several_clients_of_a_name_are_offered(self, desk: DeskWorld) -> None:
        await made(desk)
        desk.world.add_person(Person(CLIENT + 1, "Анна Белова"))
        desk.people.says(CLIENT + 1, BOT, "Добрый день")
        await desk.sees(OLGA.telegram_id, "Добрый день")
        desk.people.says(OLGA.telegram_id, BOT, "/tasks ан")
        which = await desk.sees(OLGA.telegram_id, "Какой клиент?")
        assert labels(which) == ["Анна", "Анна Белова"]
        await pressed(desk, which, "Анна", f"1. {TITLE}")
        desk.people.says(OLGA.telegram_id, BOT, "/tasks анна")
        listed = await desk.sees(OLGA.telegram_id, "📌 Задачи: Анна")
        assert f"1. {TITLE}" in listed["text"]

    async def test_a_colleagues_client_is_not_found(self, desk: DeskWorld) -> None:
        card = await made(desk)
        desk.people.says(IVAN.telegram_id, BOT, "/tasks Анна")
        await desk.sees(IVAN.telegram_id, "Среди ваших клиентов нет такого: Анна")
        assert card

    async def test_a_head_sees_those_of_all(self, desk: DeskWorld) -> None:
        await made(desk)
        desk.people.says(HELEN.telegram_id, BOT, "/tasks")
        mine = await desk.sees(HELEN.telegram_id, "📌 My tasks\n\nNothing to do here.")
        await desk.presses(HELEN, mine, "All tasks")
        all_of_them = await desk.sees(HELEN.telegram_id, f"1. {TITLE} · Анна")
        assert all_of_them["message_id"] == mine["message_id"]
        assert "Only mine" in labels(all_of_them)


class TestDigests:
    async def test_what_is_to_be_done_today_opens_below(self, desk: DeskWorld) -> None:
        await made(desk)
        async with desk.inbox.store.begin() as t:
            entries = await t.open_tasks(None)
        await desk.desk.show_tasks(TaskDigest(evening=False, now=entries), await member(desk))
        told = await desk.sees(OLGA.telegram_id, "☀️ Ваши задачи на сегодня")
        assert told["text"].endswith(f"Сейчас в работе\n1. {TITLE} · Анна")
        await desk.presses(OLGA, told, "1")
        opened = await desk.until(
            lambda: desk.chat(OLGA.telegram_id)[-1] != told and desk.chat(OLGA.telegram_id)[-1]
        )
        assert opened["reply_to_message"]["message_id"] == told["message_id"]
        assert opened["text"].startswith(f"📌 {TITLE}\nАнна\nСейчас · без срока")
        assert shown(desk, told)["text"] == told["text"]

    async def test_once_at_the_days_opening_and_once_at_its_end(self, desk: DeskWorld) -> None:
        card = await made(desk)
        await until_clock(desk, 10)
        for _ in range(2):
            await tell_tasks(desk.inbox)
            await desk.sees(OLGA.telegram_id, "☀️ Ваши задачи на сегодня")
        await pressed(desk, card, "✅ Сделано", "Сообщить клиенту?")
        await until_clock(desk, 19)
        for _ in range(2):
            await tell_tasks(desk.inbox)
            told = await desk.sees(OLGA.telegram_id, "🌙 Ваши задачи: итог дня")
        assert told["text"].endswith(f"Сделано сегодня\n1. {TITLE} · Анна")
        texts = [one.get("text", "") for one in desk.chat(OLGA.telegram_id)]
        assert sum(one.startswith(("☀️", "🌙")) for one in texts) == 2
        heads = [one.get("text", "") for one in desk.chat(HELEN.telegram_id)]
        assert not any("Your tasks" in one for one in heads)


async def until_clock(desk: DeskWorld, hour: int) -> None:
    """The next time that it is so late in Moscow."""
    now = desk.inbox.clock.now().astimezone(MOSCOW)
    later = now.replace(hour=hour, minute=0) + timedelta(days=now.hour >= hour)
    await desk.passes(later - now)


async def member(desk: DeskWorld) -> Any:
    async with desk.inbox.store.begin() as t:
        return next(one for one in await t.staff() if one.name == OLGA.name)
