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
    desk_world,
    running,
    taken,
    ticks,
)
from tests.bot.studio import HELEN, OLGA

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
