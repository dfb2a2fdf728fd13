"""Counts lines and messages into all rows of a report at once; nothing of them is kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from inbox.model import Nature
from inbox.report_parts import Part
from inbox.report_records import (
    Exclusion,
    Figures,
    Grid,
    Newcomer,
    Period,
    Reason,
    Row,
    Slice,
    WaitLine,
)
from inbox.reports_store import Said, Talk

Key = TypeVar("Key", bound=Hashable)
HOUR = timedelta(hours=1)
WORDS = frozenset({Nature.PERSON, Nature.THANKS})
MACHINES = frozenset({Nature.AUTOMATIC, Nature.NEWSLETTER, Nature.BOUNCE})
OUT = {
    "": Reason.STILL_OPEN,
    "dismissed": Reason.DISMISSED,
    "closed_unanswered": Reason.CLOSED_UNANSWERED,
}


class Hours:
    """Counts by weekday and hour of a zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._counts = [[0] * 24 for _ in range(7)]

        @lru_cache(maxsize=2048)
        def place(hour: datetime) -> tuple[int, int]:
            local = hour.astimezone(zone)
            return local.weekday(), local.hour

        self._place = place

    def add(self, at: datetime) -> None:
        # Zones are whole quarters of an hour apart.
        quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        day, hour = self._place(quarter)
        self._counts[day][hour] += 1

    def grid(self) -> Grid:
        return tuple(tuple(day) for day in self._counts)


@dataclass(slots=True)
class Met:
    """A client as the period met it first."""

    talk: Talk
    asked_at: datetime
    line: WaitLine | None = None


class Tally:
    """One report while its lines and messages come in."""

    def __init__(self, whose: Slice, period: Period, names: Mapping[int, str]) -> None:
        self.slice, self.period = whose, period
        self._names = names
        zone = ZoneInfo(period.zone)
        self.studio = Part()
        self.came, self.late = Hours(zone), Hours(zone)
        self.managers: defaultdict[int | None, Part] = defaultdict(lambda: Part(own=True))
        self.clients: defaultdict[int, Part] = defaultdict(Part)
        self.channels: defaultdict[str, Part] = defaultdict(Part)
        self.tiers: defaultdict[str, Part] = defaultdict(Part)
        self.client_names: dict[int, str] = {}
        self.met: dict[int, Met] = {}
        self.out: Counter[Reason] = Counter()
        self.worst: WaitLine | None = None

    def add(self, line: WaitLine) -> None:
        """A wait of the period; of another's clients it is passed over."""
        if not self.slice.takes(line.holder_id, line.client_id):
            return
        self.client_names[line.client_id] = line.client
        rows = self._rows(line.client_id, line.channel_id, line.tier)
        for part in (*rows, self.managers[line.manager_id]):
            part.add(line, self.period.since)
        if line.breached:
            for part in (*rows, self.managers[line.charged_id]):
                part.charge(line)
            self.late.add(line.started_at)
        self._leave_out(line)
        self._compare(line)

    def _rows(self, client_id: int, channel_id: str, tier: str) -> tuple[Part, ...]:
        channel = self.channels[channel_id]
        return self.studio, self.clients[client_id], channel, self.tiers[tier]

    def _leave_out(self, line: WaitLine) -> None:
        if line.outcome in OUT:
            self.out[OUT[line.outcome]] += 1
        self.out[Reason.NO_WORKING_TIME] += line.due_at is None
        self.out[Reason.AUTHOR_UNKNOWN] += not line.author_known

    def _compare(self, line: WaitLine) -> None:
        """Whether it is the worst so far, and a new client's first."""
        if line.outcome != "dismissed" and badness(line) > badness(self.worst):
            self.worst = line
        met = self.met.get(line.client_id)
        if met is not None and line.started_at >= self.period.since:
            before = met.line
            if before is None or line.started_at < before.started_at:
                met.line = line

    def hear(self, said: Said) -> None:
        """A message of the period; messages come before the lines."""
        talk = said.talk
        if not self.slice.takes(talk.holder_id, talk.client_id):
            return
        if said.nature in MACHINES:
            self.out[Reason.AUTOMATIC] += 1
        if said.nature not in WORDS:
            return
        if said.copy:
            self.out[Reason.COPIES] += 1
            return
        self.out[Reason.THANKS] += said.nature is Nature.THANKS
        self.came.add(said.sent_at)
        self.client_names[talk.client_id] = talk.client
        rows = self._rows(talk.client_id, talk.channel_id, talk.tier)
        for part in (*rows, self.managers[talk.holder_id]):
            part.messages += 1
        self.met.setdefault(talk.client_id, Met(talk, said.sent_at))

    def name(self, manager_id: int | None) -> str:
        return self._names.get(manager_id, "") if manager_id is not None else ""

    def figures(self) -> Figures:
        return self.studio.figures(self.name)

    def manager_rows(self) -> tuple[Row, ...]:
        return self._sorted(self.managers, lambda one: (one, self.name(one)))

    def client_rows(self) -> tuple[Row, ...]:
        return self._sorted(self.clients, lambda one: (one, self.client_names[one]))

    def channel_rows(self) -> tuple[Row, ...]:
        return self._sorted(self.channels, lambda one: (None, one))

    def tier_rows(self) -> tuple[Row, ...]:
        return self._sorted(self.tiers, lambda one: (None, one))

    def _sorted(
        self, parts: Mapping[Key, Part], called: Callable[[Key], tuple[int | None, str]]
    ) -> tuple[Row, ...]:
        """Those with the most waits first, nobody's last."""
        rows = [Row(*called(key), part.figures(self.name)) for key, part in parts.items()]
        return tuple(
            sorted(rows, key=lambda row: (not row.name, -row.figures.waits, row.name, row.id or 0))
        )

    def newcomers(self, known: frozenset[int]) -> tuple[Newcomer, ...]:
        """Clients whom nobody knew before the period, in the order of their first message."""
        found = [met for client_id, met in self.met.items() if client_id not in known]
        return tuple(map(self._newcomer, sorted(found, key=lambda met: met.asked_at)))

    def _newcomer(self, met: Met) -> Newcomer:
        talk, line = met.talk, met.line
        answered = line is not None and line.outcome not in OUT
        judged = line is not None and (answered or line.breached)
        return Newcomer(
            client_id=talk.client_id,
            name=talk.client,
            manager_id=talk.holder_id,
            manager=self.name(talk.holder_id),
            asked_at=met.asked_at,
            wait_id=line.wait_id if line is not None else None,
            business=line.business if line is not None and answered else None,
            wall=line.wall if line is not None and answered else None,
            within=line.within if line is not None and judged else None,
        )

    def exclusions(self) -> tuple[Exclusion, ...]:
        """Those that there are, always in the same order."""
        return tuple(Exclusion(one, self.out[one]) for one in Reason if self.out[one])


def badness(line: WaitLine | None) -> tuple[bool, timedelta]:
    """A breach is worse than any answer in time; then the longer is."""
    return (line.breached, line.business) if line is not None else (False, -HOUR)
