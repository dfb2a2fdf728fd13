"""Boards of the desk: one a chat, and one process at a time that writes it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.boards import Board
from inbox.model import Manager, Role
from storage.store import SqlStore
from tests.storage.values import T0

ACCOUNT, CHAT = 7001, -100_777
LEASE = 60.0


@pytest.fixture
async def board(store: SqlStore) -> Board:
    """One that was wished and not yet shown."""
    async with store.begin() as t:
        head = await t.save_manager(Manager(0, "Глава", 100, Role.HEAD))
        wished = Board(ACCOUNT, CHAT, 5, head.id, whole=True, opened_at=T0)
        await t.open_board(wished)
    return wished


async def due(store: SqlStore) -> bool:
    async with store.read() as t:
        return await t.boards_due(ACCOUNT)


async def claimed(store: SqlStore, lease: float = LEASE) -> tuple[Board, ...]:
    async with store.begin() as t:
        return await t.claim_boards(ACCOUNT, lease)


async def saved(store: SqlStore, board: Board, after: float) -> bool:
    async with store.begin() as t:
        return await t.save_board(board, after)


async def test_a_wished_board_has_its_turn_at_once_and_for_one(
    store: SqlStore, board: Board
) -> None:
    assert await due(store)
    async with store.begin() as t:
        assert await t.claim_boards(ACCOUNT + 1, LEASE) == ()
    assert await claimed(store) == (board,)
    assert await claimed(store) == ()
    assert not await due(store)


async def test_what_became_of_it_is_kept_until_its_next_turn(
    store: SqlStore, board: Board
) -> None:
    await claimed(store)
    shown = replace(
        board, message_id=9, unpinned=True, shown="x", shown_at=T0 + timedelta(minutes=1)
    )
    assert await saved(store, shown, 15.0)
    async with store.read() as t:
        assert await t.board(ACCOUNT, CHAT) == shown
        assert await t.board(ACCOUNT, CHAT + 1) is None
    assert not await due(store)
    assert await saved(store, shown, -1.0)
    assert await claimed(store) == (shown,)


async def test_who_died_over_it_loses_the_turn(store: SqlStore, board: Board) -> None:
    await claimed(store, lease=0.05)
    await asyncio.sleep(0.1)
    assert await claimed(store) == (board,)


async def test_one_wished_anew_is_another_one(store: SqlStore, board: Board) -> None:
    (old,) = await claimed(store)
    anew = replace(board, thread_id=None, whole=False, opened_at=T0 + timedelta(seconds=1))
    async with store.begin() as t:
        await t.open_board(anew)
    assert not await saved(store, replace(old, message_id=9), 15.0)
    async with store.begin() as t:
        assert not await t.end_board(old)
    assert await claimed(store) == (anew,)
    async with store.begin() as t:
        assert await t.end_board(anew)
        assert await t.board(ACCOUNT, CHAT) is None
    assert not await saved(store, anew, 15.0)


async def test_two_processes_at_once_share_them(store: SqlStore, board: Board) -> None:
    async with store.begin() as t:
        for number in range(5):
            await t.open_board(replace(board, chat_id=CHAT - 1 - number))
    found = await asyncio.gather(*(claimed(store) for _ in range(4)))
    chats = [one.chat_id for page in found for one in page]
    assert len(chats) == len(set(chats)) == 6
