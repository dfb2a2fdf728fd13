"""The text of rich messages on its way into a plain one with entities (Bot API, RichText)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from connectors.telegram.formatting import time_link, user_link, utf16_length
from connectors.telegram.values import mapping, whole, words
from inbox.model import Attachment, Entity

_DEEPEST = 64  # far below Python's own limit, far above what Telegram makes
_STYLES = frozenset(
    {
        *("bold", "italic", "underline", "strikethrough", "spoiler", "code"),
        *("mention", "hashtag", "cashtag", "bot_command"),
    }
)
_PLAIN = frozenset({"marked", "bank_card_number", "anchor_link", "reference", "reference_link"})


class Writer:
    """A text that grows piece by piece, with what stands in it and comes along."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.attachments: list[Attachment] = []
        self.quoted = False  # inside a quotation
        self._parts: list[str] = []
        self._units = 0  # UTF-16
        self._entities: list[Entity] = []
        self._indent = ""
        self._depth = 0
        self._fresh = True  # nothing stands on this line yet
        self._break = ""  # the end of the last line, written once something follows

    @property
    def text(self) -> str:
        """What was written so far."""
        return "".join(self._parts)

    @property
    def entities(self) -> tuple[Entity, ...]:
        """In the order of the text, the outer before the inner."""
        return tuple(sorted(self._entities, key=lambda one: (one.offset, -one.length)))

    @property
    def outermost(self) -> bool:
        """Whether this is the message itself, not a part of something in it."""
        return self._depth == 0

    def write(self, text: str) -> None:
        """Go on with the line."""
        if text:
            whole_text = self._break + text
            self._break = ""
            self._parts.append(whole_text)
            self._units += utf16_length(whole_text)
            self._fresh = False

    def line(self, *, apart: bool = False) -> None:
        """Begin a line where this one has something; `apart`: below an empty one."""
        if not self._fresh:
            self._break = "\n" + self._indent
            self._fresh = True
        if apart and self._break:
            self._break = "\n\n" + self._indent

    @contextmanager
    def item(self, label: str) -> Iterator[None]:
        """A line that begins with a label; what follows below it is moved in."""
        self.line()
        self.write(f"{label} ")
        outer, self._indent = self._indent, self._indent + "  "
        self._fresh = True
        yield
        self._indent, self._fresh = outer, False

    @contextmanager
    def marked(
        self,
        kind: str,
        *,
        url: str | None = None,
        language: str | None = None,
        custom_emoji_id: str | None = None,
    ) -> Iterator[None]:
        """What is written inside has this formatting; kind "": none."""
        start = self._units + utf16_length(self._break)
        yield
        if kind and self._units > start:
            length = self._units - start
            self._entities.append(Entity(kind, start, length, url, language, custom_emoji_id))

    @contextmanager
    def deeper(self) -> Iterator[bool]:
        """Whether one level more may be followed; else "…" stands for it."""
        self._depth += 1
        allowed = self._depth <= _DEEPEST
        if not allowed:
            self.write("…")
        try:
            yield allowed
        finally:
            self._depth -= 1


def inline(to: Writer, node: object) -> None:
    """A RichText: a string, a list, or an object with a `type`, known or not."""
    with to.deeper() as allowed:
        if not allowed:
            return
        if isinstance(node, str):
            to.write(words(node))
        elif isinstance(node, list):
            for one in node:
                inline(to, one)
        elif isinstance(node, dict):
            _styled(to, words(node.get("type")), node)


def _styled(to: Writer, kind: str, node: Mapping[str, Any]) -> None:
    match kind:
        case "anchor":
            return
        case "mathematical_expression":
            expression(to, node)
        case "custom_emoji":
            number = words(node.get("custom_emoji_id")) or None
            with to.marked(kind, custom_emoji_id=number):
                to.write(words(node.get("alternative_text")))
        case "date_time":
            with to.marked(kind, url=time_link(node)):
                inline(to, node.get("text"))
        case "button":
            button(to, mapping(node.get("button")))
        case "superscript" | "subscript":
            to.write("^" if kind == "superscript" else "_")
            inline(to, node.get("text"))
        case _ if kind in _STYLES:
            with to.marked(kind):
                inline(to, node.get("text"))
        case _:
            _linked(to, kind, node)


def _linked(to: Writer, kind: str, node: Mapping[str, Any]) -> None:
    url = _url(kind, node)
    if url is None and kind not in _PLAIN:
        to.write(f"[{kind or '?'}] ")
    with to.marked("text_link" if url else "", url=url):
        inline(to, node.get("text"))


def _url(kind: str, node: Mapping[str, Any]) -> str | None:
    match kind:
        case "url":
            return words(node.get("url")) or None
        case "email_address":
            return f"mailto:{words(node.get('email_address'))}"
        case "phone_number":
            return f"tel:{words(node.get('phone_number'))}"
        case "text_mention":
            user_id = whole(mapping(node.get("user")).get("id"))
            return None if user_id is None else user_link(user_id)
        case _:
            return None


def expression(to: Writer, node: Mapping[str, Any]) -> None:
    """A formula, as it was written."""
    with to.marked("code"):
        to.write(words(node.get("expression")))


def button(to: Writer, about: Mapping[str, Any]) -> None:
    """A button in brackets, a link where it is one."""
    url = words(about.get("url")) or None
    to.write("[")
    with to.marked("text_link" if url else "", url=url):
        inline(to, about.get("text"))
    to.write("]")
