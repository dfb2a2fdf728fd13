"""/alerts in a group: alerts of rungs for a chat are told there from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.access import Visit, group_of
from bot.client_groups import client_of
from bot.handlers.forum import InForum
from bot.menu import heads_alone
from bot.rich import Rich, one_line
from bot.sending import send
from inbox.inbox import Inbox
from inbox.model import Manager, Role

NAME_LIMIT = 64  # UTF-16 units
OFF = "off"


def setup() -> Router:
    """The command, and that a group became a supergroup."""
    router = Router(name="group")
    in_groups = F.chat.type.in_({"group", "supergroup"})
    router.message.register(moved, in_groups, F.migrate_to_chat_id)
    router.message.register(hear, in_groups, Command("alerts"))
    router.message.register(only_in_groups, Command("alerts"))
    router.message.register(ignore, in_groups, ~InForum())
    return router


async def hear(
    message: Message, command: CommandObject, visit: Visit, staff: Sequence[Manager], bot: Bot
) -> None:
    """Make the group a member that hears alerts, or end that. Nothing is said where clients read
    it."""
    if visit.me.role not in {Role.HEAD, Role.ADMIN}:
        words = heads_alone(visit.say)
    elif (command.args or "").strip().casefold() == OFF:
        words = await stop_alerts(visit, staff, message.chat.id)
    else:
        words = await start_alerts(visit, staff, message.chat.id, message.chat.title or "")
    if await client_of(visit.inbox, message.chat.id) is None:
        await send(bot, message.chat.id, Rich(words), reply_to=message.message_id)
    else:
        await visit.send(Rich(words))


async def start_alerts(visit: Visit, staff: Sequence[Manager], chat_id: int, title: str) -> str:
    """The group is a member that hears alerts; what is said of it."""
    if group_of(staff, chat_id) is not None:
        return visit.say("This group hears alerts already. “/alerts off” ends it.")
    client = await client_of(visit.inbox, chat_id)
    if client is not None:
        theirs = one_line(client.name, NAME_LIMIT)
        return visit.say(
            "This is the group of {name}: alerts about all clients do not belong here.",
            name=theirs,
        )
    name = one_line(title, NAME_LIMIT) or str(chat_id)
    former = _former(staff, chat_id)
    group = former or Manager(
        id=0,
        name=name,
        telegram_id=chat_id,
        zone=visit.inbox.calendars.studio.hours.zone.key,
        language=visit.me.language,
    )
    async with visit.inbox.store.begin() as t:
        await t.save_manager(replace(group, name=name, role=Role.CHAT, active=True))
    return visit.say(
        "Alerts that the settings send to a group chat come here from now on. “/alerts off” "
        "ends it."
    )


async def stop_alerts(visit: Visit, staff: Sequence[Manager], chat_id: int) -> str:
    """The group hears none any more; what is said of it."""
    group = group_of(staff, chat_id)
    if group is None:
        return visit.say("This group hears no alerts.")
    async with visit.inbox.store.begin() as t:
        await t.save_manager(replace(group, active=False))
    return visit.say("Alerts do not come here any more.")


def _former(staff: Sequence[Manager], chat_id: int) -> Manager | None:
    return next((one for one in staff if one.telegram_id == chat_id), None)


async def moved(message: Message, inbox: Inbox, staff: Sequence[Manager]) -> None:
    """A group that became a supergroup has another id (Bot API, Message.migrate_to_chat_id)."""
    group, new_id = group_of(staff, message.chat.id), message.migrate_to_chat_id
    if group is None or new_id is None or _former(staff, new_id) is not None:
        return
    async with inbox.store.begin() as t:
        await t.save_manager(replace(group, telegram_id=new_id))


async def only_in_groups(message: Message, visit: Visit) -> None:
    """In a private chat there is nothing to switch on."""
    words = visit.say("Write /alerts in the group that is to hear alerts.")
    await visit.send(Rich(words), reply_to=message.message_id)


async def ignore(message: Message) -> None:
    """A command to another bot: nothing in a group is for the routers behind this one."""
