"""Clients' chats with the bot, groups and own accounts: the Connector of kind "telegram"."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime

from aiogram import Bot
from aiogram.enums import ChatMemberStatus

from connectors.telegram.accounts import Accounts, NoAccounts
from connectors.telegram.config import TelegramSettings
from connectors.telegram.errors import translated
from connectors.telegram.outgoing import answer_press, delete_reply, edit_reply, send_reply
from connectors.telegram.parse import connection_of, parse_updates
from connectors.telegram.source import PollingSource
from connectors.telegram.webhook import WebhookSource
from inbox.errors import (
    Fault,
    FileUnavailable,
    SendDeferred,
    SendRejected,
    SendUncertain,
)
from inbox.model import (
    Account,
    Attachment,
    Batch,
    Channel,
    Chosen,
    Happening,
    InboundMessage,
    OutboundMessage,
    RawMessage,
    Receipt,
)

DOWNLOAD_LIMIT = 20_000_000  # bytes, getFile (https://core.telegram.org/bots/api#getfile)


class TelegramConnector:
    """Receives and answers. Holds nothing that a restart could lose."""

    def __init__(
        self,
        channel: Channel,
        bot: Bot,
        settings: TelegramSettings,
        now: Callable[[], datetime],
        accounts: Accounts | None = None,
    ) -> None:
        self.channel = channel
        self.origin = f"bot:{bot.id}"
        self._bot = bot
        self._accounts: Accounts = accounts or NoAccounts()
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

    @property
    def listened(self) -> float:
        """See inbox.channels.ComesInParts."""
        return self._source.listening.seconds

    @property
    def unheard(self) -> float | None:
        """Seconds since Telegram last answered; None before, and by webhook, where nobody asks."""
        return self._source.listening.unheard

    def receive(self, after: str | None) -> AsyncGenerator[Batch, None]:
        """See inbox.ports.Source."""
        return self._source.receive(after)

    async def parse(self, raws: Sequence[RawMessage]) -> InboundMessage | Happening | str:
        """See inbox.ports.Connector."""
        owner_id = await self._owner_of(connection_of(raws))
        return parse_updates(raws, self.channel.id, self._bot.id, owner_id)

    async def _owner_of(self, connection_id: str | None) -> int | None:
        """Whose own account it is: as stored, else as Telegram says. Raises SendDeferred."""
        if connection_id is None:
            return None
        account = await self._accounts.of_connection(connection_id)
        if account is not None:
            return account.owner_id
        try:
            with translated():
                found = await self._bot.get_business_connection(connection_id)
        except SendRejected:
            return None
        except SendUncertain as error:  # it was only asked
            raise SendDeferred(error.fault, error.detail) from error
        rights = found.rights
        await self._accounts.keep(
            Account(
                owner_id=found.user.id,
                connection_id=found.id,
                enabled=found.is_enabled,
                can_reply=bool(rights and rights.can_reply),
                at=found.date.astimezone(UTC),
            )
        )
        return found.user.id

    def external_id(self, key: str) -> str | None:
        """None: a chat has one thread, and Telegram names messages itself."""
        return None

    async def send(self, message: OutboundMessage) -> Receipt:
        """See inbox.ports.Connector. The reply may be several messages: text, then files."""
        return await send_reply(self._bot, message, self._accounts)

    async def edit(self, message: OutboundMessage, sent_as: Sequence[str]) -> None:
        """See inbox.channels.ChangesSent."""
        await edit_reply(self._bot, message, sent_as, self._accounts)

    async def take_back(self, message: OutboundMessage, sent_as: Sequence[str]) -> None:
        """See inbox.channels.ChangesSent: within 48 hours, in own accounts at any time."""
        await delete_reply(self._bot, message, sent_as, self._accounts)

    async def answer_press(self, event: Chosen, text: str) -> None:
        """See inbox.channels.ShowsChoices."""
        await answer_press(self._bot, event.press_id, text)

    async def fetch(self, attachment: Attachment, raw: RawMessage | None) -> bytes:
        """See inbox.ports.Connector: by file id, at most 20 MB unless the server is our own."""
        return await download(self._bot, attachment, local_files=self._local_files)

    async def hears_all(self, chat_id: int) -> bool:
        """Whether the bot gets everything that is said in this group: its privacy mode is off, or
        it is an administrator there (Bot API, "Privacy mode"). Raises the SendFailed."""
        with translated():
            me = await self._bot.get_me()
            if me.can_read_all_group_messages:
                return True
            member = await self._bot.get_chat_member(chat_id, me.id)
        return member.status == ChatMemberStatus.ADMINISTRATOR

    async def group_title(self, chat_id: int) -> str:
        """What the group is called now. Raises the SendFailed."""
        with translated():
            return (await self._bot.get_chat(chat_id)).title or ""

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
