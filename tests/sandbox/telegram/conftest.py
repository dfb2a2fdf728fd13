"""A world with one bot, a client and a manager, served over real HTTP, and aiogram to call it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from sandbox.telegram import People, Person, TelegramServer, World

TOKEN = "4242:client-side"
ANNA, IVAN, STRANGER = 1001, 1002, 1003
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def keyboard(data: str, text: str = "Take") -> InlineKeyboardMarkup:
    """One inline button."""
    button = InlineKeyboardButton(text=text, callback_data=data)
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


@dataclass
class Setting:
    world: World
    people: People
    server: TelegramServer
    bot: Bot

    def client(self, token: str) -> Bot:
        api = TelegramAPIServer.from_base(self.server.url)
        return Bot(token, session=AiohttpSession(api=api))

    def seen(self, person: int = ANNA) -> list[dict]:
        return self.world.chat(TOKEN, person)


@pytest.fixture
async def here() -> AsyncIterator[Setting]:
    world = World(lambda: NOON)
    world.add_bot(TOKEN, "studio_bot", "Studio")
    world.add_person(Person(ANNA, "Anna", username="anna"))
    world.add_person(Person(IVAN, "Ivan"))
    world.add_person(Person(STRANGER, "Stranger"), started=False)
    server = TelegramServer(world)
    await server.start()
    api = TelegramAPIServer.from_base(server.url)
    async with Bot(TOKEN, session=AiohttpSession(api=api)) as bot:
        yield Setting(world, People(world), server, bot)
        await (await bot.session.create_session()).close()  # spares aiogram's pause for TLS
    await server.stop()
