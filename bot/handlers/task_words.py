"""Answers to the questions about tasks, in somebody's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram.types import Message

from bot.access import Visit, refusal
from bot.handlers.task_card import due_fault
from bot.handlers.tasks import ask_when, ask_when_of
from bot.picker import read_due
from bot.prompts import Asked, Prompt, ask, settle
from bot.rich import Rich, one_line
from bot.sending import ref_of
from bot.standing import of_task, stands_at
from bot.task_cards import how_to_write_due
from bot.task_visits import edit_target, hours_for, look_up, show_below, view_of
from bot.tasks import TITLE_LIMIT
from bot.wording import moment, zone_of
from inbox import tasks
from inbox.errors import NoSuchRow
from inbox.internal_notes import is_note
from inbox.model import Client
from inbox.work_records import Task

ASKED = frozenset(
    {
        Asked.TASK_OF_MESSAGE,
        Asked.TASK_OF_CLIENT,
        Asked.TASK_TITLE,
        Asked.TASK_DUE,
        Asked.TASK_DONE,
    }
)


async def take(
    visit: Visit, message: Message, album: Sequence[Mapping[str, Any]], prompt: Prompt
) -> None:
    """What was written for what was asked; where it cannot be taken, why."""
    text = (message.text or "").strip()
    if not text:
        words = visit.say("Only a text is taken here. Nothing was sent.")
    elif prompt.asked is Asked.TASK_OF_MESSAGE:
        words = await _new_at_message(visit, prompt, text, message)
    elif prompt.asked is Asked.TASK_OF_CLIENT:
        words = await _new_for_client(visit, prompt, text, message)
    else:
        words = await _about_task(visit, prompt, text, message)
    if words:
        await visit.send(Rich(words), reply_to=message.message_id)


async def _new_at_message(visit: Visit, prompt: Prompt, text: str, message: Message) -> str:
    """The question is asked anew with these words."""
    async with visit.inbox.store.begin() as t:
        try:
            card = await t.card(prompt.about)
        except NoSuchRow:
            return refusal(visit.say, None)
    conversation, holder = await visit.look_up(card.conversation.id)
    if conversation is None:
        return refusal(visit.say, holder)
    await ask_when_of(visit, card, message.message_id, tasks.title_of(text))
    await _goes_on_below(visit, message)
    return ""


async def _new_for_client(visit: Visit, prompt: Prompt, text: str, message: Message) -> str:
    client, holder = await visit.look_up_client(prompt.about)
    if client is None:
        return refusal(visit.say, holder)
    await ask_when(visit, client, tasks.title_of(text), message.message_id)
    await _goes_on_below(visit, message)
    return ""


async def _goes_on_below(visit: Visit, message: Message) -> None:
    """One question makes one task: that with the latest words."""
    await edit_target(visit, message, Rich(visit.say("↓ Goes on below.")))
    await _asks_no_more(visit, message)


async def _asks_no_more(visit: Visit, message: Message) -> None:
    """Replies to the question go to the client from now on, but this answer never does."""
    if message.reply_to_message is not None:
        question, own = message.reply_to_message, message
        await settle(visit.inbox, ref_of(visit.bot, question), ref_of(visit.bot, own))


async def _about_task(visit: Visit, prompt: Prompt, text: str, message: Message) -> str:
    found = await look_up(visit, prompt.about)
    if isinstance(found, str):
        return found
    if prompt.asked is Asked.TASK_TITLE:
        return await _rename(visit, found, text, message)
    if prompt.asked is Asked.TASK_DUE:
        return await _set_due(visit, found, text, message)
    return await _tell(visit, found, text, message)


async def _rename(visit: Visit, found: tuple[Task, Client], text: str, message: Message) -> str:
    renamed = await tasks.rename(visit.inbox, found[0].id, text, visit.me)
    if renamed is None:
        return visit.say("This was decided already.")
    await show_below(visit, renamed, found[1], message.message_id)
    return ""


async def _tell(visit: Visit, found: tuple[Task, Client], text: str, message: Message) -> str:
    """The client reads these words. What is marked as a note never goes out."""
    if is_note(text):
        return visit.say("What begins with // stays in the studio: nothing was sent.")
    key = f"words {message.chat.id}:{message.message_id}"
    told = await tasks.tell_done(visit.inbox, found[0].id, visit.me, key=key, text=text)
    if told is None:
        return visit.say("This was decided already.")
    target = message.reply_to_message
    if target is not None:
        await stands_at(visit.inbox, ref_of(visit.bot, target), of_task(told.id))
    await edit_target(visit, message, await view_of(visit, told, found[1]))
    await _asks_no_more(visit, message)
    return ""


async def _set_due(visit: Visit, found: tuple[Task, Client], text: str, message: Message) -> str:
    """A day, with a time or without one; where it cannot be taken it can be sent anew."""
    task, client = found
    now, zone = visit.inbox.clock.now(), zone_of(visit.me)
    due = read_due(text, now, zone, await hours_for(visit, client))
    fault = visit.say("This could not be read as a time.") if due is None else ""
    if due is not None:
        fault = due_fault(visit, due)
    if fault:
        words = Rich(f"{fault} {how_to_write_due(visit.say)}")
        await ask(visit, words, Prompt(Asked.TASK_DUE, task.id), reply_to=message.message_id)
        return ""
    changed = await tasks.set_due(visit.inbox, task.id, due, visit.me)
    if changed is None or due is None:
        return visit.say("This was decided already.")
    if not await edit_target(visit, message, await view_of(visit, changed, client)):
        await show_below(visit, changed, client, message.message_id)
    await _asks_no_more(visit, message)
    title = one_line(changed.title, TITLE_LIMIT)
    at = moment(visit.say, due, now, zone)
    return visit.say("Noted: “{title}” is due: {time}.", title=title, time=at)
