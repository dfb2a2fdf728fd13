"""Buttons under the card of a mail: read it whole, correct its class, choose who is answered."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from bot.buttons import Button, Keyboard, RowId, may_act
from bot.rich import one_line
from bot.texts import Say
from inbox.corrections import DOUBTFUL
from inbox.model import Manager, Nature
from inbox.ports import Card

NAME_LIMIT = 30  # UTF-16 units
MAIL = "email"


class MailDeed(StrEnum):
    """What a button under a mail's card does."""

    WHOLE = "w"
    ORIGINAL = "o"
    FETCH = "f"
    PERSON = "p"
    AUTOMATIC = "a"
    WHY = "y"
    SPLIT = "s"
    ONLY_SENDER = "n"
    EVERYBODY = "e"
    FORWARDED = "d"


class MailButton(CallbackData, prefix="m"):
    """A deed on one message."""

    deed: MailDeed
    message_id: RowId


def mail_keyboard(say: Say, card: Card, reader: Manager, others: Sequence[str]) -> Keyboard:
    """The rows below the usual ones; `others`: who gets the answer beside the sender."""
    if card.conversation.channel_id.partition(":")[0] != MAIL or not may_act(reader, card.holder):
        return ()

    def button(text: str, deed: MailDeed) -> Button:
        return Button(text, MailButton(deed=deed, message_id=card.message_id))

    whole = button(say("Whole text"), MailDeed.WHOLE)
    rows: list[tuple[Button, ...]] = [(whole, button(say("Original"), MailDeed.ORIGINAL))]
    if card.cut_off and card.message.attachments:
        rows.append((button(say("Fetch the files"), MailDeed.FETCH),))
    if others:
        name = one_line(card.message.sender_name, NAME_LIMIT)
        alone = button(say("Answer {name} alone", name=name), MailDeed.ONLY_SENDER)
        everybody = button(say("Answer everybody"), MailDeed.EVERYBODY)
        rows.append((everybody if card.only_sender else alone,))
    if card.message.nature is Nature.OWN and card.message.forwarded is not None:
        name = one_line(card.message.forwarded_name, NAME_LIMIT)
        rows.insert(0, (button(say("It is from {name}", name=name), MailDeed.FORWARDED),))
    why = button(say("Why?"), MailDeed.WHY)
    if card.message.nature is Nature.PERSON:
        rows.append((button(say("Not a person"), MailDeed.AUTOMATIC), why))
    elif card.message.nature in DOUBTFUL:
        rows.append((button(say("A person wrote this"), MailDeed.PERSON), why))
    else:
        rows.append((why,))
    if card.placing.guessed:
        rows.append((button(say("Split off"), MailDeed.SPLIT),))
    return tuple(rows)
