"""The studio's members, clients, their contacts and handles."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from inbox.errors import NoSuchRow
from inbox.model import Client, Contact, Handle, Manager, Role
from storage.chat_tables import joining
from storage.codec import MANAGER, present_manager
from storage.columns import storable
from storage.statements import Statements, per_dialect
from storage.tables import client, contact, conversation, handle, invite, manager
from storage.timing_codec import absence_of
from storage.timing_tables import absence

STAFF = (
    select(*MANAGER, *absence.c)
    .outerjoin(absence, (absence.c.manager_id == manager.c.id) & ~absence.c.given_back)
    .order_by(manager.c.id, absence.c.since, absence.c.id)
)
ADD_MANAGER = insert(manager).returning(manager.c.id)
SAVE_MANAGER = update(manager).where(manager.c.id == bindparam("manager_id"))
REDEEM = (
    update(invite)
    .where(
        invite.c.secret_hash == bindparam("hash"),
        invite.c.used_at.is_(None),
        invite.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(invite.c.role, invite.c.name)
)
WHOSE = (
    select(
        handle.c.kind,
        handle.c.address,
        handle.c.unreachable,
        client.c.id.label("client_id"),
        client.c.name.label("client_name"),
        client.c.manager_id,
        client.c.calendar,
        client.c.tier,
        contact.c.id.label("contact_id"),
        contact.c.name.label("contact_name"),
    )
    .join(contact, contact.c.id == handle.c.contact_id)
    .join(client, client.c.id == contact.c.client_id)
    .where(tuple_(handle.c.kind, handle.c.address).in_(bindparam("handles", expanding=True)))
)
CONTACT_OF = WHOSE.order_by(handle.c.kind, handle.c.address).with_for_update(read=True, of=handle)
_ENTERED = and_(conversation.c.id.is_(None), client.c.manager_id.is_not(None))
_DOMAINS = (
    select()
    .select_from(handle)
    .join(contact, contact.c.id == handle.c.contact_id)
    .join(client, client.c.id == contact.c.client_id)
    .outerjoin(conversation, conversation.c.contact_id == contact.c.id)
    .where(handle.c.kind == "email", or_(conversation.c.answered_at.is_not(None), _ENTERED))
    .distinct()
)
_AT = func.instr(handle.c.address, "@")
CLIENT_DOMAINS = {
    "sqlite": _DOMAINS.add_columns(func.substr(handle.c.address, _AT + 1)),
    "postgresql": _DOMAINS.add_columns(func.split_part(handle.c.address, "@", 2)),
}
# Nobody's row can be locked yet: who files for a newcomer holds the handle's name itself.
LOCK_HANDLE = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("handle_key"), 0)))
ADD_CLIENT = insert(client).returning(client.c.id)
ADD_CONTACT = insert(contact).returning(contact.c.id)
ADD_HANDLE = per_dialect(
    handle, lambda insert: insert.on_conflict_do_nothing(index_elements=["kind", "address"])
)
MARK_REACH = (
    update(handle)
    .where(
        handle.c.kind == bindparam("its_kind"),
        handle.c.address == bindparam("its_address"),
        handle.c.unreachable != bindparam("reason"),
        or_(handle.c.reach_at.is_(None), handle.c.reach_at <= bindparam("new_at")),
    )
    .values(unreachable=bindparam("reason"), reach_at=bindparam("new_at"))
)
SAVE_CLIENT = (
    update(client)
    .where(client.c.id == bindparam("client_id"))
    .values(
        name=bindparam("new_name"),
        manager_id=bindparam("new_manager_id"),
        calendar=bindparam("new_calendar"),
        tier=bindparam("new_tier"),
    )
)
ASSIGN_CLIENT = (
    update(client)
    .where(
        client.c.id == bindparam("client_id"),
        client.c.manager_id.is_distinct_from(bindparam("new_manager_id")),
    )
    .values(manager_id=bindparam("new_manager_id"))
)
ASSIGN_CONVERSATIONS = (
    update(conversation)
    .where(
        conversation.c.contact_id.in_(
            select(contact.c.id).where(contact.c.client_id == bindparam("client_id"))
        )
    )
    .values(assignee_id=bindparam("new_manager_id"))
)
# Whose people all became another client's is nobody's choice any more.
_joined_away = (
    select(joining.c.id)
    .join(contact, contact.c.id == joining.c.from_contact_id)
    .where(contact.c.client_id == client.c.id, joining.c.split_at.is_(None))
    .exists()
)
_has_people = (
    select(handle.c.address)
    .join(contact, contact.c.id == handle.c.contact_id)
    .where(contact.c.client_id == client.c.id)
    .exists()
)
STANDS = or_(~_joined_away, _has_people)
CLIENTS = select(client).where(STANDS).order_by(client.c.id)
HANDLES = (
    select(contact.c.client_id, handle.c.kind, handle.c.address)
    .join(contact, contact.c.id == handle.c.contact_id)
    .order_by(contact.c.client_id, contact.c.id, handle.c.kind, handle.c.address)
)


def hashed(secret: str) -> str:
    """Secrets of invites are long and random: one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


