"""Whoever got an alert has the client from then on: "I take it" (rule 20)."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer, group_of, refusal
from bot.buttons import TakeOnButton
from bot.sending import pressed_ref
from inbox import actions
from inbox.errors import NoSuchRow
from inbox.ports import DeskRef


def setup() -> Router:
    """The button under alerts."""
    router = Router(name="escalation")
    router.callback_query.register(press, TakeOnButton.filter())
    return router


async def press(query: CallbackQuery, callback_data: TakeOnButton, visit: Visit) -> None:
    """The ladder stops, the client is the presser's."""
    ref = pressed_ref(visit.bot, query)
    words = await take_on(visit, callback_data.wait_id, ref)
    await answer(query, words, alert=words != visit.say("The client is yours."))


async def take_on(visit: Visit, wait_id: int, ref: DeskRef | None) -> str:
    """Take the wait on, if the member may or was told by the message at `ref`; what to say."""
    async with visit.inbox.store.begin() as t:
        try:
            conversation, wait = await t.wait(wait_id)
        except NoSuchRow:
            return refusal(visit.say, None)
    allowed, holder = await visit.look_up(conversation.id)
    if allowed is None and not await _was_told(visit, wait_id, ref):
        return refusal(visit.say, holder)
    if wait.closing is not None:
        return visit.say("Nothing waits here.")
    winner = await actions.take_on(visit.inbox, wait_id, visit.me)
    if winner.id != visit.me.id:
        return refusal(visit.say, winner)
    return visit.say("The client is yours.")


async def _was_told(visit: Visit, wait_id: int, ref: DeskRef | None) -> bool:
    """Whether the message is an alert about this wait, to the member or to a group of ours."""
    if ref is None:
        return False
    async with visit.inbox.store.begin() as t:
        staff = await t.staff()
        link, digest = await t.link_at(ref), await t.digest_at(ref)
        about = {link.wait_id} if link is not None else set()
        told = link.manager_id if link is not None else None
        if digest is not None:
            about = {one.wait_id for one in await t.alerts_in_digest(digest.id)}
            told = digest.manager_id
    group = group_of(staff, ref.chat_id)
    hears = {visit.me.id, *((group.id,) if group is not None else ())}
    return wait_id in about and told in hears
