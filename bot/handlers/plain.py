"""What is left: a message that answers nothing goes to nobody; an old button says that it is."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.handlers.inbox import waiting_for
from bot.notes import how_to_reply
from bot.rich import Rich

OFFERED = 5


def setup() -> Router:
    """The last router: it takes everything."""
    router = Router(name="plain")
    router.message.register(plain)
    router.callback_query.register(unknown)
    return router


async def plain(message: Message, visit: Visit) -> None:
    """Say that nobody got it and how to reply, with the most urgent clients at hand."""
    if (message.text or "").startswith("/"):
        await visit.send(Rich(visit.say("There is no such command. See /help.")))
        return
    waiting = await waiting_for(visit, OFFERED)
    view = how_to_reply(visit.say, waiting)
    await visit.send(view, reply_to=message.message_id)


async def unknown(query: CallbackQuery, visit: Visit) -> None:
    """A button of another version, or one that somebody made up."""
    await answer(query, visit.say("This button no longer works."))
