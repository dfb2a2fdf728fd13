"""All of a member's clients go to another: client by client, with progress, to be undone for a
minute.

Each client is a short transaction of its own, so that cards and messages do not wait. What was
done is kept by the `key` of the press: after a kill the same call goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from inbox import auditing, routing
from inbox.absences import MOST_CARDS
from inbox.holding import Change, pass_on
from inbox.inbox import Inbox
from inbox.jobs import ShowCard, TellMember
from inbox.model import Conversation, Manager, Wait
from inbox.ports import Deed, Entry, Transaction
from inbox.queueing import refresh

UNDO = timedelta(seconds=60)  # after the last client
GRACE = timedelta(seconds=5)  # for a press on its way
BATCH = 10  # clients between two reports of progress
CHUNK = 100  # ids in one form
HANDED, HANDED_BACK = "handed_all", "handed_all_back"  # notices of TellMember


@dataclass(frozen=True, slots=True)
class Handing:
    """How far it is: `given` clients so far; `back`: how many went back, where all of that is
    done. `ended_at`, `undone_at`: ISO 8601, UTC."""

    from_id: int
    to_id: int
    given: int = 0
    ended_at: str | None = None
    undone_at: str | None = None
    back: int | None = None


async def hand_over_all(
    inbox: Inbox, from_: Manager, to: Manager, by: Manager, key: str
) -> AsyncGenerator[int, None]:
    """Give all clients of `from_` to `to`; yields how many are given after every BATCH of them and
    at the end. The new holder sees the most urgent of what is open, MOST_CARDS at most, and is
    told how much it is.

    Called again with the same `key` it goes on, or says only how many there were. Gives nothing to
    who left the studio, or is no person.
    """
    async with inbox.store.begin() as t:
        handing = await _locked(t, key) or Handing(from_.id, to.id)
        takes = routing.member(routing.people(await t.staff()), handing.to_id) is not None
        goes_on = takes and handing.ended_at is None and handing.from_id != handing.to_id
        clients = await t.clients_held_by(handing.from_id) if goes_on else ()
        await _keep(t, key, handing)
    for number, client_id in enumerate(clients, 1):
        handing = await _give_one(inbox, handing, client_id, by, key)
        if number % BATCH == 0 and number < len(clients):
            yield handing.given
    if goes_on:
        handing = await _end(inbox, handing, by, key)
    yield handing.given


async def _give_one(
    inbox: Inbox, handing: Handing, client_id: int, by: Manager, key: str
) -> Handing:
    async with inbox.store.begin() as t:
        handing = await _locked(t, key) or handing
        if handing.ended_at is not None:
            return handing
        change = await _change(inbox, t, handing.to_id, by, f"handed over all {key}")
        if not await _give(inbox, t, client_id, handing.from_id, change):
            return handing
        chunk = _chunk(key, handing.given // CHUNK)
        given = json.loads(await t.form(chunk) or "[]")
        await t.save_form(chunk, json.dumps([*given, client_id]))
        handing = replace(handing, given=handing.given + 1)
        await _keep(t, key, handing)
    return handing


async def _change(inbox: Inbox, t: Transaction, to_id: int, by: Manager, cause: str) -> Change:
    to = next(one for one in await t.staff() if one.id == to_id)
    return Change(to, by.id, inbox.clock.now(), cause, shown=False)


async def _give(
    inbox: Inbox, t: Transaction, client_id: int, from_id: int | None, change: Change
) -> bool:
    """The client goes to another holder, if it is still this one's."""
    newest = await t.newest_conversation(client_id)
    talk = await t.conversation(newest, with_client=True) if newest is not None else None
    client = await t.client(client_id)
    if client is None or client.manager_id != from_id:
        return False
    open_ = await pass_on(inbox.calendars, t, client, change)
    await t.save_client(replace(client, manager_id=change.to.id))
    if talk is None or talk.client.id != client.id:
        was = routing.member(await t.staff(), from_id)
        before = was.name if was is not None else ""
        entry = Entry(change.at, Deed.ASSIGNED, change.by_id, manager_id=change.to.id)
        await t.log([replace(entry, before=before, after=change.to.name)])
    elif all(one.id != talk.id for one, _ in open_):
        holders = routing.member(await t.staff(), from_id), change.to
        at, by_id = change.at, change.by_id
        await auditing.assigned(t, talk, None, holders, at=at, by_id=by_id)
        await refresh(t, talk.id, change.key)
    return True


