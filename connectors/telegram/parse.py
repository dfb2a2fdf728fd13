"""What an update says, read from its JSON alone: pure, and tolerant of what it does not know."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.telegram.media import attachments_of, unknown_kind
from inbox.errors import Fault, Unreadable
from inbox.model import Attachment, Entity, Handle, InboundMessage, Nature, RawMessage

# The Start button, or a link's: its parameter has no other letters (Bot API, deep linking).
_OPENING = re.compile(r"/start(?: [A-Za-z0-9_-]{1,64})?")
SERVICE = "nothing to show: "


def update_of(raw: RawMessage) -> dict[str, Any]:
    """The update's JSON object; Unreadable where it is none."""
    try:
        update = json.loads(raw.payload)
    except ValueError as error:
        raise Unreadable(Fault.MALFORMED, "not JSON") from error
    if not isinstance(update, dict):
        raise Unreadable(Fault.MALFORMED, "not an object")
    return update


def connection_of(raws: Sequence[RawMessage]) -> str | None:
    """The business connection that the update came by; None where by none, or unreadable."""
    try:
        update = update_of(raws[0])
    except Unreadable:
        return None
    for body in update.values():
        if isinstance(body, dict) and isinstance(body.get("business_connection_id"), str):
            return str(body["business_connection_id"])
    return None


def parse_updates(
    raws: Sequence[RawMessage],
    channel_id: str,
    bot_id: int,
    owner_id: int | None = None,
) -> InboundMessage | str:
    """The client's message in one update, or in the members of an album.

    A str says why there is nothing to show. Raises Unreadable, nothing else.
    """
    try:
        updates = [update_of(raw) for raw in raws]
        found = [_message_of(update) for update in updates]
        messages = [(message, edited) for message, edited in found if message is not None]
        if not messages:
            kinds = sorted({key for update in updates for key in update} - {"update_id"})
            return SERVICE + ", ".join(kinds)
        first, edited = messages[0]
        if first["chat"]["type"] != "private":
            return SERVICE + f"a message in a {first['chat']['type']}"
        if "from" not in first or first["from"].get("is_bot"):
            return SERVICE + "a message of a bot"
        if (service := _service_kind(first)) is not None:
            return SERVICE + service
        return _inbound([message for message, _ in messages], channel_id, bot_id, edited=edited)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Unreadable(Fault.MALFORMED, f"{type(error).__name__}: {error}") from error


def _message_of(update: Mapping[str, Any]) -> tuple[dict[str, Any] | None, bool]:
    if "message" in update:
        return update["message"], False
    return update.get("edited_message"), True


def _service_kind(message: Mapping[str, Any]) -> str | None:
    """Service messages have neither a content nor an end: they tell of the chat itself."""
    for key in ("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed"):
        if key in message:
            return key
    return None


def _inbound(
    messages: Sequence[dict[str, Any]], channel_id: str, bot_id: int, *, edited: bool
) -> InboundMessage:
    first = messages[0]
    sender = first["from"]
    sent_at = first["edit_date"] if edited and "edit_date" in first else first["date"]
    attachments: list[Attachment] = []
    texts: list[tuple[str, tuple[Entity, ...]]] = []
    for message in messages:
        attachments += attachments_of(message, bot_id)
        text = message.get("text") or message.get("caption") or ""
        raw_entities = message.get("entities") or message.get("caption_entities") or []
        if text:
            texts.append((text, entities_of(raw_entities)))
    if not texts and not attachments:
        texts.append((unknown_kind(first), ()))
    text, entities = _joined(texts)
    nature = Nature.EDIT if edited else Nature.PERSON
    reason = "edited" if edited else ""
    if _OPENING.fullmatch(text) and not attachments:
        nature, reason = Nature.SERVICE, "opened the chat"
    chat_id = int(first["chat"]["id"])
    return InboundMessage(
        channel_id=channel_id,
        external_id=f"{chat_id}:{first['message_id']}",
        thread_ids=(f"chat:{chat_id}",),
        sender=Handle("telegram", str(int(sender["id"]))),
        sender_name=_name(sender),
        sent_at=datetime.fromtimestamp(int(sent_at), UTC),
        text=text,
        entities=entities,
        attachments=tuple(attachments),
        known_as=_known_as(sender, first),
        nature=nature,
        nature_reason=reason,
        reply_context={
            "chat_id": chat_id,
            "message_id": int(first["message_id"]),
            "language": str(sender.get("language_code", "")),
        },
    )


def _joined(
    texts: Sequence[tuple[str, tuple[Entity, ...]]],
) -> tuple[str, tuple[Entity, ...]]:
    """Several captions of an album one under the other, their entities moved along."""
    whole, entities = "", []
    for text, its_entities in texts:
        if whole:
            whole += "\n\n"
        start = utf16_length(whole)
        whole += text
        entities += [
            Entity(e.kind, e.offset + start, e.length, e.url, e.language, e.custom_emoji_id)
            for e in its_entities
        ]
    return whole, tuple(entities)


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, as the Bot API counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def entities_of(raw: Sequence[Mapping[str, Any]]) -> tuple[Entity, ...]:
    """Formatting (https://core.telegram.org/bots/api#messageentity); users' mentions by link."""
    entities = []
    for one in raw:
        kind, url = str(one["type"]), one.get("url")
        if kind == "text_mention":
            kind, url = "text_link", f"tg://user?id={int(one['user']['id'])}"
        entities.append(
            Entity(
                kind=kind,
                offset=int(one["offset"]),
                length=int(one["length"]),
                url=url,
                language=one.get("language"),
                custom_emoji_id=one.get("custom_emoji_id"),
            )
        )
    return tuple(entities)


def _name(sender: Mapping[str, Any]) -> str:
    whole = f"{sender.get('first_name', '')} {sender.get('last_name', '')}".strip()
    return whole or str(sender.get("username") or sender["id"])


def _known_as(sender: Mapping[str, Any], message: Mapping[str, Any]) -> tuple[Handle, ...]:
    """The @name; and the phone, only where the person shared the own contact."""
    handles = []
    if sender.get("username"):
        handles.append(Handle("telegram_name", str(sender["username"]).lower()))
    contact = message.get("contact") or {}
    if contact.get("user_id") == sender["id"] and contact.get("phone_number"):
        digits = "".join(c for c in str(contact["phone_number"]) if c.isdigit())
        handles.append(Handle("phone", f"+{digits}"))
    return tuple(handles)
