"""/healthz: whether this process does its work, as JSON, for a container's health check.

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
from typing import TYPE_CHECKING, Any

import structlog

from bot.connections import Board
from bot.outer_words import system_fault
from bot.settings_faults import SettingsFault
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

log = structlog.get_logger(__name__)

PATH = "/healthz"
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
async def serve(health: Health, host: str, port: int) -> AsyncIterator[int]:
    """Answer at /healthz while the block runs; gives the port (another one where it was 0).

    Raises SettingsFault where the port is taken.
    """
    from aiohttp import web  # noqa: PLC0415 - `okno health` asks without carrying a server

    async def answer(_request: web.Request) -> web.Response:
        well, facts = await health.report()
        return web.json_response(facts, status=200 if well else 503)

    app = web.Application()
    app.router.add_get(PATH, answer)
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
