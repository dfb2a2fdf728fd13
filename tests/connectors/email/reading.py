"""What a test of the mail connector reads with: a clock, recorded pauses, a reading, a mail."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.email.config import MailboxSettings, ServerSettings
from connectors.email.sync import MailReader
from inbox.model import Batch, RawMessage
from tests.servers import Mailbox


class Clock:
    """The present of the test, `ahead` of the real one; `hop` makes the next try due."""

    hop = timedelta(seconds=31)

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        real = datetime.now(UTC)  # noqa: TID251  INTERNALDATE comes from a real server
        return real + self.ahead


class Pauses:
    """Records how long a reader wanted to pause, and lets it go on at once."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0.01)


class Reading:
    """Reads as the flow does: the cursor is stored before more is asked for."""

    def __init__(self, reader: MailReader, after: str | None = None) -> None:
        self.reader = reader
        self.cursor = after
        self._stream = reader.read(after)

    async def batch(self, seconds: float = 10) -> Batch:
        batch = await asyncio.wait_for(anext(self._stream), seconds)
        self.cursor = batch.cursor
        return batch

    async def mails(self, count: int, seconds: float = 20) -> list[RawMessage]:
        """At least so many raw messages."""
        found: list[RawMessage] = []
        async with asyncio.timeout(seconds):
            while len(found) < count:
                found.extend((await self.batch(seconds)).messages)
        return found

    async def nothing(self, seconds: float = 0.5) -> None:
        """Fails where a mail comes within so many seconds; places may be stored."""
        came: Batch | None = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while came is None or not came.messages:
                    came = await self.batch(seconds)
        assert came is None or not came.messages
        self._stream = self.reader.read(self.cursor)

    async def stop(self) -> None:
        await self._stream.aclose()


MakeReading = Callable[..., Reading]


def mail(subject: str, body: str = "Hello", **fields: str) -> bytes:
    """A small mail; `fields` are further header fields, "_" standing for "-"."""
    lines = [f"Subject: {subject}", "From: Lena <lena@client.test>", "To: info@firm.test"]
    lines.append(f"Message-ID: <{abs(hash(subject))}@client.test>")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join([*lines, "", body]) + "\r\n").encode()


def mailbox_settings(box: Mailbox, imap_port: int, **more: Any) -> MailboxSettings:
    imap = ServerSettings(
        host="127.0.0.1", port=imap_port, security="none", user=box.address, password=box.password
    )
    return MailboxSettings(
        **{"address": box.address, "imap": imap, "smtp": imap, "sent_copy_delay": 0, **more}
    )
