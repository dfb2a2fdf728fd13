"""The stream of updates, by webhook: 200 is answered only once the update is stored."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot, exceptions
from aiohttp import web

from connectors.telegram.bot import ALLOWED_UPDATES
from connectors.telegram.config import WebhookSettings
from connectors.telegram.source import Listening, raw_message
from inbox.errors import ChannelPaused, Fault
from inbox.model import Batch, Channel

log = logging.getLogger(__name__)

STORED_WITHIN = 20.0  # seconds; then Telegram is told to come again


class WebhookSource:
    """Listens where Telegram posts. There is no cursor: what got no 200 is posted again."""

    def __init__(
        self, channel: Channel, bot: Bot, settings: WebhookSettings, now: Callable[[], datetime]
    ) -> None:
        self.channel = channel
        self._bot = bot
        self._settings = settings
        self._now = now
        self.trouble = ""  # that Telegram cannot reach us is not seen from here
        self.listening = Listening()
        self._posted: asyncio.Queue[tuple[dict[str, Any], asyncio.Future[None]]] = asyncio.Queue()

    async def receive(self, after: str | None) -> AsyncGenerator[Batch, None]:
        """See inbox.ports.Source; updates that came together are one batch."""
        self.listening.broke()
        runner = await self._listen()
        self.listening.begin()
        open_answers: list[asyncio.Future[None]] = []
        try:
            await self._announce()
            while True:
                posted = [await self._posted.get()]
                while not self._posted.empty() and len(posted) < 100:
                    posted.append(self._posted.get_nowait())
                open_answers = [answer for _, answer in posted]
                received_at = self._now().astimezone(UTC)
                raws = tuple(raw_message(update, received_at) for update, _ in posted)
                yield Batch(raws, after or "webhook")
                for answer in open_answers:
                    if not answer.done():
                        answer.set_result(None)
        finally:
            for answer in open_answers:
                answer.cancel()
            await runner.cleanup()

    async def _listen(self) -> web.AppRunner:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_post("/{path:.*}", self._post)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, self._settings.host, self._settings.port).start()
        return runner

    async def _announce(self) -> None:
        try:
            await self._bot.set_webhook(
                self._settings.url,
                secret_token=self._settings.secret.get_secret_value(),
                allowed_updates=ALLOWED_UPDATES,
            )
        except exceptions.TelegramUnauthorizedError as error:
            raise ChannelPaused(Fault.LOGIN_FAILED, error.message) from error

    async def _post(self, request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(
            given.encode(), self._settings.secret.get_secret_value().encode()
        ):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except ValueError:
            return web.Response(status=400)
        if not isinstance(update, dict):
            return web.Response(status=400)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._posted.put_nowait((update, stored))
        try:
            await asyncio.wait_for(stored, STORED_WITHIN)
        except (TimeoutError, asyncio.CancelledError):
            return web.Response(status=503)
        return web.Response(status=200)