async def _end(inbox: Inbox, handing: Handing, by: Manager, key: str) -> Handing:
    """The new holder, or who stands in, sees what is open and hears how much came."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        handing = await _locked(t, key) or handing
        if handing.ended_at is not None:
            return handing
        handing = replace(handing, ended_at=now.isoformat())
        await _keep(t, key, handing)
        if not handing.given:
            return handing
        given = set(await _given(t, key, handing))
        open_ = [
            (talk, wait)
            for talk, wait in await t.open_waits_of(manager_id=handing.to_id)
            if talk.client.id in given
        ]
        shown = list(dict.fromkeys(talk.id for talk, _ in sorted(open_, key=_urgency)))
        staff = await t.staff()
        giver = by.id if by.id != handing.to_id else None
        from_ = routing.member(staff, handing.from_id)
        fields = {
            "name": from_.name if from_ is not None else "",
            "clients": str(len(given)),
            "waiting": str(len(open_)),
        }
        for one in routing.readers(handing.to_id, staff, now):
            lane = f"manager:{one.id}"
            for number in shown[:MOST_CARDS]:
                card = ShowCard(number, one.id, giver)
                await t.put(card, key=f"show:{number}:all {key}:{one.id}", lane=lane)
        notice, lane = TellMember(handing.to_id, HANDED, fields), f"manager:{handing.to_id}"
        await t.put(notice, key=f"tell:{HANDED}:{key}", lane=lane)
    return handing


def _urgency(one: tuple[Conversation, Wait]) -> tuple[bool, datetime, int]:
    _, wait = one
    return wait.due_at is None, wait.due_at or wait.started_at, wait.id


async def take_client(inbox: Inbox, client_id: int, by: Manager, cause: str) -> bool:
    """The client is this member's from now on, whoever held it; see `hand_over_client`."""
    return await hand_over_client(inbox, client_id, by, by, cause)


async def hand_over_client(
    inbox: Inbox, client_id: int, to: Manager, by: Manager, cause: str
) -> bool:
    """Give one client, with or without conversations, to a member, who sees what is open.

    `cause` is of the press. False where it is so already, there is no such client, or `to` left
    the studio or is no person.
    """
    async with inbox.store.begin() as t:
        client = await t.client(client_id)
        takes = routing.member(routing.people(await t.staff()), to.id)
        if client is None or takes is None or client.manager_id == to.id:
            return False
        change = Change(takes, by.id, inbox.clock.now(), f"handed over {cause}")
        return await _give(inbox, t, client_id, client.manager_id, change)


async def undo(inbox: Inbox, key: str, by: Manager) -> int:
    """Give back what was given by this `key`, but what went on to somebody else since; how many
    clients their former holder has again. 0 where it is too late, or nothing ended by this key.

    Called again it goes on, or says only how many there were.
    """
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        handing = await _locked(t, key)
        if handing is None or handing.ended_at is None:
            return 0
        if handing.back is not None:
            return handing.back
        if handing.undone_at is None:
            if now - datetime.fromisoformat(handing.ended_at) > UNDO + GRACE:
                return 0
            handing = replace(handing, undone_at=now.isoformat())
            await _keep(t, key, handing)
        given = await _given(t, key, handing)
    back = 0
    for client_id in given:
        async with inbox.store.begin() as t:
            change = await _change(inbox, t, handing.from_id, by, f"handed back all {key}")
            await _give(inbox, t, client_id, handing.to_id, change)
            client = await t.client(client_id)
            back += client is not None and client.manager_id == handing.from_id
    await _end_back(inbox, replace(handing, back=back), by, key)
    return back


async def _end_back(inbox: Inbox, handing: Handing, by: Manager, key: str) -> None:
    """Who had been given them hears that they are somebody else's again."""
    async with inbox.store.begin() as t:
        await _keep(t, key, handing)
        if not handing.back or handing.to_id == by.id:
            return
        from_ = routing.member(await t.staff(), handing.from_id)
        fields = {"name": from_.name if from_ is not None else "", "clients": str(handing.back)}
        notice, lane = TellMember(handing.to_id, HANDED_BACK, fields), f"manager:{handing.to_id}"
        await t.put(notice, key=f"tell:{HANDED_BACK}:{key}", lane=lane)


async def _given(t: Transaction, key: str, handing: Handing) -> list[int]:
    given: list[int] = []
    for number in range(-(-handing.given // CHUNK)):
        given += json.loads(await t.form(_chunk(key, number)) or "[]")
    return given


async def _kept(t: Transaction, key: str) -> Handing | None:
    kept = await t.form(_form(key))
    return None if kept is None else Handing(**json.loads(kept))


async def _locked(t: Transaction, key: str) -> Handing | None:
    """How far it is; who comes with this key at the same time waits here."""
    await t.save_form(f"{_form(key)}:lock", "")
    return await _kept(t, key)


async def _keep(t: Transaction, key: str, handing: Handing) -> None:
    await t.save_form(_form(key), json.dumps(asdict(handing)))


def _form(key: str) -> str:
    return f"handing:{key}"


def _chunk(key: str, number: int) -> str:
    return f"{_form(key)}:{number}"
