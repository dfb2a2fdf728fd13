"""The lists of commands: by role and language, for clients and groups; a fault stops nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiogram.types import (
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeUnion,
)

from bot.command_lists import CommandLists, commands_of, group_commands
from bot.texts import speaker
from inbox.model import Manager, Role
from sandbox.telegram.faults import Fault
from tests.bot.desk_world import BOT, DeskWorld, desk_world
from tests.bot.studio import ADAM, GONE, HELEN, OLGA


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as started:
        yield started


def lists(desk: DeskWorld) -> CommandLists:
    return CommandLists((desk.bot,), desk.inbox.store)


async def of(
    desk: DeskWorld, scope: BotCommandScopeUnion, language: str | None = None
) -> dict[str, str]:
    """What Telegram shows there."""
    found = await desk.bot.get_my_commands(scope=scope, language_code=language)
    return {one.command: one.description for one in found}


def chat(who: Manager) -> BotCommandScopeChat:
    return BotCommandScopeChat(chat_id=who.telegram_id)


async def test_each_member_has_the_list_of_the_role_in_the_own_language(desk: DeskWorld) -> None:
    assert await lists(desk).refresh()
    olga, helen = await of(desk, chat(OLGA)), await of(desk, chat(HELEN))
    assert olga["inbox"] == "кто ждёт ответа"
    assert helen["inbox"] == "who waits for an answer"
    assert set(helen) - set(olga) == {"invite", "dayoff"}
    assert next(iter(olga)) == "menu"
    menu_button = await desk.bot.get_chat_menu_button(chat_id=OLGA.telegram_id)
    assert menu_button.type == "commands"
    assert await of(desk, chat(GONE)) == {}


async def test_clients_see_only_start_and_groups_only_their_administrators(
    desk: DeskWorld,
) -> None:
    await lists(desk).refresh()
    private = BotCommandScopeAllPrivateChats()
    assert await of(desk, private) == {"start": "begin"}
    assert await of(desk, private, "ru") == {"start": "начать"}
    admins = await of(desk, BotCommandScopeAllChatAdministrators(), "ru")
    assert set(admins) == {"link", "alerts", "forum", "board"}
    assert await of(desk, BotCommandScopeAllGroupChats()) == {}


async def test_a_role_set_elsewhere_shows_and_who_left_loses_the_list(desk: DeskWorld) -> None:
    kept = lists(desk)
    await kept.refresh()
    async with desk.inbox.store.begin() as t:
        for one in await t.staff():
            if one.telegram_id == OLGA.telegram_id:
                await t.save_manager(replace(one, role=Role.HEAD, language="en"))
            if one.telegram_id == HELEN.telegram_id:
                await t.save_manager(replace(one, active=False))
    assert await kept.refresh()
    assert (await of(desk, chat(OLGA)))["invite"] == "invite a colleague"
    assert await of(desk, chat(HELEN)) == {}


async def test_what_is_set_is_not_set_again(desk: DeskWorld) -> None:
    kept = lists(desk)
    await kept.refresh()
    before = dict(desk.world.bots[BOT].settings)
    desk.world.bots[BOT].settings.clear()
    assert await kept.refresh()
    assert before
    assert desk.world.bots[BOT].settings == {}


async def test_a_fault_is_no_fault_of_the_start_and_is_tried_again(desk: DeskWorld) -> None:
    kept = lists(desk)
    desk.world.faults.add(Fault("refuse", "setMyCommands", count=30, retry_after=1))
    assert not await kept.refresh()
    desk.world.faults.clear()
    assert await kept.refresh()
    assert set(await of(desk, chat(ADAM))) >= {"menu", "invite"}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("who", [OLGA, HELEN, ADAM])
def test_descriptions_fit_telegram(who: Manager, language: str) -> None:
    say = speaker(language)
    for name, words in (*commands_of(who, say), *group_commands(say)):
        assert name.islower()
        assert 1 <= len(words) <= 256
