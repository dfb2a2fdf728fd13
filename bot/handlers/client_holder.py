"""Who has a client, changed from the client's card: take, and hand over."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer
from bot.buttons import Button, in_rows
from bot.card_lines import NAME_LIMIT
from bot.cards import CardView
from bot.client_buttons import ClientButton, ClientDeed, GiveButton
from bot.client_cards import client_card_view
from bot.handlers.client import known_client
from bot.handlers.hand_over import chosen, holders, offer_members
from bot.reader import Reader
from bot.rich import Rich, one_line
from inbox import handing_over_all
from inbox.model import Client


def setup() -> Router:
    """The buttons; with whom somebody wrote is handed over as from any card."""
    router = Router(name="client_holder")
    router.callback_query.register(take, ClientButton.filter(F.deed == ClientDeed.TAKE))
    router.callback_query.register(ask_whom, ClientButton.filter(F.deed == ClientDeed.HAND_OVER))
    router.callback_query.register(give, GiveButton.filter())
    return router


async def take(query: CallbackQuery, callback_data: ClientButton, visit: Visit) -> None:
    """The client becomes the presser's; the card says so."""
    client = await visit.client(query, callback_data.client_id)
    if client is None:
        return
    taken = await handing_over_all.take_client(visit.inbox, client.id, visit.me, query.id)
    words = visit.say("The client is yours.") if taken else visit.say("This was decided already.")
    await answer(query, words)
    known = await known_client(visit, client.id)
    if known is not None:
        reader = Reader.of(visit.me, visit.inbox.clock.now())
        await visit.edit(query, client_card_view(reader, known))


async def ask_whom(query: CallbackQuery, callback_data: ClientButton, visit: Visit) -> None:
    """Offer the other members."""
    client = await visit.client(query, callback_data.client_id)
    if client is None:
        return
    await answer(query)
    async with visit.inbox.store.begin() as t:
        newest = await t.newest_conversation(client.id)
        conversation = await t.conversation(newest) if newest is not None else None
        members = holders(await t.staff())
    if conversation is not None:
        await offer_members(visit, conversation, visit.below(query))
        return
    buttons = [
        Button(one_line(one.name, NAME_LIMIT), GiveButton(client_id=client.id, manager_id=one.id))
        for one in members
        if one.id != client.manager_id
    ]
    cancel = Button(visit.say("Cancel"), GiveButton(client_id=client.id, manager_id=0))
    words = visit.say("Hand {name} over to whom?", name=_name(client))
    view = CardView(Rich(words), (*in_rows(buttons, 2), (cancel,)))
    await visit.send(view, reply_to=visit.below(query))


async def give(query: CallbackQuery, callback_data: GiveButton, visit: Visit) -> None:
    """The chosen member has the client from now on."""
    client = await visit.client(query, callback_data.client_id)
    if client is None:
        return
    to = await chosen(query, visit, callback_data.manager_id)
    if to is None:
        return
    await handing_over_all.hand_over_client(visit.inbox, client.id, to, visit.me, query.id)
    await answer(query)
    name = one_line(to.name, NAME_LIMIT)
    words = visit.say("↪ {client} is with {name} now.", client=_name(client), name=name)
    await visit.edit(query, Rich(words))


def _name(client: Client) -> str:
    return one_line(client.name, NAME_LIMIT) or f"№ {client.id}"
