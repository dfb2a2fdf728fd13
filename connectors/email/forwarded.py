"""Who wrote what a mail passes on: of an attached mail for sure, else by the block in the text."""

from __future__ import annotations

import re

from connectors.email.headers import Mailbox
from connectors.email.mime import Mail, scan
from connectors.email.quotes import heads_forward, is_forward

_MOST_LINES = 400
_AROUND = " \t<>[]()\"'*«»"
_BELOW = 12  # lines from a forward's heading to its sender
_FROM = re.compile(r"[>*\s]*(?:from|от|от кого|von|de)\s*:[*\s]*(\S.{0,400})$", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def original_sender(
    mail: Mail, text: str, subject: str, own_addresses: frozenset[str]
) -> Mailbox | None:
    """The one whose mail is passed on; None where none is, or where it is one of our own."""
    passed_on = is_forward(subject) or not mail.root.headers.raw("in-reply-to").strip()
    found = (_attached(mail) if passed_on else None) or _in_text(text, subject)
    return None if found is None or found.address in own_addresses else found


def _attached(mail: Mail) -> Mailbox | None:
    for part in mail.walk():
        if part.content_type == "message/rfc822":
            head = scan(mail.content(part, 65_536) + b"\n\n").root.headers
            return next(iter(head.mailboxes("from")), None)
    return None


def _in_text(text: str, subject: str) -> Mailbox | None:
    lines = text.split("\n")[:_MOST_LINES]
    starts = [at for at, line in enumerate(lines) if heads_forward(line)]
    if not starts and is_forward(subject):
        starts = [0]
    for start in starts[:1]:
        last = len(lines) if start == 0 else start + _BELOW
        for line in lines[start:last]:
            named = _FROM.match(line)
            address = _ADDRESS.search(named[1]) if named else None
            if named and address:
                name = named[1][: address.start()].removesuffix("mailto:").strip(_AROUND)
                return Mailbox(name, address[0].casefold())
    return None
