"""A manager's reply as the bytes of a mail: pure, and the same bytes for the same reply.

Header fields are written here and not by EmailMessage: it encodes ids of 78 characters and more
(RFC 2047), which breaks threads with Microsoft 365. Nothing of a field can start another one.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from dataclasses import dataclass, replace
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import PurePath
from zoneinfo import ZoneInfo

from connectors.email.config import MailboxSettings
from connectors.email.formatting import escaped, to_html
from connectors.email.quoting import Quote, language_of, quote
from inbox.errors import Fault, SendRejected
from inbox.model import (
    Attachment,
    InboundMessage,
    LoadedFile,
    Media,
    Nature,
    OutboundMessage,
)

MOST_REFERENCES = 20
MOST_SUBJECT = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")
_ID = re.compile(r"<[\x20-\x3b\x3d\x3f-\x7e]{1,980}>")
_REPLIED = re.compile(r"\s*(?:re|отв|ответ|на)\s*(?:\[\d+\]|\(\d+\))?\s*:", re.IGNORECASE)
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\\x00-\x1f\x7f@]+@[^\s<>,;:\"()\[\]\\\x00-\x1f\x7f@]+")
_SPECIALS = re.compile(r'[()<>@,;:\\".\[\]]')
_PEOPLES = frozenset((Nature.PERSON, Nature.EDIT))
_WORDS = frozenset((Media.LOCATION, Media.CONTACT))
_NO_FILE = {"ru": "Файл", "en": "File"}


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


def wire_address(address: str) -> str | None:
    """The address with its domain as DNS has it (IDNA); None where it is no address."""
    local, _, domain = address.rpartition("@")
    if not _ADDRESS.fullmatch(address):
        return None
    try:
        return f"{local}@{domain.encode('idna').decode('ascii').lower()}"
    except UnicodeError:
        return None


def compose(message: OutboundMessage, settings: MailboxSettings) -> Composed:
    """The mail. Raises SendRejected where there is nothing to send or nobody to send it to."""
    recipients = _recipients(message, settings.address)
    sender = wire_address(settings.address) or settings.address
    own_id = message_id(settings.address, message.key)
    said = _said(message)
    if not said and not any(file.content for file in message.files):
        raise SendRejected(Fault.EMPTY)
    zone = ZoneInfo(settings.timezone)
    fields = [
        ("From", _mailbox(settings.name or message.author, sender)),
        ("To", ",\r\n ".join(recipients)),
        ("Subject", _encoded(_subject(message), "Subject")),
        ("Date", format_datetime(message.written_at.astimezone(zone))),
        ("Message-ID", own_id),
        *_thread_fields(message.answering),
        ("X-Okno", _mark(settings.address, own_id)),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    body = _body(message, said, zone).as_bytes(policy=policy.SMTP)
    return Composed(own_id, sender, recipients, head.encode() + body)


def _mark(address: str, own_id: str) -> str:
    """Who sent this and which reply it was, for the day it comes back."""
    instance = hashlib.sha256(f"okno:{address.casefold()}".encode()).hexdigest()[:16]
    return f"{instance} {hashlib.sha256(own_id.encode()).hexdigest()[:16]}"


def _recipients(message: OutboundMessage, own: str) -> tuple[str, ...]:
    """To who asked; where a machine or we ourselves wrote last, to the client all the same."""
    wanted = [message.recipient.address]
    if message.answering is not None and message.answering.nature in _PEOPLES:
        asked = message.answering.reply_context.get("reply_to") or []
        elsewhere = [str(one) for one in asked if str(one).casefold() != own.casefold()]
        wanted = elsewhere or [message.answering.sender.address]
    usable = tuple(dict.fromkeys(known for one in wanted if (known := wire_address(one))))
    if not usable or any(one.endswith("@okno.invalid") for one in usable):
        raise SendRejected(Fault.NO_SUCH_ADDRESS, _one_line(", ".join(wanted))[:200])
    return usable


def _subject(message: OutboundMessage) -> str:
    answered = message.answering.subject if message.answering is not None else None
    subject = _one_line(answered or message.subject or "")[:MOST_SUBJECT]
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


def _said(message: OutboundMessage) -> str:
    """The text, and below it what has no bytes to attach."""
    language = language_of(message.text, message.answering.text if message.answering else "")
    notes = [note for file in message.files if (note := _in_words(file, language))]
    return "\n\n".join(part for part in (message.text.strip("\n"), "\n".join(notes)) if part)


def _in_words(file: LoadedFile, language: str) -> str:
    facts = file.attachment.facts
    if file.attachment.media is Media.LOCATION:
        place = f"{facts.get('latitude', '')},{facts.get('longitude', '')}"
        return f"https://maps.google.com/?q={place}"
    if file.attachment.media is Media.CONTACT:
        names = ("first_name", "last_name", "phone_number")
        return " ".join(str(facts[name]) for name in names if facts.get(name))
    if file.content is None:
        return f"[{_NO_FILE[language]}: {_one_line(file.attachment.name)}]"
    return ""


def _body(message: OutboundMessage, said: str, zone: ZoneInfo) -> EmailMessage:
    quoted = None
    if message.answering is not None and message.answering.text.strip():
        language = language_of(message.text, message.answering.text)
        quoted = quote(message.answering, language, zone)
    text = f"{said}\n\n{quoted.text}\n" if quoted else f"{said}\n"
    mail = EmailMessage(policy=policy.SMTP)
    mail.set_content(_clean(text), cte=_encoding(text))
    markup = _markup(message, said, quoted)
    mail.add_alternative(_clean(markup), subtype="html", cte=_encoding(markup))
    for number, file in enumerate(message.files, 1):
        if file.content is not None and file.attachment.media not in _WORDS:
            _attach(mail, file.attachment, file.content, number)
    return mail


def _markup(message: OutboundMessage, said: str, quoted: Quote | None) -> str:
    text = message.text.strip("\n")
    shift = len(message.text) - len(message.text.lstrip("\n"))
    entities = [replace(entity, offset=entity.offset - shift) for entity in message.entities]
    body = to_html(text, entities) + escaped(said[len(text) :])
    below = f"<br>\r\n<br>\r\n{quoted.html}" if quoted else ""
    return f'<html><body><div dir="auto">{body}</div>{below}</body></html>\r\n'


def _attach(mail: EmailMessage, attachment: Attachment, content: bytes, number: int) -> None:
    kind = attachment.media_type.lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    main, _, sub = kind.partition("/")
    name = _file_name(attachment, kind, number)
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)


def _file_name(attachment: Attachment, kind: str, number: int) -> str:
    name = PurePath(_one_line(attachment.name).replace("\\", "/")).name.strip(". ")[:150]
    if name:
        return name
    return f"{attachment.media}-{number}{mimetypes.guess_extension(kind) or ''}"


def _encoding(text: str) -> str:
    """Seven-bit on the wire whatever the servers on the way can do."""
    foreign = sum(letter > "\x7f" for letter in text)
    return "base64" if foreign * 6 > len(text) else "quoted-printable"


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _encoded(text: str, name: str) -> str:
    """Unstructured text for a header field (RFC 2047 where needed), folded."""
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _mailbox(name: str, address: str) -> str:
    name = _one_line(name)[:120]
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        escaped_name = re.sub(r'(["\\])', r"\\\1", name)
        shown = f'"{escaped_name}"' if _SPECIALS.search(name) else name
    else:
        shown = _encoded(name, "From")
    return f"{shown} <{address}>"
