"""The end of the walk: Telegram's limits hold, and a whole team's clients write at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.e2e.walk.stage import BOT, Message, Side, Walk, buttons_of, open_walk, text_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

SETTINGS = """
[sla]
reply_within = "1h"
ladder = [{ notify = "manager", after = "30m" }]
"""
MESSAGES = 50
AT_ONCE = 5  # cards that a quiet chat takes


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def rush(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    folder = tmp_path_factory.mktemp("rush")
    async with open_walk(folder, more=SETTINGS, pace=True) as opened:
        yield opened


async def write_all(rush: Walk, at: Side) -> None:
    clients = [at.client() for _ in range(MESSAGES // 2)]
    await asyncio.gather(
        *(
            rush.writes(one.telegram, f"{turn} of {one.name}")
            for turn in ("First", "Second")
            for one in clients
        )
    )


async def test_a_burst_becomes_a_list_and_alerts_go_first(rush: Walk) -> None:
    """ "Rate limits: a token bucket per chat, per group and in all; bursts become digests rather
    than delays over 30 s; alerts go before cards, cards before digests"."""
    sides = list(rush.sides.values())
    urgent = [at.client() for at in sides]
    for at, client in zip(sides, urgent, strict=True):
        await rush.asks(at, client, f"Urgent, says {client.name}")
    await rush.turn(rush.clock.now() + timedelta(minutes=20))
    await asyncio.gather(*(write_all(rush, at) for at in sides))
    # Cards of the burst stand there already when the time of those who wrote first is over.
    for at in sides:
        await rush.said(at.manager.telegram, "First of")
    await rush.turn(rush.clock.now() + timedelta(minutes=11))
    lists = await asyncio.gather(
        *(check_order(rush, at, one.name) for at, one in zip(sides, urgent, strict=True))
    )
    for at, listed in zip(sides, lists, strict=True):
        await check_list(rush, at, listed)
    assert not [one for one in await rush.telegram.requests() if one["status"] == 429]


async def check_order(rush: Walk, at: Side, urgent: str) -> Message:
    """The alert, then cards, then the list of what came too late."""
    me = at.manager.telegram
    alert = await rush.said(me, "⏰")
    assert urgent in text_of(alert)
    listed = dict(
        await rush.until(lambda: found(rush, me, "📥"), "the rest becomes a list", seconds=60)
    )
    cards = [one["message_id"] for one in await rush.theirs(me) if "of " in text_of(one)[:200]]
    single = [one for one in cards if one != listed["message_id"]]
    assert sum(one < alert["message_id"] for one in single) <= 2 * AT_ONCE
    assert sum(one > alert["message_id"] for one in single) > AT_ONCE
    assert max(single) < listed["message_id"]
    return listed


async def found(rush: Walk, person: int, words: str) -> Message | None:
    there = [one for one in await rush.theirs(person) if words in text_of(one)]
    return there[0] if there else None


async def check_list(rush: Walk, at: Side, listed: Message) -> None:
    """Every message is on a card or in the list; a button of the list shows the card."""
    me, whole = (
        at.manager.telegram,
        "\n".join(map(text_of, await rush.theirs(at.manager.telegram))),
    )
    known = at.clients[7 : 7 + MESSAGES // 2]
    for turn in ("First", "Second"):
        for one in known:
            assert whole.count(f"{turn} of {one.name}") >= 1, one
    label = next(iter(buttons_of(listed)))
    await rush.press(me, listed, label)
    name = label.partition(" · ")[2]
    shown = await rush.said(me, name, after=listed["message_id"])
    assert at.words("History") in buttons_of(shown)
    answer = await rush.answers(at.manager, shown, "From the list")
    client = next(one for one in at.clients if one.name == name)
    await rush.said(client.telegram, "From the list")
    await rush.marked(me, answer)
    assert BOT
