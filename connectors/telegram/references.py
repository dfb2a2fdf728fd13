"""What a message answers, and whose words it only passes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.telegram.chats import Chat
from connectors.telegram.content import beginning, option_text, task_text
from connectors.telegram.people import chat_name, sender_of
from connectors.telegram.values import mapping, whole, words
from inbox.model import Reference, ReferenceKind

_LETTERS = 200  # of the message that is answered
_ORIGINS = {
    "user": "sender_user",
    "hidden_user": "sender_user_name",
    "chat": "sender_chat",
    "channel": "chat",
}
_NAMED = ("sender_user", "sender_chat", "chat", "user", "sender_user_name", "name", "title")


def passed_on(message: Mapping[str, Any]) -> str:
    """Who wrote first what is only forwarded; "" where it is the sender's own."""
    if message.get("forward_origin") is None or message.get("is_automatic_forward") is True:
        return ""
    return origin_name(message["forward_origin"])


def origin_name(raw: object) -> str:
    """The name in a MessageOrigin, of a kind known or not; "?" where it names nobody."""
    origin = mapping(raw)
    known = _ORIGINS.get(words(origin.get("type")))
    keys = (known, *_NAMED) if known is not None else _NAMED
    name = next((found for key in keys if (found := _name(origin.get(key)))), "?")
    signature = words(origin.get("author_signature"))
    return f"{name} · {signature}" if signature else name


def _name(value: object) -> str:
    return words(value).strip() or chat_name(mapping(value))


def refers_to(message: Mapping[str, Any], chat: Chat, bot_id: int) -> Reference | None:
    """The message or story that this one answers; None where it answers none."""
    quote = words(mapping(message.get("quote")).get("text"))
    if answered := mapping(message.get("reply_to_message")):
        return _answered(message, answered, chat, bot_id, quote)
    if elsewhere := mapping(message.get("external_reply")):
        return _elsewhere(elsewhere, chat, bot_id, quote)
    if story := mapping(message.get("reply_to_story")):
        author = chat_name(mapping(story.get("chat")))
        return Reference(ReferenceKind.STORY, author=author, quote=quote)
    return Reference(ReferenceKind.ELSEWHERE, quote=quote) if quote else None


def _answered(
    message: Mapping[str, Any],
    answered: Mapping[str, Any],
    chat: Chat,
    bot_id: int,
    quote: str,
) -> Reference | None:
    """In a topic every message seems to answer the one that made the topic: none is meant."""
    if "forum_topic_created" in answered:
        return None
    author, number = sender_of(answered), whole(answered.get("message_id"))
    part = (
        quote
        or task_text(answered, message.get("reply_to_checklist_task_id"))
        or option_text(answered, message.get("reply_to_poll_option_id"))
    )
    return Reference(
        kind=_kind(author.user_id if author else None, chat, bot_id),
        author=author.name if author else "",
        text=beginning(answered, _LETTERS),
        quote=part,
        external_id="" if number is None else chat.external_id(number),
    )


def _kind(author_id: int | None, chat: Chat, bot_id: int) -> ReferenceKind:
    ours = author_id is not None and author_id in {bot_id, chat.owner_id}
    return ReferenceKind.OURS if ours else ReferenceKind.THEIRS


def _elsewhere(external: Mapping[str, Any], chat: Chat, bot_id: int, quote: str) -> Reference:
    """A message of another chat, or of another topic of the same one."""
    origin, number = mapping(external.get("origin")), whole(external.get("message_id"))
    kind, external_id = ReferenceKind.ELSEWHERE, ""
    if whole(mapping(external.get("chat")).get("id")) == chat.number and number is not None:
        author_id = whole(mapping(origin.get("sender_user")).get("id"))
        kind, external_id = _kind(author_id, chat, bot_id), chat.external_id(number)
    known = {key: value for key, value in external.items() if key not in _ABOUT_EXTERNAL}
    text = beginning(known, _LETTERS) if known else ""
    return Reference(kind, origin_name(origin), text, quote, external_id)


_ABOUT_EXTERNAL = frozenset({"origin", "chat", "message_id", "link_preview_options"})
