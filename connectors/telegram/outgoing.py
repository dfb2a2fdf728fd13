"""A reply on its way out: into a private chat, a group or a member's own account, as few messages.

What became of it is remembered as ids, "EXTERNAL_ID" of a text, "EXTERNAL_ID/caption" of a file
that carries the text or could, "EXTERNAL_ID/file" of another one: for edits and for taking back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message

from connectors.telegram.accounts import Accounts
from connectors.telegram.albums import batches, send_album
from connectors.telegram.deliver import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    Where,
    captioned,
    entities_for,
    send_file,
    send_text,
    shown_as,
)
from connectors.telegram.errors import translated
from connectors.telegram.pacing import Urgency, urgency
from connectors.telegram.parse import utf16_length
from inbox.errors import (
    Fault,
    SendDeferred,
    SendFailed,
    SendRejected,
    SendUncertain,
)
from inbox.model import Entity, Handle, LoadedFile, OutboundMessage, Receipt

PATIENCE = 30.0  # seconds that a reply may wait for its turn
REST_PATIENCE = 600.0  # seconds that the rest may, once a part of the reply is out
BUSINESS, GROUP = "telegram_business", "telegram_group"
ANSWER_LIMIT = 200  # (https://core.telegram.org/bots/api#answercallbackquery)
CAPTION, FILE = "caption", "file"
_DONE = ("not modified", "to delete not found")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a handle leads: how to send there, the thread it is, and how its ids begin."""

    where: Where
    thread: str
    prefix: str

    def id_of(self, message_id: int, part: str = "") -> str:
        """As it is remembered."""
        return f"{self.prefix}:{message_id}" + (f"/{part}" if part else "")


async def place_of(recipient: Handle, accounts: Accounts) -> Place:
    """Raises SendRejected where the own account is not ours to write from."""
    if recipient.kind != BUSINESS:
        chat_id = int(recipient.address)
        kind = "group" if recipient.kind == GROUP else "chat"
        return Place(Where(chat_id), f"{kind}:{chat_id}", str(chat_id))
    owner_id, _, client_id = recipient.address.partition(":")
    account = await accounts.of_owner(int(owner_id))
    if account is None or not account.enabled or not account.can_reply:
        raise SendRejected(Fault.NO_RIGHTS, "the account is not connected, or not for replies")
    own = f"business:{owner_id}:{client_id}"
    return Place(Where(int(client_id), business=account.connection_id), own, own)


@dataclass
class _Sending:
    """Of one reply: what went out already."""

    place: Place
    sent_as: list[str] = field(default_factory=list)
    sent_at: datetime | None = None

    @property
    def patience(self) -> float:
        """Seconds that the next message may wait for its turn."""
        return PATIENCE if self.sent_at is None else REST_PATIENCE

    def note(self, message_id: int, date: datetime, part: str = "") -> None:
        self.sent_as.append(self.place.id_of(message_id, part))
        self.sent_at = self.sent_at or date.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Caption:
    """What stands below a file."""

    text: str = ""
    entities: Sequence[Entity] = ()
    keyboard: InlineKeyboardMarkup | None = None


async def send_reply(bot: Bot, message: OutboundMessage, accounts: Accounts) -> Receipt:
    """Text, then files, neighbours as albums; or the text as the first file's caption.

    Raises the three SendFailed. Once the first message is out, a failure of a later one is
    uncertain, not to be repeated.
    """
    if not message.text and not message.files:
        raise SendRejected(Fault.EMPTY)
    sending = _Sending(await place_of(message.recipient, accounts))
    try:
        with urgency(Urgency.CARD, patience=PATIENCE), translated():
            await _send(bot, message, sending)
    except SendFailed as error:
        if sending.sent_at is None:
            raise
        raise SendUncertain(error.fault, error.detail) from error
    if sending.sent_at is None:
        raise SendRejected(Fault.EMPTY)
    return Receipt((sending.place.thread,), sending.sent_at, tuple(sending.sent_as))


async def _send(bot: Bot, message: OutboundMessage, sending: _Sending) -> None:
    caption = _goes_along(message)
    where, keyboard = sending.place.where, keyboard_of(message)
    reply_to = _answered(message, where)
    if message.text and not caption:
        said = await send_text(
            bot, where, message.text, message.entities, reply_to=reply_to, keyboard=keyboard
        )
        sending.note(said.message_id, said.date)
    for number, batch in enumerate(batches(message.files)):
        along = (
            _Caption() if number or not caption else _Caption(caption, message.entities, keyboard)
        )
        with urgency(Urgency.CARD, patience=sending.patience):
            sent = await _send_files(bot, where, batch, reply_to, along)
        for place, one in enumerate(sent):
            carries = not number and not place and captioned(shown_as(batch[0]))
            text_is_here = carries and (bool(caption) or not message.text)
            sending.note(one.message_id, one.date, CAPTION if text_is_here else FILE)


