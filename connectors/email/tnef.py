"""winmail.dat (MS-OXTNEF) taken apart by tnefparse, which must not be trusted with time or memory.

It is run where time and memory are limited: connectors/email/limited.py.
"""

from __future__ import annotations

import logging
import mimetypes
import struct
from typing import Any

import tnefparse
from tnefparse import properties

from connectors.email.charset import decode

_BROKEN = (
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RecursionError,
    TypeError,
    ValueError,
)
_MAX_DEPTH = 3
_MAX_OBJECTS = 20_000
logging.getLogger("tnefparse").setLevel(logging.CRITICAL + 1)  # it would log what clients wrote

PieceOfTnef = tuple[str, bytes, str]


def pieces(data: bytes) -> list[PieceOfTnef] | None:
    """(media type, bytes, file name or "" for a text) of each thing inside; None: unreadable."""
    try:
        if not _is_whole(data):
            return None
        message = tnefparse.TNEF(data, do_checksum=False)
        found = _pieces(message, depth=0)
    except _BROKEN:
        return None
    return found or None


def _is_whole(data: bytes) -> bool:
    """Whether the last object ends where the data do; a cut one would be taken for whole."""
    at, objects = 6, 0
    while at + 9 <= len(data):
        at += 11 + int.from_bytes(data[at + 5 : at + 9], "little")
        objects += 1
        if objects > _MAX_OBJECTS:
            return False
    return len(data) - 3 <= at <= len(data)


def _pieces(message: Any, depth: int) -> list[PieceOfTnef]:
    found = _body(message)
    for attachment in message.attachments:
        inner = getattr(attachment, "embed", None)
        if inner is not None and depth < _MAX_DEPTH:
            found += _pieces(inner, depth + 1)
            continue
        if not attachment.data:
            raise ValueError("a file without its bytes")
        name = _name(message, attachment)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        found.append((kind, bytes(attachment.data or b""), name or "file"))
    return found


def _body(message: Any) -> list[PieceOfTnef]:
    plain, rich = _text(message, message.body), _text(message, message.htmlbody)
    if plain.strip():
        return [("text/plain; charset=utf-8", plain.encode("utf-8", "replace"), "")]
    if rich.strip():
        return [("text/html; charset=utf-8", rich.encode("utf-8", "replace"), "")]
    try:
        rtf = message.rtfbody
    except _BROKEN:
        rtf = None
    return [("application/rtf", bytes(rtf), "message.rtf")] if rtf else []


def _text(message: Any, value: object) -> str:
    match value:
        case str():
            return value.rstrip("\0")
        case bytes():
            return decode(value.rstrip(b"\0"), message.codepage)
        case list() if value:
            return "".join(_text(message, one) for one in value)
        case _:
            return ""


def _name(message: Any, attachment: Any) -> str:
    """The long name, else the title, else the short one; bytes are in the mail's code page."""
    for wanted in (properties.MAPI_ATTACH_LONG_FILENAME, properties.MAPI_DISPLAY_NAME):
        for attribute in attachment.mapi_attrs:
            if attribute.name == wanted and (name := _text(message, attribute.data)):
                return name
    title = vars(attachment).get("_name", b"")
    return _text(message, title).strip()
