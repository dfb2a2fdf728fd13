"""/client: a client's card, found by a part of its name; and the list of clients."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.cards import CardView
from bot.client_buttons import (
    ClientButton,
    ClientDeed,
    ClientsButton,
    FindClientButton,
    Sorted,
)
from bot.client_cards import FIGURES_OVER, KnownClient, client_card_view, figures_of
from bot.client_lists import ORDERS, PAGE, Listed, clients_view
from bot.handlers.internal_note import ask_note
from bot.handlers.topic import AboutClient
from bot.menu import with_back
from bot.prompts import Asked, Prompt, ask, asked_at, remember
from bot.reader import Reader
from bot.rich import Rich, one_line
from bot.sending import pressed_ref
from bot.work_buttons import WorkButton, WorkDeed
from inbox import routing
from inbox.model import Conversation, Handle
from inbox.ports import Transaction
from inbox.report_delivery import may_see
from inbox.work_records import ClientCard, ClientLine

WORDS_LIMIT = 80  # UTF-16 units
LOOKED_AT = 8  # conversations, for whether they reach anybody


def setup() -> Router:
    """/client, its buttons, and those of the list."""
    router = Router(name="client")
    router.message.register(show_client_here, Command("client"), AboutClient())
    router.message.register(show, Command("client"))
    press = router.callback_query.register
    press(from_card, WorkButton.filter(F.deed == WorkDeed.CLIENT))
    press(open_pressed, ClientButton.filter(F.deed == ClientDeed.OPEN))
    press(look, ClientButton.filter(F.deed == ClientDeed.LOOK))
    press(note, ClientButton.filter(F.deed == ClientDeed.NOTE))
    press(turn, ClientsButton.filter())
    press(ask_words, FindClientButton.filter())
    return router


# --- a client ----------------------------------------------------------------------------------


async def show_client_here(
    message: Message, command: CommandObject, conversation_id: int, visit: Visit
) -> None:
    """In a client's topic, or in a reply, that client; with a name the one who is called so."""
    if command.args:
        await find(visit, command.args, message.message_id)
        return
    conversation, holder = await visit.look_up(conversation_id)
    if conversation is None:
        await visit.send(Rich(refusal(visit.say, holder)), reply_to=message.message_id)
        return
    await open_client(visit, conversation.client.id, message.message_id)


async def show(message: Message, command: CommandObject, visit: Visit) -> None:
    """With a name that client; alone the list."""
    if command.args:
        await find(visit, command.args, message.message_id)
    else:
        await visit.send(with_back(visit.say, await first_page(visit)))


async def from_card(query: CallbackQuery, callback_data: WorkButton, visit: Visit) -> None:
    """Whose message it is."""
    card = await visit.card(query, callback_data.message_id)
    if card is not None:
        await answer(query)
        await open_client(visit, card.conversation.client.id, visit.below(query))


async def open_pressed(query: CallbackQuery, callback_data: ClientButton, visit: Visit) -> None:
    """The card as a message of its own."""
    if await visit.client(query, callback_data.client_id) is not None:
        await answer(query)
        await open_client(visit, callback_data.client_id, visit.below(query))


async def look(query: CallbackQuery, callback_data: ClientButton, visit: Visit) -> None:
    """Back from what is longer."""
    if await visit.client(query, callback_data.client_id) is None:
        return
    await answer(query)
    known = await known_client(visit, callback_data.client_id)
    if known is not None:
        await visit.edit(query, client_card_view(_reader(visit), known))


async def open_client(visit: Visit, client_id: int, below: int | None) -> None:
    """The card, if the member may act for the client; what replies to it goes where the client
    wrote last."""
    client, holder = await visit.look_up_client(client_id)
    known = await known_client(visit, client_id) if client is not None else None
    if known is None:
        await visit.send(Rich(refusal(visit.say, holder)), reply_to=below)
        return
    view = client_card_view(_reader(visit), known)
    if known.card.conversations:
        await visit.note(known.card.conversations[0], view, below)
    else:
        await visit.send(view, reply_to=below)


