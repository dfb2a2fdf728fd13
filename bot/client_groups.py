"""Client groups as the desk finds and changes them: which are known, whose they may become."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from bot.access import Visit
from bot.buttons import may_act
from bot.group_cards import Group, Heard
from connectors.telegram.connector import TelegramConnector
from inbox import groups, routing
from inbox.errors import SendFailed
from inbox.inbox import Inbox
from inbox.model import Client, Handle, Manager, Role

CHANNEL = "telegram"
KIND = "telegram_group"
RECENT = 30  # conversations


def place_of(chat_id: int) -> Handle:
    """The group as a handle."""
    return Handle(KIND, str(chat_id))


async def client_of(inbox: Inbox, chat_id: int) -> Client | None:
    """Whose group it is; None: no client's."""
    async with inbox.store.begin() as t:
        found = await t.contact_of((place_of(chat_id),))
    return found[0] if found is not None else None


async def is_studios(inbox: Inbox, chat_id: int) -> bool:
    """Whether the studio itself is told something there: no client may read that."""
    async with inbox.store.begin() as t:
        return await groups.is_studios(t, place_of(chat_id), await t.staff())


async def met(inbox: Inbox, chat_id: int, title: str) -> Group:
    """A member says that the group is there: its title is kept, and the member is asked."""
    async with inbox.store.begin() as t:
        await t.save_form(_key(chat_id), json.dumps(title))
    await groups.asks_a_member(inbox, place_of(chat_id))
    return await known_group(inbox, chat_id)


async def known_group(inbox: Inbox, chat_id: int) -> Group:
    """What is known of it: the title that it had, and whose it is."""
    async with inbox.store.begin() as t:
        kept = await t.form(_key(chat_id))
        found = next(
            (one for one, handles in await t.clients() if place_of(chat_id) in handles), None
        )
        people = await t.contacts_of_client(found.id) if found is not None else ()
    named = next((one.name for one, handle in people if handle == place_of(chat_id)), "")
    return Group(chat_id, _read(kept) or named, found)


def _read(kept: str | None) -> str:
    title = json.loads(kept or '""')
    return title if isinstance(title, str) else ""


def _key(chat_id: int) -> str:
    return f"group:{chat_id}"


async def seen_group(inbox: Inbox, chat_id: int) -> Group:
    """The same, and where no title is known yet, the one that Telegram says."""
    group = await known_group(inbox, chat_id)
    connector = inbox.connectors.get(CHANNEL)
    if group.title or not isinstance(connector, TelegramConnector):
        return group
    try:
        return await met(inbox, chat_id, await connector.group_title(chat_id))
    except SendFailed:
        return group


async def open_clients(visit: Visit, query: str) -> list[Client]:
    """Clients to whom the member may link a group, the own ones and the latest first; with
    `query` those whose name contains it."""
    async with visit.inbox.store.begin() as t:
        staff = await t.staff()
        clients = [client for client, _ in await t.clients()]
        recent = [
            (await t.conversation(one)).client.id
            for one in await t.recent_conversations(_whose(visit.me), RECENT)
        ]
    wanted = " ".join(query.casefold().split())
    places = {client_id: place for place, client_id in reversed(list(enumerate(recent)))}
    allowed = [one for one in clients if wanted in one.name.casefold() and _may(visit, one, staff)]

    def order(one: Client) -> tuple[bool, int, str]:
        own = one.manager_id == visit.me.id
        return not own, places.get(one.id, len(places)), one.name.casefold()

    return sorted(allowed, key=order)


def _whose(me: Manager) -> int | None:
    return me.id if me.role is Role.MANAGER else None


def _may(visit: Visit, client: Client, staff: Sequence[Manager]) -> bool:
    holder = routing.member(staff, client.manager_id)
    now = visit.inbox.clock.now()
    stand_ins = routing.in_place_of(holder, staff, now) if holder is not None else ()
    return may_act(visit.me, holder, stand_ins)


async def listed(visit: Visit) -> list[Group]:
    """The groups of the clients whom this member may answer, by name."""
    found: list[Group] = []
    async with visit.inbox.store.begin() as t:
        staff = await t.staff()
        for client, handles in await t.clients():
            if all(one.kind != KIND for one in handles) or not _may(visit, client, staff):
                continue
            found += [
                Group(int(handle.address), contact.name, client)
                for contact, handle in await t.contacts_of_client(client.id)
                if handle.kind == KIND
            ]
    return sorted(found, key=lambda one: (one.client.name if one.client else "", one.title))


async def link(visit: Visit, chat_id: int, client_id: int | None) -> tuple[Group, int]:
    """The group is this client's from now on (None: a new client's, called as the group), and how
    many of its earlier messages are read again. One that is linked already stays so, and one of
    the studio's own."""
    group = await known_group(visit.inbox, chat_id)
    if group.client is not None or await is_studios(visit.inbox, chat_id):
        return group, 0
    if client_id is None:
        own = visit.me.id if visit.me.role is Role.MANAGER else None
        async with visit.inbox.store.begin() as t:
            client_id = (await t.add_client(group.name, own)).id
    async with visit.inbox.store.begin() as t:
        found = next((one for one, _ in await t.clients() if one.id == client_id), None)
    if found is None:
        return group, 0
    place = place_of(chat_id)
    again = await groups.link_group(visit.inbox, place, group.name, found.id, visit.me)
    return replace(group, client=found), again


async def unlink(visit: Visit, group: Group) -> None:
    """It is nobody's any more."""
    await groups.unlink_group(visit.inbox, place_of(group.chat_id), visit.me)


async def heard_in(inbox: Inbox, chat_id: int) -> Heard:
    """What of the group the clients' bot gets, as Telegram says now."""
    connector = inbox.connectors.get(CHANNEL)
    if not isinstance(connector, TelegramConnector):
        return Heard.UNKNOWN
    try:
        return Heard.ALL if await connector.hears_all(chat_id) else Heard.ADDRESSED
    except SendFailed:
        return Heard.UNKNOWN
