"""The updates of one bot, kept until the bot confirms them by offset or a webhook takes them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.refusal import bad_request, conflict

Update = dict[str, Any]

MUST_BE_ASKED_FOR = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
LONGEST_POLL = 50.0
LARGEST_BATCH = 100


@dataclass(slots=True)
class Webhook:
    """Where updates are posted to; `last_error_at` is a Unix time in seconds."""

    url: str
    secret: str = ""
    max_connections: int = 40
    last_error_at: int | None = None
    last_error: str = ""


class Stream:
    """Redelivers from the oldest unconfirmed update; one reader at a time."""

    def __init__(self, first_id: int) -> None:
        self.pending: deque[Update] = deque()
        self.allowed: frozenset[str] | None = None
        self.webhook: Webhook | None = None
        self._next_id = first_id
        self._reader = 0
        self._wake = asyncio.Event()

    def wants(self, kind: str) -> bool:
        """Whether the bot's allowed_updates, or their default, let this kind through."""
        if self.allowed is None:
            return kind not in MUST_BE_ASKED_FOR
        return kind in self.allowed

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Remember allowed_updates: None keeps the former, an empty list is the default."""
        if kinds is not None:
            self.allowed = frozenset(kinds) if kinds else None

    def push(self, kind: str, payload: dict[str, Any]) -> int | None:
        """Append an update and return its id, or None where the bot does not want the kind."""
        return self.inject({kind: payload}) if self.wants(kind) else None

    def inject(self, raw: Update) -> int:
        """Append a raw update as it is, parseable or not; an id is given where it has none."""
        update_id = raw.get("update_id")
        if not isinstance(update_id, int):
            update_id = self._next_id
        self._next_id = max(self._next_id, update_id + 1)
        self.pending.append({**raw, "update_id": update_id})
        self._wake.set()
        return update_id

    def confirm(self, offset: int) -> None:
        """Forget updates before `offset`; a negative one keeps that many of the newest."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        elif offset > 0:
            while self.pending and self.pending[0]["update_id"] < offset:
                self.pending.popleft()

    def head(self, limit: int) -> list[Update]:
        """The oldest unconfirmed updates."""
        count = min(limit, len(self.pending))
        return [self.pending[index] for index in range(count)]

    def remove(self, updates: Sequence[Update]) -> None:
        """Forget exactly these: a webhook has taken them."""
        taken = {id(update) for update in updates}
        self.pending = deque(update for update in self.pending if id(update) not in taken)

    def set_webhook(self, webhook: Webhook | None) -> None:
        self.webhook = webhook
        self._wake.set()

    def close(self) -> None:
        """End the waiting reader, as a server that goes down does."""
        self._reader += 1
        self._wake.set()

    async def wait(self) -> None:
        """Return at the next push or change of webhook."""
        self._wake.clear()
        await self._wake.wait()

    async def fetch(self, offset: int, limit: int, timeout: float) -> list[Update]:  # noqa: ASYNC109  the API's own word
        """What getUpdates answers, after at most `timeout` seconds.

        A later call ends an earlier one that still waits with 409, as Telegram does.
        """
        self._refuse_beside_webhook()
        self._reader += 1
        reader = self._reader
        self._wake.set()
        self.confirm(offset)
        limit = limit if 1 <= limit <= LARGEST_BATCH else LARGEST_BATCH
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(max(timeout, 0.0), LONGEST_POLL)
        while not self.pending and (left := deadline - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self.wait()
            except TimeoutError:
                break
            if reader != self._reader:
                raise conflict(
                    "terminated by other getUpdates request; "
                    "make sure that only one bot instance is running"
                )
            self._refuse_beside_webhook()
        return self.head(limit)

    def _refuse_beside_webhook(self) -> None:
        if self.webhook is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )


def webhook_from(url: str, secret: str, max_connections: int) -> Webhook:
    """Check what setWebhook was given.

    Plain http is let through, since the sandbox lives on loopback; Telegram wants https.
    """
    if not url.startswith(("http://", "https://")):
        raise bad_request("bad webhook: an HTTPS URL must be provided for webhook")
    allowed = set("-_") | set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    if len(secret) > 256 or not set(secret) <= allowed:
        raise bad_request("secret token contains unallowed characters")
    return Webhook(url, secret, max_connections)
