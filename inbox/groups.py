"""Client groups: which client a group is, and what is not anybody's yet.

What was written in a group that is linked to no client is kept, and read when it is linked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inbox import accounts
from inbox.inbox import Inbox
from inbox.jobs import Received
from inbox.joining import join_contacts
from inbox.model import Added, Client, Handle, InboundMessage, Manager, Moved, Role
from inbox.ports import Claim, Deed, Entry, Transaction
from inbox.queueing import tell_admins

KIND = "telegram_group"
NOT_LINKED = "group is not linked"
STUDIOS = "a group of the studio's own"
FORUM = "forum"  # the form that names the desk's group with a topic for each client


async def in_its_place(
    inbox: Inbox,
    claim: Claim,
    raw_ids: Sequence[int],
    message: InboundMessage,
    *,
    staff: Sequence[Manager],
) -> InboundMessage | None:
    """The message, at the address that its group has now. None where what was written in a group
    or own account is no client's: then it is kept aside with the reason, and acknowledged."""
    place = message.place
    if place is None:
        return message
    async with inbox.store.begin() as t:
        if place.kind == accounts.KIND:
            reason = await accounts.not_of_a_client(t, place, staff)
        else:
            message, place = await _moved_along(t, message, place)
            reason = await _not_linked(t, message, place, staff)
        if not reason:
            return message
        await t.mark_raw(raw_ids, "ignored", reason)
        await t.finish(claim)
    return None


async def _moved_along(
    t: Transaction, message: InboundMessage, place: Handle
) -> tuple[InboundMessage, Handle]:
    """What was written before its group moved may be read after that."""
    went_to = await t.form(_moved(place))
    if went_to is None:
        return message, place
    address, before, after = json.loads(went_to)
    place = Handle(place.kind, address)
    threads = tuple(after if one == before else one for one in message.thread_ids)
    return replace(message, peer=place, place=place, thread_ids=threads), place


async def _not_linked(
    t: Transaction, message: InboundMessage, place: Handle, staff: Sequence[Manager]
) -> str:
    if await is_studios(t, place, staff):
        return STUDIOS
    # Who asks for a group that is not known waits for who links it, and the other way round.
    if await t.contact_of((place,)) is not None:
        return ""
    if await t.form(_asked(place)) is None:
        await _ask(t, place, message.peer_name, message.sender_name, message.sent_at)
    return _reason(place)


async def is_studios(t: Transaction, place: Handle, staff: Sequence[Manager]) -> bool:
    """Whether alerts are told in the group, or clients have their topics there."""
    if any(str(one.telegram_id) == place.address for one in staff if one.role is Role.CHAT):
        return True
    forum = json.loads(await t.form(FORUM) or "{}")
    return str(forum.get("chat_id")) == place.address


async def _ask(t: Transaction, place: Handle, title: str, by_name: str, at: datetime) -> None:
    """Whose group it is, of the administrators; once a day, however often we are added."""
    fields = {"group": title, "id": place.address, "by": by_name}
    await tell_admins(t, "group_added", fields, key=f"group_added:{place.address}:{at.date()}")
    await t.save_form(_asked(place), at.isoformat())


async def added(t: Transaction, event: Added) -> None:
    """Somebody who is no member added us to a group: the administrators say whose it is."""
    if await is_studios(t, event.place, await t.staff()):
        return
    if await t.contact_of((event.place,)) is None:
        await _ask(t, event.place, event.title, event.by_name, event.at)


async def asks_a_member(inbox: Inbox, place: Handle) -> None:
    """A member is asked whose group it is: nobody else need be. It can be written to."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        await t.save_form(_asked(place), now.isoformat())
        await t.mark_reach(place, "", now)


async def link_group(inbox: Inbox, place: Handle, title: str, client_id: int, by: Manager) -> int:
    """The group is this client's: what was written there and belonged to nobody is read now; how
    many messages that are.

    Where it was another client's, all of it goes over with what is open there.
    """
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        went_to = await t.form(_moved(place))
        if went_to is not None:
            place = Handle(place.kind, json.loads(went_to)[0])
        known = await t.contact_of((place,))
        if known is None or known[0].id != client_id:
            contact = await t.add_contact(client_id, title)
            client, _ = await t.contact(contact.id)
            if known is None:
                await t.add_handles(contact.id, [place])
            else:
                await join_contacts(inbox, t, known[1].id, contact.id, by_id=by.id)
            await _log(t, place, known[0] if known else None, client, by=by, at=now)
        return await _read_again(t, place, f"linked at {now}")


async def unlink_group(inbox: Inbox, place: Handle, by: Manager) -> bool:
    """What is written in the group from now on is nobody's; what was written stays. False where
    it was no client's."""
    async with inbox.store.begin() as t:
        known = await t.contact_of((place,))
        if known is None or not await t.drop_handle(place):
            return False
        now = inbox.clock.now()
        await t.save_form(_asked(place), now.isoformat())
        await _log(t, place, known[0], None, by=by, at=now)
    return True


async def goes_on_as(t: Transaction, event: Moved) -> None:
    """A group has another address: linked, asked about, or the studio's own, it stays so."""
    before, after = event.before, event.after
    await t.move_chat(event)
    went_to = [after.address, event.thread_before, event.thread_after]
    await t.save_form(_moved(before), json.dumps(went_to))
    asked = await t.form(_asked(before))
    if asked is not None:
        await t.save_form(_asked(after), asked)
    aside = [one.raw_id for one in await t.ignored_because(_reason(before))]
    await t.mark_raw(aside, "ignored", _reason(after))
    for one in await t.staff():
        if one.role is Role.CHAT and str(one.telegram_id) == before.address:
            await t.save_manager(replace(one, telegram_id=int(after.address)))
    if await t.contact_of((after,)) is not None:
        await _read_again(t, after, f"moved at {event.at}")


async def _read_again(t: Transaction, place: Handle, cause: str) -> int:
    """As if it had just arrived, in its order: also where the group moved meanwhile."""
    kept = await t.ignored_because(_reason(place))
    await t.mark_raw([one.raw_id for one in kept], "stored")
    for one in kept:
        lane = f"{kept[-1].channel_id}:{kept[-1].lane}"
        await t.put(Received(one.raw_id), key=f"received:{one.raw_id}:{cause}", lane=lane)
    return len(kept)


async def _log(
    t: Transaction,
    place: Handle,
    before: Client | None,
    after: Client | None,
    *,
    by: Manager,
    at: datetime,
) -> None:
    was, is_ = (one.name if one is not None else "" for one in (before, after))
    about = next(iter(await t.conversations_with(place)), None)
    await t.log([Entry(at, Deed.LINKED, by.id, about, before=was, after=is_)])


def _reason(place: Handle) -> str:
    """Of what is kept aside, so that it is found again."""
    return f"{NOT_LINKED}: {place.address}"


def _asked(place: Handle) -> str:
    return f"group_asked:{place.address}"


def _moved(place: Handle) -> str:
    return f"group_moved:{place.address}"
