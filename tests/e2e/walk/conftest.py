"""The stage of the walk, set up once for all its files, and the two who read it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from tests.e2e.walk import rush as rushing
from tests.e2e.walk.people import Side
from tests.e2e.walk.stage import Walk, open_walk

SETTINGS = """
[desk]
send_delay = "0s"
[sla]
reply_within = "200h"
"""


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def walk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    async with open_walk(tmp_path_factory.mktemp("walk"), more=SETTINGS) as opened:
        yield opened


@pytest_asyncio.fixture(scope="package", loop_scope="package", autouse=True)
async def rush(
    walk: Walk, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[asyncio.Task[rushing.Rush] | None]:
    """It takes 40 seconds, in which little happens: so it begins when the stage is set, and goes
    on beside the other steps. None where nobody will ask for it."""
    assert walk.product.running
    asked = any("rush" in getattr(one, "fixturenames", ()) for one in request.session.items)
    if not asked:
        yield None
        return
    async with AsyncExitStack() as stack:

        async def play() -> rushing.Rush:
            stage = open_walk(tmp_path_factory.mktemp("rush"), more=rushing.SETTINGS, pace=True)
            return await rushing.in_a_rush(await stack.enter_async_context(stage))

        task = asyncio.create_task(play())
        yield task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(params=["en", "ru"])
def at(request: pytest.FixtureRequest, walk: Walk) -> Side:
    """Each step is walked by those who read English and by those who read Russian."""
    return walk.sides[request.param]
