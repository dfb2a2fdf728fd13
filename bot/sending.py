"""The edge to the Bot API: a CardView or a Rich text becomes a message in a chat."""

from __future__ import annotations

from typing import NamedTuple

from aiogram import Bot
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

from bot.buttons import Keyboard
from bot.cards import CardView
from bot.places import Place
from bot.rich import Rich
from bot.topics import ThreadGone, into_topic, take_back
from connectors.telegram.bot import Sent
from connectors.telegram.deliver import answer_to, entities_for, send_text
from connectors.telegram.errors import translated
from inbox.errors import Fault, SendRejected
from inbox.ports import DeskRef

PIECES = 3  # messages; a longer text comes as a file
# What Telegram says of a message that was deleted, or is not ours any more.
_GONE = ("to edit not found", "can't be edited", "message_id_invalid")


async def send(
    bot: Bot,
    where: int | Place,
    view: CardView | Rich,
    *,
    reply_to: int | None = None,
    silent: bool = False,
    asking: ForceReply | None = None,
) -> DeskRef:
    """Send one message, as an answer to `reply_to` while that stands. Raises the SendFailed;
    ThreadGone where the place's topic is gone.

    A formatting that the server refuses is given up rather than the text. `silent`: no sound.
    `asking`: what the reader types next answers it; never edited then, and without other buttons.
    """
    place = place_of(where)
    body, keyboard = (view, ()) if isinstance(view, Rich) else (view.body, view.keyboard)
    how = _How(keyboard, reply_to if place.holds(reply_to) else None, silent, asking)
    try:
        return await _send(bot, place, body, how)
    except SendRejected as error:
        if "entit" not in error.detail.casefold():
            raise
        return await _send(bot, place, Rich(body.text), how)


async def send_long(
    bot: Bot, where: int | Place, text: Rich, *, reply_to: int | None = None, silent: bool = False
) -> list[DeskRef]:
    """Some messages one below the other; a longer text as a file. Raises the SendFailed."""
    pieces = list(text.pieces())
    if len(pieces) <= PIECES:
        return [await send(bot, where, one, reply_to=reply_to, silent=silent) for one in pieces]
    whole = BufferedInputFile(text.text.encode(), filename="message.txt")
    place = place_of(where)
    with into_topic(place.thread_id):
        message = await bot.send_document(
            document=whole,
            **place.where.words,
            reply_parameters=answer_to(reply_to),
            disable_notification=silent or None,
        )
    return [await landed(bot, place, message)]


def messages_of_text(text: Rich) -> int:
    """How many messages `send_long` makes of it."""
    pieces = sum(1 for _ in text.pieces())
    return pieces if pieces <= PIECES else 1


async def edit(bot: Bot, ref: DeskRef, view: CardView | Rich) -> bool:
    """Change a message that stands there; it may be gone (False) or say so already. Raises
    SendFailed."""
    body, keyboard = (view, ()) if isinstance(view, Rich) else (view.body, view.keyboard)
    try:
        with translated():
            await bot.edit_message_text(
                body.text,
                chat_id=ref.chat_id,
                message_id=ref.message_id,
                entities=entities_for(body.entities),
                reply_markup=markup_of(keyboard),
                parse_mode=None,
            )
    except SendRejected as error:
        said = error.detail.casefold()
        if any(words in said for words in _GONE):
            return False
        if "not modified" not in said:
            raise
    return True


def place_of(where: int | Place) -> Place:
    """A bare chat id is the chat itself."""
    return where if isinstance(where, Place) else Place(where)


async def landed(bot: Bot, place: Place, message: Message | Sent) -> DeskRef:
    """The message, now that it is sent. Raises ThreadGone for one that landed beside its topic:
    Telegram is known to do so silently. It is taken back."""
    ref = ref_of(bot, message)
    if place.thread_id is not None and message.message_thread_id != place.thread_id:
        await take_back(bot, ref)
        raise ThreadGone(Fault.REFUSED, "the message landed beside its topic")
    return ref


def ref_of(bot: Bot, message: Message | Sent) -> DeskRef:
    """The full key of a message: ids are a space of their own per bot account."""
    return DeskRef(bot.id, message.chat.id, message.message_id)


def pressed_ref(bot: Bot, query: CallbackQuery) -> DeskRef | None:
    """The message whose button was pressed; None where Telegram no longer names it."""
    pressed = query.message
    return None if pressed is None else DeskRef(bot.id, pressed.chat.id, pressed.message_id)


def markup_of(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """Buttons as the Bot API takes them."""
    if not keyboard:
        return None
    rows = [
        [
            InlineKeyboardButton(text=each.text, callback_data=each.data.pack(), style=each.style)
            for each in row
        ]
        for row in keyboard
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows)


class _How(NamedTuple):
    keyboard: Keyboard
    reply_to: int | None
    silent: bool
    asking: ForceReply | None = None


async def _send(bot: Bot, place: Place, body: Rich, how: _How) -> DeskRef:
    with into_topic(place.thread_id):
        message = await send_text(
            bot,
            place.where,
            body.text,
            body.entities,
            reply_to=how.reply_to,
            keyboard=markup_of(how.keyboard) or how.asking,
            silent=how.silent,
        )
    try:
        return await landed(bot, place, message)
    except ThreadGone:
        if how.reply_to is None:
            raise
        # It may only have followed the message that it answers.
        return await _send(bot, place, body, how._replace(reply_to=None))
