"""The stage of the day, set up once for all its files; the acts are played once, in the order in
which their files come."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from storage.store import open_store
from tests.e2e.day import cards, clients, lists, offers, together
from tests.e2e.day.scene import SETTINGS, Outcomes, Scene, play
from tests.e2e.walk.stage import BOT, Walk, open_walk


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def scenes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Scene]]:
    """Both sides of one studio, by language."""
    async with open_walk(tmp_path_factory.mktemp("day"), more=SETTINGS) as walk:
        await walk.telegram.tunes(bot=BOT, inline=True)
        store = await open_store(walk.database, exclusive=False)
        try:
            yield {name: Scene(walk, side, store) for name, side in walk.sides.items()}
        finally:
            await store.close()


@pytest.fixture(scope="package")
def walk(scenes: dict[str, Scene]) -> Walk:
    return scenes["en"].walk


@pytest.fixture(params=["en", "ru"])
def scene(request: pytest.FixtureRequest, scenes: dict[str, Scene]) -> Scene:
    """Each step is walked by those who read English and by those who read Russian."""
    return scenes[request.param]


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def morning(scenes: dict[str, Scene]) -> Outcomes:
    """All acts, played side by side with three kills between their parts; how each ended."""
    sides = list(scenes.values())
    for one in sides:
        await lists.prices_there_are(one)
    acts = (*cards.ACTS, *lists.ACTS, *clients.ACTS, *offers.ACTS, *together.ACTS)
    return await play(sides, acts)
