"""Server-sent events, so that the page shows a change at once:

{"what": "chat", "room": key (rooms.py)} | {"what": "mail", "address": a} | {"what": "clock"}
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiohttp import web

from sandbox.page.requests import Body
from sandbox.page.rooms import key_of
from sandbox.stage import Stage

HEARTBEAT = 15.0  # seconds

T = TypeVar("T")


class Events:
    """Streams to any number of pages, until they leave or `close`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._streams: set[asyncio.Queue[Body | None]] = set()

    def close(self) -> None:
        """End all streams."""
        for stream in self._streams:
            stream.put_nowait(None)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """GET /api/events."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        async with self._changes() as changes:
            await response.prepare(request)
            await response.write(b": ready\n\n")
            with contextlib.suppress(ConnectionError):
                while (text := await _next(changes)) is not None:
                    await response.write(text)
        return response

    @asynccontextmanager
    async def _changes(self) -> AsyncIterator[asyncio.Queue[Body | None]]:
        """Everything that changes while the block runs, in one queue."""
        changes: asyncio.Queue[Body | None] = asyncio.Queue()
        world, mail, clock = self._stage.world, self._stage.mail, self._stage.clock
        chats, addresses, turns = world.subscribe(), mail.subscribe(), clock.subscribe()
        pumps = [
            asyncio.create_task(_pump(chats, changes, _chat)),
            asyncio.create_task(_pump(addresses, changes, _mail)),
            asyncio.create_task(_pump(turns, changes, _clock)),
        ]
        self._streams.add(changes)
        try:
            yield changes
        finally:
            self._streams.discard(changes)
            for pump in pumps:
                pump.cancel()
            world.unsubscribe(chats)
            mail.unsubscribe(addresses)
            clock.unsubscribe(turns)


async def _pump(
    source: asyncio.Queue[T], target: asyncio.Queue[Body | None], told: Callable[[T], Body]
) -> None:
    while True:
        target.put_nowait(told(await source.get()))


async def _next(changes: asyncio.Queue[Body | None]) -> bytes | None:
    try:
        async with asyncio.timeout(HEARTBEAT):
            change = await changes.get()
    except TimeoutError:
        return b": still here\n\n"
    return None if change is None else f"data: {json.dumps(change)}\n\n".encode()


def _chat(notice: dict[str, Any]) -> Body:
    return {"what": "chat", "room": key_of(notice)}


def _mail(address: str) -> Body:
    return {"what": "mail", "address": address}


def _clock(_turn: None) -> Body:
    return {"what": "clock"}
