"""Alerts are rows: raised once, as many as waits ask for, and passed on where somebody cannot be
reached. How they are shown is in inbox/showing_alerts.py, how mailed in inbox/mailing_alerts.py.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from inbox import routing
from inbox.errors import SendRejected
from inbox.inbox import Inbox
from inbox.jobs import GatherAlerts, MailAlert, RaiseAlert
from inbox.model import Conversation, Manager, Wait, WaitKind
from inbox.ports import (
    Alert,
    AlertState,
    Card,
    Deed,
    Entry,
    RaisedAlert,
    Transaction,
)
from inbox.queueing import tell_admins
from inbox.sla import DAILY, due_alerts, instant_of, may_be_told, rung_at
from inbox.topics import name_topics_later

log = logging.getLogger(__name__)

AT_ONCE = 200  # waits of one transaction
MOST_SINGLE = 5  # alerts to one person within a MINUTE; more become a digest (rule 22)
MINUTE = timedelta(minutes=1)
GATHERING = 0.3  # seconds


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert and what it is about, as that stands now; `message_id` is the newest message."""

    raised: RaisedAlert
    conversation: Conversation
    wait: Wait
    message_id: int | None = None

    @property
    def over(self) -> bool:
        """Whether nobody needs to hear of it any more: answered, or taken on (rules 16, 20)."""
        ended = self.wait.closing is not None or self.wait.round != self.raised.round
        return ended or self.message_id is None

    def may_be_told(self, inbox: Inbox, now: datetime) -> bool:
        """Whether it may come at this hour (rules 17, 18)."""
        rung = rung_at(self.wait.ladder, self.raised.rung)
        return may_be_told(inbox.hours_of(self.wait), rung, self.raised.instant, now)

    def to(self, manager_id: int, now: datetime) -> Standing:
        """The same alert for somebody else, not raised yet."""
        raised = replace(self.raised, manager_id=manager_id, raised_at=now, id=0)
        raised = replace(raised, state=AlertState.QUEUED, told_at=None, digest_id=None)
        return replace(self, raised=raised)


async def stand(t: Transaction, raised: RaisedAlert) -> Standing:
    """The alert with what it is about, read anew."""
    conversation, wait = await t.wait(raised.wait_id)
    return Standing(raised, conversation, wait, await t.newest_message(conversation.id))


async def value_of(
    inbox: Inbox,
    t: Transaction,
    one: Standing,
    staff: Sequence[Manager],
    *,
    repeated: bool = False,
) -> Alert:
    """The alert as its recipient is to see it; of one with a message."""
    card = await t.card(one.message_id or 0)
    card = routing.with_stand_in(card, staff, inbox.clock.now())
    card = replace(card, repeated=repeated)
    raised = one.raised
    return alert_on(inbox, card, one.wait, staff, rung=raised.rung, late=raised.late)


def alert_on(
    inbox: Inbox,
    card: Card,
    wait: Wait,
    staff: Sequence[Manager],
    *,
    rung: int,
    late: bool = False,
) -> Alert:
    """The alert on a wait; the card is of a message in its conversation, perhaps of another wait
    (a promise has none of its own)."""
    closed_by = routing.member(staff, wait.closing.by_id) if wait.closing is not None else None
    card = replace(card, wait=wait, closed_by=closed_by)
    elapsed, remaining = times_of(inbox, wait, inbox.clock.now())
    return Alert(wait, rung, card, elapsed, remaining, late)


def times_of(inbox: Inbox, wait: Wait, now: datetime) -> tuple[timedelta, timedelta]:
    """Business time that has run, and that is left; a closed wait keeps its numbers (rule 12)."""
    hours, closing = inbox.hours_of(wait), wait.closing
    end = max(closing.at if closing is not None else now, wait.started_at)
    elapsed = closing.business if closing is not None else hours.elapsed(wait.started_at, end)
    if wait.kind is WaitKind.PROMISE and wait.due_at is not None:
        return elapsed, hours.elapsed(end, wait.due_at)
    return elapsed, wait.reply_within - elapsed


# --- raising --------------------------------------------------------------------------------


async def climb(inbox: Inbox, t: Transaction) -> int:
    """Raise what the most urgent waits ask for now; how many waits that were, at most AT_ONCE."""
    now = inbox.clock.now()
    waits = await t.due_waits(now, AT_ONCE)
    staff = await t.staff() if waits else ()
    asked: list[Standing] = []
    for conversation, wait in waits:
        hours, holder = inbox.hours_of(wait), conversation.assignee_id
        due = due_alerts(hours, wait.base, wait.ladder, wait.fired, now)
        for number in due.fire:
            instant = instant_of(hours, wait.base, wait.ladder, number) or now
            for one in routing.alerted(rung_at(wait.ladder, number), holder, staff, now):
                raised = RaisedAlert(
                    wait.id, wait.round, number, one.id, instant, now, late=due.late
                )
                asked.append(Standing(raised, conversation, wait))
        climbed = wait.after_firing(due.passed, now, hours)
        if wait.is_due(now):
            climbed = climbed.held(holder)
            if inbox.desk.topics:
                cause = f"wait {wait.id} due {wait.due_at}"
                await name_topics_later(t, conversation.client.id, cause)
        await t.save_wait(climbed)
    new = await raise_all(t, asked, now)
    t.after_commit(partial(inbox.meter.alerted, new))
    return len(waits)


