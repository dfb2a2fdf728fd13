"""Runs what stands in the queue: claim, run outside any transaction, acknowledge or retry."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from inbox.errors import SendDeferred
from inbox.flow import receive, send
from inbox.inbox import Inbox
from inbox.jobs import KeepCopy, Queue, Received, SendReply
from inbox.outgoing import keep_copy
from inbox.ports import Claim, LeaseLost, ReplyState
from inbox.queueing import pause, show_outcome, tell_admins
from inbox.showing import show

log = logging.getLogger(__name__)

HEARTBEAT = 15.0  # seconds; a third of the lease
GATHER = 0.002  # seconds
SWEEP = 5.0  # seconds; a wake-up that got lost costs no more
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
                # Jobs that end together are followed by one claim for all their places.
                await asyncio.sleep(GATHER)
                for task in [one for one in running if one.done()]:
                    del running[task]
    finally:
        heartbeat.cancel()
        if running:
            await asyncio.wait(running, timeout=patience)
            for task in running:
                task.cancel()


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
            await _dispatch(inbox, claim)
        except SendDeferred as error:
            async with inbox.store.begin() as t:
                await t.retry(claim, after=pause(error, claim.attempts), counted=False)
        except LeaseLost:
            raise
        except Exception as error:  # any fault of one message must leave the others running
            log.exception("job %s %s failed", claim.job_id, claim.job)
            await _try_later(inbox, claim, error)
    except LeaseLost:
        log.warning("job %s %s: somebody else holds it now", claim.job_id, claim.job)
    except Exception:  # the database is away: the lease runs out, and the job runs again
        log.exception("job %s %s could not be put back", claim.job_id, claim.job)


async def _dispatch(inbox: Inbox, claim: Claim) -> None:
    match claim.job:
        case Received():
            await receive(inbox, claim, claim.job)
        case SendReply():
            await send(inbox, claim, claim.job)
        case KeepCopy():
            await keep_copy(inbox, claim, claim.job)
        case _:
            await show(inbox, claim, claim.job)


async def _try_later(inbox: Inbox, claim: Claim, error: Exception) -> None:
    what = f"{type(error).__name__}: {error}"
    async with inbox.store.begin() as t:
        if claim.attempts < ENOUGH:
            await t.retry(claim, after=pause(error, claim.attempts))
            return
        await t.bury(claim, what)
        fields = {"job": type(claim.job).__name__, "id": str(claim.job_id), "error": what}
        await tell_admins(t, "dead_letter", fields, key=f"dead:{claim.job_id}")
        if isinstance(claim.job, SendReply):
            draft = await t.reply(claim.job.reply_id)
            lost = replace(draft, state=ReplyState.REJECTED, fault="interrupted", detail=what)
            await t.save_reply(lost)
            await show_outcome(t, lost)
