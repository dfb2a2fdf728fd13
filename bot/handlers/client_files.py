"""The files of a client: a list, and each by a button."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer
from bot.client_buttons import ClientButton, ClientDeed, FileButton, FileOf
from bot.client_lists import PAGE, files_view, mark_of
from bot.files import show_files
from bot.note_keeping import mark_inside
from bot.reader import Reader
from inbox.errors import NoSuchRow
from inbox.inbox import load_files
from inbox.model import Attachment, RawMessage
from inbox.ports import DeskLink, Purpose, Shown, Transaction

Source = tuple[int, int | None, Sequence[Attachment], RawMessage | None]


def setup() -> Router:
    """The list, and its files."""
    router = Router(name="client_files")
    is_list = ClientButton.filter(F.deed == ClientDeed.FILES)
    router.callback_query.register(show_list, is_list)
    router.callback_query.register(show_file, FileButton.filter())
    return router


async def show_list(query: CallbackQuery, callback_data: ClientButton, visit: Visit) -> None:
    """A page of files, in the place of the card."""
    client = await visit.client(query, callback_data.client_id)
    if client is None:
        return
    await answer(query)
    async with visit.inbox.store.begin() as t:
        files = await t.client_files(client.id, callback_data.offset, PAGE + 1)
    reader = Reader.of(visit.me, visit.inbox.clock.now())
    await visit.edit(query, files_view(reader, client, files, callback_data.offset))


async def show_file(query: CallbackQuery, callback_data: FileButton, visit: Visit) -> None:
    """The file below the list; replies to it go to the client."""
    client = await visit.client(query, callback_data.client_id)
    if client is None:
        return
    async with visit.inbox.store.begin() as t:
        source = await _source(t, callback_data)
    if source is None:
        await answer(query, visit.say("This file is not known any more."), alert=True)
        return
    conversation_id, message_id, attachments, raw = source
    meant = [one for one in attachments if mark_of(one) == callback_data.mark][:1]
    if not meant:
        await answer(query, visit.say("This file is not known any more."), alert=True)
        return
    await answer(query, visit.say("The file is on its way."))
    files = await load_files(visit.inbox, meant, raw, visit.inbox.desk.origin)
    below = visit.below(query) or 0
    refs = await show_files(visit.bot, visit.place, below, files, visit.say)
    links = [
        DeskLink(Shown(ref, Purpose.NOTE), conversation_id, visit.me.id, message_id)
        for ref in refs
    ]
    async with visit.inbox.store.begin() as t:
        await t.link(links)
    if callback_data.of is FileOf.NOTE:
        await mark_inside(visit.inbox, refs)


async def _source(t: Transaction, pressed: FileButton) -> Source | None:
    """Where the file stands: the conversation and message, all files there, the mail as it came;
    None where it is another client's, or nothing."""
    try:
        match pressed.of:
            case FileOf.MESSAGE:
                card = await t.card(pressed.source_id)
                raw = await t.raw_of_message(card.message_id)
                found: Source = (
                    card.conversation.id,
                    card.message_id,
                    card.message.attachments,
                    raw,
                )
            case FileOf.REPLY:
                reply = await t.reply(pressed.source_id)
                found = (reply.conversation_id, reply.message_id, reply.attachments, None)
            case FileOf.NOTE:
                notes = await t.notes_of_client(pressed.client_id, pressed.source_id + 1, 1)
                if not notes or notes[0].id != pressed.source_id:
                    return None
                note = notes[0]
                found = (note.conversation_id, note.message_id, note.attachments, None)
        conversation = await t.conversation(found[0])
    except NoSuchRow:
        return None
    return found if conversation.client.id == pressed.client_id else None
