"""Delivery reports: RFC 3464, and what qmail, Exim and older servers write in their own words."""

from __future__ import annotations

import re

from connectors.email.charset import decode
from connectors.email.headers import Headers, addresses, message_ids, one_line
from connectors.email.mime import Mail, Part, scan
from inbox.model import Delivery, DeliveryReport

STATUS_TYPES = frozenset(("message/delivery-status", "message/global-delivery-status"))
RETURNED_TYPES = frozenset(
    ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
)
_MAX_STATUS = 65_536
_MAX_WORDS = 1_000
_MAX_GROUPS = 100
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<!\d)([45])\d\d[ -]")
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
_NAMED = re.compile(r"<([^<>@\s]{1,100}@[^<>@\s]{1,255})>:?")
_DELAYED = re.compile(r"delay|warning: |задерж|отложен|temporar", re.IGNORECASE)
_OUTCOMES = {"failed": Delivery.FAILED, "delayed": Delivery.DELAYED}


def has_status(mail: Mail) -> bool:
    """Whether the mail carries a delivery status (RFC 3464)."""
    return any(part.content_type in STATUS_TYPES for part in mail.root.parts)


def returned_ids(mail: Mail) -> list[str]:
    """Ids of the mail that a report gives back, its own first: the conversation it belongs to."""
    for part in mail.root.parts:
        if part.content_type in RETURNED_TYPES:
            head = _returned_headers(mail, part)
            own = [*head.all("message-id"), *head.all("x-microsoft-original-message-id")]
            return message_ids([*own, *head.all("in-reply-to")])
    return []


def _returned_headers(mail: Mail, part: Part) -> Headers:
    return scan(mail.content(part, _MAX_STATUS) + b"\n\n").root.headers


def delivery_report(mail: Mail, text: str, own_id: str) -> DeliveryReport | None:
    """What has become of a mail of ours; None where it was delivered, or nothing is said of it.

    `text` is the report's own, used where there is no delivery status in it.
    """
    refers_to = next(iter(returned_ids(mail)), "") or _id_in_text(mail, own_id)
    groups = [group for part in mail.root.parts for group in _groups(mail, part)]
    told = [group for group in groups if group.raw("action") or group.raw("status")]
    for group in sorted(told, key=_weight):
        outcome = _outcome(group)
        if outcome is not None:
            return _from_group(group, outcome, refers_to, text)
    return None if told else _from_words(mail, text, refers_to)


def _groups(mail: Mail, part: Part) -> list[Headers]:
    """The groups of fields in a delivery status, apart from each other by an empty line."""
    if part.content_type not in STATUS_TYPES:
        return []
    data = mail.content(part, _MAX_STATUS).replace(b"\r\n", b"\n").strip(b"\n")
    blocks = re.split(rb"\n[ \t]*\n", data)[:_MAX_GROUPS]
    return [scan(b"From: x\n" + block + b"\n\n").root.headers for block in blocks]


def _weight(group: Headers) -> int:
    """A failure is told before a delay."""
    return 0 if _outcome(group) is Delivery.FAILED else 1


def _outcome(group: Headers) -> Delivery | None:
    action = group.text("action").lower().split(" ")[0]
    if action:
        return _OUTCOMES.get(action)
    return {"5": Delivery.FAILED, "4": Delivery.DELAYED}.get(group.text("status")[:1])


def _from_group(group: Headers, outcome: Delivery, refers_to: str, text: str) -> DeliveryReport:
    recipient = _typed(group, "final-recipient") or _typed(group, "original-recipient")
    found = addresses([recipient.encode("utf-8", "replace")])
    status = _STATUS.search(group.text("status"))
    words = _typed(group, "diagnostic-code") or _sentence(text, _STATUS.search(text))
    return DeliveryReport(
        outcome=outcome,
        recipient=found[0].address if found else recipient[:320],
        status=status[1] if status else "",
        text=words[:_MAX_WORDS],
        refers_to=refers_to,
    )


def _typed(group: Headers, name: str) -> str:
    """What stands behind the type: "rfc822; a@b" is "a@b"."""
    kind, separator, value = group.text(name).partition(";")
    return (value if separator and " " not in kind.strip() else kind + separator + value).strip()


def _from_words(mail: Mail, text: str, refers_to: str) -> DeliveryReport | None:
    """A report in a server's own words, as far as they can be understood."""
    headers = mail.root.headers
    failed = headers.mailboxes("x-failed-recipients")
    named = _NAMED.search(text)
    status = _STATUS.search(text)
    code = _REPLY_CODE.search(text)
    if not (failed or status or code or refers_to):
        return None
    kind = status[1][0] if status else code[1] if code else "5"
    late = kind == "4" or (kind != "5" and bool(_DELAYED.search(text)))
    recipient = failed[0].address if failed else named[1].casefold() if named else ""
    return DeliveryReport(
        outcome=Delivery.DELAYED if late else Delivery.FAILED,
        recipient=recipient,
        status=status[1] if status else "",
        text=_sentence(text, status or code or named),
        refers_to=refers_to,
    )


def _sentence(text: str, found: re.Match[str] | None) -> str:
    """The line with the server's words, and up to two that follow without a gap."""
    if found is None:
        return ""
    start = text.rfind("\n", 0, found.start()) + 1
    paragraph = re.split(r"\n[ \t]*\n", text[start:], maxsplit=1)[0]
    return one_line(" ".join(paragraph.split("\n")[:3]))[:_MAX_WORDS]


def _id_in_text(mail: Mail, own_id: str) -> str:
    """The Message-ID in a mail that is given back as plain text, below the report."""
    headers = mail.root.headers
    for ids in (headers.all("in-reply-to"), headers.all("references")[-1:]):
        if known := message_ids(ids):
            return known[-1]
    body = mail.payload[mail.root.start : mail.root.start + 10 * _MAX_STATUS]
    for found in _MESSAGE_ID.finditer(body):
        known_id = decode(found[1])
        if known_id != own_id:
            return known_id
    return ""
