"""What clients write, what managers answer, and what of it was seen at the far ends.

Every message carries a mark of its own: m07-2 is the third mail of client 7, t07-2 the third
Telegram message, r07-0 the first answer to that client.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from tests.e2e.studio import OURS, Client, Member, Studio

MARK = re.compile(r"\b[mt]\d\d-\d+\b")
HISTORY = "c:h:"


def mail_id(mark: str) -> str:
    return f"<{mark}.0123456789@clients.test>"


def mail_of(client: Client, turn: int) -> EmailMessage:
    """The client's mail number `turn`; all of them are one thread. Some have HTML or a file."""
    mark = f"m{client.number:02}-{turn}"
    mail = EmailMessage()
    mail["From"] = f"{client.name} <{client.address}>"
    mail["To"] = OURS
    mail["Subject"] = "Re: Our project" if turn else "Our project"
    mail["Message-ID"] = mail_id(mark)
    earlier = [mail_id(f"m{client.number:02}-{one}") for one in range(turn)]
    if earlier:
        mail["In-Reply-To"] = earlier[-1]
        mail["References"] = " ".join(earlier)
    mail.set_content(f"Good day!\n\nThis is {mark}, und viele Grüße.\n")
    if client.number % 5 == 1:
        mail.add_alternative(f"<p>Good day!</p><p>This is <b>{mark}</b></p>", subtype="html")
    if client.number % 5 == 2:
        mail.add_attachment(b"%PDF-1.4 " + mark.encode(), "application", "pdf", filename="a.pdf")
    return mail


def post(studio: Studio, mails: Iterable[tuple[Client, EmailMessage]]) -> None:
    """Hand mails to Postfix as the clients' servers would; call it in a thread."""
    for client, mail in mails:
        studio.servers.postfix.send(client.address, OURS, mail.as_bytes(policy=policy.SMTP))


@dataclass(frozen=True)
class Seen:
    """A card as it stands on somebody's desk."""

    mark: str
    message_id: int
    conversation: int
    text: str

    @property
    def client(self) -> str:
        return self.text.partition("\n")[0]


async def cards(studio: Studio, member: Member) -> list[Seen]:
    """A member's cards about marked messages, in the order in which they came."""
    found = [card_of(message) for message in await studio.chat(member.telegram)]
    return [one for one in found if one is not None]


def card_of(message: dict[str, Any]) -> Seen | None:
    """The card that a message of the bot is."""
    history = [data for data in buttons(message) if data.startswith(HISTORY)]
    text = str(message.get("text", ""))
    mark = MARK.search(text)
    if message["out"] or not history or mark is None:
        return None
    number = int(history[0].removeprefix(HISTORY))
    return Seen(mark[0], int(message["message_id"]), number, text)


def buttons(message: dict[str, Any]) -> list[str]:
    """What the buttons under a message carry."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [str(button.get("callback_data")) for row in rows for button in row]


def arrived_order(studio: Studio) -> list[str]:
    """The marks of the mails in our mailbox in the order of their UIDs."""
    imap = imaplib.IMAP4("127.0.0.1", studio.servers.dovecot.imap_port, timeout=10)
    try:
        imap.login(OURS, studio.ours.password)
        imap.select("INBOX", readonly=True)
        _, found = imap.uid("FETCH", "1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
    finally:
        imap.logout()
    heads = b"\n".join(one[1] for one in found if isinstance(one, tuple))
    return [mark.decode() for mark in re.findall(rb"<(m\d\d-\d+)\.", heads)]


def mails_at(studio: Studio, address: str) -> list[EmailMessage]:
    """What stands in somebody's mailbox, read."""
    raw = studio.servers.dovecot.messages(address)
    return [message_from_bytes(one, policy=policy.default) for one in raw]  # type: ignore[misc]  # the policy's class


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())
