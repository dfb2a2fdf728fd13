"""Durations as people write them in the settings: "90s", "45m", "2h", "1h 30m"."""

from __future__ import annotations

import re
from datetime import timedelta

from inbox.phrases import Phrase

MOST = timedelta(days=365)

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
_DURATION = re.compile(r"(?:\d{1,8}[smh]\s*)+", re.ASCII)
_PART = re.compile(r"(\d+)([smh])")


def parse_duration(text: str) -> timedelta:
    """The time that "90s", "45m", "2h" or "1h 30m" says. Raises ValueError with a sentence."""
    said = text.strip().lower()
    if not _DURATION.fullmatch(said):
        raise ValueError(Phrase('must be a duration such as "90s", "45m" or "2h"'))
    parts = (timedelta(**{_UNITS[unit]: int(n)}) for n, unit in _PART.findall(said))
    total = sum(parts, timedelta())
    if total > MOST:
        raise ValueError(Phrase("must be a year at most"))
    return total
