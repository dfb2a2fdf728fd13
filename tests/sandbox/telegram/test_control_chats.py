"""The control API for groups, topics, own accounts, kinds and lists of commands."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
)

from sandbox.telegram.remote import Impossible, RemotePeople
from tests.sandbox.telegram.conftest import ANNA, IVAN, TOKEN, Setting

GROUP, NEW, FORUM = -500, -1001, -1002


@pytest.fixture
async def people(here: Setting) -> AsyncIterator[RemotePeople]:
    async with aiohttp.ClientSession() as session:
        yield RemotePeople(here.server.url, session)


async def test_an_own_account_from_afar(here: Setting, people: RemotePeople) -> None:
    connection = await people.connects(IVAN, TOKEN, rights=["can_reply"])
    assert connection["rights"] == {"can_reply": True}
    said = await people.says(ANNA, TOKEN, "hello", owner=IVAN)
    await people.says(IVAN, TOKEN, "hi", owner=IVAN, chat_id=ANNA, offline=True)
    biz = connection["id"]
    await here.bot.send_message(ANNA, "by the bot", business_connection_id=biz)
    await people.edits(ANNA, TOKEN, said["message_id"], "hello!", owner=IVAN)
    chat = await people.chat(TOKEN, ANNA, owner=IVAN)
    assert [one["text"] for one in chat] == ["hello!", "hi", "by the bot"]
    assert (await people.requests("sendMessage"))[0]["business"] == biz
    await people.deletes(ANNA, TOKEN, *(one["message_id"] for one in chat), owner=IVAN)
    assert await people.chat(TOKEN, ANNA, owner=IVAN) == []
    await people.changes_rights(IVAN, [])
    await people.disconnects(IVAN)
    with pytest.raises(Impossible, match="no bot at the account"):
        await people.disconnects(IVAN)


async def test_groups_from_afar(here: Setting, people: RemotePeople) -> None:
    await people.tunes(bot=TOKEN, privacy=True)
    made = await people.does("makes_group", ANNA, TOKEN, chat_id=GROUP, title="G", members=[IVAN])
    assert made["type"] == "group"
    for act in ("promotes_bot", "demotes_bot", "removes_bot", "adds_bot"):
        await people.does(act, ANNA, TOKEN, chat_id=GROUP)
    button = KeyboardButton(
        text="Which?", request_chat=KeyboardButtonRequestChat(request_id=1, chat_is_channel=False)
    )
    keyboard = ReplyKeyboardMarkup(keyboard=[[button]])
    await here.bot.send_message(ANNA, "Which?", reply_markup=keyboard)
    shared = await people.does("shares_chat", ANNA, TOKEN, chat_id=GROUP)
    assert shared["chat_shared"]["chat_id"] == GROUP
    asked = await people.says(IVAN, TOKEN, "@studio_bot hi", chat_id=GROUP)
    await people.forwards(IVAN, TOKEN, [asked["message_id"]], {"chat_id": GROUP})
    assert (await people.chat(TOKEN, IVAN))[-1]["forward_origin"]["type"] == "user"
    await people.does("upgrades_group", ANNA, TOKEN, chat_id=GROUP, new_id=NEW)
    assert len(await people.chat(TOKEN, NEW)) == 1


async def test_topics_from_afar(here: Setting, people: RemotePeople) -> None:
    await people.tunes(bot=TOKEN, topics=True)
    thread = await people.makes_topic(ANNA, TOKEN, "Zerno")
    await people.says(ANNA, TOKEN, "inside", thread_id=thread)
    await here.bot.send_message(ANNA, "yes", message_thread_id=thread)
    assert (await people.requests("sendMessage"))[0]["thread_id"] == thread
    assert await people.topics(TOKEN, ANNA) == {
        str(thread): {"name": "Zerno", "closed": False},
    }
    await people.does("renames_topic", ANNA, TOKEN, thread_id=thread, name="Zerno, shop")
    await people.does("deletes_topic", ANNA, TOKEN, thread_id=thread)
    assert await people.topics(TOKEN, ANNA) == {}
    await people.act("groups", chat_id=FORUM, title="F", members=[ANNA], bots=[4242], forum=True)
    assert await people.makes_topic(ANNA, TOKEN, "In the forum", chat_id=FORUM) == 1


async def test_switches(here: Setting, people: RemotePeople) -> None:
    await people.tunes(limits=True)
    assert here.world.limits.enabled
    with pytest.raises(Impossible, match="nothing to tune"):
        await people.tunes(bot=TOKEN, colour=True)
    with pytest.raises(Impossible, match="nothing to tune"):
        await people.tunes(topics=True)


async def test_anything_may_be_sent(here: Setting, people: RemotePeople) -> None:
    await people.sends(ANNA, TOKEN, "poll", question="Blue?", options=["Yes", "No"])
    await people.does("writes", ANNA, TOKEN, content={"hologram": {}})
    await people.does("shares_contact", ANNA, TOKEN, phone="+7916")
    await people.does("deletes_account", ANNA, TOKEN)
    chat = await people.chat(TOKEN, ANNA)
    assert [{"poll", "hologram", "contact"} & one.keys() for one in chat] == [
        {"poll"},
        {"hologram"},
        {"contact"},
    ]
    assert here.world.standing(4242, ANNA) == "deactivated"


async def test_the_narrowest_list_of_commands_is_shown(
    here: Setting, people: RemotePeople
) -> None:
    def named(name: str) -> list[BotCommand]:
        return [BotCommand(command=name, description="what it does")]

    async def offered(user: int, chat: int | None = None, language: str = "") -> list[str]:
        found = await people.commands(TOKEN, user, chat, language)
        return [one["command"] for one in found]

    here.world.add_supergroup(NEW, "G", members=[ANNA, IVAN], bots=[4242])
    assert await offered(IVAN) == []
    await here.bot.set_my_commands(named("default"))
    assert await offered(IVAN) == await offered(IVAN, NEW) == ["default"]
    await here.bot.set_my_commands(named("po_russki"), language_code="ru")
    assert await offered(IVAN, language="ru") == ["po_russki"]
    assert await offered(IVAN, language="en") == ["default"]
    private, groups = BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()
    await here.bot.set_my_commands(named("private"), scope=private)
    await here.bot.set_my_commands(named("groups"), scope=groups)
    assert (await offered(IVAN), await offered(IVAN, NEW)) == (["private"], ["groups"])
    admins = BotCommandScopeChatAdministrators(chat_id=NEW)
    await here.bot.set_my_commands(named("admins"), scope=admins)
    assert (await offered(ANNA, NEW), await offered(IVAN, NEW)) == (["admins"], ["groups"])
    await here.bot.set_my_commands(named("mine"), scope=BotCommandScopeChat(chat_id=IVAN))
    assert (await offered(IVAN), await offered(ANNA)) == (["mine"], ["private"])
