"""A card as several messages: what did not fit into it and its files hang below it."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Bot

from bot.cards import CardView
from bot.cautions import soft
from bot.files import show_files
from bot.places import Place
from bot.sending import send, send_long
from bot.texts import Say
from inbox.errors import SendFailed, SendRejected, SendUncertain
from inbox.model import LoadedFile
from inbox.ports import Card, Purpose, Shown


async def show_card(
    bot: Bot, place: Place, what: tuple[Card, CardView, Sequence[LoadedFile]], say: Say
) -> tuple[Shown, ...]:
    """The card, as its view says, then the rest and the files. Raises the SendFailed."""
    card, view, files = what
    silent = soft(card.message.warnings)
    ref = await send(bot, place, view, silent=silent)
    try:
        below = ref.message_id
        rest = await send_long(bot, place, view.rest, reply_to=below, silent=silent)
        shown = await show_files(bot, place, below, files, say, silent=silent)
    except SendRejected:
        raise
    except SendFailed as error:
        # The card stands there: the next try must say that it may have been shown.
        raise SendUncertain(error.fault, error.detail) from error
    others = (Shown(each, Purpose.FILE) for each in (*rest, *shown))
    return (Shown(ref, Purpose.CARD), *others)
