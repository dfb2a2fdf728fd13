"""The arithmetic of the week's figures (facts: rules 24 to 27); durations are business time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from inbox.calendars import Hours
from inbox.model import Outcome, Wait

LISTED = 5  # fewer values than this are listed, and have no p90
_ANSWERS = frozenset({Outcome.ANSWERED, Outcome.PHONED})


@dataclass(frozen=True, slots=True)
class Holding:
    """From `since` (UTC) on this manager held the conversation; None: nobody."""

    manager_id: int | None
    since: datetime


def week_of(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Monday 00:00 to Monday 00:00 local time around `at`, in UTC; the end is excluded (24)."""
    day = at.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    return _midnight(monday, zone), _midnight(monday + timedelta(days=7), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def answered_in(wait: Wait, since: datetime, until: datetime) -> bool:
    """Whether the wait counts in this week: once, by when its answer was sent (24)."""
    closing = wait.closing
    return closing is not None and closing.outcome in _ANSWERS and since <= closing.at < until


def median(times: Sequence[timedelta]) -> timedelta | None:
    """The middle one, or the mean of the middle two (25); None of nothing."""
    ordered = sorted(times)
    if not ordered:
        return None
    upper = len(ordered) // 2
    lower = (len(ordered) - 1) // 2
    return (ordered[lower] + ordered[upper]) / 2


def p90(times: Sequence[timedelta]) -> timedelta | None:
    """The sorted value number ceil(0.9 n) (25); None where there are too few to say."""
    number = len(times)
    if number < LISTED:
        return None
    return sorted(times)[-(-9 * number // 10) - 1]


def minutes(time: timedelta) -> int:
    """Whole minutes for print, halves rounded up (25)."""
    return (time + timedelta(seconds=30)) // timedelta(minutes=1)


def share_within(
    within: int, answered: int, open_overdue: int, unanswered_overdue: int
) -> Fraction | None:
    """The share of what was answered within the target (26); None where nothing counts.

    Against it count all answers, what is open and overdue, and what was overdue when it was
    closed without an answer. Dismissed waits count nowhere (8).
    """
    return share_of(within, answered + open_overdue + unanswered_overdue)


def share_of(within: int, counted: int) -> Fraction | None:
    """The same of all that counts."""
    return Fraction(within, counted) if counted else None


def own_time(wait: Wait, hours: Hours, holdings: Sequence[Holding]) -> timedelta | None:
    """The replier's own share: from the start, or from taking over, to the reply (27).

    None where the wait has no answer or nobody knows whose it is. `holdings` in order of time.
    """
    closing = wait.closing
    if closing is None or closing.outcome not in _ANSWERS or closing.by_id is None:
        return None
    start = wait.started_at
    held = [one for one in holdings if one.since <= closing.at]
    if held and held[-1].manager_id == closing.by_id:
        start = max(start, held[-1].since)
    return hours.elapsed(start, max(closing.at, start))


def charged_to(wait: Wait, holdings: Sequence[Holding]) -> int | None:
    """Who held the wait when it fell due: a breach is theirs (5, 27). None: nobody held it."""
    if wait.due_at is None:
        return None
    held = [one.manager_id for one in holdings if one.since <= wait.due_at]
    return held[-1] if held else None
