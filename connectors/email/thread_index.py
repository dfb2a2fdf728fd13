"""Outlook's own thread header: Thread-Index, 22 bytes of the thread and five for every answer.

[MS-OXOMSG] 2.2.1.3: one byte 1, five bytes of the time, a GUID; then child blocks of a bit for the
scale, 31 bits of time since the header's and a byte of chance. Desktop Outlook threads by it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import UTC, datetime

MOST_CHILDREN = 150
_HEADER, _CHILD = 22, 5
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_TICKS = 10_000_000  # a FILETIME counts 100 ns
_LOW_BITS = 16  # of the FILETIME, which the header leaves out
_FINE, _COARSE = 18, 23  # bits of a time difference that a child block leaves out


def answered(index: str, root_id: str, asked_at: datetime, written_at: datetime, key: str) -> str:
    """The answer's Thread-Index: the asked mail's `index`, or a new one, and a child block.

    `root_id` names the thread where `index` is none, `key` the answer. The same for the same.
    """
    known = _decoded(index) or _header(asked_at, root_id)
    if len(known) >= _HEADER + MOST_CHILDREN * _CHILD:
        known = known[:-_CHILD]
    return base64.b64encode(known + _child(known, written_at, key)).decode("ascii")


def begun(root_id: str, written_at: datetime) -> str:
    """The Thread-Index of a thread's first mail."""
    return base64.b64encode(_header(written_at, root_id)).decode("ascii")


def _decoded(index: str) -> bytes | None:
    try:
        known = base64.b64decode("".join(index.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    whole = len(known) >= _HEADER and (len(known) - _HEADER) % _CHILD == 0
    return known if whole and known[0] == 1 else None


def _header(at: datetime, root_id: str) -> bytes:
    guid = hashlib.sha256(root_id.encode("utf-8", "replace")).digest()[:16]
    return b"\1" + (_filetime(at) >> _LOW_BITS).to_bytes(6, "big")[1:] + guid


def _child(known: bytes, at: datetime, key: str) -> bytes:
    begun_at = int.from_bytes(known[:6], "big") << _LOW_BITS
    passed = max(_filetime(at) - begun_at, 0)
    coarse = passed >> _FINE >= 1 << 31
    units = min(passed >> (_COARSE if coarse else _FINE), (1 << 31) - 1)
    chance = hashlib.sha256(key.encode("utf-8", "replace")).digest()[:1]
    return (coarse << 31 | units).to_bytes(4, "big") + chance


def _filetime(at: datetime) -> int:
    passed = at.astimezone(UTC) - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * _TICKS + passed.microseconds * 10
