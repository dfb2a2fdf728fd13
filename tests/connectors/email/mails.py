"""Reading the mails under tests/fixtures/mail as the mailbox info@studio.ru receives them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from connectors.email.parse import parse_mail
from inbox.model import InboundMessage

FOLDER = Path(__file__).parents[2] / "fixtures" / "mail"
RECEIVED = datetime(2024, 3, 12, 12, 0, tzinfo=UTC)
OWN = frozenset({"info@studio.ru"})


def fixture(name: str) -> bytes:
    """The bytes of a fixture."""
    return (FOLDER / f"{name}.eml").read_bytes()


def every_fixture() -> list[str]:
    """Names of all fixtures."""
    return sorted(path.stem for path in FOLDER.glob("*.eml"))


def read(payload: bytes, note: Mapping[str, str] | None = None) -> InboundMessage | str:
    """What the product makes of a mail."""
    return parse_mail(
        payload,
        channel_id="email:info",
        own_addresses=OWN,
        received_at=RECEIVED,
        note=note or {},
        servers=frozenset({"studio.ru"}),
    )


def message(payload: bytes, note: Mapping[str, str] | None = None) -> InboundMessage:
    """The same, where it must be a message."""
    result = read(payload, note)
    assert isinstance(result, InboundMessage), result
    return result


def mail(body: str, *fields: str) -> bytes:
    """A small mail in UTF-8; `fields` are further header lines."""
    head = [
        "From: Ivan <ivan@client.example>",
        "To: info@studio.ru",
        "Message-ID: <small@client.example>",
        *fields,
    ]
    if not any(field.lower().startswith("content-type") for field in fields):
        head.append("Content-Type: text/plain; charset=utf-8")
    return ("\r\n".join(head) + "\r\n\r\n" + body.replace("\n", "\r\n")).encode()
