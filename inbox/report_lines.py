"""From stored waits to the lines of a report: whose each is, how long it took, whose breach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from inbox.calendars import Calendars, Hours
from inbox.model import Closing, Outcome, Wait
from inbox.report_records import Period, WaitLine
from inbox.reports import own_time
from inbox.reports_store import StoredWait

ANSWERS = frozenset({Outcome.ANSWERED, Outcome.PHONED})


def is_answer(line: WaitLine) -> bool:
    """Whether it was answered, in writing or by telephone."""
    return line.outcome in ANSWERS


@dataclass(frozen=True, slots=True)
class Lines:
    """Makes lines of stored waits. `names`: of all members by id, former ones included."""

    calendars: Calendars
    names: Mapping[int, str]
    period: Period

    def of(self, stored: StoredWait) -> WaitLine:
        """A wait that ended after the period is open in it."""
        wait, talk = stored.wait, stored.talk
        hours = self.calendars.course(wait.stretches)
        closing = wait.closing
        if closing is not None and closing.at >= self.period.until:
            closing = None
        answered = closing is not None and closing.outcome in ANSWERS
        business, wall = self._times(wait, closing, hours)
        manager_id = _whose(stored, closing)
        own, taken_at = _own(stored, closing, hours, business) if answered else (business, None)
        breached = self._breached(wait, closing)
        charged_id = _charged(stored) if breached else None
        return WaitLine(
            wait_id=wait.id,
            conversation_id=talk.conversation_id,
            message_id=stored.message_id,
            client_id=talk.client_id,
            client=talk.client,
            tier=talk.tier,
            channel_id=talk.channel_id,
            holder_id=talk.holder_id,
            holder=self._name(talk.holder_id),
            manager_id=manager_id,
            manager=self._name(manager_id),
            charged_id=charged_id,
            charged=self._name(charged_id),
            first=wait.first,
            outcome=closing.outcome.value if closing is not None else "",
            started_at=wait.started_at,
            taken_at=taken_at or wait.started_at,
            due_at=wait.due_at,
            closed_at=closing.at if closing is not None else None,
            reply_within=wait.reply_within,
            business=business,
            wall=wall,
            own=own,
            within=answered and not breached,
            breached=breached,
            off_hours=answered and closing is not None and not hours.is_open(closing.at),
            elsewhere=closing is not None and closing.elsewhere,
            policy=wait.policy,
            calendar=wait.stretches[-1].calendar,
            author_known=closing is None or closing.by_id is not None,
        )

    def _times(
        self, wait: Wait, closing: Closing | None, hours: Hours
    ) -> tuple[timedelta, timedelta]:
        if closing is not None:
            return closing.business, closing.wall
        end = max(self.period.as_of, wait.started_at)
        return hours.elapsed(wait.started_at, end), end - wait.started_at

    def _breached(self, wait: Wait, closing: Closing | None) -> bool:
        """A dismissed wait needed no answer (rules 6, 8, 26)."""
        if closing is None:
            return wait.is_due(self.period.as_of)
        return closing.outcome is not Outcome.DISMISSED and not closing.within_target

    def _name(self, manager_id: int | None) -> str:
        return self.names.get(manager_id, "") if manager_id is not None else ""


def _charged(stored: StoredWait) -> int | None:
    """Who held it when it fell due (rules 5, 27); where that is not settled, who holds it."""
    wait = stored.wait
    return wait.held_by_id if wait.held_known else stored.talk.holder_id


def _whose(stored: StoredWait, closing: Closing | None) -> int | None:
    """In whose row it stands: of who answered or ended it; where nobody knows who that was, of who
    held it; an open one, of who holds it."""
    if closing is None:
        return stored.talk.holder_id
    return closing.by_id if closing.by_id is not None else _charged(stored)


def _own(
    stored: StoredWait, closing: Closing | None, hours: Hours, business: timedelta
) -> tuple[timedelta, datetime | None]:
    """The business time since the replier got it, and when that was (rule 27)."""
    wait, got = stored.wait, stored.got
    if closing is None or got is None or got.since <= wait.started_at:
        return business, None
    if got.manager_id != closing.by_id or got.since > closing.at:
        return business, None
    own = own_time(wait, hours, [got])
    return (business, None) if own is None else (own, got.since)
