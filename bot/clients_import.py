"""Takes a list of clients in: line by line, each whole or not at all; twice changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.clients_file import Line
from inbox.calendars import Calendars
from inbox.errors import OknoError
from inbox.holding import Change, pass_on, swap_calendars
from inbox.model import Client, Contact, Handle, Manager, Role
from inbox.phrases import Phrase
from inbox.ports import Clock, Store, Transaction


class Fate(StrEnum):
    """What became of a line."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """A line and what became of it; `why` says what changed, or what is wrong."""

    line: Line
    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Taking:
    """What all lines are taken in with; `told`: the first line that told of each client."""

    staff: list[Manager]
    calendars: Calendars
    clock: Clock
    tiers: Collection[str]
    told: dict[int, Line] = field(default_factory=dict)


class Refused(OknoError):
    """The line contradicts what is known; nothing of it is kept."""


async def take_in(
    store: Store,
    lines: Iterable[Line],
    calendars: Calendars,
    clock: Clock,
    *,
    tiers: Collection[str] = (),
) -> AsyncIterator[Taken]:
    """Take the lines in, one transaction each, and tell of each. `tiers`: those of the settings.

    A client is known by its handles, else by its name. Handles are added, never taken away; a
    handle of another client refuses the line, and so does another name or manager than an
    earlier line of this list gave the client. What waits of a client who gets another manager is
    counted by that manager's calendar from then on, and shown to that manager.
    """
    async with store.begin() as t:
        staff = [one for one in await t.staff() if one.active and one.role is not Role.CHAT]
        calendars.learn(await t.special_days())
        named = {client.name.casefold(): client for client, _ in await t.clients()}
    taking = _Taking(staff, calendars, clock, tiers)
    for line in lines:
        if line.faults:
            yield Taken(line, Fate.REFUSED, Phrase.joined("; ", line.faults))
            continue
        try:
            async with store.begin() as t:
                namesake = named.get(line.name.casefold())
                client, fate, why = await _take(t, line, namesake, taking)
        except Refused as error:
            yield Taken(line, Fate.REFUSED, error.args[0])
            continue
        named[client.name.casefold()] = client
        taking.told.setdefault(client.id, line)
        yield Taken(line, fate, why)


async def _take(
    t: Transaction, line: Line, namesake: Client | None, taking: _Taking
) -> tuple[Client, Fate, str]:
    manager = _manager(line.manager, taking.staff)
    owners = {handle: await t.contact_of([handle]) for handle in line.handles}
    known = _one_client(line, owners, namesake)
    new = tuple(handle for handle, owner in owners.items() if owner is None)
    if known is None:
        added = await t.add_client(line.name, manager.id if manager else None)
        client = _with_terms(added, line, taking)
        if client != added:
            await t.save_client(client)
        await _add_handles(t, client, None, new)
        return client, Fate.ADDED, _listed(new)
    _agree(line, taking.told.get(known.id))
    named = _with_terms(replace(known, name=line.name), line, taking)
    client = replace(named, manager_id=manager.id if manager else known.manager_id)
    changes: list[str] = []
    if client.tier != known.tier:
        changes.append(Phrase("tier {name}", name=client.tier))
    if client.calendar != known.calendar:
        changes.append(Phrase("calendar {name}", name=client.calendar))
        await _count_by_it(t, named, taking)
    if client.name != known.name:
        changes.append(Phrase("name (was {name})", name=known.name))
    if client.manager_id != known.manager_id and manager is not None:
        changes.append(Phrase("manager {name}", name=manager.name))
        change = Change(manager, None, taking.clock.now(), "imported")
        await pass_on(taking.calendars, t, known, change)
    if changes:
        await t.save_client(client)
    if new:
        contact = next((owner[1] for owner in owners.values() if owner is not None), None)
        await _add_handles(t, client, contact, new)
        changes.append(_listed(new))
    return client, Fate.CHANGED if changes else Fate.UNCHANGED, Phrase.joined(", ", changes)


def _with_terms(client: Client, line: Line, taking: _Taking) -> Client:
    """The client with the tier and the calendar that the line names. Raises Refused for one that
    is not set."""
    tier, calendar = line.tier, line.calendar
    if tier:
        names = tuple(taking.tiers)
        known = _same(tier, names)
        there = ", ".join(names) or Phrase("none")
        if known is None:
            raise Refused(
                Phrase("there is no tier {name} (there is: {names})", name=tier, names=there)
            )
        client = replace(client, tier=known)
    if calendar:
        names = taking.calendars.names
        known = _same(calendar, names)
        if known is None:
            there = ", ".join(names)
            raise Refused(
                Phrase(
                    "there is no calendar {name} (there is: {names})", name=calendar, names=there
                )
            )
        client = replace(client, calendar=known)
    return client


def _same(wanted: str, names: Sequence[str]) -> str | None:
    return next((one for one in names if one.casefold() == wanted.casefold()), None)


async def _count_by_it(t: Transaction, client: Client, taking: _Taking) -> None:
    """What is open of the client goes on by the calendar that it has now (rule 13)."""
    await t.save_client(client)
    open_ = await t.open_waits_of(client_id=client.id)
    now = taking.clock.now()
    await swap_calendars(taking.calendars, t, open_, at=now, by_id=None, cause="imported")


def _manager(name: str, staff: list[Manager]) -> Manager | None:
    if not name:
        return None
    for one in staff:
        if one.name.casefold() == name.casefold():
            return one
    there = ", ".join(one.name for one in staff) or Phrase("nobody; add them with `okno team add`")
    raise Refused(Phrase("there is no manager {name} (there is: {names})", name=name, names=there))


def _one_client(
    line: Line, owners: dict[Handle, tuple[Client, Contact] | None], namesake: Client | None
) -> Client | None:
    """The client that the line is about. Raises Refused where it is about two."""
    known = namesake
    for handle, owner in owners.items():
        if owner is None:
            continue
        client = owner[0]
        if known is not None and client.id != known.id:
            raise Refused(
                Phrase(
                    "{address} belongs to the client {owner}, not {name}",
                    address=handle.address,
                    owner=client.name,
                    name=line.name,
                )
            )
        known = client
    return known


def _agree(line: Line, earlier: Line | None) -> None:
    """Raises Refused where an earlier line names the same client, or its manager, otherwise."""
    if earlier is None:
        return
    managers = {one.manager.casefold() for one in (line, earlier) if one.manager}
    if line.name != earlier.name or len(managers) > 1:
        raise Refused(
            Phrase(
                "line {number} has this client as {name}, manager {manager}",
                number=earlier.number,
                name=earlier.name,
                manager=earlier.manager or "-",
            )
        )


async def _add_handles(
    t: Transaction, client: Client, contact: Contact | None, handles: tuple[Handle, ...]
) -> None:
    if handles:
        contact = contact or await t.add_contact(client.id, client.name)
        await t.add_handles(contact.id, handles)


def _listed(handles: tuple[Handle, ...]) -> str:
    return ", ".join(handle.address for handle in handles)
