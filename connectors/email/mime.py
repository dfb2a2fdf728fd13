"""Where a mail's parts lie in its bytes: one pass, no recursion, nothing copied but headers.

The standard library's parser was measured first: it recurses over nested parts, holds a 30 MB
mail eight times, and ends a header at an unindented continuation.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.email.headers import Headers, parameters

FOOTER = "text behind the last part"  # as mailing lists append it
MAX_DEPTH = 50
MAX_PARTS = 500
MAX_HEADER_BYTES = 1_000_000
MAX_FIELDS = 1_000
_MAX_LINE = 65_536
_MAX_DELIMITERS = 200_000
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
_KNOWN_FIELDS_TEXT = (
    "from to cc subject date message-id received mime-version content-type return-path sender "
    "reply-to delivered-to"
)
_KNOWN_FIELDS = frozenset(_KNOWN_FIELDS_TEXT.split())


@dataclass(slots=True)
class Part:
    """One part: its headers and the stretch of the mail's bytes that is its content."""

    path: str
    headers: Headers
    start: int
    end: int
    content_type: str = "text/plain"
    params: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    boundary: bytes = b""

    @property
    def encoding(self) -> str:
        """Content-Transfer-Encoding in lower case."""
        return self.headers.text("content-transfer-encoding").split(";")[0].strip().lower()


