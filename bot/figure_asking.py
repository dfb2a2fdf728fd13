"""Has a child process explain a report's figure; the bot reads no waits for it and keeps none."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from weakref import WeakKeyDictionary

from bot.figure_orders import EXPLAINING, Explaining, Explanation
from bot.report_making import KILLED, TOO_SLOW, ReportUnmade
from bot.report_process import Limits, started
from inbox.errors import StoreUnavailable

AT_ONCE = 2
LIMITS = Limits(wall=60.0, cpu=50)
_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def explanation_of(order: Explaining, limits: Limits = LIMITS) -> Explanation:
    """What the child says.

    Raises:
        StoreUnavailable: the database cannot be read.
        ReportUnmade: the child was ended, or failed.
        OSError: it cannot be started.
    """
    async with _turns():
        folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="okno-why-")
        try:
            return await _answer(order, Path(folder.name), limits)
        finally:
            await asyncio.shield(asyncio.to_thread(folder.cleanup))


async def _answer(order: Explaining, scratch: Path, limits: Limits) -> Explanation:
    try:
        async with (
            asyncio.timeout(limits.wall),
            started("bot.figure_reader", scratch, limits) as child,
        ):
            await child.order(EXPLAINING.dump_json(order))
            async for answer in child.answers():
                if answer.explanation is not None:
                    return answer.explanation
                if answer.trouble is not None:
                    raise StoreUnavailable(*answer.trouble)
                raise ReportUnmade(answer.fault)
    except TimeoutError:
        raise ReportUnmade(TOO_SLOW) from None
    raise ReportUnmade(KILLED)


def _turns() -> asyncio.Semaphore:
    """A child takes a core's work."""
    return _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
