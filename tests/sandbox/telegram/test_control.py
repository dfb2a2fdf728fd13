"""The control API, and the sandbox as a process of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from tests.sandbox.telegram.conftest import ANNA, IVAN, TOKEN, Setting

ROOT = Path(__file__).parents[3]


class Control:
    """A caller in another process."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session

    async def post(self, act: str, **body: Any) -> Any:
        async with self.session.post(f"{self.url}/_sandbox/{act}", json=body) as response:
            return await response.json()

    async def get(self, what: str, **query: Any) -> Any:
        async with self.session.get(f"{self.url}/_sandbox/{what}", params=query) as response:
            return await response.json()


async def test_people_act_and_chats_are_read_over_http(here: Setting) -> None:
    control = Control(here.server.url, await here.bot.session.create_session())
    added = await control.post("people", id=7, first_name="Olga", started=False)
    assert added["ok"] is True
    told = await control.post("starts", person=7, bot=TOKEN, payload="abc")
    assert told["result"]["text"] == "/start abc"
    assert told["at"] > 0
    said = await control.post("says", person=7, bot=4242, text="hello")
    content = base64.b64encode(b"file").decode()
    await control.post("sends", person=7, bot="studio_bot", kind="document", content=content)
    items = [{"kind": "photo", "content": content}, {"kind": "photo", "content": content}]
    album = await control.post("album", person=7, bot=TOKEN, items=items)
    assert len(album["result"]) == 2
    message_id = said["result"]["message_id"]
    await control.post("edits", person=7, bot=TOKEN, message_id=message_id, text="hi")
    await control.post("reacts", person=7, bot=TOKEN, message_id=message_id, emoji="👍")
    chat = (await control.get("chat", bot=TOKEN, person=7))["result"]
    assert [message.get("text") for message in chat[:2]] == ["/start abc", "hi"]
    assert len(chat) == 5
    assert (await control.get("pending", bot=TOKEN))["result"] == 6
    await control.post("deletes", person=7, bot=TOKEN, message_id=message_id)
    await control.post("blocks", person=7, bot=TOKEN)
    assert here.world.standing(4242, 7) == "blocked"
    await control.post("unblocks", person=7, bot=TOKEN)
    other = await control.post("bots", token="77:other", username="other_bot", name="Other")
    assert other["result"]["id"] == 77


async def test_presses_faults_and_the_log_over_http(here: Setting) -> None:
    control = Control(here.server.url, await here.bot.session.create_session())
    rows = [[InlineKeyboardButton(text="Take", callback_data="t")]]
    markup = InlineKeyboardMarkup(inline_keyboard=rows)
    card = await here.bot.send_message(ANNA, "card", reply_markup=markup)
    press = asyncio.create_task(
        control.post(
            "presses", person=ANNA, bot=TOKEN, message_id=card.message_id, callback_data="t"
        )
    )
    [update] = await here.bot.get_updates(timeout=5)
    assert update.callback_query is not None
    await here.bot.answer_callback_query(update.callback_query.id, "Done", show_alert=True)
    assert (await press)["result"] == {"text": "Done", "show_alert": True, "url": None}
    await control.post("faults", kind="refuse", method="sendMessage", status=503)
    sent = await here.bot.session.create_session()
    async with sent.post(f"{here.server.url}/bot{TOKEN}/sendMessage", json={}) as response:
        assert response.status == 503
    log = (await control.get("requests", method="sendMessage"))["result"]
    assert [call["status"] for call in log] == [200, 503]
    assert (await control.get("requests", after=log[0]["at"], method="sendMessage"))["result"] == [
        log[1]
    ]
    await control.post("faults", kind="reset", count=None)
    async with sent.delete(f"{here.server.url}/_sandbox/faults") as response:
        assert response.status == 200
    assert here.world.faults.planned == []
    added = await control.post("updates", bot=TOKEN, update={"message": "nonsense"})
    assert here.world.bot(TOKEN).stream.pending[-1]["update_id"] == added["result"]


async def test_impossible_acts_are_told(here: Setting) -> None:
    control = Control(here.server.url, await here.bot.session.create_session())
    for name, body in (
        ("says", {"person": 5, "bot": TOKEN, "text": "x"}),
        ("says", {"person": ANNA, "bot": "nobody_bot", "text": "x"}),
        ("says", {"person": ANNA, "bot": TOKEN, "words": "x"}),
        ("edits", {"person": ANNA, "bot": TOKEN, "message_id": 9, "text": "x"}),
        ("sends", {"person": ANNA, "bot": TOKEN, "kind": "hologram"}),
        ("faults", {"kind": "boom"}),
        ("updates", {}),
    ):
        answer = await control.post(name, **body)
        assert answer["ok"] is False
        assert answer["description"]
    assert (await control.get("chat", bot=TOKEN, person=5))["description"]
    button = {"person": ANNA, "bot": TOKEN, "message_id": 1, "callback_data": "t"}
    rows = [[InlineKeyboardButton(text="Take", callback_data="t")]]
    await here.bot.send_message(ANNA, "x", reply_markup=InlineKeyboardMarkup(inline_keyboard=rows))
    late = await control.post("presses", **button, within=0.05)
    assert late["description"] == "the bot did not answer in time"


async def test_events_are_streamed(here: Setting) -> None:
    session = await here.bot.session.create_session()
    async with session.get(f"{here.server.url}/_sandbox/events") as stream:
        assert await stream.content.readline() == b": ready\n"
        await stream.content.readline()
        sent = await here.bot.send_message(IVAN, "x")
        line = await stream.content.readline()
    notice = json.loads(line.removeprefix(b"data: "))
    assert notice == {
        "bot": 4242,
        "chat": IVAN,
        "message_id": sent.message_id,
        "what": "new",
    }


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
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.telegram"),
        *("--token", TOKEN, "--person", f"{ANNA}:Anna"),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            url = (await process.stdout.readline()).decode().strip()
        api = TelegramAPIServer.from_base(url)
        async with Bot(TOKEN, session=AiohttpSession(api=api)) as bot:
            control = Control(url, await bot.session.create_session())
            await control.post("says", person=ANNA, bot=TOKEN, text="from afar")
            [update] = await bot.get_updates()
            assert update.message is not None
            assert update.message.text == "from afar"
            poll = asyncio.create_task(bot.get_updates(offset=update.update_id + 1, timeout=30))
            await asyncio.sleep(0.1)
            os.kill(process.pid, signal.SIGTERM)
            async with asyncio.timeout(5):
                assert await process.wait() == 0
            await asyncio.gather(poll, return_exceptions=True)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
