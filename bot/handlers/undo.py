"""A reply that has not gone out yet is stopped: "Undo"."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer
from bot.handlers.outcome import pressed
from bot.outcomes import withdrawn
from bot.reply_buttons import UndoButton
from inbox import changing
from inbox.ports import ReplyState


def setup() -> Router:
    """The button under a mail that waits for its time."""
    router = Router(name="undo")
    router.callback_query.register(undo, UndoButton.filter())
    return router


async def undo(query: CallbackQuery, callback_data: UndoButton, visit: Visit) -> None:
    """It does not go out; where it has gone, that is said."""
    reply, conversation = await pressed(query, callback_data.reply_id, visit)
    if reply is None or conversation is None:
        return
    done = await changing.withdraw(visit.inbox, reply.id, visit.me)
    # An earlier press, or an interrupted try of this one, may have stopped it.
    if not done and reply.state is not ReplyState.WITHDRAWN:
        await answer(query, visit.say("It is too late: it has gone out."), alert=True)
        return
    await answer(query)
    await visit.edit(query, withdrawn(visit.say))
