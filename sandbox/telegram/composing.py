"""The contents of messages people write: text with its entities, attachments, points, contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.telegram.files import MEDIA_KINDS, attachment
from sandbox.telegram.markup import notable
from sandbox.telegram.world import Bot, World

Content = dict[str, Any]

POINT = {"latitude": 55.751244, "longitude": 37.618423}
PLAIN_KINDS: dict[str, Content] = {
    "location": POINT,
    "contact": {"phone_number": "+79160000000", "first_name": "Contact"},
    "venue": {"title": "Studio", "address": "Tverskaya 1"},
    "dice": {"emoji": "🎲", "value": 6},
}
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
    if kind in PLAIN_KINDS:
        return _plain(kind, details)
    if kind not in MEDIA_KINDS:
        raise LookupError(f"no attachment of kind {kind!r}")
    file = world.files.keep(
        kind,
        item.get("content") or b"",
        str(item.get("name") or ""),
        mime=str(item.get("mime") or ""),
        size=item.get("size"),
    )
    return {kind: attachment(file, bot.id, details)} | caption(str(item.get("caption") or ""))


def _plain(kind: str, details: Content) -> Content:
    body = PLAIN_KINDS[kind] | details
    if kind != "venue":
        return {kind: body}
    point = {key: body.pop(key, POINT[key]) for key in POINT}
    return {"venue": body | {"location": point}, "location": point}
