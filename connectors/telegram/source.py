"""The stream of updates, by long polling: raw, in order, acknowledged only once stored."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot, exceptions

from connectors.telegram.bot import ALLOWED_UPDATES, GetRawUpdates
from inbox.errors import ChannelPaused, Fault
from inbox.model import Batch, Channel, RawMessage

log = logging.getLogger(__name__)

LONG_POLL = 25  # seconds
QUIET = 6 * 24 * 3600  # seconds without an update
CONFLICTS = 5  # another reader of the token in a row, before a person is told


def raw_message(update: dict[str, Any], received_at: datetime) -> RawMessage:
    """An update as it is stored.

    Update ids may restart at random after a quiet week, so that the id alone would take a new
    message for an old one: what the update is about is part of the key.
    """
    kind = next((key for key in update if key != "update_id"), "empty")
    about = update.get(kind)
    body: dict[str, Any] = about if isinstance(about, dict) else {}
    message = body.get("message") if isinstance(body.get("message"), dict) else body
    chat = message.get("chat") if isinstance(message, dict) else None
    chat_id = chat.get("id") if isinstance(chat, dict) else None
    sender = body.get("from")
    sender_id = sender.get("id") if isinstance(sender, dict) else None
    stable = body.get("message_id") or body.get("id") or body.get("date") or ""
    group = body.get("media_group_id")
    return RawMessage(
        external_id=f"{update.get('update_id')}:{kind}:{chat_id}:{stable}"[:200],
        lane=f"chat:{chat_id}" if chat_id is not None else f"user:{sender_id}",
        payload=json.dumps(update, separators=(",", ":")).encode(),
        received_at=received_at,
        group=f"{chat_id}:{group}" if group else None,
    )


class PollingSource:
    """Reads one token's updates. The cursor is "next update id@unix seconds of the last one".

    `trouble` says why nothing can be read at present, "" where all is well.
    """

    def __init__(self, channel: Channel, bot: Bot, now: Callable[[], datetime]) -> None:
        self.channel = channel
        self._bot = bot
        self._now = now
        self.trouble = ""

    async def receive(self, after: str | None) -> AsyncGenerator[Batch, None]:
        """See inbox.ports.Source. A batch is at most 100 updates."""
        offset, last_at = _cursor(after)
        pause, conflicts = 0.0, 0
        while True:
            # After a week of silence ids start anew at random, maybe below the offset.
            if self._now().timestamp() - last_at > QUIET:
                offset = None
            try:
                updates = await self._ask(offset)
            except exceptions.TelegramUnauthorizedError as error:
                raise ChannelPaused(Fault.LOGIN_FAILED, error.message) from error
            except exceptions.TelegramConflictError as error:
                conflicts += 1
                if conflicts >= CONFLICTS:
                    raise ChannelPaused(Fault.CONFLICT, error.message) from error
                self.trouble = type(error).__name__
                pause = await _back_off(pause, error)
            except (exceptions.AiogramError, OSError, TimeoutError) as error:
                self.trouble = type(error).__name__
                pause = await _back_off(pause, error)
            else:
                self.trouble = ""
                pause, conflicts = 0.0, 0
                if not updates:
                    continue
                offset = max(int(one["update_id"]) for one in updates) + 1
                received_at = self._now().astimezone(UTC)
                last_at = received_at.timestamp()
                raws = tuple(raw_message(one, received_at) for one in updates)
                yield Batch(raws, f"{offset}@{last_at:.0f}")

    async def _ask(self, offset: int | None) -> list[dict[str, Any]]:
        ask = GetRawUpdates(
            offset=offset, limit=100, timeout=LONG_POLL, allowed_updates=ALLOWED_UPDATES
        )
        return await self._bot(ask, request_timeout=LONG_POLL + 10)


def _cursor(after: str | None) -> tuple[int | None, float]:
    if not after:
        return None, 0.0
    offset, _, last_at = after.partition("@")
    return int(offset), float(last_at or 0)


async def _back_off(pause: float, error: BaseException) -> float:
    """Sleep with jitter, 1 s doubling to a minute, or as long as Telegram asks."""
    if isinstance(error, exceptions.TelegramRetryAfter):
        await asyncio.sleep(error.retry_after)
        return 0.0
    pause = min(60.0, max(1.0, pause * 2))
    log.warning("updates cannot be read, next try in %.0f s: %s", pause, type(error).__name__)
    await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
    return pause
