"""Alerts that Telegram does not take go out by mail: to whoever blocked the bot, and to everybody
while it has been down for more than some minutes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from inbox import routing
from inbox.alerting import (
    Standing,
    can_be_mailed,
    have_mailed,
    have_shown,
    settle,
    stand,
    value_of,
)
from inbox.errors import Fault, SendDeferred, SendFailed, SendRejected, SendUncertain
from inbox.inbox import Inbox
from inbox.jobs import MailAlert
from inbox.model import Handle, Manager, OutboundMessage, Receipt
from inbox.outgoing import send_once
from inbox.ports import AlertState, Claim, Connector, RaisedAlert, Transaction
from inbox.queueing import pause, tell_admins
from inbox.showing_alerts import until_opening

log = logging.getLogger(__name__)

UNREACHED = timedelta(minutes=5)
LOOKED_AT = 1000  # alerts under way at most


async def mail_unreached(inbox: Inbox) -> None:
    """Have mailed what could have been told for more than 5 minutes and was not, to those whose
    address is known. To be called each second."""
    if inbox.alert_channel is None:
        return
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        ids = {one.id for one in await t.staff() if can_be_mailed(inbox, one)}
        for raised in await t.alerts_under_way(ids, now - UNREACHED, LOOKED_AT):
            one = await stand(t, raised)
            # What only the closed office kept back has its turn on the desk first.
            then = one.may_be_told(inbox, now - UNREACHED)
            if not one.over and then and one.may_be_told(inbox, now):
                await have_mailed(t, raised, "outage")


async def mail_alert(inbox: Inbox, claim: Claim, job: MailAlert) -> None:
    """Send an alert by mail, at most once.

    It counts as mailed, on stable storage, before it goes out: one that is found so was
    interrupted and may have arrived. It is not repeated, and the administrators are told.
    """
    connector = inbox.connectors.get(inbox.alert_channel or "")
    async with inbox.store.begin(durable=True) as t:
        staff = await t.staff()
        to = routing.member(staff, job.manager_id)
        one = await _still_to_mail(inbox, t, claim, job)
        if one is None:
            return
        if connector is None or to is None or not can_be_mailed(inbox, to):
            gone = SendRejected(Fault.UNSUPPORTED)
            await _result(inbox, t, claim, job, raised=one.raised, result=gone)
            return
        message = await _letter(inbox, t, one, to, connector=connector, why=job.why, staff=staff)
        await t.save_alert(replace(one.raised, state=AlertState.MAILED))
    result = await send_once(connector, message)
    async with inbox.store.begin(durable=True) as t:
        t.after_commit(partial(inbox.meter.tried, connector.channel.id, result))
        await _result(inbox, t, claim, job, raised=one.raised, result=result)


async def _still_to_mail(
    inbox: Inbox, t: Transaction, claim: Claim, job: MailAlert
) -> Standing | None:
    """The alert if it is to be mailed now; else the job is acknowledged or put off."""
    now = inbox.clock.now()
    raised = await t.alert_for(job.wait_id, job.rung, job.manager_id, in_round=job.round)
    if raised is None or raised.told_at is not None:
        await t.finish(claim)
        return None
    if raised.state is AlertState.MAILED:
        interrupted = SendUncertain(Fault.INTERRUPTED)
        await _result(inbox, t, claim, job, raised=raised, result=interrupted)
        return None
    one = await stand(t, raised)
    if one.over:
        await settle(t, raised, AlertState.CANCELLED, now)
        await t.finish(claim)
        return None
    if not one.may_be_told(inbox, now):
        await t.retry(claim, after=until_opening(inbox, [one], now), counted=False)
        return None
    return one


async def _letter(
    inbox: Inbox,
    t: Transaction,
    one: Standing,
    to: Manager,
    *,
    connector: Connector,
    why: str,
    staff: Sequence[Manager],
) -> OutboundMessage:
    now, key = inbox.clock.now(), f"alert:{one.raised.id}"
    alert = await value_of(inbox, t, one, staff)
    subject, text = inbox.letters.alert(alert, to, why, now)
    return OutboundMessage(
        key=key,
        external_id=connector.external_id(key),
        channel_id=connector.channel.id,
        recipient=Handle("email", to.email or ""),
        author="",
        text=text,
        entities=(),
        files=(),
        subject=subject,
        answering=None,
        written_at=one.raised.raised_at,
        automatic="auto-generated",
    )


async def _result(
    inbox: Inbox,
    t: Transaction,
    claim: Claim,
    job: MailAlert,
    *,
    raised: RaisedAlert,
    result: Receipt | SendFailed,
) -> None:
    """`raised` is the alert as it was before it counted as mailed."""
    now = inbox.clock.now()
    match result:
        case SendDeferred():
            await t.save_alert(raised)
            await t.retry(claim, after=pause(result, claim.attempts), counted=False)
            return
        case Receipt() | SendUncertain():
            await settle(t, raised, AlertState.MAILED, now)
        case _ if job.why == "outage":  # the desk may take it yet, if it has not passed it over
            await t.save_alert(raised)
            await have_shown(t, raised, f", not mailed by {claim.job_id}")
        case _:
            await settle(t, raised, AlertState.FAILED, now)
    if isinstance(result, SendFailed):
        await _tell_of(t, raised, result, now)
    await t.finish(claim)


async def _tell_of(t: Transaction, raised: RaisedAlert, error: SendFailed, now: datetime) -> None:
    to = routing.member(await t.staff(), raised.manager_id)
    log.warning("alert %s not surely mailed: %s", raised.id, error)
    fields = {"name": to.name if to is not None else "", "reason": str(error)}
    key = f"alert not mailed:{raised.manager_id}:{now.date()}"
    await tell_admins(t, "alert_not_mailed", fields, key=key)
