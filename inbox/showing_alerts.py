"""Alerts on their way to the desk: checked again just before, singly or as digests, and redrawn.

That the wait ended or was taken on, that the office closed, that the recipient went away: all may
have happened since an alert was raised.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from inbox import routing
from inbox.alerting import (
    MINUTE,
    MOST_SINGLE,
    Standing,
    have_shown,
    lane_of,
    raise_all,
    settle,
    stand,
    unreached,
    value_of,
)
from inbox.errors import NoWorkingTime, SendRejected
from inbox.inbox import Inbox
from inbox.jobs import GatherAlerts, RaiseAlert
from inbox.model import Manager
from inbox.ports import (
    Alert,
    AlertDigest,
    AlertState,
    Claim,
    DeskLink,
    RaisedAlert,
    Transaction,
)
from inbox.queueing import refresh
from inbox.sla import rung_at

log = logging.getLogger(__name__)

BACKLOG = 1000  # alerts under way that are looked through at most
LOOK_AGAIN = 60.0  # seconds; whether the office has opened


async def show_alerts(inbox: Inbox, claim: Claim, job: RaiseAlert | GatherAlerts) -> None:
    """Run the job to its acknowledgement."""
    if isinstance(job, RaiseAlert):
        await _show_one(inbox, claim, job)
    else:
        await _show_gathered(inbox, claim, job)


async def _show_one(inbox: Inbox, claim: Claim, job: RaiseAlert) -> None:
    """Tell that a rung was reached, unless nobody needs to hear of it any more (rule 16)."""
    async with inbox.store.begin() as t:
        staff = await t.staff()
        to = routing.member(staff, job.manager_id)
        one = await _still_to_tell(inbox, t, claim, job, staff)
        if one is None or to is None:
            return
        alert = await value_of(inbox, t, one, staff, repeated=claim.attempts > 1)
    try:
        shown = await inbox.desk.alert(alert, to)
    except SendRejected as error:
        async with inbox.store.begin() as t:
            await unreached(inbox, t, [one], to, error=error, staff=staff)
            await t.finish(claim)
        return
    conversation_id, raised = one.conversation.id, one.raised
    links = [
        DeskLink(each, conversation_id, to.id, one.message_id, raised.wait_id, raised.rung)
        for each in shown
    ]
    async with inbox.store.begin() as t:
        await _true_still(t, [one], inbox.clock.now())
        await t.link(links)
        await settle(t, raised, AlertState.SHOWN, inbox.clock.now())
        await t.finish(claim)


async def _still_to_tell(
    inbox: Inbox, t: Transaction, claim: Claim, job: RaiseAlert, staff: Sequence[Manager]
) -> Standing | None:
    """The alert if it is to be shown now; else the job is acknowledged or put off."""
    now = inbox.clock.now()
    raised = await t.alert_for(job.wait_id, job.rung, job.manager_id, in_round=job.round)
    if raised is None:  # queued by a version that kept no rows
        fresh = RaisedAlert(job.wait_id, job.round, job.rung, job.manager_id, now, now, job.late)
        raised = await t.raise_alert(fresh)
    one = None
    if raised is not None and raised.state is AlertState.QUEUED:
        one = await stand(t, raised)
        if not one.over and not one.may_be_told(inbox, now):
            name = f"alert:{job.wait_id}:{job.round}:{job.rung}:{job.manager_id}:late"
            delay = until_opening(inbox, [one], now)
            await keep_for_the_morning(t, claim, replace(job, late=True), name, delay)
            return None
        instead = await _told_instead(t, one, staff, now)
        if instead is not None:
            await raise_all(t, instead, now)
            one = None
    if one is None or await _gathered(t, one, now):
        await t.finish(claim)
        return None
    if claim.lane != lane_of(job.manager_id):
        await _back_into_line(t, claim, job)
        return None
    return replace(one, raised=replace(one.raised, late=one.raised.late or job.late))


async def _told_instead(
    t: Transaction, one: Standing, staff: Sequence[Manager], now: datetime
) -> Sequence[Standing] | None:
    """None where the alert is to be shown. Else it is over, or its recipient has left or is away:
    what is to be raised in its place."""
    others: tuple[Manager, ...] = ()
    if not one.over:
        others = _instead_of(one, routing.member(staff, one.raised.manager_id), staff, now)
        if not others:
            return None
    await settle(t, one.raised, AlertState.CANCELLED, now)
    return [one.to(other.id, now) for other in others]


def _instead_of(
    one: Standing, to: Manager | None, staff: Sequence[Manager], now: datetime
) -> tuple[Manager, ...]:
    if to is not None and to.active:
        there = routing.in_place_of(to, staff, now)
        return () if to in there else there
    rung = rung_at(one.wait.ladder, one.raised.rung)
    return routing.alerted(rung, one.conversation.assignee_id, staff, now)


async def _gathered(t: Transaction, one: Standing, now: datetime) -> bool:
    """Of what an outage or a night held up, more than a few at once become a digest too (22)."""
    if one.raised.raised_at > now - MINUTE:
        return False
    held_up = [
        each
        for each in await t.alerts_under_way({one.raised.manager_id}, now - MINUTE, BACKLOG)
        if each.state is AlertState.QUEUED
    ]
    if len(held_up) <= MOST_SINGLE:
        return False
    for each in held_up:
        await t.save_alert(replace(each, state=AlertState.GATHERED))
    await have_shown(t, replace(one.raised, state=AlertState.GATHERED), f" and held up to {now}")
    return True


async def _true_still(t: Transaction, shown: Sequence[Standing], now: datetime) -> None:
    """What ended or was taken on while it was being shown is drawn again: nobody else knew yet
    that it stands there (rule 23)."""
    for conversation_id in sorted({one.conversation.id for one in shown}):
        await t.conversation(conversation_id)  # whoever ends a wait holds its conversation
    for one in shown:
        _, wait = await t.wait(one.wait.id)
        if (wait.closing, wait.round) != (one.wait.closing, one.wait.round):
            await refresh(t, one.conversation.id, f"alert {one.raised.id} shown at {now}")


# --- digests (rule 22) ----------------------------------------------------------------------


async def _show_gathered(inbox: Inbox, claim: Claim, job: GatherAlerts) -> None:
    """All that was gathered for a member, in one message; one that stands there for less than a
    minute is edited."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        staff = await t.staff()
        to = routing.member(staff, job.manager_id)
        if claim.lane != lane_of(job.manager_id):
            await _look_again(inbox, t, claim, job)
            return
        ones, kept = await _sorted_out(inbox, t, job, staff)
        if not ones or to is None:
            await _end(inbox, t, claim, job, kept)
            return
        digest = await t.newest_digest(to.id, now - MINUTE)
        stands = await t.alerts_in_digest(digest.id) if digest is not None else ()
        older = [await stand(t, one) for one in stands]
        again = digest is None and claim.attempts > 1  # an edit would not show it twice
        alerts = [await value_of(inbox, t, one, staff, repeated=again) for one in (*older, *ones)]
    before = digest.ref if digest is not None else None
    try:
        ref = await inbox.desk.show_alerts(alerts, to, before)
    except SendRejected as error:
        async with inbox.store.begin() as t:
            await unreached(inbox, t, ones, to, error=error, staff=staff)
            await _end(inbox, t, claim, job, kept)
        return
    async with inbox.store.begin() as t:
        await _true_still(t, (*older, *ones), now)
        if digest is None:
            digest = await t.add_digest(AlertDigest(to.id, now, ref))
        for one in ones:
            await settle(t, replace(one.raised, digest_id=digest.id), AlertState.SHOWN, now)
        await _end(inbox, t, claim, job, kept)