async def _send_files(
    bot: Bot,
    where: Where,
    batch: Sequence[LoadedFile],
    reply_to: int | None,
    along: _Caption,
) -> Sequence[Message]:
    text, entities = along.text, along.entities
    if len(batch) > 1:
        return await send_album(
            bot, where, batch, reply_to=reply_to, caption=text, entities=entities
        )
    one = await send_file(
        bot,
        where,
        batch[0],
        reply_to=reply_to,
        caption=text,
        entities=entities,
        keyboard=along.keyboard,
    )
    return [one]


def keyboard_of(message: OutboundMessage) -> InlineKeyboardMarkup | None:
    """The message's choices, one below the other; None where it has none."""
    if not message.choices:
        return None
    buttons = [
        InlineKeyboardButton(text=one.text, callback_data=one.data) for one in message.choices
    ]
    return InlineKeyboardMarkup(inline_keyboard=[[one] for one in buttons])


def _answered(message: OutboundMessage, where: Where) -> int | None:
    """The number of the message that is answered, where it is one of this chat: a group that
    became a supergroup counts its messages anew."""
    if message.answering is None:
        return None
    context = message.answering.reply_context
    number: int | None = context.get("message_id")
    return number if context.get("chat_id", where.chat_id) == where.chat_id else None


def _goes_along(message: OutboundMessage) -> str:
    """The text, where the first file carries it; else "". An album has no buttons."""
    if not message.files or not captioned(shown_as(message.files[0])):
        return ""
    if message.choices and len(next(batches(message.files))) > 1:
        return ""
    return message.text if utf16_length(message.text) <= CAPTION_LIMIT else ""


async def edit_reply(
    bot: Bot, message: OutboundMessage, sent_as: Sequence[str], accounts: Accounts
) -> None:
    """See inbox.channels.ChangesSent."""
    place = await place_of(message.recipient, accounts)
    _check_there(place, sent_as)
    bearer = next((one for one in sent_as if not one.endswith(f"/{FILE}")), None)
    if bearer is None:
        raise SendRejected(Fault.UNSUPPORTED, "no message of it carries text")
    is_caption = bearer.endswith(f"/{CAPTION}")
    if not message.text and not is_caption:
        raise SendRejected(Fault.EMPTY)
    if utf16_length(message.text) > (CAPTION_LIMIT if is_caption else TEXT_LIMIT):
        raise SendRejected(Fault.TOO_LARGE, "the text is longer than the message takes")
    with _harmless():
        if is_caption:
            await bot.edit_message_caption(
                chat_id=place.where.chat_id,
                message_id=_number(bearer),
                business_connection_id=place.where.business,
                caption=message.text or None,
                caption_entities=entities_for(message.entities),
                reply_markup=keyboard_of(message),
            )
        else:
            await bot.edit_message_text(
                message.text,
                chat_id=place.where.chat_id,
                message_id=_number(bearer),
                business_connection_id=place.where.business,
                entities=entities_for(message.entities),
                reply_markup=keyboard_of(message),
            )


async def delete_reply(
    bot: Bot, message: OutboundMessage, sent_as: Sequence[str], accounts: Accounts
) -> None:
    """See inbox.channels.ChangesSent."""
    place = await place_of(message.recipient, accounts)
    _check_there(place, sent_as)
    numbers = [_number(one) for one in sent_as]
    if not numbers:
        raise SendRejected(Fault.UNSUPPORTED, "it is not known as what it was sent")
    with _harmless():
        if place.where.business is not None:
            await bot.delete_business_messages(place.where.business, numbers)
        elif len(numbers) == 1:
            # Only this call says why a message stays where it is.
            await bot.delete_message(place.where.chat_id, numbers[0])
        else:
            await bot.delete_messages(place.where.chat_id, numbers)


def _check_there(place: Place, sent_as: Sequence[str]) -> None:
    """Raises SendRejected for what was sent to a chat that went on elsewhere: in the new one the
    same numbers are others' messages."""
    if any(one.rpartition(":")[0] != place.prefix for one in sent_as):
        raise SendRejected(Fault.MOVED, "it stands in the chat that was left")


async def answer_press(bot: Bot, press_id: str, text: str) -> None:
    """See inbox.channels.ShowsChoices: at most 200 letters. One that is too old by now needs no
    answer."""
    try:
        with _harmless():
            await bot.answer_callback_query(press_id, text=text[:ANSWER_LIMIT] or None)
    except SendRejected:
        return


@contextmanager
def _harmless() -> Iterator[None]:
    """What says so already is no error; what may be repeated is never uncertain."""
    try:
        with urgency(Urgency.CARD, patience=PATIENCE), translated():
            yield
    except SendRejected as error:
        if not any(words in error.detail.casefold() for words in _DONE):
            raise
    except SendUncertain as error:
        raise SendDeferred(error.fault, error.detail) from error


def _number(sent_as: str) -> int:
    return int(sent_as.partition("/")[0].rpartition(":")[2])
