"""What is left: a message that answers nothing goes to nobody until its author says to whom; an
old button says that it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiogram import Router
from aiogram.enums import ChatType, ContentType
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.buttons import Button
from bot.card_lines import client_name, place_name
from bot.cards import CardView
from bot.drafts import Draft, deliver, draft_of, drop, keep, keep_inside
from bot.handlers.collision import answered_already, own_draft
from bot.handlers.reply import refuse_kind
from bot.note_keeping import kept_words
from bot.reply_buttons import ToWhomButton
from bot.rich import Rich, one_line
from bot.standing import show_offer
from inbox.model import Conversation, Role
from inbox.work_records import Quote

OFFERED = 5
LOOKED_AT = 30  # of all conversations, for those that the member may answer
BUTTON_LIMIT = 60  # UTF-16 units
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

# What people write; all else that comes as a message tells of the chat itself.
WRITTEN = frozenset(
    {
        *(ContentType.TEXT, ContentType.PHOTO, ContentType.VIDEO, ContentType.DOCUMENT),
        *(ContentType.VOICE, ContentType.AUDIO, ContentType.VIDEO_NOTE, ContentType.ANIMATION),
        *(ContentType.STICKER, ContentType.LOCATION, ContentType.VENUE, ContentType.CONTACT),
        *(ContentType.POLL, ContentType.DICE, ContentType.STORY, ContentType.GAME),
        *(ContentType.LIVE_PHOTO, ContentType.RICH_MESSAGE),
        *(ContentType.PAID_MEDIA, ContentType.CHECKLIST, ContentType.INVOICE),
        *(ContentType.GIVEAWAY, ContentType.UNKNOWN),
    }
)


def setup() -> Router:
    """The last router: it takes everything."""
    router = Router(name="plain")
    router.message.register(plain)
    router.callback_query.register(choose, ToWhomButton.filter())
    router.callback_query.register(unknown)
    return router


async def plain(message: Message, album: Sequence[Mapping[str, Any]], visit: Visit) -> None:
    """Keep it and ask to whom it goes, with the last conversations at hand."""
    if message.chat.type != ChatType.PRIVATE or message.content_type not in WRITTEN:
        return
    draft = draft_of(album, visit.bot.id, visit.me.id)
    if (message.text or "").startswith("/") and not draft.is_internal:
        await visit.send(Rich(visit.say("There is no such command. See /help.")))
        return
    if not draft.can_be_sent:
        await refuse_kind(visit, message)
        return
    async with visit.inbox.store.begin() as t:
        decided = await t.reply_at(draft.first) or await t.internal_note_at(draft.first)
        if decided is None:
            await keep(t, draft)
    if decided is None:
        view = await _to_whom(visit, draft)
        await visit.send(view, reply_to=message.message_id)


async def _to_whom(visit: Visit, draft: Draft) -> CardView:
    number = draft.first.message_id
    conversations = await _last_conversations(visit)
    if not conversations:
        words = visit.say("This went to nobody: there is no client yet whom you could answer.")
        return CardView(Rich(words), ())
    rows = [
        (Button(_label(visit, one), ToWhomButton(message_id=number, conversation_id=one.id)),)
        for one in conversations
    ]
    cancel = Button(visit.say("Cancel"), ToWhomButton(message_id=number, conversation_id=0))
    if draft.is_internal:
        text = visit.say("📝 A note for the studio alone. About whom is it?")
    else:
        text = visit.say("This went to nobody yet. To whom shall it go?")
    how = visit.say("To another client: reply to the client's card, or see /inbox.")
    return CardView(Rich(f"{text}\n{how}"), (*rows, (cancel,)))


def _label(visit: Visit, conversation: Conversation) -> str:
    parts = [
        client_name(conversation),
        place_name(visit.say, conversation),
        conversation.subject or "",
    ]
    return one_line(" · ".join(filter(None, parts)), BUTTON_LIMIT)


async def _last_conversations(visit: Visit) -> list[Conversation]:
    """Those asked or answered last of what the member may answer."""
    async with visit.inbox.store.begin() as t:
        mine = None if visit.me.role is not Role.MANAGER else visit.me.id
        ids = list(await t.recent_conversations(mine, OFFERED))
        if mine is not None:
            ids += [one for one in await t.recent_conversations(None, LOOKED_AT) if one not in ids]
    found = [(await visit.look_up(one))[0] for one in ids]
    allowed = [one for one in found if one is not None]
    return sorted(allowed, key=_last_word, reverse=True)[:OFFERED]


def _last_word(conversation: Conversation) -> datetime:
    known = (conversation.asked_at, conversation.answered_at)
    return max((at for at in known if at is not None), default=_LONG_AGO)


async def choose(query: CallbackQuery, callback_data: ToWhomButton, visit: Visit) -> None:
    """It goes where the author says, once; the question says where it went."""
    async with visit.inbox.store.begin() as t:
        draft = await own_draft(t, query, callback_data.message_id, visit)
        if draft is not None and callback_data.conversation_id == 0:
            await drop(t, draft)
    if draft is None:
        await answer(query, visit.say("This was decided already."))
        return
    if callback_data.conversation_id == 0:
        await answer(query)
        await visit.edit(query, Rich(visit.say("It went to nobody.")))
        return
    conversation, holder = await visit.look_up(callback_data.conversation_id)
    if conversation is None:
        await answer(query, refusal(visit.say, holder), alert=True)
        return
    # What it was asked about before may have been another client's message.
    draft = replace(draft, conversation_id=conversation.id, message_id=None)
    name = client_name(conversation)
    if draft.is_internal:
        kept = await keep_inside(visit.inbox, draft)
        await answer(query)
        await visit.edit(query, Rich(f"{name}\n{kept_words(visit.say, kept, visit.me)}"))
        return
    asked = await answered_already(visit, draft)
    made = None if asked else await deliver(visit.inbox, draft)
    await answer(query)
    if isinstance(made, Quote):
        await show_offer(query, visit, conversation, made)
        return
    sent = visit.say("It goes to {client}.", client=name)
    await visit.edit(query, Rich(name if asked else sent))


async def unknown(query: CallbackQuery, visit: Visit) -> None:
    """A button of another version, or one that somebody made up."""
    await answer(query, visit.say("This button no longer works."))
