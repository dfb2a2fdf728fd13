"""Boards of the desk, as its tests wish and read them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.boards import Boards
from inbox.model import Manager
from tests.bot.desk_world import BOT, CLIENT, Around, DeskWorld, WallClock, around, running
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA
from tests.bot.test_desk_promises import ALWAYS

GROUP = -1001000000077
MOVED = -1001000000078
TEAM = [one.telegram_id for one in (OLGA, IVAN, HELEN, ADAM)]


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Around]:
    async with around(tmp_path) as one:
        add_group(one)
        yield one


@pytest.fixture
async def desk(there: Around) -> AsyncIterator[DeskWorld]:
    async with running(there, hours=ALWAYS) as world:
        yield world


def boards(desk: DeskWorld, every: float = 0.0) -> Boards:
    """Each look writes what is outdated, without the pause between."""
    return Boards(desk.bot, desk.inbox, every=every)


async def looks(desk: DeskWorld) -> None:
    """Whatever has its turn is looked at; `/board` itself gives the first turn only after 15 s."""
    async with desk.inbox.store.begin() as t:
        for chat_id in (GROUP, MOVED, *TEAM):
            board = await t.board(BOT, chat_id)
            if board is not None:
                await t.save_board(board, -1.0)
    await boards(desk).look()


def passes(desk: DeskWorld, time: timedelta) -> None:
    clock = desk.inbox.clock
    assert isinstance(clock, WallClock)
    clock.ahead += time


def bots(desk: DeskWorld, chat_id: int) -> list[dict[str, Any]]:
    return [one for one in desk.chat(chat_id) if not one["out"] and "text" in one]


def pinned(desk: DeskWorld, chat_id: int) -> list[int]:
    return desk.world.room(desk.world.bot(BOT), chat_id).pinned


async def opened(
    desk: DeskWorld, chat_id: int, who: Manager = HELEN, **how: Any
) -> dict[str, Any]:
    """The board that somebody wished, pinned."""
    group = {"chat_id": chat_id} if chat_id < 0 else {}
    before = {one["message_id"] for one in bots(desk, chat_id)}
    desk.people.says(who.telegram_id, BOT, "/board", **group, **how)
    (board,) = await desk.until(
        lambda: [one for one in bots(desk, chat_id) if one["message_id"] not in before]
    )
    await desk.until(lambda: board["message_id"] in pinned(desk, chat_id))
    return board


def now(desk: DeskWorld, board: dict[str, Any]) -> str:
    """What it says by now."""
    found = [
        one["text"]
        for one in bots(desk, board["chat"]["id"])
        if one["message_id"] == board["message_id"]
    ]
    return "".join(found)


async def kept(desk: DeskWorld, chat_id: int) -> bool:
    async with desk.inbox.store.read() as t:
        return await t.board(BOT, chat_id) is not None


def same(desk: DeskWorld, message: dict[str, Any]) -> dict[str, Any]:
    """The message as it is by now."""
    chat = desk.chat(message["chat"]["id"])
    return next(one for one in chat if one["message_id"] == message["message_id"])


def add_group(there: Around) -> None:
    """One with topics, in which a client is too."""
    there.world.add_group(
        GROUP, "Студия", members=[*TEAM, CLIENT], bots=[BOT], admins=[BOT], forum=True
    )
