"""A manager's reply as the bytes of a mail: pure, and the same bytes for the same reply.

Header fields are written here and not by EmailMessage: it encodes ids of 78 characters and more
(RFC 2047), which breaks threads with Microsoft 365. Nothing of a field can start another one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from email import policy
from email.header import Header
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from connectors.email import thread_index
from connectors.email.addressing import addressed, wire_address
from connectors.email.config import MailboxSettings
from connectors.email.letter import letter, one_line
from inbox.model import InboundMessage, OutboundMessage

MOST_REFERENCES = 20
MOST_SUBJECT = 500
_ID = re.compile(r"<[\x20-\x3b\x3d\x3f-\x7e]{1,980}>")
_REPLIED = re.compile(r"\s*(?:re|отв|ответ|на)\s*(?:\[\d+\]|\(\d+\))?\s*:", re.IGNORECASE)
_PREFIXES = re.compile(
    r"(?:\s*(?:re|fwd?|отв|ответ|на|пересл)\s*(?:[\[(]\d+[\])])?\s*:)+\s*", re.IGNORECASE
)
_SPECIALS = re.compile(r'[()<>@,;:\\".\[\]]')
MARK_FIELD = "X-Okno"


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail ready to go: `payload` is what is sent and kept in Sent, byte for byte."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    payload: bytes


def message_id(address: str, key: str) -> str:
    """The Message-ID of the mail that this mailbox sends for this key; always the same."""
    digest = hashlib.sha256(f"{address.casefold()}\0{key}".encode()).hexdigest()[:32]
    domain = (wire_address(address) or "invalid").rpartition("@")[2]
    return f"<okno.{digest}@{domain}>"


def compose(
    message: OutboundMessage, settings: MailboxSettings, own: frozenset[str] | None = None
) -> Composed:
    """The mail. Raises SendRejected where there is nothing to send or nobody to send it to.

    `own`: all addresses of the studio, case-folded, which get no copy; the mailbox's at least.
    """
    recipients = addressed(message, (own or frozenset()) | settings.own_addresses)
    if len(recipients.to) + len(recipients.cc) > 1:
        # Whoever opens it first becomes the recipient: nobody else may read it.
        message = replace(message, telegram_link="")
    sender = wire_address(settings.address) or settings.address
    own_id = message_id(settings.address, message.key)
    zone = ZoneInfo(settings.timezone)
    fields = [
        ("From", _mailbox(settings.name or message.author, sender)),
        ("To", ",\r\n ".join(recipients.to)),
        *([("Cc", ",\r\n ".join(recipients.cc))] if recipients.cc else []),
        ("Subject", _encoded(_subject(message), "Subject")),
        ("Date", format_datetime(message.written_at.astimezone(zone))),
        ("Message-ID", own_id),
        *_thread_fields(message.answering),
        *_outlook_fields(message, own_id),
        *_machine_fields(message.automatic),
        (MARK_FIELD, mark(settings.address, message.key)),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    body = letter(message, settings, zone).as_bytes(policy=policy.SMTP)
    return Composed(own_id, sender, (*recipients.to, *recipients.cc), head.encode() + body)


def mark(address: str, key: str) -> str:
    """Who sent this and which reply it was, for the day it comes back: two hashes of 16 hex
    digits. Providers that replace the Message-ID leave it alone."""
    own_id = message_id(address, key)
    instance = hashlib.sha256(f"okno:{address.casefold()}".encode()).hexdigest()[:16]
    return f"{instance} {hashlib.sha256(own_id.encode()).hexdigest()[:16]}"


def _subject(message: OutboundMessage) -> str:
    answered = message.answering.subject if message.answering is not None else None
    subject = one_line(answered or message.subject or "")[:MOST_SUBJECT]
    if message.answering is None or _REPLIED.match(subject):
        return subject
    return f"Re: {subject}".strip()


def _thread_fields(answering: InboundMessage | None) -> list[tuple[str, str]]:
    """In-Reply-To and References (RFC 5322, 3.6.4); long: the first and last ids."""
    if answering is None:
        return []
    context = answering.reply_context
    parent = str(context.get("message_id") or "")
    known = [str(one) for one in context.get("references") or []]
    ids = [one for one in dict.fromkeys([*known, parent]) if _ID.fullmatch(one)]
    if len(ids) > MOST_REFERENCES:
        ids = [ids[0], *ids[1 - MOST_REFERENCES :]]
    fields = [("References", "\r\n ".join(ids))] if ids else []
    if _ID.fullmatch(parent):
        fields.insert(0, ("In-Reply-To", parent))
    return fields


def _outlook_fields(message: OutboundMessage, own_id: str) -> list[tuple[str, str]]:
    """Thread-Index and Thread-Topic, by which desktop Outlook threads."""
    asked = message.answering
    if asked is None:
        index = thread_index.begun(own_id, message.written_at)
    else:
        context = asked.reply_context
        known = [str(one) for one in context.get("references") or []]
        root = next(iter(known), str(context.get("message_id") or own_id))
        index = thread_index.answered(
            str(context.get("thread_index") or ""),
            root,
            asked.sent_at,
            message.written_at,
            message.key,
        )
    lines = "\r\n ".join(index[at : at + 76] for at in range(0, len(index), 76))
    topic = _PREFIXES.sub("", _subject(message), count=1)
    fields = [("Thread-Index", lines)]
    return [*fields, ("Thread-Topic", _encoded(topic, "Thread-Topic"))] if topic else fields


def _machine_fields(automatic: str) -> list[tuple[str, str]]:
    """That no person wrote it (RFC 3834, 5), and that no machine of Exchange is to answer it."""
    if not automatic:
        return []
    return [("Auto-Submitted", automatic), ("X-Auto-Response-Suppress", "All")]


def _encoded(text: str, name: str) -> str:
    """Unstructured text for a header field (RFC 2047 where needed), folded."""
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _mailbox(name: str, address: str) -> str:
    name = one_line(name)[:120]
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        escaped_name = re.sub(r'(["\\])', r"\\\1", name)
        shown = f'"{escaped_name}"' if _SPECIALS.search(name) else name
    else:
        shown = _encoded(name, "From")
    return f"{shown} <{address}>"
