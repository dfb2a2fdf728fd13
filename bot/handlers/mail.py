"""The buttons under a mail's card: read it whole, correct its class, split it off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot import mail_notes
from bot.access import Visit, answer, refusal
from bot.files import show_files
from bot.handlers.collision import about_to_answer
from bot.mail_buttons import MailButton, MailDeed
from bot.reading import original, whole
from bot.sending import send_long
from inbox import actions, corrections, guessing
from inbox.errors import NoSuchRow
from inbox.inbox import load_files
from inbox.jobs import FetchFiles
from inbox.ports import Card, DeskLink, DeskRef, Purpose, Shown

Deed = Callable[[CallbackQuery, Card, Visit], Awaitable[None]]


def setup() -> Router:
    """One handler for each deed."""
    router = Router(name="mail")
    deeds: dict[MailDeed, Deed] = {
        MailDeed.WHOLE: show_whole,
        MailDeed.ORIGINAL: show_original,
        MailDeed.FETCH: fetch,
        MailDeed.PERSON: call_person,
        MailDeed.AUTOMATIC: call_automatic,
        MailDeed.FORWARDED: call_forwarded,
        MailDeed.SPLIT: split,
        MailDeed.ONLY_SENDER: answer_sender,
        MailDeed.EVERYBODY: answer_everybody,
    }
    for deed, handler in deeds.items():
        router.callback_query.register(_on_card(handler), MailButton.filter(F.deed == deed))
    return router


def _on_card(deed: Deed) -> Callable[[CallbackQuery, MailButton, Visit], Awaitable[None]]:
    """Look up the card, and whether the presser may act on it."""

    async def handler(query: CallbackQuery, callback_data: MailButton, visit: Visit) -> None:
        async with visit.inbox.store.begin() as t:
            try:
                card = await t.card(callback_data.message_id)
            except NoSuchRow:
                card = None
        if card is None:
            await answer(query, refusal(visit.say, None), alert=True)
        elif await visit.conversation(query, card.conversation.id) is not None:
            await deed(query, card, visit)

    return handler


async def show_whole(query: CallbackQuery, card: Card, visit: Visit) -> None:
    """All of the text, quoted history included, in pieces or as a file."""
    await answer(query)
    text = whole(visit.say, card.message)
    refs = await send_long(visit.bot, visit.place, text, reply_to=visit.below(query))
    await _below(card, visit, refs)
    await about_to_answer(visit, card.conversation)


async def show_original(query: CallbackQuery, card: Card, visit: Visit) -> None:
    """The mail as it came, as a file."""
    await answer(query)
    async with visit.inbox.store.begin() as t:
        raw = await t.raw_of_message(card.message_id)
    files = await load_files(visit.inbox, (original(card.message),), raw, visit.inbox.desk.origin)
    below = visit.below(query) or 0
    refs = await show_files(visit.bot, visit.place, below, files, visit.say)
    await _below(card, visit, refs)


async def fetch(query: CallbackQuery, card: Card, visit: Visit) -> None:
    """Queue the fetching of an oversized mail's files; a note below tells how far it is."""
    await answer(query)
    words = mail_notes.fetching(visit.say, len(card.message.attachments))
    note = await visit.send(words, reply_to=visit.below(query))
    async with visit.inbox.store.begin() as t:
        await t.put(
            FetchFiles(card.message_id, visit.me.id, note.message_id),
            key=f"fetch:{card.message_id}:{query.id}",
            lane=f"files:{card.message_id}",
        )


async def call_person(query: CallbackQuery, card: Card, visit: Visit) -> None:
    """The wait opens with its original time, and the sender is remembered."""
    done = await corrections.call_person(visit.inbox, card.message_id, visit.me)
    words = visit.say("Noted: a person writes from this address. The clock runs.")
    await answer(query, words if done else visit.say("This was decided already."))


async def call_automatic(query: CallbackQuery, card: Card, visit: Visit) -> None:
    """Nobody waits, and the sender is remembered."""
    done = await corrections.call_automatic(visit.inbox, card.message_id, visit.me)
    words = visit.say("Noted: no person writes from this address. Nobody waits.")
    await answer(query, words if done else visit.say("This was decided already."))


async def call_forwarded(query: CallbackQuery, card: Card, visit: Visit) -> None:
    """What a colleague passed on is the client's, and the client waits."""
    done = await corrections.call_forwarded(visit.inbox, card.message_id, visit.me)
    words = visit.say("Noted. Your answer goes to the client, and the clock runs.")
    await answer(query, words if done else visit.say("This was decided already."))


async def split(query: CallbackQuery, card: Card, visit: Visit) -> None:
    """A wrong guess becomes a conversation of its own."""
    done = await guessing.split(visit.inbox, card.message_id, visit.me)
    words = visit.say("It is a conversation of its own now.")
    await answer(query, words if done else visit.say("This was decided already."))


async def answer_sender(query: CallbackQuery, card: Card, visit: Visit) -> None:
    """Replies to this card go to the sender alone."""
    await _choose(query, card, visit, only=True)


async def answer_everybody(query: CallbackQuery, card: Card, visit: Visit) -> None:
    """Replies to this card go to everybody who was addressed."""
    await _choose(query, card, visit, only=False)


async def _choose(query: CallbackQuery, card: Card, visit: Visit, *, only: bool) -> None:
    cause = f"answer to, press {query.id}"
    await actions.answer_only_sender(visit.inbox, card.message_id, only=only, cause=cause)
    await answer(query)


async def _below(card: Card, visit: Visit, refs: Sequence[DeskRef]) -> None:
    """Replies to what stands below the card go to the client too."""
    links = [
        DeskLink(Shown(ref, Purpose.NOTE), card.conversation.id, visit.me.id, card.message_id)
        for ref in refs
    ]
    async with visit.inbox.store.begin() as t:
        await t.link(links)
