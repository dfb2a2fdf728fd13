"""What the queue has for the desk: cards, outcomes, alerts and words, each shown and linked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from inbox import routing
from inbox.alerting import alert_on
from inbox.bursts import show_burst
from inbox.collisions import others_answering, seen_by
from inbox.errors import SendRejected
from inbox.inbox import Inbox, load_files
from inbox.jobs import (
    DeskJob,
    FetchFiles,
    GatherAlerts,
    NameTopics,
    RaiseAlert,
    RefreshCards,
    ShowBurst,
    ShowCard,
    ShowDelivery,
    ShowDigest,
    ShowNote,
    ShowOutcome,
    ShowTasks,
    TellAdmins,
    TellMember,
)
from inbox.model import Manager
from inbox.ports import (
    Alert,
    Card,
    Claim,
    DeskLink,
    Note,
    Progress,
    Purpose,
    Shown,
)
from inbox.showing_alerts import redraw_digests, show_alerts
from inbox.task_digests import show_tasks
from inbox.topics import name_topics, name_topics_later

log = logging.getLogger(__name__)

FOR_HEADS = frozenset({"no_working_time"})  # notices that are the heads' matter (rule 15)


async def show(inbox: Inbox, claim: Claim, job: DeskJob) -> None:
    """Run a job of the desk to its acknowledgement."""
    match job:
        case ShowOutcome():
            await _show_outcome(inbox, claim, job)
        case RefreshCards():
            await _refresh_cards(inbox, claim, job)
        case ShowCard():
            await _show_card(inbox, claim, job)
        case ShowDelivery():
            await _show_delivery(inbox, claim, job)
        case ShowDigest() | ShowBurst() | NameTopics() | ShowTasks():
            await _show_in_sum(inbox, claim, job)
        case FetchFiles():
            await _fetch_files(inbox, claim, job)
        case RaiseAlert() | GatherAlerts():
            await show_alerts(inbox, claim, job)
        case ShowNote():
            await _show_note(inbox, claim, job)
        case TellAdmins() | TellMember():
            await _tell(inbox, claim, job)
        case _:
            assert_never(job)


async def _show_in_sum(
    inbox: Inbox, claim: Claim, job: ShowDigest | ShowBurst | NameTopics | ShowTasks
) -> None:
    match job:
        case ShowDigest():
            await _show_digest(inbox, claim, job)
        case ShowBurst():
            await show_burst(inbox, claim, job)
        case ShowTasks():
            await show_tasks(inbox, claim, job)
        case _:
            await name_topics(inbox, claim, job)


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


async def _show_delivery(inbox: Inbox, claim: Claim, job: ShowDelivery) -> None:
    """The author of a reply sees under it what a mail server says of its delivery."""
    async with inbox.store.begin() as t:
        draft = await t.reply(job.reply_id)
        report = (await t.card(job.message_id)).message.delivery
        author = routing.member(await t.staff(), draft.author_id)
    shown: tuple[Shown, ...] = ()
    if report is not None and author is not None:
        try:
            shown = await inbox.desk.show_delivery(draft, report, author)
        except SendRejected as error:
            log.warning("delivery of reply %s not shown: %s", draft.key, error)
    links = tuple(
        DeskLink(one, draft.conversation_id, draft.author_id, draft.message_id) for one in shown
    )
    await _finish(inbox, claim, links)


async def _show_digest(inbox: Inbox, claim: Claim, job: ShowDigest) -> None:
    """What was held back, in one message."""
    async with inbox.store.begin() as t:
        cards = [await t.card(one) for one in job.message_ids]
        to = routing.member(await t.staff(), job.manager_id)
    if to is not None and to.active:
        try:
            await inbox.desk.show_digest(cards, to)
        except SendRejected as error:
            log.warning("digest not shown to %s: %s", to.name, error)
    await _finish(inbox, claim)


async def _fetch_files(inbox: Inbox, claim: Claim, job: FetchFiles) -> None:
    """The files of a message that was cut off, one after another, each as soon as it is there."""
    async with inbox.store.begin() as t:
        card = await t.card(job.message_id)
        raw = await t.raw_of_message(job.message_id)
        to = routing.member(await t.staff(), job.manager_id)
    if to is None:
        await _finish(inbox, claim)
        return
    links: list[DeskLink] = []
    attachments = card.message.attachments
    for done, one in enumerate(attachments, 1):
        (file,) = await load_files(inbox, (one,), raw, inbox.desk.origin)
        progress = Progress(job.progress, done, len(attachments))
        try:
            shown = await inbox.desk.show_fetched(card, file, progress, to)
        except SendRejected as error:
            log.warning("a file of message %s not shown: %s", job.message_id, error)
            continue
        conversation_id = card.conversation.id
        links += [DeskLink(ref, conversation_id, to.id, card.message_id) for ref in shown]
    await _finish(inbox, claim, tuple(links))


async def _refresh_cards(inbox: Inbox, claim: Claim, job: RefreshCards) -> None:
    """Cards and alerts that stand on the desk tell the truth again."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        links = await t.links_to_redraw(job.conversation_id)
        if job.message_id is not None:
            known = {link.shown.ref for link in links}
            own = await t.links_of_message(job.message_id)
            cards_of_it = [link for link in own if link.shown.purpose is Purpose.CARD]
            links += tuple(link for link in cards_of_it if link.shown.ref not in known)
        staff = await t.staff()
        people = {one.id: one for one in staff}
        ids = {link.message_id for link in links if link.message_id is not None}
        cards: dict[int | None, Card] = {one: await t.card(one) for one in ids}
        wait_ids = {link.wait_id for link in links if link.wait_id is not None}
        waits = {one: (await t.wait(one))[1] for one in wait_ids}
        about_to = await others_answering(t, job.conversation_id, now)
        if inbox.desk.topics:
            client_id = (await t.conversation(job.conversation_id)).client.id
            await name_topics_later(t, client_id, f"{claim.job_id}")
    for link in links:
        if link.manager_id == job.besides_id and not inbox.desk.shared:
            continue
        if _is_with_who_left(link, people[link.manager_id]):
            continue
        card = routing.with_stand_in(cards[link.message_id], staff, now)
        card = seen_by(card, link.manager_id, about_to, shared=inbox.desk.shared)
        alert: Alert | None = None
        if link.shown.purpose is Purpose.ALERT and link.wait_id is not None:
            alert = alert_on(inbox, card, waits[link.wait_id], staff, rung=link.rung or 0)
            card = alert.card
        try:
            await inbox.desk.redraw(link.shown, card, people[link.manager_id], alert)
        except SendRejected as error:
            log.info("card %s not redrawn: %s", link.shown.ref, error)
    await redraw_digests(inbox, job.conversation_id)
    await _finish(inbox, claim)


