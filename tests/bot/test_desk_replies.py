"""Replies over a real Bot API: albums whole, edits carried, what was sent taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.telegram import Fault
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    DeskWorld,
    around,
    desk_world,
    labels,
    running,
    taken,
    ticks,
)
from tests.bot.studio import HELEN, IVAN, OLGA

Message = dict[str, Any]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


def at_client(desk: DeskWorld) -> list[Message]:
    return [one for one in desk.chat(CLIENT) if not one["out"]]


def read(desk: DeskWorld) -> list[str]:
    return [str(one.get("text", one.get("caption", ""))) for one in at_client(desk)]


def photos(desk: DeskWorld) -> list[Message]:
    return [one for one in at_client(desk) if "photo" in one]


def of_olga(desk: DeskWorld, message: Message) -> Message:
    number = message["message_id"]
    return next(one for one in desk.chat(OLGA.telegram_id) if one["message_id"] == number)


async def answered(desk: DeskWorld, text: str = "Починили") -> tuple[Message, Message]:
    """Olga's card and her own message, which the client has."""
    card = await taken(desk)
    own = desk.people.says(OLGA.telegram_id, BOT, text, reply_to=card["message_id"])
    await desk.sees(CLIENT, text)
    await desk.until(lambda: ticks(desk, own["message_id"]) == ["👌"])
    return card, own


def album(count: int, captions: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {"kind": "photo", "content": bytes([n + 1]), "caption": captions.get(n, "")}
        for n in range(count)
    ]


