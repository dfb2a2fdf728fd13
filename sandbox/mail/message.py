"""A mail as its reader sees it, and a mail as a mail program writes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from mimetypes import guess_type
from typing import Literal
from uuid import uuid4

_ID = re.compile(r"<[^<>\s]+>")
_REPLY_PREFIX = re.compile(r"^\s*re\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """An attachment."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in a mailbox; `raw` are the bytes that IMAP hands out.

    `uid` is the IMAP UID in the folder, `arrived_at` its internal date. `references` are the
    ids of the thread, oldest first.
    """

    uid: int
    arrived_at: datetime
    raw: bytes
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    subject: str
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    sent_at: datetime
    text: str
    files: tuple[File, ...]

    @property
    def html(self) -> str:
        """The HTML part, empty where there is none; foreign, as it came."""
        return _body(message_from_bytes(self.raw, policy=policy.default), ("html",))

    @property
    def thread(self) -> tuple[str, ...]:
        """All ids that tie it to other mails, its own last."""
        return tuple(dict.fromkeys((*self.references, self.in_reply_to, self.message_id)))


def read(raw: bytes, uid: int, arrived_at: datetime) -> Mail:
    """The mail of these bytes; what is missing is empty, a Date that is none is the arrival."""
    message = message_from_bytes(raw, policy=policy.default)
    senders = _addresses(message, "From")
    recipients = (*_addresses(message, "To"), *_addresses(message, "Cc"))
    in_reply_to = _ID.findall(str(message.get("In-Reply-To", "")))
    return Mail(
        uid=uid,
        arrived_at=arrived_at,
        raw=raw,
        message_id=str(message.get("Message-ID", "")).strip(),
        in_reply_to=in_reply_to[0] if in_reply_to else "",
        references=tuple(_ID.findall(str(message.get("References", "")))),
        subject=str(message.get("Subject", "")),
        sender=senders[0].addr_spec if senders else "",
        sender_name=senders[0].display_name if senders else "",
        recipients=tuple(each.addr_spec for each in recipients),
        sent_at=_sent_at(message, arrived_at),
        text=_body(message, ("plain", "html")),
        files=_files(message),
    )


def write(
    sender: Address,
    to: str,
    subject: str,
    text: str,
    *,
    at: datetime,
    files: Sequence[File] = (),
    in_reply_to: Mail | None = None,
) -> bytes:
    """A mail as a mail program writes it: an answer carries the thread and quotes below."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = to
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{uuid4()}@{sender.domain}>"
    if in_reply_to is not None:
        subject = subject or answering(in_reply_to.subject)
        known = [each for each in in_reply_to.thread if each]
        message["In-Reply-To"] = in_reply_to.message_id
        message["References"] = " ".join(known)
        text = f"{text.rstrip()}\n\n{_quoted(in_reply_to)}"
    message["Subject"] = subject
    message.set_content(text, cte="quoted-printable")
    for file in files:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message.as_bytes()


def file_named(name: str, content: bytes) -> File:
    """A file with the type that its name suggests."""
    return File(name, content, guess_type(name)[0] or "application/octet-stream")


def answering(subject: str) -> str:
    """The subject of an answer: one "Re:" at most."""
    return subject if _REPLY_PREFIX.match(subject) else f"Re: {subject}"


def _addresses(message: EmailMessage, header: str) -> tuple[Address, ...]:
    found = message.get(header)
    return tuple(getattr(found, "addresses", ()))


def _sent_at(message: EmailMessage, otherwise: datetime) -> datetime:
    try:
        sent_at = parsedate_to_datetime(str(message.get("Date", "")))
    except ValueError:
        return otherwise
    return sent_at if sent_at.tzinfo is not None else otherwise


def _body(message: EmailMessage, kinds: tuple[Literal["plain", "html"], ...]) -> str:
    body = message.get_body(kinds)
    if body is None:
        return ""
    try:
        return str(body.get_content()).replace("\r\n", "\n").rstrip("\n")
    except (LookupError, ValueError):
        payload = body.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _files(message: EmailMessage) -> tuple[File, ...]:
    files = []
    for part in message.iter_attachments() if message.is_multipart() else ():
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else part.as_bytes()
        files.append(File(part.get_filename() or "file", content, part.get_content_type()))
    return tuple(files)


def _quoted(mail: Mail) -> str:
    """The mail answered to, quoted as Thunderbird and Yandex do it."""
    who = mail.sender_name or mail.sender
    head = f"{mail.sent_at:%d.%m.%Y %H:%M}, {who} <{mail.sender}>:"
    return "\n".join((head, *(f"> {line}".rstrip() for line in mail.text.splitlines())))
