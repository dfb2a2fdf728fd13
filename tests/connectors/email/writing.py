"""Replies and the messages they answer, as the flow hands them to the connector."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from inbox.model import Attachment, Handle, InboundMessage, LoadedFile, Media, OutboundMessage

WRITTEN = datetime(2026, 1, 15, 9, 40, tzinfo=UTC)
LONG_ID = "<DB9PR07MB7593" + "A" * 80 + "@DB9PR07MB7593.eurprd07.prod.outlook.com>"


def question(**more: Any) -> InboundMessage:
    """Lena's question; `context` overrides parts of its reply_context."""
    context = {
        "message_id": "<q1@client.test>",
        "references": [],
        "reply_to": [],
        "cc": [],
        "from": "lena@client.test",
        "subject": "Макет",
        "thread_index": "",
    } | more.pop("context", {})
    values: dict[str, Any] = {
        "channel_id": "email:info",
        "external_id": "<q1@client.test>",
        "thread_ids": ("<q1@client.test>",),
        "sender": Handle("email", "lena@client.test"),
        "sender_name": "Лена Петрова",
        "sent_at": WRITTEN,
        "text": "Когда будет макет?",
        "subject": "Макет",
        "reply_context": context,
    }
    return InboundMessage(**(values | more))


def answer(text: str = "Завтра к обеду.", **more: Any) -> OutboundMessage:
    """The manager's reply to `question()`; `to` is the recipient's address."""
    values: dict[str, Any] = {
        "key": "reply:1",
        "external_id": None,
        "channel_id": "email:info",
        "recipient": Handle("email", more.pop("to", "lena@client.test")),
        "author": "Анна",
        "text": text,
        "entities": (),
        "files": (),
        "subject": "Макет",
        "answering": question(),
        "written_at": WRITTEN,
    }
    return OutboundMessage(**(values | more))


def loaded(name: str, content: bytes | None, media_type: str = "application/pdf") -> LoadedFile:
    size = len(content) if content is not None else None
    attachment = Attachment(Media.DOCUMENT, name, media_type, size, "bot:1", "ref")
    return LoadedFile(attachment, content)


def read(payload: bytes) -> EmailMessage:
    """The mail as its recipient's program reads it."""
    return cast("EmailMessage", message_from_bytes(payload, policy=policy.default))


def plain(payload: bytes) -> str:
    part = read(payload).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
