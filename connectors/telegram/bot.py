"""The aiogram Bot on the wire: server, proxy, and the two calls that are made all the time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import TelegramMethod
from aiogram.types import ForceReply, InlineKeyboardMarkup, MessageEntity, ReplyParameters
from aiohttp_socks import ProxyConnectionError, ProxyError
from pydantic import BaseModel, SecretStr

from connectors.telegram.config import TelegramSettings
from connectors.telegram.pacing import Pace

ALLOWED_UPDATES = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "message_reaction",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "inline_query",
    "chosen_inline_result",
]


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates without parsing: one bad update must not hide the others.

    https://core.telegram.org/bots/api#getupdates; `timeout` is in seconds.
    """

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class SentTo(BaseModel):
    """The chat that a message went to."""

    id: int


class Sent(BaseModel):
    """Of the Message that a send answers with, what is kept.

    aiogram's Message stands for all that Telegram knows: building its checks takes most of a
    second and 20 MB at the first card, and checking an answer longer than making the request.
    """

    message_id: int
    date: datetime
    chat: SentTo
    message_thread_id: int | None = None


class SendText(TelegramMethod[Sent]):
    """sendMessage, as far as we use it; the text is never parsed as markup.

    https://core.telegram.org/bots/api#sendmessage
    """

    __returning__ = Sent
    __api_method__ = "sendMessage"

    chat_id: int
    text: str
    message_thread_id: int | None = None
    business_connection_id: str | None = None
    entities: list[MessageEntity] | None = None
    reply_markup: InlineKeyboardMarkup | ForceReply | None = None
    reply_parameters: ReplyParameters | None = None
    disable_notification: bool | None = None


class Session(AiohttpSession):
    """Sends at a pace that Telegram takes.

    It says of a proxy that fails that the network does: its own words may hold the password.
    """

    def __init__(self, *, pace: Pace | None, **given: Any) -> None:
        super().__init__(**given)
        self.pace = pace

    async def close(self) -> None:
        """Hang up; aiogram waits a quarter of a second for TLS to end, which http has not."""
        if self.api.base.startswith("https://"):
            await super().close()
        elif self._session is not None and not self._session.closed:
            await self._session.close()

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109 - as aiogram calls it
    ) -> Any:
        chat_id = _chat_written_to(method)
        if self.pace is not None and chat_id is not None:
            await self.pace.turn(chat_id, len(getattr(method, "media", None) or (1,)))
        try:
            return await super().make_request(bot, method, timeout)
        except TelegramRetryAfter as error:
            if self.pace is not None and chat_id is not None:
                self.pace.hold(chat_id, error.retry_after)
            raise
        except (ProxyError, ProxyConnectionError) as error:
            raise TelegramNetworkError(method=method, message="the proxy failed") from error


def _chat_written_to(method: TelegramMethod[Any]) -> int | None:
    """The chat that gets a message by this call; None where none does."""
    name, chat_id = method.__api_method__, getattr(method, "chat_id", None)
    counted = name.startswith(("send", "copy", "forward")) and name != "sendChatAction"
    return chat_id if counted and isinstance(chat_id, int) else None


def wait_of(bot: Bot, chat_id: int) -> float:
    """Seconds until this bot could send another card to the chat."""
    pace = bot.session.pace if isinstance(bot.session, Session) else None
    return 0.0 if pace is None else pace.wait_of(chat_id)


async def turn(bot: Bot, chat_id: int) -> None:
    """Wait as a message to the chat would, for a call that Telegram counts like one. Raises
    TooBusy."""
    pace = bot.session.pace if isinstance(bot.session, Session) else None
    if pace is not None:
        await pace.turn(chat_id)


def open_bot(settings: TelegramSettings, token: SecretStr | None = None) -> Bot:
    """A Bot for this token (default: the clients' one); no request goes out yet."""
    server = TelegramAPIServer.from_base(settings.api, is_local=settings.local_files)
    proxy = settings.proxy.get_secret_value() if settings.proxy is not None else None
    pace = Pace() if settings.pace else None
    session = Session(pace=pace, proxy=proxy, api=server, timeout=60)
    return Bot((token or settings.token).get_secret_value(), session=session)
