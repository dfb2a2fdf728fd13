"""/metrics: what happens in this process and how it stands, in numbers, for Prometheus.

Counting costs a dictionary's entry and needs no library; the text is made where it is asked for,
by bot/metric_texts.py, which alone carries prometheus_client (1 MB, from the first question on).
Labels are channels, queues and words of the program: never a client's or a member's name.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from time import monotonic
from types import ModuleType
from typing import TYPE_CHECKING

import structlog

from bot.connections import Board, State
from bot.version import okno_version
from inbox.errors import SendDeferred, SendFailed, SendRejected
from inbox.jobs import Queue
from inbox.model import Nature, Receipt, Wait

if TYPE_CHECKING:
    from storage.gauges import Gauges

log = structlog.get_logger(__name__)

ASK_WITHIN = 3.0  # seconds; Prometheus gives up after 10
KINDS = ("rejected", "deferred", "uncertain")
KEPT = 1.0  # seconds for which who asks again gets the same numbers of the database
# Business seconds: from a minute to a week of 40 hours.
BOUNDS = (60, 300, 600, 900, 1800, 2700, 3600, 5400, 7200, 10800, 14400, 28800, 57600, 144000)


Labels = tuple[str, ...]


@dataclass
class Durations:
    """How many answers took so long: of each bound of BOUNDS up to it, at last the longer ones."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0
    late: int = 0

    def add(self, seconds: float, *, late: bool) -> None:
        """One more answer."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds
        self.late += late


def _durations() -> dict[str, Durations]:
    return {"first": Durations(), "next": Durations()}


@dataclass
class Counts:
    """Implements inbox.metering.Meter. Keys are the labels in their order."""

    messages: Counter[Labels] = field(default_factory=Counter)
    unreadable: Counter[Labels] = field(default_factory=Counter)
    sent: Counter[Labels] = field(default_factory=Counter)
    failures: Counter[Labels] = field(default_factory=Counter)
    postponed: Counter[Labels] = field(default_factory=Counter)
    reports: Counter[Labels] = field(default_factory=Counter)
    alerts: int = 0
    answers: dict[str, Durations] = field(default_factory=_durations)

    def received(self, channel_id: str, nature: Nature) -> None:
        """See inbox.metering.Meter."""
        self.messages[channel_id, nature.value] += 1

    def quarantined(self, channel_id: str) -> None:
        """See inbox.metering.Meter."""
        self.unreadable[channel_id,] += 1

    def tried(self, channel_id: str, result: Receipt | SendFailed) -> None:
        """See inbox.metering.Meter."""
        if isinstance(result, SendFailed):
            self.failures[channel_id, kind_of(result)] += 1
        else:
            self.sent[channel_id,] += 1

    def put_off(self, queue: Queue, error: SendFailed) -> None:
        """See inbox.metering.Meter."""
        self.postponed[queue.value, kind_of(error)] += 1

    def answered(self, wait: Wait) -> None:
        """See inbox.metering.Meter."""
        if (closing := wait.closing) is not None:
            seconds = closing.business.total_seconds()
            how = "first" if wait.first else "next"
            self.answers[how].add(seconds, late=not closing.within_target)

    def alerted(self, alerts: int) -> None:
        """See inbox.metering.Meter."""
        self.alerts += alerts

    def reported(self, way: str) -> None:
        """See inbox.metering.Meter."""
        self.reports[way,] += 1


def kind_of(error: SendFailed) -> str:
    """One of KINDS; what is none of the three may have gone out."""
    match error:
        case SendRejected():
            return "rejected"
        case SendDeferred():
            return "deferred"
        case _:
            return "uncertain"


@dataclass(frozen=True, slots=True)
class Seen:
    """All that one answer is made of. `gauges`: None where the database did not answer.

    `unheard`: by channel, seconds since its server last answered. `parts`: what is supervised,
    and whether it is up. `channels`: all, so that a counter begins at 0 and not at its first
    event, which no rate would see.
    """

    counts: Counts
    gauges: Gauges | None
    unheard: Mapping[str, float]
    parts: Mapping[str, bool]
    channels: tuple[str, ...]
    tick_age: float
    version: str


@dataclass
class Metrics:
    """Answers what Prometheus asks. `gauges` asks the database."""

    counts: Counts
    board: Board
    gauges: Callable[[], Awaitable[Gauges]]
    unheard: Callable[[], Mapping[str, float]]
    channels: tuple[str, ...]
    seconds_since_tick: Callable[[], float]
    patience: float = ASK_WITHIN
    kept: float = KEPT
    _asking: asyncio.Task[Gauges | None] | None = field(default=None, init=False)
    _asked_at: float = field(default=0.0, init=False)
    _failing: bool = field(default=False, init=False)
    _texts: ModuleType | None = field(default=None, init=False)

    async def text(self, accept: str) -> tuple[bytes, str]:
        """The numbers as `accept` (a header) wants them, and the type of that."""
        if self._texts is None:  # read from disk in a thread: everything else goes on
            self._texts = await asyncio.to_thread(import_module, "bot.metric_texts")
        seen = Seen(
            counts=self.counts,
            gauges=await self._gauges(),
            unheard=self.unheard(),
            parts={
                name: one.state is State.UP for name, one in sorted(self.board.connections.items())
            },
            channels=self.channels,
            tick_age=self.seconds_since_tick(),
            version=okno_version(),
        )
        answer: tuple[bytes, str] = self._texts.text_of(seen, accept)
        return answer

    async def _gauges(self) -> Gauges | None:
        """However many ask at once, the database is asked once."""
        old = monotonic() - self._asked_at > self.kept
        if self._asking is None or (self._asking.done() and old):
            self._asking, self._asked_at = asyncio.create_task(self._ask()), monotonic()
        return await asyncio.shield(self._asking)

    async def _ask(self) -> Gauges | None:
        try:
            async with asyncio.timeout(self.patience):
                gauges = await self.gauges()
        except Exception as error:  # noqa: BLE001 - whatever it is, okno_store_up says so
            if not self._failing:
                fault = f"{type(error).__name__}: {error}"
                log.warning("The database has no numbers for /metrics.", error=fault)
            self._failing = True
            return None
        self._failing = False
        return gauges
