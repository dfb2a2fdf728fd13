"""Text with formatting, measured in UTF-16 units as the Bot API does (MessageEntity)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from inbox.model import Entity

MESSAGE_LIMIT = 4096
MOST_ENTITIES = 100  # Bot API: entities behind the hundredth are ignored

_SENDABLE = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "pre",
        "text_link",
        "blockquote",
        "expandable_blockquote",
    }
)
_LINKS = ("https://", "http://", "mailto:", "tel:", "tg://")
# Characters that reorder or hide what is around them: a name must not turn a line about.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(_encoded(text)) // 2


def one_line(text: str, limit: int) -> str:
    """A foreign name or subject on one line, at most `limit` UTF-16 units, "…" where cut."""
    line = " ".join(_INVISIBLE.sub(" ", _valid(text)).split())
    if units(line) <= limit:
        return line
    return _prefix(line, limit - 1).rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Rich:
    """A text and its entities, which always lie inside of it."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    @classmethod
    def foreign(cls, text: str, entities: Iterable[Entity] = ()) -> Rich:
        """Somebody else's text, made safe: valid UTF-16, only entities a bot may send."""
        valid = _valid(text)
        whole = cls(valid, tuple(_safe(entities, units(valid))))
        start = units(valid) - units(valid.lstrip())
        return whole.part(start, units(valid.rstrip()))

    @property
    def units(self) -> int:
        return units(self.text)

    def __add__(self, other: Rich | str) -> Rich:
        if isinstance(other, str):
            return Rich(self.text + other, self.entities)
        shift = self.units
        moved = (replace(each, offset=each.offset + shift) for each in other.entities)
        return Rich(self.text + other.text, (*self.entities, *moved))

    def styled(self, kind: str) -> Rich:
        """The whole of it as one entity of this kind."""
        if not self.text:
            return self
        return Rich(self.text, (Entity(kind, 0, self.units), *self.entities))

    def part(self, start: int, end: int) -> Rich:
        """Units from `start` to `end`, with the entities clipped to them."""
        if start >= end:
            return Rich()
        text = _encoded(self.text)[2 * start : 2 * end].decode("utf-16-le", "replace")
        clipped = (_clipped(each, start, end) for each in self.entities)
        return Rich(text, tuple(each for each in clipped if each.length > 0))

    def cut(self, limit: int) -> tuple[Rich, Rich]:
        """The beginning of at most `limit` units, ended where it reads well, and the rest."""
        total = self.units
        if total <= limit:
            return self, Rich()
        window = _prefix(self.text, limit)
        end = _good_end(window)
        head = self.part(0, units(window[:end].rstrip()))
        start = units(window[:end])
        rest = self.part(start, total)
        gap = units(rest.text) - units(rest.text.lstrip())
        return head, rest.part(gap, rest.units)

    def pieces(self, limit: int = MESSAGE_LIMIT) -> Iterator[Rich]:
        """All of it, in messages of at most `limit` units."""
        rest = self
        while rest.text:
            piece, rest = rest.cut(limit)
            if piece.text:
                yield piece


NOTHING = Rich()


def joined(lines: Iterable[Rich], separator: str = "\n") -> Rich:
    """The lines that are not empty, one below the other."""
    result = Rich()
    for line in lines:
        if line.text:
            result = result + separator + line if result.text else line
    return result


def _good_end(window: str) -> int:
    """Where to end: behind the last line or word, if that is in the window's last third."""
    earliest = len(window) * 2 // 3
    for mark in ("\n", " "):
        at = window.rfind(mark, earliest)
        if at > 0:
            return at
    return len(window)


def _safe(entities: Iterable[Entity], total: int) -> Iterator[Entity]:
    kept = 0
    for each in sorted(entities, key=lambda entity: (entity.offset, -entity.length)):
        clipped = _clipped(each, 0, total)
        if each.kind not in _SENDABLE or clipped.length <= 0 or kept == MOST_ENTITIES:
            continue
        if each.kind == "text_link" and not (each.url or "").lower().startswith(_LINKS):
            continue
        kept += 1
        yield clipped


def _clipped(entity: Entity, start: int, end: int) -> Entity:
    first = max(entity.offset, start)
    last = min(entity.offset + entity.length, end)
    return replace(entity, offset=first - start, length=last - first)


def _prefix(text: str, limit: int) -> str:
    """At most `limit` units, no surrogate pair torn."""
    return _encoded(text)[: 2 * limit].decode("utf-16-le", "ignore")


def _valid(text: str) -> str:
    """The same units with lone surrogates and NUL, which no server takes, replaced one by one."""
    return _encoded(text).decode("utf-16-le", "replace").replace("\x00", "\ufffd")


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
