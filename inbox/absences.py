"""A member is away: the deputy is shown what is open, and at the end it is given back.

A deputy who goes away too hands on what was taken over; a chain ends at the heads (inbox.routing).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from inbox import auditing, routing
from inbox.errors import BadAbsence
from inbox.inbox import Inbox
from inbox.jobs import ShowCard, ShowNote, TellMember
from inbox.model import Absence, Conversation, Manager, Role, Wait
from inbox.ports import Transaction

AT_MOST = timedelta(days=366)
MOST_CARDS = 30  # shown to one person at once, the most urgent


async def go_away(
    inbox: Inbox,
    who: Manager,
    since: datetime,
    until: datetime,
    *,
    deputy: Manager | None,
    by: Manager | None,
) -> Absence:
    """`who` is away from `since` until `until` (excluded); without a deputy named the usual one
    stands in. Raises BadAbsence.
    """
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        staff = await t.staff()
        reason = _fault(staff, who, since, until, deputy, now=now)
        if reason is not None:
            raise BadAbsence(reason)
        deputy_id = deputy.id if deputy is not None else None
        by_id = by.id if by is not None else None
        absence = await t.add_absence(Absence(who.id, since, until, deputy_id, by_id))
        await auditing.went_away(t, absence, deputy, now)
    return absence


def _fault(
    staff: Sequence[Manager],
    who: Manager,
    since: datetime,
    until: datetime,
    deputy: Manager | None,
    *,
    now: datetime,
) -> str | None:
    """The reason of a BadAbsence."""
    known = routing.member(staff, who.id)
    if known is None or not known.active or known.role is Role.CHAT:
        return "nobody"
    if until <= since:
        return "order"
    if until <= now:
        return "past"
    if since - now > AT_MOST or until - since > AT_MOST:
        return "too_far"
    if any(one.since < until and since < one.until for one in known.absences):
        return "overlaps"
    return None if deputy is None else _fault_of(routing.member(staff, deputy.id), who)


def _fault_of(deputy: Manager | None, who: Manager) -> str | None:
    if deputy is None or not deputy.active:
        return "deputy_gone"
    if deputy.role is Role.CHAT:
        return "deputy_chat"
    return "deputy_self" if deputy.id == who.id else None


async def come_back(inbox: Inbox, who: Manager, by: Manager | None) -> Absence | None:
    """End the present absence now, or call the next one off: what is left of it. None where none
    is known."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        known = routing.member(await t.staff(), who.id)
        absences = known.absences if known is not None else ()
        absence = next((one for one in absences if one.until > now), None)
        if absence is None:
            return None
        called_off = absence.since > now
        since = min(absence.since, now)
        ended = replace(absence, since=since, until=now, given_back=called_off)
        await t.save_absence(ended)
        await auditing.came_back(t, absence, now, by.id if by is not None else None)
    return ended


async def change_over(inbox: Inbox) -> None:
    """Show to whoever stands in from now on, or is back, what is open; once for each beginning
    and each end, whichever process is first."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        staff = await t.staff()
        begun = await _taken(t, "away", _begun(staff, now))
        ended = await _taken(t, "back", _ended(staff, now))
        for absence in ended:
            await t.save_absence(replace(absence, given_back=True))
        if not begun and not ended:
            return
        before = _as_before(staff, begun, ended, now)
        for was, one in zip(before, staff, strict=True):
            earlier = [other.id for other in routing.in_place_of(was, before, now)]
            for to in routing.in_place_of(one, staff, now):
                if to.id not in earlier and to.active:
                    await _show_open(t, one, to, earlier[0] if earlier else None, now)


def _begun(staff: Iterable[Manager], now: datetime) -> list[Absence]:
    return [absence for one in staff if (absence := one.away(now)) is not None]


def _ended(staff: Iterable[Manager], now: datetime) -> list[Absence]:
    known = (absence for one in staff for absence in one.absences)
    return [one for one in known if one.until <= now and not one.given_back]


async def _taken(t: Transaction, what: str, absences: Iterable[Absence]) -> list[Absence]:
    """Those whose beginning or end nobody has dealt with yet."""
    found = []
    for one in absences:
        at = one.since if what == "away" else one.until
        if await t.take_slot(f"{what}:{one.id}", at):
            found.append(one)
    return found


def _as_before(
    staff: Sequence[Manager], begun: Iterable[Absence], ended: Iterable[Absence], now: datetime
) -> tuple[Manager, ...]:
    """The members as they were before these absences began or ended."""
    not_yet, still = {one.id for one in begun}, {one.id for one in ended}
    longer = now + timedelta(days=1)
    return tuple(
        replace(
            one,
            absences=tuple(
                replace(absence, until=longer) if absence.id in still else absence
                for absence in one.absences
                if absence.id not in not_yet
            ),
        )
        for one in staff
    )


async def _show_open(
    t: Transaction, holder: Manager, to: Manager, earlier_id: int | None, now: datetime
) -> None:
    """The holder's open waits, the most urgent first, and how many there are; `earlier_id` saw to
    them until now. Where nothing is open, whoever stands in hears of that."""
    open_ = sorted(await t.open_waits_of(manager_id=holder.id), key=_urgency)
    conversations = list(dict.fromkeys(talk.id for talk, _ in open_))
    back = to.id == holder.id
    giver = earlier_id if back else holder.id
    lane, key = f"manager:{to.id}", f"{holder.id} to {to.id} at {now}"
    if not conversations:
        if not back:
            fields = {"name": holder.name, "number": "0"}
            notice = TellMember(to.id, "stands_in", fields)
            await t.put(notice, key=f"tell:stands_in:{key}", lane=lane)
        return
    for number in conversations[:MOST_CARDS]:
        card = ShowCard(number, to.id, giver)
        await t.put(card, key=f"show:{number}:away {key}", lane=lane)
    kind = "given_back" if back else "stands_in"
    note = ShowNote(conversations[0], to.id, giver, kind, str(len(open_)))
    await t.put(note, key=f"note:{kind}:{key}", lane=lane)


def _urgency(one: tuple[Conversation, Wait]) -> tuple[bool, datetime, int]:
    _, wait = one
    return wait.due_at is None, wait.due_at or wait.started_at, wait.id
