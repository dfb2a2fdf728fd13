"""What a server said, taken apart: FETCH answers and the numbers of SELECT and SEARCH."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

_FETCH = re.compile(rb"\d+ FETCH \(", re.IGNORECASE)
_UID = re.compile(rb"(?:^|[ (])UID (\d{1,10})\b", re.IGNORECASE)
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,15})\b", re.IGNORECASE)
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)", re.IGNORECASE)
_DATE = re.compile(rb'INTERNALDATE "([^"]{20,40})"', re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BODY = re.compile(
    rb"BODY\[([^\]]*)\](?:<\d+>)? (\{\d+\}|NIL|\"(?:[^\"\\]|\\.)*\")", re.IGNORECASE
)
_STATUS = re.compile(rb"\(([^()]*)\)\s*$")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a FETCH told of one message; None for what it did not tell. `size` is in bytes.

    `in_part`: of the body only a part was asked for.
    """

    uid: int
    size: int | None = None
    flags: tuple[str, ...] | None = None
    arrived_at: datetime | None = None
    body: bytes | None = None
    in_part: bool = False

    def merged(self, other: Fetched) -> Fetched:
        """A server may tell of one message in several lines."""
        return replace(
            self,
            size=self.size if other.size is None else other.size,
            flags=self.flags if other.flags is None else other.flags,
            arrived_at=other.arrived_at or self.arrived_at,
            body=self.body if other.body is None else other.body,
        )


def parse_fetch(lines: Sequence[bytes | bytearray]) -> dict[int, Fetched]:
    """FETCH answers by UID; lines without a UID (flags changed elsewhere) are left out."""
    found: dict[int, Fetched] = {}
    for text, literals in _records(lines):
        uid = _UID.search(text)
        if uid is None:
            continue
        told = _told(int(uid[1]), text, literals)
        before = found.get(told.uid)
        found[told.uid] = before.merged(told) if before else told
    return found


def _records(
    lines: Sequence[bytes | bytearray],
) -> Iterator[tuple[bytes, list[bytearray]]]:
    """One answer each: its text without the literals, and the literals (bytearrays)."""
    text: list[bytes] = []
    literals: list[bytearray] = []
    for line in lines:
        if isinstance(line, bytearray):
            literals.append(line)
            continue
        if _FETCH.match(line):
            if text:
                yield b" ".join(text), literals
            text, literals = [], []
        text.append(line)
    if text:
        yield b" ".join(text), literals


def _told(uid: int, text: bytes, literals: list[bytearray]) -> Fetched:
    size, flags, date = _SIZE.search(text), _FLAGS.search(text), _DATE.search(text)
    return Fetched(
        uid=uid,
        size=int(size[1]) if size else None,
        flags=tuple(flags[1].decode("ascii", "replace").split()) if flags else None,
        arrived_at=parse_internal_date(date[1].decode("ascii", "replace")) if date else None,
        body=_body(text, literals),
    )


def _body(text: bytes, literals: list[bytearray]) -> bytes | None:
    found = _BODY.search(text)
    return _content(found[2], iter(literals)) if found is not None else None


def _content(word: bytes, literals: Iterator[bytearray]) -> bytes | None:
    """What a word stands for: the next literal, a quoted string, or nothing."""
    if word.startswith(b"{"):
        literal = next(literals, None)
        return bytes(literal) if literal is not None else None
    return None if word.upper() == b"NIL" else re.sub(rb"\\(.)", rb"\1", word[1:-1])


def parse_sections(uid: int, lines: Sequence[bytes | bytearray]) -> dict[str, bytes]:
    """The sections that FETCH told of one message, by their upper-case names."""
    found: dict[str, bytes] = {}
    for text, literals in _records(lines):
        its = _UID.search(text)
        if its is None or int(its[1]) != uid:
            continue
        waiting = iter(literals)
        for section in _BODY.finditer(text):
            content = _content(section[2], waiting)
            if content is not None:
                found[section[1].decode("ascii", "replace").upper()] = content
    return found


def parse_status(lines: Sequence[bytes | bytearray]) -> tuple[int, int | None] | None:
    """UIDVALIDITY and UIDNEXT of a STATUS answer; None where it does not tell the first."""
    for line in lines[:-1]:
        told = _STATUS.search(bytes(line))
        words = told[1].upper().split() if told else []
        numbers = {
            word: int(number)
            for word, number in zip(words[::2], words[1::2], strict=False)
            if number.isdigit()
        }
        if b"UIDVALIDITY" in numbers:
            return numbers[b"UIDVALIDITY"], numbers.get(b"UIDNEXT")
    return None


def parse_internal_date(text: str) -> datetime | None:
    """INTERNALDATE (RFC 3501, date-time) as UTC; None where it is no date."""
    with contextlib.suppress(ValueError, OverflowError):
        return datetime.strptime(text.strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    return None


def parse_search(lines: Sequence[bytes | bytearray]) -> list[int]:
    """UIDs of a SEARCH answer, ascending, each once; the last line is the tagged one."""
    numbers: set[int] = set()
    for line in lines[:-1]:
        parts = bytes(line).split()
        if all(part.isdigit() and len(part) <= 10 for part in parts):
            numbers.update(map(int, parts))
    return sorted(numbers)


def number_after(word: bytes, lines: Sequence[bytes | bytearray]) -> int | None:
    """The number of a response code such as [UIDVALIDITY 3]."""
    code = re.compile(rb"\[" + word + rb" (\d{1,10})\]", re.IGNORECASE)
    for line in lines:
        found = code.search(line)
        if found is not None:
            return int(found[1])
    return None


def search_day(instant: datetime) -> str:
    """A date for SEARCH (RFC 3501, date), whatever the locale."""
    return f"{instant.day}-{_MONTHS[instant.month - 1]}-{instant.year}"
