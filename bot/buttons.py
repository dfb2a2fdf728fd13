"""Buttons under desk messages: what they carry (64 bytes, no ":" in values) and say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.texts import Say
from inbox.actions import UNDO
from inbox.model import Manager, Nature, Role
from inbox.ports import Card, CardState

# Somebody may send made-up data: a number that no database takes, or whose next one it does not
# take, is no button of ours.
RowId = Annotated[int, Field(ge=0, lt=2**63 - 1)]
# From 1970 to 2199, as calendars know them: a date's ordinal, minutes since 1970 began.
DayNumber = Annotated[int, Field(ge=719_163, lt=803_168)]
Minute = Annotated[int, Field(ge=0, lt=120_960_000)]


class CardDeed(StrEnum):
    """What a card's button does."""

    TAKE = "t"
    DISMISS = "d"
    HAND_OVER = "o"
    HISTORY = "h"
    SHOW = "s"
    PHONED = "p"
    PROMISE = "m"
    UNDO = "u"


class PromiseDeed(StrEnum):
    """What a button about a promise does."""

    KEPT = "k"
    WITHDRAW = "w"
    ASK_WITHDRAW = "a"
    TELL = "t"
    LEAVE = "l"


class PickDeed(StrEnum):
    """What the buttons beside days and times do."""

    DAYS = "d"
    OTHER = "o"
    CANCEL = "c"


class ReplyDeed(StrEnum):
    """What a button under an unsent reply does."""

    TRY_AGAIN = "a"
    ARRIVED = "v"


class CardButton(CallbackData, prefix="c"):
    """A deed on a conversation."""

    deed: CardDeed
    conversation_id: RowId


class HandButton(CallbackData, prefix="h"):
    """Hand the conversation over to this manager; 0 takes the question back."""

    conversation_id: RowId
    manager_id: RowId


class ReplyButton(CallbackData, prefix="r"):
    """What the manager decides about a reply that did not surely go out."""

    deed: ReplyDeed
    reply_id: RowId


class WhyButton(CallbackData, prefix="w"):
    """Why a message is shown and counted as it is."""

    message_id: RowId


class QuestionButton(CallbackData, prefix="q"):
    """What was taken for thanks needs an answer."""

    message_id: RowId


class TakeOnButton(CallbackData, prefix="e"):
    """Somebody takes an escalated wait on (rule 20)."""

    wait_id: RowId


class PromiseButton(CallbackData, prefix="k"):
    """A deed on a promise, which is a wait."""

    deed: PromiseDeed
    wait_id: RowId


class DayButton(CallbackData, prefix="d"):
    """A day for a promise: the date's ordinal, in the presser's zone."""

    conversation_id: RowId
    day: DayNumber


class TimeButton(CallbackData, prefix="t"):
    """The instant of a promise, in minutes since 1970 (UTC)."""

    conversation_id: RowId
    minute: Minute


class PickButton(CallbackData, prefix="b"):
    """What can be chosen in the place of a day or a time."""

    deed: PickDeed
    conversation_id: RowId


class WaitingOrder(StrEnum):
    """How the list of what waits is sorted."""

    DUE = "d"
    CLIENT = "c"


class PageButton(CallbackData, prefix="p"):
    """The list of what waits, from this place on; `own`: only the presser's clients."""

    offset: Annotated[int, Field(ge=0, le=100_000)] = 0
    own: bool = False
    order: WaitingOrder = WaitingOrder.DUE


class RoleButton(CallbackData, prefix="v"):
    """The role of the member to be invited."""

    role: str


class LanguageButton(CallbackData, prefix="l"):
    """The language the reader wants."""

    language: str


@dataclass(frozen=True, slots=True)
class Button:
    """What a button says and carries; `style` as in the Bot API ("danger", "success")."""

    text: str
    data: CallbackData
    style: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


def card_keyboard(say: Say, card: Card, reader: Manager, now: datetime) -> Keyboard:
    """The buttons that make sense in the card's present state, for this reader."""
    if not may_act(reader, card.holder, stand_ins(card)):
        return ()

    def button(text: str, deed: CardDeed, style: str | None = None) -> Button:
        return Button(text, CardButton(deed=deed, conversation_id=card.conversation.id), style)

    promise = button(say("Promise"), CardDeed.PROMISE)
    asking = (
        button(say("History"), CardDeed.HISTORY),
        Button(say("Why?"), WhyButton(message_id=card.message_id)),
    )
    ending = (
        button(say("No reply needed"), CardDeed.DISMISS),
        button(say("Answered by phone"), CardDeed.PHONED),
    )
    if is_free(card.holder):
        return ((button(say("Take"), CardDeed.TAKE, "success"),), ending, asking)
    if card.state is CardState.WAITING:
        return (ending, (promise, button(say("Hand over"), CardDeed.HAND_OVER)), asking)
    if card.state is CardState.ANSWERED:
        return ((promise, *asking),)
    if _just_dismissed(card, now):
        return ((button(say("Undo"), CardDeed.UNDO),), asking)
    if card.state is CardState.QUIET and card.message.nature is Nature.THANKS:
        question = QuestionButton(message_id=card.message_id)
        return ((Button(say("This needs an answer"), question),), asking)
    return (asking,)


def _just_dismissed(card: Card, now: datetime) -> bool:
    closing = card.wait.closing if card.wait is not None else None
    if card.state is not CardState.DISMISSED or closing is None:
        return False
    return now - closing.at < UNDO


def stand_ins(card: Card) -> tuple[Manager, ...]:
    """Who sees the card in the place of its holder."""
    return (card.stand_in,) if card.stand_in is not None else ()


def may_act(me: Manager, holder: Manager | None, stand_ins: Collection[Manager] = ()) -> bool:
    """Who may command and answer in a conversation: its holder, the holder's deputy, whoever
    stands in now, heads and admins; while nobody holds it, every member."""
    if not me.active or me.role is Role.CHAT:
        return False
    if holder is None or is_free(holder) or me.id in {holder.id, holder.deputy_id}:
        return True
    return me.role is not Role.MANAGER or any(one.id == me.id for one in stand_ins)


def is_free(holder: Manager | None) -> bool:
    """Whether nobody holds the conversation: whoever did may have left the studio."""
    return holder is None or not holder.active


def in_rows(buttons: Sequence[Button], width: int) -> Keyboard:
    """At most so many buttons beside each other, in rows as even as can be: 7 are 4 and 3."""
    rows = max(1, -(-len(buttons) // width))
    ends = [-(-len(buttons) * row // rows) for row in range(rows + 1)]
    return tuple(tuple(buttons[start:end]) for start, end in pairwise(ends) if start < end)


def pages(
    offset: int,
    shown: int,
    *,
    more: bool,
    to: Callable[[int], CallbackData] = lambda offset: PageButton(offset=offset),
) -> tuple[Button, ...]:
    """Buttons to the page before and behind; `to`: what leads to the page from a place on."""
    before = Button("←", to(max(0, offset - shown)))
    behind = Button("→", to(offset + shown))
    return (*((before,) if offset else ()), *((behind,) if more else ()))
