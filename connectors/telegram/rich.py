"""Rich messages, block by block: none of them vanishes, known or not.

https://core.telegram.org/bots/api#richmessage
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from connectors.telegram.media import carried
from connectors.telegram.rich_text import Writer, button, expression, inline
from connectors.telegram.values import mapping, objects, words

_FILES = ("photo", "video", "animation", "audio", "document", "voice_note")
_RULE = "———"

Block = Mapping[str, Any]


def blocks(to: Writer, given: object) -> None:
    """Blocks one under the other; those of the message itself with an empty line between."""
    outermost = to.outermost
    for block in given if isinstance(given, list) else []:
        to.line(apart=outermost)
        with to.deeper() as allowed:
            if allowed:
                _block(to, mapping(block))


def _block(to: Writer, block: Block) -> None:
    kind = words(block.get("type"))
    if kind in _BLOCKS:
        _BLOCKS[kind](to, block)
    else:
        _unknown(to, block, kind)


def _text(to: Writer, block: Block, kind: str = "") -> None:
    with to.marked(kind, language=words(block.get("language")) or None):
        inline(to, block.get("text"))
        blocks(to, block.get("blocks"))
    _credit(to, block)


def _credit(to: Writer, block: Block) -> None:
    if block.get("credit"):
        to.line()
        to.write("— ")
        inline(to, block["credit"])


def _quote(to: Writer, block: Block, kind: str) -> None:
    """Quotations do not nest in a plain text: the outer one stands for all."""
    outer, to.quoted = to.quoted, True
    _text(to, block, "" if outer else kind)
    to.quoted = outer


def _rule(to: Writer, _: Block) -> None:
    to.write(_RULE)


def _anchor(_: Writer, __: Block) -> None:
    """A place to jump to: nothing is there to be seen."""


def _list(to: Writer, block: Block) -> None:
    for one in objects(block.get("items")):
        label = words(one.get("label")).strip() or "•"
        if one.get("has_checkbox") is True:
            label = "☑" if one.get("is_checked") is True else "☐"
        with to.item(label):
            blocks(to, one.get("blocks"))


def _table(to: Writer, block: Block) -> None:
    """Rows of "a | b | c"."""
    with to.marked("bold"):
        inline(to, block.get("caption"))
    rows = block.get("cells")
    for row in rows if isinstance(rows, list) else []:
        to.line()
        for number, cell in enumerate(objects(row)):
            to.write(" | " if number else "")
            with to.marked("bold" if cell.get("is_header") is True else ""):
                inline(to, cell.get("text"))


def _details(to: Writer, block: Block) -> None:
    with to.marked("bold"):
        inline(to, block.get("summary"))
    to.line()
    blocks(to, block.get("blocks"))


def _gallery(to: Writer, block: Block) -> None:
    blocks(to, block.get("blocks"))
    _caption(to, block)


def _buttons(to: Writer, block: Block) -> None:
    for one in objects(block.get("buttons")):
        to.line()
        button(to, one)


def _file(to: Writer, block: Block, kind: str) -> None:
    found = carried({kind: block.get(kind)}, to.origin)
    if not found:
        to.write(f"[{kind}]")
    to.attachments += found
    _caption(to, block)


def _caption(to: Writer, block: Block) -> None:
    caption = mapping(block.get("caption"))
    to.line()
    inline(to, caption.get("text"))
    _credit(to, caption)


def _unknown(to: Writer, block: Block, kind: str) -> None:
    """Named, and every text found where other blocks have theirs."""
    to.write(f"[{kind or '?'}]")
    for key in ("summary", "text", "expression"):
        to.line()
        inline(to, block.get(key))
    blocks(to, block.get("blocks"))
    _list(to, block)
    _table(to, {"cells": block.get("cells")})
    _caption(to, block)
    _credit(to, block)


_BLOCKS: dict[str, Callable[[Writer, Block], None]] = {
    "paragraph": _text,
    "heading": partial(_text, kind="bold"),
    "pre": partial(_text, kind="pre"),
    "footer": partial(_text, kind="italic"),
    "thinking": partial(_text, kind="italic"),
    "divider": _rule,
    "mathematical_expression": expression,
    "anchor": _anchor,
    "list": _list,
    "blockquote": partial(_quote, kind="blockquote"),
    "expandable_blockquote": partial(_quote, kind="expandable_blockquote"),
    "pullquote": partial(_quote, kind="blockquote"),
    "collage": _gallery,
    "slideshow": _gallery,
    "table": _table,
    "details": _details,
    "map": partial(_file, kind="location"),
    "buttons": _buttons,
    **{kind: partial(_file, kind=kind) for kind in _FILES},
}
