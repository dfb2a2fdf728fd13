"""Mails wait some seconds before they go out: they can be stopped, and corrected afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.ports import ReplyState
from sandbox.telegram import Fault
from tests.bot.desk_world import BOT, around, labels, running, ticks
from tests.bot.screens import now_says
from tests.bot.studio import HELEN, IVAN, OLGA
from tests.bot.test_mail_desk import MailWorld

LONG = timedelta(hours=1)
BRIEF = timedelta(seconds=2)
NOTE = "⏳ Уйдёт через"


@asynccontextmanager
async def mails(path: Path, delay: timedelta) -> AsyncIterator[MailWorld]:
    async with around(path) as there, running(there, send_delay=delay) as desk:
        mail = MailWorld(desk)
        await mail.open()
        yield mail
        mail.close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[MailWorld]:
    async with mails(tmp_path, LONG) as mail:
        yield mail


def sent(world: MailWorld) -> list[str]:
    return [one.text for one in world.mailbox.sent]


def notes(world: MailWorld) -> list[dict[str, Any]]:
    chat = world.desk.chat(OLGA.telegram_id)
    return [one for one in chat if one.get("text", "").startswith(NOTE)]


async def written(world: MailWorld, text: str = "Пришлю завтра") -> tuple[dict[str, Any], int]:
    """The note under Olga's answer to a mail, and the number of that answer."""
    card = await world.card("Когда будет смета?")
    own = world.says(text, card)
    note = await world.desk.sees(OLGA.telegram_id, NOTE)
    assert note["reply_to_message"]["message_id"] == own["message_id"]
    return note, int(own["message_id"])


async def test_it_goes_out_after_its_time_and_the_note_goes_away(tmp_path: Path) -> None:
    async with mails(tmp_path, BRIEF) as world:
        note, own = await written(world)
        assert note["text"] in {"⏳ Уйдёт через 1 с", "⏳ Уйдёт через 2 с"}
        assert labels(note) == ["Отменить отправку"]
        await world.desk.until(lambda: sent(world) == ["Пришлю завтра"])
        await world.desk.until(lambda: ticks(world.desk, own) == ["👌"])
        await world.desk.until(lambda: notes(world) == [])


async def test_the_note_goes_away_also_where_no_reaction_can_stand(tmp_path: Path) -> None:
    async with mails(tmp_path, BRIEF) as world:
        await written(world)
        words = "Bad Request: REACTION_INVALID"
        refused = Fault("refuse", "setMessageReaction", count=None, status=400, description=words)
        world.desk.world.faults.add(refused)
        await world.desk.until(lambda: sent(world) == ["Пришлю завтра"])
        await world.desk.until(lambda: notes(world) == [])


async def test_edited_into_a_note_it_never_goes_out(world: MailWorld) -> None:
    _, own = await written(world)

    world.desk.people.edits(OLGA.telegram_id, BOT, own, "// смету не слать")

    await world.desk.sees(OLGA.telegram_id, "Видит её только студия")
    async with world.desk.inbox.store.begin() as t:
        (note,) = await t.notes_of_client(1, None, 5)
        reply = await t.reply(1)
    assert note.text == "смету не слать"
    assert reply.state is ReplyState.WITHDRAWN
    assert sent(world) == []


async def test_undone_it_never_goes_out(world: MailWorld) -> None:
    note, own = await written(world)

    await world.desk.presses(OLGA, note, "Отменить отправку")

    told = await world.desk.sees(OLGA.telegram_id, "↩ Не отправлено: остановлено вовремя.")
    assert (told["message_id"], labels(told)) == (note["message_id"], [])
    async with world.desk.inbox.store.begin() as t:
        (reply,) = await t.replies(1)
    assert reply.state == "withdrawn"
    assert sent(world) == []
    assert ticks(world.desk, own) == []


