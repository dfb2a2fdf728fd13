"""Client groups: the bot was added to one, /link there, or a group was chosen: whose is it?"""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot import client_groups
from bot.access import Visit, answer, group_of
from bot.cards import CardView
from bot.chat_requests import Wanted, ask_for_chat, take_away
from bot.client_groups import known_group, open_clients, seen_group
from bot.group_cards import (
    Group,
    group_view,
    groups_view,
    linked_words,
    picker_view,
    unlink_view,
)
from bot.handlers.accounts import bot_name
from bot.menu import with_back
from bot.menu_buttons import GroupButton, GroupDeed, Screen
from bot.prompts import Asked, Prompt, asked_at, forget, remember
from bot.rich import Rich
from bot.sending import pressed_ref
from inbox.model import Manager

PRESENT = frozenset(
    {ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED}
)
IN_GROUPS = F.chat.type.in_({"group", "supergroup"})


def setup() -> Router:
    """The three ways to link a group, and the buttons."""
    router = Router(name="groups")
    router.my_chat_member.register(added, IN_GROUPS)
    router.message.register(link, IN_GROUPS, Command("link", ignore_mention=True))
    router.message.register(only_in_groups, Command("link"))
    router.message.register(chosen, F.chat_shared.request_id == Wanted.CLIENT)
    deeds = {
        GroupDeed.ASK: ask_again,
        GroupDeed.PAGE: turn,
        GroupDeed.CLIENT: choose_client,
        GroupDeed.NEW: choose_new,
        GroupDeed.LEAVE: leave,
        GroupDeed.SHOW: show,
        GroupDeed.ASK_UNLINK: ask_unlink,
        GroupDeed.UNLINK: unlink,
    }
    for deed, handler in deeds.items():
        router.callback_query.register(handler, GroupButton.filter(F.deed == deed))
    return router


# --- a group comes -----------------------------------------------------------------------------


async def added(change: ChatMemberUpdated, visit: Visit | None, staff: Sequence[Manager]) -> None:
    """A member brought the bot into a group, or gave it other rights there."""
    if visit is None or change.new_chat_member.status not in PRESENT:
        return
    if group_of(staff, change.chat.id) is not None:
        return
    group = await client_groups.met(visit.inbox, change.chat.id, change.chat.title or "")
    if group.client is not None:
        view = await _screen(visit, group)
        await visit.send(with_back(visit.say, view, Screen.GROUPS))
    elif change.old_chat_member.status not in PRESENT:
        await ask_whose(visit, group)


async def link(message: Message, command: CommandObject, visit: Visit) -> None:
    """/link in a group; the question comes in private, as clients read the group."""
    named = (command.mention or "").casefold()
    own = (await visit.bot.me()).username or ""
    if named and named not in {own.casefold(), bot_name(visit).lstrip("@").casefold()}:
        return
    group = await client_groups.met(visit.inbox, message.chat.id, message.chat.title or "")
    await _show_or_ask(visit, group)


async def only_in_groups(message: Message, visit: Visit) -> None:
    """In private a group is chosen by a button."""
    await ask_for_group(visit)


async def ask_for_group(visit: Visit) -> None:
    """Telegram itself offers the member's groups."""
    # With a bot of the staff's own, it is the clients' bot that must be in the group.
    ours = visit.inbox.desk.origin == _clients_origin(visit)
    await ask_for_chat(visit, Wanted.CLIENT, ours=ours)


async def chosen(message: Message, visit: Visit) -> None:
    """The member picked a group."""
    shared = message.chat_shared
    if shared is None or shared.chat_id >= 0:
        return
    group = await client_groups.met(visit.inbox, shared.chat_id, shared.title or "")
    await take_away(visit, group.name)
    await _show_or_ask(visit, group)


async def _show_or_ask(visit: Visit, group: Group) -> None:
    if group.client is None and await client_groups.is_studios(visit.inbox, group.chat_id):
        words = visit.say(
            "“{title}” is the studio's own: alerts or clients' topics are there, which no client "
            "may read.",
            title=group.name,
        )
        await visit.send(with_back(visit.say, Rich(words), Screen.GROUPS))
        return
    if group.client is None:
        await ask_whose(visit, group)
        return
    view = await _screen(visit, group)
    await visit.send(with_back(visit.say, view, Screen.GROUPS))


# --- whose is it? ------------------------------------------------------------------------------


async def ask_whose(
    visit: Visit, group: Group, query: str = "", *, reply_to: int | None = None
) -> None:
    """The question, which is also answered by a part of the client's name."""
    clients = await open_clients(visit, query)
    view = picker_view(visit.say, group, clients, query=query)
    ref = await visit.send(view, reply_to=reply_to)
    await remember(visit.inbox, ref, Prompt(Asked.GROUP, group.chat_id, query))


async def search(visit: Visit, chat_id: int, query: str, below: int) -> None:
    """The question again, with the clients who are called so."""
    await ask_whose(visit, await known_group(visit.inbox, chat_id), query, reply_to=below)