async def _look_again(inbox: Inbox, t: Transaction, claim: Claim, job: GatherAlerts) -> None:
    """Of what was kept for the morning, whether any may be told by now."""
    now = inbox.clock.now()
    ones = [await stand(t, raised) for raised in await t.alerts_to_gather(job.manager_id)]
    if all(not one.over and not one.may_be_told(inbox, now) for one in ones):
        await _end(inbox, t, claim, job, ones)
    else:
        await _back_into_line(t, claim, job)


async def _sorted_out(
    inbox: Inbox, t: Transaction, job: GatherAlerts, staff: Sequence[Manager]
) -> tuple[list[Standing], list[Standing]]:
    """What is to be shown now, and what is kept for the morning."""
    now = inbox.clock.now()
    ones: list[Standing] = []
    kept: list[Standing] = []
    instead: list[Standing] = []
    for raised in await t.alerts_to_gather(job.manager_id):
        one = await stand(t, raised)
        if not one.over and not one.may_be_told(inbox, now):
            kept.append(replace(one, raised=replace(raised, late=True)))
            await t.save_alert(kept[-1].raised)
            continue
        others = await _told_instead(t, one, staff, now)
        if others is None:
            ones.append(one)
        else:
            instead += others
    await raise_all(t, instead, now)
    return ones, kept


