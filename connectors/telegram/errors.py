"""aiogram's errors, translated once into the three ways a send can fail.

refused by Telegram      400, 403, 401, 413      → SendRejected
a file that is gone      4xx of a download       → SendRejected
a chat that went on under another id             → SendDeferred, MOVED, the id in `detail`
asked to wait, or no connection was made         → SendDeferred
the request was written and no clear answer came → SendUncertain (there is no idempotency key)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from aiogram import exceptions as telegram
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponseError,
    ConnectionTimeoutError,
)
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from connectors.telegram.pacing import TooBusy
from inbox.errors import Fault, SendDeferred, SendFailed, SendRejected, SendUncertain

_CONNECTING = (
    ClientConnectorError,
    ConnectionTimeoutError,
    ProxyError,
    ProxyConnectionError,
    ProxyTimeoutError,
)
_RAISED = (telegram.AiogramError, ClientError, OSError, TimeoutError, TooBusy, *_CONNECTING)
_SHUT_OUT = ("blocked", "deactivated", "kicked", "bot is not a member")
_NEVER_WROTE = ("initiate conversation", "chat not found")
# Of an own account only chats with a client's message of the last 24 hours can be written to.
_TOO_LATE = ("business_peer", "can't be edited", "can't be deleted")
_NO_RIGHTS = (
    "business_connection",
    "bot_access_forbidden",
    "not enough rights",
    "have no rights",
    "need administrator",
)


@contextmanager
def translated() -> Iterator[None]:
    """Whatever aiogram raises inside comes out as one of the three SendFailed.

    Its downloads raise the errors of aiohttp as they are, and those tell the address and with it
    the token.
    """
    try:
        yield
    except _RAISED as error:
        raise send_failed(error) from error


def send_failed(error: BaseException) -> SendFailed:
    """What this error means (https://core.telegram.org/bots/api#making-requests)."""
    detail = getattr(error, "message", "") or type(error).__name__
    return _asked_to_wait(error, detail) or _refused(error, detail) or _unclear(error, detail)


def _asked_to_wait(error: BaseException, detail: str) -> SendFailed | None:
    match error:
        case TooBusy():
            wait = timedelta(seconds=error.wait)
            return SendDeferred(Fault.RATE_LIMITED, detail, retry_after=wait)
        case telegram.TelegramRetryAfter():
            wait = timedelta(seconds=error.retry_after)
            return SendDeferred(Fault.RATE_LIMITED, detail, retry_after=wait)
        case ClientResponseError(status=429):  # a download
            return SendDeferred(Fault.RATE_LIMITED, detail)
        case telegram.TelegramMigrateToChat():
            moved_to = str(error.migrate_to_chat_id)
            return SendDeferred(Fault.MOVED, moved_to, retry_after=timedelta())
        case telegram.RestartingTelegram():
            return SendDeferred(Fault.UNREACHABLE, detail)
        case telegram.TelegramNetworkError() if _never_connected(error):
            return SendDeferred(Fault.UNREACHABLE, _plain(error))
        case _:
            return None


def _refused(error: BaseException, detail: str) -> SendFailed | None:
    match error:
        case telegram.TelegramServerError() | telegram.TelegramNetworkError():
            return None
        case telegram.TelegramUnauthorizedError():
            return SendRejected(Fault.LOGIN_FAILED, detail)
        case telegram.TelegramEntityTooLarge():
            return SendRejected(Fault.TOO_LARGE, detail)
        case telegram.TelegramForbiddenError() | telegram.TelegramBadRequest():
            return SendRejected(_fault_of(detail), detail)
        case ClientResponseError() if 400 <= error.status < 500:
            return SendRejected(Fault.EXPIRED, detail)
        case telegram.TelegramAPIError():
            return SendRejected(Fault.REFUSED, detail)
        case _:
            return None


def _unclear(error: BaseException, detail: str) -> SendFailed:
    answered = isinstance(error, telegram.TelegramServerError | telegram.ClientDecodeError)
    return SendUncertain(Fault.NO_ANSWER, detail if answered else _plain(error))


def _fault_of(description: str) -> Fault:
    lowered = description.casefold()
    if any(words in lowered for words in _SHUT_OUT):
        return Fault.BLOCKED
    if any(words in lowered for words in _NEVER_WROTE):
        return Fault.NEVER_WROTE
    if any(words in lowered for words in _TOO_LATE):
        return Fault.TOO_LATE
    if any(words in lowered for words in _NO_RIGHTS):
        return Fault.NO_RIGHTS
    if "too big" in lowered or "too large" in lowered:
        return Fault.TOO_LARGE
    return Fault.REFUSED


def _never_connected(error: BaseException) -> bool:
    return isinstance(error.__cause__, _CONNECTING)


def _plain(error: BaseException) -> str:
    """The kind of failure alone: its text may hold the address, and with it the token."""
    return type(error.__cause__ or error).__name__
