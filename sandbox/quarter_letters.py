"""The quarter's messages as they came, mails and updates of Telegram, and what they say."""

from __future__ import annotations

import json
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count

from connectors.email.parse import parse_mail
from connectors.telegram.parse import parse_updates
from inbox.model import InboundMessage, RawMessage
from sandbox import studio
from sandbox.quarter import Did, Step
from sandbox.quarter_cast import Firm
from sandbox.quarter_clients import FIRMS, STRANGER
from sandbox.quarter_words import AWAY, FIRST, MORE, QUESTIONS, THANKS
from sandbox.telegram import Person
from sandbox.workbook import LANGUAGES

MAIL, TELEGRAM = "email:info", "telegram"
CLIENTS = (*FIRMS, STRANGER)
_OLD_IDS = 1_000_000  # of Telegram messages that are in no chat any more
_OWN = frozenset({studio.MAILBOX})
_BOT_ID = int(studio.TOKEN.partition(":")[0])


class Letters:
    """Makes them in one of LANGUAGES; ids are numbers in a row, the same whenever it is done."""

    def __init__(self, language: str) -> None:
        self._language = LANGUAGES.index(language)
        self._numbers = count(1)

    def of(self, step: Step) -> tuple[RawMessage, InboundMessage]:
        """What the step's client wrote."""
        return self._mail(step) if step.thread else self._said(step)

    def answer(self, step: Step) -> str:
        """What the client was told."""
        return QUESTIONS[step.words].answered[self._language]

    def subject(self, step: Step) -> str | None:
        """Of the step's thread of mails; None for a chat."""
        return QUESTIONS[step.words].subject[self._language] if step.thread else None

    def _words(self, step: Step) -> str:
        match step.did:
            case _ if step.firm is STRANGER:
                said = FIRST
            case Did.MORE:
                said = MORE[step.words]
            case Did.THANKED:
                said = THANKS[step.words]
            case Did.AUTOMATIC:
                said = AWAY[0]
            case _:
                said = QUESTIONS[step.words].asked
        return said[self._language]

    def _mail(self, step: Step) -> tuple[RawMessage, InboundMessage]:
        firm, number = step.firm, next(self._numbers)
        own, first = (f"<{name}@{firm.house}.test>" for name in (number, f"thread{step.thread}"))
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"] = Address(firm.person[self._language], addr_spec=firm.address)
        mail["To"] = studio.MAILBOX
        mail["Date"] = format_datetime(step.at)
        mail["Message-ID"], mail["References"] = own, first
        if step.did is Did.AUTOMATIC:
            mail["Auto-Submitted"] = "auto-replied"
            mail["Subject"] = AWAY[1][self._language]
        else:
            mail["Subject"] = self.subject(step) if step.did is Did.ASKED else "Re:"
        mail.set_content(self._words(step), cte="quoted-printable")
        payload = mail.as_bytes()
        raw = RawMessage(f"demo:{number}", first, payload, step.at)
        said = parse_mail(
            payload, channel_id=MAIL, own_addresses=_OWN, received_at=step.at, note={}
        )
        return raw, _message(said)

    def _said(self, step: Step) -> tuple[RawMessage, InboundMessage]:
        person, number = self.person(step.firm), next(self._numbers)
        said = {
            "message_id": _OLD_IDS + number,
            "from": person.as_user(),
            "chat": person.as_chat(),
            "date": int(step.at.timestamp()),
            "text": self._words(step),
        }
        payload = json.dumps({"update_id": number, "message": said}).encode()
        raw = RawMessage(f"demo:{number}", f"chat:{person.id}", payload, step.at)
        return raw, _message(parse_updates([raw], TELEGRAM, _BOT_ID))

    def person(self, firm: Firm) -> Person:
        """Who writes for the client."""
        first, _, last = firm.person[self._language].partition(" ")
        return Person(2001 + CLIENTS.index(firm), first, last)


def _message(said: object) -> InboundMessage:
    if not isinstance(said, InboundMessage):
        raise TypeError(f"a client's words were read as {said!r}")
    return said
