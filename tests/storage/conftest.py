"""A store over each database."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage.store import SqlStore, open_store
from tests.databases import sqlite_in

BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.real),
]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return sqlite_in(tmp_path)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    """A database without rows, of each kind in turn."""
    if request.param == "sqlite":
        return sqlite_url
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    opened = await open_store(url)
    yield opened
    assert await opened.check() == ()
    await opened.close()


@pytest.fixture
async def opening(url: str) -> AsyncIterator[Callable[..., object]]:
    """Opens stores with settings of the test's own, and closes them after it."""
    opened: list[SqlStore] = []

    async def one(**settings: object) -> SqlStore:
        opened.append(await open_store(url, **settings))
        return opened[-1]

    yield one
    for store in opened:
        await store.close()
