"""What the store knows of raw messages after they were worked on; Transaction holds it as well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from inbox.model import InboundMessage, RawMessage
from inbox.records import KeptRaw


class Keeping(Protocol):
    """Raw messages that are stored: what is there, reading them again, letting them go."""

    async def noted(
        self, channel_id: str, name: str, like: Mapping[str, str], since: datetime
    ) -> frozenset[str]:
        """The values of the note `name` of what is stored: of raw messages that were received
        since then, whose notes hold `like`, and which have a payload."""
        ...

    async def raws_to_replay(
        self, state: str, since: datetime, after: int, limit: int
    ) -> tuple[KeptRaw, ...]:
        """Raw messages in a state that still have their payload, behind the id `after`."""
        ...

    async def ignored_because(self, reason: str) -> tuple[KeptRaw, ...]:
        """Raw messages that were ignored for exactly this reason and have their payload, by id."""
        ...

    async def raw_and_album(self, raw_id: int) -> tuple[RawMessage, ...]:
        """The raw message and, of an album, all others of its group, whatever their state."""
        ...

    async def album(
        self, channel_id: str, group: str
    ) -> tuple[int, tuple[RawMessage, ...]] | None:
        """The message that the raw messages of this group became, with them, in the order of
        their arrival; None where they are not known, or no message yet."""
        ...

    async def retell(self, message_id: int, message: InboundMessage) -> None:
        """Keep what a message says as it is read now: names, subject, text, files and context.

        By what it was filed and timed (sender, nature, instant) stays as it is.
        """
        ...

    async def drop_payloads(self, kind: str, before: datetime, limit: int) -> tuple[int, int]:
        """Let go of up to `limit` payloads of a kind of channel that were received before then
        and were worked on: how many, and their stored bytes. What is quarantined stays."""
        ...
