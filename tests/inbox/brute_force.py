"""Which alerts a wait must raise, counted minute by minute; nothing is shared with the product."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

FIXTURE = Path(__file__).parents[1] / "fixtures" / "ru_calendar_2024_2026.json"
MINUTE = timedelta(minutes=1)
RUNGS = (45, 60, 120, 180, 240)  # business minutes: manager, head, then the head three times more
MANAGER = 45
OPENING = 15  # business minutes after an opening, every working day from then on


@dataclass(frozen=True)
class Expected:
    """An alert: when, and whether it is the manager's (else the head's)."""

    at: datetime
    managers: bool


class Minutes:
    """The open minutes of Russian working days between two instants (UTC, whole minutes).

    `shifts` are hours of the local day, of Monday to Friday.
    """

    def __init__(
        self, zone: str, shifts: tuple[tuple[int, int], ...], begin: datetime, end: datetime
    ) -> None:
        self._begin = begin
        self._zone = ZoneInfo(zone)
        self._first: dict[date, int] = {}
        year = json.loads(FIXTURE.read_text())["years"]["2026"]
        off = {date.fromisoformat(one) for one in year["weekday_off"]}
        short = {date.fromisoformat(one) for one in year["shortened"]}
        extra = {date.fromisoformat(one) for one in year["weekend_work"]}
        last = max(until for _, until in shifts)
        self._open: list[int] = []
        for number in range((end - begin) // MINUTE):
            local = (begin + number * MINUTE).astimezone(self._zone)
            day = local.date()
            if day not in extra and (day.weekday() > 4 or day in off):
                continue
            if day in short and local.hour >= last - 1:
                continue
            if any(since <= local.hour < until for since, until in shifts):
                self._open.append(number)
                self._first.setdefault(day, number)

    def is_open(self, at: datetime) -> bool:
        """Whether the minute of this instant is open, or the one that it ends."""
        number, rest = divmod(at - self._begin, MINUTE)
        return self._has(number) or (not rest and self._has(number - 1))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time from one whole minute to another."""
        first, last = (
            bisect_left(self._open, (at - self._begin) // MINUTE) for at in (start, end)
        )
        return (last - first) * MINUTE

    def expected(self, started_at: datetime, until: datetime) -> Iterator[Expected]:
        """The alerts of a wait that began then, as long as they come before `until`."""
        start = (started_at - self._begin) // MINUTE
        at = 0
        for rung in RUNGS:
            at = self._after(start, rung)
            if self._instant(at) >= until:
                return
            yield Expected(self._instant(at), managers=rung == MANAGER)
        last = self._instant(at).astimezone(self._zone).date()
        for day, opening in self._first.items():
            if day > last:
                instant = self._instant(self._after(opening, OPENING))
                if instant >= until:
                    return
                yield Expected(instant, managers=False)

    def _after(self, start: int, minutes: int) -> int:
        """The end of the open minute number `minutes` from this one on."""
        return self._open[bisect_left(self._open, start) + minutes - 1] + 1

    def _instant(self, number: int) -> datetime:
        return (self._begin + number * MINUTE).astimezone(UTC)

    def _has(self, number: int) -> bool:
        at = bisect_left(self._open, number)
        return at < len(self._open) and self._open[at] == number
