"""Where reading stands: a place in every folder.

One folder: "UIDVALIDITY:UID:NEWEST" and, while history is being read, ":HISTORY"; several: a JSON
object of the same by folder name. UID is the last one taken, NEWEST the arrival of the newest mail
taken (Unix seconds), which finds the place again when UIDVALIDITY changes; mail up to the UID
HISTORY was there before the first run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inbox.errors import ChannelPaused, Fault


@dataclass(frozen=True, slots=True)
class Place:
    """How far one folder was read."""

    uid_validity: int
    uid: int
    newest: int = 0
    history: int = 0

    def after(self, uid: int, arrived_at: datetime | None, now: datetime) -> Place:
        """The place once this mail was taken; a date in the future counts as now."""
        newest = self.newest
        if arrived_at is not None:
            newest = max(newest, int(min(arrived_at, now).timestamp()))
        return replace(self, uid=uid, newest=newest)

    def __str__(self) -> str:
        text = f"{self.uid_validity}:{self.uid}:{self.newest}"
        return f"{text}:{self.history}" if self.history > self.uid else text


def decode(cursor: str | None, folders: Sequence[str]) -> dict[str, Place]:
    """The places behind a stored cursor. Raises ChannelPaused where it cannot be read."""
    if cursor is None:
        return {}
    try:
        texts = json.loads(cursor) if cursor.startswith("{") else {folders[0]: cursor}
        places = {str(name): _place(text) for name, text in texts.items()}
    except (ValueError, TypeError, AttributeError):
        raise ChannelPaused(Fault.MALFORMED, f"stored mail cursor {cursor[:80]!r}") from None
    return {name: place for name, place in places.items() if name in folders}


def encode(places: Mapping[str, Place], folders: Sequence[str]) -> str:
    """The cursor to store; places of folders that were never read are left out."""
    if len(folders) == 1:
        return str(places[folders[0]])
    return json.dumps({name: str(place) for name, place in places.items()}, ensure_ascii=False)


def _place(text: str) -> Place:
    numbers = [int(part) for part in text.split(":")]
    if not 2 <= len(numbers) <= 4 or min(numbers) < 0:
        raise ValueError(text)
    return Place(*numbers)
