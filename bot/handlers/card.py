"""The buttons under cards and alerts: take, no reply needed, hand over, history, show again."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer, refusal
from bot.buttons import Button, CardButton, CardDeed, HandButton
from bot.cards import NAME_LIMIT, CardView, client_name
from bot.notes import history
from bot.rich import Rich, one_line
from inbox import actions, routing
from inbox.jobs import ShowCard
from inbox.model import Conversation, Manager
from inbox.ports import DeskLink, Purpose, Shown

HISTORY_LINES = 10


def setup() -> Router:
    """One handler for each deed."""
    router = Router(name="card")
    deeds = {
        CardDeed.TAKE: take,
        CardDeed.DISMISS: dismiss,
        CardDeed.HAND_OVER: ask_whom,
        CardDeed.HISTORY: show_history,
        CardDeed.SHOW: show_again,
    }
    for deed, handler in deeds.items():
        router.callback_query.register(handler, CardButton.filter(F.deed == deed))
    router.callback_query.register(hand_over, HandButton.filter())
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


async def ask_whom(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """Offer the other members."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    async with visit.inbox.store.begin() as t:
        staff = await t.staff()
    others = [one for one in staff if one.active and one.id != conversation.assignee_id]
    buttons = [_hand_button(one_line(one.name, NAME_LIMIT), conversation, one) for one in others]
    rows = [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    cancel = _hand_button(visit.say("Cancel"), conversation, None)
    words = visit.say("Hand {name} over to whom?", name=client_name(conversation))
    await answer(query)
    await _note(query, visit, conversation, CardView(Rich(words), (*rows, (cancel,))))


def _hand_button(text: str, conversation: Conversation, to: Manager | None) -> Button:
    manager_id = to.id if to is not None else 0
    return Button(text, HandButton(conversation_id=conversation.id, manager_id=manager_id))


async def hand_over(query: CallbackQuery, callback_data: HandButton, visit: Visit) -> None:
    """The chosen member has the client from now on and is shown the newest message."""
    if callback_data.manager_id == 0:
        await answer(query)
        await visit.edit(query, Rich(visit.say("Nothing was changed.")))
        return
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    async with visit.inbox.store.begin() as t:
        to = routing.member(await t.staff(), callback_data.manager_id)
    if to is None or not to.active:
        await answer(query, refusal(visit.say, None), alert=True)
        return
    await actions.hand_over(visit.inbox, conversation.id, to, visit.me)
    words = visit.say(
        "↪ {client} is with {name} now.",
        client=client_name(conversation),
        name=one_line(to.name, NAME_LIMIT),
    )
    await answer(query)
    await visit.edit(query, Rich(words))


async def show_history(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """The conversation's last messages, folded."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    async with visit.inbox.store.begin() as t:
        lines = await t.history(conversation.id, HISTORY_LINES)
    await answer(query)
    words = history(visit.say, lines, visit.me, visit.inbox.clock.now())
    await _note(query, visit, conversation, CardView(words, ()))


async def show_again(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """Queue the conversation's newest card for the presser: shown once for each press."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    async with visit.inbox.store.begin() as t:
        key = f"show:{conversation.id}:press {query.id}"
        await t.put(ShowCard(conversation.id, visit.me.id), key=key, lane=f"manager:{visit.me.id}")
    await answer(query)


async def _note(
    query: CallbackQuery, visit: Visit, conversation: Conversation, view: CardView
) -> None:
    """Say something under the message whose button was pressed; replies to it go to the client."""
    pressed = query.message.message_id if query.message else None
    ref = await visit.send(view, reply_to=pressed)
    async with visit.inbox.store.begin() as t:
        newest = await t.newest_message(conversation.id)
        shown = Shown(ref, Purpose.NOTE)
        await t.link((DeskLink(shown, conversation.id, visit.me.id, newest),))
