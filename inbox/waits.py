"""Waits and promises: frozen values whose methods give the next one.

inbox.model hands them on; only it imports from here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from inbox.calendars import Calendar, Hours, Stretch
from inbox.policies import Terms
from inbox.sla import Rung, breached, done_with, due_at, next_rung_at, restarted

PROMISE_AGAIN = timedelta(hours=1)  # business time for who takes an unkept promise on


_HELD_BY_NOBODY_YET: dict[str, Any] = {"held_known": False, "held_by_id": None}


class Outcome(StrEnum):
    """How a wait ended: PHONED is an answer by telephone, KEPT and WITHDRAWN end a promise."""

    ANSWERED = "answered"
    PHONED = "phoned"
    DISMISSED = "dismissed"
    CLOSED_UNANSWERED = "closed_unanswered"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


class WaitKind(StrEnum):
    """What somebody waits for: a reply, or what was promised (rule 10)."""

    REPLY = "reply"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a wait: `business` and `wall` time from its start, `by_id` a manager's id.

    `elsewhere`: the answer was written outside this program; who wrote it may be unknown.
    `note`: what was said, of an answer by telephone.
    """

    outcome: Outcome
    at: datetime
    by_id: int | None
    business: timedelta
    wall: timedelta
    within_target: bool
    elsewhere: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """From the first unanswered client message to the reply. Instants are UTC.

    `due_at` is None where the calendar has no working time ahead. `next_rung_at` is when the
    ladder must be looked at again. `first`: a conversation's first. `policy`: which level of the
    settings gave `reply_within` and `ladder`. `stretches`: which calendars counted since when;
    `calendar` is their version. The ladder's rungs count from `ladder_from`: the start, or when
    somebody took the wait on (`round` says how often, rule 20), or a promise's due time. `fired`
    are the numbers of rungs and repeats of this round that are done with. `held_by_id` is charged
    with it (rule 5), None where nobody held it; only where `held_known` is that settled. `id` 0:
    not stored yet.
    """

    started_at: datetime
    reply_within: timedelta
    ladder: tuple[Rung, ...]
    calendar: str
    due_at: datetime | None
    next_rung_at: datetime | None
    first: bool = False
    fired: frozenset[int] = frozenset()
    closing: Closing | None = None
    kind: WaitKind = WaitKind.REPLY
    policy: str = ""
    stretches: tuple[Stretch, ...] = ()
    ladder_from: datetime | None = None
    round: int = 0
    held_known: bool = False
    held_by_id: int | None = None
    id: int = 0

    @classmethod
    def open(cls, started_at: datetime, terms: Terms, *, first: bool) -> Wait:
        """A wait by the policy and calendar of the moment it opens (rules 1, 6, 7, 11, 14)."""
        hours, policy = terms.calendar.hours, terms.policy
        wait = cls(
            started_at=started_at,
            reply_within=policy.reply_within,
            ladder=policy.ladder,
            calendar=hours.version,
            due_at=due_at(hours, started_at, policy.reply_within),
            next_rung_at=None,
            first=first,
            policy=policy.name,
            stretches=(Stretch(terms.calendar.name, started_at),),
        )
        return wait.after_firing(frozenset(), started_at, hours)

    @classmethod
    def promise(
        cls,
        made_at: datetime,
        due: datetime,
        ladder: tuple[Rung, ...],
        calendar: Calendar,
        *,
        policy: str = "",
    ) -> Wait:
        """A promise for a fixed instant; its rungs count from there, negative ones before it.

        What should have come before it was made never comes. `policy`: whose ladder it is.
        """
        hours = calendar.hours
        wait = cls(
            started_at=made_at,
            reply_within=hours.elapsed(made_at, due),
            ladder=ladder,
            calendar=hours.version,
            due_at=due,
            next_rung_at=None,
            kind=WaitKind.PROMISE,
            policy=policy,
            stretches=(Stretch(calendar.name, made_at),),
            ladder_from=due,
        )
        early = (
            number
            for number, rung in enumerate(ladder)
            if rung.after < timedelta() and hours.elapsed(made_at, due) <= -rung.after
        )
        return wait.after_firing(frozenset(early), made_at, hours)

    @property
    def base(self) -> datetime:
        """From where the ladder's rungs count."""
        return self.ladder_from if self.ladder_from is not None else self.started_at

    def is_due(self, now: datetime) -> bool:
        """Whether its time is over: from then on it is charged to who holds it (rules 5, 27)."""
        return self.due_at is not None and self.due_at <= now

    def held(self, by_id: int | None) -> Wait:
        """It is due, or ends: who holds it then stays charged with it, whatever comes later."""
        return self if self.held_known else replace(self, held_known=True, held_by_id=by_id)

    def after_firing(self, rungs: frozenset[int], now: datetime, hours: Hours) -> Wait:
        """The same wait once these rungs were announced at `now`."""
        fired = done_with(self.fired | rungs)
        at = next_rung_at(hours, self.base, self.ladder, fired, now)
        return replace(self, fired=fired, next_rung_at=at)

    def since(self, started_at: datetime, now: datetime, hours: Hours) -> Wait:
        """The same wait, found out at `now` to have begun at another instant."""
        first, *later = self.stretches
        stretches = (replace(first, since=started_at), *later)
        moved = replace(self, started_at=started_at, stretches=stretches)
        return moved.recounted(now, hours)

    def recounted(self, now: datetime, hours: Hours) -> Wait:
        """The same wait by its hours as they are now: a corrected calendar (rule 12).

        Rungs that fired are not repeated; a promise stays at its instant. Who held it at a due
        time that was none is not charged.
        """
        due = self.due_at
        if self.kind is WaitKind.REPLY:
            due = due_at(hours, self.started_at, self.reply_within)
        counted = replace(self, due_at=due, calendar=hours.version)
        if not counted.is_due(now):
            counted = replace(counted, **_HELD_BY_NOBODY_YET)
        return counted.after_firing(frozenset(), now, hours)

    def swapped(self, calendar: str, now: datetime) -> Wait:
        """The same wait, counted by another calendar from `now` on (rule 13); `recounted` next."""
        return replace(self, stretches=(*self.stretches, Stretch(calendar, now)))

    def taken_on(self, now: datetime, hours: Hours) -> Wait:
        """Somebody took an escalation on (rule 20): the ladder is silent until the target has run
        once more, then it begins anew."""
        within = self.reply_within if self.kind is WaitKind.REPLY else PROMISE_AGAIN
        ladder = restarted(self.ladder, within)
        anew = replace(self, ladder=ladder, ladder_from=now, round=self.round + 1)
        return replace(anew, fired=frozenset()).after_firing(frozenset(), now, hours)

    def reopened(self, now: datetime, hours: Hours) -> Wait:
        """The same wait goes on as if it had never ended; rungs that fired are not repeated.

        Who held it at that end is charged only where it was due by then.
        """
        due_then = self.closing is None or self.is_due(self.closing.at)
        again = self if due_then else replace(self, **_HELD_BY_NOBODY_YET)
        return replace(again, closing=None).after_firing(frozenset(), now, hours)

    def closed(
        self,
        outcome: Outcome,
        at: datetime,
        by_id: int | None,
        hours: Hours,
        *,
        elsewhere: bool = False,
    ) -> Wait:
        """The wait ended; a reply sent before its start took no time (rules 3, 5, 6)."""
        end = max(at, self.started_at)
        business = hours.elapsed(self.started_at, end)
        wall, within = end - self.started_at, not breached(business, self.reply_within)
        if self.kind is WaitKind.PROMISE:
            within = self.due_at is None or end <= self.due_at
        closing = Closing(outcome, at, by_id, business, wall, within, elsewhere)
        return replace(self, closing=closing, next_rung_at=None)
