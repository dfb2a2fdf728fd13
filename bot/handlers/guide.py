"""/help: how to work here, section by section."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.cards import CardView
from bot.guide import GuideButton, guide_view
from bot.menu import with_back


def setup() -> Router:
    """/help and its buttons."""
    router = Router(name="help")
    router.message.register(explain, Command("help"))
    router.callback_query.register(turn, GuideButton.filter())
    return router


async def explain(message: Message, visit: Visit) -> None:
    """The first section as a new message."""
    await visit.send(with_back(visit.say, await view(visit)))


async def view(visit: Visit) -> CardView:
    """The same as a screen."""
    return guide_view(visit.me, visit.say)


async def turn(query: CallbackQuery, callback_data: GuideButton, visit: Visit) -> None:
    """Another section in the same message."""
    await answer(query)
    shown = guide_view(visit.me, visit.say, callback_data.section)
    await visit.edit(query, with_back(visit.say, shown))
