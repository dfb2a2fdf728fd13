"""The buttons of how it stands now, and of boards: what they carry."""

from __future__ import annotations

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData


class LiveDeed(StrEnum):
    """What a button under the figures of now does."""

    SHOW = "s"
    BOARD = "b"
    GROUP = "g"
    END = "e"
    WAITING = "w"


class LiveButton(CallbackData, prefix="lv"):
    """SHOW: how it stands now, with the studio (`whole`) or the presser's own clients. BOARD, END:
    a board in the own chat. GROUP: one in a group. WAITING, below a board: who waits."""

    deed: LiveDeed
    whole: bool = False


WAITING = LiveButton(deed=LiveDeed.WAITING)


def is_of_boards(data: str | None) -> bool:
    """Whether this button stands below boards: in any group of the studio."""
    return data == WAITING.pack()
