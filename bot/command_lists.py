"""The lists of commands that Telegram shows, by role and language, and the button for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from aiogram import Bot
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeUnion,
    MenuButtonCommands,
)

from bot.texts import LANGUAGES, Say, speaker
from connectors.telegram.errors import translated
from inbox.errors import SendFailed, SendRejected
from inbox.model import Manager, Role
from inbox.ports import Store

log = logging.getLogger(__name__)

LOOK_EVERY = 15.0  # seconds: how soon a role that was set on the command line shows
AFTER_FAULT = 60.0

Commands = list[tuple[str, str]]


def commands_of(me: Manager, say: Say) -> Commands:
    """The commands this member may use, and what they do."""
    commands = [
        ("menu", say("everything by buttons")),
        ("inbox", say("who waits for an answer")),
        ("tasks", say("what is to be done")),
        ("client", say("your clients, and all about one: /client and a name")),
        ("find", say("search messages and files")),
        ("templates", say("texts that are written often")),
        ("prices", say("what typical work costs")),
        ("team", say("who holds what, and who is away")),
        ("report", say("how soon clients were answered: /report october, /report and a name")),
        ("now", say("who waits now, and how today goes")),
        ("board", say("the same in a message that keeps itself up to date")),
        ("why", say("reply with it to a card or a report: how it is counted")),
        ("noreply", say("reply with it to a card: no answer is needed")),
        ("phone", say("reply with it to a card: answered by phone")),
        ("promise", say("reply with it to a card: an answer by a certain time")),
        ("handover", say("reply with it to a card: give the client to a colleague")),
        ("take", say("reply with it to a card or an alert: the client is mine")),
        ("takeback", say("reply with it to your message: it is deleted at the client's")),
        ("away", say("when you are not there, and who stands in")),
        ("back", say("you are there again")),
        ("language", say("Russian or English")),
        ("help", say("how to work here")),
    ]
    if me.role is not Role.MANAGER:
        commands[8:8] = [
            ("invite", say("invite a colleague")),
            ("dayoff", say("a day off, or other hours on a date")),
        ]
    return commands


def group_commands(say: Say) -> Commands:
    """What members may say in groups; shown to the administrators of a group alone, as clients
    read there too."""
    return [
        ("link", say("whose group this is")),
        ("alerts", say("alerts come here")),
        ("forum", say("a topic for each client here")),
        ("board", say("how the studio stands, kept up to date here")),
    ]


def client_commands(say: Say) -> Commands:
    """What anybody may say in private."""
    return [("start", say("begin"))]


class CommandLists:
    """Keeps the lists as the members are; what was set is remembered while the program runs."""

    def __init__(self, bots: Sequence[Bot], store: Store) -> None:
        """The first of the bots is the clients', the last one the staff's; they may be one."""
        self._bots = bots
        self._store = store
        self._set: dict[int, tuple[Role, str]] = {}
        self._defaults = False

    async def keep(self) -> None:
        """For ever: whatever changed is set; what Telegram does not take is tried again later."""
        while True:  # noqa: ASYNC110 - another process may have changed a member
            await asyncio.sleep(LOOK_EVERY if await self.refresh() else AFTER_FAULT)

    async def refresh(self) -> bool:
        """Set what is not set yet; False where something could not be."""
        if not self._defaults:
            found = [await set_defaults(one) for one in dict.fromkeys(self._bots)]
            self._defaults = all(found)
        async with self._store.begin() as t:
            staff = await t.staff()
        done = [await self._refresh(one) for one in staff if one.role is not Role.CHAT]
        return self._defaults and all(done)

    async def _refresh(self, one: Manager) -> bool:
        known, bot = self._set.get(one.id), self._bots[-1]
        if not one.active:
            if known is None or await drop_commands(bot, one):
                self._set.pop(one.id, None)
                return True
            return False
        if known == (one.role, one.language):
            return True
        if not await show_commands(bot, one):
            return False
        self._set[one.id] = (one.role, one.language)
        return True


async def show_commands(bot: Bot, me: Manager) -> bool:
    """Set the member's list and the button for it; without them all commands work just as well."""
    scope = BotCommandScopeChat(chat_id=me.telegram_id)
    commands = commands_of(me, speaker(me.language))
    try:
        await _set(bot, commands, scope)
        with translated():
            await bot.set_chat_menu_button(
                chat_id=me.telegram_id, menu_button=MenuButtonCommands()
            )
    except SendFailed as error:
        log.info("commands of %s not set: %s", me.name, error)
        return isinstance(error, SendRejected)
    return True


async def drop_commands(bot: Bot, former: Manager) -> bool:
    """Who left sees what everybody sees."""
    try:
        with translated():
            await bot.delete_my_commands(scope=BotCommandScopeChat(chat_id=former.telegram_id))
    except SendFailed as error:
        log.info("commands of %s not deleted: %s", former.name, error)
        return False
    return True


async def set_defaults(bot: Bot) -> bool:
    """What everybody sees in private, and administrators of groups there, in each language."""
    try:
        for language in (None, *LANGUAGES):
            say = speaker(language or "en")
            everybody = BotCommandScopeAllPrivateChats()
            await _set(bot, client_commands(say), everybody, language)
            await _set(bot, group_commands(say), BotCommandScopeAllChatAdministrators(), language)
    except SendFailed as error:
        log.info("commands for everybody not set: %s", error)
        return False
    return True


async def _set(
    bot: Bot, commands: Commands, scope: BotCommandScopeUnion, language: str | None = None
) -> None:
    given = [BotCommand(command=name, description=what) for name, what in commands]
    with translated():
        await bot.set_my_commands(given, scope=scope, language_code=language)
