"""/inbox: who waits for an answer, most urgent first."""

from __future__ import annotations

from datetime import timedelta

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.buttons import PageButton
from bot.cards import CardView
from bot.menu import with_back
from bot.notes import PAGE, waiting_list
from inbox.model import Conversation, Role

MOST = 1000  # waits looked at to find a manager's own and those nobody has


def setup() -> Router:
    """/inbox and the turning of its pages."""
    router = Router(name="inbox")
    router.message.register(show, Command("inbox"))
    router.callback_query.register(turn, PageButton.filter())
    return router


async def show(message: Message, visit: Visit) -> None:
    """The first page."""
    await visit.send(with_back(visit.say, await page(visit, 0)))


async def turn(query: CallbackQuery, callback_data: PageButton, visit: Visit) -> None:
    """Another page in the same message."""
    await answer(query)
    view = await page(visit, max(0, callback_data.offset))
    await visit.edit(query, with_back(visit.say, view))


async def first_page(visit: Visit) -> CardView:
    """The most urgent of what waits."""
    return await page(visit, 0)


async def page(visit: Visit, offset: int) -> CardView:
    """What waits from `offset` on."""
    found = await waiting_for(visit, offset + PAGE + 1)
    async with visit.inbox.store.begin() as t:
        names = {one.id: one.name for one in await t.staff() if one.active}
    now = visit.inbox.clock.now()
    rows: list[tuple[Conversation, timedelta | None]] = []
    for each in found[offset : offset + PAGE]:
        due = each.wait.due_at if each.wait else None
        rows.append((each, None if due is None else visit.inbox.hours_in(each).elapsed(now, due)))
    return waiting_list(visit.say, rows, offset, names, more=len(found) > offset + PAGE)


async def waiting_for(visit: Visit, limit: int) -> tuple[Conversation, ...]:
    """Open waits: of all for a head, else the own ones and those nobody holds."""
    async with visit.inbox.store.begin() as t:
        if visit.me.role is not Role.MANAGER:
            return await t.waiting(None, limit)
        everything = await t.waiting(None, MOST)
    own = [each for each in everything if each.assignee_id in {None, visit.me.id}]
    return tuple(own[:limit])
