"""Files of a mail: what they are, a safe name, their size, and their bytes on demand."""

from __future__ import annotations

import re

from connectors.email import wrapped
from connectors.email.headers import one_line, parameters
from connectors.email.mime import Mail, Part, scan
from inbox.errors import Fault, FileUnavailable
from inbox.model import Attachment, Media

WHOLE = "eml"
SMALLEST_INLINE_IMAGE = 5_000
_MAX_NAME = 120
_PHOTOS = frozenset(
    ("image/jpeg", "image/jpg", "image/pjpeg", "image/png", "image/webp", "image/gif")
)
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_ENDINGS = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/zip": ".zip",
    "application/ms-tnef": ".dat",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "text/calendar": ".ics",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/plain": ".txt",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/rfc822-headers": ".txt",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/rfc822": ".eml",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/amr": ".amr",
    "video/mp4": ".mp4",
}
_NAMES = {
    "message/delivery-status": "delivery-status",
    "message/rfc822": "message",
    "message/disposition-notification": "receipt",
    "text/calendar": "invite",
    "text/rfc822-headers": "headers",
}


def disposition(part: Part) -> str:
    """ "attachment", "inline" or whatever Content-Disposition says; "" where it is missing."""
    return parameters(part.headers.raw("content-disposition"))[0]


def given_name(part: Part) -> str:
    """The file name as the sender wrote it, decoded, not yet safe; "" where there is none."""
    _, params = parameters(part.headers.raw("content-disposition"))
    return params.get("filename") or part.params.get("name") or ""


def describe(mail: Mail, part: Part, origin: str, ref: str) -> Attachment | None:
    """The attachment a part is; None for an embedded picture too small to be content."""
    size = mail.size(part)
    kind = part.content_type
    embedded = bool(part.headers.raw("content-id")) and disposition(part) != "attachment"
    if embedded and kind.startswith("image/") and (size or 0) < SMALLEST_INLINE_IMAGE:
        return None
    name = safe_name(given_name(part) or _inner_subject(mail, part))
    if not name:
        name = _NAMES.get(kind, f"file-{part.path.replace('.', '-')}")
    if (kind in _ENDINGS and "." not in name[1:]) or _no_mail_ending(kind, name):
        name += _ENDINGS[kind]
    return Attachment(_media(kind, name), name, kind, size, origin, ref)


def whole(mail: Mail, subject: str, origin: str) -> Attachment:
    """The mail itself as a file, for what could not be shown surely."""
    name = f"{safe_name(subject)[:80] or 'message'}.eml"
    return Attachment(Media.DOCUMENT, name, "message/rfc822", len(mail.payload), origin, WHOLE)


def read_part(payload: bytes, ref: str) -> bytes:
    """The bytes of the attachment with this `ref`. Raises FileUnavailable where it has none.

    A ref such as "2/1" is part 1 of what part 2 wraps.
    """
    if ref == WHOLE and payload:
        return payload
    path, _, inside = ref.partition("/")
    mail = scan(payload)
    for part in mail.walk():
        if part.path != path or part.parts:
            continue
        if not inside:
            return mail.content(part)
        inner = wrapped.unwrapped(mail, part)
        if inner is not None:
            return read_part(inner, inside)
    raise FileUnavailable(Fault.EXPIRED, f"no part {ref[:40]}")


def safe_name(name: str) -> str:
    """A file name without folders, control and direction characters, at most 120 long."""
    last = re.split(r"[/\\]", one_line(name).rstrip("/\\ "))[-1]
    clean = _FORBIDDEN.sub("_", last).strip(" .")
    if len(clean) <= _MAX_NAME:
        return clean
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 12:
        return clean[:_MAX_NAME]
    return f"{stem[: _MAX_NAME - len(ending) - 1]}.{ending}"


def _inner_subject(mail: Mail, part: Part) -> str:
    """The subject of an attached mail names it."""
    if part.content_type != "message/rfc822" or part.encoding in {"base64", "quoted-printable"}:
        return ""
    head = scan(mail.payload[part.start : min(part.end, part.start + 65_536)])
    return head.root.headers.text("subject")[:80].replace("/", "-").replace("\\", "-")


def _no_mail_ending(kind: str, name: str) -> bool:
    return kind == "message/rfc822" and not name.lower().endswith(".eml")


def _media(kind: str, name: str) -> Media:
    if kind in _PHOTOS:
        return Media.PHOTO
    if kind in {"audio/ogg", "audio/opus"} or (
        kind.startswith("audio/") and name.lower().endswith((".ogg", ".oga", ".opus"))
    ):
        return Media.VOICE
    if kind.startswith("audio/"):
        return Media.AUDIO
    return Media.VIDEO if kind.startswith("video/") else Media.DOCUMENT