class TestAlbums:
    async def test_an_album_is_one_reply(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        items = album(5, {0: "До", 3: "После"})
        own = desk.people.sends_album(OLGA.telegram_id, BOT, items, reply_to=card["message_id"])

        await desk.until(lambda: len(photos(desk)) == 5)
        assert len({one["media_group_id"] for one in photos(desk)}) == 1
        assert read(desk)[0] == "До\n\nПосле"
        async with desk.inbox.store.begin() as t:
            (reply,) = [one for one in await t.history(1, 9) if not one.inbound]
        assert len(reply.attachments) == 5
        await desk.until(lambda: ticks(desk, own[0]["message_id"]) == ["👌"])

    async def test_a_reply_to_any_of_it_goes_the_same_way(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        own = desk.people.sends_album(
            OLGA.telegram_id, BOT, album(3, {}), reply_to=card["message_id"]
        )
        await desk.until(lambda: len(photos(desk)) == 3)
        desk.people.says(OLGA.telegram_id, BOT, "Второе", reply_to=own[1]["message_id"])
        await desk.sees(CLIENT, "Второе")

    async def test_an_edited_caption_of_any_of_it_is_carried(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        items = album(3, {0: "До", 2: "Посли"})
        own = desk.people.sends_album(OLGA.telegram_id, BOT, items, reply_to=card["message_id"])
        await desk.until(lambda: len(photos(desk)) == 3)
        await desk.until(lambda: ticks(desk, own[0]["message_id"]) == ["👌"])

        desk.people.edits(OLGA.telegram_id, BOT, own[2]["message_id"], "После")

        await desk.until(lambda: read(desk)[0] == "До\n\nПосле")
        await desk.until(lambda: ticks(desk, own[2]["message_id"]) == ["✍"])


class TestEdits:
    async def test_an_edit_is_carried_to_the_client_quietly(self, desk: DeskWorld) -> None:
        _, own = await answered(desk, "Завтро")
        before = len(desk.chat(OLGA.telegram_id))

        desk.people.edits(OLGA.telegram_id, BOT, own["message_id"], "Завтра")

        await desk.until(lambda: read(desk) == ["Завтра"])
        await desk.until(lambda: ticks(desk, own["message_id"]) == ["✍"])
        assert len(desk.chat(OLGA.telegram_id)) == before

    async def test_before_it_has_gone_the_draft_changes(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        desk.world.faults.add(Fault("refuse", "sendMessage", CLIENT, retry_after=2))
        own = desk.people.says(OLGA.telegram_id, BOT, "Завтро", reply_to=card["message_id"])
        await desk.sees(OLGA.telegram_id, "Пока не ушло")

        desk.people.edits(OLGA.telegram_id, BOT, own["message_id"], "Завтра")

        await desk.sees(CLIENT, "Завтра")
        assert read(desk) == ["Завтра"]
        await desk.until(lambda: ticks(desk, own["message_id"]) == ["👌"])
        await desk.until(
            lambda: (
                not any(
                    "Пока не ушло" in one.get("text", "") for one in desk.chat(OLGA.telegram_id)
                )
            )
        )

    async def test_an_edit_of_what_went_to_nobody_says_nothing(self, desk: DeskWorld) -> None:
        await taken(desk)
        own = desk.people.says(OLGA.telegram_id, BOT, "/inbox")
        await desk.sees(OLGA.telegram_id, "Ждут ответа")
        before = len(desk.chat(OLGA.telegram_id))
        desk.people.edits(OLGA.telegram_id, BOT, own["message_id"], "Починили")
        desk.people.says(OLGA.telegram_id, BOT, "/language")
        await desk.sees(OLGA.telegram_id, "Выберите язык")
        assert len(desk.chat(OLGA.telegram_id)) == before + 2
        assert read(desk) == []

    async def test_who_no_longer_has_the_client_changes_nothing(self, desk: DeskWorld) -> None:
        card, own = await answered(desk, "Завтро")
        desk.people.says(OLGA.telegram_id, BOT, "/handover Иван", reply_to=card["message_id"])
        await desk.sees(IVAN.telegram_id, "↪ Передано от: Ольга")
        desk.people.edits(OLGA.telegram_id, BOT, own["message_id"], "Завтра")
        await desk.sees(OLGA.telegram_id, "Правка остаётся здесь. Этот клиент — за другим")
        assert read(desk) == ["Завтро"]


class TestTakingBack:
    async def test_one_press_asks_and_the_second_does(self, desk: DeskWorld) -> None:
        card, own = await answered(desk)
        answered_card = await self.with_button(desk, card)
        await desk.presses(OLGA, answered_card, "Отозвать ответ")
        question = await desk.sees(OLGA.telegram_id, "Удалить у клиента")
        assert "Анна" in question["text"]
        assert "Починили" in question["text"]
        assert labels(question) == ["Отозвать", "Оставить"]
        assert read(desk) == ["Починили"]

        await desk.presses(OLGA, question, "Отозвать")

        await desk.until(lambda: read(desk) == [])
        await desk.sees(OLGA.telegram_id, "Отозвано: клиент этого больше не видит")
        await desk.until(lambda: ticks(desk, own["message_id"]) == [])
        await desk.until(lambda: "Ответить до" in of_olga(desk, card)["text"])

    async def test_it_can_be_thought_better_of(self, desk: DeskWorld) -> None:
        card, _ = await answered(desk)
        await desk.presses(OLGA, await self.with_button(desk, card), "Отозвать ответ")
        question = await desk.sees(OLGA.telegram_id, "Удалить у клиента")
        await desk.presses(OLGA, question, "Оставить")
        await desk.until(lambda: of_olga(desk, question)["text"] == "Остаётся у клиента.")
        assert read(desk) == ["Починили"]

    async def test_by_a_command_in_a_reply_to_the_own_message(self, desk: DeskWorld) -> None:
        _, own = await answered(desk)
        desk.people.says(OLGA.telegram_id, BOT, "/takeback", reply_to=own["message_id"])
        question = await desk.sees(OLGA.telegram_id, "Удалить у клиента")
        await desk.presses(OLGA, question, "Отозвать")
        await desk.until(lambda: read(desk) == [])
        desk.people.says(OLGA.telegram_id, BOT, "/takeback", reply_to=own["message_id"])
        await desk.sees(OLGA.telegram_id, "Это уже отозвано.")

    async def test_of_an_album_all_of_it(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        own = desk.people.sends_album(
            OLGA.telegram_id, BOT, album(3, {}), reply_to=card["message_id"]
        )
        await desk.until(lambda: len(photos(desk)) == 3)
        await desk.until(lambda: ticks(desk, own[0]["message_id"]) == ["👌"])
        desk.people.says(OLGA.telegram_id, BOT, "/takeback", reply_to=own[2]["message_id"])
        await desk.presses(OLGA, await desk.sees(OLGA.telegram_id, "Удалить у"), "Отозвать")
        await desk.until(lambda: photos(desk) == [])

    async def test_where_there_is_nothing_to_take_back(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        desk.people.says(OLGA.telegram_id, BOT, "/takeback", reply_to=card["message_id"])
        await desk.sees(OLGA.telegram_id, "Здесь ничего не отправляли")
        desk.people.says(OLGA.telegram_id, BOT, "/takeback")
        await desk.sees(OLGA.telegram_id, "Ответьте этой командой на своё отправленное")

    async def test_a_taken_back_message_that_is_edited_may_go_out_anew(
        self, desk: DeskWorld
    ) -> None:
        _, own = await answered(desk)
        desk.people.says(OLGA.telegram_id, BOT, "/takeback", reply_to=own["message_id"])
        await desk.presses(OLGA, await desk.sees(OLGA.telegram_id, "Удалить у"), "Отозвать")
        await desk.sees(OLGA.telegram_id, "Отозвано: клиент")

        desk.people.edits(OLGA.telegram_id, BOT, own["message_id"], "Починили совсем")
        question = await desk.sees(OLGA.telegram_id, "Это было отозвано. Отправить в новом виде?")
        await desk.presses(OLGA, question, "Отправить")

        await desk.until(lambda: read(desk) == ["Починили совсем"])

    async def with_button(self, desk: DeskWorld, card: Message) -> Message:
        """The card once it says that it was answered."""
        await desk.until(lambda: "Отозвать ответ" in labels(of_olga(desk, card)))
        return of_olga(desk, card)


async def test_what_the_client_changed_is_on_the_card_with_what_it_said_before(
    desk: DeskWorld,
) -> None:
    desk.people.says(CLIENT, BOT, "Нужно 5 копий")
    card = await desk.sees(OLGA.telegram_id, "Нужно 5 копий")
    await desk.presses(OLGA, card, "Взять")
    asked = desk.chat(CLIENT)[0]
    desk.people.edits(CLIENT, BOT, asked["message_id"], "Нужно 50 копий")

    await desk.until(lambda: "Нужно 50 копий" in of_olga(desk, card)["text"])
    changed = of_olga(desk, card)
    assert "✏️ Изменено клиентом" in changed["text"]
    await desk.presses(OLGA, changed, "Что было до правки")
    told = await desk.sees(OLGA.telegram_id, "Нужно 5 копий")
    assert "Нужно 50 копий" in told["text"]
    desk.people.says(OLGA.telegram_id, BOT, "Сделаем", reply_to=told["message_id"])
    await desk.sees(CLIENT, "Сделаем")


async def test_of_a_message_that_became_long_the_whole_can_be_had(desk: DeskWorld) -> None:
    card = await taken(desk)
    asked = desk.chat(CLIENT)[0]
    long = " ".join(f"слово{n}" for n in range(465))
    desk.people.edits(CLIENT, BOT, asked["message_id"], long)
    await desk.until(lambda: "Весь текст" in labels(of_olga(desk, card)))
    assert "слово464" not in of_olga(desk, card)["text"]

    await desk.presses(OLGA, of_olga(desk, card), "Весь текст")

    whole = await desk.sees(OLGA.telegram_id, "слово464")
    assert whole["text"] == long
    desk.people.says(OLGA.telegram_id, BOT, "Прочла", reply_to=whole["message_id"])
    await desk.sees(CLIENT, "Прочла")


class TestTwoWhoAnswer:
    """Nobody has the client: all see the card, two answer it."""

    async def offered(self, desk: DeskWorld) -> tuple[Message, Message]:
        desk.people.says(CLIENT, BOT, "Кто-нибудь?")
        return (
            await desk.sees(OLGA.telegram_id, "Кто-нибудь?"),
            await desk.sees(HELEN.telegram_id, "Кто-нибудь?"),
        )

    async def test_that_somebody_answers_is_seen_by_the_others(self, desk: DeskWorld) -> None:
        own, _ = await self.offered(desk)
        said = await desk.presses(OLGA, own, "✍ Отвечаю я")
        assert said == "Коллеги 5 минут будут видеть, что отвечаете вы."
        await desk.sees(HELEN.telegram_id, "✍ Ольга is answering")
        await desk.sees(IVAN.telegram_id, "✍ Отвечает Ольга")
        assert "Отвечает" not in of_olga(desk, own)["text"]

    async def test_who_reads_the_history_is_taken_to_answer(self, desk: DeskWorld) -> None:
        own, _ = await self.offered(desk)
        await desk.presses(OLGA, own, "История")
        await desk.sees(HELEN.telegram_id, "✍ Ольга is answering")

    async def second(self, desk: DeskWorld) -> Message:
        """Olga has answered; the question to Helen, who did too."""
        own, other = await self.offered(desk)
        desk.people.says(OLGA.telegram_id, BOT, "Я тут", reply_to=own["message_id"])
        await desk.sees(CLIENT, "Я тут")
        desk.people.says(HELEN.telegram_id, BOT, "And I", reply_to=other["message_id"])
        question = await desk.sees(HELEN.telegram_id, "Already answered by Ольга")
        assert labels(question) == ["Send", "Don't send"]
        assert read(desk) == ["Я тут"]
        return question

    async def test_a_second_answer_waits_for_a_word(self, desk: DeskWorld) -> None:
        question = await self.second(desk)
        await desk.presses(HELEN, question, "Send")
        await desk.until(lambda: read(desk) == ["Я тут", "And I"])
        await desk.sees(HELEN.telegram_id, "Sent all the same.")

    async def test_it_can_be_left(self, desk: DeskWorld) -> None:
        question = await self.second(desk)
        await desk.presses(HELEN, question, "Don't send")
        await desk.sees(HELEN.telegram_id, "Not sent.")
        data = question["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        assert "decided" in await desk.presses_made_up(HELEN.telegram_id, data)
        assert read(desk) == ["Я тут"]

    async def test_nobody_else_decides_it(self, desk: DeskWorld) -> None:
        question = await self.second(desk)
        data = question["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        said = await desk.presses_made_up(OLGA.telegram_id, data)
        assert said in {"Эта кнопка больше не действует.", "Это уже решено."}
        assert read(desk) == ["Я тут"]

    async def test_the_question_outlives_a_restart(self, tmp_path: Path) -> None:
        async with around(tmp_path) as there:
            async with running(there) as desk:
                question = await self.second(desk)
            async with running(there) as desk:
                await desk.presses(HELEN, question, "Send")
                await desk.until(lambda: read(desk) == ["Я тут", "And I"])

    async def test_after_a_newer_word_of_the_client_nobody_is_asked(self, desk: DeskWorld) -> None:
        own, other = await self.offered(desk)
        desk.people.says(OLGA.telegram_id, BOT, "Я тут", reply_to=own["message_id"])
        await desk.sees(CLIENT, "Я тут")
        await asyncio.sleep(1.1)  # Telegram's times are whole seconds
        desk.people.says(CLIENT, BOT, "А когда?")
        await desk.sees(OLGA.telegram_id, "А когда?")
        desk.people.says(HELEN.telegram_id, BOT, "Today", reply_to=other["message_id"])
        await desk.until(lambda: read(desk) == ["Я тут", "Today"])
