"""Just enough of CMS (RFC 5652) in BER to reach what an opaque signature wraps."""

from __future__ import annotations

from typing import NamedTuple

_SEQUENCE, _OID, _OCTETS, _CONTEXT_0 = 0x30, 0x06, 0x04, 0xA0
_CONSTRUCTED_OCTETS = 0x24
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_ENVELOPED = frozenset(
    bytes.fromhex(oid) for oid in ("2a864886f70d010703", "2a864886f70d0109100117")
)
_MAX_CHUNKS = 100_000
_MAX_DEPTH = 8


class _Element(NamedTuple):
    """A tag and where its content lies; `next` is where the following element begins."""

    tag: int
    start: int
    end: int
    next: int


def is_encrypted(data: bytes) -> bool:
    """Whether the content type is enveloped data: nobody without the key can read it."""
    return _content_type(data) in _ENVELOPED


def signed_content(data: bytes) -> bytes | None:
    """The mail inside signed data; None where it is not signed data or cannot be read."""
    try:
        if _content_type(data) != _SIGNED_DATA:
            return None
        outer = _element(data, 0)
        signed = _first(data, _nth(data, outer, 1))
        encapsulated = _nth(data, signed, 2)
        wrapper = _nth(data, encapsulated, 1)
        if wrapper.tag != _CONTEXT_0:
            return None
        return _octets(data, _first(data, wrapper), 0)
    except (IndexError, ValueError):
        return None


def _content_type(data: bytes) -> bytes:
    try:
        outer = _element(data, 0)
        name = _first(data, outer)
    except (IndexError, ValueError):
        return b""
    if outer.tag != _SEQUENCE or name.tag != _OID:
        return b""
    return data[name.start : name.end]


def _first(data: bytes, parent: _Element) -> _Element:
    return _nth(data, parent, 0)


def _nth(data: bytes, parent: _Element, number: int) -> _Element:
    at = parent.start
    for _ in range(number):
        at = _element(data, at).next
    if at >= parent.end:
        raise ValueError("no such element")
    return _element(data, at)


def _element(data: bytes, at: int, depth: int = 0) -> _Element:
    """The element at a position. Raises IndexError or ValueError where there is none."""
    tag, length = data[at], data[at + 1]
    start = at + 2
    if length == 0x80:
        end = _end_of_indefinite(data, start, depth + 1)
        return _Element(tag, start, end, end + 2)
    if length > 0x80:
        size = length & 0x7F
        if size > 4:
            raise ValueError("a length beyond 4 GB")
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > len(data):
        raise ValueError("cut off")
    return _Element(tag, start, start + length, start + length)


def _end_of_indefinite(data: bytes, at: int, depth: int) -> int:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deep")
    for _ in range(_MAX_CHUNKS):
        if data[at] == 0 and data[at + 1] == 0:
            return at
        at = _element(data, at, depth).next
    raise ValueError("too many elements")


def _octets(data: bytes, element: _Element, depth: int) -> bytes:
    """An OCTET STRING, whole or in chunks."""
    if element.tag == _OCTETS:
        return data[element.start : element.end]
    if element.tag != _CONSTRUCTED_OCTETS or depth > _MAX_DEPTH:
        raise ValueError("not octets")
    chunks: list[bytes] = []
    at = element.start
    while at < element.end:
        chunk = _element(data, at)
        chunks.append(_octets(data, chunk, depth + 1))
        at = chunk.next
    return b"".join(chunks)
