"""Who holds a client, and by which policy and calendar the client's waits are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inbox import auditing, routing
from inbox.alerts_on_the_way import follow_the_holder
from inbox.calendars import Calendars
from inbox.inbox import Inbox
from inbox.jobs import ShowCard
from inbox.model import Client, Conversation, Manager, Wait, WaitKind
from inbox.policies import Terms
from inbox.ports import Transaction
from inbox.queueing import refresh, tell_admins


async def terms_of(inbox: Inbox, t: Transaction, conversation: Conversation) -> Terms:
    """By what a wait would be opened in the conversation now."""
    holder = routing.member(await t.staff(), conversation.assignee_id)
    return inbox.terms(conversation, holder)


async def warn_of_no_time(calendars: Calendars, t: Transaction, wait: Wait | None) -> None:
    """Where the wait's calendar has no working time ahead, the heads are told, once for these
    hours (rule 15)."""
    if wait is not None and wait.due_at is None:
        calendar = calendars.named(wait.stretches[-1].calendar)
        key = f"no_working_time:{calendar.hours.version}"
        await tell_admins(t, "no_working_time", {}, key=key)


@dataclass(frozen=True, slots=True)
class Change:
    """A client goes to another holder at `at`, by `by_id` (None: the program); `cause` is part
    of the keys of what is queued. `shown`: the new holder sees the cards of what is open."""

    to: Manager
    by_id: int | None
    at: datetime
    cause: str
    shown: bool = True

    @property
    def key(self) -> str:
        """The same change, the same key."""
        return f"{self.cause}: to {self.to.id} at {self.at}"


async def assign(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    to_id: int,
    *,
    by_id: int | None,
    cause: str,
    show: bool = False,
) -> Conversation:
    """The client, with all conversations, is this member's from now on; the conversation, saved.

    The only way in which a holder changes. Whoever holds a wait when it is due stays charged
    with it (rule 5); what is open is counted by the calendar that it has now (13); the new holder
    sees the cards of what another one had (21), with `show` that of this conversation too.
    """
    staff = await t.staff()
    to = routing.member(staff, to_id)
    if to is None or conversation.assignee_id == to_id:
        return conversation
    change = Change(to, by_id, inbox.clock.now(), cause)
    if show:
        await _show_card(t, conversation.id, staff, change)
    besides = conversation.id
    open_ = await pass_on(inbox.calendars, t, conversation.client, change, besides=besides)
    mine = [wait for talk, wait in open_ if talk.id == conversation.id]
    if not mine:
        holders = routing.member(staff, conversation.assignee_id), to
        await auditing.assigned(t, conversation, None, holders, at=change.at, by_id=by_id)
        await refresh(t, conversation.id, change.key)
    wait = next((one for one in mine if one.kind is WaitKind.REPLY), conversation.wait)
    return await t.save(replace(conversation.assigned(to_id), wait=wait))


async def pass_on(
    calendars: Calendars,
    t: Transaction,
    client: Client,
    change: Change,
    *,
    besides: int | None = None,
) -> tuple[tuple[Conversation, Wait], ...]:
    """What of the client is open goes to the new holder, before the client itself does; what
    another one held is shown, `besides` a conversation.

    The conversations as they were, with their waits and promises as they are now.
    """
    open_ = await t.open_waits_of(client_id=client.id)
    return await pass_over(calendars, t, open_, change, besides=besides)


async def pass_over(
    calendars: Calendars,
    t: Transaction,
    open_: Sequence[tuple[Conversation, Wait]],
    change: Change,
    *,
    besides: int | None = None,
) -> tuple[tuple[Conversation, Wait], ...]:
    """What is open here goes to the new holder, as `pass_on` says. The conversations with who
    held them until now, and with the client by whose calendar they are counted from now on."""
    staff = await t.staff()
    passed: list[tuple[Conversation, Wait]] = []
    for talk, wait in open_:
        held_by = talk.assignee_id
        counted = await _counted(
            calendars, t, talk, wait, change.to.calendar, at=change.at, by_id=change.by_id
        )
        counted = counted.held(held_by) if wait.is_due(change.at) else counted
        await t.save_wait(counted)
        holders = routing.member(staff, held_by), change.to
        await auditing.assigned(t, talk, counted, holders, at=change.at, by_id=change.by_id)
        await refresh(t, talk.id, change.key)
        if change.shown and held_by is not None and talk.id != besides:
            await _show_card(t, talk.id, staff, change)
        passed.append((talk, counted))
    await follow_the_holder(t, passed, change.to.id, staff, change.at)
    return tuple(passed)


async def swap_calendars(
    calendars: Calendars,
    t: Transaction,
    open_: Sequence[tuple[Conversation, Wait]],
    *,
    at: datetime,
    by_id: int | None,
    cause: str,
) -> int:
    """A client's or a member's calendar is another since `at`, saved already: what is open goes on
    by it (rule 13). How many waits that were."""
    staff, swapped = await t.staff(), 0
    for talk, wait in open_:
        holder = routing.member(staff, talk.assignee_id)
        own = holder.calendar if holder is not None else None
        counted = await _counted(calendars, t, talk, wait, own, at=at, by_id=by_id)
        if counted is not wait:
            held = wait.is_due(at)
            await t.save_wait(counted.held(talk.assignee_id) if held else counted)
            await refresh(t, talk.id, f"{cause}: wait {wait.id} swapped at {at}")
            swapped += 1
    return swapped


async def _counted(
    calendars: Calendars,
    t: Transaction,
    talk: Conversation,
    wait: Wait,
    own: str | None,
    *,
    at: datetime,
    by_id: int | None,
) -> Wait:
    """The wait by the calendar that it has now (rules 11, 13); `own`: the holder's."""
    calendar = calendars.of(talk.client.calendar, own)
    if calendars.named(wait.stretches[-1].calendar).name == calendar.name:
        return wait
    swapped = wait.swapped(calendar.name, at)
    counted = swapped.recounted(at, calendars.course(swapped.stretches))
    await auditing.swapped(t, talk, wait, counted, at=at, by_id=by_id)
    await warn_of_no_time(calendars, t, counted)
    return counted


async def _show_card(
    t: Transaction, conversation_id: int, staff: Sequence[Manager], change: Change
) -> None:
    """Have the new holder, or who stands in, shown the conversation, once (rule 21)."""
    giver = change.by_id if change.by_id != change.to.id else None
    for one in routing.readers(change.to.id, staff, change.at):
        await t.put(
            ShowCard(conversation_id, one.id, giver),
            key=f"show:{conversation_id}:{change.key}:{one.id}",
            lane=f"manager:{one.id}",
        )
