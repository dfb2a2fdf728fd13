"""Members, calendars and zones as they are named on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.absent import named
from bot.cli.frame import BAD_INPUT, refuse
from inbox.calendars import STUDIO
from inbox.model import Manager
from inbox.phrases import Phrase

NONE = "-"


class Post(StrEnum):
    """The roles of people; group chats enter themselves, by /alerts."""

    MANAGER = "manager"
    HEAD = "head"
    ADMIN = "admin"


def member_named(name: str, staff: Sequence[Manager], *, inactive: bool = False) -> Manager:
    """The member of this name, or the only one whose name begins so; with `inactive` one who left
    where nobody else has it. Raises Refusal."""
    there = [one for one in staff if one.active]
    known = [*there, *(one for one in staff if inactive and not one.active)]
    found = next((one for one in known if one.name.casefold() == name.casefold()), None)
    found = found or named(name, there)
    if found is None:
        names = ", ".join(one.name for one in there) or Phrase("nobody")
        sentence = Phrase(
            "There is no {name} in the team (there is: {names}).", name=name, names=names
        )
        refuse(sentence, BAD_INPUT)
    return found


def calendar_in(name: str, names: Sequence[str]) -> str | None:
    """The calendar as the settings name it; None for the studio's. Raises Refusal."""
    if name in {NONE, STUDIO}:
        return None
    found = next((one for one in names if one.casefold() == name.casefold()), None)
    if found is None:
        there = ", ".join(names)
        sentence = Phrase(
            "There is no calendar {name} (there is: {names}).", name=name, names=there
        )
        refuse(sentence, BAD_INPUT)
    return found


def zone_named(name: str) -> str:
    """The IANA name. Raises Refusal."""
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        sentence = Phrase(
            '{name} is not a time zone; write a name such as "Europe/Moscow".', name=name
        )
        refuse(sentence, BAD_INPUT)
