"""The buttons under what was found: what they carry."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from bot.buttons import RowId


class FoundButton(CallbackData, prefix="fd"):
    """To a client's message (0: the newest of the conversation): where its card stands, or
    `anew` in a card of its own."""

    conversation_id: RowId
    message_id: RowId = 0
    anew: bool = False


class FoundPageButton(CallbackData, prefix="fdp"):
    """What was found behind this number (0: the first page), of the search remembered with the
    message."""

    after: RowId = 0


class FindButton(CallbackData, prefix="fdq"):
    """Ask what to search for."""
