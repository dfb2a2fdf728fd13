"""The clock on the page: what it shows, how fast it runs, and jumps ahead.

    POST /api/clock   {"speed": n} | {"jump_seconds": n} | {"to": ISO instant or a name below}
                      → {"shown", "speed", "zone", "open"}

Names: "next_opening" and "next_closing" of a shift, "before_closing" (ten minutes before the
office closes for the day), "next_morning" (when its next working day begins). On the way
to an instant the clock stops at every one at which the product announces something.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from time import monotonic as time_passed

from aiohttp import web

from inbox.business_hours import BusinessHours
from sandbox import studio
from sandbox.clock import SandboxClock
from sandbox.page.requests import Body, read_form

SHIFTS = ((time(9), time(13)), (time(14), time(18)))
OFFICE = BusinessHours(studio.ZONE, dict.fromkeys(range(5), SHIFTS))
FARTHEST = timedelta(days=366)
BEFORE_CLOSING = timedelta(minutes=10)
MOST_STOPS = 40
ANNOUNCED_WITHIN = 3.0  # real seconds
LOOK_EVERY = 0.1

NextAlert = Callable[[], Awaitable[datetime | None]]


async def nothing_ahead() -> datetime | None:
    """Where no product runs, nothing is announced."""
    return None


class Clocks:
    """Reads and turns the sandbox's clock; `next_alert` is when the product announces next."""

    def __init__(self, clock: SandboxClock, next_alert: NextAlert = nothing_ahead) -> None:
        self._clock = clock
        self._next_alert = next_alert
        self._turning = asyncio.Lock()  # a second press goes on from where the first one led

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/api/clock", self._turn)

    def shown(self) -> Body:
        """What the clock shows, as the page gets it; `open`: the office is."""
        now = self._clock.now()
        return {
            "shown": now.astimezone(studio.ZONE).isoformat(),
            "speed": self._clock.speed,
            "zone": studio.ZONE.key,
            "open": OFFICE.is_open(now),
        }

    async def _turn(self, request: web.Request) -> web.Response:
        given = (await read_form(request)).fields
        if "speed" in given:
            self._clock.run_at(float(given["speed"]))
        elif "jump_seconds" in given:
            ahead = timedelta(seconds=float(given["jump_seconds"]))
            async with self._turning:
                await self._go_on(self._clock.now() + ahead)
        elif "to" in given:
            async with self._turning:
                await self._go_on(named_instant(str(given["to"]), self._clock.now()))
        else:
            raise ValueError("name speed, jump_seconds or to")
        return web.json_response(self.shown())

    async def _go_on(self, to: datetime) -> None:
        """Stop at each alert: after one leap all of them would come late, as after an outage."""
        if to - self._clock.now() > FARTHEST:
            raise ValueError("a jump is a year at most")
        if to < self._clock.now():
            raise ValueError("the clock goes forward only")
        for _ in range(MOST_STOPS):
            stop = await self._next_alert()
            if stop is None or stop >= to:
                break
            self._forward(stop)
            await self._announced(stop)
        self._forward(to)

    async def _announced(self, alert: datetime) -> None:
        """Wait until the product has announced what was due, or does not for long."""
        until = time_passed() + ANNOUNCED_WITHIN
        while time_passed() < until:
            await asyncio.sleep(LOOK_EVERY)
            if await self._next_alert() != alert:
                return

    def _forward(self, to: datetime) -> None:
        """Show this instant, unless the clock went by it meanwhile."""
        with contextlib.suppress(ValueError):
            self._clock.jump(to)


def named_instant(name: str, now: datetime) -> datetime:
    """The instant that a name or an ISO text stands for. ValueError where it is neither."""
    match name:
        case "next_opening":
            return OFFICE.next_opening(_closing(now) if OFFICE.is_open(now) else now)
        case "next_closing":
            return _closing(OFFICE.next_opening(now))
        case "before_closing":
            soon = now + BEFORE_CLOSING + timedelta(seconds=1)
            return _last_closing(OFFICE.next_opening(soon)) - BEFORE_CLOSING
        case "next_morning":
            return OFFICE.next_opening(max(now, _last_closing(now)) if _begun(now) else now)
        case _:
            instant = datetime.fromisoformat(name)
            return instant if instant.tzinfo else instant.replace(tzinfo=studio.ZONE)


def _begun(at: datetime) -> bool:
    """Whether the office has opened, or would have, on the local date of `at`."""
    return at.astimezone(studio.ZONE).time() >= SHIFTS[0][0]


def _last_closing(at: datetime) -> datetime:
    """The end of the last shift of the local date of `at`."""
    today = at.astimezone(studio.ZONE).date()
    return datetime.combine(today, SHIFTS[-1][1], studio.ZONE)


def _closing(at: datetime) -> datetime:
    """The end of the shift that `at`, in open hours, lies in."""
    today = at.astimezone(studio.ZONE).date()
    ends = (datetime.combine(today, end, studio.ZONE) for _, end in SHIFTS)
    return min(end for end in ends if end > at)
