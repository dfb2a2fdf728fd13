"""Tasks over a real Bot API: two taps, by when, done with a word to the client, undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.business_hours import BusinessHours
from inbox.work_records import Horizon, Task
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, around, button, labels, running
from tests.bot.studio import IVAN, MOSCOW, OLGA
from tests.bot.test_desk_deeds import client_read, says, shown, taken

ALWAYS = BusinessHours(MOSCOW, {day: [(time(), time())] for day in range(7)})
PHONE = "Поменяйте телефон в шапке\nНовый: 555-12-34"
TITLE = "Поменяйте телефон в шапке"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with around(tmp_path) as there, running(there, hours=ALWAYS) as world:
        yield world


async def tasks_of(desk: DeskWorld, client_id: int = 1) -> tuple[Task, ...]:
    async with desk.inbox.store.begin() as t:
        return await t.tasks_of_client(client_id)


async def asked(desk: DeskWorld, card: dict[str, Any]) -> dict[str, Any]:
    """The first tap."""
    await desk.presses(OLGA, card, "Задача")
    return await desk.sees(OLGA.telegram_id, "Когда?")


async def made(desk: DeskWorld, into: str = "Сейчас", text: str = PHONE) -> dict[str, Any]:
    """Two taps; the task's card."""
    question = await asked(desk, await taken(desk, text))
    await desk.presses(OLGA, question, into)
    return await changed(desk, question, "Записано: Ольга")


async def changed(desk: DeskWorld, message: dict[str, Any], words: str) -> dict[str, Any]:
    """The message once it says this."""
    await desk.until(lambda: words in shown(desk, message)["text"])
    return shown(desk, message)


async def pressed(
    desk: DeskWorld, message: dict[str, Any], label: str, words: str
) -> dict[str, Any]:
    """The message as it is after a press."""
    await desk.presses(OLGA, shown(desk, message), label)
    return await changed(desk, message, words)


class TestTwoTaps:
    async def test_a_message_becomes_a_task_of_its_client(self, desk: DeskWorld) -> None:
        card = await taken(desk, PHONE)
        question = await asked(desk, card)
        assert labels(question) == ["Сейчас", "Ближайшие дни", "Позже", "Отмена"]
        assert question["reply_to_message"]["message_id"] == card["message_id"]
        assert await tasks_of(desk) == ()

        assert await desk.presses(OLGA, question, "Ближайшие дни") == "Отмечено."
        task_card = await changed(desk, question, "Записано: Ольга")
        assert task_card["text"].startswith(f"📌 {TITLE}\nАнна\nБлижайшие дни · без срока\n")
        assert labels(task_card) == [
            "✅ Сделано",
            "→ Сейчас",
            "→ Позже",
            "⏰ Срок",
            "✏️ Переименовать",
            "💬 Сообщение",
            "🗑 Удалить",
        ]
        (task,) = await tasks_of(desk)
        assert (task.title, task.horizon) == (TITLE, Horizon.SOON)
        assert (task.message_id, task.conversation_id) == (1, 1)
        assert client_read(desk) == []

    async def test_a_question_makes_one_task_however_often_it_is_pressed(
        self, desk: DeskWorld
    ) -> None:
        question = await asked(desk, await taken(desk, PHONE))
        await asyncio.gather(
            *(desk.presses(OLGA, question, one) for one in ("Сейчас", "Позже", "Сейчас"))
        )
        card = await changed(desk, question, "Записано: Ольга")
        (task,) = await tasks_of(desk)
        assert {Horizon.NOW: "Сейчас", Horizon.LATER: "Позже"}[task.horizon] in card["text"]

    async def test_other_words_for_it_are_a_reply_to_the_question(self, desk: DeskWorld) -> None:
        question = await asked(desk, await taken(desk, PHONE))
        says(desk, "Телефон в шапке и в подвале", question)
        again = await desk.sees(OLGA.telegram_id, "📌 Телефон в шапке и в подвале")
        await changed(desk, question, "↓ Продолжение ниже.")
        assert labels(shown(desk, question)) == []
        await pressed(desk, again, "Позже", "Записано: Ольга")
        (task,) = await tasks_of(desk)
        assert (task.title, task.horizon, task.message_id) == (
            "Телефон в шапке и в подвале",
            Horizon.LATER,
            1,
        )
        assert client_read(desk) == []

    async def test_thought_better_of(self, desk: DeskWorld) -> None:
        question = await asked(desk, await taken(desk, PHONE))
        await pressed(desk, question, "Отмена", "Ничего не изменилось.")
        assert labels(shown(desk, question)) == []
        assert await tasks_of(desk) == ()

    async def test_a_message_without_words_is_called_by_whose_it_is(self, desk: DeskWorld) -> None:
        desk.people.sends(CLIENT, BOT, "video_note", b"mp4")
        card = await desk.sees(OLGA.telegram_id, "Анна")
        await desk.presses(OLGA, card, "Взять")
        await desk.until(lambda: "Задача" in labels(shown(desk, card)))
        question = await asked(desk, shown(desk, card))
        assert question["text"].startswith("📌 Сообщение: Анна")

    async def test_by_a_command_too(self, desk: DeskWorld) -> None:
        card = await taken(desk, PHONE)
        says(desk, "/task Проверить шапку", card)
        await desk.sees(OLGA.telegram_id, "📌 Проверить шапку")
        says(desk, "/task", card)
        await desk.sees(OLGA.telegram_id, f"📌 {TITLE}")
        desk.people.says(OLGA.telegram_id, BOT, "/task")
        await desk.sees(OLGA.telegram_id, "Ответьте этой командой на карточку клиента.")
        assert client_read(desk) == []

    async def test_a_restart_between_the_taps_and_in_the_middle_of_other_words(
        self, tmp_path: Path
    ) -> None:
        async with around(tmp_path) as there:
            async with running(there, hours=ALWAYS) as desk:
                question = await asked(desk, await taken(desk, PHONE))
                says(desk, "Телефон: 555", question)
                again = await desk.sees(OLGA.telegram_id, "📌 Телефон: 555")
            async with running(there, hours=ALWAYS) as desk:
                await pressed(desk, again, "Сейчас", "Записано: Ольга")
                assert [one.title for one in await tasks_of(desk)] == ["Телефон: 555"]

    async def test_made_up_presses_and_those_of_a_colleague_are_refused(
        self, desk: DeskWorld
    ) -> None:
        await taken(desk, PHONE)
        for data in ("wk:k:99", "tkw:n:m:99", "tkw:n:c:99", "tln:99"):
            answer = await desk.presses_made_up(OLGA.telegram_id, data)
            assert answer == "Эта кнопка больше не действует."
        for data in ("wk:k:1", "tkw:n:m:1", "tkw:n:c:1", "tln:1", "tl:1:0:a:d:0"):
            answer = await desk.presses_made_up(IVAN.telegram_id, data)
            assert "Ольга" in answer
        assert await tasks_of(desk) == ()


