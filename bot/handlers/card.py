"""The buttons under cards and alerts: take, no reply needed, undo, history, show again."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer, refusal
from bot.buttons import CardButton, CardDeed, QuestionButton
from bot.handlers.collision import about_to_answer
from bot.note_keeping import lines_with_notes
from bot.notes import history
from inbox import actions, corrections
from inbox.errors import NoSuchRow
from inbox.jobs import ShowCard

HISTORY_LINES = 10


def setup() -> Router:
    """One handler for each deed."""
    router = Router(name="card")
    deeds = {
        CardDeed.TAKE: take,
        CardDeed.DISMISS: dismiss,
        CardDeed.UNDO: undo,
        CardDeed.HISTORY: show_history,
        CardDeed.SHOW: show_again,
    }
    for deed, handler in deeds.items():
        router.callback_query.register(handler, CardButton.filter(F.deed == deed))
    router.callback_query.register(call_question, QuestionButton.filter())
    return router


async def take(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """The client becomes the presser's, unless somebody was faster."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    winner = await actions.take(visit.inbox, conversation.id, visit.me)
    if winner.id == visit.me.id:
        await answer(query, visit.say("The client is yours."))
    else:
        await answer(query, refusal(visit.say, winner), alert=True)


async def dismiss(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """The clock stops; the cards say so."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    stopped = await actions.dismiss(visit.inbox, conversation.id, visit.me)
    await answer(
        query, visit.say("The clock has stopped.") if stopped else visit.say("Nothing waits here.")
    )


async def undo(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """A slip of the finger: the wait goes on as if it had never ended, within a minute."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    done = await actions.undo_dismissal(visit.inbox, conversation.id, visit.me)
    words = visit.say("The clock runs on.") if done else visit.say("It is too late for that.")
    await answer(query, words, alert=not done)


async def call_question(query: CallbackQuery, callback_data: QuestionButton, visit: Visit) -> None:
    """What was taken for thanks waits for an answer, from its original time (rule 9)."""
    async with visit.inbox.store.begin() as t:
        try:
            conversation = (await t.card(callback_data.message_id)).conversation
        except NoSuchRow:
            conversation = None
    if conversation is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return
    if await visit.conversation(query, conversation.id) is None:
        return
    done = await corrections.call_question(visit.inbox, callback_data.message_id, visit.me)
    words = visit.say("Noted: this needs an answer. The clock runs.")
    await answer(query, words if done else visit.say("This was decided already."))


async def show_history(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """The conversation's last messages, folded."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    async with visit.inbox.store.begin() as t:
        lines = await lines_with_notes(t, conversation, HISTORY_LINES)
    await answer(query)
    words = history(visit.say, lines, visit.me, visit.inbox.clock.now())
    await visit.note(conversation, words, visit.below(query))
    await about_to_answer(visit, conversation)


async def show_again(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """Queue the conversation's newest card for the presser: shown once for each press."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    async with visit.inbox.store.begin() as t:
        key = f"show:{conversation.id}:press {query.id}"
        await t.put(ShowCard(conversation.id, visit.me.id), key=key, lane=f"manager:{visit.me.id}")
    await answer(query)
