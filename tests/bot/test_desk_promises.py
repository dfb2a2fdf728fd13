"""Promises over a real Bot API: two taps, an own time, told or not, kept or withdrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.business_hours import BusinessHours
from inbox.model import Outcome
from tests.bot.desk_world import CLIENT, DeskWorld, around, button, labels, running
from tests.bot.studio import HELEN, MOSCOW, OLGA
from tests.bot.test_desk_deeds import client_read, says, shown, taken

ALWAYS = BusinessHours(MOSCOW, {day: [(time(), time())] for day in range(7)})
MORNINGS = BusinessHours(MOSCOW, {day: [(time(8), time(12))] for day in range(7)})


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with around(tmp_path) as there, running(there, hours=ALWAYS) as world:
        yield world


async def picker(desk: DeskWorld, card: dict[str, Any]) -> dict[str, Any]:
    """The days, as they are offered below the card."""
    await desk.presses(OLGA, card, "Пообещать")
    return await desk.sees(OLGA.telegram_id, "Анна: к какому сроку обещаете ответ?")


async def promised(desk: DeskWorld, card: dict[str, Any]) -> dict[str, Any]:
    """Tomorrow at ten, in two taps; the message that asks whether the client is told."""
    days = await picker(desk, card)
    await desk.presses(OLGA, days, "Завтра")
    times = await desk.until(lambda: "10:00" in labels(shown(desk, days)) and shown(desk, days))
    await desk.presses(OLGA, times, "10:00")
    return await desk.until(
        lambda: "Сообщить клиенту?" in shown(desk, days)["text"] and shown(desk, days)
    )


async def outcomes(desk: DeskWorld) -> list[Outcome | None]:
    """Of all promises in the conversation, the newest first."""
    async with desk.inbox.store.begin() as t:
        waits = await t.waits_in(1)
    return [
        one.closing.outcome if one.closing is not None else None
        for one in waits
        if one.kind == "promise"
    ]


class TestTwoTaps:
    async def test_a_day_then_a_time_in_one_message(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        made = await promised(desk, card)

        assert made["text"] == "🤝 Обещан ответ: завтра в 10:00. Сообщить клиенту?"
        assert labels(made) == ["Сообщить клиенту", "Только напомнить мне"]
        await desk.until(lambda: "🤝 Обещан ответ: завтра в 10:00" in shown(desk, card)["text"])
        assert "Ответить до" in shown(desk, card)["text"]
        assert client_read(desk) == []

        await desk.presses(OLGA, made, "Только напомнить мне")
        await desk.until(lambda: labels(shown(desk, made)) == [])
        assert "🔔 Напомним: завтра в 09:30" in shown(desk, made)["text"]
        assert client_read(desk) == []

    async def test_rule_10_the_client_is_told_once_and_the_promise_stands(
        self, desk: DeskWorld
    ) -> None:
        card = await taken(desk)
        made = await promised(desk, card)
        data = button(made, "Сообщить клиенту")
        await desk.presses(OLGA, made, "Сообщить клиенту")

        told = await desk.sees(CLIENT, "Вернёмся к вам с ответом")
        said = await desk.until(
            lambda: "Клиенту сообщено" in shown(desk, made)["text"] and shown(desk, made)
        )
        assert told["text"] in said["text"]
        await desk.sees(OLGA.telegram_id, "✅ Ответ: Ольга")
        assert await desk.presses_made_up(OLGA.telegram_id, data) == "Это уже решено."
        assert client_read(desk) == [told["text"]]
        assert await outcomes(desk) == [None]

    async def test_back_to_the_days_and_out(self, desk: DeskWorld) -> None:
        await desk.by_day(MOSCOW)
        days = await picker(desk, await taken(desk))
        assert labels(days)[:2] == ["Сегодня", "Завтра"]
        assert labels(days)[-2:] == ["Другое время", "Отмена"]
        await desk.presses(OLGA, days, "Завтра")
        await desk.until(lambda: "← Дни" in labels(shown(desk, days)))
        await desk.presses(OLGA, shown(desk, days), "← Дни")
        await desk.until(lambda: "Сегодня" in labels(shown(desk, days)))
        await desk.presses(OLGA, shown(desk, days), "Отмена")
        await desk.until(lambda: shown(desk, days)["text"] == "Ничего не изменилось.")
        assert await outcomes(desk) == []

    async def test_a_restart_between_the_taps(self, tmp_path: Path) -> None:
        async with around(tmp_path) as there:
            async with running(there, hours=ALWAYS) as desk:
                card = await taken(desk)
                days = await picker(desk, card)
                await desk.presses(OLGA, days, "Завтра")
                await desk.until(lambda: "10:00" in labels(shown(desk, days)))
            async with running(there, hours=ALWAYS) as desk:
                await desk.presses(OLGA, shown(desk, days), "10:00")
                await desk.until(lambda: "Сообщить клиенту?" in shown(desk, days)["text"])
                assert await outcomes(desk) == [None]

    async def test_a_second_press_of_the_same_time_promises_nothing_more(
        self, desk: DeskWorld
    ) -> None:
        card = await taken(desk)
        days = await picker(desk, card)
        await desk.presses(OLGA, days, "Завтра")
        times = await desk.until(
            lambda: "10:00" in labels(shown(desk, days)) and shown(desk, days)
        )
        data = button(times, "10:00")
        for _ in range(2):
            await desk.presses_made_up(OLGA.telegram_id, data)
        assert await outcomes(desk) == [None]

    async def test_times_that_cannot_be_promised_are_refused_with_a_word(
        self, desk: DeskWorld
    ) -> None:
        await taken(desk)
        assert await desk.presses_made_up(OLGA.telegram_id, "t:1:1") == "Это время уже прошло."
        assert await desk.presses_made_up(OLGA.telegram_id, "t:1:120000000") == (
            "До этого больше года."
        )
        assert await outcomes(desk) == []


class TestOwnTime:
    async def test_other_time_is_written_as_a_reply(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        days = await picker(desk, card)
        await desk.presses(OLGA, days, "Другое время")
        asked = await desk.until(
            lambda: "Ответьте на это сообщение" in shown(desk, days)["text"] and shown(desk, days)
        )
        assert labels(asked) == ["← Дни", "Отмена"]
        says(desk, "/завтра", asked)
        again = await desk.sees(OLGA.telegram_id, "Не удалось понять время.")
        says(desk, "вчера", again)
        await desk.until(
            lambda: (
                sum("Не удалось" in o.get("text", "") for o in desk.chat(OLGA.telegram_id)) == 2
            )
        )
        says(desk, "завтра 10:07", again)
        made = await desk.sees(OLGA.telegram_id, "🤝 Обещан ответ: завтра в 10:07. Сообщить")
        assert labels(made) == ["Сообщить клиенту", "Только напомнить мне"]
        assert client_read(desk) == []

    async def test_a_reply_to_the_days_is_a_time_and_not_the_clients(
        self, desk: DeskWorld
    ) -> None:
        days = await picker(desk, await taken(desk))
        says(desk, "завтра 11:00", days)
        await desk.sees(OLGA.telegram_id, "🤝 Обещан ответ: завтра в 11:00.")
        assert client_read(desk) == []

    async def test_by_a_command(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        says(desk, "/promise завтра 12:00", card)
        await desk.sees(OLGA.telegram_id, "🤝 Обещан ответ: завтра в 12:00.")
        says(desk, "/promise", card)
        await desk.sees(OLGA.telegram_id, "Анна: к какому сроку обещаете ответ?")
        says(desk, "/promise 01.02.2020 10:00", card)
        await desk.sees(OLGA.telegram_id, "Это время уже прошло.")

    async def test_a_closed_time_names_the_next_opening(self, tmp_path: Path) -> None:
        async with around(tmp_path) as there, running(there, hours=MORNINGS) as desk:
            card = await taken(desk)
            says(desk, "/promise послезавтра 12:00", card)
            await desk.sees(OLGA.telegram_id, "🤝 Обещан ответ:")
            says(desk, "/promise завтра 7:30", card)
            await desk.sees(
                OLGA.telegram_id,
                "В это время никто не работает; ближайшее открытие: завтра в 08:00.",
            )

    async def test_in_english_too(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        assert card
        heads = await desk.sees(HELEN.telegram_id, "Сайт не открывается")
        says(desk, "/promise tomorrow 3 pm", heads, HELEN.telegram_id)
        made = await desk.sees(HELEN.telegram_id, "🤝 Promised by tomorrow at 15:00. Tell the")
        await desk.presses(HELEN, made, "Tell the client")
        assert "15:00" in (await desk.sees(CLIENT, "Вернёмся к вам с ответом"))["text"]


class TestEnds:
    async def test_kept_by_a_press(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await promised(desk, card)
        await desk.until(lambda: "🤝 Выполнено" in labels(shown(desk, card)))
        said = await desk.presses(OLGA, shown(desk, card), "🤝 Выполнено")
        assert said == "Отмечено: обещание выполнено."
        await desk.until(lambda: "🤝" not in shown(desk, card)["text"])
        assert await outcomes(desk) == [Outcome.KEPT]

    async def test_withdrawn_by_a_second_press(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await promised(desk, card)
        await desk.until(lambda: "Снять" in labels(shown(desk, card)))
        await desk.presses(OLGA, shown(desk, card), "Снять")
        asked = await desk.sees(OLGA.telegram_id, "Снять обещание? Анна")
        assert await outcomes(desk) == [None]
        await desk.presses(OLGA, asked, "Снять")
        await desk.until(lambda: "☑️ Обещание снято" in shown(desk, asked)["text"])
        await desk.until(lambda: "🤝" not in shown(desk, card)["text"])
        assert await outcomes(desk) == [Outcome.WITHDRAWN]

    async def test_a_withdrawal_can_be_thought_better_of(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await promised(desk, card)
        await desk.until(lambda: "Снять" in labels(shown(desk, card)))
        await desk.presses(OLGA, shown(desk, card), "Снять")
        asked = await desk.sees(OLGA.telegram_id, "Снять обещание? Анна")
        await desk.presses(OLGA, asked, "Оставить")
        await desk.until(lambda: labels(shown(desk, asked)) == [])
        assert await outcomes(desk) == [None]

    async def test_the_reminder_and_what_follows_it(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        due = desk.inbox.clock.now().astimezone(MOSCOW) + timedelta(minutes=61)
        says(desk, f"/promise {due:%d.%m.%Y %H:%M}", card)
        await desk.sees(OLGA.telegram_id, "🤝 Обещан ответ:")
        says(desk, "Занимаемся", card)
        await desk.sees(CLIENT, "Занимаемся")

        await desk.passes(timedelta(minutes=35))
        reminder = await desk.sees(OLGA.telegram_id, "🤝 Вы обещали ответ: Анна, срок")
        assert labels(reminder) == ["🤝 Выполнено", "Снять", "История", "Почему?"]

        await desk.passes(timedelta(minutes=30))
        warning = await desk.sees(HELEN.telegram_id, "❗ The promise to Анна is overdue by")
        assert labels(warning) == ["I take it", "🤝 Kept", "Withdraw", "History", "Why?"]

        await desk.presses(OLGA, reminder, "🤝 Выполнено")
        await desk.until(
            lambda: (
                "✅ Обещание выполнено" in shown(desk, reminder)["text"]
                and labels(shown(desk, reminder)) == []
            )
        )
        await desk.until(
            lambda: "was kept · Ольга" in shown(desk, warning, HELEN.telegram_id)["text"]
        )
        assert await outcomes(desk) == [Outcome.KEPT]
