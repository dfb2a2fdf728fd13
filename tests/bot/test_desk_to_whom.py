"""A message that answers nothing goes to nobody until its author says to whom."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.drafts import keep, kept
from inbox.model import Channel, RawMessage
from inbox.ports import DeskRef
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    NEWCOMER,
    DeskWorld,
    around,
    desk_world,
    labels,
    running,
    taken,
)
from tests.bot.studio import HELEN, IVAN, OLGA

QUESTION = "Это пока никому не ушло. Кому отправить?"
ANNA = "Анна · 💬 Telegram"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


def at_client(desk: DeskWorld) -> list[str]:
    return [
        str(one.get("text", one.get("caption"))) for one in desk.chat(CLIENT) if not one["out"]
    ]


def data_of(question: dict[str, Any], place: int) -> str:
    rows = question["reply_markup"]["inline_keyboard"]
    return str([one for row in rows for one in row][place]["callback_data"])


async def asked(desk: DeskWorld, text: str = "Мысли вслух") -> tuple[dict[str, Any], int]:
    """The question about Olga's message, and the message's number."""
    await taken(desk)
    own = desk.people.says(OLGA.telegram_id, BOT, text)
    question = await desk.sees(OLGA.telegram_id, QUESTION)
    assert question["reply_to_message"]["message_id"] == own["message_id"]
    return question, int(own["message_id"])


async def test_a_press_sends_it_once_and_the_question_says_so(desk: DeskWorld) -> None:
    question, own = await asked(desk)
    assert labels(question) == [ANNA, "Отмена"]
    assert at_client(desk) == []
    data = data_of(question, 0)

    await desk.presses(OLGA, question, ANNA)

    await desk.sees(CLIENT, "Мысли вслух")
    told = await desk.sees(OLGA.telegram_id, "Уходит клиенту: Анна.")
    assert (told["message_id"], labels(told)) == (question["message_id"], [])
    assert await desk.presses_made_up(OLGA.telegram_id, data) in {
        "Это уже решено.",
        "Эта кнопка больше не действует.",
    }
    assert at_client(desk) == ["Мысли вслух"]
    desk.people.says(OLGA.telegram_id, BOT, "И ещё", reply_to=own)
    await desk.sees(CLIENT, "И ещё")


async def test_who_chooses_another_client_answers_that_clients_message(desk: DeskWorld) -> None:
    question, own = await asked(desk)
    desk.people.says(NEWCOMER, BOT, "Здравствуйте")
    await desk.sees(OLGA.telegram_id, "Здравствуйте")
    async with desk.inbox.store.begin() as t:
        first, second = sorted(await t.recent_conversations(None, 5))
        draft = await kept(t, DeskRef(BOT, OLGA.telegram_id, own))
        assert draft is not None
        about = await t.newest_message(first)
        await keep(t, replace(draft, conversation_id=first, message_id=about))
    await presses_at(desk, OLGA.telegram_id, question["message_id"], f"xw:{own}:{second}")
    await desk.until(lambda: [one for one in desk.chat(NEWCOMER) if not one["out"]])
    async with desk.inbox.store.begin() as t:
        (sent,) = await t.replies(second)
        assert sent.message_id == await t.newest_message(second)


async def test_it_can_go_to_nobody(desk: DeskWorld) -> None:
    question, _ = await asked(desk)
    await desk.presses(OLGA, question, "Отмена")
    told = await desk.sees(OLGA.telegram_id, "Это никому не ушло.")
    assert told["message_id"] == question["message_id"]
    assert at_client(desk) == []


async def test_the_question_outlives_a_restart(tmp_path: Path) -> None:
    async with around(tmp_path) as there:
        async with running(there) as desk:
            question, _ = await asked(desk)
        async with running(there) as desk:
            await desk.presses(OLGA, question, ANNA)
            await desk.sees(CLIENT, "Мысли вслух")


async def test_an_album_goes_as_one_with_its_words(desk: DeskWorld) -> None:
    await taken(desk)
    items = [
        {"kind": "photo", "content": bytes([n]), "caption": "Смотрите" if n == 1 else ""}
        for n in range(1, 5)
    ]
    desk.people.sends_album(OLGA.telegram_id, BOT, items)
    question = await desk.sees(OLGA.telegram_id, QUESTION)
    questions = [one for one in desk.chat(OLGA.telegram_id) if one.get("text") == question["text"]]
    assert len(questions) == 1

    await desk.presses(OLGA, question, ANNA)

    await desk.until(lambda: len([one for one in desk.chat(CLIENT) if "photo" in one]) == 4)
    groups = {one["media_group_id"] for one in desk.chat(CLIENT) if "photo" in one}
    assert len(groups) == 1
    assert at_client(desk)[0] == "Смотрите"


async def test_what_is_edited_meanwhile_goes_as_it_reads_then(desk: DeskWorld) -> None:
    question, own = await asked(desk, "Завтро")
    desk.people.edits(OLGA.telegram_id, BOT, own, "Завтра")
    await desk.presses(OLGA, question, ANNA)
    await desk.until(lambda: at_client(desk) == ["Завтра"])


async def test_a_voice_message_and_what_no_bot_can_send(desk: DeskWorld) -> None:
    await taken(desk)
    desk.people.sends(OLGA.telegram_id, BOT, "dice")
    await desk.sees(OLGA.telegram_id, "Ничего не отправлено")
    desk.people.sends(OLGA.telegram_id, BOT, "voice", b"ogg")
    question = await desk.sees(OLGA.telegram_id, QUESTION)
    await desk.presses(OLGA, question, ANNA)
    await desk.until(lambda: any("voice" in one for one in desk.chat(CLIENT)))


async def test_only_clients_whom_the_member_may_answer_are_offered(desk: DeskWorld) -> None:
    await taken(desk)
    desk.people.says(IVAN.telegram_id, BOT, "Алло")
    told = await desk.sees(IVAN.telegram_id, "пока нет клиента, которому вы могли бы ответить")
    assert labels(told) == []
    desk.people.says(HELEN.telegram_id, BOT, "Hello")
    assert labels(await desk.sees(HELEN.telegram_id, "To whom shall it go?")) == [ANNA, "Cancel"]


async def test_a_made_up_choice_is_no_way_to_anothers_client(desk: DeskWorld) -> None:
    await taken(desk)
    own = desk.people.says(IVAN.telegram_id, BOT, "Алло")
    await desk.sees(IVAN.telegram_id, "пока нет клиента")
    message = (await desk.sees(IVAN.telegram_id, "пока нет клиента"))["message_id"]
    said = await presses_at(desk, IVAN.telegram_id, message, f"xw:{own['message_id']}:1")
    assert said == "Этот клиент — за другим менеджером (Ольга). Попросите передать."
    assert at_client(desk) == []


async def presses_at(desk: DeskWorld, person: int, message: int, data: str) -> str:
    """Press a button that the message never had."""
    room = desk.world.room(desk.world.bot(BOT), person)
    entry = room.entries[message]
    entry.markup = {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}
    return await desk.people.presses(person, BOT, message, data)


async def handled_again(desk: DeskWorld, message: dict[str, Any]) -> None:
    """The process died before it acknowledged the message, and reads it once more."""
    update = json.dumps({"update_id": 9, "message": message}).encode()
    raw = RawMessage("9", "chat", update, desk.inbox.clock.now())
    async with desk.inbox.store.begin() as t:
        staff = await t.staff()
    await desk.desk.handle([raw], Channel("telegram", "telegram"), staff)


async def test_a_message_read_twice_goes_once(desk: DeskWorld) -> None:
    card = await taken(desk)
    answer = desk.people.says(OLGA.telegram_id, BOT, "Смотрим", reply_to=card["message_id"])
    await desk.sees(CLIENT, "Смотрим")
    await handled_again(desk, answer)
    plain = desk.people.says(OLGA.telegram_id, BOT, "Мысли вслух")
    await desk.presses(OLGA, await desk.sees(OLGA.telegram_id, QUESTION), ANNA)
    await desk.sees(CLIENT, "Мысли вслух")
    before = len(desk.chat(OLGA.telegram_id))
    await handled_again(desk, plain)

    assert len(desk.chat(OLGA.telegram_id)) == before
    desk.people.says(OLGA.telegram_id, BOT, "Конец", reply_to=card["message_id"])
    await desk.sees(CLIENT, "Конец")
    assert at_client(desk) == ["Смотрим", "Мысли вслух", "Конец"]


async def test_with_topics_only_what_stands_outside_them_is_asked_about(tmp_path: Path) -> None:
    async with desk_world(tmp_path, topics=True) as desk:
        card = await taken(desk)
        thread = card["message_thread_id"]
        desk.people.says(OLGA.telegram_id, BOT, "В теме", thread_id=thread)
        await desk.sees(CLIENT, "В теме")
        desk.people.says(OLGA.telegram_id, BOT, "Вне тем")
        question = await desk.sees(OLGA.telegram_id, QUESTION)
        assert question.get("message_thread_id") is None
        await desk.presses(OLGA, question, ANNA)
        await desk.sees(CLIENT, "Вне тем")
