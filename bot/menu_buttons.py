"""The buttons of the menu and of the notes about people: what they carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.buttons import RowId

# Telegram's ids of groups are negative and have at most 52 significant bits.
GroupId = Annotated[int, Field(gt=-(2**52), lt=0)]
Place = Annotated[int, Field(ge=0, le=100_000)]


class Screen(StrEnum):
    """Where a button of the menu leads."""

    MAIN = "m"
    INBOX = "i"
    AWAY = "a"
    DAYS = "d"
    ENTER_DAY = "e"
    LANGUAGE = "l"
    HELP = "h"
    INVITE = "v"
    GROUPS = "g"
    LINK_GROUP = "k"
    ACCOUNT = "c"
    TOPICS = "f"
    TEAM = "t"
    SOMEBODY_AWAY = "s"
    ALERTS_GROUP = "r"
    FORUM_GROUP = "o"
    END_FORUM = "x"
    MORE = "z"
    TASKS = "b"
    CLIENTS = "u"
    FIND = "q"
    TEMPLATES = "p"
    PRICES = "y"
    REPORT = "w"
    NOW = "n"


class MenuButton(CallbackData, prefix="mn"):
    """To a screen, in the same message."""

    screen: Screen


class BackButton(CallbackData, prefix="bk"):
    """A member is there again, says a head."""

    manager_id: RowId


class AlertsButton(CallbackData, prefix="al"):
    """A group chat of the team hears no alerts any more."""

    manager_id: RowId


class GroupDeed(StrEnum):
    """What a button about a client group does."""

    ASK = "a"
    PAGE = "p"
    CLIENT = "c"
    NEW = "n"
    LEAVE = "l"
    SHOW = "s"
    ASK_UNLINK = "u"
    UNLINK = "x"


class GroupButton(CallbackData, prefix="gr"):
    """A deed on a group; of a list from this place on."""

    deed: GroupDeed
    chat_id: GroupId
    client_id: RowId = 0
    offset: Place = 0


class JoiningDeed(StrEnum):
    """What a button under "joined" does."""

    ASK = "a"
    SPLIT = "s"
    LEAVE = "l"


class JoiningButton(CallbackData, prefix="jn"):
    """A deed on two people who became one."""

    deed: JoiningDeed
    joining_id: RowId


class SuggestionDeed(StrEnum):
    """What a member says of two people who may be one."""

    SAME = "s"
    OTHER = "o"


class SuggestionButton(CallbackData, prefix="sg"):
    """A decision about a suggestion."""

    deed: SuggestionDeed
    suggestion_id: RowId
