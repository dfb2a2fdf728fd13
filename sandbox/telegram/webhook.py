"""Posts updates to the webhooks of bots, with the secret header, and again until taken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import aiohttp

from sandbox.telegram.stream import Update, Webhook
from sandbox.telegram.world import Bot, World

ORIGIN_HEADER = "X-Telegram-Bot-Api-Secret-Token"
REPLY_WITHIN = aiohttp.ClientTimeout(total=10)
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0

Perform = Callable[[Bot, str, dict[str, Any]], Awaitable[Any]]


class Deliveries:
    """A task a bot with a webhook. Updates of one chat go one after the other."""

    def __init__(self, world: World, perform: Perform) -> None:
        self.world = world
        self._perform = perform
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def ensure(self, bot: Bot) -> None:
        """Start delivering where a webhook is set and nobody delivers yet."""
        task = self._tasks.get(bot.id)
        if bot.stream.webhook is not None and (task is None or task.done()):
            self._tasks[bot.id] = asyncio.create_task(self._run(bot))

    async def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, bot: Bot) -> None:
        pause = FIRST_PAUSE
        async with aiohttp.ClientSession(timeout=REPLY_WITHIN) as session:
            while (webhook := bot.stream.webhook) is not None:
                batch = _one_of_each_chat(bot.stream.head(webhook.max_connections))
                if not batch:
                    await bot.stream.wait()
                    continue
                taken = await asyncio.gather(
                    *(self._post(session, bot, webhook, update) for update in batch)
                )
                bot.stream.remove([update for update, ok in zip(batch, taken, strict=True) if ok])
                if all(taken):
                    pause = FIRST_PAUSE
                    continue
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _post(
        self, session: aiohttp.ClientSession, bot: Bot, webhook: Webhook, update: Update
    ) -> bool:
        headers = {ORIGIN_HEADER: webhook.secret} if webhook.secret else {}
        try:
            async with session.post(webhook.url, json=update, headers=headers) as response:
                if response.status >= HTTPStatus.MULTIPLE_CHOICES:
                    fault = f"Wrong response from the webhook: {response.status} {response.reason}"
                    return self._failed(webhook, fault)
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            return self._failed(webhook, str(error) or "Read timeout expired")
        await self._run_answer(bot, body)
        return True

    def _failed(self, webhook: Webhook, fault: str) -> bool:
        webhook.last_error = fault
        webhook.last_error_at = int(self.world.now().timestamp())
        return False

    async def _run_answer(self, bot: Bot, body: bytes) -> None:
        try:
            answer = json.loads(body)
        except ValueError:
            return
        if isinstance(answer, dict) and isinstance(method := answer.pop("method", None), str):
            await self._perform(bot, method, answer)


def _one_of_each_chat(updates: list[Update]) -> list[Update]:
    chosen: dict[Any, Update] = {}
    for update in updates:
        chosen.setdefault(_chat_of(update), update)
    return list(chosen.values())


def _chat_of(update: Update) -> Any:
    for payload in update.values():
        if isinstance(payload, dict):
            message = payload.get("message", payload)
            if isinstance(message, dict) and isinstance(chat := message.get("chat"), dict):
                return str(chat.get("id"))
    return None
