"""The page's other chats: a client's group, a manager's own account, topics, and deeds there."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from sandbox import studio
from sandbox.chats import link_group, open_chats
from sandbox.stage import Stage
from sandbox.studio import ANNA, ARTYOM, DMITRY, ELENA, GROUP, IGOR, MARIA
from tests.sandbox.page.conftest import Page
from tests.sandbox.page.test_page import PNG, bot_sends

IN_GROUP = f"?room=group:{GROUP}"
IN_ACCOUNT = f"?room=account:{DMITRY.person_id}:{ELENA.person_id}"


@pytest.fixture
def opened(scene: Stage) -> Stage:
    open_chats(scene)
    scene.bot.stream.pending.clear()
    return scene


def chat(person: int, deed: str = "", where: str = "") -> str:
    return f"/api/chat/{person}{deed and '/' + deed}{where}"


async def updates(scene: Stage) -> list[str]:
    """The kinds of what the bot has not confirmed."""
    kinds = [
        next(key for key in update if key != "update_id") for update in scene.bot.stream.pending
    ]
    scene.bot.stream.pending.clear()
    return kinds


async def test_everybody_is_offered_their_own_chats(page: Page, opened: Stage) -> None:
    people = (await page.get("/api/state"))["people"]
    rooms = {
        one["person_id"]: [(room["kind"], room["title"]) for room in one["rooms"]]
        for one in (*people["clients"], *people["staff"])
    }
    bot = ("bot", studio.NAME)
    assert rooms[MARIA.person_id] == rooms[ANNA.person_id] == [bot, ("group", studio.GROUP_TITLE)]
    assert rooms[ELENA.person_id] == [bot, ("account", DMITRY.name)]
    assert rooms[DMITRY.person_id] == [bot, ("account", ELENA.name)]
    assert rooms[ARTYOM.person_id] == rooms[IGOR.person_id] == [bot]
    status, answer = await page.try_to_post(chat(IGOR.person_id, "say", IN_GROUP), {"text": "x"})
    assert (status, "room" in answer["error"]) == (404, True)


async def test_a_client_presses_a_button_in_the_managers_own_account(
    page: Page, opened: Stage
) -> None:
    await page.post(chat(ELENA.person_id, "say", IN_ACCOUNT), {"text": "Сколько?"})
    connection = opened.world.connection_of(DMITRY.person_id)
    assert connection is not None
    offer = await bot_sends(
        opened.telegram,
        "sendMessage",
        chat_id=ELENA.person_id,
        text="500 ₽",
        business_connection_id=connection.id,
        reply_markup={"inline_keyboard": [[{"text": "Согласен", "callback_data": "yes"}]]},
    )
    opened.bot.stream.pending.clear()
    press = {"message_id": offer["message_id"], "data": "yes"}
    pressing = asyncio.create_task(page.post(chat(ELENA.person_id, "press", IN_ACCOUNT), press))
    (update,) = await bot_sends(opened.telegram, "getUpdates", timeout=5)
    query = update["callback_query"]
    assert query["from"]["id"] == ELENA.person_id
    assert query["message"]["business_connection_id"] == connection.id
    await bot_sends(
        opened.telegram,
        "answerCallbackQuery",
        callback_query_id=query["id"],
        text="Записали",
        show_alert=True,
    )
    assert await pressing == {"text": "Записали", "show_alert": True}


async def test_a_group_names_its_writers_and_the_bots_place(page: Page, opened: Stage) -> None:
    said = await page.post(chat(MARIA.person_id, "say", IN_GROUP), {"text": "Анна, вы здесь?"})
    answer = {"text": "Здесь", "reply_to": said["message_id"]}
    await page.post(chat(ANNA.person_id, "say", IN_GROUP), answer)
    seen = await page.get(chat(MARIA.person_id, where=IN_GROUP))
    assert seen["room"]["bot"] == "administrator"
    assert seen["room"]["members"] == [ANNA.first_name, MARIA.first_name]
    added, asked, answered = seen["messages"]
    assert added["service"] == {"kind": "new_chat_members", "name": studio.NAME}
    assert (asked["out"], answered["out"]) == (True, False)
    assert answered["author"]["name"] == ANNA.name
    assert answered["reply_to_message"]["author"]["name"] == MARIA.name
    assert await updates(opened) == ["message", "message"]


async def test_both_see_an_own_account_and_the_bot_writes_for_the_owner(
    page: Page, opened: Stage
) -> None:
    said = await page.post(chat(ELENA.person_id, "say", IN_ACCOUNT), {"text": "Дима?"})
    (update,) = await bot_sends(opened.telegram, "getUpdates")
    biz = update["business_message"]["business_connection_id"]
    where = {"chat_id": ELENA.person_id, "business_connection_id": biz}
    await bot_sends(opened.telegram, "sendMessage", text="Да", **where)
    for person, mine in ((DMITRY.person_id, True), (ELENA.person_id, False)):
        seen = await page.get(chat(person, where=IN_ACCOUNT))
        asked, answered = seen["messages"]
        assert (answered["out"], answered["via"]) == (mine, True)
        assert asked["out"] is not mine
        assert (seen["room"]["mine"], seen["room"]["connected"]) == (mine, True)
    edit = {"message_id": said["message_id"], "text": "Дмитрий?"}
    await page.post(chat(ELENA.person_id, "edit", IN_ACCOUNT), edit)
    gone = {"message_ids": [said["message_id"]]}
    await page.post(chat(ELENA.person_id, "delete", IN_ACCOUNT), gone)
    kinds = (await updates(opened))[-2:]
    assert kinds == ["edited_business_message", "deleted_business_messages"]


async def test_the_account_is_disconnected_by_its_owner_alone(page: Page, opened: Stage) -> None:
    off = {"connected": False}
    status, _ = await page.try_to_post(chat(ELENA.person_id, "connect", IN_ACCOUNT), off)
    assert status == 404
    for connected in (False, False, True):
        turn = {"connected": connected}
        await page.post(chat(DMITRY.person_id, "connect", IN_ACCOUNT), turn)
        told = (await page.get(chat(DMITRY.person_id, where=IN_ACCOUNT)))["room"]
        assert told["connected"] is connected
    assert await updates(opened) == ["business_connection", "business_connection"]


async def test_topics_are_made_written_in_and_deleted(page: Page, opened: Stage) -> None:
    anna = ANNA.person_id
    thread = (await page.post(chat(anna, "topic"), {"name": "Зерно"}))["thread"]
    await page.post(chat(anna, "say"), {"text": "в теме", "thread": thread})
    seen = await page.get(chat(anna))
    assert seen["room"]["topics"] == [{"id": thread, "name": "Зерно"}]
    created, said = seen["messages"]
    assert created["service"] == {"kind": "forum_topic_created", "name": "Зерно"}
    assert (said["message_thread_id"], "reply_to_message" in said) == (thread, False)
    await page.post(chat(anna, "topic"), {"delete": thread})
    seen = await page.get(chat(anna))
    assert (seen["room"]["topics"], seen["messages"]) == ([], [])


async def test_kinds_reactions_forwards_and_albums(page: Page, opened: Stage) -> None:
    maria = MARIA.person_id
    details = {"question": "Какой?", "options": ["Первый", "Второй"]}
    poll = await page.post(chat(maria, "kind", IN_GROUP), {"kind": "poll", "details": details})
    for body in ({"kind": "photo"}, {"kind": "poll", "details": {"owner": 1}}):
        status, _ = await page.try_to_post(chat(maria, "kind"), body)
        assert status in (400, 404)
    form = aiohttp.FormData({"caption": "Вот"})
    for name in ("1.png", "2.png"):
        form.add_field("files", PNG, filename=name, content_type="image/png")
    ids = (await page.post(chat(maria, "send", IN_GROUP), form))["message_ids"]
    like = {"message_id": ids[1], "emoji": "👍"}
    await page.post(chat(maria, "react", IN_GROUP), like)
    to_bot = {"message_ids": [poll["message_id"], *ids], "to": f"bot:{maria}"}
    await page.post(chat(maria, "forward", IN_GROUP), to_bot)

    *_, asked, first, second = (await page.get(chat(maria, where=IN_GROUP)))["messages"]
    assert asked["poll"]["question"] == "Какой?"
    assert first["media_group_id"] == second["media_group_id"]
    assert second["reactions"] == [{"emoji": "👍", "by": maria}]
    passed_on = (await page.get(chat(maria)))["messages"]
    assert [one["forward_origin"]["type"] for one in passed_on] == ["user"] * 3
    assert passed_on[1]["media_group_id"] == passed_on[2]["media_group_id"]


async def test_a_group_is_picked_where_the_bot_asks_for_one(page: Page, opened: Stage) -> None:
    asked = {"request_id": 3, "chat_is_channel": False, "bot_is_member": True}
    keyboard = {"keyboard": [[{"text": "Какая?", "request_chat": asked}]]}
    where = {"chat_id": ANNA.person_id, "text": "Выберите", "reply_markup": keyboard}
    await bot_sends(opened.telegram, "sendMessage", **where)
    await page.post(chat(ANNA.person_id, "share"), {"chat_id": GROUP, "request_id": 3})
    picked = (await page.get(chat(ANNA.person_id)))["messages"][-1]
    assert picked["service"]["kind"] == "chat_shared"
    assert await updates(opened) == ["message"]


async def test_a_change_names_its_room(page: Page, opened: Stage) -> None:
    async with page.session.get(f"{page.url}/api/events") as stream:
        assert await stream.content.readline() == b": ready\n"
        await page.post(chat(MARIA.person_id, "say", IN_GROUP), {"text": "x"})
        await page.post(chat(ELENA.person_id, "say", IN_ACCOUNT), {"text": "x"})
        await page.post(chat(MARIA.person_id, "say"), {"text": "x"})
        rooms: list[Any] = []
        while len(rooms) < 3:
            line = await stream.content.readline()
            if line.startswith(b"data: "):
                rooms.append(json.loads(line.removeprefix(b"data: "))["room"])
    assert rooms == [IN_GROUP[6:], IN_ACCOUNT[6:], f"bot:{MARIA.person_id}"]


async def test_the_group_is_linked_by_the_button_that_names_the_client(opened: Stage) -> None:
    linking = asyncio.create_task(link_group(opened))
    rows = [[{"text": f"· {MARIA.company}", "callback_data": "this"}]]
    other = [[{"text": IGOR.company, "callback_data": "other"}]]
    for keyboard in (other, rows):
        await bot_sends(
            opened.telegram,
            "sendMessage",
            chat_id=ANNA.person_id,
            text="Чья группа?",
            reply_markup={"inline_keyboard": keyboard},
        )
    (update,) = await bot_sends(opened.telegram, "getUpdates", timeout=5)
    query = update["callback_query"]
    assert query["data"] == "this"
    await bot_sends(opened.telegram, "answerCallbackQuery", callback_query_id=query["id"])
    assert await linking is True


async def test_a_group_nobody_asks_for_is_not_linked(opened: Stage) -> None:
    assert await link_group(opened, within=0.05) is False
