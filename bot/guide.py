"""How to work here, in sections: what /help says, and which buttons lead on."""

from __future__ import annotations

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from bot.buttons import Button, in_rows
from bot.cards import CardView
from bot.command_lists import commands_of, group_commands
from bot.menu import is_head
from bot.rich import Rich, joined
from bot.texts import Say, mark
from inbox.model import Manager


class Section(StrEnum):
    """A part of the help; START leads to all others."""

    START = "s"
    ANSWERS = "a"
    CLOCK = "c"
    NOTES = "n"
    TEMPLATES = "t"
    TASKS = "k"
    CLIENTS = "f"
    FIGURES = "r"
    MAIL = "m"
    TEAM = "h"
    COMMANDS = "o"


class GuideButton(CallbackData, prefix="gd"):
    """To a section, in the same message."""

    section: Section


_TITLES = {
    Section.ANSWERS: mark("💬 Answering"),
    Section.CLOCK: mark("⏱ The clock and the card"),
    Section.NOTES: mark("📝 Internal notes"),
    Section.TEMPLATES: mark("📋 Templates and prices"),
    Section.TASKS: mark("☑️ Tasks"),
    Section.CLIENTS: mark("🔎 Clients and search"),
    Section.FIGURES: mark("📊 Reports and figures"),
    Section.MAIL: mark("✉️ Mails"),
    Section.TEAM: mark("🧑‍🤝‍🧑 For heads"),
    Section.COMMANDS: mark("⌨️ All commands"),
}
_TEXTS = {
    Section.START: (
        mark(
            "A client writes → a card comes here. Reply to the card, and the answer goes out "
            "where the client wrote. 👌 under your message means that it was delivered."
        ),
        mark("What you write without replying to anything goes to nobody: the bot asks first."),
        mark("Everything else is under /menu, by buttons."),
    ),
    Section.ANSWERS: (
        mark(
            "Reply to the client's card, or to any later message about it, with text, a photo, an "
            "album, a file or a voice message. Where clients have topics, what you write in one "
            "goes to that client."
        ),
        mark(
            "Edit your own message, and it changes at the client's too (✍ instead of 👌). “Take "
            "back” deletes it at the client's in Telegram."
        ),
        mark(
            "When the bot asks you for a line, a note or a time, reply to its question: that "
            "answer never goes to a client."
        ),
    ),
    Section.CLOCK: (
        mark(
            "“No reply needed” and “Answered by phone” stop the clock, “Promise” keeps a date and "
            "reminds you before it, “Hand over” gives the client to a colleague, “History” shows "
            "the last messages, “Why?” explains how the time is counted."
        ),
        mark(
            "“Take” makes a new client yours, “I take it” under an alert makes somebody else's "
            "client yours."
        ),
    ),
    Section.NOTES: (
        mark(
            "Begin a reply with // and it stays in the studio: // he pays on Fridays. Or press "
            "“Note” under the card. Files may be in it, and an edit changes it."
        ),
        mark(
            "// @Anna, please look: Anna gets the note with the last messages, and answers you in "
            "the same way, whoever has the client."
        ),
    ),
    Section.TEMPLATES: (
        mark(
            "“Template” under a card offers your texts with the client's name filled in, and the "
            "price list: a press shows the price, the date and the finished text, “Send” sends it."
        ),
        mark(
            "The client agrees by a button in Telegram or by a word in a mail: then it is a task "
            "with its date. Typing the bot's name and a word searches templates anywhere."
        ),
        mark("Both lists are kept under /templates and /prices, and come and go as CSV."),
    ),
    Section.TASKS: (
        mark(
            "“Task” under a card, then “Now”, “Next days” or “Later”: the message is a task of "
            "the client. In its card there are a date, another list, “Done” and a word to the "
            "client."
        ),
        mark(
            "In the morning, when your day begins, you see what is to be done; at its end what "
            "slipped. /tasks shows yours, /tasks and a name those of a client."
        ),
    ),
    Section.CLIENTS: (
        mark(
            "“Client” under a card, or /client and a name: addresses, tasks, notes, files, "
            "figures and the whole history over all channels; “Write” begins a new conversation."
        ),
        mark(
            "/find searches messages, subjects and file names in any form of a word: "
            "/find invoice from:anna in:daisy before:1.11 has:file"
        ),
    ),
    Section.FIGURES: (
        mark(
            "The report of the week comes by itself, as a picture with its text, a PDF and a "
            "table. /report makes it at any time, also of a time and a name: /report october, "
            "/report 1.10-31.10, /report quarter daisy."
        ),
        mark(
            "“How counted” below it, or /why in reply to it, says how each figure came and which "
            "waits stand behind it. Each row of the table leads to its card."
        ),
        mark(
            "/now: who waits, what is overdue, how today goes. /board keeps that in a pinned "
            "message; /board off ends it."
        ),
    ),
    Section.MAIL: (
        mark("A mail waits some seconds before it goes: “Undo” stops it."),
        mark(
            "“Whole text” shows a mail with all it quotes, “Original” gives it as a file, “Not a "
            "person” and “A person wrote this” correct what it was taken for, and are remembered "
            "for the sender. If you edit an answer that has gone, a correction is offered."
        ),
    ),
    Section.TEAM: (
        mark(
            "/team: who holds what, who waits, what is overdue and who is away; all of somebody's "
            "clients go to another in three presses."
        ),
        mark(
            "Under /menu → “More”: days off, invitations, client groups, topics for each client, "
            "alerts in a group."
        ),
    ),
}


def guide_view(me: Manager, say: Say, section: Section = Section.START) -> CardView:
    """A section; the first one leads to the others, and they back to it."""
    if section is Section.TEAM and not is_head(me):
        section = Section.START
    words = _commands(me, say) if section is Section.COMMANDS else _paragraphs(say, section)
    title = say("How to work here") if section is Section.START else say(_TITLES[section])
    body = joined([Rich(title).styled("bold"), *words], "\n\n")
    if section is not Section.START:
        return CardView(body, ((Button(say("← Help"), GuideButton(section=Section.START)),),))
    buttons = [
        Button(say(words), GuideButton(section=one))
        for one, words in _TITLES.items()
        if one is not Section.TEAM or is_head(me)
    ]
    return CardView(body, in_rows(buttons, 2))


def _paragraphs(say: Say, section: Section) -> list[Rich]:
    return [Rich(say(one)) for one in _TEXTS[section]]


def _commands(me: Manager, say: Say) -> list[Rich]:
    listed = commands_of(me, say) + (group_commands(say) if is_head(me) else [])
    by_reply = say(
        "Those that are said in reply to a card work in a client's topic too. Other commands in a "
        "reply are refused and never reach a client."
    )
    return [Rich("\n".join(f"/{each} — {what}" for each, what in listed)), Rich(by_reply)]