class TestTheCard:
    async def test_to_another_list(self, desk: DeskWorld) -> None:
        card = await made(desk)
        await pressed(desk, card, "→ Позже", "Позже · без срока")
        (task,) = await tasks_of(desk)
        assert task.horizon is Horizon.LATER
        assert "→ Сейчас" in labels(shown(desk, card))

    async def test_in_other_words(self, desk: DeskWorld) -> None:
        card = await made(desk)
        await desk.presses(OLGA, card, "✏️ Переименовать")
        question = await desk.sees(OLGA.telegram_id, f"Как назвать задачу «{TITLE}»?")
        says(desk, "/шапка", question)
        await desk.sees(OLGA.telegram_id, "📌 /шапка")
        desk.people.sends(OLGA.telegram_id, BOT, "voice", b"o", reply_to=question["message_id"])
        await desk.sees(OLGA.telegram_id, "Здесь принимается только текст.")
        assert [one.title for one in await tasks_of(desk)] == ["/шапка"]
        assert client_read(desk) == []

    async def test_its_message_is_shown_anew(self, desk: DeskWorld) -> None:
        card = await made(desk)
        before = len(desk.chat(OLGA.telegram_id))
        await desk.presses(OLGA, card, "💬 Сообщение")
        await desk.until(lambda: len(desk.chat(OLGA.telegram_id)) > before)
        assert "Новый: 555-12-34" in desk.chat(OLGA.telegram_id)[-1]["text"]

    async def test_deleted_and_brought_back_within_a_minute(self, desk: DeskWorld) -> None:
        card = await made(desk)
        await pressed(desk, card, "🗑 Удалить", f"🗑 {TITLE}")
        assert labels(shown(desk, card)) == ["Вернуть"]
        assert await tasks_of(desk) == ()
        await pressed(desk, card, "Вернуть", "Записано: Ольга")
        assert len(await tasks_of(desk)) == 1

        await pressed(desk, card, "🗑 Удалить", f"🗑 {TITLE}")
        await desk.passes(timedelta(minutes=2))
        assert await desk.presses(OLGA, shown(desk, card), "Вернуть") == (
            "Это уже нельзя вернуть."
        )
        assert await tasks_of(desk) == ()

    async def test_what_is_replied_to_it_goes_to_the_client(self, desk: DeskWorld) -> None:
        card = await made(desk)
        says(desk, "Уже меняем", card)
        await desk.sees(CLIENT, "Уже меняем")

    async def test_presses_that_nobody_may_do(self, desk: DeskWorld) -> None:
        await made(desk)
        for deed in "ovdtxrnslwzemku":
            unknown = await desk.presses_made_up(OLGA.telegram_id, f"tk:{deed}:99")
            assert unknown == "Эта кнопка больше не действует."
            assert "Ольга" in await desk.presses_made_up(IVAN.telegram_id, f"tk:{deed}:1")
        for data in ("td:1:739000", "tdm:1:29000000", "tlk:0:0:a:d:0:1"):
            assert "Ольга" in await desk.presses_made_up(IVAN.telegram_id, data)
        (task,) = await tasks_of(desk)
        assert (task.horizon, task.due_at) == (Horizon.NOW, None)


