"""/forum in a group with topics: each client gets a topic there, which the whole studio sees."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Bot, F, Router
from aiogram.enums import ChatMemberStatus
from aiogram.filters import Command, CommandObject, Filter
from aiogram.types import Chat, ChatMemberUpdated, Message, TelegramObject
from aiogram.types.chat_member_union import ChatMemberUnion

from bot.access import Visit
from bot.client_groups import client_of
from bot.menu import heads_alone
from bot.places import NAME_LIMIT, Place, Places
from bot.rich import Rich, joined, one_line
from bot.sending import send
from bot.texts import Say
from bot.topics import thread_of
from connectors.telegram.errors import translated
from inbox import routing
from inbox.errors import Fault, SendRejected
from inbox.model import Manager, Role

OFF = "off"
IN_GROUPS = F.chat.type.in_({"group", "supergroup"})
_OUTSIDE = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.KICKED})


def setup() -> Router:
    """The command, and what becomes of the bot in the forum."""
    router = Router(name="forum")
    router.message.register(decide, IN_GROUPS, Command("forum"))
    router.message.register(only_in_groups, Command("forum"))
    router.my_chat_member.register(rights_changed, InForum())
    return router


class InForum(Filter):
    """Lets through what happens in the studio's forum."""

    async def __call__(self, _: TelegramObject, *, in_forum: bool) -> bool:
        return in_forum


async def decide(
    message: Message,
    command: CommandObject,
    visit: Visit,
    staff: Sequence[Manager],
    places: Places,
) -> None:
    """The group becomes the studio's forum, or is it no longer. Nothing is said where clients
    read it."""
    if visit.me.role not in {Role.HEAD, Role.ADMIN}:
        words = Rich(heads_alone(visit.say))
    elif (command.args or "").strip().casefold() == OFF:
        words = Rich(await _close(visit, message.chat, places))
    else:
        words = await open_in(visit, message.chat, staff, places)
    if await client_of(visit.inbox, message.chat.id) is not None:
        await visit.send(words)
        return
    where = Place(message.chat.id, thread_of(message))
    await send(visit.bot, where, words, reply_to=message.message_id)


async def only_in_groups(message: Message, visit: Visit) -> None:
    """In a private chat there is nothing to switch on."""
    words = visit.say(
        "Write /forum in a group of the studio that has topics: each client gets a topic there. "
        "The bot must be an administrator with the right to manage topics."
    )
    await visit.send(Rich(words), reply_to=message.message_id)


async def rights_changed(change: ChatMemberUpdated, places: Places) -> None:
    """Without the right to manage topics clients are in the members' own chats, until it is
    back."""
    forum, now = places.forum, change.new_chat_member
    if forum is None:
        return
    if may_manage_topics(now):
        await places.open_forum(forum.chat_id, forum.title)
    else:
        put_out = now.status in _OUTSIDE
        await places.leave_forum(Fault.BLOCKED if put_out else Fault.NO_RIGHTS)


async def open_in(visit: Visit, chat: Chat, staff: Sequence[Manager], places: Places) -> Rich:
    """The group becomes the forum, where all is there that it needs; what is said of it."""
    say = visit.say
    if places.is_forum(chat.id) and places.shared:
        return Rich(say("Clients have their topics here already. “/forum off” ends it."))
    client = await client_of(visit.inbox, chat.id)
    if client is not None:
        name = one_line(client.name, NAME_LIMIT)
        words = say("This is the group of {name}: clients' topics do not belong here.", name=name)
        return Rich(words)
    missing = await _missing(visit, chat)
    if missing:
        head = Rich(say("Clients cannot have topics here yet:")).styled("bold")
        return joined([head, *(Rich(f"• {one}") for one in missing), _then(say)])
    await places.open_forum(chat.id, one_line(chat.title or "", NAME_LIMIT) or str(chat.id))
    done = say(
        "From now on each client has a topic here; what a member writes in it goes to the client. "
        "Alerts go to each member's own chat. “/forum off” ends it."
    )
    absent = await _absent(visit, chat, staff)
    if not absent:
        return Rich(done)
    names = ", ".join(one_line(one.name, NAME_LIMIT) for one in absent)
    return joined([Rich(done), Rich(say("Not in this group yet: {names}", names=names))], "\n\n")


async def _close(visit: Visit, chat: Chat, places: Places) -> str:
    if not places.is_forum(chat.id):
        return visit.say("Clients have no topics in this group.")
    await places.close_forum()
    return visit.say("From now on cards come to each member's own chat. The topics stay.")


async def _missing(visit: Visit, chat: Chat) -> list[str]:
    """What must be done first, in words."""
    say, missing = visit.say, list[str]()
    if not chat.is_forum:
        missing.append(say("Topics are off in this group: switch them on in its settings."))
    own = await _member(visit.bot, chat.id, visit.bot.id)
    if own is None or not may_manage_topics(own):
        missing.append(
            say("The bot is no administrator with the right “Manage topics”: make it one.")
        )
    return missing


def _then(say: Say) -> Rich:
    return Rich(say("Then write /forum again."))


async def _absent(visit: Visit, chat: Chat, staff: Sequence[Manager]) -> list[Manager]:
    """Members who would not see the cards."""
    absent = []
    for one in routing.people(staff):
        found = await _member(visit.bot, chat.id, one.telegram_id)
        if found is None or found.status in _OUTSIDE:
            absent.append(one)
    return absent


async def _member(bot: Bot, chat_id: int, user_id: int) -> ChatMemberUnion | None:
    """None where Telegram knows no such member, or does not tell the bot."""
    try:
        with translated():
            return await bot.get_chat_member(chat_id, user_id)
    except SendRejected:
        return None


def may_manage_topics(member: ChatMemberUnion) -> bool:
    """Whether this member of a group may make and rename topics."""
    is_admin = member.status == ChatMemberStatus.ADMINISTRATOR
    return is_admin and bool(getattr(member, "can_manage_topics", False))
