"""What was said with a client over all channels, and the notes about it, page by page."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer
from bot.client_buttons import HistoryButton, NotesButton
from bot.client_lists import PAGE, history_page, instant_of, notes_view
from bot.reader import Reader


def setup() -> Router:
    """Both, in the place of the card."""
    router = Router(name="client_history")
    router.callback_query.register(show_history, HistoryButton.filter())
    router.callback_query.register(show_notes, NotesButton.filter())
    return router


async def show_history(query: CallbackQuery, callback_data: HistoryButton, visit: Visit) -> None:
    """A page of all that was said, in order."""
    client = await visit.client(query, callback_data.client_id)
    if client is None:
        return
    await answer(query)
    before = instant_of(callback_data.before)
    async with visit.inbox.store.begin() as t:
        limit = callback_data.skip + PAGE + 1
        lines = await t.client_history(client.id, before, limit)
    reader = Reader.of(visit.me, visit.inbox.clock.now())
    await visit.edit(query, history_page(reader, visit.me, client, lines, callback_data))


async def show_notes(query: CallbackQuery, callback_data: NotesButton, visit: Visit) -> None:
    """A page of notes."""
    client = await visit.client(query, callback_data.client_id)
    if client is None:
        return
    await answer(query)
    before = callback_data.before_id or None
    async with visit.inbox.store.begin() as t:
        notes = await t.notes_of_client(client.id, before, PAGE + 1)
        names = {one.id: one.name for one in await t.staff()}
    reader = Reader.of(visit.me, visit.inbox.clock.now())
    await visit.edit(query, notes_view(reader, client, notes, names, newest=before is None))
