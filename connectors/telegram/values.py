"""Single values out of foreign JSON, each checked: whatever stands there, nothing is raised."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_LARGEST = 2**63 - 1  # what a database can count to; Telegram's ids have 52 bits
_EARLIEST = datetime(2013, 8, 14, tzinfo=UTC)  # Telegram's first day
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
# Neither half an emoji nor NUL can be stored; one unit each, so that offsets stay true.
_BROKEN = re.compile("[\x00\ud800-\udfff]")


def mapping(value: object) -> Mapping[str, Any]:
    """An object; empty where it is none."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list, without what else is in it."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(value: object) -> str:
    """A text that can be stored and sent, as long in UTF-16 units as it was; "" for no text."""
    return _BROKEN.sub("\ufffd", value) if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """A whole number of at most 63 bits."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) <= _LARGEST else None


def real(value: object, bound: float) -> float | None:
    """A finite number between -bound and bound."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= bound and math.isfinite(value) else None


def instant(value: object, otherwise: datetime) -> datetime:
    """Unix seconds as UTC; `otherwise` where they are none, or of no time that can be meant."""
    seconds = whole(value)
    if seconds is None or not _EARLIEST.timestamp() <= seconds <= _LATEST.timestamp():
        return otherwise
    return datetime.fromtimestamp(seconds, UTC)
