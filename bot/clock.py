"""The present: the only place of the product that asks what time it is."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from inbox.ports import Clock

LOOK_EVERY = 0.1

log = structlog.get_logger(__name__)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock that the rule points to


@dataclass(frozen=True, slots=True)
class Dial:
    """At `real` (Unix seconds) the clock showed `shown`, and runs `speed` times as fast since."""

    real: float
    shown: float
    speed: float

    @classmethod
    def read(cls, file: Path) -> Dial:
        """Raises OSError, ValueError or KeyError for a file that is not there or says no such."""
        said = json.loads(file.read_text())
        return cls(float(said["real"]), float(said["shown"]), float(said["speed"]))

    def at(self, real: float) -> datetime:
        """What the clock shows at `real`, UTC."""
        return datetime.fromtimestamp(self.shown + (real - self.real) * self.speed, UTC)


class ShownClock:
    """For demonstrations only: shows the time that a file says, so that a day takes a minute.

    The file is JSON, {"real": Unix seconds, "shown": Unix seconds, "speed": a factor}. It is read
    again when it changes, and looked at ten times a second at most. While it cannot be read, the
    clock goes on as it went before.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._dial = Dial(0.0, 0.0, 1.0)
        self._looked_at = float("-inf")
        self._changed_at: int | None = None

    def now(self) -> datetime:
        """The shown instant, UTC."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY:
            self._looked_at = time.monotonic()
            self._look()
        return self._dial.at(time.time())

    def _look(self) -> None:
        try:
            changed_at = self._file.stat().st_mtime_ns
            if changed_at != self._changed_at:
                self._dial = Dial.read(self._file)
                self._changed_at = changed_at
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.debug("The demonstration clock's file cannot be read.", error=str(error))


def open_clock(file: Path | None) -> Clock:
    """The machine's clock, or the one that a demonstration's file turns."""
    return SystemClock() if file is None else ShownClock(file)
