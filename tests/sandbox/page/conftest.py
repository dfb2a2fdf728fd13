"""The page's server over a stage without the product, and a browser's way to ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.page.clocks import NextAlert, nothing_ahead
from sandbox.page.server import PageServer
from sandbox.stage import Stage, stage


class Page:
    """Asks as the page's script does; every answer is JSON."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url.rstrip("/")

    async def get(self, path: str) -> Any:
        async with self.session.get(self.url + path) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, body: Any) -> Any:
        status, answer = await self.try_to_post(path, body)
        assert status == 200, answer
        return answer

    async def try_to_post(self, path: str, body: Any) -> tuple[int, Any]:
        given = {"data": body} if isinstance(body, aiohttp.FormData) else {"json": body}
        async with self.session.post(self.url + path, **given) as response:
            return response.status, await response.json()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path, datetime(2026, 3, 3, tzinfo=UTC)) as running:
        yield running


@pytest.fixture
async def page(scene: Stage) -> AsyncIterator[Page]:
    async with served(scene) as one:
        yield one


@asynccontextmanager
async def served(scene: Stage, next_alert: NextAlert = nothing_ahead) -> AsyncIterator[Page]:
    """The page's server over this stage; `next_alert` in the place of a product's."""
    server = PageServer(scene, next_alert=next_alert)
    async with server.running(), aiohttp.ClientSession() as session:
        yield Page(session, server.url)