async def test_it_is_too_late_once_it_has_gone(tmp_path: Path) -> None:
    async with mails(tmp_path, BRIEF) as world:
        note, _ = await written(world)
        data = note["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        await world.desk.until(lambda: sent(world) == ["Пришлю завтра"])
        said = await world.desk.presses_made_up(OLGA.telegram_id, data)
        assert said == "Поздно: уже отправлено."


async def test_edited_meanwhile_it_goes_as_it_reads_then(tmp_path: Path) -> None:
    async with mails(tmp_path, BRIEF) as world:
        _, own = await written(world, "Пришлю завтро")
        world.desk.people.edits(OLGA.telegram_id, BOT, own, "Пришлю завтра")
        await world.desk.until(lambda: ticks(world.desk, own) == ["✍"])
        await world.desk.until(lambda: sent(world) == ["Пришлю завтра"])


async def test_after_a_restart_it_can_be_stopped_still(tmp_path: Path) -> None:
    async with around(tmp_path) as there:
        async with running(there, send_delay=LONG) as desk:
            world = MailWorld(desk)
            await world.open()
            note, _ = await written(world)
            world.close()
        async with running(there, send_delay=LONG) as desk:
            again = MailWorld(desk)
            await desk.presses(OLGA, note, "Отменить отправку")
            told = await desk.sees(OLGA.telegram_id, "↩ Не отправлено")
            assert told["message_id"] == note["message_id"]
            assert sent(again) == []
            again.close()


async def test_only_who_may_answer_may_stop_it(world: MailWorld) -> None:
    note, _ = await written(world)
    data = note["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert "Ольга" in await world.desk.presses_made_up(IVAN.telegram_id, data)
    assert await world.desk.presses_made_up(HELEN.telegram_id, data) == ""
    await world.desk.sees(OLGA.telegram_id, "↩ Не отправлено")


async def test_a_command_stops_it_as_well(world: MailWorld) -> None:
    _, own = await written(world)
    world.desk.people.says(OLGA.telegram_id, BOT, "/takeback", reply_to=own)
    await world.desk.sees(OLGA.telegram_id, "↩ Не отправлено")
    assert sent(world) == []


class TestCorrections:
    async def gone(self, world: MailWorld) -> int:
        card = await world.card("Когда будет смета?")
        own = world.says("Пришлю завтро", card)
        await world.desk.until(lambda: sent(world) == ["Пришлю завтро"])
        await world.desk.until(lambda: ticks(world.desk, own["message_id"]) == ["👌"])
        return int(own["message_id"])

    async def last(self, world: MailWorld, text: str) -> None:
        await world.desk.until(lambda: sent(world)[-1].endswith(text))

    async def newer(self, world: MailWorld, than: dict[str, Any]) -> dict[str, Any]:
        """The question that took the place of an earlier one."""

        def asked() -> list[dict[str, Any]]:
            chat = world.desk.chat(OLGA.telegram_id)
            return [one for one in chat if one.get("text") == than["text"]]

        await world.desk.until(
            lambda: [one for one in asked() if one != than and than not in asked()]
        )
        (question,) = asked()
        return question

    async def test_the_newest_words_go_out_once_when_asked_for(self, tmp_path: Path) -> None:
        async with mails(tmp_path, timedelta()) as world:
            own = await self.gone(world)
            world.desk.people.edits(OLGA.telegram_id, BOT, own, "Пришлю завтра")
            question = await world.desk.sees(OLGA.telegram_id, "Отправить поправку?")
            assert question["reply_to_message"]["message_id"] == own
            assert labels(question) == ["Отправить поправку"]
            world.desk.people.edits(OLGA.telegram_id, BOT, own, "Пришлю в пятницу")
            question = await self.newer(world, question)
            data = question["reply_markup"]["inline_keyboard"][0][0]["callback_data"]

            await world.desk.presses(OLGA, question, "Отправить поправку")

            await world.desk.until(lambda: len(sent(world)) == 2)
            assert sent(world)[1].endswith("Пришлю в пятницу")
            told = await world.desk.sees(OLGA.telegram_id, "Отправляется.")
            assert (told["message_id"], labels(told)) == (question["message_id"], [])
            await world.desk.presses_made_up(OLGA.telegram_id, data)
            assert len(sent(world)) == 2

    async def test_the_next_edit_asks_anew(self, tmp_path: Path) -> None:
        async with mails(tmp_path, timedelta()) as world:
            own = await self.gone(world)
            for text in ("Пришлю завтра", "Пришлю в среду"):
                world.desk.people.edits(OLGA.telegram_id, BOT, own, text)
                question = await world.desk.sees(OLGA.telegram_id, "Отправить поправку?")
                await world.desk.presses(OLGA, question, "Отправить поправку")
                await self.last(world, text)
            assert sent(world)[2].endswith("Пришлю в среду")

    async def test_what_was_stopped_and_edited_may_go_out_anew(self, world: MailWorld) -> None:
        note, own = await written(world)
        await world.desk.presses(OLGA, note, "Отменить отправку")
        await world.desk.sees(OLGA.telegram_id, "↩ Не отправлено")
        world.desk.people.edits(OLGA.telegram_id, BOT, own, "Пришлю в среду")
        question = await world.desk.sees(OLGA.telegram_id, "Отправка была остановлена.")
        await world.desk.presses(OLGA, question, "Отправить")
        fresh = await world.desk.sees(OLGA.telegram_id, "Уйдёт через")
        assert fresh["message_id"] > question["message_id"]
        assert fresh["text"].startswith("Ромашка · Анна Петрова\nПришлю в среду\n⏳")


async def test_a_task_says_only_then_that_the_client_is_told(tmp_path: Path) -> None:
    async with mails(tmp_path, BRIEF) as world:
        asking = await done_task(world)
        await world.desk.presses(OLGA, asking, "Сообщить клиенту")
        await now_says(world.desk, asking, NOTE)
        assert sent(world) == []
        await now_says(world.desk, asking, "Клиенту сообщено.")
        assert len(sent(world)) == 1


async def test_a_task_of_which_the_word_was_stopped_says_so(world: MailWorld) -> None:
    asking = await done_task(world)
    await world.desk.presses(OLGA, asking, "Сообщить клиенту")
    await now_says(world.desk, asking, NOTE)
    chat = world.desk.chat
    (note,) = await world.desk.until(
        lambda: [one for one in chat(OLGA.telegram_id) if "Отменить отправку" in labels(one)]
    )
    await world.desk.presses(OLGA, note, "Отменить отправку")
    await now_says(world.desk, asking, "Клиенту не сообщено.")
    assert sent(world) == []


async def done_task(world: MailWorld) -> dict[str, Any]:
    """A task of a mail, done; the question whether the client hears of it."""
    card = await world.card("Поменяйте телефон")
    await world.desk.presses(OLGA, card, "Задача")
    question = await world.desk.sees(OLGA.telegram_id, "Когда?")
    await world.desk.presses(OLGA, question, "Сейчас")
    task = await now_says(world.desk, question, "Записано: Ольга")
    await world.desk.presses(OLGA, task, "✅ Сделано")
    return await now_says(world.desk, question, "Сообщить клиенту?")
