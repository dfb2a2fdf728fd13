"""What the figures of now ask of the store: short pages of little, read at any time.

A part of inbox.ports.Transaction. Nothing is locked. Instants are UTC; promises are no waits here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from inbox.calendars import Stretch
from inbox.reports import Holding
from inbox.reports_store import Place, Talk


@dataclass(frozen=True, slots=True)
class OpenNow:
    """An open wait. `holder_id`: whose client it is; `charged_id`: with whom a breach of it would
    stand, who held it when it fell due or, before that, its holder."""

    wait_id: int
    conversation_id: int
    holder_id: int | None
    charged_id: int | None
    started_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndedNow:
    """A wait that has ended. `by_id`: who answered or ended it, None where nobody knows; `got`:
    who got it last before that, where it changed hands while it was open, with the `stretches`
    by which its time ran, else empty."""

    place: Place
    holder_id: int | None
    charged_id: int | None
    by_id: int | None
    outcome: str
    first: bool
    within: bool
    business: timedelta
    got: Holding | None
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class ShownWait:
    """An open wait as it is shown: where it belongs, the message that opened it, where that is
    known, and by which `stretches` its time runs."""

    wait_id: int
    talk: Talk
    message_id: int | None
    started_at: datetime
    due_at: datetime | None
    stretches: tuple[Stretch, ...]


class LiveStore(Protocol):
    """Reading for the figures of now."""

    async def open_now(self, after: int, limit: int) -> tuple[OpenNow, ...]:
        """Open waits by conversation, behind this one."""
        ...

    async def ended_behind(
        self, after: Place, until: datetime, limit: int
    ) -> tuple[EndedNow, ...]:
        """What has ended behind this place and before `until`, in the order of ending."""
        ...

    async def shown_waits(self, wait_ids: Collection[int]) -> tuple[ShownWait, ...]:
        """Those of the waits that are still open."""
        ...
