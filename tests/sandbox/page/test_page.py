"""What the page is told and what it can do, over HTTP; the product is not needed for it."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from sandbox import studio
from sandbox.stage import Stage
from sandbox.studio import ANNA, MARIA
from sandbox.telegram import TelegramServer
from tests.sandbox.page.conftest import Page, served

CHAT = f"/api/chat/{MARIA.person_id}"
MAILBOX = f"/api/mail/{MARIA.email}"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x08"


async def bot_sends(server: TelegramServer, method: str, **params: Any) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/bot{studio.TOKEN}/{method}", json=params) as response,
    ):
        return (await response.json())["result"]


async def test_the_state_tells_who_is_there(page: Page) -> None:
    state = await page.get("/api/state")
    assert state["bot"]["username"] == studio.BOT_USERNAME
    assert state["studio"] == {
        "name": studio.NAME,
        "address": studio.MAILBOX,
        "language": "ru",
    }
    roles = [one["role"] for one in state["people"]["staff"]]
    assert roles == ["head", "manager", "manager"]
    known = [one["known"] for one in state["people"]["clients"]]
    assert known == [True, True, True, True, False]
    clock = state["clock"]
    assert clock["shown"].startswith("2026-03-03T10:00:0")
    assert (clock["speed"], clock["zone"], clock["open"]) == (1.0, "Europe/Moscow", True)


async def test_what_a_person_says_and_gets_stands_in_the_chat(page: Page, scene: Stage) -> None:
    said = await page.post(f"{CHAT}/say", {"text": "Здравствуйте!"})
    await bot_sends(
        scene.telegram,
        "sendMessage",
        chat_id=MARIA.person_id,
        text="Добрый день",
        reply_parameters={"message_id": said["message_id"]},
    )
    chat = await page.get(CHAT)
    own, answer = chat["messages"]
    assert (own["text"], own["out"], answer["out"]) == ("Здравствуйте!", True, False)
    assert answer["reply_to_message"]["text"] == "Здравствуйте!"
    assert chat["room"]["standing"] == "started"


async def test_two_pictures_are_an_album_and_a_document_stands_alone(page: Page) -> None:
    form = aiohttp.FormData({"caption": "Вот"}, quote_fields=False)  # as browsers do
    form.add_field("files", PNG, filename="один.png", content_type="image/png")
    form.add_field("files", PNG, filename="два.png", content_type="image/png")
    form.add_field("files", b"%PDF", filename="ТЗ.pdf", content_type="application/pdf")

    await page.post(f"{CHAT}/send", form)

    first, second, third = (await page.get(CHAT))["messages"]
    assert first["media_group_id"] == second["media_group_id"]
    assert "media_group_id" not in third
    assert (first["caption"], first["files"][0]["kind"]) == ("Вот", "photo")
    assert (third["files"][0]["name"], third["files"][0]["kind"]) == ("ТЗ.pdf", "document")


async def test_a_picture_is_shown_and_html_is_not_run(page: Page) -> None:
    form = aiohttp.FormData()
    form.add_field("files", PNG, filename="один.png", content_type="image/png")
    form.add_field("files", b"<script>", filename="x.html", content_type="text/html")
    await page.post(f"{CHAT}/send", form)
    picture, html = [each["files"][0]["url"] for each in (await page.get(CHAT))["messages"]]

    async with page.session.get(page.url + picture) as response:
        assert (await response.read(), response.content_type) == (PNG, "image/png")
    async with page.session.get(page.url + html) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment")


async def test_a_pressed_button_tells_what_the_bot_answered(page: Page, scene: Stage) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Взять", "callback_data": "take"}]]}
    card = await bot_sends(
        scene.telegram,
        "sendMessage",
        chat_id=ANNA.person_id,
        text="Карточка",
        reply_markup=keyboard,
    )
    press = {"message_id": card["message_id"], "data": "take"}
    pressing = asyncio.create_task(page.post(f"/api/chat/{ANNA.person_id}/press", press))
    (update,) = await bot_sends(scene.telegram, "getUpdates", timeout=5)
    query = update["callback_query"]["id"]
    await bot_sends(
        scene.telegram, "answerCallbackQuery", callback_query_id=query, text="Клиент ваш."
    )
    assert await pressing == {"text": "Клиент ваш.", "show_alert": False}


async def test_what_the_bot_offers_inline_is_chosen_and_names_it(page: Page, scene: Stage) -> None:
    chat = f"/api/chat/{ANNA.person_id}"
    card = await bot_sends(scene.telegram, "sendMessage", chat_id=ANNA.person_id, text="Карточка")
    asking = asyncio.create_task(page.post(f"{chat}/inline", {"query": "цены"}))
    (update,) = await bot_sends(scene.telegram, "getUpdates", timeout=5)
    query = update["inline_query"]
    assert (query["from"]["id"], query["query"]) == (ANNA.person_id, "цены")
    content = {"message_text": "Правка меню: 500 ₽."}
    result = {"type": "article", "id": "t1", "title": "Цены", "input_message_content": content}
    answer = {"inline_query_id": query["id"], "results": [result]}
    await bot_sends(scene.telegram, "answerInlineQuery", **answer)
    assert [one["title"] for one in (await asking)["results"]] == ["Цены"]
    await page.post(f"{chat}/choose", {"result_id": "t1", "reply_to": card["message_id"]})
    said = (await page.get(chat))["messages"][-1]
    assert (said["text"], said["via_bot"]) == (content["message_text"], studio.BOT_USERNAME)
    assert said["reply_to_message"]["message_id"] == card["message_id"]
    status, _ = await page.try_to_post(f"{chat}/choose", {"result_id": "t2"})
    assert status == 404


async def test_blocking_is_told_to_the_bot_once(page: Page, scene: Stage) -> None:
    for blocked in (True, True, False):
        await page.post(f"{CHAT}/block", {"blocked": blocked})
        standing = (await page.get(CHAT))["room"]["standing"]
        assert standing == ("blocked" if blocked else "started")
    updates = await bot_sends(scene.telegram, "getUpdates")
    statuses = [each["my_chat_member"]["new_chat_member"]["status"] for each in updates]
    assert statuses == ["kicked", "member"]


async def test_an_edit_changes_the_own_message(page: Page) -> None:
    said = await page.post(f"{CHAT}/say", {"text": "Здравстуйте"})
    await page.post(f"{CHAT}/edit", {"message_id": said["message_id"], "text": "Здравствуйте"})
    (message,) = (await page.get(CHAT))["messages"]
    assert message["text"] == "Здравствуйте"
    assert "edit_date" in message


async def test_the_menu_shows_the_commands_of_the_chat(page: Page, scene: Stage) -> None:
    commands = [{"command": "inbox", "description": "Что ждёт"}]
    scope = {"type": "chat", "chat_id": ANNA.person_id}
    await bot_sends(scene.telegram, "setMyCommands", commands=commands, scope=scope)
    assert (await page.get(f"/api/chat/{ANNA.person_id}"))["room"]["commands"] == commands
    assert (await page.get(CHAT))["room"]["commands"] == []


async def test_a_mail_and_its_answer_are_one_thread(page: Page, scene: Stage) -> None:
    form = aiohttp.FormData({"to": studio.MAILBOX, "subject": "Смета", "text": "Сколько?"})
    form.add_field("files", b"%PDF", filename="ТЗ.pdf", content_type="application/pdf")
    await page.post(MAILBOX, form)
    (received,) = scene.mail.inbox(studio.MAILBOX)
    await scene.mail.compose(studio.MAILBOX, MARIA.email, "", "Сто.", in_reply_to=received)
    await page.post(MAILBOX, {"to": studio.MAILBOX, "subject": "Другое", "text": "И ещё."})

    other, thread = (await page.get(MAILBOX))["threads"]

    assert (other["subject"], len(other["mails"])) == ("Другое", 1)
    asked, answer = thread["mails"]
    assert (asked["folder"], answer["folder"]) == ("sent", "inbox")
    assert answer["in_reply_to"] == asked["message_id"]
    async with page.session.get(page.url + asked["files"][0]["url"]) as response:
        assert await response.read() == b"%PDF"
    async with page.session.get(f"{page.url}{MAILBOX}/raw/{answer['id']}") as response:
        assert "In-Reply-To: <" in await response.text()


async def test_an_answer_from_the_page_refers_to_the_mail(page: Page, scene: Stage) -> None:
    asked = await scene.mail.compose(studio.MAILBOX, MARIA.email, "Смета", "Готова.")
    answered = {"to": studio.MAILBOX, "subject": "", "text": "Беру.", "in_reply_to": "inbox-101"}
    await page.post(MAILBOX, answered)
    (received,) = scene.mail.inbox(studio.MAILBOX)
    assert (received.subject, received.in_reply_to) == ("Re: Смета", asked.message_id)


async def test_the_clock_is_turned(page: Page) -> None:
    assert (await page.post("/api/clock", {"speed": 60}))["speed"] == 60
    await page.post("/api/clock", {"speed": 0})
    assert (await page.post("/api/clock", {"jump_seconds": 3600}))["shown"] > "2026-03-03T11:00"
    closing = await page.post("/api/clock", {"to": "next_closing"})
    assert closing["shown"].startswith("2026-03-03T13:00:00")
    assert not closing["open"]
    for opening in ("2026-03-03T14:00:00", "2026-03-04T09:00:00", "2026-03-04T14:00:00"):
        turned = await page.post("/api/clock", {"to": "next_opening"})
        assert turned["shown"].startswith(opening)


async def test_the_last_ten_minutes_and_the_next_morning_are_a_press_away(page: Page) -> None:
    await page.post("/api/clock", {"speed": 0})
    for name, shown in (
        ("before_closing", "2026-03-03T17:50:00"),
        ("before_closing", "2026-03-04T17:50:00"),
        ("next_morning", "2026-03-05T09:00:00"),
        ("next_morning", "2026-03-06T09:00:00"),
        ("next_morning", "2026-03-09T09:00:00"),
    ):
        turned = await page.post("/api/clock", {"to": name})
        assert turned["shown"].startswith(shown)
        assert turned["open"]


@pytest.mark.parametrize(
    ("now", "opens"),
    [("09T18:05", "10"), ("11T07:30", "11"), ("11T13:30", "12"), ("13T18:00", "16")],
)
async def test_no_working_day_is_left_out_on_the_way_to_the_morning(
    page: Page, now: str, opens: str
) -> None:
    await page.post("/api/clock", {"speed": 0})
    await page.post("/api/clock", {"to": f"2026-03-{now}:00+03:00"})
    turned = await page.post("/api/clock", {"to": "next_morning"})
    assert turned["shown"].startswith(f"2026-03-{opens}T09:00:00")


async def test_the_clock_stops_at_every_alert_on_its_way(scene: Stage) -> None:
    scene.clock.run_at(0)
    before = scene.clock.now()
    alerts = [before + timedelta(minutes=minutes) for minutes in (45, 60, 90)]

    async def next_alert() -> datetime | None:
        return next((one for one in alerts if one > scene.clock.now()), None)

    shown: list[datetime] = []
    async with served(scene, next_alert) as page:
        turns = scene.clock.subscribe()
        going = asyncio.create_task(page.post("/api/clock", {"jump_seconds": 3660}))
        while len(shown) < 3:
            await turns.get()
            shown.append(scene.clock.now())
        await going
    assert shown == [*alerts[:2], before + timedelta(seconds=3660)]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/clock", {"jump_seconds": -60}, 400),
        ("/api/clock", {"jump_seconds": 1e12}, 400),
        ("/api/clock", {"speed": "fast"}, 400),
        ("/api/clock", {}, 400),
        ("/api/clock", [], 400),
        (f"{CHAT}/say", {"text": " "}, 400),
        (f"{CHAT}/say", {"text": "x", "reply_to": 99}, 404),
        ("/api/chat/9/say", {"text": "x"}, 404),
        (f"{CHAT}/press", {"message_id": 1, "data": "x"}, 404),
        (MAILBOX, {"to": "nobody@nowhere.test", "subject": "x", "text": "x"}, 400),
        (MAILBOX, {"to": studio.MAILBOX, "text": "x", "in_reply_to": "inbox-7"}, 404),
        ("/api/mail/nobody@nowhere.test", {"to": studio.MAILBOX}, 404),
    ],
)
async def test_what_cannot_be_done_is_said(page: Page, path: str, body: Any, status: int) -> None:
    answered, answer = await page.try_to_post(path, body)
    assert answered == status
    assert answer["error"]


async def test_changes_are_told_at_once(page: Page, scene: Stage) -> None:
    acts = {
        "chat": lambda: page.post(f"{CHAT}/say", {"text": "Здравствуйте"}),
        "mail": lambda: page.post(MAILBOX, {"to": studio.MAILBOX, "text": "x", "subject": "x"}),
        "clock": lambda: page.post("/api/clock", {"speed": 2}),
    }
    async with page.session.get(f"{page.url}/api/events") as stream:
        assert await stream.content.readline() == b": ready\n"
        for what, act in acts.items():
            await act()
            async with asyncio.timeout(20):
                while (event := await next_event(stream))["what"] != what:
                    continue
    assert event == {"what": "clock"}
    assert scene.mail.inbox(studio.MAILBOX)


async def next_event(stream: aiohttp.ClientResponse) -> Any:
    while not (line := await stream.content.readline()).startswith(b"data: "):
        continue
    return json.loads(line.removeprefix(b"data: "))


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "evil.example:80"}, {"Origin": "http://evil.example"}],
)
async def test_only_the_pages_own_name_and_origin_are_served(
    page: Page, headers: dict[str, str]
) -> None:
    async with page.session.get(f"{page.url}/api/state", headers=headers) as response:
        assert response.status == 403


async def test_the_page_and_its_files_are_served_and_nothing_beside_them(page: Page) -> None:
    async with page.session.get(page.url) as response:
        assert response.content_type == "text/html"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    async with page.session.get(f"{page.url}/app.js") as response:
        assert response.status == 200
    url = aiohttp.client.URL(f"{page.url}/%2e%2e/server.py", encoded=True)
    async with page.session.get(url) as response:
        assert response.status in (403, 404)
