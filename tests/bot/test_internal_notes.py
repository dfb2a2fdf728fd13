"""Notes for the studio alone, over a real Bot API: what begins with // reaches no client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.drafts import Draft, Part, deliver
from inbox.ports import DeskRef
from inbox.work_records import InternalNote
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    DeskWorld,
    around,
    button,
    desk_world,
    running,
    taken,
    ticks,
)
from tests.bot.studio import HELEN, IVAN, OLGA
from tests.bot.test_forum import card_of, opened
from tests.bot.test_forum import desk as forum  # noqa: F401 - a fixture
from tests.bot.test_forum import says as says_in_forum

KEPT = "Видит её только студия"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


def says(desk: DeskWorld, text: str, to: dict[str, Any], person: int = OLGA.telegram_id) -> Any:
    return desk.people.says(person, BOT, text, reply_to=to["message_id"])


def client_read(desk: DeskWorld) -> list[str]:
    return [one.get("text", "") for one in desk.chat(CLIENT) if not one["out"]]


async def notes(desk: DeskWorld) -> tuple[InternalNote, ...]:
    async with desk.inbox.store.begin() as t:
        return await t.notes_of_client(1, None, 20)


async def replies(desk: DeskWorld) -> list[str]:
    async with desk.inbox.store.begin() as t:
        lines = await t.history(1, 20)
    return [one.text for one in lines if not one.inbound and not one.internal]


class TestNeverToTheClient:
    async def test_a_reply_that_begins_with_slashes_is_a_note(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        own = says(desk, "// клиент торопится", card)

        kept = await desk.sees(OLGA.telegram_id, KEPT)

        assert kept["reply_to_message"]["message_id"] == own["message_id"]
        (note,) = await notes(desk)
        assert (note.text, note.author_id, note.message_id) == ("клиент торопится", 1, 1)
        says(desk, "Уже смотрим", card)
        await desk.sees(CLIENT, "Уже смотрим")
        assert client_read(desk) == ["Уже смотрим"]

    @pytest.mark.parametrize("text", ["//x", " // x", "\u200b//x", "//phone", "///x", "//\nx"])
    async def test_however_it_begins(self, desk: DeskWorld, text: str) -> None:
        card = await taken(desk)
        says(desk, text, card)
        await desk.sees(OLGA.telegram_id, KEPT)
        assert client_read(desk) == []
        assert await replies(desk) == []

    async def test_an_empty_one_is_refused(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        says(desk, "//", card)
        await desk.sees(OLGA.telegram_id, "Заметка пустая")
        assert await notes(desk) == ()
        assert client_read(desk) == []

    async def test_a_file_with_such_a_caption_stays_inside(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        desk.people.sends(
            OLGA.telegram_id,
            BOT,
            "document",
            b"pdf",
            caption="// счёт",
            reply_to=card["message_id"],
        )
        await desk.sees(OLGA.telegram_id, KEPT)
        (note,) = await notes(desk)
        assert note.text == "счёт"
        assert len(note.attachments) == 1
        assert [one for one in desk.chat(CLIENT) if not one["out"]] == []

    async def test_an_album_of_which_any_caption_begins_so_stays_inside(
        self, desk: DeskWorld
    ) -> None:
        card = await taken(desk)
        items: list[dict[str, Any]] = [
            {"kind": "photo", "content": b"1", "caption": "До"},
            {"kind": "photo", "content": b"2", "caption": "// после"},
        ]
        desk.people.sends_album(OLGA.telegram_id, BOT, items, reply_to=card["message_id"])
        await desk.sees(OLGA.telegram_id, KEPT)
        (note,) = await notes(desk)
        assert note.text == "До\n\nпосле"
        assert len(note.attachments) == 2
        assert await replies(desk) == []

    async def test_what_answers_nothing_is_asked_about_and_kept_inside(
        self, desk: DeskWorld
    ) -> None:
        await taken(desk)
        desk.people.says(OLGA.telegram_id, BOT, "// платит вовремя")
        question = await desk.sees(OLGA.telegram_id, "О ком она?")

        await desk.presses(OLGA, question, "Анна · 💬 Telegram")

        await desk.until(lambda: KEPT in text_of(desk, question))
        (note,) = await notes(desk)
        assert note.text == "платит вовремя"
        assert client_read(desk) == []

    async def test_the_lowest_place_keeps_a_note_whoever_asks_for_a_reply(
        self, desk: DeskWorld
    ) -> None:
        await taken(desk)
        part = Part(DeskRef(BOT, OLGA.telegram_id, 999), "// из шаблона")
        draft = Draft((part,), 1, desk.inbox.clock.now(), conversation_id=1)

        inside = await deliver(desk.inbox, draft)

        assert inside is not None
        assert inside.note is not None
        assert await deliver(desk.inbox, draft) is not None
        assert [one.text for one in await notes(desk)] == ["из шаблона"]
        assert await replies(desk) == []

    async def test_a_draft_that_became_a_note_while_it_was_asked_is_kept_inside(
        self, desk: DeskWorld
    ) -> None:
        card = await taken(desk)
        says(desk, "Смотрю", card)
        await desk.sees(CLIENT, "Смотрю")
        other = await helens_card(desk)
        own = says(desk, "Я тоже", other, HELEN.telegram_id)
        question = await desk.sees(HELEN.telegram_id, "Send anyway?")
        desk.people.edits(HELEN.telegram_id, BOT, own["message_id"], "// я тоже")
        await edited_draft(desk, own["message_id"])

        await desk.presses(HELEN, question, "Send")

        await desk.until(lambda: "for the studio alone" in text_of(desk, question, HELEN))
        assert client_read(desk) == ["Смотрю"]


async def helens_card(desk: DeskWorld) -> dict[str, Any]:
    return await desk.sees(HELEN.telegram_id, "Сайт не открывается")


async def edited_draft(desk: DeskWorld, number: int) -> None:
    async def is_so() -> bool:
        async with desk.inbox.store.begin() as t:
            kept = await t.form(f"draft:{BOT}:{HELEN.telegram_id}:{number}")
        return "// " in (kept or "")

    async with asyncio.timeout(10):
        while not await is_so():
            await asyncio.sleep(0.02)


def text_of(desk: DeskWorld, message: dict[str, Any], person: Any = OLGA) -> str:
    number = message["message_id"]
    found = [one for one in desk.chat(person.telegram_id) if one["message_id"] == number]
    return str(found[0].get("text", "")) if found else ""


class TestEdits:
    async def test_an_edit_changes_the_note(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        own = says(desk, "// торопится", card)
        await desk.sees(OLGA.telegram_id, KEPT)

        desk.people.edits(OLGA.telegram_id, BOT, own["message_id"], "не торопится")

        await desk.until(lambda: ticks(desk, own["message_id"]) == ["✍"])
        (note,) = await notes(desk)
        assert note.text == "не торопится"
        assert note.edited_at is not None
        assert client_read(desk) == []

    async def test_an_edit_to_nothing_leaves_it(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        own = says(desk, "// торопится", card)
        await desk.sees(OLGA.telegram_id, KEPT)
        desk.people.edits(OLGA.telegram_id, BOT, own["message_id"], "//")
        await desk.sees(OLGA.telegram_id, "Пустой заметки не бывает")
        assert [one.text for one in await notes(desk)] == ["торопится"]

    async def test_of_what_has_gone_no_note_is_made(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        own = says(desk, "Сделаем", card)
        await desk.sees(CLIENT, "Сделаем")
        await desk.until(lambda: ticks(desk, own["message_id"]) == ["👌"])

        desk.people.edits(OLGA.telegram_id, BOT, own["message_id"], "// не сделаем")

        await desk.sees(OLGA.telegram_id, "заметкой его не сделать")
        assert client_read(desk) == ["Сделаем"]
        assert await notes(desk) == ()


class TestTheButton:
    async def test_note_asks_and_what_answers_is_the_note(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await desk.presses(OLGA, card, "Заметка")
        question = await desk.sees(OLGA.telegram_id, "📝 Заметка о клиенте Анна")

        says(desk, "без косых черт", question)

        await desk.sees(OLGA.telegram_id, KEPT)
        (note,) = await notes(desk)
        assert (note.text, note.message_id) == ("без косых черт", 1)
        assert client_read(desk) == []

    async def test_a_file_answers_it_too(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await desk.presses(OLGA, card, "Заметка")
        question = await desk.sees(OLGA.telegram_id, "📝 Заметка о клиенте Анна")
        desk.people.sends(OLGA.telegram_id, BOT, "voice", b"ogg", reply_to=question["message_id"])
        await desk.sees(OLGA.telegram_id, KEPT)
        (note,) = await notes(desk)
        assert [one.media for one in note.attachments] == ["voice"]

    async def test_the_question_outlives_a_restart(self, tmp_path: Path) -> None:
        async with around(tmp_path) as there:
            async with running(there) as desk:
                card = await taken(desk)
                await desk.presses(OLGA, card, "Заметка")
                question = await desk.sees(OLGA.telegram_id, "📝 Заметка о клиенте Анна")
            async with running(there) as desk:
                says(desk, "после перезапуска", question)
                await desk.sees(OLGA.telegram_id, KEPT)
                assert [one.text for one in await notes(desk)] == ["после перезапуска"]


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
        forum: DeskWorld,  # noqa: F811 - the fixture
    ) -> None:
        await opened(forum)
        card = await card_of(forum)
        await forum.presses(OLGA, card, "Взять")
        topic = card["message_thread_id"]
        says_in_forum(forum, OLGA.telegram_id, "// между нами", thread_id=topic)
        await forum.sees(-1001000000007, KEPT)
        assert [one.text for one in await notes(forum)] == ["между нами"]
        assert client_read(forum) == []
