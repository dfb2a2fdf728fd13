"""Formatting of a text as the Bot API gives it, and texts put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from connectors.telegram.values import mapping, objects, whole, words
from inbox.model import Entity

Formatted = tuple[str, tuple[Entity, ...]]


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, as the Bot API counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def entities_of(raw: object) -> tuple[Entity, ...]:
    """Formatting (https://core.telegram.org/bots/api#messageentity), without what is damaged.

    A mention of a user without a name becomes a link to the user; of a `date_time` the moment is
    in its `url`, written as in Telegram's own markup: "tg://time?unix=...&format=...".
    """
    found = (_entity(one) for one in objects(raw))
    return tuple(one for one in found if one is not None)


def _entity(raw: Any) -> Entity | None:
    kind, offset, length = (
        words(raw.get("type")),
        whole(raw.get("offset")),
        whole(raw.get("length")),
    )
    if not kind or offset is None or offset < 0 or length is None or length <= 0:
        return None
    url = words(raw.get("url")) or None
    if kind == "text_mention":
        user_id = whole(mapping(raw.get("user")).get("id"))
        if user_id is None:
            return None
        kind, url = "text_link", user_link(user_id)
    if kind == "date_time":
        url = time_link(raw)
    return Entity(
        kind=kind,
        offset=offset,
        length=length,
        url=url,
        language=words(raw.get("language")) or None,
        custom_emoji_id=words(raw.get("custom_emoji_id")) or None,
    )


def user_link(user_id: int) -> str:
    """The link by which Telegram opens a user's chat."""
    return f"tg://user?id={user_id}"


def time_link(raw: Any) -> str | None:
    """The moment a `date_time` stands for; None where it does not say."""
    at = whole(raw.get("unix_time"))
    if at is None:
        return None
    shape = words(raw.get("date_time_format"))
    return "tg://time?" + urlencode({"unix": at} | ({"format": shape} if shape else {}))


def joined(texts: Sequence[Formatted]) -> Formatted:
    """One under the other, with an empty line between; the formatting moved along."""
    whole_text, entities = "", []
    for text, its_entities in texts:
        if not text:
            continue
        if whole_text:
            whole_text += "\n\n"
        start = utf16_length(whole_text)
        whole_text += text
        entities += [replace(one, offset=one.offset + start) for one in its_entities]
    return whole_text, tuple(entities)
