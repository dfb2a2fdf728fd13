"""What a reply's mail holds below its header: text and HTML, signature, quote, files."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email import policy
from email.message import EmailMessage
from pathlib import PurePath
from zoneinfo import ZoneInfo

from connectors.email.config import MailboxSettings
from connectors.email.formatting import escaped, linked, to_html
from connectors.email.quoting import Quote, language_of, quote
from connectors.email.signature import signature
from inbox.errors import Fault, SendRejected
from inbox.model import Attachment, LoadedFile, Media, OutboundMessage

MOST_SHOWN_BYTES = 5 * 1024 * 1024
_SHOWN = frozenset(("image/jpeg", "image/png", "image/gif"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}", re.IGNORECASE)
_WORDS = frozenset((Media.LOCATION, Media.CONTACT))
_NO_FILE = {"ru": "Файл", "en": "File"}


@dataclass(frozen=True, slots=True)
class _File:
    """A file with bytes; `cid` where it is a photo shown in the text."""

    content: bytes
    kind: str
    name: str
    cid: str = ""


def one_line(text: str) -> str:
    """Without control characters and line ends, each run of spaces one."""
    return " ".join(_CONTROL.sub(" ", text).split())


def letter(message: OutboundMessage, settings: MailboxSettings, zone: ZoneInfo) -> EmailMessage:
    """The body; the same bytes for the same message. Raises SendRejected where it is empty."""
    language = language_of(message.text, message.answering.text if message.answering else "")
    files = _files(message)
    said = _said(message, language)
    if not said and not files:
        raise SendRejected(Fault.EMPTY)
    # No person's name stands below what a machine wrote; and it repeats nobody's words, so that
    # nobody can have them sent to a stranger.
    link = message.telegram_link
    signed = "" if message.automatic else signature(settings, language, message.author, link)
    quoted = None if message.automatic else _quoted(message, language, zone)
    mail = EmailMessage(policy=policy.SMTP)
    text = _text(said, signed, quoted)
    mail.set_content(_clean(text), cte=_encoding(text))
    markup = _markup(message, said, signed, quoted, files)
    mail.add_alternative(_clean(markup), subtype="html", cte=_encoding(markup))
    for file in files:
        _put(mail, file)
    _fix_boundaries(mail, message.key)
    return mail


def _said(message: OutboundMessage, language: str) -> str:
    """The text, and below it what has no bytes to attach."""
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
        return f"[{_NO_FILE[language]}: {one_line(file.attachment.name)}]"
    return ""


def _quoted(message: OutboundMessage, language: str, zone: ZoneInfo) -> Quote | None:
    if message.answering is None or not message.answering.text.strip():
        return None
    return quote(message.answering, language, zone)


def _text(said: str, signed: str, quoted: Quote | None) -> str:
    parts = [said, f"-- \n{signed}" if signed else "", quoted.text if quoted else ""]
    return "\n\n".join(part for part in parts if part) + "\n"


def _markup(
    message: OutboundMessage,
    said: str,
    signed: str,
    quoted: Quote | None,
    files: Sequence[_File],
) -> str:
    text = message.text.strip("\n")
    shift = len(message.text) - len(message.text.lstrip("\n"))
    entities = [replace(entity, offset=entity.offset - shift) for entity in message.entities]
    body = to_html(text, entities) + escaped(said[len(text) :])
    parts = [f'<div dir="auto">{body}</div>']
    parts += [
        f'<div><img src="cid:{file.cid}" alt="{escaped(file.name)}" style="max-width:100%"></div>'
        for file in files
        if file.cid
    ]
    if signed:
        parts.append(f'<br>\r\n<div class="gmail_signature">-- <br>\r\n{linked(signed)}</div>')
    if quoted:
        parts.append(f"<br>\r\n<br>\r\n{quoted.html}")
    return f"<html><body>{''.join(parts)}</body></html>\r\n"


def _files(message: OutboundMessage) -> list[_File]:
    found = []
    for number, file in enumerate(message.files, 1):
        if not file.content or file.attachment.media in _WORDS:
            continue
        kind = _kind(file.attachment)
        name = _file_name(file.attachment, kind, number)
        shown = (
            file.attachment.media is Media.PHOTO
            and kind in _SHOWN
            and len(file.content) <= MOST_SHOWN_BYTES
        )
        digest = hashlib.sha256(f"{message.key}\0{number}".encode("utf-8", "replace")).hexdigest()
        found.append(_File(file.content, kind, name, f"okno.{digest[:20]}" if shown else ""))
    return found


def _put(mail: EmailMessage, file: _File) -> None:
    """A photo beside the HTML that shows it (RFC 2387), any other file as an attachment."""
    main, _, sub = file.kind.partition("/")
    if not file.cid:
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
        return
    page = mail.get_body(("related", "html"))
    if isinstance(page, EmailMessage):
        page.add_related(
            file.content,
            maintype=main,
            subtype=sub,
            cid=f"<{file.cid}>",
            filename=file.name,
            disposition="inline",
        )


def _fix_boundaries(mail: EmailMessage, key: str) -> None:
    """Chance would make another mail of the same reply."""
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:24]
    parts = (part for part in mail.walk() if part.is_multipart())
    for number, part in enumerate(parts):
        part.set_boundary(f"=_okno_{digest}_{number}")


def _kind(attachment: Attachment) -> str:
    kind = attachment.media_type.lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        return "application/octet-stream"
    return kind


def _file_name(attachment: Attachment, kind: str, number: int) -> str:
    name = PurePath(one_line(attachment.name).replace("\\", "/")).name.strip(". ")[:150]
    if name:
        return name
    return f"{attachment.media}-{number}{mimetypes.guess_extension(kind) or ''}"


def _encoding(text: str) -> str:
    """Seven-bit on the wire whatever the servers on the way can do."""
    foreign = sum(letter > "\x7f" for letter in text)
    return "base64" if foreign * 6 > len(text) else "quoted-printable"


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
