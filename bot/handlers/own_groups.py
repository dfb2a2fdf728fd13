"""The studio's own groups, by buttons: where alerts are told, and the forum of clients' topics."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.cards import CardView
from bot.chat_requests import Wanted, ask_for_chat, take_away
from bot.handlers import forum, group
from bot.menu import heads_alone, is_head, topics_view, with_back
from bot.menu_buttons import AlertsButton, MenuButton, Screen
from bot.places import Places
from bot.rich import Rich, one_line
from connectors.telegram.errors import translated
from inbox import routing
from inbox.model import Manager

NAME_LIMIT = 64  # UTF-16 units


def setup() -> Router:
    """The buttons of the menu, and what was chosen by them."""
    router = Router(name="own groups")
    router.message.register(hear_there, F.chat_shared.request_id == Wanted.ALERTS)
    router.message.register(topics_there, F.chat_shared.request_id == Wanted.FORUM)
    press = router.callback_query.register
    press(ask_for_alerts, MenuButton.filter(F.screen == Screen.ALERTS_GROUP))
    press(ask_for_forum, MenuButton.filter(F.screen == Screen.FORUM_GROUP))
    press(end_forum, MenuButton.filter(F.screen == Screen.END_FORUM))
    press(end_alerts, AlertsButton.filter())
    return router


async def view(visit: Visit) -> CardView:
    """Whether clients have topics, and where."""
    desk = visit.inbox.desk
    return topics_view(visit.say, visit.me, topics=desk.topics, forum=desk.shared)


async def ask_for_alerts(query: CallbackQuery, visit: Visit) -> None:
    """Which group is to hear alerts."""
    if await _is_head(query, visit):
        await ask_for_chat(visit, Wanted.ALERTS)


async def ask_for_forum(query: CallbackQuery, visit: Visit) -> None:
    """Which group is to have the topics."""
    if await _is_head(query, visit):
        await ask_for_chat(visit, Wanted.FORUM)


async def hear_there(message: Message, visit: Visit, staff: Sequence[Manager]) -> None:
    """Alerts are told in the group from now on."""
    shared = message.chat_shared
    if shared is None or not await _heads_choice(visit):
        return
    title = one_line(shared.title or "", NAME_LIMIT)
    await take_away(visit, title)
    words = await group.start_alerts(visit, staff, shared.chat_id, title)
    await visit.send(with_back(visit.say, Rich(words), Screen.TEAM))


async def topics_there(
    message: Message, visit: Visit, staff: Sequence[Manager], places: Places
) -> None:
    """Clients have their topics in the group from now on, or what is missing for that."""
    shared = message.chat_shared
    if shared is None or not await _heads_choice(visit):
        return
    await take_away(visit, one_line(shared.title or "", NAME_LIMIT))
    with translated():
        chat = await visit.bot.get_chat(shared.chat_id)
    words = await forum.open_in(visit, chat, staff, places)
    await visit.send(with_back(visit.say, words, Screen.TOPICS))


async def end_forum(query: CallbackQuery, visit: Visit, places: Places) -> None:
    """Cards come to the members' own chats from now on."""
    if await _is_head(query, visit):
        if places.forum is not None:
            await places.close_forum()
        await visit.edit(query, with_back(visit.say, await view(visit), Screen.MORE))


async def end_alerts(
    query: CallbackQuery, callback_data: AlertsButton, visit: Visit, staff: Sequence[Manager]
) -> None:
    """A group hears no alerts any more."""
    there = routing.member(staff, callback_data.manager_id)
    if there is not None and await _is_head(query, visit):
        words = await group.stop_alerts(visit, staff, there.telegram_id)
        await visit.edit(query, with_back(visit.say, Rich(words), Screen.TEAM))
    elif there is None:
        await answer(query, visit.say("This button no longer works."))


async def _heads_choice(visit: Visit) -> bool:
    """Whether the member decides that; else it is said who does."""
    if not is_head(visit.me):
        words = heads_alone(visit.say)
        await visit.send(Rich(words))
    return is_head(visit.me)


async def _is_head(query: CallbackQuery, visit: Visit) -> bool:
    """Whether the member decides that; the press is answered."""
    if is_head(visit.me):
        await answer(query)
        return True
    await answer(query, heads_alone(visit.say), alert=True)
    return False