async def ask_again(query: CallbackQuery, callback_data: GroupButton, visit: Visit) -> None:
    """The button of a notice that a stranger added the bot."""
    group = await seen_group(visit.inbox, callback_data.chat_id)
    if await _is_there(query, visit, group):
        await answer(query)
        await _show_or_ask(visit, group)


async def _is_there(query: CallbackQuery, visit: Visit, group: Group) -> bool:
    """Whether anybody ever told of this group; else the press is answered."""
    known = bool(group.title) or group.client is not None
    if not known:
        await answer(query, visit.say("This button no longer works."))
    return known


async def turn(query: CallbackQuery, callback_data: GroupButton, visit: Visit) -> None:
    """Another page, of what was searched."""
    group = await known_group(visit.inbox, callback_data.chat_id)
    if not await _is_there(query, visit, group):
        return
    await answer(query)
    ref = pressed_ref(visit.bot, query)
    prompt = await asked_at(visit.inbox, ref) if ref is not None else None
    words = prompt.words if prompt is not None else ""
    clients = await open_clients(visit, words)
    view = picker_view(visit.say, group, clients, offset=callback_data.offset, query=words)
    await visit.edit(query, view)


async def choose_client(query: CallbackQuery, callback_data: GroupButton, visit: Visit) -> None:
    """The group is this client's."""
    clients = await open_clients(visit, "")
    client = next((one for one in clients if one.id == callback_data.client_id), None)
    if client is None:
        words = visit.say("Only a head or an administrator links another manager's client.")
        await answer(query, words, alert=True)
        return
    await _link(query, visit, callback_data.chat_id, client.id)


async def choose_new(query: CallbackQuery, callback_data: GroupButton, visit: Visit) -> None:
    """The group is that of a client who is not known yet, called as the group."""
    await _link(query, visit, callback_data.chat_id, None)


async def _link(query: CallbackQuery, visit: Visit, chat_id: int, client_id: int | None) -> None:
    if not await _is_there(query, visit, await known_group(visit.inbox, chat_id)):
        return
    group, again = await client_groups.link(visit, chat_id, client_id)
    if group.client is None:
        await answer(query, visit.say("This button no longer works."))
        return
    await answer(query)
    heard = await client_groups.heard_in(visit.inbox, chat_id)
    words = linked_words(visit.say, group, again, heard, bot_name(visit))
    await visit.edit(query, with_back(visit.say, words, Screen.GROUPS))
    await _ask_no_more(query, visit)


async def leave(query: CallbackQuery, callback_data: GroupButton, visit: Visit) -> None:
    """Nothing that is said there is a client's."""
    group = await known_group(visit.inbox, callback_data.chat_id)
    if not await _is_there(query, visit, group):
        return
    await answer(query)
    words = visit.say(
        "“{title}” stays as it is: nothing said there becomes a card. /link in the group changes "
        "that; /alerts there has alerts told in it, /forum gives each client a topic in it.",
        title=group.name,
    )
    await visit.edit(query, with_back(visit.say, Rich(words), Screen.MORE))
    await _ask_no_more(query, visit)


async def _ask_no_more(query: CallbackQuery, visit: Visit) -> None:
    ref = pressed_ref(visit.bot, query)
    if ref is not None:
        await forget(visit.inbox, ref)


# --- the groups that are clients' --------------------------------------------------------------


async def view(visit: Visit) -> CardView:
    """All that this member may change."""
    return groups_view(visit.say, await client_groups.listed(visit))


async def show(query: CallbackQuery, callback_data: GroupButton, visit: Visit) -> None:
    """One group."""
    group = await _own(query, visit, callback_data.chat_id)
    if group is not None:
        await answer(query)
        await visit.edit(query, with_back(visit.say, await _screen(visit, group), Screen.GROUPS))


async def ask_unlink(query: CallbackQuery, callback_data: GroupButton, visit: Visit) -> None:
    """Whether it is meant."""
    group = await _own(query, visit, callback_data.chat_id)
    if group is not None:
        await answer(query)
        await visit.edit(query, unlink_view(visit.say, group))


async def unlink(query: CallbackQuery, callback_data: GroupButton, visit: Visit) -> None:
    """It is nobody's any more."""
    group = await _own(query, visit, callback_data.chat_id)
    if group is not None:
        await client_groups.unlink(visit, group)
        await answer(query, visit.say("“{title}” is unlinked.", title=group.name))
        await visit.edit(query, with_back(visit.say, await view(visit), Screen.MORE))


async def _own(query: CallbackQuery, visit: Visit, chat_id: int) -> Group | None:
    """The group if the member may change it; else the press is answered why not."""
    listed = await client_groups.listed(visit)
    group = next((one for one in listed if one.chat_id == chat_id), None)
    if group is None:
        await answer(query, visit.say("This group is not linked, or not to a client of yours."))
    return group


async def _screen(visit: Visit, group: Group) -> CardView:
    heard = await client_groups.heard_in(visit.inbox, group.chat_id)
    return group_view(visit.say, group, heard, bot_name(visit))


def _clients_origin(visit: Visit) -> str:
    connector = visit.inbox.connectors.get(client_groups.CHANNEL)
    return connector.origin if connector is not None else ""
