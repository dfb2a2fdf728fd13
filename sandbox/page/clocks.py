"""The clock on the page: what it shows, how fast it runs, and jumps ahead.

    POST /api/clock   {"speed": n} | {"jump_seconds": n} | {"to": ISO instant or a name below}
                      → {"shown", "speed", "zone", "open"}

Names: "next_opening" (of the office, from the next closing on), "next_closing".
"""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta

from aiohttp import web

from inbox.business_hours import BusinessHours
from sandbox import studio
from sandbox.clock import SandboxClock
from sandbox.page.requests import Body, read_form

SHIFTS = ((time(9), time(13)), (time(14), time(18)))
OFFICE = BusinessHours(studio.ZONE, dict.fromkeys(range(5), SHIFTS))
FARTHEST = timedelta(days=366)
STRIDE = timedelta(minutes=15)
STRIDDEN = timedelta(hours=4)
STRIDE_IS_SEEN = 0.6  # real seconds


class Clocks:
    """Reads and turns the sandbox's clock."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock

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
            await self._stride(timedelta(seconds=float(given["jump_seconds"])))
        elif "to" in given:
            self._jump(named_instant(str(given["to"]), self._clock.now()))
        else:
            raise ValueError("name speed, jump_seconds or to")
        return web.json_response(self.shown())

    async def _stride(self, ahead: timedelta) -> None:
        """Go on step by step: after one leap only a ladder's latest rung would be announced."""
        to = self._clock.now() + ahead
        if ahead <= STRIDDEN:
            while to - self._clock.now() > STRIDE:
                self._jump(self._clock.now() + STRIDE)
                await asyncio.sleep(STRIDE_IS_SEEN)
        self._jump(max(to, self._clock.now()) if ahead > timedelta() else to)

    def _jump(self, to: datetime) -> None:
        if to - self._clock.now() > FARTHEST:
            raise ValueError("a jump is a year at most")
        self._clock.jump(to)


def named_instant(name: str, now: datetime) -> datetime:
    """The instant that a name or an ISO text stands for. ValueError where it is neither."""
    match name:
        case "next_opening":
            return OFFICE.next_opening(_closing(now) if OFFICE.is_open(now) else now)
        case "next_closing":
            return _closing(OFFICE.next_opening(now))
        case _:
            instant = datetime.fromisoformat(name)
            return instant if instant.tzinfo else instant.replace(tzinfo=studio.ZONE)


def _closing(at: datetime) -> datetime:
    """The end of the shift that `at`, in open hours, lies in."""
    today = at.astimezone(studio.ZONE).date()
    ends = (datetime.combine(today, end, studio.ZONE) for _, end in SHIFTS)
    return min(end for end in ends if end > at)
