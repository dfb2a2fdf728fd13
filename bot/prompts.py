"""Questions of the desk that are answered by replying to them; they outlive a restart.

A prompt is a message of the bot that is remembered with what its answer is for. It is never
linked to a client: an answer to it goes to nobody.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from aiogram.types import ForceReply

from bot.access import Visit
from bot.cards import CardView
from bot.mentions import to_member
from bot.rich import Rich
from bot.texts import Say, mark
from inbox.inbox import Inbox
from inbox.ports import DeskRef


class Asked(StrEnum):
    """What the answer is for; a prompt is about a wait (PHONE), a member (AWAY, DAY_OFF,
    CLIENT, FIND), a Telegram group (GROUP), a client (SUBJECT, LETTER,
    TASK_OF_CLIENT), a client's message (TASK_OF_MESSAGE), a task, a template, an item of the price
    list (0: a new one), or a conversation."""

    PHONE = "phone"
    HAND_OVER = "hand_over"
    PROMISE = "promise"
    AWAY = "away"
    DAY_OFF = "day_off"
    GROUP = "group"
    NOTE = "note"
    CLIENT = "client"
    SUBJECT = "subject"
    LETTER = "letter"
    TASK_OF_MESSAGE = "task_message"
    TASK_OF_CLIENT = "task_client"
    TASK_TITLE = "task_title"
    TASK_DUE = "task_due"
    TASK_DONE = "task_done"
    TEMPLATE = "template"
    TEMPLATES_FILE = "templates_file"
    PRICES = "prices"
    PRICES_FILE = "prices_file"
    QUOTE = "quote"
    FIND = "find"


HINT_LIMIT = 64
# What stands in the empty line below a question.
_HINTS = {
    Asked.PHONE: mark("What was said"),
    Asked.HAND_OVER: mark("What your colleague should know"),
    Asked.PROMISE: mark("tomorrow 10:00"),
    Asked.NOTE: mark("A note for the studio"),
    Asked.CLIENT: mark("The client's name"),
    Asked.SUBJECT: mark("The subject"),
    Asked.LETTER: mark("The message to the client"),
    Asked.TASK_OF_CLIENT: mark("What is to be done"),
    Asked.TASK_TITLE: mark("What is to be done"),
    Asked.TASK_DUE: mark("tomorrow 10:00"),
    Asked.FIND: mark("Words to look for"),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was asked; `words`: by what the answers on offer were searched, or what else was
    chosen before."""

    asked: Asked
    about: int
    words: str = ""


async def ask(
    visit: Visit, words: CardView | Rich, prompt: Prompt, *, reply_to: int | None = None
) -> DeskRef:
    """Say it in the member's chat and remember it. What has no buttons takes what is typed next as
    its answer: in a chat of several, of this member alone. Raises the SendFailed."""
    asking = None
    if isinstance(words, Rich) or not words.keyboard:
        body = words if isinstance(words, Rich) else words.body
        alone = visit.place.chat_id == visit.me.telegram_id
        words = body if alone else to_member(visit.me, body)
        asking = _asking(visit.say, prompt.asked, alone=alone)
    ref = await visit.send(words, reply_to=reply_to, asking=asking)
    await remember(visit.inbox, ref, prompt)
    return ref


def _asking(say: Say, asked: Asked, *, alone: bool) -> ForceReply:
    """https://core.telegram.org/bots/api#forcereply; a placeholder has at most 64 letters."""
    hint = _HINTS.get(asked)
    return ForceReply(
        input_field_placeholder=say(hint)[:HINT_LIMIT] if hint else None,
        selective=None if alone else True,
    )


async def remember(inbox: Inbox, ref: DeskRef, prompt: Prompt) -> None:
    """From now on an answer to this message is for the prompt."""
    async with inbox.store.begin() as t:
        await t.save_form(_key(ref), json.dumps(asdict(prompt)))


async def forget(inbox: Inbox, ref: DeskRef) -> None:
    """The message asks nothing any more."""
    async with inbox.store.begin() as t:
        await t.save_form(_key(ref), None)


async def settle(inbox: Inbox, ref: DeskRef, answer: DeskRef) -> None:
    """The message asks nothing any more, for this answer was taken; who reads that one again, as
    after a kill, finds what it was for."""
    async with inbox.store.begin() as t:
        kept = await t.form(_key(ref))
        if kept is not None:
            await t.save_form(_key(ref), None)
            await t.save_form(_key_of_answer(answer), kept)


async def answered_by(inbox: Inbox, answer: DeskRef) -> Prompt | None:
    """What was asked when this answer settled it; None for any other message."""
    async with inbox.store.begin() as t:
        return _read(await t.form(_key_of_answer(answer)))


async def asked_at(inbox: Inbox, ref: DeskRef) -> Prompt | None:
    """What this message asks for; None where it is no prompt, or one of another version."""
    async with inbox.store.begin() as t:
        return _read(await t.form(_key(ref)))


def _read(kept: str | None) -> Prompt | None:
    try:
        given = json.loads(kept or "null")
        return Prompt(Asked(given["asked"]), int(given["about"]), str(given.get("words", "")))
    except (ValueError, TypeError, KeyError):
        return None


def _key(ref: DeskRef) -> str:
    return f"prompt:{ref.account}:{ref.chat_id}:{ref.message_id}"


def _key_of_answer(ref: DeskRef) -> str:
    return f"answer:{ref.account}:{ref.chat_id}:{ref.message_id}"
