"""The stage of the walk, set up once for all its files, and the two who read it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.walk.stage import Side, Walk, open_walk

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


@pytest.fixture(params=["en", "ru"])
def at(request: pytest.FixtureRequest, walk: Walk) -> Side:
    """Each step is walked by those who read English and by those who read Russian."""
    return walk.sides[request.param]
