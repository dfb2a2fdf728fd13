"""The buttons of templates, of the price list and of quotes: what they carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.buttons import RowId
from bot.work_buttons import Offset


class ListDeed(StrEnum):
    """What a button in the list of templates, or in the price list, does.

    USE to CANCEL stand below a client's message and name it; the others keep the list.
    """

    USE = "u"
    CHOOSE = "o"
    SEND = "x"
    ANYWAY = "y"
    CHANGE = "w"
    CANCEL = "q"
    LIST = "l"
    SHOW = "s"
    NEW = "n"
    EDIT = "e"
    DROP = "d"
    RESTORE = "r"
    OUT = "c"
    IN = "i"


class TemplateButton(CallbackData, prefix="tp"):
    """A deed on a template; `offset`: where the page of the list begins that it came from."""

    deed: ListDeed
    template_id: RowId = 0
    message_id: RowId = 0
    offset: Offset = 0


class TemplateLanguageButton(CallbackData, prefix="tg"):
    """For clients of which language a template is; "a" for all."""

    template_id: RowId
    language: Annotated[str, Field(pattern=r"^[a-z]{1,2}$")]


class PriceButton(CallbackData, prefix="pi"):
    """A deed on an item of the price list; as a template's. `seen`: when the item that is shown
    was changed last, in seconds since 1970."""

    deed: ListDeed
    item_id: RowId = 0
    message_id: RowId = 0
    offset: Offset = 0
    seen: Annotated[int, Field(ge=0, lt=2**33)] = 0


class TakeInButton(CallbackData, prefix="ti"):
    """Whether the list of the file that was read is taken in."""

    take: bool


class QuoteDeed(StrEnum):
    """What the manager says of a quote that was made."""

    AGREED = "a"
    ASK_WITHDRAW = "q"
    WITHDRAW = "w"
    LEAVE = "l"


class QuoteButton(CallbackData, prefix="qt"):
    """A deed on a quote."""

    deed: QuoteDeed
    quote_id: RowId