@dataclass(slots=True)
class Mail:
    """A mail's bytes, its tree of parts, and what was doubtful while reading it."""

    payload: bytes
    root: Part
    doubts: list[str]

    def walk(self) -> Iterator[Part]:
        """All parts, parents first; depth is bounded by MAX_DEPTH."""
        waiting = [self.root]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.parts))

    def content(self, part: Part, limit: int | None = None) -> bytes:
        """The decoded bytes of a part; of its first `limit` encoded bytes where given."""
        end = part.end if limit is None else min(part.end, part.start + limit)
        raw = self.payload[part.start : end]
        match part.encoding:
            case "base64":
                return _from_base64(raw)
            case "quoted-printable":
                return binascii.a2b_qp(raw)
            case "x-uuencode" | "uuencode" | "x-uue":
                return _from_uuencode(raw)
            case _:
                return raw

    def size(self, part: Part) -> int | None:
        """Size of the decoded content in bytes, without decoding large ones; None: unknown."""
        if part.encoding == "base64":
            count = self.payload.count
            junk = sum(count(space, part.start, part.end) for space in (b"\r", b"\n", b" "))
            padding = count(b"=", max(part.start, part.end - 8), part.end)
            return max(0, (part.end - part.start - junk) * 3 // 4 - padding)
        if part.encoding in {"", "7bit", "8bit", "binary"}:
            return part.end - part.start
        if part.end - part.start <= 1_000_000:
            return len(self.content(part))
        return None


def scan(payload: bytes) -> Mail:
    """The tree of parts of a mail; never raises, and says in `doubts` what was not right."""
    if b"\n" not in payload:
        payload = payload.replace(b"\r", b"\n")
    return _Scan(payload).run()


class _Scan:
    """The state of one pass: the multiparts that are open, outermost first, and the open leaf."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.open: list[Part] = []
        self.leaf: Part | None = None
        self.boundaries: set[bytes] = set()
        self.doubts: list[str] = []
        self.count = 1

    def run(self) -> Mail:
        headers, start = self._headers(0)
        root = self._part("0", headers, start, "text/plain")
        if not _KNOWN_FIELDS & headers.names():
            self.doubts.append("not a mail")
            whole = Part("0", headers, 0, len(self.payload))
            return Mail(self.payload, whole, self.doubts)
        self._enter(root)
        position = max(0, start - 1)
        looked = 0
        while self.open:
            at = self.payload.find(b"\n--", position)
            looked += 1
            if at < 0 or looked > _MAX_DELIMITERS or self.count >= MAX_PARTS:
                self.doubts.append("cut off" if at < 0 else "too many parts")
                self._end_down_to(0, len(self.payload) if at < 0 else at)
                break
            position = self._line(at)
        if root.parts and self.payload[root.end :].strip(b"- \t\r\n"):
            self.doubts.append(FOOTER)
        return Mail(self.payload, root, self.doubts)

    def _line(self, at: int) -> int:
        """Handle the line behind the newline at `at`, which starts with two hyphens."""
        found = self.payload.find(b"\n", at + 3)
        line_end = len(self.payload) if found < 0 else found
        line = self.payload[at + 3 : min(line_end, at + 1_000)].rstrip()
        closes = line not in self.boundaries and line.endswith(b"--")
        boundary = line[:-2] if closes else line
        if boundary not in self.boundaries:
            return line_end
        level = max(i for i, part in enumerate(self.open) if part.boundary == boundary)
        before = at - 1 if self.payload[at - 1 : at] == b"\r" else at
        self._end_down_to(level + 1, before)
        if closes:
            self._leave(line_end)
            return line_end
        return self._begin(self.open[level], line_end + 1)

    def _begin(self, parent: Part, start: int) -> int:
        digest = parent.content_type == "multipart/digest"
        headers, content = self._headers(min(start, len(self.payload)))
        number = str(len(parent.parts) + 1)
        path = number if parent.path == "0" else f"{parent.path}.{number}"
        part = self._part(path, headers, content, "message/rfc822" if digest else "text/plain")
        parent.parts.append(part)
        self.count += 1
        self._enter(part)
        return content - 1

    def _part(self, path: str, headers: Headers, start: int, default: str) -> Part:
        kind, params = parameters(headers.raw("content-type"))
        if not re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}", kind):
            kind = "text/plain" if kind.startswith("text") else default
        return Part(path, headers, start, len(self.payload), kind, params)

    def _enter(self, part: Part) -> None:
        self.leaf = part
        if not part.content_type.startswith("multipart/"):
            return
        boundary = part.params.get("boundary", "").encode("latin-1", "replace").rstrip()
        if not boundary or len(self.open) >= MAX_DEPTH:
            self.doubts.append("no boundary" if not boundary else "nested too deep")
            return
        part.boundary = boundary
        self.leaf = None
        self.open.append(part)
        self.boundaries.add(boundary)

    def _leave(self, end: int) -> None:
        self.open.pop().end = end
        self.boundaries = {part.boundary for part in self.open}

    def _end_down_to(self, level: int, end: int) -> None:
        if self.leaf is not None:
            self.leaf.end = max(self.leaf.start, end)
            self.leaf = None
        while len(self.open) > level:
            self._leave(end)

    def _headers(self, start: int) -> tuple[Headers, int]:
        """The header fields from `start` and where the content begins."""
        fields: list[tuple[str, list[bytes]]] = []
        position = start
        while position < len(self.payload):
            found = self.payload.find(b"\n", position)
            following = len(self.payload) if found < 0 else found + 1
            line = self.payload[position : min(following, position + _MAX_LINE)].rstrip(b"\r\n")
            if not line:
                position = following
                break
            if line.startswith(b"--") or not self._field(fields, line, following):
                break
            position = following
            if position - start > MAX_HEADER_BYTES or len(fields) > MAX_FIELDS:
                self.doubts.append("header too large")
                position = self._behind_blank_line(position)
                break
        return Headers([(name, b"\n".join(lines)) for name, lines in fields]), position

    def _field(self, fields: list[tuple[str, list[bytes]]], line: bytes, following: int) -> bool:
        """Take a header line in; False where the header must have ended without a blank line."""
        field_match = _FIELD.match(line)
        if line[0] in b" \t" and fields:
            fields[-1][1].append(line)
        elif field_match:
            fields.append((field_match[1].decode("ascii").lower(), [field_match[2]]))
        elif not line.startswith((b"From ", b">From ")) or fields:
            self.doubts.append("broken header")
            if not fields or not self._more_fields(following):
                return False
            fields[-1][1].append(b" " + line)
        return True

    def _more_fields(self, position: int) -> bool:
        """Whether fields follow before the header's blank line or the next part."""
        for line in self.payload[position : position + 4_096].split(b"\n")[:20]:
            if not line.strip() or line.startswith(b"--"):
                return False
            if _FIELD.match(line):
                return True
        return False

    def _behind_blank_line(self, position: int) -> int:
        ends = [self.payload.find(mark, position) + len(mark) for mark in (b"\n\n", b"\n\r\n")]
        found = [end for end in ends if end > 2]
        return min(found, default=len(self.payload))


def _from_base64(raw: bytes) -> bytes:
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        clean = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        clean = clean[:-1] if len(clean) % 4 == 1 else clean
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def _from_uuencode(raw: bytes) -> bytes:
    out: list[bytes] = []
    for line in raw.split(b"\n"):
        text = line.rstrip(b"\r")
        if not text or text.startswith(b"begin ") or text == b"end":
            continue
        try:
            out.append(binascii.a2b_uu(text))
        except binascii.Error:
            used = ((text[0] - 32) & 63) * 4 // 3 + 2
            try:
                out.append(binascii.a2b_uu(text[:used]))
            except binascii.Error:
                continue
    return b"".join(out)
