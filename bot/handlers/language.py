"""/language: in which language the desk speaks to this member."""

from __future__ import annotations

from dataclasses import replace

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.buttons import Button, LanguageButton
from bot.cards import CardView
from bot.command_lists import show_commands
from bot.menu import with_back
from bot.menu_buttons import Screen
from bot.rich import Rich
from bot.texts import known_language, speaker

_NAMES = {"ru": "Русский", "en": "English"}


def setup() -> Router:
    """/language, /language ru, and the buttons."""
    router = Router(name="language")
    router.message.register(ask, Command("language"))
    router.callback_query.register(choose, LanguageButton.filter())
    return router


async def ask(message: Message, command: CommandObject, visit: Visit) -> None:
    """Set the language that was named, or offer both."""
    wanted = known_language(command.args)
    if wanted is not None:
        await visit.send(await _speak(visit, wanted))
        return
    await visit.send(with_back(visit.say, await view(visit)))


async def view(visit: Visit) -> CardView:
    """Both languages as buttons."""
    row = tuple(Button(name, LanguageButton(language=code)) for code, name in _NAMES.items())
    return CardView(Rich(visit.say("Choose a language:")), (row,))


async def choose(query: CallbackQuery, callback_data: LanguageButton, visit: Visit) -> None:
    """The language of the button."""
    wanted = known_language(callback_data.language)
    if wanted is None:
        await answer(query, visit.say("This button no longer works."))
        return
    await answer(query, (await _speak(visit, wanted)).text)
    visit = replace(visit, say=speaker(wanted))
    await visit.edit(query, with_back(visit.say, await view(visit), Screen.MORE))


async def _speak(visit: Visit, language: str) -> Rich:
    async with visit.inbox.store.begin() as t:
        saved = await t.save_manager(replace(visit.me, language=language))
    await show_commands(visit.bot, saved)
    say = speaker(language)
    return Rich(say("From now on I speak English."))
