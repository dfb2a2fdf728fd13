"""/team: who holds what; all of somebody's clients go to another, or one to who presses."""

from __future__ import annotations

from collections.abc import Collection

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.cards import CardView
from bot.handlers import away
from bot.handlers.hand_over import holders
from bot.menu import heads_alone, is_head, with_back
from bot.menu_buttons import BackButton
from bot.reader import Reader
from bot.rich import Rich
from bot.team_buttons import (
    HandAllButton,
    TakeClientButton,
    TeamButton,
    TeamDeed,
    UndoAllButton,
)
from bot.team_views import (
    PAGE,
    handed_view,
    held_view,
    sure_view,
    team_view,
    under_way_view,
    whom_view,
)
from inbox import handing_over_all, routing
from inbox.errors import SendFailed
from inbox.model import Manager
from inbox.work_records import ClientOrder


def setup() -> Router:
    """/team and its buttons."""
    router = Router(name="team")
    router.message.register(show, Command("team"))
    press = router.callback_query.register
    press(go, TeamButton.filter())
    press(hand_all, HandAllButton.filter())
    press(undo_all, UndoAllButton.filter())
    press(take, TakeClientButton.filter())
    press(come_back, BackButton.filter())
    return router


async def show(message: Message, visit: Visit) -> None:
    """The team as a new message."""
    await visit.send(with_back(visit.say, await view(visit)))


async def view(visit: Visit) -> CardView:
    """Who is there, and what each holds."""
    now = visit.inbox.clock.now()
    async with visit.inbox.store.begin() as t:
        staff = await t.staff()
        loads = {one.manager_id: one for one in await t.loads(now)}
    return team_view(Reader.of(visit.me, now), visit.me, staff, loads)


async def go(query: CallbackQuery, callback_data: TeamButton, visit: Visit) -> None:
    """To a screen about a member, in the same message."""
    if callback_data.deed is TeamDeed.TEAM:
        await answer(query)
        await visit.edit(query, with_back(visit.say, await view(visit)))
        return
    async with visit.inbox.store.begin() as t:
        holder = routing.member(routing.people(await t.staff()), callback_data.manager_id)
    if holder is None and callback_data.manager_id:
        await answer(query, visit.say("This button no longer works."))
        return
    if callback_data.deed is TeamDeed.CLIENTS:
        await answer(query)
        await visit.edit(query, await _held(visit, holder, callback_data.offset))
    elif holder is not None and await _leads(query, visit):
        await answer(query)
        await _ask_whom(query, visit, holder)


async def _leads(query: CallbackQuery, visit: Visit) -> bool:
    """Whether the presser decides for others; else the press is answered why not."""
    if is_head(visit.me):
        return True
    words = heads_alone(visit.say)
    await answer(query, words, alert=True)
    return False


async def _held(visit: Visit, holder: Manager | None, offset: int) -> CardView:
    """A page of the member's clients, or of nobody's; who waits stands first."""
    async with visit.inbox.store.begin() as t:
        found = await t.client_lines(
            _only(holder),
            order=ClientOrder.WAITING,
            offset=offset,
            limit=PAGE + 1,
            nobodys=holder is None,
        )
    at = (offset, len(found) > PAGE)
    reader = Reader.of(visit.me, visit.inbox.clock.now())
    return held_view(reader, visit.me, holder, found[:PAGE], at)


def _only(holder: Manager | None) -> Collection[int]:
    return () if holder is None else (holder.id,)


async def _ask_whom(query: CallbackQuery, visit: Visit, holder: Manager) -> None:
    async with visit.inbox.store.begin() as t:
        others = [one for one in holders(await t.staff()) if one.id != holder.id]
        clients = await t.clients_held_by(holder.id)
    await visit.edit(query, whom_view(visit.say, holder, others, len(clients)))


async def hand_all(query: CallbackQuery, callback_data: HandAllButton, visit: Visit) -> None:
    """All of a member's clients go to another: asked once more, then done with progress."""
    if not await _leads(query, visit):
        return
    async with visit.inbox.store.begin() as t:
        staff = routing.people(await t.staff())
        clients = len(await t.clients_held_by(callback_data.from_id))
    holder = routing.member(staff, callback_data.from_id)
    to = routing.member(staff, callback_data.to_id)
    if holder is None or to is None or holder.id == to.id:
        await answer(query, visit.say("This button no longer works."))
        return
    # Pressed twice, the second press finds nobody, and leaves the first one's undo where it is.
    await answer(query, "" if clients else visit.say("This was decided already."))
    if not callback_data.sure:
        await visit.edit(query, sure_view(visit.say, holder, to, clients))
        return
    given = 0
    async for given in handing_over_all.hand_over_all(visit.inbox, holder, to, visit.me, query.id):
        await _progress(query, visit, under_way_view(visit.say, holder, to, given, clients))
    if given:
        await visit.edit(query, handed_view(visit.say, holder, to, given, query.id))


async def _progress(query: CallbackQuery, visit: Visit, view: Rich) -> None:
    """Shown where Telegram takes it now: what is under way waits for nobody who looks on."""
    try:
        await visit.edit(query, view)
    except SendFailed:
        return


async def undo_all(query: CallbackQuery, callback_data: UndoAllButton, visit: Visit) -> None:
    """They go back to who had them."""
    if not await _leads(query, visit):
        return
    back = await handing_over_all.undo(visit.inbox, callback_data.key, visit.me)
    if not back:
        await answer(query, visit.say("It is too late for that."), alert=True)
        return
    await answer(query)
    words = visit.say.many("{number} client went back.", "{number} clients went back.", back)
    await visit.edit(query, with_back(visit.say, Rich(words)))


async def take(query: CallbackQuery, callback_data: TakeClientButton, visit: Visit) -> None:
    """One client becomes the presser's."""
    client = await visit.client(query, callback_data.client_id)
    if client is None:
        return
    async with visit.inbox.store.begin() as t:
        former = routing.member(await t.staff(), client.manager_id)
    taken = await handing_over_all.take_client(visit.inbox, client.id, visit.me, query.id)
    words = visit.say("The client is yours.")
    await answer(query, words if taken else visit.say("This was decided already."))
    if taken:
        active = former if former is not None and former.active else None
        await visit.edit(query, await _held(visit, active, 0))


async def come_back(query: CallbackQuery, callback_data: BackButton, visit: Visit) -> None:
    """A head ends somebody's absence."""
    async with visit.inbox.store.begin() as t:
        who = routing.member(await t.staff(), callback_data.manager_id)
    if who is None:
        await answer(query, refusal(visit.say, None))
        return
    await answer(query, await away.end(visit, who), alert=True)
    await visit.edit(query, with_back(visit.say, await view(visit)))
