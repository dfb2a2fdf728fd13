"""What the lines of one row of a report come to: counts, and durations to be summed up."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inbox.model import Outcome
from inbox.report_records import Charge, Figures, Response, StillOpen, Times, WaitLine
from inbox.reports import LISTED, median, p90

TICK = timedelta.resolution


def microseconds() -> array[int]:
    """A place for many durations: eight bytes for each."""
    return array("q")


def times_of(durations: array[int]) -> Times:
    """What these say (rule 25); microseconds."""
    ordered = [one * TICK for one in sorted(durations)]
    if not ordered:
        return Times()
    listed = tuple(ordered) if len(ordered) < LISTED else ()
    return Times(len(ordered), median(ordered), p90(ordered), ordered[-1], listed)


@dataclass(slots=True)
class Answers:
    """How long answers took, in business time and in wall time."""

    business: array[int] = field(default_factory=microseconds)
    wall: array[int] = field(default_factory=microseconds)

    def add(self, business: timedelta, wall: timedelta) -> None:
        self.business.append(business // TICK)
        self.wall.append(wall // TICK)

    def and_also(self, others: Answers) -> Response:
        """Of both together."""
        return Response(
            times_of(self.business + others.business), times_of(self.wall + others.wall)
        )

    def response(self) -> Response:
        return Response(times_of(self.business), times_of(self.wall))


@dataclass(slots=True)
class Part:
    """One row while its lines come in. `own`: the row is a manager's, whose time begins when the
    manager got the wait (rule 27)."""

    own: bool = False
    messages: int = 0
    opened: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    off_hours: int = 0
    within: int = 0
    late: int = 0
    unanswered_overdue: int = 0
    overdue: int = 0
    oldest: tuple[datetime, int] | None = None
    first: Answers = field(default_factory=Answers)
    next: Answers = field(default_factory=Answers)
    charged: Counter[int | None] = field(default_factory=Counter)

    def add(self, line: WaitLine, since: datetime) -> None:
        """A wait of this row; `since`: the period's beginning."""
        self.opened += line.started_at >= since
        self.outcomes[line.outcome] += 1
        if not line.outcome:
            self._add_open(line)
        elif line.outcome == Outcome.CLOSED_UNANSWERED:
            self.unanswered_overdue += line.breached
        elif line.outcome != Outcome.DISMISSED:
            self._add_answer(line)

    def _add_open(self, line: WaitLine) -> None:
        self.overdue += line.breached
        this = (line.started_at, line.wait_id)
        self.oldest = min(self.oldest, this) if self.oldest is not None else this

    def _add_answer(self, line: WaitLine) -> None:
        self.off_hours += line.off_hours
        self.within += line.within
        self.late += not line.within
        answers = self.first if line.first else self.next
        wall = line.wall
        if self.own and line.closed_at is not None and line.taken_at != line.started_at:
            wall = line.closed_at - line.taken_at
        answers.add(line.own if self.own else line.business, wall)

    def charge(self, line: WaitLine) -> None:
        """A breach that this row has to answer for."""
        self.charged[line.charged_id] += 1

    def figures(self, name: Callable[[int | None], str]) -> Figures:
        """The numbers of the row."""
        outcomes = self.outcomes
        oldest, oldest_id = self.oldest if self.oldest is not None else (None, None)
        charges = [Charge(one, name(one), count) for one, count in self.charged.items()]
        return Figures(
            messages=self.messages,
            opened=self.opened,
            answered=outcomes[Outcome.ANSWERED] + outcomes[Outcome.PHONED],
            phoned=outcomes[Outcome.PHONED],
            dismissed=outcomes[Outcome.DISMISSED],
            closed_unanswered=outcomes[Outcome.CLOSED_UNANSWERED],
            off_hours=self.off_hours,
            open=StillOpen(outcomes[""], self.overdue, oldest, oldest_id),
            first=self.first.response(),
            next=self.next.response(),
            both=self.first.and_also(self.next),
            within=self.within,
            late=self.late,
            unanswered_overdue=self.unanswered_overdue,
            breaches=self.charged.total(),
            breaches_by=tuple(sorted(charges, key=lambda one: (-one.count, one.name))),
        )
