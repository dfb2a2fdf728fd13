"""What header fields say, however written: words, addresses, parameters, ids and dates."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from connectors.email.charset import decode

MAX_ADDRESSES = 200
MAX_IDS = 50
MAX_ID_LENGTH = 998
_MAX_PARAMETERS = 8_192
_MAX_VALUE = 65_536
_ENCODED = re.compile(r"=\?([^?\s]{1,80})\?([bqBQ])\?(.*?)\?=", re.DOTALL)
_NAMED_CHARSET = re.compile(rb"=\?([A-Za-z0-9_.:-]{2,40})(?:\*[A-Za-z-]{0,10})?\?[bqBQ]\?")
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,200})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")
_SIMPLE = re.compile(
    r'(?:"([^"\\]*)"\s*|([^"<>,;:()@\\\[\]]*))<([^<>@\s,;"()\\]{1,100}@[^<>@\s,;"()\\]{1,255})>'
)
_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,100}@[^\s<>@,;:\"()\\]{1,255}")
_SPACED = re.compile(r"[^\s<>@,;:\"()]+(?: [^\s<>@,;:\"()]+)+@[^\s<>@,;:\"()\\]{1,255}")
_MAX_PHRASE = 2_000
_TOKEN = re.compile(r'"[^"]*"|\([^()]*\)|<[^<>]*>|[,;:]|[^",;:<(]+|.', re.DOTALL)
_QUOTE = "\ue000"  # stands for an escaped quotation mark, so that the pieces stay linear
_ID = re.compile(r"<([^<>]+)>")


class Mailbox(NamedTuple):
    """A name for people (may be "") and an address, case-folded."""

    name: str
    address: str


class Headers:
    """The fields of one part in their order; names are lower case, values raw bytes."""

    __slots__ = ("_fields", "_mailboxes")

    def __init__(self, fields: list[tuple[str, bytes]]) -> None:
        self._fields = fields
        self._mailboxes: dict[str, list[Mailbox]] = {}

    def names(self) -> set[str]:
        """The names present, in lower case."""
        return {name for name, _ in self._fields}

    def all(self, name: str) -> list[bytes]:
        """Raw values of every field of this name, in order."""
        return [value for known, value in self._fields if known == name]

    def raw(self, name: str) -> bytes:
        """The first value of this name that is not blank; b"" where there is none."""
        for known, value in self._fields:
            if known == name and value.strip():
                return value[:_MAX_VALUE]
        return b""

    def text(self, name: str) -> str:
        """The first value as readable text on one line; "" where there is none."""
        raw = self.raw(name)
        text = raw.decode("ascii") if raw.isascii() else decode(raw, self._charset())
        return one_line(decode_words(text))

    def _charset(self) -> str | None:
        """The charset that encoded words in the other fields name: what the sender writes in."""
        for _, value in self._fields:
            found = _NAMED_CHARSET.search(value)
            if found:
                return found[1].decode("ascii")
        return None

    def mailboxes(self, name: str) -> list[Mailbox]:
        """What `addresses` finds in the fields of this name, read once."""
        if name not in self._mailboxes:
            self._mailboxes[name] = addresses(self.all(name))
        return self._mailboxes[name]


def to_text(raw: bytes) -> str:
    """Raw header bytes as text; bytes beyond ASCII, which no header may hold, are guessed."""
    return raw.decode("ascii") if raw.isascii() else decode(raw)


def one_line(text: str) -> str:
    """Without control and direction characters, spaces collapsed."""
    return _SPACES.sub(" ", _UNSAFE.sub("", text)).strip()


def decode_words(text: str) -> str:
    """RFC 2047 encoded words decoded; neighbours of one charset are joined before decoding."""
    if "=?" not in text:
        return text
    out: list[str] = []
    held, held_charset, position = b"", "", 0
    for match in _ENCODED.finditer(text):
        between = text[position : match.start()]
        charset = match[1].lower()
        if held and (between.strip() or charset != held_charset):
            out.append(decode(held, held_charset))
            held = b""
        if between.strip() or not position:
            out.append(between)
        held, held_charset = held + _word(match[2], match[3]), charset
        position = match.end()
    out.append(decode(held, held_charset))
    out.append(text[position:])
    return "".join(out)


def _word(scheme: str, payload: str) -> bytes:
    data = payload.encode("utf-8", "replace")
    if scheme in "qQ":
        return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def parameters(raw: bytes) -> tuple[str, dict[str, str]]:
    """A field's value in lower case and its parameters, RFC 2231 and 2047 forms decoded."""
    text = to_text(raw[:_MAX_PARAMETERS])
    value = one_line(text.split(";", 1)[0]).lower()
    if ";" not in text:
        return value, {}
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(text):
        section = _SECTION.fullmatch(match[1].lower())
        if section is None:
            continue
        content = _unquoted(match[2])
        if section[2] is None and section[3] is None:
            plain.setdefault(section[1], decode_words(content))
        else:
            order = int(section[2] or 0)
            pieces.setdefault(section[1], {})[order] = (content, section[3] is not None)
    for name, sections in pieces.items():
        plain[name] = _joined(sections)
    return value, plain


