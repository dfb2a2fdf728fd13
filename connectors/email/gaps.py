"""Mails that a server listed and did not hand over: remembered, and asked for over time.

A gap stands in the cursor (cursor.py), so that it outlives a restart and is stored in one commit
with the mails around it. After the last try a placeholder is quarantined, which is told to an
administrator.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

PAUSES = (30, 120, 600)  # seconds before each try over time
MOST_GAPS = 20
SEPARATOR = "*"


@dataclass(frozen=True, slots=True)
class Gap:
    """One mail that is owed to us. `due` and `arrived` are Unix seconds; `tries` over time."""

    uid: int
    tries: int
    due: int
    arrived: int

    @classmethod
    def noted(cls, uid: int, arrived_at: datetime | None, now: datetime) -> Gap:
        """A mail that did not come today; one without a date counts as a day old."""
        seconds = int(now.timestamp())
        arrived = int(arrived_at.timestamp()) if arrived_at else seconds - 86_400
        return cls(uid, 0, seconds + PAUSES[0], max(0, arrived))

    @classmethod
    def read(cls, text: str) -> Gap:
        """What `str` wrote. Raises ValueError."""
        numbers = [int(part) for part in text.split(SEPARATOR)]
        if len(numbers) != 4 or min(numbers) < 0:
            raise ValueError(text)
        return cls(*numbers)

    @property
    def given_up(self) -> bool:
        """Whether all tries were made."""
        return self.tries >= len(PAUSES)

    def tried(self, now: datetime) -> Gap:
        """The gap after one more try that failed."""
        tries = self.tries + 1
        pause = PAUSES[min(tries, len(PAUSES) - 1)]
        return replace(self, tries=tries, due=int(now.timestamp()) + pause)

    def __str__(self) -> str:
        return SEPARATOR.join(map(str, (self.uid, self.tries, self.due, self.arrived)))
