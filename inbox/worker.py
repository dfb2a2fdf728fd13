"""Runs what stands in the queue: claim, run outside any transaction, acknowledge or retry."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import assert_never

from inbox import routing
from inbox.errors import (
    OknoError,
    SendDeferred,
    SendRejected,
    SendUncertain,
    StoreUnavailable,
)
from inbox.flow import receive, send
from inbox.inbox import Inbox, load_files
from inbox.jobs import (
    Queue,
    RaiseAlert,
    Received,
    RefreshCards,
    SendReply,
    ShowCard,
    ShowOutcome,
    TellAdmins,
)
from inbox.model import Manager
from inbox.ports import (
    Alert,
    Card,
    Claim,
    DeskLink,
    LeaseLost,
    Purpose,
    ReplyState,
    Shown,
    Transaction,
)
from inbox.queueing import pause, put_off, show_outcome, tell_admins
from inbox.sla import due_alerts

log = logging.getLogger(__name__)

HEARTBEAT = 15.0  # seconds; a third of the lease
GATHER = 0.002  # seconds
GATHER_FULL = 0.008  # seconds
SWEEP = 5.0  # seconds; a wake-up that got lost costs no more
LOOK_AGAIN = 60.0  # seconds; whether the office has opened
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
                await put_off(t, claim, error)
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
        case SendReply():
            await send(inbox, claim, claim.job)
        case ShowOutcome():
            await _show_outcome(inbox, claim, claim.job)
        case RefreshCards():
            await _refresh_cards(inbox, claim, claim.job)
        case ShowCard():
            await _show_card(inbox, claim, claim.job)
        case RaiseAlert():
            await _raise_alert(inbox, claim, claim.job)
        case TellAdmins():
            await _tell_admins(inbox, claim, claim.job)
        case _:
            assert_never(claim.job)


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
        if isinstance(claim.job, SendReply):
            draft = await t.reply(claim.job.reply_id)
            begun = draft.state is ReplyState.SENDING
            state = ReplyState.UNCERTAIN if begun else ReplyState.REJECTED
            lost = replace(draft, state=state, fault="interrupted", detail=what)
            await t.save_reply(lost)
            await show_outcome(t, lost)


async def _finish(inbox: Inbox, claim: Claim, links: tuple[DeskLink, ...] = ()) -> None:
    async with inbox.store.begin() as t:
        if links:
            await t.link(links)
        await t.finish(claim)


async def _show_outcome(inbox: Inbox, claim: Claim, job: ShowOutcome) -> None:
    """The manager sees under the own message what became of it."""
    async with inbox.store.begin() as t:
        draft = await t.reply(job.reply_id)
        conversation = await t.conversation(draft.conversation_id)
        people = {one.id: one for one in await t.staff()}
    shown: tuple[Shown, ...] = ()
    try:
        shown = await inbox.desk.show_outcome(draft, conversation, people[draft.author_id])
    except SendRejected as error:
        log.warning("outcome of reply %s not shown: %s", draft.key, error)
    links = tuple(
        DeskLink(one, conversation.id, draft.author_id, draft.message_id) for one in shown
    )
    await _finish(inbox, claim, links)


async def _refresh_cards(inbox: Inbox, claim: Claim, job: RefreshCards) -> None:
    """Cards and alerts that stand on the desk tell the truth again."""
    async with inbox.store.begin() as t:
        links = await t.links_to_redraw(job.conversation_id)
        people = {one.id: one for one in await t.staff()}
        ids = {link.message_id for link in links if link.message_id is not None}
        cards: dict[int | None, Card] = {one: await t.card(one) for one in ids}
        wait_ids = {link.wait_id for link in links if link.wait_id is not None}
        waits = {one: (await t.wait(one))[1] for one in wait_ids}
    for link in links:
        to = people[link.manager_id]
        card = cards[link.message_id]
        alert: Alert | None = None
        if link.shown.purpose is Purpose.ALERT and link.wait_id is not None:
            card = replace(card, wait=waits[link.wait_id])
            alert = _alert(inbox, card, link.rung or 0, late=False)
        try:
            await inbox.desk.redraw(link.shown, card, to, alert)
        except SendRejected as error:
            log.info("card %s not redrawn: %s", link.shown.ref, error)
    await _finish(inbox, claim)


async def _show_card(inbox: Inbox, claim: Claim, job: ShowCard) -> None:
    """A new holder sees the newest message, with what has run and when it is due (rule 21)."""
    async with inbox.store.begin() as t:
        message_id = await t.newest_message(job.conversation_id)
        staff = await t.staff()
        to = routing.member(staff, job.manager_id)
        if message_id is None or to is None:
            await t.finish(claim)
            return
        card = await t.card(message_id)
        raw = await t.raw_of_message(message_id)
    giver = routing.member(staff, job.from_id)
    card = replace(card, handed_by=giver, repeated=claim.attempts > 1)
    files = await load_files(inbox, card.message.attachments, raw, inbox.desk.origin)
    shown = await inbox.desk.show(card, to, files)
    links = tuple(DeskLink(one, job.conversation_id, to.id, message_id) for one in shown)
    await _finish(inbox, claim, links)


async def _raise_alert(inbox: Inbox, claim: Claim, job: RaiseAlert) -> None:
    """Tell that a rung was reached, unless the wait ended in the meantime (rule 16)."""
    async with inbox.store.begin() as t:
        conversation, wait = await t.wait(job.wait_id)
        message_id = await t.newest_message(conversation.id)
        staff = await t.staff()
        to = routing.member(staff, job.manager_id)
        if wait.closing is not None or message_id is None or to is None:
            await t.finish(claim)
            return
        rung = wait.ladder[job.rung]
        if not due_alerts(inbox.hours, wait.started_at, (rung,), (), inbox.clock.now()).fire:
            await _keep_for_the_morning(t, claim, job)
            return
        card = replace(await t.card(message_id), wait=wait, repeated=claim.attempts > 1)
    alert = _alert(inbox, card, job.rung, late=job.late)
    try:
        shown = await inbox.desk.alert(alert, to)
    except SendRejected as error:
        log.warning("alert of wait %s not shown to %s: %s", job.wait_id, to.name, error)
        await _alert_somebody_else(inbox, claim, job, to, error=error, staff=staff)
        return
    links = tuple(
        DeskLink(one, conversation.id, to.id, message_id, job.wait_id, job.rung) for one in shown
    )
    await _finish(inbox, claim, links)


async def _keep_for_the_morning(t: Transaction, claim: Claim, job: RaiseAlert) -> None:
    """An alert that was held up beyond closing time waits for the opening (rules 17, 18).

    In a lane of its own, so that the manager hears of all else meanwhile.
    """
    name = f"alert:{job.wait_id}:{job.rung}:{job.manager_id}:late"
    if claim.lane == name:
        await t.retry(claim, after=LOOK_AGAIN, counted=False)
        return
    await t.put(replace(job, late=True), key=name, lane=name, delay=LOOK_AGAIN)
    await t.finish(claim)


async def _alert_somebody_else(
    inbox: Inbox,
    claim: Claim,
    job: RaiseAlert,
    to: Manager,
    *,
    error: SendRejected,
    staff: tuple[Manager, ...],
) -> None:
    """Whoever blocked the bot cannot be the end of an alert."""
    others = [one for one in routing.heads(staff) if one.id != to.id]
    async with inbox.store.begin() as t:
        for one in others:
            await t.put(
                replace(job, manager_id=one.id),
                key=f"alert:{job.wait_id}:{job.rung}:{one.id}",
                lane=f"manager:{one.id}",
            )
        fields = {"name": to.name, "reason": str(error)}
        await tell_admins(t, "unreachable", fields, key=f"unreachable:{to.id}:{job.wait_id}")
        await t.finish(claim)


def _alert(inbox: Inbox, card: Card, rung: int, *, late: bool) -> Alert:
    wait = card.wait
    if wait is None:
        raise ValueError(f"message {card.message_id} belongs to no wait")
    end = wait.closing.at if wait.closing is not None else inbox.clock.now()
    elapsed = inbox.hours.elapsed(wait.started_at, max(end, wait.started_at))
    return Alert(wait, rung, card, elapsed, wait.reply_within - elapsed, late)


async def _tell_admins(inbox: Inbox, claim: Claim, job: TellAdmins) -> None:
    async with inbox.store.begin() as t:
        staff = await t.staff()
    for one in routing.admins(staff):
        try:
            await inbox.desk.tell(job.notice, job.fields, one)
        except SendRejected as error:
            log.warning("%s not told of %s: %s", one.name, job.notice, error)
    await _finish(inbox, claim)
