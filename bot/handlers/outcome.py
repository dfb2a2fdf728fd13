"""The buttons under a reply that did not surely go out: try again, it arrived."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer, refusal
from bot.buttons import ReplyButton, ReplyDeed
from bot.outcomes import forget_note
from bot.rich import Rich
from inbox import actions
from inbox.errors import NoSuchRow
from inbox.model import Conversation
from inbox.ports import Reply, ReplyState


def setup() -> Router:
    """What a manager decides about a reply."""
    router = Router(name="outcome")
    router.callback_query.register(decide, ReplyButton.filter())
    return router


async def decide(query: CallbackQuery, callback_data: ReplyButton, visit: Visit) -> None:
    """Queue it again, or believe the manager that it arrived; the buttons go away."""
    reply, conversation = await pressed(query, callback_data.reply_id, visit)
    if reply is None or conversation is None:
        return
    # The press is told again where Telegram did not take our answer to it.
    if callback_data.deed is ReplyDeed.ARRIVED:
        settled = await actions.settle(visit.inbox, callback_data.reply_id)
        done = settled or reply.state is ReplyState.SENT
        await forget_note(visit.inbox, reply)  # what it says then is to stay
        words = visit.say("Noted: it arrived.")
    else:
        done = await actions.try_again(visit.inbox, reply.id, visit.me, press=query.id)
        words = visit.say("It is being sent again.")
    await answer(query, "" if done else visit.say("This was decided already."))
    if done:
        await visit.edit(query, Rich(words))


async def pressed(
    query: CallbackQuery, reply_id: int, visit: Visit
) -> tuple[Reply | None, Conversation | None]:
    """The reply that a button names and its conversation, if the presser may act there; else the
    press is answered why not."""
    async with visit.inbox.store.begin() as t:
        try:
            reply = await t.reply(reply_id)
        except NoSuchRow:
            reply = None
    if reply is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return None, None
    return reply, await visit.conversation(query, reply.conversation_id)
