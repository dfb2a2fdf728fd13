"""A reply's text with its entities as HTML for mail; everything of the text is escaped.

Entities are those of Telegram (offsets in UTF-16 units); kinds without a meaning in mail are
left as plain text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from inbox.model import Entity

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_LINK = re.compile(r"(?:https?|mailto|tel|tg):", re.IGNORECASE)


def to_html(text: str, entities: Sequence[Entity]) -> str:
    """The text as HTML without a document around it; lines end in <br>, but not in <pre>."""
    units = text.encode("utf-16-le", "surrogatepass")
    spans = [span for entity in entities if (span := _span(units, entity))]
    edges = {0, len(units)}.union(*((span.start, span.end) for span in spans))
    parts = []
    for start, end in pairwise(sorted(edges)):
        around = [span for span in spans if span.start <= start and end <= span.end]
        piece = html.escape(units[start:end].decode("utf-16-le", "replace"))
        if not any(span.before == "<pre>" for span in around):
            piece = piece.replace("\n", "<br>\r\n")
        before = "".join(span.before for span in around)
        parts.append(before + piece + "".join(span.after for span in reversed(around)))
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of UTF-16 bytes and the tags around it."""

    start: int
    end: int
    before: str
    after: str


def _span(units: bytes, entity: Entity) -> _Span | None:
    start = min(max(2 * entity.offset, 0), len(units))
    end = min(max(2 * (entity.offset + entity.length), start), len(units))
    if entity.kind in _TAGS:
        tag = _TAGS[entity.kind]
        return _Span(start, end, f"<{tag}>", f"</{tag}>")
    target = _target(entity, units[start:end].decode("utf-16-le", "replace"))
    if not _LINK.match(target):
        return None
    return _Span(start, end, f'<a href="{html.escape(target)}">', "</a>")


def _target(entity: Entity, shown: str) -> str:
    match entity.kind:
        case "text_link":
            return entity.url or ""
        case "email":
            return f"mailto:{shown}"
        case "url":
            return shown if "://" in shown else f"https://{shown}"
        case _:
            return ""


def escaped(text: str) -> str:
    """Plain text as HTML."""
    return to_html(text, ())


def linked(text: str) -> str:
    """Plain text as HTML, its web addresses as links."""
    entities = [
        Entity("url", _units(text[: found.start()]), _units(found[0]))
        for found in _ADDRESS.finditer(text)
    ]
    return to_html(text, entities)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
