"""What goes wrong between a desk and Telegram: refused, cut, held back; and what is said of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.telegram import Fault
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    DeskWorld,
    desk_world,
    labels,
    taken,
    ticks,
)
from tests.bot.studio import ADAM, IVAN, OLGA


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def test_a_client_who_blocked_the_bot_is_told_of_and_can_be_tried_again(
    desk: DeskWorld,
) -> None:
    card = await taken(desk)
    desk.people.blocks(CLIENT, BOT)
    said = desk.people.says(OLGA.telegram_id, BOT, "Алло?", reply_to=card["message_id"])
    told = await desk.sees(OLGA.telegram_id, "❌ Не отправлено: получатель заблокировал бота.")
    assert told["reply_to_message"]["message_id"] == said["message_id"]

    desk.people.unblocks(CLIENT, BOT)
    await desk.presses(OLGA, told, "Повторить")

    await desk.sees(CLIENT, "Алло?")
    await desk.until(lambda: ticks(desk, said["message_id"]) == ["👌"])


async def test_an_uncertain_reply_is_settled_by_the_manager(desk: DeskWorld) -> None:
    card = await taken(desk)
    desk.world.faults.add(Fault("cut", "sendMessage", CLIENT))
    said = desk.people.says(OLGA.telegram_id, BOT, "Дошло?", reply_to=card["message_id"])
    told = await desk.sees(OLGA.telegram_id, "❓ Неизвестно, дошло ли это")
    assert labels(told) == ["Дошло", "Отправить ещё раз"]

    await desk.presses(OLGA, told, "Дошло")

    await desk.until(lambda: ticks(desk, said["message_id"]) == ["👌"])
    await desk.sees(OLGA.telegram_id, "Отмечено: дошло.")
    assert len([one for one in desk.chat(CLIENT) if one.get("text") == "Дошло?"]) == 1


async def test_a_press_whose_answer_was_lost_decides_all_the_same(desk: DeskWorld) -> None:
    card = await taken(desk)
    desk.world.faults.add(Fault("cut", "sendMessage", CLIENT))
    said = desk.people.says(OLGA.telegram_id, BOT, "Дошло?", reply_to=card["message_id"])
    told = await desk.sees(OLGA.telegram_id, "❓ Неизвестно, дошло ли это")
    desk.world.faults.add(Fault("refuse", "answerCallbackQuery", status=500))

    assert await desk.presses(OLGA, told, "Дошло") == ""

    await desk.sees(OLGA.telegram_id, "Отмечено: дошло.")
    await desk.until(lambda: ticks(desk, said["message_id"]) == ["👌"])


async def test_one_press_sends_again_once_even_where_its_answer_was_lost(
    desk: DeskWorld,
) -> None:
    card = await taken(desk)
    for _ in range(2):
        desk.world.faults.add(Fault("cut", "sendMessage", CLIENT))
    desk.people.says(OLGA.telegram_id, BOT, "Дошло?", reply_to=card["message_id"])
    told = await desk.sees(OLGA.telegram_id, "❓ Неизвестно, дошло ли это")
    desk.world.faults.add(Fault("refuse", "answerCallbackQuery", status=500))

    assert await desk.presses(OLGA, told, "Отправить ещё раз") == ""

    await desk.until(lambda: len(desk.world.faults.planned) == 0)
    assert len([one for one in desk.chat(CLIENT) if one.get("text") == "Дошло?"]) == 2


async def test_a_deferred_reply_is_told_of_once_and_goes_out(desk: DeskWorld) -> None:
    card = await taken(desk)
    desk.world.faults.add(Fault("refuse", "sendMessage", CLIENT, retry_after=1, count=2))
    desk.people.says(OLGA.telegram_id, BOT, "Позже", reply_to=card["message_id"])

    def notes() -> list[Any]:
        return [
            one for one in desk.chat(OLGA.telegram_id) if "Пока не ушло" in one.get("text", "")
        ]

    await desk.sees(OLGA.telegram_id, "⏳ Пока не ушло: сервер просит отправлять реже.")
    await desk.until(lambda: not desk.world.faults.planned)  # it was put off once more
    assert len(notes()) == 1
    await desk.sees(CLIENT, "Позже")
    await desk.until(lambda: notes() == [])


async def test_a_card_comes_again_marked_where_nobody_knows_whether_it_came(
    desk: DeskWorld,
) -> None:
    await taken(desk)
    desk.world.faults.add(Fault("cut", "sendMessage", OLGA.telegram_id))
    desk.people.says(CLIENT, BOT, "Второе")

    again = await desk.sees(OLGA.telegram_id, "Возможно, уже показано")

    assert "Второе" in again["text"]


async def test_a_quick_answer_waits_for_a_card_whose_files_are_held_back(desk: DeskWorld) -> None:
    await taken(desk)
    desk.world.faults.add(Fault("refuse", "sendDocument", OLGA.telegram_id, retry_after=2))
    desk.people.sends(CLIENT, BOT, "document", b"%PDF", "a.pdf", caption="С файлом")
    card = await desk.sees(OLGA.telegram_id, "С файлом")
    desk.people.says(OLGA.telegram_id, BOT, "Уже вижу", reply_to=card["message_id"])

    await desk.sees(CLIENT, "Уже вижу")
    assert not any("никому не ушло" in one.get("text", "") for one in desk.chat(OLGA.telegram_id))


async def test_a_member_who_stops_the_bot_is_reported(desk: DeskWorld) -> None:
    desk.people.blocks(IVAN.telegram_id, BOT)

    await desk.sees(ADAM.telegram_id, "⚠️ Иван: бот остановлен")
