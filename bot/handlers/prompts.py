"""Replies to the desk's own questions: a line about a call, a note, a time, days. They come first,
so that none of them is taken for a command or goes to a client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.types import Message

from bot.access import Visit, refusal
from bot.handlers import (
    client,
    dayoff,
    find,
    groups,
    internal_note,
    lists_in,
    prices,
    quotes,
    task_words,
    templates,
    write_first,
)
from bot.handlers.away import go_by_words
from bot.handlers.hand_over import keep_words
from bot.handlers.phone import keep_note
from bot.handlers.promise import promise_by_words
from bot.prompts import Asked, Prompt, answered_by, asked_at
from bot.rich import Rich
from inbox.inbox import Inbox
from inbox.ports import DeskRef


class AnswersPrompt(Filter):
    """Lets through what replies to a question of the desk, with what was asked."""

    async def __call__(self, message: Message, bot: Bot, inbox: Inbox) -> bool | dict[str, Any]:
        target = message.reply_to_message
        if target is None:
            return False
        ref = DeskRef(bot.id, message.chat.id, target.message_id)
        answer = DeskRef(bot.id, message.chat.id, message.message_id)
        prompt = await asked_at(inbox, ref) or await answered_by(inbox, answer)
        return False if prompt is None else {"prompt": prompt}


def setup() -> Router:
    """One handler for all questions."""
    router = Router(name="prompts")
    router.message.register(take_answer, AnswersPrompt())
    return router


async def take_answer(
    message: Message, album: Sequence[Mapping[str, Any]], prompt: Prompt, visit: Visit
) -> None:
    """Keep what was written for what was asked."""
    text = (message.text or "").strip()
    if prompt.asked in _OF_ANY_KIND:
        await _OF_ANY_KIND[prompt.asked](visit, message, album, prompt)
    elif text:
        await _IN_WORDS[prompt.asked](visit, prompt, text, message.message_id)
    else:
        words = visit.say("Only a text is taken here. Nothing was sent.")
        await visit.send(Rich(words), reply_to=message.message_id)


async def _promise(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    conversation, holder = await visit.look_up(prompt.about)
    if conversation is None:
        await visit.send(Rich(refusal(visit.say, holder)), reply_to=below)
        return
    await promise_by_words(visit, conversation, text, below)


async def _away(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    await go_by_words(visit, text, below)


async def _day_off(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    await dayoff.enter(visit, text, below)


async def _group(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    await groups.search(visit, prompt.about, text, below)


async def _phone(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    async with visit.inbox.store.begin() as t:
        conversation, wait = await t.wait(prompt.about)
    mine = wait.closing is not None and wait.closing.by_id == visit.me.id
    allowed, holder = await visit.look_up(conversation.id)
    words = visit.say("Noted.")
    if allowed is None and not mine:
        words = refusal(visit.say, holder)
    elif not await keep_note(visit, prompt.about, text):
        words = visit.say("There is no call to note this for any more.")
    await visit.send(Rich(words), reply_to=below)


async def _hand_over(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    conversation, holder = await visit.look_up(prompt.about)
    handed_by_me = prompt.words in {"", str(visit.me.id)}
    words = visit.say("Noted.")
    if conversation is None and not handed_by_me:
        words = refusal(visit.say, holder)
    elif not await keep_words(visit, prompt.about, text):
        words = visit.say("Nobody else has this client now who could read it.")
    await visit.send(Rich(words), reply_to=below)


async def _template(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    await templates.keep_words(visit, prompt.about, text, below)


async def _prices(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    await prices.keep_words(visit, prompt.about, text, below)


InWords = Callable[[Visit, Prompt, str, int], Awaitable[None]]
OfAnyKind = Callable[[Visit, Message, Sequence[Mapping[str, Any]], Prompt], Awaitable[None]]

# What takes a text, which stands in the message of the last number.
_IN_WORDS: dict[Asked, InWords] = {
    Asked.PHONE: _phone,
    Asked.HAND_OVER: _hand_over,
    Asked.PROMISE: _promise,
    Asked.AWAY: _away,
    Asked.DAY_OFF: _day_off,
    Asked.GROUP: _group,
    Asked.CLIENT: client.answered,
    Asked.FIND: find.answered,
    Asked.SUBJECT: write_first.subject_given,
    Asked.TEMPLATE: _template,
    Asked.PRICES: _prices,
}
# What takes files too, also an album, or changes the question itself.
_OF_ANY_KIND: dict[Asked, OfAnyKind] = {
    Asked.NOTE: internal_note.answered,
    Asked.LETTER: write_first.letter_given,
    Asked.TEMPLATES_FILE: lists_in.take_file,
    Asked.PRICES_FILE: lists_in.take_file,
    Asked.QUOTE: quotes.in_other_words,
    **dict.fromkeys(task_words.ASKED, task_words.take),
}
