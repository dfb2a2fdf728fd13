"""Values of the inbox as JSON and rows, and back."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from inbox.model import (
    Attachment,
    Channel,
    Client,
    Contact,
    Conversation,
    Delivery,
    DeliveryReport,
    Entity,
    Handle,
    InboundMessage,
    Manager,
    Media,
    Nature,
    RawMessage,
    Role,
    Wait,
)
from inbox.records import Reply
from inbox.work_records import InternalNote
from storage.chat_codec import place_json, place_of
from storage.tables import client, contact, conversation, manager, message, raw

Cells = Sequence[Any]
LARGE = 256 * 1024  # bytes

# The columns of a value, in the order in which its `..._of` below reads them.
RAW = (
    raw.c.external_id,
    raw.c.lane,
    raw.c.payload,
    raw.c.received_at,
    raw.c.album,
    raw.c.note,
)
MANAGER = tuple(manager.c)
CONVERSATION = (
    conversation.c.id,
    conversation.c.channel_id,
    conversation.c.recipient_kind,
    conversation.c.recipient_address,
    conversation.c.assignee_id,
    conversation.c.subject,
    conversation.c.asked_at,
    conversation.c.answered_at,
    client.c.id.label("client_id"),
    client.c.name.label("client_name"),
    client.c.manager_id,
    client.c.calendar.label("client_calendar"),
    client.c.tier,
    contact.c.id.label("contact_id"),
    contact.c.name.label("contact_name"),
)
MESSAGE = (
    message.c.channel_id,
    message.c.external_id,
    message.c.sender_kind,
    message.c.sender_address,
    message.c.sender_name,
    message.c.sent_at,
    message.c.text,
    message.c.quoted,
    message.c.subject,
    message.c.nature,
    message.c.nature_reason,
    message.c.extra,
)


def channel_of(channel_id: str) -> Channel:
    """The kind stands before the colon; the second Telegram token is "staff"."""
    kind = channel_id.partition(":")[0]
    return Channel(channel_id, "telegram" if kind == "staff" else kind)


async def _zip(work: Callable[[bytes], bytes], content: bytes) -> bytes:
    """A mail of 30 MB keeps a processor busy for half a second: not on the event loop."""
    return work(content) if len(content) < LARGE else await asyncio.to_thread(work, content)


async def raw_row(channel_id: str, one: RawMessage) -> dict[str, Any]:
    return {
        "channel_id": channel_id,
        "external_id": one.external_id,
        "lane": one.lane,
        "album": one.group,
        "received_at": one.received_at,
        "note": dict(one.note),
        "state": "stored",
        "reason": "",
        "payload": await _zip(partial(zlib.compress, level=1), one.payload),
    }


async def raw_of(cells: Cells) -> RawMessage:
    external_id, lane, packed, received_at, group, note = cells
    payload = await _zip(zlib.decompress, packed)
    return RawMessage(external_id, lane, payload, received_at, group, note)


def manager_of(cells: Cells) -> Manager | None:
    """None where a left join found nobody."""
    if cells[0] is None:
        return None
    return present_manager(cells)


def present_manager(cells: Cells) -> Manager:
    id_, name, telegram_id, role, *rest = cells
    return Manager(id_, name, telegram_id, Role(role), *rest)


def entities_json(entities: Sequence[Entity]) -> list[list[Any]]:
    return [[e.kind, e.offset, e.length, e.url, e.language, e.custom_emoji_id] for e in entities]


def entities_of(stored: list[list[Any]]) -> tuple[Entity, ...]:
    return tuple(Entity(*one) for one in stored)


def attachments_json(attachments: Sequence[Attachment]) -> list[list[Any]]:
    return [
        [a.media, a.name, a.media_type, a.size, a.origin, a.ref, dict(a.facts)]
        for a in attachments
    ]


def attachments_of(stored: list[list[Any]]) -> tuple[Attachment, ...]:
    return tuple(Attachment(Media(media), *rest) for media, *rest in stored)


def message_row(one: InboundMessage) -> dict[str, Any]:
    return {
        "channel_id": one.channel_id,
        "external_id": one.external_id,
        "sender_kind": one.sender.kind,
        "sender_address": one.sender.address,
        "sender_name": one.sender_name,
        "sent_at": one.sent_at,
        "text": one.text,
        "quoted": one.quoted,
        "subject": one.subject,
        "nature": one.nature.value,
        "nature_reason": one.nature_reason,
        "extra": {
            "thread_ids": list(one.thread_ids),
            "entities": entities_json(one.entities),
            "attachments": attachments_json(one.attachments),
            "known_as": [[handle.kind, handle.address] for handle in one.known_as],
            "answers_to": list(one.answers_to),
            "reply_context": dict(one.reply_context),
            "delivery": asdict(one.delivery) if one.delivery else None,
            "warnings": list(one.warnings),
            "forwarded": forwarded_json(one),
            **place_json(one),
        },
    }


def message_of(cells: Cells) -> InboundMessage:
    channel_id, external_id, kind, address, name, sent_at, text, quoted, *rest = cells
    subject, nature, nature_reason, extra = rest
    passed_on = extra.get("forwarded")
    return InboundMessage(
        channel_id=channel_id,
        external_id=external_id,
        thread_ids=tuple(extra["thread_ids"]),
        sender=Handle(kind, address),
        sender_name=name,
        sent_at=sent_at,
        text=text,
        entities=entities_of(extra["entities"]),
        quoted=quoted,
        subject=subject,
        attachments=attachments_of(extra["attachments"]),
        known_as=tuple(Handle(*one) for one in extra["known_as"]),
        answers_to=tuple(extra.get("answers_to", ())),
        nature=Nature(nature),
        nature_reason=nature_reason,
        reply_context=extra["reply_context"],
        delivery=delivery_of(extra.get("delivery")),
        warnings=tuple(extra.get("warnings", ())),
        forwarded=Handle(*passed_on[:2]) if passed_on else None,
        forwarded_name=passed_on[2] if passed_on else "",
        **place_of(extra),
    )


def forwarded_json(one: InboundMessage) -> list[str] | None:
    if one.forwarded is None:
        return None
    return [one.forwarded.kind, one.forwarded.address, one.forwarded_name]


def delivery_of(stored: dict[str, str] | None) -> DeliveryReport | None:
    """None where the message is no delivery report; older versions stored nothing here."""
    if stored is None:
        return None
    words = {name: text for name, text in stored.items() if name != "outcome"}
    return DeliveryReport(Delivery(stored["outcome"]), **words)


def conversation_of(cells: Cells, open_wait: Wait | None) -> Conversation:
    id_, channel_id, kind, address, assignee_id, subject, asked_at, answered_at, *people = cells
    client_id, client_name, manager_id, calendar, tier, contact_id, contact_name = people
    return Conversation(
        id=id_,
        channel_id=channel_id,
        client=Client(client_id, client_name, manager_id, calendar, tier),
        contact=Contact(contact_id, client_id, contact_name),
        recipient=Handle(kind, address),
        assignee_id=assignee_id,
        subject=subject,
        wait=open_wait,
        asked_at=asked_at,
        answered_at=answered_at,
    )


def written_row(one: Reply | InternalNote) -> dict[str, Any]:
    """What a member wrote about a conversation, whoever may read it."""
    ref = one.desk_ref
    return {
        "key": one.key,
        "conversation_id": one.conversation_id,
        "author_id": one.author_id,
        "text": one.text,
        "written_at": one.written_at,
        "entities": entities_json(one.entities),
        "attachments": attachments_json(one.attachments),
        "message_id": one.message_id,
        "desk_account": ref and ref.account,
        "desk_chat_id": ref and ref.chat_id,
        "desk_message_id": ref and ref.message_id,
    }
