"""A card that a dead process showed and did not note: the manager may answer it all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.buttons import Button, CardButton, CardDeed
from bot.cards import CardView
from bot.rich import Rich
from bot.sending import send
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, WallClock, desk_world
from tests.bot.studio import HELEN, OLGA


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as started:
        yield started


async def shown_unnoted(desk: DeskWorld, conversation_id: int) -> int:
    """Show Olga a card half a minute ago, as a process that died before its commit."""
    history = CardButton(deed=CardDeed.HISTORY, conversation_id=conversation_id)
    desk.world.now = lambda: WallClock().now() - timedelta(seconds=30)
    view = CardView(Rich("Анна\nВторой вопрос"), ((Button("История", history),),))
    ref = await send(desk.bot, OLGA.telegram_id, view)
    desk.world.now = WallClock().now
    return ref.message_id


async def asked(desk: DeskWorld) -> int:
    """Anna wrote twice; her conversation."""
    for words in ("Первый вопрос", "Второй вопрос"):
        desk.people.says(CLIENT, BOT, words)
        await desk.sees(OLGA.telegram_id, words)
    async with desk.inbox.store.begin() as t:
        (conversation,) = await t.waiting(None, 10)
    return conversation.id


async def test_an_answer_to_it_goes_to_the_client_at_once(desk: DeskWorld) -> None:
    card = await shown_unnoted(desk, await asked(desk))
    own = desk.people.says(OLGA.telegram_id, BOT, "Отвечаю", reply_to=card)
    answer = await desk.sees(CLIENT, "Отвечаю")
    assert answer["reply_to_message"]["text"] == "Второй вопрос"
    desk.people.says(OLGA.telegram_id, BOT, "И ещё", reply_to=own["message_id"])
    await desk.sees(CLIENT, "И ещё")
    assert not any("никому не ушло" in one.get("text", "") for one in desk.chat(OLGA.telegram_id))


async def test_it_is_no_way_to_somebody_elses_client(desk: DeskWorld) -> None:
    conversation_id = await asked(desk)
    taken = await desk.sees(HELEN.telegram_id, "Второй вопрос")
    await desk.people.presses(
        HELEN.telegram_id, BOT, taken["message_id"], f"c:t:{conversation_id}"
    )
    card = await shown_unnoted(desk, conversation_id)
    desk.people.says(OLGA.telegram_id, BOT, "Отвечаю", reply_to=card)
    await desk.sees(OLGA.telegram_id, "Helen")
    assert not any("Отвечаю" in one.get("text", "") for one in desk.chat(CLIENT))


async def test_a_conversation_that_is_gone_is_said_to_be_gone(desk: DeskWorld) -> None:
    card = await shown_unnoted(desk, 4711)
    desk.people.says(OLGA.telegram_id, BOT, "Отвечаю", reply_to=card)
    await desk.sees(OLGA.telegram_id, "Не отправлено")
