"""Buttons about replies: stop one, correct it, take it back, choose whom it goes to, send it all
the same; that somebody is answering; what a message said before."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from bot.buttons import Button, Keyboard, RowId, is_free, may_act, stand_ins
from bot.mail_buttons import MAIL, SHOWN_WHOLE, MailButton, MailDeed
from bot.rich import units
from bot.texts import Say
from inbox.model import Conversation, Manager
from inbox.ports import Card, CardState, Reply, ReplyState

# Bot API, deleteMessage: what was sent less than 48 hours ago.
TAKEN_BACK_WITHIN = timedelta(hours=48)


class TakeBackDeed(StrEnum):
    """What a button about taking back does: it asks first."""

    ASK = "a"
    DO = "d"
    LEAVE = "l"


class UndoButton(CallbackData, prefix="xu"):
    """Stop a reply that has not gone out yet."""

    reply_id: RowId


class CorrectButton(CallbackData, prefix="xc"):
    """Send what the author changed a mail to as a correction."""

    reply_id: RowId


class TakeBackButton(CallbackData, prefix="xt"):
    """Delete a reply on the client's side."""

    deed: TakeBackDeed
    reply_id: RowId


class ToWhomButton(CallbackData, prefix="xw"):
    """The member's own message of this number goes to this conversation; 0: to nobody."""

    message_id: RowId
    conversation_id: RowId


class InsideButton(CallbackData, prefix="xn"):
    """The member's own message of this number, an answer to a note, stays inside or goes out."""

    message_id: RowId
    inside: bool


class AnywayButton(CallbackData, prefix="xa"):
    """The member's own message of this number goes out although somebody answered already."""

    message_id: RowId
    send: bool


class AnsweringButton(CallbackData, prefix="xi"):
    """The presser is about to answer."""

    conversation_id: RowId


class BeforeButton(CallbackData, prefix="xb"):
    """What the message said before the client changed it."""

    message_id: RowId


def reply_rows(say: Say, card: Card, reader: Manager, now: datetime, *, shared: bool) -> Keyboard:
    """The rows of a card that are about replies; `shared`: several members read this very card."""
    if not may_act(reader, card.holder, stand_ins(card)):
        return ()
    rows: list[tuple[Button, ...]] = []
    several = shared or is_free(card.holder) or card.stand_in is not None
    if several and card.state is CardState.WAITING:
        answering = AnsweringButton(conversation_id=card.conversation.id)
        rows.append((Button(say("✍ I answer"), answering),))
    last = card.last_reply
    if last is not None and may_be_taken_back(last, card.conversation, now):
        taken = TakeBackButton(deed=TakeBackDeed.ASK, reply_id=last.id)
        rows.append((Button(say("Take back the answer"), taken),))
    if card.edited_at is not None:
        rows.append(_about_an_edit(say, card))
    return tuple(rows)


def _about_an_edit(say: Say, card: Card) -> tuple[Button, ...]:
    """What the message said before; and, as the card is only redrawn, all of a long new text."""
    before = Button(say("What it said before"), BeforeButton(message_id=card.message_id))
    if card.conversation.channel_id.startswith(MAIL) or units(card.message.text) <= SHOWN_WHOLE:
        return (before,)
    whole = MailButton(deed=MailDeed.WHOLE, message_id=card.message_id)
    return (before, Button(say("Whole text"), whole))


def may_be_taken_back(reply: Reply, conversation: Conversation, now: datetime) -> bool:
    """Whether the channel can still delete it on the client's side, as far as we know; in own
    accounts at any time."""
    if reply.state is not ReplyState.SENT or not reply.sent_as or reply.sent_at is None:
        return False
    own_account = conversation.recipient.kind == "telegram_business"
    return own_account or now - reply.sent_at < TAKEN_BACK_WITHIN
