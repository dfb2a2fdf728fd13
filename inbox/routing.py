"""Whose client is it, and who is to see what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inbox.model import Manager, Role
from inbox.records import Card
from inbox.sla import Recipient, Rung


def member(staff: Sequence[Manager], manager_id: int | None) -> Manager | None:
    """The member with this id, active or not."""
    return next((one for one in staff if one.id == manager_id), None)


def people(staff: Sequence[Manager]) -> tuple[Manager, ...]:
    """Who is active and no group chat: who may hold clients, stand in and read."""
    return tuple(one for one in staff if one.active and one.role is not Role.CHAT)


def named(staff: Sequence[Manager], name: str) -> Manager | None:
    """The one person with this name who is active."""
    found = [one for one in people(staff) if one.name.casefold() == name.casefold()]
    return found[0] if len(found) == 1 else None


def manager_for(
    client_manager_id: int | None, channel_manager: str | None, staff: Sequence[Manager]
) -> int | None:
    """The client's one manager, else the channel's (by name), else nobody; only people."""
    active = people(staff)
    if any(one.id == client_manager_id for one in active):
        return client_manager_id
    named = (channel_manager or "").casefold()
    return next((one.id for one in active if one.name.casefold() == named), None)


def in_place_of(one: Manager, staff: Sequence[Manager], now: datetime) -> tuple[Manager, ...]:
    """Who gets what is meant for this member: the member, or while away the deputy, of an absent
    deputy the next one; the chain ends at the heads."""
    seen: set[int] = set()
    while (away := one.away(now)) is not None:
        seen.add(one.id)
        deputy_id = away.deputy_id if away.deputy_id is not None else one.deputy_id
        deputy = member(people(staff), deputy_id)
        if deputy is None or deputy.id in seen:
            return heads(staff, now)
        one = deputy
    return (one,)


def readers(
    assignee_id: int | None, staff: Sequence[Manager], now: datetime
) -> tuple[Manager, ...]:
    """Who gets the card: the assignee or who stands in; of a client nobody took, every manager
    and head who is not away."""
    holder = member(people(staff), assignee_id)
    if holder is not None:
        return in_place_of(holder, staff, now)
    team = [one for one in staff if one.active and one.role in {Role.MANAGER, Role.HEAD}]
    return tuple(one for one in team if one.away(now) is None) or tuple(team) or admins(staff)


def stand_in_of(holder: Manager | None, staff: Sequence[Manager], now: datetime) -> Manager | None:
    """Who stands in for a holder who is away; None where nobody needs to, or nobody can.

    Whether the holder is away is looked up in `staff`.
    """
    holder = member(staff, holder.id) if holder is not None else None
    if holder is None or not holder.active or holder.away(now) is None:
        return None
    return next((one for one in in_place_of(holder, staff, now) if one.id != holder.id), None)


def with_stand_in(card: Card, staff: Sequence[Manager], now: datetime) -> Card:
    """The card with its holder's absences and who stands in."""
    if card.holder is None:
        return card
    holder = member(staff, card.holder.id)
    return replace(card, holder=holder, stand_in=stand_in_of(holder, staff, now))


def heads(staff: Sequence[Manager], now: datetime) -> tuple[Manager, ...]:
    """The heads who are not away; else their deputies, else the heads all the same; where there
    is no head, the administrators, and where there is none of them, everybody."""
    for role in (Role.HEAD, Role.ADMIN):
        found = tuple(one for one in staff if one.active and one.role is role)
        there = tuple(one for one in found if one.away(now) is None)
        if found:
            return there or _deputies(found, staff, now) or found
    return admins(staff)


def _deputies(
    away: Sequence[Manager], staff: Sequence[Manager], now: datetime
) -> tuple[Manager, ...]:
    ids: set[int | None] = set()
    for one in away:
        absence = one.away(now)
        named = absence.deputy_id if absence is not None else None
        ids.add(named if named is not None else one.deputy_id)
    return tuple(one for one in people(staff) if one.id in ids and one.away(now) is None)


def admins(staff: Sequence[Manager]) -> tuple[Manager, ...]:
    """The administrators, or the heads where there is no administrator, or else everybody."""
    for role in (Role.ADMIN, Role.HEAD):
        found = tuple(one for one in staff if one.active and one.role is role)
        if found:
            return found
    return people(staff)


def alerted(
    rung: Rung, assignee_id: int | None, staff: Sequence[Manager], now: datetime
) -> tuple[Manager, ...]:
    """Whom a rung tells. Whoever is not there, and a deputy who has been told as the one who
    stands in, is the heads' matter: nobody is left without a recipient."""
    match rung.notify:
        case Recipient.MANAGER:
            return readers(assignee_id, staff, now)
        case Recipient.DEPUTY:
            holder = member(staff, assignee_id)
            deputy = member(people(staff), holder.deputy_id) if holder is not None else None
            if deputy is None:
                return heads(staff, now)
            told = in_place_of(deputy, staff, now)
            return heads(staff, now) if told == readers(assignee_id, staff, now) else told
        case Recipient.PERSON:
            person = named(staff, rung.name)
            return heads(staff, now) if person is None else in_place_of(person, staff, now)
        case Recipient.CHAT:
            return chats(staff, rung.name) or heads(staff, now)
        case _:
            return heads(staff, now)


def chats(staff: Sequence[Manager], name: str = "") -> tuple[Manager, ...]:
    """The group chats that hear alerts; the one of this name where it is given."""
    found = (one for one in staff if one.active and one.role is Role.CHAT)
    return tuple(one for one in found if name.casefold() in {"", one.name.casefold()})
