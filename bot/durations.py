"""Durations as people write them in the settings: "90s", "45m", "2h", "1h 30m", "365d"."""

from __future__ import annotations

import re
from datetime import timedelta

from inbox.phrases import Phrase

MOST = timedelta(days=365)

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(?:\d{1,8}[smhd]\s*)+", re.ASCII)
_PART = re.compile(r"(\d+)([smhd])")


def parse_duration(text: str, most: timedelta = MOST) -> timedelta:
    """The time that "90s", "45m", "2h" or "1h 30m" says. Raises ValueError with a sentence."""
    said = text.strip().lower()
    if not _DURATION.fullmatch(said):
        raise ValueError(Phrase('must be a duration such as "90s", "45m" or "2h"'))
    parts = (timedelta(**{_UNITS[unit]: int(n)}) for n, unit in _PART.findall(said))
    total = sum(parts, timedelta())
    if total > most:
        years = most // MOST
        raise ValueError(
            Phrase.many("must be {number} year at most", "must be {number} years at most", years)
        )
    return total


def write_duration(length: timedelta) -> str:
    """The duration as `parse_duration` reads it: "1h 30m"; below a second nothing is kept."""
    seconds = int(length.total_seconds())
    parts = zip((seconds // 3600, seconds % 3600 // 60, seconds % 60), "hms", strict=True)
    return " ".join(f"{number}{unit}" for number, unit in parts if number) or "0m"