def _unquoted(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        inner = text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:]
        return re.sub(r'\\(["\\])', r"\1", inner)
    return text


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: sections in order; the first names the charset, encoded ones are percent-coded."""
    charset, data = None, b""
    for order, (content, encoded) in sorted(sections.items()):
        if not encoded:
            data += content.encode("utf-8", "replace")
            continue
        if order == min(sections) and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)  # noqa: PLW2901 - the value behind them
        data += unquote_to_bytes(content)
    return decode_words(decode(data, charset))


def addresses(values: Iterable[bytes]) -> list[Mailbox]:
    """The mailboxes of address fields, at most MAX_ADDRESSES; what is no address is left out."""
    found: list[Mailbox] = []
    for raw in values:
        text = to_text(raw[:_MAX_VALUE])
        simple = _SIMPLE.fullmatch(text.strip())
        if simple:
            found.append(_mailbox(simple[1] or simple[2] or "", simple[3]))
        else:
            found.extend(_split_addresses(text, MAX_ADDRESSES - len(found)))
        if len(found) >= MAX_ADDRESSES:
            break
    return found[:MAX_ADDRESSES]


def _mailbox(name: str, address: str) -> Mailbox:
    readable = one_line(decode_words(name)).strip("\"' ")[:200]
    return Mailbox(
        readable, one_line(address).strip(".'").removeprefix("mailto:").casefold()[:320]
    )


class _Entry:
    """One address while its pieces come in."""

    def __init__(self) -> None:
        self.phrase = self.angle = self.comment = ""

    def take(self, piece: str) -> None:
        if piece[0] == '"' and len(piece) > 1:
            self.phrase += piece[1:-1]
        elif piece[0] == "(" and len(piece) > 1:
            self.comment = self.comment or piece[1:-1]
        elif piece[0] == "<" and len(piece) > 1:
            self.angle = piece[1:-1]
        else:
            self.phrase += piece

    def mailbox(self) -> Mailbox | None:
        if _SPACED.fullmatch(self.angle) and self.phrase.strip():
            return _mailbox(self.phrase.replace(_QUOTE, '"'), self.angle)
        for text in (self.angle, decode_words(self.angle), self.phrase, decode_words(self.phrase)):
            match = _ADDRESS.search(text) if "@" in text else None
            if match:
                name = self.phrase if text in self.angle else text.replace(match[0], "")
                name = name.strip("<>[] ") or self.comment
                return _mailbox(name.replace(_QUOTE, '"'), match[0])
        return None


def _split_addresses(text: str, room: int) -> list[Mailbox]:
    """Token by piece; a comma splits only behind an address, as names hold commas too."""
    found: list[Mailbox] = []
    entry = _Entry()
    for match in _TOKEN.finditer(text.replace('\\"', _QUOTE) + ";"):
        piece = match[0]
        if piece not in ",;:":
            entry.take(piece)
        elif piece == ":":
            entry.phrase = entry.comment = ""
        elif (mailbox := entry.mailbox()) is not None:
            found.append(mailbox)
            entry = _Entry()
            if len(found) >= room:
                break
        elif piece == ";" or len(entry.phrase) > _MAX_PHRASE:
            entry = _Entry()
        else:
            entry.take(piece)
    return found


def message_ids(values: Iterable[bytes]) -> list[str]:
    """Message ids with their angle brackets, in order, each once; over-long ones are left out."""
    found: dict[str, None] = {}
    for raw in values:
        text = decode_words(to_text(raw[-_MAX_VALUE:]))
        bare = _ID.findall(text) or ([text] if len(text.split()) == 1 else [])
        for inner in bare:
            known = "<" + _SPACES.sub("", _UNSAFE.sub("", inner)).strip("<>") + ">"
            if 2 < len(known) <= MAX_ID_LENGTH:
                found[known] = None
    return list(found)


def sent_date(raw: bytes) -> datetime | None:
    """The instant of a Date field in UTC; None where it cannot be read."""
    try:
        parsed = parsedate_to_datetime(to_text(raw[:200]).replace("\n", " ").strip())
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
