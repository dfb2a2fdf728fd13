"""Where reading stands: a place in every folder.

A place is "UIDVALIDITY:UID:NEWEST:HISTORY:START" and, behind "|", the gaps (gaps.py), each
"UID*TRIES*DUE*ARRIVED". UID is the last one passed; NEWEST the arrival of the newest mail taken
(Unix seconds), which finds the place again when UIDVALIDITY changes; mail up to the UID HISTORY
was there before the first run; mail up to START does not concern us. Earlier versions wrote the
first three or four numbers. One folder: its place; several: a JSON object by folder name, in
which the Sent folder stands as "\\Sent NAME".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.email.gaps import Gap
from inbox.errors import ChannelPaused, Fault

SENT = "\\Sent "


@dataclass(frozen=True, slots=True)
class Place:
    """How far one folder was read."""

    uid_validity: int
    uid: int
    newest: int = 0
    history: int = 0
    start: int = 0
    gaps: tuple[Gap, ...] = ()

    def after(self, uid: int, arrived_at: datetime | None, now: datetime) -> Place:
        """The place once this mail was taken; a date in the future counts as now."""
        newest = self.newest
        if arrived_at is not None:
            newest = max(newest, int(min(arrived_at, now).timestamp()))
        history = self.history if self.history > uid else 0
        return replace(self, uid=uid, newest=newest, history=history)

    def gap(self, uid: int) -> Gap | None:
        """The gap at this UID."""
        return next((one for one in self.gaps if one.uid == uid), None)

    def with_gap(self, gap: Gap) -> Place:
        """The place with this gap, in the stead of an earlier one at its UID."""
        return replace(self.without_gap(gap.uid), gaps=(*self.without_gap(gap.uid).gaps, gap))

    def without_gap(self, uid: int) -> Place:
        """The place once the mail is no longer owed."""
        return replace(self, gaps=tuple(one for one in self.gaps if one.uid != uid))

    def __str__(self) -> str:
        numbers = (self.uid_validity, self.uid, self.newest, self.history, self.start)
        text = ":".join(map(str, numbers))
        return f"{text}|{','.join(map(str, self.gaps))}" if self.gaps else text


def decode(cursor: str | None, folders: Sequence[str]) -> dict[str, Place]:
    """The places behind a stored cursor. Raises ChannelPaused where it cannot be read."""
    if cursor is None:
        return {}
    try:
        texts = json.loads(cursor) if cursor.startswith("{") else {folders[0]: cursor}
        places = {str(name): _place(text) for name, text in texts.items()}
    except (ValueError, TypeError, AttributeError):
        raise ChannelPaused(Fault.MALFORMED, f"stored mail cursor {cursor[:80]!r}") from None
    return {
        name: place for name, place in places.items() if name in folders or name.startswith(SENT)
    }


def encode(places: Mapping[str, Place], folders: Sequence[str]) -> str:
    """The cursor to store; places of folders that were never read are left out."""
    if places.keys() == {folders[0]}:
        return str(places[folders[0]])
    return json.dumps({name: str(place) for name, place in places.items()}, ensure_ascii=False)


def _place(text: str) -> Place:
    where, _, owed = text.partition("|")
    numbers = [int(part) for part in where.split(":")]
    if not 2 <= len(numbers) <= 5 or min(numbers) < 0:
        raise ValueError(text)
    # An earlier version did not say where it began: what lies behind is not looked at again.
    validity, uid, newest, history, start = [*numbers, *(0, 0, numbers[1])[len(numbers) - 2 :]]
    gaps = tuple(Gap.read(one) for one in owed.split(",") if one)
    return Place(validity, uid, newest, history, start, gaps)
