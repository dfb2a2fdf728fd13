"""/inbox: who waits for an answer, most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.buttons import PageButton, WaitingOrder
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
    await visit.send(with_back(visit.say, await first_page(visit)))


async def turn(query: CallbackQuery, callback_data: PageButton, visit: Visit) -> None:
    """Another page, or another way of looking at it, in the same message."""
    await answer(query)
    await visit.edit(query, with_back(visit.say, await page(visit, callback_data)))


async def first_page(visit: Visit) -> CardView:
    """The most urgent of what waits."""
    return await page(visit, PageButton())


async def page(visit: Visit, shown: PageButton) -> CardView:
    """What waits, as the button says."""
    found = await _sorted(visit, shown)
    offset = shown.offset
    async with visit.inbox.store.begin() as t:
        names = {one.id: one.name for one in await t.staff() if one.active}
    now = visit.inbox.clock.now()
    rows: list[tuple[Conversation, timedelta | None]] = []
    for each in found[offset : offset + PAGE]:
        due = each.wait.due_at if each.wait else None
        rows.append((each, None if due is None else visit.inbox.hours_in(each).elapsed(now, due)))
    return waiting_list(visit.say, rows, shown, names, more=len(found) > offset + PAGE)


async def _sorted(visit: Visit, shown: PageButton) -> Sequence[Conversation]:
    """As far as the page needs it; most urgent first, as long as nothing else is wished."""
    if not shown.own and shown.order is WaitingOrder.DUE:
        return await waiting_for(visit, shown.offset + PAGE + 1)
    found = await waiting_for(visit, MOST)
    if shown.own:
        found = tuple(one for one in found if one.assignee_id == visit.me.id)
    if shown.order is WaitingOrder.DUE:
        return found
    return sorted(found, key=lambda one: one.client.name.casefold())


async def waiting_for(visit: Visit, limit: int) -> tuple[Conversation, ...]:
    """Open waits: of all for a head, else the own ones and those nobody holds."""
    async with visit.inbox.store.begin() as t:
        if visit.me.role is not Role.MANAGER:
            return await t.waiting(None, limit)
        everything = await t.waiting(None, MOST)
    own = [each for each in everything if each.assignee_id in {None, visit.me.id}]
    return tuple(own[:limit])
