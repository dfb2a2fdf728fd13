"""The mail connector: reads over IMAP, answers over SMTP, keeps a copy in the Sent folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import structlog

from connectors.email.compose import Composed, compose, message_id
from connectors.email.config import MailboxSettings
from connectors.email.parse import parse_mail, read_part
from connectors.email.send import Outgoing
from connectors.email.sent_folder import SentCopies
from connectors.email.sync import MailReader
from inbox.errors import Fault, FileUnavailable, SendFailed, SendRejected, Unreadable
from inbox.model import (
    Attachment,
    Batch,
    Channel,
    InboundMessage,
    Nature,
    OutboundMessage,
    RawMessage,
    Receipt,
)
from inbox.ports import Clock

log = structlog.get_logger(__name__)

HISTORY = "there before the first run"


class MailConnector:
    """One mailbox as an inbox.ports.Connector. `close` ends what runs in the background."""

    def __init__(
        self,
        channel: Channel,
        settings: MailboxSettings,
        clock: Clock,
        *,
        reader: MailReader | None = None,
        outgoing: Outgoing | None = None,
        copies: SentCopies | None = None,
    ) -> None:
        self.channel = channel
        self.origin = channel.id
        self._settings = settings
        self._clock = clock
        self._own = frozenset((settings.address.casefold(),))
        self._reader = reader or MailReader(settings, clock)
        self._outgoing = outgoing or Outgoing(settings.smtp)
        self._copies = copies or SentCopies(settings)

    @property
    def trouble(self) -> str:
        """Why nothing comes at present; "" where all is well."""
        return self._reader.trouble

    def receive(self, after: str | None) -> AsyncGenerator[Batch, None]:
        """See inbox.ports.Source."""
        return self._reader.read(after)

    def parse(self, raws: Sequence[RawMessage]) -> InboundMessage | str:
        """See inbox.ports.Connector. History and gaps are told by the raw message's note."""
        raw = raws[0]
        if "gap" in raw.note:
            where = f"folder {raw.note['folder']}, UID {raw.note['uid']}"
            raise Unreadable(Fault.NO_ANSWER, f"the server does not hand over: {where}")
        message = parse_mail(
            raw.payload,
            channel_id=self.channel.id,
            own_addresses=self._own,
            received_at=raw.received_at,
            note=raw.note,
        )
        if isinstance(message, str) or "history" not in raw.note:
            return message
        if message.nature is Nature.PERSON:
            return replace(message, nature=Nature.AUTOMATIC, nature_reason=HISTORY)
        return message

    def external_id(self, key: str) -> str | None:
        """The Message-ID that the reply with this key will have."""
        return message_id(self._settings.address, key)

    async def send(self, message: OutboundMessage) -> Receipt:
        """See inbox.ports.Connector; the copy in Sent is made behind the receipt's back."""
        mail = await self._composed(message)
        await self._outgoing.send(mail)
        self._copies.keep(mail)
        return Receipt(thread_ids=(mail.message_id,), sent_at=self._clock.now())

    async def _composed(self, message: OutboundMessage) -> Composed:
        """In a thread: encoding large files would hold up everything else."""
        try:
            return await asyncio.to_thread(compose, message, self._settings)
        except SendFailed:
            raise
        except Exception as error:
            log.exception("A reply cannot be put into a mail.", key=message.key)
            raise SendRejected(Fault.MALFORMED, type(error).__name__) from error

    async def fetch(self, attachment: Attachment, raw: RawMessage | None) -> bytes:
        """A part of the stored mail. Raises FileUnavailable: too large to be had, or not there."""
        if raw is None:
            raise FileUnavailable(Fault.EXPIRED, attachment.name)
        if "truncated" in raw.note and attachment.ref != "eml":
            raise FileUnavailable(Fault.TOO_LARGE, f"{attachment.name}: {raw.note['size']} bytes")
        return await asyncio.to_thread(read_part, raw.payload, attachment.ref)

    async def close(self) -> None:
        """Make the copies that wait, say goodbye, drop the rest; ten seconds at most."""
        await asyncio.gather(self._copies.close(), self._outgoing.close())
        self._reader.stop()


def connect(channel: Channel, settings: MailboxSettings, clock: Clock) -> MailConnector:
    """A connector for the mailbox; nothing is connected before it is used."""
    return MailConnector(channel, settings, clock)
