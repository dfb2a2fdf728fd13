"""Telegram by way of a proxy, as the setting `proxy` says: there, away, and one that refuses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from connectors.telegram import TelegramSettings, open_bot
from connectors.telegram.errors import translated
from inbox.errors import Fault, SendDeferred
from sandbox.telegram import TelegramServer, World
from tests.fakes import MONDAY_TEN

TOKEN = "4242:AAclients-bot"
PASSWORD = "hush-hush"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    world = World(lambda: MONDAY_TEN)
    world.add_bot(TOKEN, "okno_bot", "Okno")
    server = TelegramServer(world)
    await server.start()
    yield server
    await server.stop()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
    writer.close()


@asynccontextmanager
async def _proxy(allowed: Callable[[str], bool]) -> AsyncIterator[tuple[int, list[str]]]:
    """An HTTP proxy that knows CONNECT alone: its port, and the heads of what it was asked."""
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        heads.append(head)
        if not allowed(head):
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            writer.close()
            return
        host, _, port = head.split()[1].rpartition(":")
        there, to_there = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(_copy(reader, to_there), _copy(there, writer))

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1], heads
    finally:
        listening.close()


async def _ask(api: str, proxy: str) -> str:
    bot = open_bot(TelegramSettings(token=TOKEN, api=api, proxy=proxy))
    try:
        with translated():
            return (await bot.get_me()).username or ""
    finally:
        await bot.session.close()


async def test_every_request_goes_through_the_proxy(server: TelegramServer) -> None:
    async with _proxy(lambda head: True) as (port, heads):
        assert await _ask(server.url, f"http://127.0.0.1:{port}") == "okno_bot"
    assert heads[0].startswith("CONNECT 127.0.0.1:")


async def test_a_proxy_that_refuses_defers_and_tells_no_password(server: TelegramServer) -> None:
    async with _proxy(lambda head: False) as (port, heads):
        with pytest.raises(SendDeferred) as deferred:
            await _ask(server.url, f"http://okno:{PASSWORD}@127.0.0.1:{port}")
    assert "Proxy-Authorization" in heads[0]
    assert deferred.value.fault is Fault.UNREACHABLE
    assert PASSWORD not in str(deferred.value)


@pytest.mark.parametrize("scheme", ["socks5", "socks4", "http"])
async def test_a_proxy_that_is_away_defers(
    server: TelegramServer, unused_tcp_port: int, scheme: str
) -> None:
    with pytest.raises(SendDeferred) as deferred:
        await _ask(server.url, f"{scheme}://127.0.0.1:{unused_tcp_port}")
    assert deferred.value.fault is Fault.UNREACHABLE
