"""Two contacts are one person: joined by the person's own link or by a member, and split again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inbox import routing
from inbox.accounts import member_with
from inbox.chat_records import Joining, Suggestion, SuggestionState
from inbox.holding import Change, pass_over, swap_calendars
from inbox.inbox import Inbox
from inbox.model import Client, Conversation, Manager, Wait
from inbox.noting import note
from inbox.ports import Card, Deed, Entry, Transaction
from inbox.queueing import refresh

log = logging.getLogger(__name__)

LINK = "link_"  # how the payload of a personal link begins


async def join_by_link(inbox: Inbox, card: Card) -> None:
    """The chat was opened by a personal link: who opened it is the contact that the link is for.

    A link that is not known, or that somebody else used, changes nothing.
    """
    message, now = card.message, inbox.clock.now()
    secret = message.opens.removeprefix(LINK)
    if secret == message.opens:
        return
    async with inbox.store.begin() as t:
        if member_with(await t.staff(), message.sender.address) is not None:
            log.info("message %s: a member tried a personal link", card.message_id)
            return
        to_id = await t.redeem_link(secret, message.sender, now)
        from_id = card.conversation.contact.id
        if to_id is None:
            log.warning("message %s: the personal link is used or unknown", card.message_id)
        elif await t.form(_parted(from_id, to_id)) is not None:
            log.info("message %s: the two were split; the link is used up", card.message_id)
        else:
            await _join(inbox, t, from_id, to_id, by=None, in_id=card.conversation.id)


async def accept(inbox: Inbox, suggestion_id: int, by: Manager) -> bool:
    """The two contacts are the same person. False where that is settled already."""
    async with inbox.store.begin() as t:
        found = await t.suggestion(suggestion_id)
        if found is None or not await t.settle_suggestion(found.id, SuggestionState.JOINED):
            return False
        from_id, to_id = await _in_order(t, found, await t.staff())
        await _join(inbox, t, from_id, to_id, by=by)
    return True


async def refuse(inbox: Inbox, suggestion_id: int, by: Manager) -> bool:
    """They are two; it is not suggested again. False where that is settled already."""
    async with inbox.store.begin() as t:
        refused = await t.settle_suggestion(suggestion_id, SuggestionState.REFUSED)
    if refused:
        log.info("suggestion %s refused by %s", suggestion_id, by.name)
    return refused


async def split(inbox: Inbox, joining_id: int, by: Manager) -> bool:
    """What was joined is two contacts again, each with what it brought. A client whom nobody
    held stays with who holds it now. False where that is done already."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        undone = await t.split(joining_id, now)
        if undone is None:
            return False
        both = undone.to_contact_id, undone.from_contact_id
        whole, _ = await t.contact(both[0])
        own, _ = await t.contact(both[1])
        cause = f"split {joining_id}"
        await _change_hands(inbox, t, undone, whole, own, by_id=by.id, cause=cause)
        await t.save_form(_parted(*both), str(joining_id))
        apart = Suggestion(*both, "split", "", now, SuggestionState.REFUSED)
        await t.suggest(apart)
        await _log(t, Deed.SPLIT, undone, whole, own, by_id=by.id, at=now)
    return True


async def _in_order(
    t: Transaction, found: Suggestion, staff: Sequence[Manager]
) -> tuple[int, int]:
    """Which contact goes over to which: to the client that somebody holds, else to the older."""

    async def weight(contact_id: int) -> tuple[bool, int]:
        client, _ = await t.contact(contact_id)
        return routing.manager_for(client.manager_id, None, staff) is None, client.id

    one, other = found.contact_id, found.other_id
    return (one, other) if await weight(other) <= await weight(one) else (other, one)


async def _join(
    inbox: Inbox,
    t: Transaction,
    from_id: int,
    to_id: int,
    *,
    by: Manager | None,
    in_id: int | None = None,
) -> None:
    """`in_id`: the conversation that it became known in."""
    by_id = by.id if by is not None else None
    joined = await join_contacts(inbox, t, from_id, to_id, by_id=by_id)
    if joined is None:
        return
    before, _ = await t.contact(joined.from_contact_id)
    into, _ = await t.contact(joined.to_contact_id)
    await _log(t, Deed.JOINED, joined, before, into, by_id=by_id, at=joined.at)
    shown_in = in_id or max(joined.conversation_ids, default=None)
    shown_in = shown_in or await t.newest_conversation(into.id)
    if shown_in is not None:
        conversation = await t.conversation(shown_in)
        cause = f"{joined.id}"
        await note(inbox, t, conversation, "joined", str(joined.id), cause=cause)
        held = replace(conversation, assignee_id=before.manager_id)
        if before.manager_id is not None:  # whose client it was hears of it too
            await note(inbox, t, held, "joined", str(joined.id), cause=cause)


async def join_contacts(
    inbox: Inbox, t: Transaction, from_id: int, to_id: int, *, by_id: int | None
) -> Joining | None:
    """All handles and conversations of the first become the second's, and what is open there goes
    to that client's holder; a client whom nobody holds gets the other one's. None where the two
    are one already."""
    if from_id == to_id:
        return None
    now = inbox.clock.now()
    before, _ = await t.contact(from_id)
    joined = await t.join(from_id, to_id, by_id, now)
    if joined.at != now:
        return None
    into, _ = await t.contact(joined.to_contact_id)
    cause = f"joined {joined.id}"
    await _change_hands(inbox, t, joined, before, into, by_id=by_id, cause=cause)
    return joined


async def _change_hands(
    inbox: Inbox,
    t: Transaction,
    moved: Joining,
    before: Client,
    into: Client,
    *,
    by_id: int | None,
    cause: str,
) -> None:
    """What is open in the conversations that were moved from one client to the other: who held it
    when it was due stays charged (rule 5), another calendar counts (13), a new holder sees it
    (21)."""
    staff, now = await t.staff(), inbox.clock.now()
    held_by = routing.member(staff, routing.manager_for(before.manager_id, None, staff))
    holder = routing.member(staff, routing.manager_for(into.manager_id, None, staff))
    if holder is None and held_by is not None:
        change = Change(held_by, by_id, now, cause)
        others = [
            one for one in await _open_of(t, into) if one[0].id not in moved.conversation_ids
        ]
        await pass_over(inbox.calendars, t, others, change)
        await t.save_client(replace(into, manager_id=held_by.id))
        holder = held_by
    open_ = [one for one in await _open_of(t, into) if one[0].id in moved.conversation_ids]
    if holder is None or holder == held_by:
        await swap_calendars(inbox.calendars, t, open_, at=now, by_id=by_id, cause=cause)
    else:
        as_were = [(replace(talk, assignee_id=before.manager_id), wait) for talk, wait in open_]
        await pass_over(inbox.calendars, t, as_were, Change(holder, by_id, now, cause))
    for conversation_id in moved.conversation_ids:
        await refresh(t, conversation_id, cause)


async def _open_of(t: Transaction, client: Client) -> tuple[tuple[Conversation, Wait], ...]:
    return await t.open_waits_of(client_id=client.id)


async def _log(
    t: Transaction,
    deed: Deed,
    moved: Joining,
    before: Client,
    after: Client,
    *,
    by_id: int | None,
    at: datetime,
) -> None:
    """One line for each conversation that moved; one at least."""
    for conversation_id in moved.conversation_ids or (None,):
        entry = Entry(at, deed, by_id, conversation_id, before=before.name, after=after.name)
        await t.log([entry])


def _parted(one_id: int, other_id: int) -> str:
    first, second = sorted((one_id, other_id))
    return f"parted:{first}:{second}"
