"""A Telegram connector, and the Bot API over HTTP that it speaks to."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.telegram import TelegramConnector, TelegramSettings, open_bot
from inbox.model import (
    Attachment,
    Batch,
    Channel,
    Handle,
    LoadedFile,
    Media,
    OutboundMessage,
)
from sandbox.telegram import People, Person, TelegramServer, World

TOKEN = "4242:AAclients-bot"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
CLIENT = 501


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    world = World(lambda: NOW)
    world.add_bot(TOKEN, "okno_bot", "Okno")
    world.add_person(Person(CLIENT, "Анна"))
    server = TelegramServer(world)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def world(server: TelegramServer) -> World:
    return server.world


@pytest.fixture
def people(world: World) -> People:
    return People(world)


def open_connector(server: TelegramServer, **settings: Any) -> TelegramConnector:
    known = TelegramSettings(**({"token": TOKEN, "api": server.url, "pace": False} | settings))
    bot = open_bot(known)
    return TelegramConnector(Channel("telegram", "telegram"), bot, known, lambda: NOW)


@pytest.fixture
async def connector(server: TelegramServer) -> AsyncIterator[TelegramConnector]:
    one = open_connector(server)
    yield one
    await one.close()


def reply(text: str = "Сделаем", **more: Any) -> OutboundMessage:
    known: dict[str, Any] = {
        "key": "k1",
        "external_id": None,
        "channel_id": "telegram",
        "recipient": Handle("telegram", str(CLIENT)),
        "author": "Пётр",
        "text": text,
        "entities": (),
        "files": (),
        "subject": None,
        "answering": None,
        "written_at": NOW,
    }
    return OutboundMessage(**(known | more))


def loaded(media: Media, name: str, content: bytes) -> LoadedFile:
    return LoadedFile(Attachment(media, name, "x/y", len(content), "email:info", "2"), content)


async def next_of(batches: AsyncIterator[Batch]) -> Batch:
    return await asyncio.wait_for(anext(batches), 5)
