"""The mail connector: reads over IMAP, answers over SMTP, keeps a copy in the Sent folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import UTC

import structlog

from connectors.email.addressing import others_addressed
from connectors.email.attachments import WHOLE
from connectors.email.authentication import own_servers
from connectors.email.compose import Composed, compose, mark, message_id
from connectors.email.config import MailboxSettings
from connectors.email.folder_reader import Stored
from connectors.email.limited import LimitedReader
from connectors.email.limited_child import Reading
from connectors.email.login import tokens_of
from connectors.email.oversized import fetch_part
from connectors.email.parse import OWN_MACHINE
from connectors.email.send import Outgoing
from connectors.email.sent_folder import Found, SentFolder, Sought
from connectors.email.session import ImapSession
from connectors.email.smtp import SmtpSession
from connectors.email.sync import MailReader, Open
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

# Seconds after which a provider that keeps what it relays is asked again.
PROVIDER_PAUSES = (3.0, 10.0)
HISTORY = "there before the first run"
SENT = "found in the Sent folder"


class MailConnector:
    """One mailbox as an inbox.ports.Connector. `close` ends what runs in the background."""

    def __init__(
        self,
        channel: Channel,
        settings: MailboxSettings,
        clock: Clock,
        *,
        own_addresses: frozenset[str] = frozenset(),
        stored: Stored | None = None,
        reader: MailReader | None = None,
        outgoing: Outgoing | None = None,
        sent: SentFolder | None = None,
        pauses: tuple[float, ...] = PROVIDER_PAUSES,
    ) -> None:
        self.channel = channel
        self.origin = channel.id
        self._settings = settings
        self._clock = clock
        self.copy_after = settings.sent_copy_delay
        self._own = settings.own_addresses | own_addresses
        servers = own_servers(settings.imap.host, settings.address, settings.authserv_id)
        self._limited = LimitedReader(Reading(channel.id, self._own, servers))
        tokens = self._tokens = tokens_of(settings, channel.id.partition(":")[2])
        self._open: Open = lambda: ImapSession.open(settings.imap, tokens=tokens)
        self._reader = reader or MailReader(
            settings, clock, stored=stored, open_session=self._open
        )
        self._outgoing = outgoing or Outgoing(
            settings.smtp, open_session=lambda: SmtpSession.open(settings.smtp, tokens=tokens)
        )
        self._sent = sent or SentFolder(settings, open_session=self._open)
        self._pauses = pauses if settings.sent_copy == "provider" else ()

    @property
    def trouble(self) -> str:
        """Why nothing comes at present; "" where all is well."""
        return self._reader.trouble

    @property
    def unheard(self) -> float | None:
        """Seconds since the mailbox last answered; None before."""
        return self._reader.unheard

    def receive(self, after: str | None) -> AsyncGenerator[Batch, None]:
        """See inbox.ports.Source."""
        return self._reader.read(after)

    async def parse(self, raws: Sequence[RawMessage]) -> InboundMessage | str:
        """See inbox.ports.Connector. History and gaps are told by the raw message's note."""
        raw = raws[0]
        if "gap" in raw.note:
            where = f"folder {raw.note['folder']}, UID {raw.note['uid']}"
            raise Unreadable(Fault.NO_ANSWER, f"the server does not hand over: {where}")
        message = await self._limited.read(raw.payload, raw.received_at, raw.note)
        if isinstance(message, str):
            return message
        if "truncated" in raw.note:
            message = replace(message, attachments=_left_there(message, raw.note["size"]))
        if "sent" in raw.note:
            if message.nature is Nature.AUTOMATIC:
                return OWN_MACHINE
            return replace(message, nature=Nature.OWN, nature_reason=SENT)
        if "history" in raw.note and message.nature is Nature.PERSON:
            return replace(message, nature=Nature.AUTOMATIC, nature_reason=HISTORY)
        return message

    def others_addressed(self, message: InboundMessage) -> tuple[str, ...]:
        """See inbox.channels.AnswersSeveral."""
        return others_addressed(message, self._own)

    def external_id(self, key: str) -> str | None:
        """The Message-ID that the reply with this key will have."""
        return message_id(self._settings.address, key)

    async def send(self, message: OutboundMessage) -> Receipt:
        """See inbox.ports.Connector; the copy in Sent is a hop of its own."""
        mail = await self._composed(message)
        await self._outgoing.send(mail)
        return Receipt(thread_ids=(mail.message_id,), sent_at=self._clock.now())

    async def _composed(self, message: OutboundMessage) -> Composed:
        """In a thread: encoding large files would hold up everything else."""
        try:
            return await asyncio.to_thread(compose, message, self._settings, self._own)
        except SendFailed:
            raise
        except Exception as error:
            log.exception("A reply cannot be put into a mail.", key=message.key)
            raise SendRejected(Fault.MALFORMED, type(error).__name__) from error

    async def look_for(self, message: OutboundMessage) -> Receipt | None:
        """See inbox.ports.KeepsSent. A provider that keeps copies may be some seconds late."""
        address = self._settings.address
        sought = Sought(
            message_id(address, message.key), mark(address, message.key), message.written_at
        )
        found = await self._sent.find(sought)
        for pause in self._pauses:
            if found is not None:
                break
            await asyncio.sleep(pause)
            found = await self._sent.find(sought)
        return None if found is None else self._receipt(found, message)

    def _receipt(self, found: Found, message: OutboundMessage) -> Receipt:
        now = self._clock.now()
        kept_at = (found.kept_at or now).astimezone(UTC)
        return Receipt(found.ids, sent_at=min(max(kept_at, message.written_at), now))

    async def keep_copy(self, message: OutboundMessage) -> None:
        """See inbox.ports.KeepsSent; left to the provider where the settings say so."""
        if self._settings.sent_copy == "append":
            await self._sent.put((await self._composed(message)).payload)

    async def fetch(self, attachment: Attachment, raw: RawMessage | None) -> bytes:
        """A part of the stored mail, or from the server where only header and text are stored."""
        if raw is None:
            raise FileUnavailable(Fault.EXPIRED, attachment.name)
        if "truncated" in raw.note:
            return await fetch_part(self._open, raw.note, raw.payload, attachment.ref)
        return await self._limited.read_part(raw.payload, attachment.ref)

    async def close(self) -> None:
        """Say goodbye, drop the rest; ten seconds at most."""
        await asyncio.gather(self._sent.close(), self._outgoing.close(), self._limited.close())
        self._reader.stop()
        if self._tokens is not None:
            await self._tokens.close()


def _left_there(message: InboundMessage, size: str) -> tuple[Attachment, ...]:
    """The files of a mail of which only header and text are stored: their sizes are not known."""
    return tuple(
        replace(one, size=int(size) if one.ref == WHOLE else None) for one in message.attachments
    )


def connect(
    channel: Channel,
    settings: MailboxSettings,
    clock: Clock,
    own_addresses: frozenset[str] = frozenset(),
    stored: Stored | None = None,
) -> MailConnector:
    """A connector for the mailbox; nothing is connected before it is used.

    `own_addresses`: those of the studio's other mailboxes too, case-folded. `stored` says which
    UIDs of a folder are stored; without it nothing that was missed is looked for.
    """
    return MailConnector(channel, settings, clock, own_addresses=own_addresses, stored=stored)
