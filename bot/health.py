"""/healthz: whether this process does its work, as JSON, for a container's health check; and
beside it /metrics, for Prometheus (bot/metrics.py).

503 where a restart may help: the database does not answer, or the clock stands still. A paused
mailbox is told in the answer and to the administrators, but a restart would not mend it: 200.
"""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.connections import Board
from bot.outer_words import system_fault
from bot.settings_faults import SettingsFault
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from bot.metrics import Metrics

log = structlog.get_logger(__name__)

PATH = "/healthz"
METRICS = "/metrics"
ANSWER_WITHIN = 3.0  # seconds; the answer must come before who asks gives up
STALE = 60.0  # seconds without a tick


@dataclass(frozen=True, slots=True)
class Backlog:
    """What stands in the queue: how many jobs, and how many seconds the oldest due one waits."""

    jobs: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Health:
    """What the answer is made of. `backlog` asks the database; ticks raise the alerts."""

    board: Board
    backlog: Callable[[], Awaitable[Backlog]]
    seconds_since_tick: Callable[[], float]
    patience: float = ANSWER_WITHIN

    async def report(self) -> tuple[bool, dict[str, Any]]:
        """Whether all is well enough, and the facts."""
        backlog, fault = await self._backlog()
        late = self.seconds_since_tick() > STALE
        well = fault is None and not late
        return well, {
            "ok": well,
            "store": fault or "ok",
            "queue": None
            if backlog is None
            else {"jobs": backlog.jobs, "oldest_seconds": round(backlog.oldest_seconds, 3)},
            "clock": "late" if late else "ok",
            "parts": {
                name: {"state": str(one.state), "since": one.since.isoformat(), "why": one.why}
                for name, one in sorted(self.board.connections.items())
            },
        }

    async def _backlog(self) -> tuple[Backlog | None, str | None]:
        try:
            async with asyncio.timeout(self.patience):
                return await self.backlog(), None
        except TimeoutError:
            return None, f"no answer within {self.patience:g} s"
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is "not well"
            log.warning("The health check could not ask the database.", error=str(error))
            return None, type(error).__name__


@asynccontextmanager
async def serve(
    health: Health, host: str, port: int, metrics: Metrics | None = None
) -> AsyncIterator[int]:
    """Answer at /healthz, and at /metrics where there are some, while the block runs; gives the
    port (another one where it was 0).

    Raises SettingsFault where the port is taken.
    """
    from aiohttp import web  # noqa: PLC0415 - `okno health` asks without carrying a server

    async def answer(_request: web.Request) -> web.Response:
        well, facts = await health.report()
        return web.json_response(facts, status=200 if well else 503)

    app = web.Application()
    app.router.add_get(PATH, answer)
    if metrics is not None:
        app.router.add_get(METRICS, partial(_count, metrics))
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise SettingsFault(
                Phrase(
                    "/healthz cannot be answered at {address} ({fault})."
                    " Choose another health.port.",
                    address=f"{host}:{port}",
                    fault=system_fault(error),
                )
            ) from None
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _count(metrics: Metrics, request: web.Request) -> web.Response:
    from aiohttp import web  # noqa: PLC0415 - as above

    text, kind = await metrics.text(request.headers.get("Accept", ""))
    return web.Response(body=text, headers={"Content-Type": kind})


def ask(host: str, port: int) -> tuple[bool, str]:
    """What /healthz of a running process says: whether it is well, and its JSON or the fault."""
    asked = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - not bound, asked
    address = f"http://{asked}:{port}{PATH}"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=ANSWER_WITHIN + 2) as response:
            return True, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return False, error.read().decode(errors="replace")
    except (OSError, ValueError) as error:
        return False, json.dumps({"ok": False, "store": f"{address} does not answer: {error}"})