async def known_client(visit: Visit, client_id: int) -> KnownClient | None:
    """All that the card says; None for who is not there any more."""
    now = visit.inbox.clock.now()
    async with visit.inbox.store.begin() as t:
        card = await t.client_card(client_id)
        if card is None:
            return None
        closed = await t.closed_waits_of_client(client_id, now - FIGURES_OVER)
        holder = routing.member(await t.staff(), card.client.manager_id)
        reach = await _unreachable(t, card.conversations[:LOOKED_AT])
    waits = [one.wait for one in card.conversations if one.wait is not None]
    figures, reported = figures_of(closed, waits, now), may_see(visit.me, None, card.client)
    return KnownClient(card, holder, figures, reach, reported)


async def _unreachable(t: Transaction, conversations: Sequence[Conversation]) -> dict[Handle, str]:
    found: dict[Handle, str] = {}
    for one in conversations:
        newest = await t.newest_message(one.id)
        why = (await t.card(newest)).unreachable if newest is not None else ""
        if why:
            found[one.recipient] = why
    return found


async def note(query: CallbackQuery, callback_data: ClientButton, visit: Visit) -> None:
    """Ask what is to be noted about the client."""
    conversation = await last_talk(query, callback_data.client_id, visit)
    if conversation is not None:
        await answer(query)
        await ask_note(visit, conversation, None, visit.below(query))


async def last_talk(query: CallbackQuery, client_id: int, visit: Visit) -> Conversation | None:
    """The conversation in which somebody wrote last; else the press is answered why not."""
    if await visit.client(query, client_id) is None:
        return None
    async with visit.inbox.store.begin() as t:
        card: ClientCard | None = await t.client_card(client_id)
    if card is None or not card.conversations:
        words = visit.say("Nothing was written with this client yet: begin with “Write”.")
        await answer(query, words, alert=True)
        return None
    return card.conversations[0]


# --- the list ----------------------------------------------------------------------------------


async def first_page(visit: Visit) -> CardView:
    """The clients whom the member sees, by name."""
    return await page(visit, ClientsButton())


async def page(visit: Visit, at: ClientsButton, words: str = "") -> CardView:
    """A page of the list."""
    lines = await _lines(visit, at, words)
    async with visit.inbox.store.begin() as t:
        names = {one.id: one.name for one in routing.people(await t.staff())}
    return clients_view(_reader(visit), Listed(lines, at, names, words))


async def _lines(visit: Visit, at: ClientsButton, words: str) -> tuple[ClientLine, ...]:
    seen = await visit.seen_by_me()
    async with visit.inbox.store.begin() as t:
        return await t.client_lines(
            seen,
            words=words,
            order=ORDERS[at.order],
            waiting=at.waiting,
            offset=at.offset,
            limit=PAGE + 1,
        )


async def turn(query: CallbackQuery, callback_data: ClientsButton, visit: Visit) -> None:
    """Another page, sorted or sifted otherwise, of what was searched."""
    await answer(query)
    ref = pressed_ref(visit.bot, query)
    prompt = await asked_at(visit.inbox, ref) if ref is not None else None
    words = prompt.words if prompt is not None and prompt.asked is Asked.CLIENT else ""
    view = await page(visit, callback_data, words)
    await visit.edit(query, with_back(visit.say, view))


async def ask_words(query: CallbackQuery, callback_data: FindClientButton, visit: Visit) -> None:
    """The answer is a part of a name or an address."""
    await answer(query)
    words = visit.say("Which client? Reply to this message with a part of the name or address.")
    await ask(visit, Rich(words), Prompt(Asked.CLIENT, visit.me.id), reply_to=visit.below(query))


async def answered(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    """What was written for an answer is what is looked for."""
    await find(visit, text, below)


async def find(visit: Visit, words: str, below: int) -> None:
    """The one who is called so, or a list of those whom it may be."""
    words = one_line(words, WORDS_LIMIT)
    at = ClientsButton(order=Sorted.NAME)
    lines = await _lines(visit, at, words)
    exact = [one for one in lines if one.client.name.casefold() == words.casefold()]
    meant = exact if len(exact) == 1 else lines
    if len(meant) == 1:
        await open_client(visit, meant[0].client.id, below)
        return
    if not lines:
        said = visit.say("Among your clients nobody is called “{words}”.", words=words)
        await visit.send(Rich(said), reply_to=below)
        return
    view = with_back(visit.say, await page(visit, at, words))
    ref = await visit.send(view, reply_to=below)
    await remember(visit.inbox, ref, Prompt(Asked.CLIENT, visit.me.id, words))


def _reader(visit: Visit) -> Reader:
    return Reader.of(visit.me, visit.inbox.clock.now())
