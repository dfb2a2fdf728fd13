"""/help by role: how to work with cards, and the commands."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.access import Visit
from bot.cards import CardView
from bot.command_lists import commands_of, group_commands
from bot.menu import is_head, with_back
from bot.rich import Rich, joined
from bot.texts import Say
from inbox.model import Manager


def setup() -> Router:
    """/help."""
    router = Router(name="help")
    router.message.register(explain, Command("help"))
    return router


async def explain(message: Message, visit: Visit) -> None:
    """How to work with cards, and the commands this member has."""
    await visit.send(with_back(visit.say, await view(visit)))


async def view(visit: Visit) -> CardView:
    """The same as a screen."""
    return CardView(guide(visit.me, visit.say), ())


def guide(me: Manager, say: Say) -> Rich:
    """The help text."""
    listed = commands_of(me, say) + (group_commands(say) if is_head(me) else [])
    commands = "\n".join(f"/{each} — {what}" for each, what in listed)
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
        Rich(
            say(
                "Edit your own message, and it changes at the client's too (✍ instead of 👌); of "
                "a mail that has gone a correction is offered. “Take back” deletes it at the "
                "client's in Telegram. A mail waits some seconds before it goes: “Undo” stops it."
            )
        ),
        Rich(
            say(
                "A message that replies to nothing goes to nobody: the bot asks whom it is for. "
                "Where clients have topics, what you write in one goes to that client."
            )
        ),
        Rich(say("/menu has everything by buttons: client groups and your own account too.")),
        Rich(commands),
    ]
    return joined(parts, "\n\n")
