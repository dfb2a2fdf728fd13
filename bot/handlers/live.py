"""/now: who waits, what is overdue, and how today's answers are; and its buttons."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.cards import CardView
from bot.handlers import inbox
from bot.live_buttons import LiveButton, LiveDeed
from bot.live_views import now_view
from bot.menu import heads_alone, is_head, with_back
from bot.reader import Reader
from bot.sending import send
from inbox.errors import SendRejected
from inbox.live import live
from inbox.report_records import Slice


def setup() -> Router:
    """/now, looking again, and the button below boards."""
    router = Router(name="live")
    router.message.register(show, Command("now"))
    router.callback_query.register(again, LiveButton.filter(F.deed == LiveDeed.SHOW))
    router.callback_query.register(waiting, LiveButton.filter(F.deed == LiveDeed.WAITING))
    return router


async def show(message: Message, visit: Visit) -> None:
    """As a new message."""
    await visit.send(with_back(visit.say, await view(visit)))


async def view(visit: Visit) -> CardView:
    """For a head the studio, for everybody else the own clients."""
    return await view_of(visit, whole=is_head(visit.me))


async def view_of(visit: Visit, *, whole: bool) -> CardView:
    """How it stands with the studio, or with the member's own clients."""
    me, now = visit.me, visit.inbox.clock.now()
    found = await live(visit.inbox, now, Slice() if whole else Slice(me.id, me.name))
    async with visit.inbox.store.read() as t:
        board = await t.board(visit.bot.id, me.telegram_id)
    return now_view(Reader.of(me, now), me, found, board=board is not None)


async def again(query: CallbackQuery, callback_data: LiveButton, visit: Visit) -> None:
    """Look once more, or at the other half, in the same message."""
    if callback_data.whole and not is_head(visit.me):
        words = heads_alone(visit.say)
        await answer(query, words, alert=True)
        return
    await answer(query)
    view = await view_of(visit, whole=callback_data.whole)
    await visit.edit(query, with_back(visit.say, view))


async def waiting(query: CallbackQuery, visit: Visit) -> None:
    """Who waits for whoever presses, in that member's own chat: a board is read by many."""
    view = with_back(visit.say, await inbox.first_page(visit))
    own = visit.me.telegram_id
    try:
        await send(visit.bot, own, view)
    except SendRejected:
        await answer(query, visit.say("Open your own chat with this bot first."), alert=True)
        return
    here = query.message is not None and query.message.chat.id == own
    await answer(query, "" if here else visit.say("It is in your own chat with the bot."))
