"""The clock stops at once, a line about the call may follow: "Answered by phone"."""

from __future__ import annotations

from datetime import timedelta

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer
from bot.buttons import CardButton, CardDeed
from bot.prompts import Asked, Prompt, ask
from bot.rich import Rich, one_line
from inbox import actions
from inbox.model import Conversation, Outcome, Wait

NOTE_LIMIT = 300  # UTF-16 units
JUST_NOW = timedelta(minutes=1)


def setup() -> Router:
    """The button; the note's answer is handled by the prompts, /phone by the replies."""
    router = Router(name="phone")
    router.callback_query.register(press, CardButton.filter(F.deed == CardDeed.PHONED))
    return router


async def press(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """Stop the clock, and ask for a line."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is not None:
        await answer(query, await phoned(visit, conversation, visit.below(query)))


async def phoned(
    visit: Visit, conversation: Conversation, below: int | None, note: str = ""
) -> str:
    """What to say to the member: the wait ended, with the note; without one it is asked for."""
    wait = await actions.phoned(visit.inbox, conversation.id, visit.me)
    if wait is None:
        # A repeated update, or two presses: the question may not have been asked yet.
        wait = await _just_phoned(visit, conversation)
    if wait is None:
        return visit.say("Nothing waits here.")
    if note:
        await keep_note(visit, wait.id, note)
    else:
        words = visit.say("Noted. A line about the call? Reply to this message.")
        await ask(visit, Rich(words), Prompt(Asked.PHONE, wait.id), reply_to=below)
    return visit.say("The clock has stopped.")


async def keep_note(visit: Visit, wait_id: int, note: str) -> bool:
    """What was said on the phone, on one line; a later note takes the place of an earlier one."""
    return await actions.phone_note(visit.inbox, wait_id, visit.me, one_line(note, NOTE_LIMIT))


async def _just_phoned(visit: Visit, conversation: Conversation) -> Wait | None:
    now = visit.inbox.clock.now()
    async with visit.inbox.store.begin() as t:
        for wait in await t.waits_in(conversation.id):
            closing = wait.closing
            if closing is None or closing.outcome is not Outcome.PHONED:
                continue
            if closing.by_id == visit.me.id and now - closing.at < JUST_NOW:
                return wait
    return None
