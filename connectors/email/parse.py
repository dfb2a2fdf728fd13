"""A mail's bytes to a client's message: pure, bounded, never silent about what it left out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connectors.email.attachments import describe, read_part, whole
from connectors.email.authentication import failures, pretences
from connectors.email.body import Body
from connectors.email.delivery import delivery_report, has_status, returned_ids
from connectors.email.forwarded import original_sender
from connectors.email.headers import MAX_IDS, Headers, Mailbox, message_ids, sent_date
from connectors.email.mime import FOOTER, Mail, scan
from connectors.email.nature import OWN_HEADER, Author, author, by_machine, nature
from connectors.email.quotes import split
from connectors.email.wrapped import MAX_LEVELS
from inbox.errors import Fault, Unreadable
from inbox.model import Attachment, Handle, InboundMessage, Nature

__all__ = ["parse_mail", "read_part"]

OWN_ECHO = "our own mail came back"
OWN_MACHINE = "sent by a machine in our own name"
MAX_ANSWERED = 5
_OLDEST = timedelta(days=30)
_SLOWEST_WAY = timedelta(minutes=1)  # from pressing Send to the first server
_MAX_SUBJECT = 998
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def parse_mail(
    payload: bytes,
    *,
    channel_id: str,
    own_addresses: frozenset[str],
    received_at: datetime,
    note: Mapping[str, str],
    servers: frozenset[str] = frozenset(),
    levels: int = MAX_LEVELS,
    open_tnef: bool = True,
) -> InboundMessage | str:
    """What a mail says; a str says why there is nothing to show.

    `own_addresses` are case-folded. Where reading was doubtful the whole mail is attached with
    ref "eml". Of `note` only "truncated" counts: the bytes are a beginning. `servers`: see
    authentication.own_servers. So many `levels` of mails within mails are opened.

    Raises Unreadable for empty bytes, and NeedsLimits where there is a winmail.dat to open and not
    `open_tnef`: that may take any time and memory. It raises nothing else.
    """
    if not payload:
        raise Unreadable(Fault.EMPTY, "a mail without a single byte")
    mail = scan(payload)
    headers = mail.root.headers
    who = author(headers, own_addresses)
    if OWN_HEADER in headers.names() and _from_us(headers, own_addresses):
        return OWN_ECHO
    subject = headers.text("subject")[:_MAX_SUBJECT]
    body = Body(mail, levels, open_tnef=open_tnef)
    whole_text, invites = _printable(body.text()), _printable("\n".join(body.invites))
    text, quoted = split(whole_text, subject)
    own_id, thread_ids = _ids(mail)
    sender = who or _nobody(headers, own_id)
    kind, reason = nature(mail, sender, own_addresses)
    delivery = delivery_report(mail, whole_text, own_id) if kind is Nature.BOUNCE else None
    if kind is Nature.BOUNCE and delivery is None and has_status(mail):
        kind, reason = Nature.AUTOMATIC, "delivered"
    theirs = original_sender(mail, text, subject, own_addresses) if kind is Nature.OWN else None
    if kind is Nature.OWN and theirs is None and by_machine(mail):
        return OWN_MACHINE
    return InboundMessage(
        channel_id=channel_id,
        external_id=own_id,
        thread_ids=thread_ids,
        sender=Handle("email", sender.mailbox.address),
        sender_name=sender.mailbox.name or sender.mailbox.address,
        sent_at=_sent_at(headers, received_at),
        text="\n\n".join(part for part in (text, invites) if part),
        quoted=quoted,
        subject=subject or None,
        attachments=_attachments(body, subject, channel_id, note, doubtful=who is None),
        answers_to=_answers_to(headers, sender, own_addresses),
        nature=kind,
        nature_reason=reason,
        reply_context=_reply_context(headers, own_id, subject),
        delivery=delivery,
        forwarded=Handle("email", theirs.address) if theirs is not None else None,
        forwarded_name=theirs.name or theirs.address if theirs is not None else "",
        warnings=_marks(body) + _doubts(headers, sender, kind, own_addresses, servers),
    )


def _marks(body: Body) -> tuple[str, ...]:
    doubtful = body.cut or set(body.mail.doubts) - {FOOTER}
    return (*sorted(body.marks), *(["incomplete"] if doubtful else []))


def _doubts(
    headers: Headers,
    sender: Author,
    kind: Nature,
    own_addresses: frozenset[str],
    servers: frozenset[str],
) -> tuple[str, ...]:
    """What is odd about the sender or the addresses; nothing of our own mail is doubted."""
    if kind is Nature.OWN:
        return ()
    box = sender.mailbox
    shown = headers.mailboxes("from")
    pretended = pretences(box, own_addresses, shown[0].name if shown else "")
    copied = kind is Nature.PERSON and _only_in_cc(headers, own_addresses)
    return (*failures(headers, servers), *pretended, *(["cc_only"] if copied else []))


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("", text.replace("\r", "\n"))


def _from_us(headers: Headers, own_addresses: frozenset[str]) -> bool:
    return any(box.address in own_addresses for box in headers.mailboxes("from"))


def _only_in_cc(headers: Headers, own: frozenset[str]) -> bool:
    """Whether it is addressed to others and shown to us; of a hidden copy nothing is known."""
    addressed, shown = (
        {box.address for box in headers.mailboxes(name)} & own for name in ("to", "cc")
    )
    return bool(shown) and not addressed


def _nobody(headers: Headers, own_id: str) -> Author:
    """A sender for a mail that names none: never two of them the same contact by accident."""
    name = headers.text("from")[:200]
    local = "mailer-daemon" if re.match(r"mailer.daemon", name.lower()) else own_id[1:17]
    return Author(Mailbox(name, f"{local}@okno.invalid"))


def _sent_at(headers: Headers, received_at: datetime) -> datetime:
    said = sent_date(headers.raw("date"))
    if said is None or not received_at - _OLDEST <= said <= received_at:
        return received_at
    taken_in = _taken_in(headers)
    if taken_in is not None and said + _SLOWEST_WAY < taken_in <= received_at:
        return taken_in
    return said


def _taken_in(headers: Headers) -> datetime | None:
    """When the first server had the mail (RFC 5321, 4.4). A sender's clock that is slow would
    date an answer to us before what it answers, and nobody would be waiting for one."""
    hops = headers.all("received")
    return sent_date(hops[-1].rpartition(b";")[2]) if hops else None


def _ids(mail: Mail) -> tuple[str, tuple[str, ...]]:
    """The mail's own id, and it with all ids it refers to, the nearest first."""
    headers = mail.root.headers
    own = message_ids(headers.all("message-id")[:1])
    own_id = own[0] if own else f"<{hashlib.sha256(mail.payload).hexdigest()}@okno.invalid>"
    near = message_ids(headers.all("in-reply-to"))
    far = message_ids(headers.all("references"))[::-1]
    returned = returned_ids(mail) if mail.root.content_type == "multipart/report" else []
    ids = dict.fromkeys([own_id, *near, *far, *returned])
    return own_id, tuple(ids)[:MAX_IDS]


