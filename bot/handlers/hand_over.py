"""The client gets another holder: "Hand over", to whom, and with which words."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer, refusal
from bot.buttons import Button, CardButton, CardDeed, HandButton
from bot.card_lines import NAME_LIMIT, client_name
from bot.cards import CardView
from bot.prompts import Asked, Prompt, remember
from bot.rich import Rich, one_line
from bot.sending import pressed_ref
from inbox import actions, routing
from inbox.model import Conversation, Manager, Role

NOTE_LIMIT = 2000  # letters


def setup() -> Router:
    """The question and its answer."""
    router = Router(name="hand_over")
    router.callback_query.register(ask_whom, CardButton.filter(F.deed == CardDeed.HAND_OVER))
    router.callback_query.register(hand_over, HandButton.filter())
    return router


async def ask_whom(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """Offer the other members."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    await answer(query)
    await offer_members(visit, conversation, visit.below(query))


async def offer_members(visit: Visit, conversation: Conversation, below: int | None) -> None:
    """All who may hold a client, except who does."""
    async with visit.inbox.store.begin() as t:
        members = holders(await t.staff())
    others = [one for one in members if one.id != conversation.assignee_id]
    buttons = [_button(one_line(one.name, NAME_LIMIT), conversation, one) for one in others]
    rows = [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    cancel = _button(visit.say("Cancel"), conversation, None)
    words = visit.say("Hand {name} over to whom?", name=client_name(conversation))
    view = CardView(Rich(words), (*rows, (cancel,)))
    await visit.note(conversation, view, below)


def holders(staff: Sequence[Manager]) -> tuple[Manager, ...]:
    """Who may hold a client: active members, no group chats."""
    return tuple(one for one in staff if one.active and one.role is not Role.CHAT)


def _button(text: str, conversation: Conversation, to: Manager | None) -> Button:
    manager_id = to.id if to is not None else 0
    return Button(text, HandButton(conversation_id=conversation.id, manager_id=manager_id))


async def chosen(query: CallbackQuery, visit: Visit, manager_id: int) -> Manager | None:
    """Who is to have the client; None where the press took the question back (0), or named nobody
    who may hold one: then it has been answered."""
    if manager_id == 0:
        await answer(query)
        await visit.edit(query, Rich(visit.say("Nothing was changed.")))
        return None
    async with visit.inbox.store.begin() as t:
        to = routing.member(holders(await t.staff()), manager_id)
    if to is None:
        await answer(query, refusal(visit.say, None), alert=True)
    return to


async def hand_over(query: CallbackQuery, callback_data: HandButton, visit: Visit) -> None:
    """The chosen member has the client from now on and is shown the newest message; the question
    asks for a note instead."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    to = await chosen(query, visit, callback_data.manager_id)
    if to is None:
        return
    await actions.hand_over(visit.inbox, conversation.id, to, visit.me)
    await answer(query)
    ref = pressed_ref(visit.bot, query)
    if ref is not None:
        prompt = Prompt(Asked.HAND_OVER, conversation.id, str(visit.me.id))
        await remember(visit.inbox, ref, prompt)
    await visit.edit(query, note_wanted(visit, conversation, to))


def note_wanted(visit: Visit, conversation: Conversation, to: Manager) -> Rich:
    """Who has the client now, and that a note may follow."""
    name = one_line(to.name, NAME_LIMIT)
    words = visit.say(
        "↪ {client} is with {name} now. A note for {name}? Reply to this message.",
        client=client_name(conversation),
        name=name,
    )
    return Rich(words)


async def keep_words(visit: Visit, conversation_id: int, text: str) -> bool:
    """The client's new holder reads them below the card."""
    return await actions.add_note(
        visit.inbox, conversation_id, visit.me, text.strip()[:NOTE_LIMIT]
    )