async def raise_all(t: Transaction, asked: Sequence[Standing], now: datetime) -> int:
    """Store those that were not raised before, and have them shown, singly or gathered (22); how
    many those are."""
    if not asked:
        return 0
    new = Counter(one.raised.manager_id for one in asked)
    before = await t.count_alerts(tuple(new), now - MINUTE)
    many = {one for one, count in new.items() if before.get(one, 0) + count > MOST_SINGLE}
    gathered: dict[int, RaisedAlert] = {}
    entries: list[Entry] = []
    for one in asked:
        to = one.raised.manager_id
        state = AlertState.GATHERED if to in many else AlertState.QUEUED
        raised = await t.raise_alert(replace(one.raised, state=state))
        if raised is None:
            continue
        if to in many:
            gathered[to] = raised
        else:
            await have_shown(t, raised)
        entries.append(_entry(one, now))
    for raised in gathered.values():
        await have_shown(t, raised)
    if entries:
        await t.log(entries)
    return len(entries)


def lane_of(manager_id: int) -> str:
    """All that one person is told stands in one lane: nothing is told twice at once."""
    return f"manager:{manager_id}"


async def have_shown(t: Transaction, raised: RaisedAlert, cause: str = "") -> None:
    """Have the alert shown by itself; or soon, with all that was gathered up to this. Once for a
    raising and a `cause`."""
    wait_id, in_round, rung, to = raised.wait_id, raised.round, raised.rung, raised.manager_id
    lane, when = lane_of(to), f"{raised.raised_at}{cause}"
    if raised.state is AlertState.GATHERED:
        key = f"gather:{to}:{raised.id}:{when}"
        await t.put(GatherAlerts(to), key=key, lane=lane, delay=GATHERING)
        return
    job = RaiseAlert(wait_id, rung, to, late=raised.late, round=in_round)
    await t.put(job, key=f"alert:{wait_id}:{in_round}:{rung}:{to}:{when}", lane=lane)


def _entry(one: Standing, now: datetime) -> Entry:
    number, own = one.raised.rung, len(one.wait.ladder)
    what = f"rung {number + 1}" if number < own else f"repeat {number - own + 1}"
    what = "daily" if number >= DAILY else what
    return Entry(
        now,
        Deed.ALERTED,
        conversation_id=one.conversation.id,
        wait_id=one.wait.id,
        manager_id=one.raised.manager_id,
        after=f"{what}, late" if one.raised.late else what,
    )


async def settle(t: Transaction, raised: RaisedAlert, state: AlertState, now: datetime) -> None:
    """What has become of the alert, at last."""
    await t.save_alert(replace(raised, state=state, told_at=now))


async def unreached(
    inbox: Inbox,
    t: Transaction,
    ones: Sequence[Standing],
    to: Manager,
    *,
    error: SendRejected,
    staff: Sequence[Manager],
) -> None:
    """Whoever blocked the bot cannot be the end of an alert: the heads hear it, and the person
    gets a mail where there is an address."""
    now = inbox.clock.now()
    log.warning(
        "alerts of waits %s not shown to %s: %s", [o.wait.id for o in ones], to.name, error
    )
    others = [other for other in routing.heads(staff, now) if other.id != to.id]
    for one in ones:
        if can_be_mailed(inbox, to):
            await t.save_alert(replace(one.raised, state=AlertState.QUEUED))
            await have_mailed(t, one.raised, "blocked")
        else:
            await settle(t, one.raised, AlertState.FAILED, now)
    await raise_all(t, [one.to(other.id, now) for other in others for one in ones], now)
    fields = {"name": to.name, "reason": str(error)}
    await tell_admins(t, "unreachable", fields, key=f"unreachable:{to.id}:{now.date()}")


def can_be_mailed(inbox: Inbox, to: Manager | None) -> bool:
    """Whether there is a mailbox to send from and an address to send to."""
    return inbox.alert_channel is not None and to is not None and to.active and bool(to.email)


async def have_mailed(t: Transaction, raised: RaisedAlert, why: str) -> None:
    """Have the alert sent by mail, once for a raising; `why` as in MailAlert."""
    job = MailAlert(raised.wait_id, raised.round, raised.rung, raised.manager_id, why)
    lane = f"alert-mail:{raised.id}"
    await t.put(job, key=f"{lane}:{raised.raised_at}", lane=lane)
