"""Buttons under desk messages: what they carry (64 bytes, no ":" in values) and say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.texts import Say
from inbox.model import Manager, Role
from inbox.ports import Card, CardState

# Somebody may send made-up data: a number that no database takes is no button of ours.
RowId = Annotated[int, Field(ge=0, lt=2**63)]


class CardDeed(StrEnum):
    """What a card's button does."""

    TAKE = "t"
    DISMISS = "d"
    HAND_OVER = "o"
    HISTORY = "h"
    SHOW = "s"


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


class PageButton(CallbackData, prefix="p"):
    """The list of what waits, from this place on."""

    offset: Annotated[int, Field(ge=0, le=100_000)]


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


def card_keyboard(say: Say, card: Card, reader: Manager) -> Keyboard:
    """The buttons that make sense in the card's present state, for this reader."""
    number = card.conversation.id
    history = Button(say("History"), CardButton(deed=CardDeed.HISTORY, conversation_id=number))
    hand_over = Button(
        say("Hand over"), CardButton(deed=CardDeed.HAND_OVER, conversation_id=number)
    )
    dismiss = Button(
        say("No reply needed"), CardButton(deed=CardDeed.DISMISS, conversation_id=number)
    )
    if not may_act(reader, card.holder):
        return ()
    if is_free(card.holder):
        take = CardButton(deed=CardDeed.TAKE, conversation_id=number)
        return ((Button(say("Take"), take, "success"),), (dismiss, history))
    if card.state is CardState.WAITING:
        return ((dismiss,), (hand_over, history))
    return ((history,),)


def may_act(me: Manager, holder: Manager | None) -> bool:
    """Who may command and answer in a conversation: its holder and the holder's deputy, heads
    and admins; while nobody holds it, every member."""
    if not me.active:
        return False
    if holder is None or is_free(holder) or me.id in {holder.id, holder.deputy_id}:
        return True
    return me.role is not Role.MANAGER


def is_free(holder: Manager | None) -> bool:
    """Whether nobody holds the conversation: whoever did may have left the studio."""
    return holder is None or not holder.active


def pages(offset: int, shown: int, *, more: bool) -> tuple[Button, ...]:
    """Buttons to the page before and behind."""
    before = Button("←", PageButton(offset=max(0, offset - shown)))
    behind = Button("→", PageButton(offset=offset + shown))
    return (*((before,) if offset else ()), *((behind,) if more else ()))
