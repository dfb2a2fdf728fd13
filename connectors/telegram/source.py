"""The stream of updates, by long polling: raw, in order, acknowledged only once stored."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import random
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot, exceptions

from connectors.telegram.bot import ALLOWED_UPDATES, GetRawUpdates
from connectors.telegram.values import mapping
from inbox.errors import ChannelPaused, Fault
from inbox.model import Batch, Channel, RawMessage

log = logging.getLogger(__name__)

LONG_POLL = 25  # seconds
QUIET = 6 * 24 * 3600  # seconds without an update
MOST_BROKEN = 60.0  # seconds for which it is awaited what else belongs together
CONFLICTS = 5  # another reader of the token in a row, before a person is told


def raw_message(update: dict[str, Any], received_at: datetime) -> RawMessage:
    """An update as it is stored.

    Update ids may restart at random after a quiet week, so that the id alone would take a new
    message for an old one: what the update is about is part of the key. Chats of an own account
    have a lane of their own, for their numbers are those of chats with us. An edit joins no album:
    it comes alone, and later; the note `album` says of which group it changes a member.
    """
    kind = next((key for key in update if key != "update_id"), "empty")
    body = mapping(update.get(kind))
    message = mapping(body.get("message")) or body
    chat_id = mapping(message.get("chat")).get("id")
    user_id = mapping(body.get("from") or body.get("user")).get("id")
    connection = message.get("business_connection_id")
    space = f"{connection}:{chat_id}" if connection else f"{chat_id}"
    album = body.get("media_group_id")
    if chat_id is None:
        lane = f"user:{user_id}"
    else:
        lane = f"business:{space}" if connection else f"chat:{space}"
    group, alone = f"{space}:{album}"[:200], kind.startswith("edited")
    return RawMessage(
        external_id=f"{update.get('update_id')}:{kind}:{space}:{_what(body)}"[:200],
        lane=lane[:200],
        payload=json.dumps(update, separators=(",", ":")).encode(),
        received_at=received_at,
        group=group if album and not alone else None,
        note={"album": group} if album and alone else {},
    )


def _what(body: Mapping[str, Any]) -> object:
    deleted = body.get("message_ids")
    if isinstance(deleted, list):
        return ",".join(str(one) for one in deleted)
    named = ("message_id", "id", "result_id", "date")
    return next((body[one] for one in named if body.get(one)), "")


class Listening:
    """For how long a channel has been listened to without a break. `now`: monotonic seconds.

    What was written together comes in one rush: where nothing broke off, it is all there soon.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._since: float | None = -math.inf
        self._broken_at = math.inf
        self._heard_at: float | None = None

    @property
    def seconds(self) -> float:
        """Without an end where it was never begun, and where it has been broken for too long."""
        now = self._now()
        if self._since is not None:
            return now - self._since
        return math.inf if now - self._broken_at > MOST_BROKEN else 0.0

    @property
    def unheard(self) -> float | None:
        """Seconds since the other side was last there; None where it never was."""
        return None if self._heard_at is None else self._now() - self._heard_at

    def begin(self) -> None:
        """From now on, unless it is going on."""
        self._since = self._now() if self._since is None else self._since

    def heard(self) -> None:
        """The other side is there."""
        self._broken_at = math.inf
        self._heard_at = self._now()

    def broke(self) -> None:
        """It does not go on before the next `begin`."""
        self._since = None
        self._broken_at = min(self._broken_at, self._now())


class PollingSource:
    """Reads one token's updates. The cursor is "next update id@unix seconds of the last one".

    `trouble` says why nothing can be read at present, "" where all is well.
    """

    def __init__(self, channel: Channel, bot: Bot, now: Callable[[], datetime]) -> None:
        self.channel = channel
        self._bot = bot
        self._now = now
        self.trouble = ""
        self.listening = Listening()

    async def receive(self, after: str | None) -> AsyncGenerator[Batch, None]:
        """See inbox.ports.Source. A batch is at most 100 updates."""
        offset, last_at = _cursor(after)
        pause, conflicts = 0.0, 0
        self.listening.broke()
        while True:
            # After a week of silence ids start anew at random, maybe below the offset.
            if self._now().timestamp() - last_at > QUIET:
                offset = None
            self.listening.begin()
            try:
                updates = await self._ask(offset)
            except exceptions.TelegramUnauthorizedError as error:
                raise ChannelPaused(Fault.LOGIN_FAILED, error.message) from error
            except exceptions.TelegramConflictError as error:
                conflicts += 1
                if conflicts >= CONFLICTS:
                    raise ChannelPaused(Fault.CONFLICT, error.message) from error
                self.trouble = type(error).__name__
                self.listening.broke()
                pause = await _back_off(pause, error)
            except (exceptions.AiogramError, OSError, TimeoutError) as error:
                self.trouble = type(error).__name__
                self.listening.broke()
                pause = await _back_off(pause, error)
            else:
                self.trouble = ""
                self.listening.heard()
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