def _answered_at(headers: Headers) -> list[str]:
    """Where the sender wishes answers to go; not to a crowd."""
    return [box.address for box in headers.mailboxes("reply-to")[:MAX_ANSWERED]]


def _answers_to(headers: Headers, who: Author, own: frozenset[str]) -> tuple[str, ...]:
    """The same where it is news: others than the sender."""
    asked = tuple(one for one in _answered_at(headers) if one not in own)
    return asked if set(asked) - {who.mailbox.address} else ()


def _attachments(
    body: Body, subject: str, channel_id: str, note: Mapping[str, str], *, doubtful: bool
) -> tuple[Attachment, ...]:
    files: list[Attachment] = []
    for held in body.files:
        attachment = describe(held.mail, held.part, channel_id, held.ref)
        if attachment is not None:
            cut_off = "truncated" in note and held.part.end == len(body.mail.payload)
            files.append(replace(attachment, size=None) if cut_off else attachment)
    if doubtful or body.cut or body.mail.doubts or "encrypted" in body.marks:
        files.append(whole(body.mail, subject, channel_id))
    return tuple(files)


def _reply_context(headers: Headers, own_id: str, subject: str) -> dict[str, Any]:
    """What an answer to this very mail needs; addresses are case-folded and bounded in number."""
    context: dict[str, Any] = {
        name: [box.address for box in headers.mailboxes(name)] for name in ("cc", "to")
    }
    context["reply_to"] = _answered_at(headers)
    sender = headers.mailboxes("from")
    context["from"] = sender[0].address if sender else ""
    context["message_id"] = own_id
    context["references"] = message_ids(headers.all("references"))[-MAX_IDS:]
    context["subject"] = subject
    context["thread_index"] = headers.text("thread-index")[:1_000]
    return context
