"""/help by role, and the list of commands that Telegram shows in a member's chat."""

from __future__ import annotations

import logging

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import BotCommand, BotCommandScopeChat, Message

from bot.access import Visit
from bot.rich import Rich, joined
from bot.texts import Say, speaker
from connectors.telegram.errors import translated
from inbox.errors import SendFailed
from inbox.model import Manager, Role

log = logging.getLogger(__name__)


def setup() -> Router:
    """/help."""
    router = Router(name="help")
    router.message.register(explain, Command("help"))
    return router


async def explain(message: Message, visit: Visit) -> None:
    """How to work with cards, and the commands this member has."""
    await visit.send(guide(visit.me, visit.say))


def guide(me: Manager, say: Say) -> Rich:
    """The help text."""
    commands = "\n".join(f"/{each} — {what}" for each, what in commands_of(me, say))
    parts = [
        Rich(say("How to work here")).styled("bold"),
        Rich(
            say(
                "Answer: reply to the client's card, or to any later message about it, with "
                "text, a photo, a file or a voice message. 👌 under your message means that it "
                "was delivered."
            )
        ),
        Rich(
            say(
                "Buttons under a card: “No reply needed” and “Answered by phone” stop the clock, "
                "“Promise” keeps a date and reminds you before it, “Hand over” gives the client "
                "to a colleague, “History” shows the last messages, “Why?” explains how the time "
                "is counted, “Take” makes a new client yours, “I take it” under an alert makes "
                "somebody else's client yours."
            )
        ),
        Rich(
            say(
                "The same by replying to a card: /noreply, /phone and a line about the call, "
                "/promise and a time (“tomorrow 10:00”), /handover with a name and a note, /take, "
                "/why. Other commands in a reply are refused and never reach a client."
            )
        ),
        Rich(
            say(
                "When the bot asks you for a line, a note or a time, reply to its question: that "
                "answer never goes to a client."
            )
        ),
        Rich(
            say(
                "Under a mail: “Whole text” shows it with all it quotes, “Original” gives the "
                "mail as a file, “Not a person” and “A person wrote this” correct what it was "
                "taken for, and are remembered for the sender."
            )
        ),
        Rich(say("A message that replies to nothing goes to nobody.")),
        Rich(commands),
    ]
    return joined(parts, "\n\n")


def commands_of(me: Manager, say: Say) -> list[tuple[str, str]]:
    """The commands this member may use, and what they do."""
    commands = [
        ("inbox", say("who waits for an answer")),
        ("why", say("reply with it to a card: how its time is counted")),
        ("noreply", say("reply with it to a card: no answer is needed")),
        ("phone", say("reply with it to a card: answered by phone")),
        ("promise", say("reply with it to a card: an answer by a certain time")),
        ("handover", say("reply with it to a card: give the client to a colleague")),
        ("take", say("reply with it to a card or an alert: the client is mine")),
        ("away", say("when you are not there, and who stands in")),
        ("back", say("you are there again")),
        ("language", say("Russian or English")),
        ("help", say("how to work here")),
    ]
    if me.role is not Role.MANAGER:
        commands[1:1] = [
            ("invite", say("invite a colleague")),
            ("dayoff", say("a day off, or other hours on a date")),
            ("alerts", say("in a group: alerts come there")),
        ]
    return commands


async def show_commands(bot: Bot, me: Manager) -> None:
    """Set the member's list of commands; without it all commands work just as well."""
    commands = [
        BotCommand(command=name, description=what)
        for name, what in commands_of(me, speaker(me.language))
    ]
    try:
        with translated():
            await bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id=me.telegram_id))
    except SendFailed as error:
        log.info("commands of %s not set: %s", me.name, error)
