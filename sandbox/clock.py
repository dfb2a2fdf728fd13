"""The sandbox's clock: a file that the product reads through [clock] file, and that can be turned.

The file is JSON, {"real": Unix seconds, "shown": Unix seconds, "speed": a factor}: at `real` the
clock showed `shown`, and it runs `speed` times as fast since (bot/clock.py reads it).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from zoneinfo import ZoneInfo

TUESDAY = 1
OPENING = time_of_day(10)
FASTEST = 3600.0


class SandboxClock:
    """Writes the file; `now` is what the product reads from it, later by 0.1 s at most."""

    def __init__(self, file: Path, shown: datetime, speed: float = 1.0) -> None:
        self.file = file
        self._listeners: set[asyncio.Queue[None]] = set()
        self._turn(shown, speed)

    @property
    def speed(self) -> float:
        """How many shown seconds pass in a real one."""
        return self._speed

    def now(self) -> datetime:
        """The shown instant, UTC."""
        passed = (time.time() - self._real) * self._speed
        return datetime.fromtimestamp(self._shown + passed, UTC)

    def jump(self, to: datetime) -> None:
        """Show this aware instant from now on. ValueError where it lies in the past.

        Backwards, the product would meet mail from its own future.
        """
        if to < self.now():
            raise ValueError("the clock goes forward only")
        self._turn(to, self._speed)

    def run_at(self, speed: float) -> None:
        """Run so many times as fast; 0 stands still. ValueError outside of 0 to 3600."""
        if not 0 <= speed <= FASTEST:
            raise ValueError(f"a speed is between 0 and {FASTEST:.0f}")
        self._turn(self.now(), speed)

    def subscribe(self) -> asyncio.Queue[None]:
        """A queue with an item for every turn; give it back with unsubscribe."""
        queue: asyncio.Queue[None] = asyncio.Queue()
        self._listeners.add(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[None]) -> None:
        self._listeners.discard(queue)

    def _turn(self, shown: datetime, speed: float) -> None:
        self._real, self._shown, self._speed = time.time(), shown.timestamp(), float(speed)
        self._write()
        for queue in self._listeners:
            queue.put_nowait(None)

    def _write(self) -> None:
        said = {"real": self._real, "shown": self._shown, "speed": self._speed}
        fresh = self.file.with_name(f".{self.file.name}.new")
        fresh.write_text(json.dumps(said))
        fresh.replace(self.file)


def shown_by(file: Path) -> Callable[[], datetime]:
    """What the file's clock shows, UTC: for a process beside the one that turns it."""

    def now() -> datetime:
        said = json.loads(file.read_text())
        passed = (time.time() - said["real"]) * said["speed"]
        return datetime.fromtimestamp(said["shown"] + passed, UTC)

    return now


def demo_day(today: date, zone: ZoneInfo) -> datetime:
    """10:00 in this zone on the Tuesday nearest to `today`, UTC: office hours whenever one looks.

    Of a week from Saturday to Friday it is that week's Tuesday, so at most three days away.
    """
    ahead = (TUESDAY - today.weekday() + 3) % 7 - 3
    day = today + timedelta(days=ahead)
    return datetime.combine(day, OPENING, zone).astimezone(UTC)
