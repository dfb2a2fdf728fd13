"""Studios for the tests of the whole product."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import skip_or_fail
from tests.e2e.studio import Studio, open_studio
from tests.servers import ServerMissing


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that the commands have set up: team and fifty clients."""
    folder = tmp_path_factory.mktemp("template")

    async def set_up() -> None:
        async with open_studio(folder):
            pass

    try:
        asyncio.run(set_up())
    except ServerMissing as error:
        skip_or_fail(error)
    return folder


@pytest.fixture
async def studio(tmp_path: Path, template: Path) -> AsyncIterator[Studio]:
    """A studio on SQLite with nothing running yet but the servers."""
    async with open_studio(tmp_path, template=template) as opened:
        yield opened
