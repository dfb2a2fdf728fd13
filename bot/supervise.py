"""Keeps every part of the program running: a fault in one is a pause for this one alone.

A part that fails is started again after 1 s, doubling to 5 min, with full jitter. A part that
needs a person (wrong password, revoked token) is tried every ten minutes, so that it does not
hammer the other side; administrators are told once, and once more when it is back. Where it
needs a consent, each new code is told, as the one before is good for minutes alone.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.connections import Board, State
from inbox.errors import ChannelPaused, Fault, OknoError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = structlog.get_logger(__name__)

Run = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds: back-off from `first` to `most`, `person` while one is needed.

    The database is our own, and all stands still without it: it is tried again after `store`.
    A part that ran for `settled` is taken to be up; for `proven` where a person was asked for.
    """

    first: float = 1.0
    most: float = 300.0
    store: float = 10.0
    person: float = 600.0
    settled: float = 5.0
    proven: float = 60.0
    look: float = 1.0

    def after(self, failures: int, *, share: float) -> float:
        """The pause after so many failures in a row; `share` (0 to 1) is the jitter's dice."""
        ceiling = min(self.most, self.first * 2.0 ** min(failures - 1, 30))
        return ceiling * share


class News(Protocol):
    """Who hears that a person is needed. None of these raises."""

    async def paused(self, name: str, error: ChannelPaused) -> None:
        """The part waits for a person."""
        ...

    async def back(self, name: str) -> None:
        """The part that waited for a person is up again."""
        ...

    async def store_away(self, error: StoreUnavailable) -> None:
        """The database does not do its part; called at every try."""
        ...


@dataclass
class _Streak:
    """How a part fares: failures in a row, whether a person was asked for, and for what."""

    failures: int = 0
    asked: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Runs parts for ever; `dice` gives the jitter."""

    board: Board
    news: News
    pauses: Pauses = Pauses()
    dice: Callable[[], float] = field(default=random.random)

    async def keep(self, name: str, run: Run) -> None:
        """Run a part, and again whenever it ends, until cancelled."""
        streak = _Streak()
        self.board.note(name, State.STARTING)
        while True:
            try:
                async with self._settling(name, streak):
                    await run()
                pause = self._failed(name, streak, "It ended by itself.")
            except ChannelPaused as error:
                pause = await self._paused(name, streak, error)
            except StoreUnavailable as error:
                pause = min(self.pauses.store, self._failed(name, streak, str(error)))
                await self.news.store_away(error)
            except OknoError as error:
                pause = self._failed(name, streak, str(error))
            except Exception as error:  # any fault of one part must leave the rest
                log.debug("A part failed.", part=name, exc_info=True)
                pause = self._failed(name, streak, f"{type(error).__name__}: {error}")
            await asyncio.sleep(pause)

    async def _up(self, name: str, streak: _Streak) -> None:
        """The part works: forget its failures, and tell who was told of its pause."""
        streak.failures = 0
        self.board.note(name, State.UP)
        if streak.asked:
            streak.asked = False
            await self.news.back(name)

    @asynccontextmanager
    async def _settling(self, name: str, streak: _Streak) -> AsyncIterator[None]:
        async def settle() -> None:
            await asyncio.sleep(self.pauses.proven if streak.asked else self.pauses.settled)
            while self.board.troubled(name):  # noqa: ASYNC110 - a channel has no event for it
                await asyncio.sleep(self.pauses.look)
            await self._up(name, streak)

        task = asyncio.create_task(settle())
        try:
            yield
        finally:
            task.cancel()

    def _failed(self, name: str, streak: _Streak, why: str) -> float:
        streak.failures += 1
        self.board.note(name, State.RETRYING, why)
        return self.pauses.after(streak.failures, share=self.dice())

    async def _paused(self, name: str, streak: _Streak, error: ChannelPaused) -> float:
        self.board.note(name, State.PAUSED, str(error))
        renewed = error.fault is Fault.CONSENT_NEEDED and str(error) != streak.told
        if renewed or not streak.asked:
            streak.asked, streak.told = True, str(error)
            await self.news.paused(name, error)
        return self.pauses.person
