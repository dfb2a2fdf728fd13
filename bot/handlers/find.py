"""/find: messages, replies, notes, files and clients by words; each hit leads to its card."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.cards import CardView
from bot.find_buttons import FindButton, FoundButton, FoundPageButton
from bot.find_views import CLIENTS, PAGE, Found, ask_words, found_view, here_view
from bot.menu import with_back
from bot.prompts import Asked, Prompt, ask, asked_at, remember
from bot.reader import Reader
from bot.sending import pressed_ref
from inbox.jobs import ShowCard
from inbox.ports import Card, DeskLink, DeskRef, Purpose, Shown
from inbox.reading_queries import LONGEST, read_query


def setup() -> Router:
    """/find and the buttons under what was found."""
    router = Router(name="find")
    router.message.register(show, Command("find"))
    router.callback_query.register(jump, FoundButton.filter())
    router.callback_query.register(turn, FoundPageButton.filter())
    router.callback_query.register(ask_anew, FindButton.filter())
    return router


async def show(message: Message, command: CommandObject, visit: Visit) -> None:
    """With words what is found; alone the question for them."""
    if command.args:
        await search(visit, command.args, message.message_id)
    else:
        await ask_what(visit, message.message_id)


async def ask_anew(query: CallbackQuery, callback_data: FindButton, visit: Visit) -> None:
    """The same question."""
    await answer(query)
    await ask_what(visit, visit.below(query))


async def ask_what(visit: Visit, below: int | None) -> None:
    """The answer to this is what is searched for."""
    await ask(visit, ask_words(visit.say), Prompt(Asked.FIND, visit.me.id), reply_to=below)


async def answered(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    """What was written for an answer, also to what was found before."""
    await search(visit, text, below)


async def search(visit: Visit, typed: str, below: int) -> None:
    """The first page; the message remembers what was typed, for the others."""
    typed = typed[:LONGEST]
    view = await _page(visit, typed, 0)
    ref = await visit.send(view, reply_to=below)
    await remember(visit.inbox, ref, Prompt(Asked.FIND, visit.me.id, typed))


async def turn(query: CallbackQuery, callback_data: FoundPageButton, visit: Visit) -> None:
    """Another page of it; in a forum too, each sees what is the own to see."""
    ref = pressed_ref(visit.bot, query)
    prompt = await asked_at(visit.inbox, ref) if ref is not None else None
    if prompt is None or prompt.asked is not Asked.FIND or prompt.about != visit.me.id:
        await answer(query, refusal(visit.say, None))
        return
    await answer(query)
    await visit.edit(query, await _page(visit, prompt.words, callback_data.after))


async def jump(query: CallbackQuery, callback_data: FoundButton, visit: Visit) -> None:
    """An answer to the card, where it stands in this chat; else the card anew."""
    card = await _card(query, callback_data, visit)
    if card is not None:
        await answer(query)
        await lead_to(visit, card, f"press {query.id}", anew=callback_data.anew)


async def lead_to(visit: Visit, card: Card, key: str, *, anew: bool = False) -> None:
    """To where the card stands in this chat, or to the card `anew`; `key`: of who asks."""
    async with visit.inbox.store.begin() as t:
        links = await t.links_of_message(card.message_id)
    here = None if anew else _standing(visit, links)
    if here is not None:
        again = FoundButton(
            conversation_id=card.conversation.id, message_id=card.message_id, anew=True
        )
        view = here_view(visit.say, card.conversation.client.name, again)
        ref = await visit.send(view, reply_to=here)
        link = DeskLink(
            Shown(ref, Purpose.NOTE), card.conversation.id, visit.me.id, card.message_id
        )
        async with visit.inbox.store.begin() as t:
            await t.link((link,))
        return
    shown = ShowCard(card.conversation.id, visit.me.id, message_id=card.message_id)
    async with visit.inbox.store.begin() as t:
        await t.put(shown, key=f"show:found:{key}", lane=f"manager:{visit.me.id}")


async def _card(query: CallbackQuery, pressed: FoundButton, visit: Visit) -> Card | None:
    message_id: int | None = pressed.message_id
    if not message_id:
        conversation = await visit.conversation(query, pressed.conversation_id)
        if conversation is None:
            return None
        async with visit.inbox.store.begin() as t:
            message_id = await t.newest_message(conversation.id)
        if message_id is None:
            await answer(query, visit.say("The client has written nothing there yet."))
            return None
    return await visit.card(query, message_id)


def _standing(visit: Visit, links: tuple[DeskLink, ...]) -> int | None:
    """The card's message in the chat where the button was pressed."""
    for link in links:
        ref: DeskRef = link.shown.ref
        there = (ref.account, ref.chat_id) == (visit.bot.id, visit.place.chat_id)
        if there and link.shown.purpose is Purpose.CARD and visit.place.holds(ref.message_id):
            return ref.message_id
    return None


async def _page(visit: Visit, typed: str, after: int) -> CardView:
    reader = Reader.of(visit.me, visit.inbox.clock.now())
    query, faults = read_query(typed, reader.now, reader.zone)
    sees = await visit.seen_by_me()
    async with visit.inbox.store.begin() as t:
        named = bool(query.words) and not after
        clients = await t.client_lines(sees, words=query.words, limit=CLIENTS) if named else ()
        hits = await t.search(query, sees, after or None, PAGE)
    found = Found(typed, query, faults, clients, hits, first=not after)
    return with_back(visit.say, found_view(reader, found))
