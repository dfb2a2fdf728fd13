"""Folder names on the wire, and which folder holds what was sent.

Names are modified UTF-7 (RFC 3501, 5.1.3) in quotes; roles are RFC 6154 attributes.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

_PLAIN = re.compile(r"[\x20-\x25\x27-\x7e]+|&|[^\x20-\x7e]+")
_SHIFTED = re.compile(r"&([^-]*)-")
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) (?P<name>.*)', re.DOTALL)

SENT_NAMES = (
    "Sent",
    "Sent Items",
    "Sent Messages",
    "Sent Mail",
    "Отправленные",
    "Отправленное",
    "[Gmail]/Sent Mail",
    "[Gmail]/Отправленные",
    "INBOX.Sent",
    "INBOX/Sent",
    "INBOX.Sent Items",
    "INBOX.Sent Messages",
    "INBOX.Отправленные",
    "INBOX/Отправленные",
)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as LIST tells it; `flags` are lower-case, with their backslash."""

    name: str
    flags: frozenset[str]


def encode_name(name: str) -> str:
    """A folder's name in modified UTF-7, quoted, ready for a command line."""
    parts = []
    for run in _PLAIN.findall(name):
        if run == "&":
            parts.append("&-")
        elif run.isascii() and run.isprintable():
            parts.append(run)
        else:
            shifted = base64.b64encode(run.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
            parts.append(f"&{shifted.decode()}-")
    return quote("".join(parts))


def decode_name(name: str) -> str:
    """The name behind modified UTF-7; what cannot be decoded stays as it is."""

    def unshift(found: re.Match[str]) -> str:
        encoded = found[1].replace(",", "/")
        if not encoded:
            return "&"
        try:
            padded = encoded + "=" * (-len(encoded) % 4)
            return base64.b64decode(padded, validate=True).decode("utf-16-be")
        except (binascii.Error, ValueError):
            return found[0]

    return _SHIFTED.sub(unshift, name)


def quote(text: str) -> str:
    """An IMAP quoted string (RFC 3501, 4.3)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parse_list(lines: Sequence[bytes | bytearray]) -> tuple[Folder, ...]:
    """Folders from the lines of a LIST answer, literals among them."""
    folders = []
    for line, following in zip(lines, [*lines[1:], b""], strict=False):
        listed = None if isinstance(line, bytearray) else _LISTED.match(line)
        if listed is None:
            continue
        name = bytes(listed["name"])
        if re.fullmatch(rb"\{\d+\}", name):
            name = bytes(following)
        elif name.startswith(b'"'):
            name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
        flags = frozenset(listed["flags"].decode("ascii", "replace").lower().split())
        folders.append(Folder(decode_name(name.decode("utf-8", "replace")), flags))
    return tuple(folders)


def sent_folder(folders: Sequence[Folder]) -> str | None:
    """Where sent mail is kept: by role, then by the names in use; None where none is known."""
    usable = [folder for folder in folders if "\\noselect" not in folder.flags]
    for folder in usable:
        if "\\sent" in folder.flags:
            return folder.name
    by_name = {folder.name.casefold(): folder.name for folder in usable}
    known = (by_name.get(name.casefold()) for name in SENT_NAMES)
    return next((name for name in known if name is not None), None)
