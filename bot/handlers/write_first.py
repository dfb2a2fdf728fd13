"""Writing to a client who did not ask: by which way, with which subject, and what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.buttons import Button
from bot.card_lines import NAME_LIMIT, channel_name
from bot.cards import CardView
from bot.client_buttons import ClientButton, ClientDeed, WriteButton
from bot.drafts import draft_of
from bot.handlers.reply import send_reply
from bot.note_keeping import take_note
from bot.people_notes import handle_words
from bot.prompts import Asked, Prompt, ask
from bot.rich import Rich, one_line
from bot.texts import Say
from inbox.internal_notes import is_note
from inbox.model import Client, Handle
from inbox.writing_first import Way, begin, ways_to_write

MOST_WAYS = 20
BUTTON_LIMIT = 60  # UTF-16 units
SUBJECT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """The way that was chosen, and what for."""

    kind: str
    address: str
    channel_id: str
    subject: str = ""

    @property
    def handle(self) -> Handle:
        """To whom."""
        return Handle(self.kind, self.address)


def setup() -> Router:
    """The two choices; what is written comes by the prompts."""
    router = Router(name="write_first")
    asks = ClientButton.filter(F.deed == ClientDeed.WRITE)
    router.callback_query.register(ask_way, asks)
    router.callback_query.register(choose_way, WriteButton.filter())
    return router


async def ask_way(query: CallbackQuery, callback_data: ClientButton, visit: Visit) -> None:
    """All ways as buttons."""
    client = await visit.client(query, callback_data.client_id)
    if client is None:
        return
    ways = await ways_to_write(visit.inbox, client.id)
    if not ways:
        words = visit.say(
            "There is no way to write to this client: no mail address, and no chat in Telegram "
            "in which the client wrote before."
        )
        await answer(query, words, alert=True)
        return
    await answer(query)
    await visit.send(_ways_view(visit.say, client, ways), reply_to=visit.below(query))


def _ways_view(say: Say, client: Client, ways: Sequence[Way]) -> CardView:
    name = one_line(client.name, NAME_LIMIT)
    words = say("✍️ Write to {client}: by which way?", client=name)
    rows = tuple(
        (Button(_way_words(say, one), WriteButton(client_id=client.id, way=number)),)
        for number, one in enumerate(ways[:MOST_WAYS])
    )
    return CardView(Rich(words), rows)


def _way_words(say: Say, way: Way) -> str:
    address = handle_words(say, way.handle)
    place = channel_name(say, way.channel_id)
    name = one_line(way.contact.name, NAME_LIMIT)
    parts = dict.fromkeys((place, name, "" if address in place else address))
    return one_line(" · ".join(filter(None, parts)), BUTTON_LIMIT)


async def choose_way(query: CallbackQuery, callback_data: WriteButton, visit: Visit) -> None:
    """By mail the subject is asked for first."""
    client = await visit.client(query, callback_data.client_id)
    if client is None:
        return
    ways = await ways_to_write(visit.inbox, client.id)
    if callback_data.way >= len(ways):
        await answer(query, refusal(visit.say, None), alert=True)
        return
    await answer(query)
    way = ways[callback_data.way]
    chosen = Chosen(way.handle.kind, way.handle.address, way.channel_id)
    words = _way_words(visit.say, way)
    if way.begins:
        said = visit.say("{way}. Which subject? Reply to this message.", way=words)
        prompt = Prompt(Asked.SUBJECT, client.id, _written(chosen))
        await ask(visit, Rich(said), prompt, reply_to=visit.below(query))
    else:
        await _ask_letter(visit, client.id, chosen, visit.below(query))


async def subject_given(visit: Visit, prompt: Prompt, text: str, below: int) -> None:
    """What was written for an answer is the subject; now the text."""
    client, holder = await visit.look_up_client(prompt.about)
    chosen = _read(prompt.words)
    if client is None or chosen is None:
        await visit.send(Rich(refusal(visit.say, holder)), reply_to=below)
        return
    if is_note(text):
        words = visit.say("What begins with // stays in the studio: nothing was sent.")
        await visit.send(Rich(words), reply_to=below)
        return
    subject = one_line(text, SUBJECT_LIMIT)
    whole = Chosen(chosen.kind, chosen.address, chosen.channel_id, subject)
    await _ask_letter(visit, client.id, whole, below)


async def _ask_letter(visit: Visit, client_id: int, chosen: Chosen, below: int | None) -> None:
    to = handle_words(visit.say, chosen.handle)
    if chosen.subject:
        words = visit.say(
            "To {address}, “{subject}”. Reply to this message with the text; files may come with "
            "it.",
            address=to,
            subject=chosen.subject,
        )
    else:
        words = visit.say(
            "To {address}. Reply to this message with the text; files may come with it.",
            address=to,
        )
    prompt = Prompt(Asked.LETTER, client_id, _written(chosen))
    await ask(visit, Rich(words), prompt, reply_to=below)


async def letter_given(
    visit: Visit, message: Message, album: Sequence[Mapping[str, Any]], prompt: Prompt
) -> None:
    """What was written for an answer goes to the client, in one conversation for each question."""
    client, holder = await visit.look_up_client(prompt.about)
    chosen, asked = _read(prompt.words), message.reply_to_message
    if client is None or chosen is None or asked is None:
        words = visit.say("Not sent.") + " " + refusal(visit.say, holder)
        await visit.send(Rich(words), reply_to=message.message_id)
        return
    if draft_of(album, visit.bot.id, visit.me.id).is_internal:
        await _note_instead(visit, message, album, client)
        return
    key = f"{message.chat.id}:{asked.message_id}"
    conversation = await begin(
        visit.inbox, chosen.handle, chosen.channel_id, chosen.subject, visit.me, key=key
    )
    if conversation is None or conversation.client.id != client.id:
        words = visit.say("Not sent. This way does not lead to the client any more.")
        await visit.send(Rich(words), reply_to=message.message_id)
        return
    await send_reply(visit, message, album, conversation.id)


async def _note_instead(
    visit: Visit, message: Message, album: Sequence[Mapping[str, Any]], client: Client
) -> None:
    """Who writes a note into the form begins nothing by it."""
    async with visit.inbox.store.begin() as t:
        newest = await t.newest_conversation(client.id)
    if newest is None:
        words = visit.say("Nothing was written with this client yet: begin with “Write”.")
        await visit.send(Rich(words), reply_to=message.message_id)
        return
    await take_note(visit, message, album, newest, None)


def _written(chosen: Chosen) -> str:
    return json.dumps(asdict(chosen), ensure_ascii=False)


def _read(text: str) -> Chosen | None:
    try:
        return Chosen(**json.loads(text))
    except (ValueError, TypeError):
        return None
