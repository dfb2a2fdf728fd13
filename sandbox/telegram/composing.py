"""The contents of messages people write: text with its entities, attachments, other things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.telegram import kinds
from sandbox.telegram.files import MEDIA_KINDS, attachment
from sandbox.telegram.markup import notable
from sandbox.telegram.world import Bot, World

Content = dict[str, Any]

STORED = frozenset({"kind", "content", "name", "caption", "mime", "size"})


def text(words: str, entities: list[Content] | None = None) -> Content:
    """A text; commands, links and addresses become entities where none are given."""
    found = notable(words) if entities is None else entities
    return {"text": words} | ({"entities": found} if found else {})


def caption(words: str) -> Content:
    if not words:
        return {}
    found = notable(words)
    return {"caption": words} | ({"caption_entities": found} if found else {})


def anything(world: World, bot: Bot, item: Mapping[str, Any]) -> Content:
    """An item {kind, content, name, caption, mime, size} and details of its kind.

    `size` in bytes claims a large file without its content. LookupError for an unknown kind.
    """
    kind = str(item.get("kind") or "photo")
    details = {key: value for key, value in item.items() if key not in STORED}
    if kind not in MEDIA_KINDS:
        return kinds.plain(kind, details, bot.id)
    file = world.files.keep(
        kind,
        item.get("content") or b"",
        str(item.get("name") or ""),
        mime=str(item.get("mime") or ""),
        size=item.get("size"),
    )
    body: Content = {kind: attachment(file, bot.id, details)}
    if kind == "animation":
        body["document"] = {
            key: value
            for key, value in body[kind].items()
            if key not in ("width", "height", "duration")
        }
    return body | caption(str(item.get("caption") or ""))
