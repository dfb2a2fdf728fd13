"""Mails above the size cap: header and text are taken, a file comes when somebody wants it.

A skeleton is the mail with its parts emptied, so that it is read like any other: what it holds is
listed, and a part's number is the one by which IMAP hands it over (RFC 3501, 6.4.5).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from connectors.email.attachments import WHOLE, disposition
from connectors.email.faults import LoginRefused, MailFault, Refused
from connectors.email.folders import quote
from connectors.email.mime import Mail, Part, scan
from connectors.email.session import ImapSession
from inbox.errors import Fault, FileUnavailable

BEGINNING_BYTES = 256 * 1024
EMBEDDED_BYTES = 8 * 1024  # more than a signature's logo, see attachments.SMALLEST_INLINE_IMAGE
MOST_FILE_BYTES = 70 * 1024 * 1024  # encoded; Telegram takes 50 MB
AT_ONCE = 10
MOST_PARTS = 200
MOST_DEPTH = 10
_PART = re.compile(r"\d{1,4}(\.\d{1,4}){0,50}")


async def skeleton(session: ImapSession, uid: int) -> bytes | None:
    """The mail without its files; None where it has no parts or the server does not tell them.

    Raises SessionLost.
    """
    try:
        header = (await session.sections(uid, ["HEADER"], most=BEGINNING_BYTES)).get("HEADER")
        if not header or len(header) >= BEGINNING_BYTES:
            return None
        root = scan(_closed(header)).root
        if not root.content_type.startswith("multipart/") or not root.params.get("boundary"):
            return None
        body = await _Skeleton(session, uid).of(root, "", 0)
    except Refused:
        return None
    return _closed(header) + body if body else None


class _Skeleton:
    """The walk over one mail's parts; `count` bounds it."""

    def __init__(self, session: ImapSession, uid: int) -> None:
        self._session = session
        self._uid = uid
        self._count = 0

    async def of(self, parent: Part, number: str, depth: int) -> bytes:
        boundary = parent.params["boundary"].encode("latin-1", "replace")
        pieces: list[bytes] = []
        for path, head in await self._children(number):
            part = scan(_named(head)).root
            nested = part.content_type.startswith("multipart/") and part.params.get("boundary")
            if nested and depth < MOST_DEPTH:
                content = await self.of(part, path, depth + 1)
            else:
                content = await self._content(part, path)
            pieces.append(b"--" + boundary + b"\r\n" + _closed(head) + content + b"\r\n")
        return b"".join([*pieces, b"--" + boundary + b"--\r\n"]) if pieces else b""

    async def _children(self, number: str) -> list[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        prefix = f"{number}." if number else ""
        while self._count < MOST_PARTS:
            first = len(found) + 1
            paths = [f"{prefix}{n}" for n in range(first, first + AT_ONCE)]
            told = await self._session.sections(self._uid, [f"{path}.MIME" for path in paths])
            heads = [(path, told.get(f"{path}.MIME", b"")) for path in paths]
            there = [(path, head) for path, head in heads if head]
            found += there
            self._count += len(there)
            if len(there) < AT_ONCE:
                break
        return found

    async def _content(self, part: Part, path: str) -> bytes:
        """The text, or so much of an embedded picture that it does not pass for a logo."""
        if part.content_type.startswith("text/") and disposition(part) != "attachment":
            most = BEGINNING_BYTES
        elif part.content_type.startswith("image/") and part.headers.raw("content-id"):
            most = EMBEDDED_BYTES
        else:
            return b""
        told = await self._session.sections(self._uid, [path], most=most)
        return told.get(path, b"")


async def fetch_part(
    open_session: Callable[[], Awaitable[ImapSession]],
    note: Mapping[str, str],
    payload: bytes,
    ref: str,
) -> bytes:
    """A file of a mail that was taken without its files, decoded.

    Raises FileUnavailable: the mail is gone, the file is too large, the server does not answer.
    """
    if ref != WHOLE and not _PART.fullmatch(ref):
        raise FileUnavailable(Fault.EXPIRED, f"no part {ref[:40]}")
    try:
        session = await open_session()
        try:
            uid = await _found(session, note, payload)
            section = "" if ref == WHOLE else ref
            expect = min(MOST_FILE_BYTES, int(note.get("size", 0)))
            told = await session.sections(uid, [section], most=MOST_FILE_BYTES, expect=expect)
        finally:
            await session.close()
    except LoginRefused as error:
        raise FileUnavailable(Fault.LOGIN_FAILED, error.reason) from None
    except MailFault as error:
        raise FileUnavailable(Fault.UNREACHABLE, error.reason) from None
    content = told.get(section)
    if content is None:
        raise FileUnavailable(Fault.EXPIRED, f"no part {ref[:40]}")
    if len(content) >= MOST_FILE_BYTES:
        raise FileUnavailable(Fault.TOO_LARGE, f"more than {MOST_FILE_BYTES} bytes")
    return content if ref == WHOLE else await asyncio.to_thread(_decoded, payload, ref, content)


async def _found(session: ImapSession, note: Mapping[str, str], payload: bytes) -> int:
    """The mail's UID today: by its number, else by its Message-ID."""
    selected = await session.select(note["folder"])
    if selected.uid_validity == int(note["uidvalidity"]):
        found: Sequence[int] = await session.search("UID", note["uid"])
    else:
        name = scan(payload).root.headers.text("message-id")
        usable = name.isascii() and name.isprintable() and 2 < len(name) < 900
        found = await session.search("HEADER", "Message-ID", quote(name)) if usable else ()
    if not found:
        raise FileUnavailable(Fault.EXPIRED, "the mail is no longer in its folder")
    return found[-1]


def _decoded(payload: bytes, ref: str, content: bytes) -> bytes:
    part = next((one for one in scan(payload).walk() if one.path == ref), None)
    if part is None:
        raise FileUnavailable(Fault.EXPIRED, f"no part {ref[:40]}")
    whole = replace(part, start=0, end=len(content))
    return Mail(content, whole, []).content(whole)


def _closed(header: bytes) -> bytes:
    """The header with its blank line."""
    return header.rstrip(b"\r\n") + b"\r\n\r\n" if header.strip() else b"\r\n"


def _named(head: bytes) -> bytes:
    """A part's header as the scanner wants it: a mail has at least one field that mails have."""
    return b"MIME-Version: 1.0\r\n" + _closed(head)