def _is_with_who_left(link: DeskLink, reader: Manager) -> bool:
    """What becomes of a client is no business of who left the studio any more."""
    return not reader.active and link.shown.ref.chat_id == reader.telegram_id


async def _show_card(inbox: Inbox, claim: Claim, job: ShowCard) -> None:
    """A new holder sees the newest message, with what has run and when it is due (rule 21); who
    asks for a message sees that one."""
    async with inbox.store.begin() as t:
        message_id = job.message_id or await t.newest_message(job.conversation_id)
        staff = await t.staff()
        to = routing.member(staff, job.manager_id)
        if message_id is None or to is None:
            await t.finish(claim)
            return
        card = await t.card(message_id)
        raw = await t.raw_of_message(message_id)
        about_to = await others_answering(t, job.conversation_id, inbox.clock.now())
    giver = routing.member(staff, job.from_id)
    card = routing.with_stand_in(card, staff, inbox.clock.now())
    card = seen_by(card, to.id, about_to, shared=inbox.desk.shared)
    card = replace(card, handed_by=giver, repeated=claim.attempts > 1)
    files = await load_files(inbox, card.files_at_hand, raw, inbox.desk.origin)
    try:
        shown = await inbox.desk.show(card, to, files)
    except SendRejected as error:
        log.warning("card of message %s not shown to %s: %s", message_id, to.name, error)
        await _show_to_heads(inbox, claim, job)
        return
    links = tuple(DeskLink(one, card.conversation.id, to.id, message_id) for one in shown)
    await _finish(inbox, claim, links)


async def _show_to_heads(inbox: Inbox, claim: Claim, job: ShowCard) -> None:
    """Whoever blocked the bot cannot be the end of what was handed over; what somebody asked to
    see is nobody else's matter."""
    async with inbox.store.begin() as t:
        heads = routing.heads(await t.staff(), inbox.clock.now())
        if job.message_id is None and all(one.id != job.manager_id for one in heads):
            for one in heads:
                again = ShowCard(job.conversation_id, one.id, job.from_id)
                key = f"show:{job.conversation_id}:refused {claim.job_id}:{one.id}"
                await t.put(again, key=key, lane=f"manager:{one.id}")
        await t.finish(claim)


async def _show_note(inbox: Inbox, claim: Claim, job: ShowNote) -> None:
    """A colleague's words; what is replied to them goes to the client."""
    async with inbox.store.begin() as t:
        conversation = await t.conversation(job.conversation_id)
        message_id = await t.newest_message(conversation.id)
        people = {one.id: one for one in await t.staff()}
    words = Note(job.kind, job.text, people.get(job.from_id or 0))
    shown: tuple[Shown, ...] = ()
    try:
        shown = await inbox.desk.show_note(conversation, words, people[job.manager_id])
    except SendRejected as error:
        log.warning("note of conversation %s not shown: %s", conversation.id, error)
    links = tuple(DeskLink(one, conversation.id, job.manager_id, message_id) for one in shown)
    await _finish(inbox, claim, links)


def _concerned(
    job: TellAdmins | TellMember, staff: Sequence[Manager], now: datetime
) -> Sequence[Manager]:
    if isinstance(job, TellMember):
        return [one for one in staff if one.id == job.manager_id and one.active]
    return routing.heads(staff, now) if job.notice in FOR_HEADS else routing.admins(staff)


async def _tell(inbox: Inbox, claim: Claim, job: TellAdmins | TellMember) -> None:
    async with inbox.store.begin() as t:
        staff = await t.staff()
    for one in _concerned(job, staff, inbox.clock.now()):
        try:
            await inbox.desk.tell(job.notice, job.fields, one)
        except SendRejected as error:
            log.warning("%s not told of %s: %s", one.name, job.notice, error)
    await _finish(inbox, claim)
