"""Managers at work over a real Bot API on loopback and a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

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
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def test_a_newcomer_is_offered_to_all_and_taken_by_one(desk: DeskWorld) -> None:
    card = await taken(desk)

    assert "Анна" in card["text"]
    assert labels(card) == [
        *("Шаблон", "Задача", "Заметка", "Клиент"),
        *("Ответ не нужен", "Ответ по телефону"),
        *("Пообещать", "Передать"),
        *("История", "Почему?"),
    ]
    others = await desk.sees(IVAN.telegram_id, "Ведёт Ольга")
    assert labels(others) == []
    assert not any("Сайт" in one.get("text", "") for one in desk.chat(ADAM.telegram_id))


async def test_a_second_taker_is_told_who_was_faster(desk: DeskWorld) -> None:
    desk.people.says(CLIENT, BOT, "Кто-нибудь?")
    stale = await desk.sees(IVAN.telegram_id, "Кто-нибудь?")
    data = stale["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    desk.world.faults.add(Fault("refuse", "editMessageText", IVAN.telegram_id, status=400))
    card = await desk.sees(OLGA.telegram_id, "Кто-нибудь?")
    await desk.presses(OLGA, card, "Взять")

    answer = await desk.people.presses(IVAN.telegram_id, BOT, stale["message_id"], data)

    assert "Ольга" in answer


async def test_a_reply_to_a_card_reaches_the_client_and_is_ticked(desk: DeskWorld) -> None:
    card = await taken(desk)
    said = desk.people.says(OLGA.telegram_id, BOT, "Смотрим!", reply_to=card["message_id"])

    arrived = await desk.sees(CLIENT, "Смотрим!")

    assert arrived["reply_to_message"]["text"] == "Сайт не открывается"
    await desk.until(lambda: ticks(desk, said["message_id"]) == ["👌"])
    answered = await desk.sees(OLGA.telegram_id, "✅ Ответ: Ольга")
    assert answered["message_id"] == card["message_id"]
    assert labels(answered) == [
        *("Шаблон", "Задача", "Заметка", "Клиент"),
        *("Пообещать", "История", "Почему?", "Отозвать ответ"),
    ]


async def test_a_reply_to_an_own_earlier_message_goes_the_same_way(desk: DeskWorld) -> None:
    card = await taken(desk)
    first = desk.people.says(OLGA.telegram_id, BOT, "Раз", reply_to=card["message_id"])
    await desk.sees(CLIENT, "Раз")
    desk.people.says(OLGA.telegram_id, BOT, "Два", reply_to=first["message_id"])

    await desk.sees(CLIENT, "Два")


async def test_files_go_both_ways(desk: DeskWorld) -> None:
    card = await taken(desk)
    desk.people.sends(CLIENT, BOT, "document", b"%PDF", "смета.pdf", caption="Вот смета")
    second = await desk.sees(OLGA.telegram_id, "Вот смета")
    assert "📎 смета.pdf · 4 байта" in second["text"]
    shown = await desk.until(
        lambda: next((one for one in desk.chat(OLGA.telegram_id) if "document" in one), None)
    )
    assert shown["reply_to_message"]["message_id"] == second["message_id"]

    desk.people.sends(
        OLGA.telegram_id, BOT, "photo", b"\xff\xd8", caption="Готово", reply_to=shown["message_id"]
    )

    sent = await desk.until(
        lambda: next((one for one in desk.chat(CLIENT) if "photo" in one), None)
    )
    assert sent["caption"] == "Готово"
    assert card["message_id"] != second["message_id"]


async def test_a_clients_album_is_an_album_on_the_desk(desk: DeskWorld) -> None:
    await taken(desk)
    items = [{"kind": "photo", "content": bytes([n]), "caption": "Фото"[:n]} for n in range(1, 4)]
    desk.people.sends_album(CLIENT, BOT, items)

    shown = await desk.until(
        lambda: (
            len([one for one in desk.chat(OLGA.telegram_id) if "photo" in one]) == 3
            and [one for one in desk.chat(OLGA.telegram_id) if "photo" in one]
        )
    )

    assert len({one["media_group_id"] for one in shown}) == 1


async def test_a_managers_album_and_voice_reach_the_client(desk: DeskWorld) -> None:
    card = await taken(desk)
    items = [{"kind": "photo", "content": bytes([n]), "caption": "Смотрите"} for n in range(3)]
    desk.people.sends_album(OLGA.telegram_id, BOT, items, reply_to=card["message_id"])
    desk.people.sends(OLGA.telegram_id, BOT, "voice", b"ogg", reply_to=card["message_id"])

    await desk.until(lambda: len([one for one in desk.chat(CLIENT) if "photo" in one]) == 3)
    await desk.until(lambda: any("voice" in one for one in desk.chat(CLIENT)))


async def test_formatting_travels_both_ways(desk: DeskWorld) -> None:
    bold = [{"type": "bold", "offset": 3, "length": 5}]
    desk.people.says(CLIENT, BOT, "😀 важно", entities=bold)
    card = await desk.sees(OLGA.telegram_id, "важно")
    desk.people.says(OLGA.telegram_id, BOT, "👍 понял", entities=bold, reply_to=card["message_id"])

    start = len(card["text"].partition("важно")[0].encode("utf-16-le")) // 2
    assert (start, 5) in {(one["offset"], one["length"]) for one in card["entities"]}
    assert (await desk.sees(CLIENT, "понял"))["entities"] == bold


async def test_a_place_and_a_contact_are_shown_as_such(desk: DeskWorld) -> None:
    await taken(desk)
    desk.people.sends(CLIENT, BOT, "location")
    desk.people.sends(CLIENT, BOT, "contact")

    await desk.until(lambda: any("location" in one for one in desk.chat(OLGA.telegram_id)))
    await desk.until(lambda: any("contact" in one for one in desk.chat(OLGA.telegram_id)))


async def test_what_cannot_be_passed_on_gets_a_word(desk: DeskWorld) -> None:
    card = await taken(desk)
    desk.people.sends(OLGA.telegram_id, BOT, "dice", reply_to=card["message_id"])

    await desk.sees(OLGA.telegram_id, "Ничего не отправлено")


async def test_no_reply_needed_stops_the_clock(desk: DeskWorld) -> None:
    card = await taken(desk)

    assert await desk.presses(OLGA, card, "Ответ не нужен") == "Отсчёт остановлен."

    await desk.sees(OLGA.telegram_id, "☑️ Ответ не нужен · Ольга")


async def test_a_client_is_handed_over_with_the_newest_card(desk: DeskWorld) -> None:
    card = await taken(desk)
    await desk.presses(OLGA, card, "Передать")
    question = await desk.sees(OLGA.telegram_id, "Кому передать")
    assert labels(question) == ["Иван", "Helen", "Адам", "Отмена"]
    await desk.presses(OLGA, question, "Иван")

    fresh = await desk.sees(IVAN.telegram_id, "↪ Передано от: Ольга")
    assert "Ответ не нужен" in labels(fresh)
    await desk.sees(OLGA.telegram_id, "теперь ведёт Иван")
    desk.people.says(OLGA.telegram_id, BOT, "Ещё я", reply_to=card["message_id"])
    await desk.sees(OLGA.telegram_id, "Не отправлено. Этот клиент — за другим")
    assert not any("Ещё я" in one.get("text", "") for one in desk.chat(CLIENT))


async def test_a_hand_over_can_be_thought_better_of(desk: DeskWorld) -> None:
    card = await taken(desk)
    await desk.presses(OLGA, card, "Передать")
    question = await desk.sees(OLGA.telegram_id, "Кому передать")
    await desk.presses(OLGA, question, "Отмена")

    told = await desk.sees(OLGA.telegram_id, "Ничего не изменилось.")
    assert (told["message_id"], labels(told)) == (question["message_id"], [])


async def test_history_shows_both_sides_and_can_be_answered(desk: DeskWorld) -> None:
    card = await taken(desk)
    desk.people.says(OLGA.telegram_id, BOT, "Смотрим!", reply_to=card["message_id"])
    await desk.sees(CLIENT, "Смотрим!")
    answered = await desk.sees(OLGA.telegram_id, "✅ Ответ: Ольга")
    await desk.presses(OLGA, answered, "История")

    told = await desk.sees(OLGA.telegram_id, "Последние сообщения")
    assert told["text"].index("Сайт не открывается") < told["text"].index("Смотрим!")
    assert "expandable_blockquote" in {one["type"] for one in told["entities"]}
    desk.people.says(OLGA.telegram_id, BOT, "И ещё", reply_to=told["message_id"])
    await desk.sees(CLIENT, "И ещё")


async def test_the_inbox_lists_what_waits_and_shows_a_card(desk: DeskWorld) -> None:
    await taken(desk)
    desk.people.says(OLGA.telegram_id, BOT, "/inbox")
    told = await desk.sees(OLGA.telegram_id, "Ждут ответа")

    assert "1. Анна · осталось" in told["text"] or "без срока" in told["text"]
    assert labels(told) == ["1 · Анна", "Только мои", "По клиентам", "← Меню"]
    desk.people.says(HELEN.telegram_id, BOT, "/inbox")
    assert "Ольга" in (await desk.sees(HELEN.telegram_id, "Waiting for an answer"))["text"]
    desk.people.says(IVAN.telegram_id, BOT, "/inbox")
    await desk.sees(IVAN.telegram_id, "Никто не ждёт ответа.")


async def test_a_long_text_comes_whole(desk: DeskWorld) -> None:
    await taken(desk)
    long = " ".join(f"слово{n}" for n in range(465))
    desk.people.says(CLIENT, BOT, long)
    card = await desk.sees(OLGA.telegram_id, "слово0 ")
    rest = await desk.sees(OLGA.telegram_id, "слово464")

    assert rest["reply_to_message"]["message_id"] == card["message_id"]
    shown = card["text"].split("\n\n")[1].removesuffix(" …")
    assert f"{shown} {rest['text']}" == long


async def test_the_language_is_a_members_own(desk: DeskWorld) -> None:
    desk.people.says(OLGA.telegram_id, BOT, "/language")
    asked = await desk.sees(OLGA.telegram_id, "Выберите язык")
    assert await desk.presses(OLGA, asked, "English") == "From now on I speak English."
    desk.people.says(OLGA.telegram_id, BOT, "/inbox")

    await desk.sees(OLGA.telegram_id, "Nobody waits for an answer.")
    desk.people.says(OLGA.telegram_id, BOT, "/language ru")
    await desk.sees(OLGA.telegram_id, "Теперь я говорю по-русски.")
    desk.people.says(OLGA.telegram_id, BOT, "/unknown")
    await desk.sees(OLGA.telegram_id, "Такой команды нет.")