class People(Statements):
    """Remembers which handles it read that can be reached, so that saying so again is free."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._reachable: set[tuple[str, str]] = set()

    async def mark_reach(self, handle: Handle, reason: str, at: datetime) -> bool:
        key = handle.kind, storable(handle.address)
        if not reason and key in self._reachable:
            return False
        self._reachable.discard(key)
        values = {"its_kind": key[0], "its_address": key[1], "reason": reason, "new_at": at}
        return await self.changed(MARK_REACH, **values) == 1

    async def staff(self) -> tuple[Manager, ...]:
        """Members, each with the absences that were not given back yet."""
        found: dict[int, Manager] = {}
        for row in await self.rows(STAFF):
            one = found.setdefault(row[0], present_manager(row[: len(MANAGER)]))
            away = absence_of(row[len(MANAGER) :])
            if away is not None:
                found[one.id] = replace(one, absences=(*one.absences, away))
        return tuple(found.values())

    async def save_manager(self, manager: Manager) -> Manager:
        """StoreRefused where another member has the same Telegram id."""
        row = {
            "name": manager.name,
            "telegram_id": manager.telegram_id,
            "role": manager.role.value,
            "zone": manager.zone,
            "language": manager.language,
            "deputy_id": manager.deputy_id,
            "active": manager.active,
            "calendar": manager.calendar,
            "email": manager.email,
        }
        if manager.id == 0:
            return replace(manager, id=await self.value(ADD_MANAGER, **row))
        if not await self.changed(SAVE_MANAGER.values(**row), manager_id=manager.id):
            raise NoSuchRow("manager", manager.id)
        return manager

    async def add_invite(self, secret: str, role: Role, name: str, expires_at: datetime) -> None:
        row = {"role": role.value, "name": name, "expires_at": expires_at}
        await self.run(insert(invite), {"secret_hash": hashed(secret), **row})

    async def redeem_invite(self, secret: str, now: datetime) -> tuple[Role, str] | None:
        found = await self.row(REDEEM, hash=hashed(secret), now=now)
        return None if found is None else (Role(found.role), found.name)

    async def contact_of(self, handles: Sequence[Handle]) -> tuple[Client, Contact] | None:
        keys = [(one.kind, storable(one.address)) for one in handles]
        if not keys:
            return None
        # A row that waited for a joining is not found: whose it is now, the second look tells.
        found = await self.rows(CONTACT_OF, handles=keys)
        if not found and self.dialect == "postgresql":
            for key in sorted(keys):
                await self.run(LOCK_HANDLE, {"handle_key": ":".join(key)})
            found = await self.rows(CONTACT_OF, handles=keys)
        if not found:
            return None
        self._reachable |= {(row[0], row[1]) for row in found if not row.unreachable}
        return _owner(min(found, key=lambda row: keys.index((row[0], row[1]))))

    async def whose(self, handles: Sequence[Handle]) -> tuple[tuple[Handle, Client, Contact], ...]:
        keys = [(one.kind, storable(one.address)) for one in handles]
        if not keys:
            return ()
        found = await self.rows(WHOSE, handles=keys)
        ordered = sorted(found, key=lambda row: keys.index((row[0], row[1])))
        return tuple((Handle(row[0], row[1]), *_owner(row)) for row in ordered)

    async def client_domains(self) -> frozenset[str]:
        return frozenset(domain for (domain,) in await self.rows(CLIENT_DOMAINS) if domain)

    async def add_client(self, name: str, manager_id: int | None) -> Client:
        client_id = await self.value(ADD_CLIENT, name=name, manager_id=manager_id)
        return Client(client_id, storable(name), manager_id)

    async def add_contact(self, client_id: int, name: str) -> Contact:
        contact_id = await self.value(ADD_CONTACT, client_id=client_id, name=name)
        return Contact(contact_id, client_id, storable(name))

    async def add_handles(self, contact_id: int, handles: Sequence[Handle]) -> None:
        rows = [
            {"kind": one.kind, "address": one.address, "contact_id": contact_id}
            for one in sorted(set(handles), key=lambda one: (one.kind, one.address))
        ]
        if rows:
            await self.run(ADD_HANDLE, rows)

    async def save_client(self, client: Client) -> None:
        """A changed manager holds all the client's conversations."""
        await self.assign(client.id, client.manager_id)
        new = {
            "new_name": client.name,
            "new_manager_id": client.manager_id,
            "new_calendar": client.calendar,
            "new_tier": client.tier,
        }
        if not await self.changed(SAVE_CLIENT, client_id=client.id, **new):
            raise NoSuchRow("client", client.id)

    async def assign(self, client_id: int, manager_id: int | None) -> None:
        """The client and, where that is news, all the client's conversations."""
        new = {"client_id": client_id, "new_manager_id": manager_id}
        if await self.changed(ASSIGN_CLIENT, **new):
            await self.run(ASSIGN_CONVERSATIONS, new)

    async def clients(self) -> tuple[tuple[Client, tuple[Handle, ...]], ...]:
        handles: dict[int, list[Handle]] = {}
        for client_id, kind, address in await self.rows(HANDLES):
            handles.setdefault(client_id, []).append(Handle(kind, address))
        found = [Client(*row) for row in await self.rows(CLIENTS)]
        return tuple((one, tuple(handles.get(one.id, ()))) for one in found)


def _owner(row: Sequence[Any]) -> tuple[Client, Contact]:
    """Of a row of WHOSE."""
    *_, client_id, client_name, manager_id, calendar, tier, contact_id, contact_name = row
    return (
        Client(client_id, client_name, manager_id, calendar, tier),
        Contact(contact_id, client_id, contact_name),
    )
