"""A member edits an own message: so does the draft, the reply under way, or what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.buttons import Button
from bot.cards import CardView
from bot.drafts import Draft, Part, album_with, keep, kept, part_of, save_album
from bot.handlers.outcome import pressed
from bot.note_keeping import keep_note
from bot.outcomes import EDITED, react
from bot.reply_buttons import CorrectButton
from bot.rich import Rich
from connectors.telegram.errors import translated
from inbox import changing, internal_notes
from inbox.changing import Changed
from inbox.errors import SendRejected
from inbox.model import Attachment, Conversation
from inbox.ports import DeskRef, Reply, ReplyState


def setup() -> Router:
    """Edits, and the button that sends a correction."""
    router = Router(name="edited")
    router.edited_message.register(edited)
    router.callback_query.register(correct, CorrectButton.filter())
    return router


async def edited(message: Message, given: Mapping[str, Any], visit: Visit) -> None:
    """Carry it as far as the channel can, and say so only where it cannot. Raises Unreadable."""
    part = part_of(given, visit.bot.id)
    async with visit.inbox.store.begin() as t:
        album = await album_with(t, part.ref)
        if album is not None:
            await save_album(t, album.edited(part))
        first = part.ref if album is None else album.first
        draft = await kept(t, first)
        if draft is not None:
            await keep(t, draft.edited(part))
        reply = await t.reply_at(first)
        note = await t.internal_note_at(first)
    whole = Draft((part,), visit.me.id, visit.inbox.clock.now())
    whole = whole if album is None else album.edited(part)
    if note is not None:
        await _change_note(visit, whole, part.ref)
        return
    if reply is None:
        return
    if whole.is_internal:
        await _keep_inside(visit, whole, reply, part.ref)
        return
    conversation, holder = await visit.look_up(reply.conversation_id)
    if conversation is None:
        words = visit.say("The edit stays here.") + " " + refusal(visit.say, holder)
        await visit.send(Rich(words), reply_to=part.ref.message_id)
        return
    text = whole.text
    at = message.edit_date
    edited_at = visit.inbox.clock.now() if at is None else _instant(at)
    result = await changing.change(visit.inbox, first, text.text, text.entities, edited_at)
    if result in {Changed.CHANGED, Changed.CARRIED}:
        await _mark(visit, part.ref)
    elif result is Changed.GONE:
        await _offer_correction(visit, part.ref, reply, conversation)
    if _has_other_files(part, reply, album):
        words = visit.say("Only the words can be changed; the client keeps the file as it was.")
        await visit.send(Rich(words), reply_to=part.ref.message_id)


def _instant(at: int | datetime) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)


async def _change_note(visit: Visit, whole: Draft, ref: DeskRef) -> None:
    """A note stays one, also without its mark: what was written for the studio goes to nobody by a
    slip."""
    text = whole.note_text
    if await internal_notes.change(visit.inbox, whole.first, text.text, text.entities):
        await _mark(visit, ref)
        return
    words = visit.say("A note that says nothing is none: it stays as it was.")
    await visit.send(Rich(words), reply_to=ref.message_id)


async def _keep_inside(visit: Visit, whole: Draft, reply: Reply, ref: DeskRef) -> None:
    """A reply was made a note: it is stopped if it has not gone out, and else stays as it was."""
    stopped = reply.state is ReplyState.WITHDRAWN
    if stopped or await changing.withdraw(visit.inbox, reply.id, visit.me):
        whole = replace(whole, conversation_id=reply.conversation_id, message_id=reply.message_id)
        await keep_note(visit, whole, ref.message_id)
        return
    words = visit.say(
        "It has gone out already: no note can be made of it. The client has it as it was."
    )
    await visit.send(Rich(words), reply_to=ref.message_id)


async def _mark(visit: Visit, ref: DeskRef) -> None:
    """A sign on the member's message; one that Telegram refuses is no fault of the edit."""
    try:
        await react(visit.bot, ref, EDITED)
    except SendRejected:
        return


async def _offer_correction(
    visit: Visit, ref: DeskRef, reply: Reply, conversation: Conversation
) -> None:
    """In the place of an earlier question, if there is one: what is sent is the newest text."""
    async with visit.inbox.store.begin() as t:
        before = await t.form(_key(reply))
    match reply.state:
        case ReplyState.WITHDRAWN:
            words = visit.say("This was stopped and did not go out. Send it as it reads now?")
            label = visit.say("Send")
        case ReplyState.TAKEN_BACK:
            words = visit.say("This was taken back. Send it as it reads now?")
            label = visit.say("Send")
        case _:
            words = visit.say("It has gone out already. Send a correction?")
            label = visit.say("Send a correction")
    button = Button(label, CorrectButton(reply_id=reply.id))
    asked = await visit.note(conversation, CardView(Rich(words), ((button,),)), ref.message_id)
    async with visit.inbox.store.begin() as t:
        await t.save_form(_key(reply), str(asked.message_id))
    if before is not None:
        await _delete(visit, DeskRef(ref.account, ref.chat_id, int(before)))


async def _delete(visit: Visit, question: DeskRef) -> None:
    try:
        with translated():
            await visit.bot.delete_message(question.chat_id, question.message_id)
    except SendRejected:
        return  # its author may have deleted it


async def correct(query: CallbackQuery, callback_data: CorrectButton, visit: Visit) -> None:
    """The newest text goes out as a message of its own, once for each question."""
    reply, conversation = await pressed(query, callback_data.reply_id, visit)
    if reply is None or conversation is None:
        return
    key = f"{reply.key}:correction"
    sent = await changing.correct(visit.inbox, reply.id, visit.me, key)
    async with visit.inbox.store.begin() as t:
        await t.save_form(_key(reply), None)
    await answer(query, "" if sent is not None else visit.say("This was decided already."))
    await visit.edit(
        query, Rich(visit.say("It is on its way. You are told if it does not arrive."))
    )


def _has_other_files(part: Part, reply: Reply, album: Draft | None) -> bool:
    """Whether another photo or file was put in the place of the one that was sent."""
    before: Sequence[Attachment] = reply.attachments
    if album is not None:
        before = next((one.attachments for one in album.parts if one.ref == part.ref), ())
    return _known(part.attachments) != _known(before)


def _known(files: Sequence[Attachment]) -> list[tuple[str, str, int | None]]:
    """What tells files apart: the id of one and the same file is another at each look."""
    return [(one.media, one.name, one.size) for one in files if one.media.has_bytes]


def _key(reply: Reply) -> str:
    return f"correction:{reply.id}"
