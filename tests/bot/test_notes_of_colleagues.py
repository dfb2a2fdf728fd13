"""Notes among colleagues, over a real Bot API: who is told, who may answer, and how."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.bot.desk_world import (
    BOT,
    CLIENT,
    DeskWorld,
    around,
    button,
    desk_world,
    running,
    taken,
)
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA
from tests.bot.test_forum import FORUM, card_of, opened
from tests.bot.test_forum import says as says_in_forum
from tests.bot.test_internal_notes import (
    KEPT,
    client_read,
    helens_card,
    notes,
    says,
    text_of,
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


@pytest.fixture
async def forum(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with around(tmp_path) as there, running(there) as world:
        team = [one.telegram_id for one in (OLGA, IVAN, HELEN, ADAM)]
        world.world.add_group(FORUM, "Студия", members=team, bots=[BOT], admins=[BOT], forum=True)
        yield world


class TestAnswersToNotes:
    """What answers a note without being one is asked about before it may go to a client."""

    async def asked(self, desk: DeskWorld, text: str = "и не говори") -> dict[str, Any]:
        """Olga answers Helen's note about her client; the question."""
        await taken(desk)
        says(desk, "// торопится", await helens_card(desk), HELEN.telegram_id)
        note = await desk.sees(OLGA.telegram_id, "Helen, заметка о клиенте Анна")
        says(desk, text, note)
        return await desk.sees(OLGA.telegram_id, "Это ответ на заметку")

    async def test_it_stays_inside(self, desk: DeskWorld) -> None:
        question = await self.asked(desk)
        await desk.presses(OLGA, question, "📝 Для студии")
        await desk.until(lambda: KEPT in text_of(desk, question))
        assert [one.text for one in await notes(desk)] == ["и не говори", "торопится"]
        assert client_read(desk) == []

    async def test_it_goes_to_the_client(self, desk: DeskWorld) -> None:
        question = await self.asked(desk, "Уже делаем")
        await desk.presses(OLGA, question, "Клиенту")
        await desk.sees(CLIENT, "Уже делаем")
        assert len(await notes(desk)) == 1

    async def test_it_is_decided_once(self, desk: DeskWorld) -> None:
        question = await self.asked(desk)
        number = question["message_id"]
        data = button(question, "Клиенту")
        await desk.presses(OLGA, question, "📝 Для студии")
        said = await desk.people.presses(OLGA.telegram_id, BOT, number, data)
        assert said == "Это уже решено."
        assert client_read(desk) == []

    async def test_another_cannot_decide_it(self, desk: DeskWorld) -> None:
        question = await self.asked(desk)
        data = button(question, "Клиенту")
        assert await desk.presses_made_up(IVAN.telegram_id, data) == "Это уже решено."
        assert client_read(desk) == []


async def test_the_cards_history_has_the_notes(desk: DeskWorld) -> None:
    card = await taken(desk)
    says(desk, "// торопится", card)
    await desk.sees(OLGA.telegram_id, KEPT)
    await desk.presses(OLGA, card, "История")
    seen = await desk.sees(OLGA.telegram_id, "Последние сообщения")
    assert "📝 Ольга" in seen["text"]
    assert seen["text"].index("Сайт не открывается") < seen["text"].index("торопится")


class TestColleagues:
    async def test_who_is_called_gets_the_note_with_what_was_said_last(
        self, desk: DeskWorld
    ) -> None:
        card = await taken(desk)
        says(desk, "// @Иван глянь сервер", card)

        said = await desk.sees(OLGA.telegram_id, KEPT)
        assert "Сообщено: Иван" in said["text"]
        seen = await desk.sees(IVAN.telegram_id, "зовёт вас, клиент Анна")
        assert "глянь сервер" in seen["text"]
        assert "Сайт не открывается" in seen["text"]
        assert seen["text"].count("глянь сервер") == 1

    async def test_the_files_come_with_it(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        desk.people.sends(
            OLGA.telegram_id,
            BOT,
            "document",
            b"pdf",
            caption="// @Иван счёт",
            reply_to=card["message_id"],
        )
        seen = await desk.sees(IVAN.telegram_id, "зовёт вас")

        def file() -> dict[str, Any] | None:
            chat = desk.chat(IVAN.telegram_id)
            return next((one for one in chat if "document" in one), None)

        found = await desk.until(file)
        assert found["reply_to_message"]["message_id"] == seen["message_id"]

    async def test_the_called_answers_with_a_note_and_with_nothing_else(
        self, desk: DeskWorld
    ) -> None:
        card = await taken(desk)
        says(desk, "// @Иван глянь сервер", card)
        seen = await desk.sees(IVAN.telegram_id, "зовёт вас")

        says(desk, "сервер жив", seen, IVAN.telegram_id)
        await desk.sees(IVAN.telegram_id, "Не отправлено.")
        says(desk, "// сервер жив", seen, IVAN.telegram_id)

        await desk.sees(OLGA.telegram_id, "Иван, заметка о клиенте Анна")
        assert client_read(desk) == []

    async def test_who_has_no_part_in_it_writes_none(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        others = await desk.sees(IVAN.telegram_id, "Сайт не открывается")
        says(desk, "// влезу", others, IVAN.telegram_id)
        await desk.sees(IVAN.telegram_id, "Заметка не сохранена.")
        assert await notes(desk) == ()
        assert card

    async def test_a_name_that_nobody_has_is_said_and_the_note_kept(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        says(desk, "// @Зинаида спроси", card)
        said = await desk.sees(OLGA.telegram_id, KEPT)
        assert "@Зинаида" in said["text"]
        assert [one.text for one in await notes(desk)] == ["@Зинаида спроси"]


class TestInTheForum:
    async def test_what_is_written_in_a_topic_stays_inside(
        self,
        forum: DeskWorld,
    ) -> None:
        await opened(forum)
        card = await card_of(forum)
        await forum.presses(OLGA, card, "Взять")
        topic = card["message_thread_id"]
        says_in_forum(forum, OLGA.telegram_id, "// между нами", thread_id=topic)
        await forum.sees(FORUM, KEPT)
        assert [one.text for one in await notes(forum)] == ["между нами"]
        assert client_read(forum) == []
