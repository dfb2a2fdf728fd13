"""What begins with "//" stays in the studio: a note about the client, never a reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.card_lines import client_name
from bot.drafts import deliver, draft_of, keep_inside
from bot.handlers.collision import answered_already, own_draft
from bot.handlers.topic import AboutClient
from bot.note_keeping import kept_words, take_note
from bot.prompts import Asked, Prompt, ask
from bot.reply_buttons import InsideButton
from bot.rich import Rich
from bot.standing import show_offer
from bot.work_buttons import WorkButton, WorkDeed
from inbox.model import Conversation
from inbox.work_records import Quote


class IsNote(Filter):
    """Lets through what begins as a note: a message, or any of an album."""

    async def __call__(
        self, message: Message, album: Sequence[Mapping[str, Any]], bot: Bot
    ) -> bool:
        return draft_of(album, bot.id, 0).is_internal


def setup() -> Router:
    """Before all that takes a message for a command or a reply."""
    router = Router(name="internal_note")
    router.message.register(note, IsNote(), AboutClient())
    router.callback_query.register(decide, InsideButton.filter())
    router.callback_query.register(press, WorkButton.filter(F.deed == WorkDeed.NOTE))
    return router


async def note(
    message: Message,
    album: Sequence[Mapping[str, Any]],
    conversation_id: int,
    message_id: int | None,
    visit: Visit,
) -> None:
    """What is replied to, or the topic, names the client."""
    await take_note(visit, message, album, conversation_id, message_id)


async def press(query: CallbackQuery, callback_data: WorkButton, visit: Visit) -> None:
    """Ask what is to be noted at a client's message."""
    card = await visit.card(query, callback_data.message_id)
    if card is not None:
        await answer(query)
        await ask_note(visit, card.conversation, card.message_id, visit.below(query))


async def ask_note(
    visit: Visit, conversation: Conversation, message_id: int | None, below: int | None
) -> None:
    """The question; its answer needs no "//"."""
    words = visit.say(
        "📝 A note about {client}: reply to this message. Only the studio sees it; @Name calls a "
        "colleague.",
        client=client_name(conversation),
    )
    about = Prompt(Asked.NOTE, conversation.id, str(message_id or ""))
    await ask(visit, Rich(words), about, reply_to=below)


async def answered(
    visit: Visit, message: Message, album: Sequence[Mapping[str, Any]], prompt: Prompt
) -> None:
    """What was written or sent for an answer is the note."""
    at = int(prompt.words) if prompt.words.isdecimal() else None
    await take_note(visit, message, album, prompt.about, at)


async def decide(query: CallbackQuery, callback_data: InsideButton, visit: Visit) -> None:
    """What answers a note stays inside, or goes to the client; once."""
    async with visit.inbox.store.begin() as t:
        draft = await own_draft(t, query, callback_data.message_id, visit)
    if draft is None or draft.conversation_id is None:
        await answer(query, visit.say("This was decided already."))
        return
    conversation, holder = await visit.look_up(draft.conversation_id)
    if conversation is None:
        await answer(query, refusal(visit.say, holder), alert=True)
        return
    name = client_name(conversation)
    if callback_data.inside or draft.is_internal:
        kept = await keep_inside(visit.inbox, draft)
        words = f"{name}\n{kept_words(visit.say, kept, visit.me)}"
    elif not draft.can_be_sent:
        words = visit.say("This kind of message cannot be passed on. Nothing was sent.")
    elif await answered_already(visit, draft):
        words = name
    else:
        made = await deliver(visit.inbox, draft)
        if isinstance(made, Quote):
            await answer(query)
            await show_offer(query, visit, conversation, made)
            return
        words = visit.say("It goes to {client}.", client=name)
    await answer(query)
    await visit.edit(query, Rich(words))
