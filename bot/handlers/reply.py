"""A manager's message that replies to something about a client goes to that client."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiogram import Bot, Router
from aiogram.enums import ContentType
from aiogram.filters import Filter
from aiogram.types import Message

from bot.access import Visit, refusal
from bot.buttons import CardButton, CardDeed
from bot.rich import Rich
from bot.sending import ref_of
from connectors.telegram.media import attachments_of
from connectors.telegram.parse import entities_of
from inbox import flow
from inbox.errors import Fault, SendDeferred, Unreadable
from inbox.inbox import Inbox
from inbox.model import Attachment, Entity
from inbox.ports import DeskLink, DeskRef, Purpose, Reply, Shown

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
        if target is None:
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


class IsLinked(Filter):
    """Lets through an edit of a message that went to a client."""

    async def __call__(self, message: Message, bot: Bot, inbox: Inbox) -> bool:
        async with inbox.store.begin() as t:
            return await t.link_at(ref_of(bot, message)) is not None


def setup() -> Router:
    """Replies to cards, files, alerts and notes; edits of what went out already."""
    router = Router(name="reply")
    router.message.register(reply, AnswersLinked())
    router.edited_message.register(edited, IsLinked())
    return router


async def reply(
    message: Message,
    given: Mapping[str, Any],
    conversation_id: int,
    message_id: int | None,
    visit: Visit,
) -> None:
    """Store the reply under a key of its own, and what it is, so that replies to it work too.

    Each item of an album is a reply of its own.
    """
    ref = ref_of(visit.bot, message)
    conversation, holder = await visit.look_up(conversation_id)
    if conversation is None:
        words = visit.say("Not sent.") + " " + refusal(visit.say, holder)
        await visit.send(Rich(words), reply_to=ref.message_id)
        return
    text, entities, attachments = contents(given, visit.bot.id)
    if not text.strip() and not attachments:
        words = visit.say("This kind of message cannot be passed on. Nothing was sent.")
        await visit.send(Rich(words), reply_to=ref.message_id)
        return
    await flow.reply(
        visit.inbox,
        Reply(
            key=f"tg:{ref.account}:{ref.chat_id}:{ref.message_id}",
            conversation_id=conversation.id,
            author_id=visit.me.id,
            text=text,
            written_at=message.date,
            entities=entities,
            attachments=attachments,
            message_id=message_id,
            desk_ref=ref,
            only_sender=await _only_sender(visit.inbox, message_id),
        ),
    )
    own = DeskLink(Shown(ref, Purpose.NOTE), conversation.id, visit.me.id, message_id)
    async with visit.inbox.store.begin() as t:
        await t.link((own,))


async def _only_sender(inbox: Inbox, message_id: int | None) -> bool:
    """What was chosen on the card; by default everybody is answered."""
    if message_id is None:
        return False
    async with inbox.store.begin() as t:
        return (await t.card(message_id)).only_sender


async def edited(message: Message, visit: Visit) -> None:
    """An edit of what was sent does not travel."""
    words = visit.say("The edit stays here: the client has the message as it was sent.")
    await visit.send(Rich(words), reply_to=message.message_id)


def contents(
    given: Mapping[str, Any], bot_id: int
) -> tuple[str, tuple[Entity, ...], tuple[Attachment, ...]]:
    """What of a Message (its JSON) goes to the client. Raises Unreadable."""
    try:
        text = str(given.get("text") or given.get("caption") or "")
        entities = entities_of(given.get("entities") or given.get("caption_entities") or [])
        attachments = tuple(attachments_of(given, bot_id))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(Fault.MALFORMED, f"{type(error).__name__}: {error}") from error
    if "venue" in given and attachments and not text:
        facts = attachments[0].facts
        text = f"{facts.get('title', '')}\n{facts.get('address', '')}".strip()
    return text, entities, attachments
