"""The control API, and the sandbox as a process of its own."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramConflictError, TelegramNetworkError, TelegramServerError
from aiogram.types import (
    BufferedInputFile,
    InlineQueryResultArticle,
    InputTextMessageContent,
)

from sandbox.clock import SandboxClock
from sandbox.telegram.remote import Impossible, RemotePeople, running
from tests.sandbox.telegram.conftest import ANNA, IVAN, TOKEN, Setting, keyboard


def remote(here: Setting) -> RemotePeople:
    return RemotePeople(here.server.url, aiohttp.ClientSession())


async def test_people_act_and_chats_are_read_over_http(here: Setting) -> None:
    people = remote(here)
    async with people.session:
        await people.act("people", id=7, first_name="Olga", started=False)
        before = time.monotonic()
        start = await people.starts(7, TOKEN, "abc")
        assert start["text"] == "/start abc"
        assert before < people.done_at < time.monotonic()
        said = await people.says(7, 4242, "hello", reply_to=start["message_id"])
        assert said["reply_to_message"]["text"] == "/start abc"
        await people.sends(7, "studio_bot", "document", b"file", name="a.txt")
        items = [{"kind": "photo", "content": b"1"}, {"kind": "photo", "content": b"2"}]
        assert len(await people.sends_album(7, TOKEN, items)) == 2
        await people.edits(7, TOKEN, said["message_id"], "hi")
        await people.act("reacts", person=7, bot=TOKEN, message_id=said["message_id"], emoji="👍")
        chat = await people.chat(TOKEN, 7)
        assert [message.get("text") for message in chat[:2]] == ["/start abc", "hi"]
        assert chat[1]["reactions"] == [{"type": "emoji", "emoji": "👍", "by": 7}]
        assert chat[2]["document"]["file_size"] == 4
        assert await people.pending(TOKEN) == 6
        await people.act("deletes", person=7, bot=TOKEN, message_id=said["message_id"])
        assert len(await people.chat(TOKEN, 7)) == 4
        await people.blocks(7, TOKEN)
        assert here.world.standing(4242, 7) == "blocked"
        await people.unblocks(7, TOKEN)
        assert here.world.standing(4242, 7) == "started"
        other = await people.act("bots", token="77:other", username="other_bot", name="Other")
        assert other["id"] == 77
        await people.act("groups", chat_id=-100, title="G", members=[7], bots=[4242, 77])
        in_group = await people.says(7, 77, "all", chat_id=-100)
        assert in_group["chat"]["type"] == "supergroup"
        assert len(await people.chat(4242, -100)) == 1


async def test_presses_over_http(here: Setting) -> None:
    people = remote(here)
    async with people.session:
        card = await here.bot.send_message(ANNA, "card", reply_markup=keyboard("t"))
        press = asyncio.create_task(people.presses(ANNA, TOKEN, card.message_id, "t"))
        [update] = await here.bot.get_updates(timeout=5)
        assert update.callback_query is not None
        await here.bot.answer_callback_query(update.callback_query.id, "Done")
        assert await press == "Done"
        with pytest.raises(Impossible, match="did not answer in time"):
            await people.presses(ANNA, TOKEN, card.message_id, "t", within=0.05)


async def test_inline_mode_and_files_over_http(here: Setting) -> None:
    people = remote(here)
    async with people.session:
        typing = asyncio.create_task(people.types_inline(ANNA, TOKEN, "pri"))
        [update] = await here.bot.get_updates(timeout=5)
        assert update.inline_query is not None
        content = InputTextMessageContent(message_text="From 100")
        result = InlineQueryResultArticle(id="t1", title="P", input_message_content=content)
        await here.bot.answer_inline_query(update.inline_query.id, [result])
        assert [one["title"] for one in (await typing)["results"]] == ["P"]
        sent = await people.chooses(ANNA, TOKEN, "t1")
        assert (sent["text"], sent["via_bot"]["id"]) == ("From 100", 4242)
        with pytest.raises(Impossible, match="no result"):
            await people.chooses(ANNA, TOKEN, "t2")
        await people.tunes(bot=TOKEN, inline=False)
        with pytest.raises(Impossible, match="no inline mode"):
            await people.types_inline(ANNA, TOKEN, "pri")

        file = BufferedInputFile(b"name,price", "prices.csv")
        listed = await here.bot.send_document(ANNA, file)
        assert listed.document is not None
        assert await people.file(TOKEN, listed.document.file_id) == b"name,price"


async def test_faults_log_and_raw_updates_over_http(here: Setting) -> None:
    people = remote(here)
    async with people.session:
        await people.plan("refuse", "sendMessage", status=503)
        with pytest.raises(TelegramServerError):
            await here.bot.send_message(ANNA, "x")
        await here.bot.send_message(ANNA, "y")
        await here.bot.get_me()
        first, second = await people.requests("sendMessage")
        assert [first["status"], second["status"]] == [503, 200]
        assert await people.requests("sendMessage", after=first["at"]) == [second]
        assert len(await people.requests()) == 3
        await people.plan("reset", count=None)
        await people.forget_faults()
        assert here.world.faults.planned == []
        injected = await people.injects(TOKEN, {"message": "nonsense"})
        assert here.world.bot(TOKEN).stream.pending[-1]["update_id"] == injected


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("says", {"person": 5, "bot": TOKEN, "text": "x"}),
        ("says", {"person": ANNA, "bot": "nobody_bot", "text": "x"}),
        ("says", {"person": ANNA, "bot": TOKEN, "words": "x"}),
        ("says", {"person": ANNA, "bot": TOKEN, "text": "x" * 4097}),
        ("says", {"person": ANNA, "bot": TOKEN, "text": "x", "chat_id": -5}),
        ("starts", {"person": ANNA, "bot": TOKEN, "payload": "no spaces"}),
        ("edits", {"person": ANNA, "bot": TOKEN, "message_id": 9, "text": "x"}),
        ("sends", {"person": ANNA, "bot": TOKEN, "kind": "hologram"}),
        ("sends", {"person": ANNA, "bot": TOKEN, "kind": "photo", "content": "not base64!"}),
        ("faults", {"kind": "boom"}),
        ("updates", {}),
    ],
)
async def test_impossible_acts_are_told(here: Setting, act: str, body: dict[str, Any]) -> None:
    people = remote(here)
    async with people.session:
        with pytest.raises(Impossible, match=r"\w"):
            await people.act(act, **body)
        with pytest.raises(Impossible):
            await people.chat(TOKEN, 5)
        url = f"{here.server.url}/_sandbox/says"
        async with people.session.post(url, data=b"{") as response:
            assert response.status == 400
    assert here.seen() == []


async def test_events_are_streamed(here: Setting) -> None:
    people = remote(here)
    async with people.session:
        events = people.events()
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0.1)
        sent = await here.bot.send_message(IVAN, "x")
        assert await waiting == {
            "bot": 4242,
            "chat": IVAN,
            "message_id": sent.message_id,
            "what": "new",
        }
        await events.aclose()


async def test_listeners_in_the_same_process_get_notices(here: Setting) -> None:
    queue = here.world.subscribe()
    sent = await here.bot.send_message(ANNA, "x")
    await here.bot.edit_message_text("y", chat_id=ANNA, message_id=sent.message_id)
    await here.bot.send_chat_action(ANNA, "typing")
    await here.bot.delete_message(ANNA, sent.message_id)
    told = [queue.get_nowait()["what"] for _ in range(queue.qsize())]
    assert told == ["new", "edited", "action", "deleted"]
    here.world.unsubscribe(queue)
    await here.bot.send_message(ANNA, "x")
    assert queue.empty()


async def test_as_a_process_of_its_own() -> None:
    async with running(TOKEN, "77:other") as url, aiohttp.ClientSession() as session:
        people = RemotePeople(url, session)
        await people.act("people", id=ANNA, first_name="Anna")
        await people.says(ANNA, TOKEN, "from afar")
        api = TelegramAPIServer.from_base(url)
        async with Bot(TOKEN, session=AiohttpSession(api=api)) as bot:
            [update] = await bot.get_updates()
            assert update.message is not None
            assert update.message.text == "from afar"
            assert update.message.date <= datetime.fromtimestamp(time.time() + 1, UTC)
            poll = asyncio.create_task(bot.get_updates(offset=update.update_id + 1, timeout=30))
            await asyncio.sleep(0.1)
    with pytest.raises((TelegramConflictError, TelegramNetworkError)):
        await poll


async def test_a_process_dates_messages_by_the_clock_that_is_turned(tmp_path: Path) -> None:
    clock = SandboxClock(tmp_path / "clock.json", datetime(2026, 3, 3, 7, tzinfo=UTC), speed=0)
    async with (
        running(TOKEN, clock=clock.file) as url,
        aiohttp.ClientSession() as session,
    ):
        people = RemotePeople(url, session)
        await people.act("people", id=ANNA, first_name="Anna")
        first = await people.says(ANNA, TOKEN, "at seven")
        clock.jump(clock.now() + timedelta(hours=2))
        second = await people.says(ANNA, TOKEN, "at nine")
    assert first["date"] == datetime(2026, 3, 3, 7, tzinfo=UTC).timestamp()
    assert second["date"] - first["date"] == 7200


async def test_a_process_that_cannot_listen_ends(here: Setting) -> None:
    with pytest.raises(RuntimeError, match="ended before it listened"):
        async with running(TOKEN, port=here.server.port):
            pytest.fail("two servers on one port")
