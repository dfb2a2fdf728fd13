"""Mail within a part: winmail.dat, opaque S/MIME and uuencoded files, as MIME to be scanned.

What is found inside is read like any other mail; its parts are named "<path of the part>/<path>".
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote_from_bytes

from connectors.email import cms, tnef
from connectors.email.charset import decode
from connectors.email.headers import parameters
from connectors.email.mime import Mail, Part

MAX_LEVELS = 3
_TNEF = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_SMIME = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_UNKNOWN = "application/octet-stream"
_UU_BEGIN = re.compile(rb"(?m)^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n")
_UU_LINE = re.compile(rb"[ -`]{1,90}")


class NeedsLimits(Exception):
    """There is a winmail.dat, which is opened only where time and memory are limited."""


class Piece(NamedTuple):
    """A part to be written: its type, its bytes, and its file name, "" for a text."""

    content_type: str
    content: bytes
    name: str = ""


def is_tnef(part: Part) -> bool:
    """Outlook's winmail.dat, however it is declared."""
    return part.content_type in _TNEF or (
        part.content_type == _UNKNOWN and _name(part) == "winmail.dat"
    )


def is_smime(part: Part) -> bool:
    """An opaque S/MIME part: signed, encrypted, or something else of CMS."""
    return part.content_type in _SMIME or (
        part.content_type == _UNKNOWN and _name(part) == "smime.p7m"
    )


def unwrapped(mail: Mail, part: Part, *, open_tnef: bool = True) -> bytes | None:
    """The mail within the part; None where it holds none that can be read. NeedsLimits."""
    if part.parts:
        return None
    if is_tnef(part):
        if not open_tnef:
            raise NeedsLimits
        pieces = tnef.pieces(mail.content(part))
        return as_mime([Piece(*piece) for piece in pieces]) if pieces else None
    if is_smime(part):
        return cms.signed_content(mail.content(part))
    if part.content_type == "text/plain" and part.encoding in {"", "7bit", "8bit", "binary"}:
        return _with_uuencoded_files(mail.payload[part.start : part.end], part)
    return None


def _name(part: Part) -> str:
    _, params = parameters(part.headers.raw("content-disposition"))
    return (params.get("filename") or part.params.get("name") or "").lower()


def _with_uuencoded_files(data: bytes, part: Part) -> bytes | None:
    """The text around uuencoded files, and the files; None where there are none."""
    if b"begin" not in data:
        return None
    pieces: list[Piece] = []
    texts: list[bytes] = []
    position = 0
    for begin in _UU_BEGIN.finditer(data):
        end = re.compile(rb"(?m)^end\s*$").search(data, begin.end())
        if begin.start() < position or end is None:
            continue
        content = _uudecoded(data[begin.end() : end.start()])
        if content is not None:
            texts.append(data[position : begin.start()].rstrip())
            name = decode(begin[1].strip(), part.params.get("charset"))
            pieces.append(Piece(_UNKNOWN, content, name))
            position = end.end()
    if not pieces:
        return None
    texts.append(data[position:].strip())
    text = Piece(part.headers.raw("content-type").decode("latin-1"), b"\n\n".join(texts))
    return as_mime([text, *pieces])


def _uudecoded(data: bytes) -> bytes | None:
    """None where a line is no uuencoded one: then it is text that only begins like it."""
    out: list[bytes] = []
    for raw in data.split(b"\n"):
        line = raw.rstrip(b"\r")
        if not line.strip(b" `"):
            continue
        if not _UU_LINE.fullmatch(line):
            return None
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            used = (((line[0] - 32) & 63) * 4 + 5) // 3 + 1
            try:
                out.append(binascii.a2b_uu(line[:used]))
            except binascii.Error:
                return None
    return b"".join(out)


def as_mime(pieces: Sequence[Piece]) -> bytes:
    """A multipart/mixed mail of these pieces; its boundary stands in none of them."""
    number = 0
    while any(b"okno%d" % number in piece.content for piece in pieces):
        number += 1
    boundary = b"okno%d" % number
    lines = [b"Content-Type: multipart/mixed; boundary=" + boundary, b""]
    for piece in pieces:
        lines += [b"--" + boundary, *_head(piece), b"", piece.content]
    return b"\n".join([*lines, b"--" + boundary + b"--", b""])


def _head(piece: Piece) -> list[bytes]:
    kind = re.sub(r"[\r\n]+[ \t]*", " ", piece.content_type).strip() or "text/plain"
    head = [b"Content-Type: " + kind.encode("latin-1", "replace")]
    if piece.name:
        name = quote_from_bytes(piece.name.encode("utf-8", "replace"), safe="")
        head.append(b"Content-Disposition: attachment; filename*=utf-8''" + name.encode("ascii"))
    return head
