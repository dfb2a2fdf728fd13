"""The buttons of a client's card and of the list of clients: what they carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.buttons import RowId
from bot.work_buttons import Offset

# Microseconds since 1970 (UTC), from then to 2199; 0: no instant.
Instant = Annotated[int, Field(ge=0, lt=7_258_118_400_000_000)]
Ordinal = Annotated[int, Field(ge=0, lt=1_000)]
FileMark = Annotated[int, Field(ge=0, lt=2**32)]


class ClientDeed(StrEnum):
    """What a button about a client does. OPEN shows the card in a message of its own, LOOK in this
    one."""

    OPEN = "o"
    LOOK = "v"
    FILES = "f"
    NOTE = "n"
    WRITE = "w"
    HAND_OVER = "h"
    TAKE = "t"


class ClientButton(CallbackData, prefix="cl"):
    """A deed on a client; of a list from this place on."""

    deed: ClientDeed
    client_id: RowId
    offset: Offset = 0


class HistoryButton(CallbackData, prefix="ch"):
    """What was said with a client over all channels, before this instant (0: the newest), without
    the `skip` newest lines of that: of what was said at once a part stands on another page."""

    client_id: RowId
    before: Instant = 0
    skip: Offset = 0


class NotesButton(CallbackData, prefix="cn"):
    """The notes about a client, older than the one with this id (0: the newest)."""

    client_id: RowId
    before_id: RowId = 0


class FileOf(StrEnum):
    """In what a file stands: a client's message, a reply, a note."""

    MESSAGE = "m"
    REPLY = "r"
    NOTE = "n"


class FileButton(CallbackData, prefix="cf"):
    """Show a client's file: where it stands, and what tells it from the others there."""

    of: FileOf
    client_id: RowId
    source_id: RowId
    mark: FileMark


class WriteButton(CallbackData, prefix="cw"):
    """Write to a client first, by this one of the ways there are."""

    client_id: RowId
    way: Ordinal


class GiveButton(CallbackData, prefix="cg"):
    """A client who never wrote goes to this member; 0 takes the question back."""

    client_id: RowId
    manager_id: RowId


class Sorted(StrEnum):
    """How the list of clients is sorted."""

    NAME = "n"
    LATEST = "l"
    WAITING = "w"


class ClientsButton(CallbackData, prefix="cs"):
    """The list of clients from this place on."""

    order: Sorted = Sorted.NAME
    waiting: bool = False
    offset: Offset = 0


class FindClientButton(CallbackData, prefix="csf"):
    """Ask by which part of a name clients are looked for."""
