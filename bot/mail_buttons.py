"""Buttons under the card of a mail: read it whole, correct its class, choose who is answered."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from bot.buttons import Button, Keyboard, RowId, in_rows, may_act, stand_ins
from bot.rich import one_line, units
from bot.texts import Say, mark
from inbox.corrections import DOUBTFUL
from inbox.model import Manager, Nature
from inbox.ports import Card, CardState

NAME_LIMIT = 30  # UTF-16 units
SHOWN_WHOLE = 3000  # what surely fits on the card beside all else
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
    if card.conversation.channel_id.partition(":")[0] != MAIL:
        return ()
    if not may_act(reader, card.holder, stand_ins(card)):
        return ()

    def button(text: str, deed: MailDeed) -> Button:
        return Button(text, MailButton(deed=deed, message_id=card.message_id))

    reading = [button(say("Original"), MailDeed.ORIGINAL)]
    if card.message.quoted or units(card.message.text) > SHOWN_WHOLE:
        reading.insert(0, button(say("Whole text"), MailDeed.WHOLE))
    correction = _correction(card)
    if correction is not None:
        reading.append(button(say(correction[0]), correction[1]))
    rows: list[tuple[Button, ...]] = list(in_rows(reading, 2))
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
    if card.placing.guessed:
        rows.append((button(say("Split off"), MailDeed.SPLIT),))
    return tuple(rows)


def _correction(card: Card) -> tuple[str, MailDeed] | None:
    """How the message's class can be corrected; once it was answered, /why is enough."""
    if card.message.nature is Nature.PERSON:
        waits = card.state is not CardState.ANSWERED
        return (mark("Not a person"), MailDeed.AUTOMATIC) if waits else None
    if card.message.nature in DOUBTFUL:
        return mark("A person wrote this"), MailDeed.PERSON
    return None
