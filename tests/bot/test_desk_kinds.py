"""Every kind of message a client can send, on a manager's desk; and what can be done with it in
own accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.telegram.world import Chat
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, desk_world, labels, taken, ticks
from tests.bot.studio import OLGA

KINDS = {
    "photo": "📎 ",
    "document": "📎 ",
    "voice": "📎 ",
    "audio": "📎 ",
    "video": "📎 ",
    "video_note": "📎 ",
    "animation": "📎 ",
    "sticker": "📎 стикер",
    "location": "📍 место на карте",
    "venue": "📍 Studio, Tverskaya 1",
    "contact": "👤 +79160000000 · Contact",
    "poll": "📊 Опрос: Which logo?\n  ○ The first\n  ○ The second",
    "story": "📖 История (Channel): откройте в Telegram",
    "paid_media": "⭐ Платный материал за 50 звёзд: откройте в Telegram",
    "checklist": "☑️ Список дел: For the start\n  ☑ Texts\n  ☐ Photos",
    "dice": "🎲 Выпало: 6",
    "game": "🎮 Игра: Snake",
    "invoice": "🧾 Счёт: Landing page",
    "gift": "🎁 Подарок: 15 ⭐",
    "giveaway": "🎁 Розыгрыш: откройте в Telegram",
    "rich_message": "The landing page is needed by Friday.",
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def shown(desk: DeskWorld, words: str, before: int) -> None:
    """Of what came to Olga since so many messages one says so."""
    await desk.until(
        lambda: [
            one for one in desk.chat(OLGA.telegram_id)[before:] if words in one.get("text", "")
        ]
    )


async def test_each_kind_is_shown_or_said(desk: DeskWorld) -> None:
    await taken(desk)
    for kind, words in KINDS.items():
        before = len(desk.chat(OLGA.telegram_id))
        desk.people.sends(CLIENT, BOT, kind, b"bytes")
        await shown(desk, words, before)
    said = [one.get("text", "") for one in desk.chat(OLGA.telegram_id)]
    assert not [one for one in said if "нельзя показать" in one or "не удалось понять" in one]


async def test_a_kind_of_the_future_is_named(desk: DeskWorld) -> None:
    await taken(desk)
    desk.people.writes(CLIENT, BOT, {"hologram": {"depth": 3}})
    await desk.sees(OLGA.telegram_id, "❔ Сообщение вида «hologram»: откройте в Telegram")


async def test_a_forward_and_a_quote_say_whose_words_they_are(desk: DeskWorld) -> None:
    card = await taken(desk)
    own = desk.people.says(OLGA.telegram_id, BOT, "Раз. Два.", reply_to=card["message_id"])
    await desk.until(lambda: ticks(desk, own["message_id"]) == ["👌"])
    origin = {"type": "hidden_user", "sender_user_name": "Пётр", "date": 1_700_000_000}
    desk.people.says(CLIENT, BOT, "Передаю", forward_origin=origin)
    assert "↪ Переслано от: Пётр" in (await desk.sees(OLGA.telegram_id, "Передаю"))["text"]

    sent = await desk.sees(CLIENT, "Раз. Два.")
    desk.people.says(CLIENT, BOT, "Про это", reply_to=sent["message_id"])
    answered = await desk.sees(OLGA.telegram_id, "Про это")
    assert "↩️ В ответ на наше сообщение\nРаз. Два." in answered["text"]


class TestOwnAccount:
    """A client writes to Olga's own account; she answers from the desk."""

    async def card(self, desk: DeskWorld) -> dict[str, Any]:
        desk.people.connects(OLGA.telegram_id, BOT)
        desk.people.says(CLIENT, BOT, "Здравствуйте, Ольга", owner=OLGA.telegram_id)
        card = await desk.sees(OLGA.telegram_id, "Здравствуйте, Ольга")
        assert "💼 Telegram, ваш личный аккаунт" in card["text"]
        return card

    def room(self, desk: DeskWorld) -> Chat:
        return desk.world.account_room(OLGA.telegram_id, CLIENT, desk.world.bot(BOT))

    def chat(self, desk: DeskWorld) -> list[str]:
        return [str(one.message.get("text")) for one in self.room(desk).entries.values()]

    async def test_an_answer_an_edit_and_a_taking_back(self, desk: DeskWorld) -> None:
        card = await self.card(desk)
        own = desk.people.says(OLGA.telegram_id, BOT, "Добрый ден", reply_to=card["message_id"])
        await desk.until(lambda: "Добрый ден" in self.chat(desk))
        await desk.until(lambda: ticks(desk, own["message_id"]) == ["👌"])

        desk.people.edits(OLGA.telegram_id, BOT, own["message_id"], "Добрый день")
        await desk.until(lambda: "Добрый день" in self.chat(desk))

        desk.people.says(OLGA.telegram_id, BOT, "/takeback", reply_to=own["message_id"])
        question = await desk.sees(OLGA.telegram_id, "Удалить у клиента")
        assert labels(question) == ["Отозвать", "Оставить"]
        await desk.presses(OLGA, question, "Отозвать")
        await desk.until(lambda: "Добрый день" not in self.chat(desk))

    async def test_what_the_client_deletes_stays_on_the_card(self, desk: DeskWorld) -> None:
        card = await self.card(desk)
        room = self.room(desk)
        number = next(iter(room.entries))
        desk.people.deletes(CLIENT, BOT, number, owner=OLGA.telegram_id)
        deleted = await desk.sees(OLGA.telegram_id, "🗑 Удалено клиентом")
        assert deleted["message_id"] == card["message_id"]
        assert "Здравствуйте, Ольга" in deleted["text"]
