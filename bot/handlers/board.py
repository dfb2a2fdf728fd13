"""/board: a message that keeps saying how it stands, in the own chat, a group or a topic of it."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.boards import Boards, ref_of
from bot.chat_requests import Wanted, ask_for_chat, take_away
from bot.client_groups import client_of
from bot.handlers import live
from bot.handlers.forum import IN_GROUPS, OFF
from bot.live_buttons import LiveButton, LiveDeed
from bot.menu import heads_alone, is_head, with_back
from bot.places import NAME_LIMIT, Place
from bot.rich import Rich, one_line
from bot.sending import send
from bot.topics import take_back, thread_of
from inbox.boards import Board


def setup() -> Router:
    """The command, the group that was chosen, and the buttons of /now."""
    router = Router(name="board")
    router.message.register(in_group, IN_GROUPS, Command("board"))
    router.message.register(in_private, Command("board"))
    router.message.register(chosen, F.chat_shared.request_id == Wanted.BOARD)
    press = router.callback_query.register
    press(open_here, LiveButton.filter(F.deed == LiveDeed.BOARD))
    press(end_here, LiveButton.filter(F.deed == LiveDeed.END))
    press(ask_for_group, LiveButton.filter(F.deed == LiveDeed.GROUP))
    return router


async def in_group(message: Message, command: CommandObject, visit: Visit) -> None:
    """A board of the studio stands in the group, or no more. It speaks for itself; nothing is said
    where clients read it."""
    place = Place(message.chat.id, thread_of(message))
    if not is_head(visit.me):
        words = heads_alone(visit.say)
    elif _is_off(command):
        words = await _end(visit, place.chat_id)
    else:
        words = await _open_in_group(visit, place)
    if not words:
        return
    if await client_of(visit.inbox, place.chat_id) is not None:
        await visit.send(Rich(words))
    else:
        await send(visit.bot, place, Rich(words), reply_to=message.message_id)


async def in_private(message: Message, command: CommandObject, visit: Visit) -> None:
    """A board in the own chat, or no more: for a head of the studio, else of the own clients."""
    if _is_off(command):
        words = await _end(visit, visit.me.telegram_id)
        await visit.send(Rich(words), reply_to=message.message_id)
    else:
        await open_board(visit, _own_place(visit), whole=is_head(visit.me))


async def chosen(message: Message, visit: Visit) -> None:
    """The head picked a group."""
    shared = message.chat_shared
    if shared is None:
        return
    title = one_line(shared.title or "", NAME_LIMIT)
    await take_away(visit, title)
    if is_head(visit.me):
        words = await _open_in_group(visit, Place(shared.chat_id))
        words = words or visit.say("📌 The board stands in “{title}”.", title=title)
    else:
        words = heads_alone(visit.say)
    await visit.send(with_back(visit.say, Rich(words)))


async def open_here(query: CallbackQuery, callback_data: LiveButton, visit: Visit) -> None:
    """As /board in the own chat, by a button of /now."""
    if callback_data.whole and not is_head(visit.me):
        words = heads_alone(visit.say)
        await answer(query, words, alert=True)
        return
    await answer(query)
    await open_board(visit, _own_place(visit), whole=callback_data.whole)
    view = await live.view_of(visit, whole=callback_data.whole)
    await visit.edit(query, with_back(visit.say, view))


async def end_here(query: CallbackQuery, visit: Visit) -> None:
    """As /board off in the own chat, by a button of /now."""
    await answer(query, await _end(visit, visit.me.telegram_id))
    await visit.edit(query, with_back(visit.say, await live.view(visit)))


async def ask_for_group(query: CallbackQuery, visit: Visit) -> None:
    """Which group is to have the board."""
    if not is_head(visit.me):
        words = heads_alone(visit.say)
        await answer(query, words, alert=True)
        return
    await answer(query)
    await ask_for_chat(visit, Wanted.BOARD)


async def open_board(visit: Visit, place: Place, *, whole: bool) -> None:
    """From now on there is a board at the place; the one that the chat had goes away."""
    account, now = visit.bot.id, visit.inbox.clock.now()
    board = Board(account, place.chat_id, place.thread_id, visit.me.id, whole=whole, opened_at=now)
    async with visit.inbox.store.begin() as t:
        before = await t.board(account, place.chat_id)
        await t.open_board(board)
    ref = ref_of(before) if before is not None else None
    if ref is not None:
        await take_back(visit.bot, ref)
    await Boards(visit.bot, visit.inbox).look()


async def _open_in_group(visit: Visit, place: Place) -> str:
    """Why there can be none; "" where there is one from now on."""
    client = await client_of(visit.inbox, place.chat_id)
    if client is not None:
        name = one_line(client.name, NAME_LIMIT)
        return visit.say(
            "This is the group of {name}: a board about all clients does not belong here.",
            name=name,
        )
    await open_board(visit, place, whole=True)
    return ""


async def _end(visit: Visit, chat_id: int) -> str:
    """The board of the chat is ended; what is said of it."""
    async with visit.inbox.store.begin() as t:
        board = await t.board(visit.bot.id, chat_id)
    if board is None:
        return visit.say("There is no board here.")
    await Boards(visit.bot, visit.inbox).end(board, visit.me)
    return visit.say("The board has ended.")


def _own_place(visit: Visit) -> Place:
    own = Place(visit.me.telegram_id)
    return visit.place if visit.place.chat_id == own.chat_id else own


def _is_off(command: CommandObject) -> bool:
    return (command.args or "").strip().casefold() == OFF
