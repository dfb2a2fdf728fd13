"""The buttons of a manager's work: what they carry; and their row under a card."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.buttons import Button, Keyboard, RowId, is_free, may_act, stand_ins
from bot.texts import Say
from inbox.model import Manager
from inbox.ports import Card, CardState

# Where a page of a list begins.
Offset = Annotated[int, Field(ge=0, le=1_000_000)]


class WorkDeed(StrEnum):
    """What is begun at a client's message."""

    TEMPLATE = "t"
    TASK = "k"
    NOTE = "n"
    CLIENT = "c"


class WorkButton(CallbackData, prefix="wk"):
    """Begin something at a client's message."""

    deed: WorkDeed
    message_id: RowId


def work_rows(say: Say, card: Card, reader: Manager) -> Keyboard:
    """What a manager does with a message beside answering it."""
    if is_free(card.holder) or not may_act(reader, card.holder, stand_ins(card)):
        return ()

    def button(text: str, deed: WorkDeed) -> Button:
        return Button(text, WorkButton(deed=deed, message_id=card.message_id))

    work = [
        button(say("Task"), WorkDeed.TASK),
        button(say("Note"), WorkDeed.NOTE),
        button(say("Client"), WorkDeed.CLIENT),
    ]
    if card.state in {CardState.WAITING, CardState.ANSWERED}:
        work.insert(0, button(say("Template"), WorkDeed.TEMPLATE))
    return (tuple(work),)
