"""Clients' private chats with the bot: the Connector of kind "telegram"."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime

from aiogram import Bot

from connectors.telegram.config import TelegramSettings
from connectors.telegram.deliver import CAPTION_LIMIT, captioned, send_file, send_text, shown_as
from connectors.telegram.errors import translated
from connectors.telegram.parse import parse_updates, utf16_length
from connectors.telegram.source import PollingSource
from connectors.telegram.webhook import WebhookSource
from inbox.errors import (
    Fault,
    FileUnavailable,
    SendDeferred,
    SendFailed,
    SendRejected,
    SendUncertain,
)
from inbox.model import (
    Attachment,
    Batch,
    Channel,
    InboundMessage,
    OutboundMessage,
    RawMessage,
    Receipt,
)

DOWNLOAD_LIMIT = 20_000_000  # bytes, getFile (https://core.telegram.org/bots/api#getfile)


class TelegramConnector:
    """Receives and answers private chats. Holds nothing that a restart could lose."""

    def __init__(
        self,
        channel: Channel,
        bot: Bot,
        settings: TelegramSettings,
        now: Callable[[], datetime],
    ) -> None:
        self.channel = channel
        self.origin = f"bot:{bot.id}"
        self._bot = bot
        self._local_files = settings.local_files
        self._source: PollingSource | WebhookSource
        if settings.mode == "webhook" and settings.webhook is not None:
            self._source = WebhookSource(channel, bot, settings.webhook, now)
        else:
            self._source = PollingSource(channel, bot, now)

    @property
    def trouble(self) -> str:
        """Why nothing comes at present; "" where all is well."""
        return self._source.trouble

    def receive(self, after: str | None) -> AsyncGenerator[Batch, None]:
        """See inbox.ports.Source."""
        return self._source.receive(after)

    async def parse(self, raws: Sequence[RawMessage]) -> InboundMessage | str:
        """See inbox.ports.Connector."""
        return parse_updates(raws, self.channel.id, self._bot.id)

    def external_id(self, key: str) -> str | None:
        """None: a chat has one thread, and Telegram names messages itself."""
        return None

    async def send(self, message: OutboundMessage) -> Receipt:
        """See inbox.ports.Connector. The reply may be several messages: text, then files.

        Once the first of them is out, a failure of a later one is uncertain, not to be repeated.
        """
        chat_id = int(message.recipient.address)
        reply_to: int | None = None
        if message.answering is not None:
            reply_to = message.answering.reply_context.get("message_id")
        files = list(message.files)
        if not message.text and not files:
            raise SendRejected(Fault.EMPTY)
        sent_at: datetime | None = None
        text_goes_along = (
            bool(files)
            and captioned(shown_as(files[0]))
            and utf16_length(message.text) <= CAPTION_LIMIT
        )
        try:
            with translated():
                if message.text and not text_goes_along:
                    said = await send_text(
                        self._bot, chat_id, message.text, message.entities, reply_to=reply_to
                    )
                    sent_at = said.date
                for number, file in enumerate(files):
                    first = text_goes_along and number == 0
                    sent = await send_file(
                        self._bot,
                        chat_id,
                        file,
                        reply_to=reply_to,
                        caption=message.text if first else "",
                        entities=message.entities if first else (),
                    )
                    sent_at = sent_at or sent.date
        except SendFailed as error:
            if sent_at is None:
                raise
            raise SendUncertain(error.fault, error.detail) from error
        if sent_at is None:
            raise SendRejected(Fault.EMPTY)
        return Receipt(thread_ids=(f"chat:{chat_id}",), sent_at=sent_at.astimezone(UTC))

    async def fetch(self, attachment: Attachment, raw: RawMessage | None) -> bytes:
        """See inbox.ports.Connector: by file id, at most 20 MB unless the server is our own."""
        return await download(self._bot, attachment, local_files=self._local_files)

    async def close(self) -> None:
        """Close the connections to Telegram."""
        await self._bot.session.close()


async def download(bot: Bot, attachment: Attachment, *, local_files: bool = False) -> bytes:
    """The bytes of a file this bot was sent. Raises FileUnavailable; SendDeferred: later."""
    if not attachment.ref:
        raise FileUnavailable(Fault.EMPTY)
    if not local_files and (attachment.size or 0) > DOWNLOAD_LIMIT:
        raise FileUnavailable(Fault.TOO_LARGE)
    try:
        with translated():
            file = await bot.get_file(attachment.ref)
            if file.file_path is None:
                raise FileUnavailable(Fault.EXPIRED)
            found = await bot.download_file(file.file_path)
    except SendRejected as error:
        raise FileUnavailable(error.fault, error.detail) from error
    except SendUncertain as error:  # nothing went out: it can only be asked for again
        raise SendDeferred(error.fault, error.detail) from error
    return found.read() if found is not None else b""
