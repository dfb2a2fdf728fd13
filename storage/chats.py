"""What changes in chats: edits, deletions, who can be reached, own accounts, greetings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from inbox.chat_records import Greeting
from inbox.errors import NoSuchRow
from inbox.model import Account, Client, Contact, Handle, InboundMessage, Moved, Outcome, WaitKind
from inbox.records import Version
from storage.backlog import Backlog
from storage.chat_codec import account_row, greeting_of, greeting_row
from storage.chat_tables import (
    account,
    account_connection,
    greeting,
    joined_handle,
    message_version,
)
from storage.codec import attachments_json, entities_json, entities_of
from storage.columns import storable, to_json
from storage.statements import per_dialect
from storage.tables import client, contact, conversation, handle, message, thread, wait

_in_channel = message.c.channel_id == bindparam("its_channel_id")
MESSAGE_AT = (
    select(message.c.id)
    .where(_in_channel, message.c.external_id == bindparam("its_external_id"))
    .order_by(message.c.id)
    .limit(1)
)
EDITED = (
    select(message.c.text, message.c.extra, message.c.edited_at)
    .where(message.c.id == bindparam("message_id"))
    .with_for_update(key_share=True)
)
KEEP_VERSION = insert(message_version)
EDIT = (
    update(message)
    .where(message.c.id == bindparam("message_id"))
    .values(
        text=bindparam("new_text"), extra=bindparam("new_extra"), edited_at=bindparam("new_at")
    )
)
VERSIONS = (
    select(message_version.c.until, message_version.c.text, message_version.c.entities)
    .where(message_version.c.message_id == bindparam("message_id"))
    .order_by(message_version.c.id)
)
MARK_DELETED = (
    update(message)
    .where(
        _in_channel,
        message.c.external_id.in_(bindparam("external_ids", expanding=True)),
        message.c.deleted_at.is_(None),
    )
    .values(deleted_at=bindparam("new_at"))
    .returning(message.c.id)
)

_handle = (
    handle.c.kind == bindparam("its_kind"),
    handle.c.address == bindparam("its_address"),
)
IS_HANDLE = select(func.count()).select_from(handle).where(*_handle)
DROP_HANDLE = delete(handle).where(*_handle)
RENAME_HANDLE = (
    update(handle)
    .where(*_handle)
    .values(kind=bindparam("new_kind"), address=bindparam("new_address"))
)
RENAME_JOINED = (
    update(joined_handle)
    .where(
        joined_handle.c.kind == bindparam("its_kind"),
        joined_handle.c.address == bindparam("its_address"),
    )
    .values(kind=bindparam("new_kind"), address=bindparam("new_address"))
)
MOVE_RECIPIENT = (
    update(conversation)
    .where(
        conversation.c.channel_id == bindparam("its_channel_id"),
        conversation.c.recipient_kind == bindparam("its_kind"),
        conversation.c.recipient_address == bindparam("its_address"),
    )
    .values(recipient_kind=bindparam("new_kind"), recipient_address=bindparam("new_address"))
)
THREAD = select(thread.c.conversation_id).where(
    thread.c.channel_id == bindparam("its_channel_id"),
    thread.c.thread_id == bindparam("its_thread_id"),
)
LEAD = per_dialect(
    thread,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["channel_id", "thread_id"],
        set_={"conversation_id": insert.excluded.conversation_id},
    ),
)
DROP_THREAD = delete(thread).where(
    thread.c.channel_id == bindparam("its_channel_id"),
    thread.c.thread_id == bindparam("its_thread_id"),
)
WITH_HANDLE = (
    select(conversation.c.id)
    .where(
        conversation.c.recipient_kind == bindparam("its_kind"),
        conversation.c.recipient_address == bindparam("its_address"),
    )
    .order_by(
        conversation.c.asked_at.is_(None), conversation.c.asked_at.desc(), conversation.c.id.desc()
    )
)
_PEOPLE = (client, contact.c.id.label("contact_id"), contact.c.name.label("contact_name"))
CONTACT = (
    select(*_PEOPLE)
    .join(contact, contact.c.client_id == client.c.id)
    .where(contact.c.id == bindparam("contact_id"))
)
OF_CLIENT = (
    select(contact.c.id, contact.c.name, handle.c.kind, handle.c.address)
    .join(handle, handle.c.contact_id == contact.c.id)
    .where(contact.c.client_id == bindparam("client_id"))
    .order_by(contact.c.id, handle.c.kind, handle.c.address)
)

KEEP_ACCOUNT = per_dialect(
    account,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["owner_id"],
        set_={
            name: insert.excluded[name] for name in ("connection_id", "enabled", "can_reply", "at")
        },
        where=account.c.at <= insert.excluded.at,
    ),
)
KEEP_CONNECTION = per_dialect(
    account_connection,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["connection_id"]),
)
ACCOUNT = select(account).where(account.c.owner_id == bindparam("owner_id"))
BY_CONNECTION = (
    select(account)
    .join(account_connection, account_connection.c.owner_id == account.c.owner_id)
    .where(account_connection.c.connection_id == bindparam("its_connection_id"))
)

ADD_GREETING = per_dialect(
    greeting, lambda insert: insert.on_conflict_do_nothing(index_elements=["message_id"])
)
GREETING = select(greeting).where(greeting.c.message_id == bindparam("message_id"))
LOCK_GREETING = GREETING.with_for_update(key_share=True)
SAVE_GREETING = update(greeting).where(greeting.c.message_id == bindparam("its_message_id"))
FIRST_REPLIES = (
    select(wait.c.business)
    .where(
        wait.c.closed_at >= bindparam("since"),
        wait.c.kind == WaitKind.REPLY.value,
        wait.c.outcome == Outcome.ANSWERED.value,
        wait.c.first,
    )
    .order_by(wait.c.closed_at.desc(), wait.c.id.desc())
    .limit(bindparam("limit"))
)


class ChatRows(Backlog):
    """A part of inbox.chats.Chats."""

    async def message_at(self, channel_id: str, external_id: str) -> int | None:
        found: int | None = await self.value(
            MESSAGE_AT, its_channel_id=channel_id, its_external_id=storable(external_id)
        )
        return found

    async def edit_message(self, message_id: int, message: InboundMessage, at: datetime) -> bool:
        found = await self.row(EDITED, message_id=message_id)
        if found is None:
            raise NoSuchRow("message", message_id)
        text, extra, edited_at = found
        new_text = storable(message.text)
        new_extra = extra | _stored(message)
        if (text, extra) == (new_text, new_extra) or (edited_at is not None and edited_at > at):
            return False
        before = {"text": text, "entities": extra["entities"]}
        await self.run(KEEP_VERSION, {"message_id": message_id, "until": at, **before})
        new = {"new_text": new_text, "new_extra": new_extra, "new_at": at}
        await self.run(EDIT, {"message_id": message_id, **new})
        await self.index_messages((message_id,))
        return True

    async def mark_deleted(
        self, channel_id: str, external_ids: Sequence[str], at: datetime
    ) -> tuple[int, ...]:
        ids = sorted(map(storable, external_ids))
        found = await self.rows(
            MARK_DELETED, its_channel_id=channel_id, external_ids=ids, new_at=at
        )
        return tuple(sorted(row[0] for row in found))

    async def versions(self, message_id: int) -> tuple[Version, ...]:
        found = await self.rows(VERSIONS, message_id=message_id)
        return tuple(Version(until, text, entities_of(stored)) for until, text, stored in found)

    async def move_chat(self, moved: Moved) -> None:
        """A handle that stands at the new address already stays with whom it is."""
        new = {"new_kind": moved.after.kind, "new_address": storable(moved.after.address)}
        values = {**_its(moved.before), **new}
        in_channel = {"its_channel_id": moved.channel_id}
        await self.run(MOVE_RECIPIENT, {**values, **in_channel})
        before = {**in_channel, "its_thread_id": storable(moved.thread_before)}
        conversation_id = await self.value(THREAD, **before)
        if conversation_id is not None:
            row = {"channel_id": moved.channel_id, "thread_id": moved.thread_after}
            await self.run(LEAD, {**row, "conversation_id": conversation_id})
            await self.run(DROP_THREAD, before)
        if await self.value(IS_HANDLE, **_its(moved.after)):
            await self.run(DROP_HANDLE, _its(moved.before))
        else:
            await self.run(RENAME_HANDLE, values)
            await self.run(RENAME_JOINED, values)

    async def conversations_with(self, handle: Handle) -> tuple[int, ...]:
        return tuple(row[0] for row in await self.rows(WITH_HANDLE, **_its(handle)))

    async def drop_handle(self, handle: Handle) -> bool:
        return await self.changed(DROP_HANDLE, **_its(handle)) == 1

    async def contact(self, contact_id: int) -> tuple[Client, Contact]:
        found = await self.row(CONTACT, contact_id=contact_id)
        if found is None:
            raise NoSuchRow("contact", contact_id)
        *whose, id_, name = found
        return Client(*whose), Contact(id_, whose[0], name)

    async def contacts_of_client(self, client_id: int) -> tuple[tuple[Contact, Handle], ...]:
        found = await self.rows(OF_CLIENT, client_id=client_id)
        return tuple(contact_and_handle(client_id, row) for row in found)

    async def keep_account(self, account: Account) -> None:
        await self.run(KEEP_ACCOUNT, account_row(account))
        connection = {"connection_id": account.connection_id, "owner_id": account.owner_id}
        await self.run(KEEP_CONNECTION, connection)

    async def account(self, owner_id: int) -> Account | None:
        found = await self.row(ACCOUNT, owner_id=owner_id)
        return None if found is None else Account(*found)

    async def account_by(self, connection_id: str) -> Account | None:
        found = await self.row(BY_CONNECTION, its_connection_id=storable(connection_id))
        return None if found is None else Account(*found)

    async def add_greeting(self, greeting: Greeting) -> bool:
        return await self.changed(ADD_GREETING, **greeting_row(greeting)) == 1

    async def greeting(self, message_id: int) -> Greeting | None:
        """Locked until the end of the transaction."""
        found = await self.row(LOCK_GREETING, message_id=message_id)
        return None if found is None else greeting_of(found)

    async def save_greeting(self, greeting: Greeting) -> None:
        row = greeting_row(greeting)
        message_id = row.pop("message_id")
        if not await self.changed(SAVE_GREETING.values(**row), its_message_id=message_id):
            raise NoSuchRow("greeting", message_id)

    async def first_replies(self, since: datetime, limit: int) -> tuple[float, ...]:
        found = await self.rows(FIRST_REPLIES, since=since, limit=limit)
        return tuple(business.total_seconds() for (business,) in found if business is not None)


def contact_and_handle(client_id: int, row: Sequence[Any]) -> tuple[Contact, Handle]:
    """From a row of OF_CLIENT."""
    contact_id, name, kind, address = row
    return Contact(contact_id, client_id, name), Handle(kind, address)


def _its(one: Handle) -> dict[str, str]:
    return {"its_kind": one.kind, "its_address": storable(one.address)}


def _stored(one: InboundMessage) -> dict[str, Any]:
    """What an edit can change beside the text, as it comes back from the database."""
    new = {
        "entities": entities_json(one.entities),
        "attachments": attachments_json(one.attachments),
    }
    found: dict[str, Any] = json.loads(to_json(new))
    return found
