"""A fetched mail as a raw message: its lasting id, its lane, what the server told of it."""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import datetime

from connectors.email.answers import Fetched
from connectors.email.cursor import Place
from inbox.model import RawMessage

MOST_HEADER_BYTES = 256 * 1024
LARGE_BYTES = 1024 * 1024
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_THREAD_FIELDS = tuple(
    re.compile(rb"^" + name + rb"[ \t]*:((?:[^\n]|\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
    for name in (b"References", b"In-Reply-To", b"Message-ID")
)
_ID = re.compile(rb"<[^<>]{1,998}>")


async def of_mail(
    one: Fetched, folder: str, place: Place, *, now: datetime, sent: bool = False
) -> RawMessage:
    """The raw message. Its id is of its bytes: the same mail keeps it when UIDs count anew.

    `note`: folder, uidvalidity, uid, flags, size (bytes at the server); "truncated" where only
    header and text were taken (such a mail's id is of its header and size), "history" where it
    was there before the first run, "sent" where it stood in the Sent folder.
    """
    payload = one.body or b""
    note = _whereabouts(one.uid, folder, place)
    note |= {"flags": " ".join(one.flags or ()), "size": str(one.size or len(payload))}
    identity = payload
    if one.in_part and (one.size is None or len(payload) < one.size):
        note["truncated"] = "1"
        identity = _header(payload) + note["size"].encode()
    if one.uid <= place.history:
        note["history"] = "1"
    if sent:
        note["sent"] = "1"
    # Hashing a large mail would hold up everything else.
    large = len(identity) > LARGE_BYTES
    digest = await asyncio.to_thread(_digest, identity) if large else _digest(identity)
    return RawMessage(
        external_id=f"mail:{digest}",
        lane=f"thread:{thread_root(payload)}",
        payload=payload,
        received_at=one.arrived_at or now,
        note=note,
    )


def of_gap(uid: int, folder: str, place: Place, *, now: datetime) -> RawMessage:
    """A placeholder for a mail that the server lists and does not hand over."""
    name = f"gap:{folder}:{place.uid_validity}:{uid}"
    note = _whereabouts(uid, folder, place) | {"gap": "1"}
    return RawMessage(external_id=name, lane=name, payload=b"", received_at=now, note=note)


def thread_root(payload: bytes) -> str:
    """A short name of the thread: hash of the first id of References, In-Reply-To, Message-ID."""
    header = _header(payload)
    for field in _THREAD_FIELDS:
        found = field.search(header)
        root = _ID.search(found[1]) if found else None
        if root is not None:
            return hashlib.sha256(root[0]).hexdigest()[:24]
    return hashlib.sha256(payload).hexdigest()[:24]


def _header(payload: bytes) -> bytes:
    end = _HEADER_END.search(payload, 0, MOST_HEADER_BYTES)
    return payload[: end.start() if end else MOST_HEADER_BYTES]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:40]


def _whereabouts(uid: int, folder: str, place: Place) -> dict[str, str]:
    return {"folder": folder, "uidvalidity": str(place.uid_validity), "uid": str(uid)}