async def _end(
    inbox: Inbox, t: Transaction, claim: Claim, job: GatherAlerts, kept: Collection[Standing]
) -> None:
    if kept:
        delay = until_opening(inbox, kept, inbox.clock.now())
        await keep_for_the_morning(t, claim, job, f"gather:{job.manager_id}:late", delay)
    else:
        await t.finish(claim)


async def redraw_digests(inbox: Inbox, conversation_id: int) -> None:
    """Digests with alerts of the conversation say what has become of them (rule 23)."""
    drawn: list[tuple[AlertDigest, Manager, list[Alert]]] = []
    async with inbox.store.begin() as t:
        digests = await t.digests_about(conversation_id)
        staff = await t.staff() if digests else ()
        people = {one.id: one for one in staff}
        for digest in digests:
            ones = [await stand(t, one) for one in await t.alerts_in_digest(digest.id)]
            alerts = [await value_of(inbox, t, one, staff) for one in ones]
            drawn.append((digest, people[digest.manager_id], alerts))
    for digest, to, alerts in drawn:
        try:
            await inbox.desk.show_alerts(alerts, to, digest.ref)
        except SendRejected as error:
            log.info("digest %s not redrawn: %s", digest.ref, error)


# --- held up --------------------------------------------------------------------------------


async def keep_for_the_morning(
    t: Transaction, claim: Claim, job: RaiseAlert | GatherAlerts, name: str, delay: float
) -> None:
    """An alert that was held up beyond closing time waits for the opening (rules 17, 18).

    In a lane of its own, so that the manager hears of all else meanwhile.
    """
    if claim.lane == name:
        await t.retry(claim, after=delay, counted=False)
        return
    await t.put(job, key=f"{name}:{claim.job_id}", lane=name, delay=delay)
    await t.finish(claim)


async def _back_into_line(t: Transaction, claim: Claim, job: RaiseAlert | GatherAlerts) -> None:
    """The morning has come: it is told in the lane of all that its recipient is told."""
    key = f"{claim.lane}:{claim.job_id}:back"
    await t.put(job, key=key, lane=lane_of(job.manager_id))
    await t.finish(claim)


def until_opening(inbox: Inbox, ones: Collection[Standing], now: datetime) -> float:
    """Seconds until the first of the waits' offices opens, but LOOK_AGAIN at most."""
    ahead = [LOOK_AGAIN]
    for one in ones:
        try:
            opening = inbox.hours_of(one.wait).next_opening(now)
        except NoWorkingTime:
            continue
        ahead.append(max((opening - now).total_seconds(), 0.0))
    return min(ahead)
