"""Whose client is it, and who is to see what."""

from __future__ import annotations

from collections.abc import Sequence

from inbox.model import Manager, Role
from inbox.sla import Recipient


def member(staff: Sequence[Manager], manager_id: int | None) -> Manager | None:
    """The member with this id, active or not."""
    return next((one for one in staff if one.id == manager_id), None)


def named(staff: Sequence[Manager], name: str) -> Manager | None:
    """The one active member with this name."""
    found = [one for one in staff if one.active and one.name.casefold() == name.casefold()]
    return found[0] if len(found) == 1 else None


def manager_for(
    client_manager_id: int | None, channel_manager: str | None, staff: Sequence[Manager]
) -> int | None:
    """The client's one manager, else the channel's (by name), else nobody; only members."""
    active = [one for one in staff if one.active]
    if any(one.id == client_manager_id for one in active):
        return client_manager_id
    named = (channel_manager or "").casefold()
    return next((one.id for one in active if one.name.casefold() == named), None)


def readers(assignee_id: int | None, staff: Sequence[Manager]) -> tuple[Manager, ...]:
    """Who gets the card: the assignee; of a client nobody took, every manager and head."""
    holder = member(staff, assignee_id)
    if holder is not None and holder.active:
        return (holder,)
    everyone = tuple(one for one in staff if one.active and one.role is not Role.ADMIN)
    return everyone or admins(staff)


def heads(staff: Sequence[Manager]) -> tuple[Manager, ...]:
    """The heads, or the administrators where there is no head."""
    found = tuple(one for one in staff if one.active and one.role is Role.HEAD)
    return found or tuple(one for one in staff if one.active and one.role is Role.ADMIN)


def admins(staff: Sequence[Manager]) -> tuple[Manager, ...]:
    """The administrators, or the heads where there is no administrator, or else everybody."""
    for role in (Role.ADMIN, Role.HEAD):
        found = tuple(one for one in staff if one.active and one.role is role)
        if found:
            return found
    return tuple(one for one in staff if one.active)


def alerted(
    notify: Recipient, assignee_id: int | None, staff: Sequence[Manager]
) -> tuple[Manager, ...]:
    """Whom a rung tells: a deputy who is not there is the head's matter."""
    if notify is Recipient.MANAGER:
        return readers(assignee_id, staff)
    holder = member(staff, assignee_id) if notify is Recipient.DEPUTY else None
    deputy = member(staff, holder.deputy_id) if holder is not None else None
    return (deputy,) if deputy is not None and deputy.active else heads(staff)
