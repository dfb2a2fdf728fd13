"""A member's message that replies to something about a client goes to that client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiogram import Bot, Router
from aiogram.enums import ContentType
from aiogram.filters import Filter
from aiogram.types import Message

from bot.access import Visit, refusal
from bot.buttons import CardButton, CardDeed
from bot.drafts import deliver, draft_of
from bot.handlers.collision import answered_already
from bot.note_keeping import asked_where, take_note
from bot.quotes import offered_view
from bot.rich import Rich
from bot.standing import of_quote, stands_at
from inbox.errors import Fault, SendDeferred
from inbox.inbox import Inbox
from inbox.ports import DeskRef
from inbox.work_records import Quote

A_MOMENT = timedelta(seconds=1)
SETTLING = timedelta(seconds=5)  # from a message sent to its link committed
SHOWING = timedelta(minutes=1)  # the same with a card's files, held back by a rate limit


class AnswersLinked(Filter):
    """Lets through what replies to a message about a client, with what it answers.

    A process that died between showing a card and noting it leaves one without a link. Then
    the card's own button names the conversation, and its newest message is what is answered.
    """

    async def __call__(self, message: Message, bot: Bot, inbox: Inbox) -> bool | dict[str, Any]:
        target = message.reply_to_message
        # What is written in a topic answers, as Telegram sees it, the message that began it.
        if target is None or target.forum_topic_created is not None:
            return False
        async with inbox.store.begin() as t:
            link = await t.link_at(DeskRef(bot.id, message.chat.id, target.message_id))
        if link is not None:
            return _linked(link.conversation_id, link.message_id, link.wait_id)
        if target.from_user is None or target.from_user.id != bot.id:
            return False
        if may_be_under_way(target, inbox.clock.now() - target.date):
            raise SendDeferred(Fault.INTERRUPTED, "its card is being shown", retry_after=A_MOMENT)
        conversation_id = conversation_on(target)
        if conversation_id is None:
            return False
        return _linked(conversation_id)


def _linked(
    conversation_id: int, message_id: int | None = None, wait_id: int | None = None
) -> dict[str, Any]:
    return {"conversation_id": conversation_id, "message_id": message_id, "wait_id": wait_id}


def may_be_under_way(target: Message, age: timedelta) -> bool:
    """Whether this may be a card that is being shown: it is linked once its files stand there
    too, and a quick manager answers before that."""
    is_file = target.content_type != ContentType.TEXT
    return age < (SHOWING if is_file else SETTLING)


def conversation_on(target: Message) -> int | None:
    """The conversation that a card's own button names; lists and help have no such button."""
    rows = target.reply_markup.inline_keyboard if target.reply_markup else []
    for button in (one for row in rows for one in row):
        try:
            pressed = CardButton.unpack(button.callback_data or "")
        except (TypeError, ValueError):
            continue
        if pressed.deed is CardDeed.HISTORY:
            return pressed.conversation_id
    return None


def setup() -> Router:
    """Replies to cards, files, alerts and notes."""
    router = Router(name="reply")
    router.message.register(reply, AnswersLinked())
    return router


async def reply(
    message: Message,
    album: Sequence[Mapping[str, Any]],
    conversation_id: int,
    message_id: int | None,
    visit: Visit,
) -> None:
    """What is replied to names the client."""
    if not await asked_where(visit, message, album, conversation_id, message_id):
        await send_reply(visit, message, album, conversation_id, message_id)


async def send_reply(
    visit: Visit,
    message: Message,
    album: Sequence[Mapping[str, Any]],
    conversation_id: int,
    message_id: int | None = None,
) -> None:
    """A member's message goes to a client: an album as one reply, once, under a key of its own.

    A note stays inside. Where it may not go, where nothing in it can be sent, and where a
    colleague was faster, that is said below it instead. `message_id`: the client's message that it
    answers; None: the newest.
    Raises Unreadable.
    """
    draft = draft_of(album, visit.bot.id, visit.me.id)
    if draft.is_internal:
        await take_note(visit, message, album, conversation_id, message_id)
        return
    conversation, holder = await visit.look_up(conversation_id)
    if conversation is None:
        words = visit.say("Not sent.") + " " + refusal(visit.say, holder)
        await visit.send(Rich(words), reply_to=message.message_id)
        return
    draft = replace(draft, conversation_id=conversation.id, message_id=message_id)
    if not draft.can_be_sent:
        await refuse_kind(visit, message)
        return
    if not await answered_already(visit, draft):
        made = await deliver(visit.inbox, draft)
        if isinstance(made, Quote):
            view = offered_view(visit, conversation, made)
            ref = await visit.note(conversation, view, message.message_id)
            await stands_at(visit.inbox, ref, of_quote(made.id))


async def refuse_kind(visit: Visit, message: Message) -> None:
    """Of a kind that no bot can send."""
    words = visit.say("This kind of message cannot be passed on. Nothing was sent.")
    await visit.send(Rich(words), reply_to=message.message_id)
