"""What stands in braces in a template, and what takes its place: pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.rich import Rich, units
from inbox.calendars import Hours
from inbox.errors import NoWorkingTime
from inbox.model import Entity

LOOKED_AHEAD = timedelta(days=60)

PLACEHOLDER = re.compile(r"\{(\w+)\}")
_KNOWN = {
    "client": "client",
    "manager": "manager",
    "opening": "opening",
    "клиент": "client",
    "менеджер": "manager",
    "открытие": "opening",
}

Values = Mapping[str, str]


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """Words in braces that stand for nothing."""
    found = (one for one in PLACEHOLDER.findall(text) if one.casefold() not in _KNOWN)
    return tuple(dict.fromkeys(found))


def filled(text: Rich, values: Values) -> Rich:
    """The text with `values` (client, manager, opening) in the place of its placeholders.

    Where a value is empty, a comma and spaces before the placeholder go too.
    """
    found = [_change(text.text, one, values) for one in PLACEHOLDER.finditer(text.text)]
    changes = [one for one in found if one is not None]
    said, at = "", 0
    for one in changes:
        said, at = f"{said}{text.text[at : one.start]}{one.value}", one.end
    return Rich(
        said + text.text[at:], tuple(_moved(text.text, each, changes) for each in text.entities)
    )


class _Change(NamedTuple):
    """From which letter to which a value takes the place of a text."""

    start: int
    end: int
    value: str


def _change(text: str, found: re.Match[str], values: Values) -> _Change | None:
    name = _KNOWN.get(found[1].casefold())
    if name is None:
        return None
    value = values.get(name, "")
    start = found.start() if value else len(text[: found.start()].rstrip(" ,"))
    return _Change(start, found.end(), value)


def _moved(text: str, entity: Entity, changes: Sequence[_Change]) -> Entity:
    """The formatting over the same words; over a whole placeholder, over its value."""
    start = _place(text, entity.offset, changes)
    end = _place(text, entity.offset + entity.length, changes)
    return replace(entity, offset=start, length=end - start)


def _place(text: str, at: int, changes: Sequence[_Change]) -> int:
    """Where a place of the text is now, in UTF-16 units; one inside of a placeholder is behind
    its value."""
    moved = at
    for one in changes:
        start, end = units(text[: one.start]), units(text[: one.end])
        if start < at:
            moved += units(one.value) - (min(at, end) - start)
    return moved


def needs_filling(text: str) -> bool:
    """Whether there is a placeholder in it."""
    return any(one.casefold() in _KNOWN for one in PLACEHOLDER.findall(text))


def opening_after(hours: Hours, now: datetime) -> datetime | None:
    """When the doors open next, later than `now`; None where no opening is known."""
    try:
        opens = hours.next_opening(now)
    except NoWorkingTime:
        return None
    if opens > now:
        return opens
    spans = hours.spans(now, now + LOOKED_AHEAD)
    return next((start for start, _ in spans if start > now), None)
