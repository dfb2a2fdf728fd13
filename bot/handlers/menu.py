"""/menu: every screen of the desk by buttons, each in the same message with a way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.cards import CardView
from bot.handlers import (
    accounts,
    away,
    client,
    dayoff,
    find,
    groups,
    guide,
    inbox,
    invite,
    language,
    live,
    own_groups,
    prices,
    report,
    tasks,
    team,
    templates,
)
from bot.menu import heads_alone, is_head, main_view, more_view, with_back
from bot.menu_buttons import MenuButton, Screen
from bot.prompts import Asked, Prompt, ask
from bot.reader import Reader
from bot.rich import Rich
from bot.sending import pressed_ref
from inbox import routing

MOST = 1000  # waits counted


def setup() -> Router:
    """/menu and its buttons."""
    router = Router(name="menu")
    router.message.register(show, Command("menu"))
    router.callback_query.register(go, MenuButton.filter())
    return router


async def show(message: Message, visit: Visit) -> None:
    """The menu as a new message."""
    await visit.send(await main(visit))


async def go(
    query: CallbackQuery, callback_data: MenuButton, visit: Visit, state: FSMContext
) -> None:
    """To a screen, away from a half-filled form; what asks for words, or for a group, does so
    below."""
    await answer(query)
    await state.clear()
    match callback_data.screen:
        case Screen.MAIN:
            await visit.edit(query, await main(visit))
        case Screen.FIND:
            await find.ask_what(visit, visit.below(query))
        case Screen.REPORT:
            await report.last_week(visit, visit.below(query), key=f"press {query.id}")
        case Screen.LINK_GROUP:
            await groups.ask_for_group(visit)
        case Screen.ENTER_DAY:
            await _ask(query, visit, Asked.DAY_OFF, _day_words(visit))
        case Screen.SOMEBODY_AWAY:
            await _ask(query, visit, Asked.AWAY, _away_words(visit))
        case screen:
            before = Screen.MORE if screen in _UNDER_MORE else Screen.MAIN
            view = await _SCREENS[screen](visit)
            await visit.edit(query, with_back(visit.say, view, before))


async def main(visit: Visit) -> CardView:
    """The menu, with what waits for this member to see and to do."""
    waiting = len(await inbox.waiting_for(visit, MOST))
    async with visit.inbox.store.begin() as t:
        me = routing.member(await t.staff(), visit.me.id) or visit.me
        to_do = len(await t.open_tasks((me.id,)))
    return main_view(Reader.of(visit.me, visit.inbox.clock.now()), me, waiting, to_do)


async def more(visit: Visit) -> CardView:
    """What is set up once."""
    return more_view(visit.say, visit.me)


async def _ask(query: CallbackQuery, visit: Visit, asked: Asked, words: str) -> None:
    ref = pressed_ref(visit.bot, query)
    below = ref.message_id if ref is not None else None
    if not is_head(visit.me):
        words = heads_alone(visit.say)
        await visit.send(Rich(words), reply_to=below)
        return
    await ask(visit, Rich(words), Prompt(asked, visit.me.id), reply_to=below)


def _day_words(visit: Visit) -> str:
    return visit.say(
        "Reply to this message: “31.12 party” closes a day, “28.12 10:00-15:00 short day” gives "
        "it other hours, “31.12 off” takes that back."
    )


def _away_words(visit: Visit) -> str:
    return visit.say(
        "Reply to this message with who is away, the days, and who stands in if it is not the "
        "usual deputy, for example: Anna 1 Dec - 14 Dec Boris"
    )


_SCREENS: dict[Screen, Callable[[Visit], Awaitable[CardView]]] = {
    Screen.INBOX: inbox.first_page,
    Screen.TASKS: tasks.view,
    Screen.CLIENTS: client.first_page,
    Screen.TEMPLATES: templates.view,
    Screen.PRICES: prices.view,
    Screen.TEAM: team.view,
    Screen.NOW: live.view,
    Screen.AWAY: away.view,
    Screen.MORE: more,
    Screen.HELP: guide.view,
    Screen.DAYS: dayoff.view,
    Screen.LANGUAGE: language.view,
    Screen.INVITE: invite.view,
    Screen.GROUPS: groups.view,
    Screen.ACCOUNT: accounts.view,
    Screen.TOPICS: own_groups.view,
}
_UNDER_MORE = frozenset(
    {
        *(Screen.DAYS, Screen.LANGUAGE, Screen.INVITE),
        *(Screen.GROUPS, Screen.ACCOUNT, Screen.TOPICS),
    }
)
