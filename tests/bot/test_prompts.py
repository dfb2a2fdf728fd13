"""Questions of the desk that are answered by replying to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.prompts import Asked, Prompt, answered_by, asked_at, forget, remember, settle
from inbox.ports import DeskRef
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, desk_world
from tests.bot.studio import OLGA
from tests.bot.test_desk_deeds import client_read, says, shown, taken
from tests.bot.test_desk_promises import picker

REF = DeskRef(BOT, OLGA.telegram_id, 7)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def test_a_prompt_is_known_by_its_whole_key_until_it_is_forgotten(desk: DeskWorld) -> None:
    prompt = Prompt(Asked.PHONE, 3)
    await remember(desk.inbox, REF, prompt)

    assert await asked_at(desk.inbox, REF) == prompt
    for other in (DeskRef(1, REF.chat_id, 7), DeskRef(BOT, 1, 7), DeskRef(BOT, REF.chat_id, 8)):
        assert await asked_at(desk.inbox, other) is None

    await forget(desk.inbox, REF)
    assert await asked_at(desk.inbox, REF) is None


@pytest.mark.parametrize(
    "kept", ["", "x", "[]", "{}", '{"asked": "of a newer version", "about": 1}', '{"about": 1}']
)
async def test_what_another_version_kept_is_no_prompt(desk: DeskWorld, kept: str) -> None:
    async with desk.inbox.store.begin() as t:
        await t.save_form(f"prompt:{BOT}:{REF.chat_id}:{REF.message_id}", kept)

    assert await asked_at(desk.inbox, REF) is None


async def test_after_a_cancel_a_reply_is_no_time_and_goes_to_nobody(desk: DeskWorld) -> None:
    card = await taken(desk)
    days = await picker(desk, card)
    await desk.presses(OLGA, days, "Отмена")
    await desk.until(lambda: shown(desk, days)["text"] == "Ничего не изменилось.")
    says(desk, "завтра 10:00", days)

    await desk.sees(OLGA.telegram_id, "Это пока никому не ушло")
    assert client_read(desk) == []
    assert desk.chat(CLIENT)[-1]["out"]


async def test_what_is_typed_next_answers_a_question_without_buttons(desk: DeskWorld) -> None:
    card = await taken(desk)
    await desk.presses(OLGA, card, "Заметка")
    asking = await desk.until(
        lambda: next((one for one in desk.chat(OLGA.telegram_id) if forced(one)), None)
    )
    assert asking["reply_markup"] == {
        "force_reply": True,
        "input_field_placeholder": "Заметка для студии",
    }
    says(desk, "Просил не звонить", asking)
    await desk.sees(OLGA.telegram_id, "Видит её только студия")
    assert client_read(desk) == []


async def test_a_question_with_buttons_takes_no_answer_by_itself(desk: DeskWorld) -> None:
    await picker(desk, await taken(desk))
    assert not any(map(forced, desk.chat(OLGA.telegram_id)))


def forced(message: dict[str, Any]) -> bool:
    return "force_reply" in message.get("reply_markup", {})


async def test_the_answer_that_settled_a_question_is_known_when_it_is_read_again(
    desk: DeskWorld,
) -> None:
    prompt, own = Prompt(Asked.TASK_DUE, 3), DeskRef(BOT, OLGA.telegram_id, 8)
    await remember(desk.inbox, REF, prompt)
    for _ in range(2):
        await settle(desk.inbox, REF, own)
        assert await asked_at(desk.inbox, REF) is None
        assert await answered_by(desk.inbox, own) == prompt
    assert await answered_by(desk.inbox, REF) is None