class TestByWhen:
    async def test_a_day_then_a_time(self, desk: DeskWorld) -> None:
        await desk.by_day(MOSCOW)
        card = await made(desk)
        await pressed(desk, card, "⏰ Срок", f"К какому сроку? {TITLE}")
        assert labels(shown(desk, card))[:2] == ["Сегодня", "Завтра"]
        await pressed(desk, card, "Завтра", "Завтра: во сколько?")
        await pressed(desk, card, "← Дни", "К какому сроку?")
        await pressed(desk, card, "Завтра", "Завтра: во сколько?")
        await pressed(desk, card, "10:00", "срок: завтра в 10:00")
        tomorrow = desk.inbox.clock.now().astimezone(MOSCOW) + timedelta(days=1)
        (task,) = await tasks_of(desk)
        assert task.due_at == tomorrow.replace(hour=10, minute=0, second=0, microsecond=0)

        await pressed(desk, card, "⏰ Срок", "К какому сроку?")
        await pressed(desk, card, "Без срока", "без срока")
        assert [one.due_at for one in await tasks_of(desk)] == [None]

    async def test_in_words_with_a_time_or_without_one(self, desk: DeskWorld) -> None:
        card = await made(desk)
        await pressed(desk, card, "⏰ Срок", "К какому сроку?")
        says(desk, "когда-нибудь", card)
        again = await desk.sees(OLGA.telegram_id, "Не удалось понять время.")
        says(desk, "01.02.2020", again)
        await desk.sees(OLGA.telegram_id, "Это время уже прошло.")
        says(desk, "завтра 10:07", again)
        noted = await desk.sees(OLGA.telegram_id, f"Записано: «{TITLE}», срок:")
        assert noted["text"].endswith("завтра в 10:07.")
        says(desk, "завтра", card)
        await desk.sees(OLGA.telegram_id, "завтра в 23:59.")
        assert client_read(desk) == []

    async def test_a_restart_while_it_is_asked(self, tmp_path: Path) -> None:
        async with around(tmp_path) as there:
            async with running(there, hours=ALWAYS) as desk:
                card = await made(desk)
                await pressed(desk, card, "⏰ Срок", "К какому сроку?")
            async with running(there, hours=ALWAYS) as desk:
                says(desk, "завтра 12:00", card)
                await desk.sees(OLGA.telegram_id, "срок: завтра в 12:00.")

    async def test_made_up_times_are_refused(self, desk: DeskWorld) -> None:
        await made(desk)
        assert await desk.presses_made_up(OLGA.telegram_id, "tdm:1:1") == "Это время уже прошло."
        far = await desk.presses_made_up(OLGA.telegram_id, "tdm:1:119000000")
        assert far == "До этого больше года."
        assert [one.due_at for one in await tasks_of(desk)] == [None]


class TestDone:
    async def test_the_client_is_told_once(self, desk: DeskWorld) -> None:
        card = await made(desk)
        asking = await pressed(desk, card, "✅ Сделано", "Сделано. Сообщить клиенту?")
        assert labels(asking) == ["Сообщить клиенту", "Нет", "Вернуть"]
        assert await tasks_of(desk) == ()
        assert client_read(desk) == []
        data = button(asking, "Сообщить клиенту")
        await pressed(desk, card, "Сообщить клиенту", "Клиенту сообщено.")
        told = await desk.sees(CLIENT, TITLE)
        assert told["text"] in asking["text"]
        assert await desk.presses_made_up(OLGA.telegram_id, data) == "Это уже решено."
        assert client_read(desk) == [told["text"]]

    async def test_in_own_words(self, desk: DeskWorld) -> None:
        card = await made(desk)
        await pressed(desk, card, "✅ Сделано", "Сообщить клиенту?")
        says(desk, "// а сам он этого не мог", card)
        await desk.sees(OLGA.telegram_id, "остаётся внутри студии: ничего не отправлено.")
        says(desk, "Телефон поменяли, проверьте", card)
        await desk.sees(CLIENT, "Телефон поменяли, проверьте")
        await changed(desk, card, "Клиенту сообщено.")
        assert client_read(desk) == ["Телефон поменяли, проверьте"]

    async def test_no_word_and_undone(self, desk: DeskWorld) -> None:
        card = await made(desk)
        await pressed(desk, card, "✅ Сделано", "Сообщить клиенту?")
        await pressed(desk, card, "Нет", "Сделано:")
        assert labels(shown(desk, card)) == ["Вернуть"]
        await pressed(desk, card, "Вернуть", "Записано: Ольга")
        assert len(await tasks_of(desk)) == 1
        assert client_read(desk) == []

    async def test_a_restart_before_the_client_is_told(self, tmp_path: Path) -> None:
        async with around(tmp_path) as there:
            async with running(there, hours=ALWAYS) as desk:
                card = await made(desk)
                await pressed(desk, card, "✅ Сделано", "Сообщить клиенту?")
            async with running(there, hours=ALWAYS) as desk:
                says(desk, "Готово!", card)
                await desk.sees(CLIENT, "Готово!")
                await changed(desk, card, "Клиенту сообщено.")
