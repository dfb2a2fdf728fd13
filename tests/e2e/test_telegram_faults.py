"""Every call that the product makes goes wrong in every way, on both sides, one per conversation.

Nothing of a client is lost: a card stands on the desk, and says so where it may stand there twice.
A reply is at the client once, in its order; where nobody knows, its author is asked and decides.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.chats import Chats, open_chats
from tests.e2e.faulty_calls import FAULTS, KINDS, MET, Case, cases, plan
from tests.e2e.walk_accounts import connect_accounts, in_accounts
from tests.e2e.walk_changes import alerts, change_and_take_back, notes
from tests.e2e.walk_messages import people_decide, to_the_clients, to_the_desk
from tests.e2e.walk_topics import made, named

pytestmark = [pytest.mark.real, pytest.mark.slow]

EACH, GROUPS = len(MET), 3
CALLED = {
    *KINDS.values(),
    *("getMe", "getUpdates", "setMyCommands", "setChatMenuButton", "getBusinessConnection"),
    *("setMessageReaction", "answerCallbackQuery", "editMessageText", "editMessageCaption"),
    *("deleteMessage", "deleteMessages", "deleteBusinessMessages"),
}


@pytest.fixture(params=["sqlite, topics", "postgresql, two bots"])
async def chats(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Chats]:
    number, on_sqlite = EACH + GROUPS * len(FAULTS), request.param.startswith("sqlite")
    url = "" if on_sqlite else request.getfixturevalue("postgres_url")
    opening = open_chats(tmp_path, number, database=url, two_bots=not on_sqlite, topics=on_sqlite)
    async with opening as opened:
        yield opened


async def test_nothing_is_lost_and_nothing_goes_out_twice(chats: Chats) -> None:
    begun = time.monotonic()
    every = cases(chats.pairs[:EACH])
    own, making, naming = (_beside(chats, group) for group in range(GROUPS))
    for method in ("getMe", "setMyCommands", "setChatMenuButton"):
        plan(chats, "429", method)
    connect_accounts(chats, own)
    await chats.product.start()
    others = [in_accounts(chats, own)]
    if chats.topics:
        others += [made(chats, making), named(chats, naming)]
    await asyncio.gather(the_walk(chats, every), *others)
    await alerts(chats, [one for one in every if one.kind == "document"])
    _check_calls(chats)
    assert await chats.product.stop() == 0
    assert await chats.soundness() == ()
    assert "Traceback" not in chats.product.log.read_text()
    sys.stdout.write(f"{time.monotonic() - begun:.1f} s\n")


async def the_walk(chats: Chats, every: list[Case]) -> None:
    """Each conversation to its end, stage by stage."""
    await to_the_desk(chats, every)
    sent = await to_the_clients(chats, every)
    await people_decide(chats, every, sent)
    await asyncio.gather(
        change_and_take_back(chats, every),
        notes(chats, [one for one in every if one.kind == "document"]),
    )


def _beside(chats: Chats, group: int) -> list[Case]:
    """A conversation for each fault beside those of `cases`."""
    pairs = chats.pairs[EACH + group * len(FAULTS) :]
    return [Case(pair, "text", fault) for pair, fault in zip(pairs, FAULTS, strict=False)]


def _check_calls(chats: Chats) -> None:
    """Each method was refused and went well; no fault was left over."""
    wanted = CALLED | ({"createForumTopic", "editForumTopic"} if chats.topics else {"getFile"})
    faults = Counter(one.method for one in chats.world.faults.planned)
    assert not faults
    for method in wanted:
        answers = {one.ok for one in chats.world.requests if one.method == method}
        assert answers == {True, False}, method
