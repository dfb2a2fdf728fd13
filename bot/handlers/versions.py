"""The button "What it said before" on the card of a message that its author changed."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer, refusal
from bot.reply_buttons import BeforeButton
from bot.versions import versions_view
from inbox.errors import NoSuchRow


def setup() -> Router:
    """One button."""
    router = Router(name="versions")
    router.callback_query.register(show, BeforeButton.filter())
    return router


async def show(query: CallbackQuery, callback_data: BeforeButton, visit: Visit) -> None:
    """The earlier texts below the card; replies to them go to the client."""
    async with visit.inbox.store.begin() as t:
        try:
            card = await t.card(callback_data.message_id)
            versions = await t.versions(callback_data.message_id)
        except NoSuchRow:
            card = None
    if card is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return
    if await visit.conversation(query, card.conversation.id) is None:
        return
    await answer(query)
    now = visit.inbox.clock.now()
    view = versions_view(visit.say, versions, card.message, visit.me, now)
    await visit.note(card.conversation, view, visit.below(query))
