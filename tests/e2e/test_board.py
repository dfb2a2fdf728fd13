"""A board is written once however many processes run, and goes on when one of them is killed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import SandboxClock
from tests.e2e.product import Product
from tests.e2e.studio import BOT, HEAD, Studio, open_studio
from tests.e2e.traffic import cards
from tests.e2e.turning import stand, this_minute

pytestmark = [pytest.mark.real, pytest.mark.slow]

SOON = 90.0  # seconds: a turn of the board, or the lease of who was killed over it


@pytest.fixture
async def studio(tmp_path: Path, postgres_url: str) -> AsyncIterator[Studio]:
    """One whose clock stands still: a board is written for what happens alone."""
    clock = SandboxClock(tmp_path / "clock.json", this_minute(), speed=0)
    async with open_studio(tmp_path, clock=clock, database=postgres_url, clients=3) as opened:
        yield opened


async def board(studio: Studio) -> dict[str, Any]:
    """The one that stands in the head's chat; {}: none does."""
    title = "📟 The whole studio"
    shown = [one for one in await studio.chat(HEAD.telegram) if title in one.get("text", "")]
    assert len(shown) <= 1
    return shown[0] if shown else {}


async def until_it_says(studio: Studio, words: str) -> dict[str, Any]:
    async def said() -> dict[str, Any]:
        found = await board(studio)
        return found if words in found.get("text", "") else {}

    return dict(await studio.product.until_true(said, f"the board says {words!r}", SOON))


async def written(studio: Studio, number: int) -> int:
    """How often it was edited."""
    calls = await studio.telegram.requests("editMessageText")
    return sum(1 for one in calls if one["message_id"] == number)


async def test_two_processes_write_it_once_and_one_goes_on_alone(studio: Studio) -> None:
    client = studio.clients[0]
    await studio.ready()
    second = Product(studio.product.folder / "second")
    second.folder.mkdir()
    shutil.copy(studio.product.settings, second.settings)
    await second.start()
    try:
        await stand(studio)
        await studio.telegram.says(HEAD.telegram, BOT, "/board")
        number = (await until_it_says(studio, "Nobody waits"))["message_id"]
        await studio.telegram.says(client.telegram, BOT, "t00-0: when?")
        assert (await until_it_says(studio, "1 client waits"))["message_id"] == number
        await asyncio.sleep(3.0)  # for what must not come
        assert await written(studio, number) == 1
    finally:
        await second.kill()
    card = next(one.message_id for one in await cards(studio, client.manager))
    await studio.telegram.says(client.manager.telegram, BOT, "Tomorrow.", reply_to=card)
    assert (await until_it_says(studio, "Answered today: 1"))["message_id"] == number
    assert await written(studio, number) == 2
    assert await studio.product.stop() == 0
    assert await studio.soundness() == ()
