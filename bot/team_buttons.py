"""The buttons of the team: what they carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.buttons import RowId
from bot.work_buttons import Offset


class TeamDeed(StrEnum):
    """What a button about a member (0: about nobody) does."""

    TEAM = "t"
    CLIENTS = "c"
    ASK_WHOM = "a"


class TeamButton(CallbackData, prefix="tm"):
    """A screen about a member; of a list from this place on."""

    deed: TeamDeed
    manager_id: RowId = 0
    offset: Offset = 0


class TakeClientButton(CallbackData, prefix="tc"):
    """The presser takes this client, whoever has it."""

    client_id: RowId


class HandAllButton(CallbackData, prefix="th"):
    """All clients of a member go to another; not `sure`: it is asked first."""

    from_id: RowId
    to_id: RowId
    sure: bool


class UndoAllButton(CallbackData, prefix="tu"):
    """They go back. `key`: of the press that handed them over."""

    key: Annotated[str, Field(min_length=1, max_length=48, pattern=r"^[0-9A-Za-z _-]+$")]
