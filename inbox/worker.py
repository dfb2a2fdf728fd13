"""Runs what stands in the queue: claim, run outside any transaction, acknowledge or retry."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from inbox.carrying import carry_take_back, change_failed, change_reply, take_back_failed
from inbox.errors import (
    Fault,
    OknoError,
    SendDeferred,
    SendUncertain,
    StoreUnavailable,
)
from inbox.flow import receive, send
from inbox.greeting import send_greeting
from inbox.inbox import Inbox
from inbox.jobs import (
    ChangeReply,
    KeepCopy,
    MailAlert,
    MarkAgreed,
    Queue,
    Received,
    SendGreeting,
    SendOffHoursReply,
    SendReply,
    TakeBack,
)
from inbox.mailing_alerts import mail_alert
from inbox.off_hours import send_off_hours_reply
from inbox.outgoing import keep_copy
from inbox.ports import Claim, LeaseLost, ReplyState, Transaction
from inbox.queueing import pause, put_off, show_outcome, tell_admins
from inbox.quotes import mark_agreed
from inbox.records import UNDER_WAY
from inbox.report_delivery import show_report
from inbox.report_jobs import MailReport, ShowReport
from inbox.report_mailing import mail_report
from inbox.showing import show

log = logging.getLogger(__name__)

HEARTBEAT = 15.0  # seconds; a third of the lease
GATHER = 0.002  # seconds
GATHER_FULL = 0.008  # seconds
SWEEP = 5.0  # seconds; a wake-up that got lost costs no more
LET_GO = 2.0  # seconds for what was cancelled
ENOUGH = 6  # attempts; then a person must look


async def work(inbox: Inbox, queue: Queue, parallel: int, *, patience: float = 10.0) -> None:
    """Run the queue's jobs for ever, `parallel` lanes at a time.

    When cancelled it claims no more and gives running jobs `patience` seconds to end.
    """
    running: dict[asyncio.Task[None], Claim] = {}
    heartbeat = asyncio.create_task(_keep_leases(inbox, running))
    try:
        while True:
            claimed = await inbox.store.claim(queue, parallel - len(running))
            for claim in claimed.claims:
                running[asyncio.create_task(run(inbox, claim))] = claim
            await _something_to_do(inbox, queue, running, claimed.next_due_in)
            while len(running) == parallel or any(one.done() for one in running):
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                # Jobs that end together are followed by one claim for all their places; where
                # all are taken, more jobs wait than run, and a claim for many is worth waiting.
                await asyncio.sleep(GATHER_FULL if len(running) == parallel else GATHER)
                for task in [one for one in running if one.done()]:
                    del running[task]
    finally:
        heartbeat.cancel()
        if running:
            await asyncio.wait(running, timeout=patience)
            for task in running:
                task.cancel()
            # What they hold, child processes among it, is let go before the loop ends.
            await asyncio.wait(running, timeout=LET_GO)


async def _something_to_do(
    inbox: Inbox, queue: Queue, running: dict[asyncio.Task[None], Claim], next_due: float | None
) -> None:
    """Return when a job ended, a job was put, or the next lane is due."""
    timeout = SWEEP if next_due is None else min(max(next_due, 0.005), SWEEP)
    put = asyncio.create_task(inbox.store.wait_for_jobs(queue, timeout))
    try:
        await asyncio.wait({put, *running}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        put.cancel()


async def _keep_leases(inbox: Inbox, running: dict[asyncio.Task[None], Claim]) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT)
        if running:
            try:
                await inbox.store.renew(tuple(running.values()))
            except Exception:  # the database is away; the next beat tries again
                log.exception("leases could not be renewed")


async def work_once(inbox: Inbox, queue: Queue, limit: int = 16) -> bool:
    """Run what is due now; whether there was anything."""
    claimed = await inbox.store.claim(queue, limit)
    await asyncio.gather(*(run(inbox, claim) for claim in claimed.claims))
    return bool(claimed.claims)


async def run(inbox: Inbox, claim: Claim) -> None:
    """Run one job to its acknowledgement, its next try or its grave; raises nothing."""
    try:
        try:
            if claim.attempts > ENOUGH:  # it kills the process: claimed, and never ended
                await _give_up(inbox, claim, f"did not end in {ENOUGH} tries")
                return
            await _dispatch(inbox, claim)
        except (SendDeferred, SendUncertain) as error:
            async with inbox.store.begin() as t:
                await put_off(t, claim, error, inbox.meter)
        except LeaseLost:
            raise
        except Exception as error:  # any fault of one message must leave the others running
            ours = isinstance(error, OknoError)  # says all by itself
            log.warning("job %s %s: %s", claim.job_id, claim.job, error, exc_info=not ours)
            await _try_later(inbox, claim, error)
    except LeaseLost:
        log.warning("job %s %s: somebody else holds it now", claim.job_id, claim.job)
    except Exception as error:  # the database is away: the lease runs out, the job runs again
        ours = isinstance(error, OknoError)
        text = "job %s %s could not be put back: %s"
        log.warning(text, claim.job_id, claim.job, error, exc_info=not ours)


async def _dispatch(inbox: Inbox, claim: Claim) -> None:
    match claim.job:
        case Received():
            await receive(inbox, claim, claim.job)
        case SendReply() | ChangeReply() | TakeBack() | MarkAgreed():
            await _dispatch_reply(inbox, claim, claim.job)
        case SendGreeting():
            await send_greeting(inbox, claim, claim.job)
        case SendOffHoursReply():
            await send_off_hours_reply(inbox, claim, claim.job)
        case MailAlert():
            await mail_alert(inbox, claim, claim.job)
        case KeepCopy():
            await keep_copy(inbox, claim, claim.job)
        case ShowReport():
            await show_report(inbox, claim, claim.job)
        case MailReport():
            await mail_report(inbox, claim, claim.job)
        case _:
            await show(inbox, claim, claim.job)


async def _dispatch_reply(
    inbox: Inbox, claim: Claim, job: SendReply | ChangeReply | TakeBack | MarkAgreed
) -> None:
    match job:
        case SendReply():
            await send(inbox, claim, job)
        case ChangeReply():
            await change_reply(inbox, claim, job)
        case TakeBack():
            await carry_take_back(inbox, claim, job)
        case _:
            await mark_agreed(inbox, claim, job)


async def _try_later(inbox: Inbox, claim: Claim, error: Exception) -> None:
    if claim.attempts < ENOUGH or isinstance(error, StoreUnavailable):
        # Counted while it may be: then a card says that it was possibly shown before.
        counted = claim.attempts < ENOUGH
        async with inbox.store.begin() as t:
            await t.retry(claim, after=pause(error, claim.attempts), counted=counted)
        return
    await _give_up(inbox, claim, f"{type(error).__name__}: {error}")


async def _give_up(inbox: Inbox, claim: Claim, what: str) -> None:
    """To the dead letters: an administrator is told, and of a reply its author too."""
    async with inbox.store.begin() as t:
        await t.bury(claim, what)
        fields = {"job": type(claim.job).__name__, "id": str(claim.job_id), "error": what}
        await tell_admins(t, "dead_letter", fields, key=f"dead:{claim.job_id}")
        match claim.job:
            case SendReply():
                await _give_up_sending(t, claim.job, what)
            case ChangeReply():
                await change_failed(t, claim.job, Fault.INTERRUPTED)
            case TakeBack():
                await take_back_failed(t, claim, claim.job, Fault.INTERRUPTED)


async def _give_up_sending(t: Transaction, job: SendReply, what: str) -> None:
    draft = await t.reply(job.reply_id)
    if draft.state in UNDER_WAY:
        begun = draft.state is ReplyState.SENDING
        state = ReplyState.UNCERTAIN if begun else ReplyState.REJECTED
        lost = replace(draft, state=state, fault="interrupted", detail=what)
        await t.save_reply(lost)
        await show_outcome(t, lost)
