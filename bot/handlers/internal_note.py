"""What begins with "//" stays in the studio: a note about the client, never a reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.card_lines import client_name
from bot.drafts import draft_of
from bot.handlers.topic import AboutClient
from bot.note_keeping import take_note
from bot.prompts import Asked, Prompt, ask
from bot.rich import Rich
from bot.work_buttons import WorkButton, WorkDeed
from inbox.model import Conversation


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
