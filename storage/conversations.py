"""Conversations and the threads that lead to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
    bindparam,
    insert,
    literal_column,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from inbox.errors import NoSuchRow
from inbox.model import Client, Contact, Conversation, Handle, Nature, Wait, WaitKind
from storage.codec import CONVERSATION, conversation_of
from storage.columns import storable
from storage.people import People
from storage.statements import per_dialect
from storage.tables import client, contact, conversation, handle, manager, message, thread, wait
from storage.wait_codec import WAIT, wait_of, wait_row

PEOPLE = conversation.join(contact, contact.c.id == conversation.c.contact_id).join(
    client, client.c.id == contact.c.client_id
)
# As it stands in the index: a bound value would not be seen to be the same.
IS_OPEN_REPLY = wait.c.outcome.is_(None) & (wait.c.kind == literal_column(f"'{WaitKind.REPLY}'"))
ITS_OPEN_WAIT = (wait.c.conversation_id == conversation.c.id) & IS_OPEN_REPLY
ITS_HANDLE = (handle.c.kind == conversation.c.recipient_kind) & (
    handle.c.address == conversation.c.recipient_address
)
WIDTH = len(CONVERSATION)

ONE = (
    select(*CONVERSATION, *WAIT)
    .select_from(PEOPLE.outerjoin(wait, ITS_OPEN_WAIT))
    .where(conversation.c.id == bindparam("conversation_id"))
)
_threads = (
    thread.c.channel_id == bindparam("channel_id"),
    thread.c.thread_id.in_(bindparam("thread_ids", expanding=True)),
)
BY_THREAD = (
    select(*CONVERSATION, *WAIT, handle.c.unreachable, thread.c.thread_id)
    .select_from(
        PEOPLE.join(thread, thread.c.conversation_id == conversation.c.id)
        .outerjoin(wait, ITS_OPEN_WAIT)
        .outerjoin(handle, ITS_HANDLE)
    )
    .where(*_threads)
)


# A statement of PostgreSQL that waited for a lock sees joined rows as they were before it waited.
# `key_share`: who files a message or a reply holds a share of the conversation's key.
def locking(asked: Select[Any] | CompoundSelect[Any]) -> Select[Any]:
    """Locks the conversations whose ids are selected, in their order: nobody waits in a ring."""
    return (
        select(conversation.c.id)
        .where(conversation.c.id.in_(asked))
        .order_by(conversation.c.id)
        .with_for_update(key_share=True)
    )


def _awaited(clients: Select[Any]) -> Select[Any]:
    """Where something is open of these clients: what goes to another holder with them."""
    return (
        select(conversation.c.id)
        .join(wait, wait.c.conversation_id == conversation.c.id)
        .join(contact, contact.c.id == conversation.c.contact_id)
        .where(wait.c.outcome.is_(None), contact.c.client_id.in_(clients))
    )


_this = conversation.c.id == bindparam("conversation_id")
_its_client = (
    select(contact.c.client_id)
    .join(conversation, conversation.c.contact_id == contact.c.id)
    .where(_this)
)
LOCK = select(conversation.c.id).where(_this).with_for_update(key_share=True)
LOCK_WITH_CLIENT = locking(union(select(conversation.c.id).where(_this), _awaited(_its_client)))
# Who files for a client whom nobody holds (any more) may give it to somebody.
_unheld = (
    select(contact.c.client_id)
    .join(conversation, conversation.c.contact_id == contact.c.id)
    .join(thread, thread.c.conversation_id == conversation.c.id)
    .outerjoin(manager, (manager.c.id == conversation.c.assignee_id) & manager.c.active)
    .where(*_threads, manager.c.id.is_(None))
)
LOCK_BY_THREAD = locking(
    union(select(thread.c.conversation_id).where(*_threads), _awaited(_unheld))
)
OPEN = insert(conversation).returning(conversation.c.id)
SAVE = update(conversation).where(conversation.c.id == bindparam("saved_id"))
OPEN_WAIT = insert(wait).returning(wait.c.id)
SAVE_WAIT = update(wait).where(wait.c.id == bindparam("saved_id"))
# A message that an earlier reply answered stays with its own wait.
_ended = select(wait.c.closed_at).where(wait.c.id == message.c.wait_id).scalar_subquery()
JOIN_WAIT = (
    update(message)
    .where(
        message.c.conversation_id == bindparam("asked_in"),
        message.c.nature == Nature.PERSON.value,
        message.c.sent_at >= bindparam("since"),
        or_(message.c.wait_id.is_(None), message.c.sent_at > _ended),
    )
    .values(wait_id=bindparam("opened_id"))
)
LEARN = per_dialect(
    thread,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["channel_id", "thread_id"]),
)


class Conversations(People):
    """Remembers what it read, so that `save` writes only what changed."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._read: dict[int, Conversation] = {}
        self._known: set[tuple[str, str]] = set()

    def conversation_in(self, row: Sequence[Any]) -> Conversation:
        """From a row that begins with the conversation and its open wait."""
        open_wait = wait_of(row[WIDTH : WIDTH + len(WAIT)])
        found = conversation_of(row[:WIDTH], open_wait)
        self._read[found.id] = found
        return found

    async def conversation_for(
        self, channel_id: str, thread_ids: Sequence[str], *, client_id: int | None = None
    ) -> Conversation | None:
        ids = [storable(one) for one in thread_ids]
        if not ids:
            return None
        values = {"channel_id": channel_id, "thread_ids": ids}
        if self.dialect == "postgresql":
            await self.run(LOCK_BY_THREAD, values)
        found = await self.rows(BY_THREAD, **values)
        self._known |= {(channel_id, row[-1]) for row in found}
        self._reachable |= {
            (row.recipient_kind, row.recipient_address) for row in found if not row.unreachable
        }
        for row in sorted(found, key=lambda row: ids.index(row[-1])):
            if client_id in {None, row.client_id}:
                return self.conversation_in(row)
        return None

    async def open_conversation(
        self,
        channel_id: str,
        client: Client,
        contact: Contact,
        recipient: Handle,
        subject: str | None,
    ) -> Conversation:
        row = {
            "channel_id": channel_id,
            "contact_id": contact.id,
            "recipient_kind": recipient.kind,
            "recipient_address": recipient.address,
            "assignee_id": client.manager_id,
            "subject": subject,
        }
        opened = Conversation(
            id=await self.value(OPEN, **row),
            channel_id=channel_id,
            client=client,
            contact=contact,
            recipient=recipient,
            assignee_id=client.manager_id,
            subject=subject,
        )
        self._read[opened.id] = opened
        return opened

    async def conversation(
        self, conversation_id: int, *, with_client: bool = False
    ) -> Conversation:
        if self.dialect == "postgresql":
            lock = LOCK_WITH_CLIENT if with_client else LOCK
            await self.run(lock, {"conversation_id": conversation_id})
        found = await self.row(ONE, conversation_id=conversation_id)
        if found is None:
            raise NoSuchRow("conversation", conversation_id)
        return self.conversation_in(found)

    async def save(self, conversation: Conversation) -> Conversation:
        before = self._read.get(conversation.id)
        manager_id = conversation.client.manager_id
        if before is None or before.client.manager_id != manager_id:
            await self.assign(conversation.client.id, manager_id)
        if before is None or _own(before) != _own(conversation):
            await self.run(SAVE, {"saved_id": conversation.id, **_own(conversation)})
        if conversation.wait is not None and (before is None or before.wait != conversation.wait):
            kept = await self._save_open(conversation.id, conversation.wait)
            conversation = replace(conversation, wait=kept)
        self._read[conversation.id] = conversation
        return conversation

    async def _save_open(self, conversation_id: int, one: Wait) -> Wait:
        if one.id:
            await self.run(SAVE_WAIT, {"saved_id": one.id, **wait_row(one)})
            return one
        row = {"conversation_id": conversation_id, **wait_row(one)}
        opened = replace(one, id=await self.value(OPEN_WAIT, **row))
        joining = {"asked_in": conversation_id, "since": one.started_at, "opened_id": opened.id}
        await self.run(JOIN_WAIT, joining)
        return opened

    async def save_wait(self, wait: Wait) -> None:
        """NoSuchRow for a wait that was never saved."""
        if not await self.changed(SAVE_WAIT, saved_id=wait.id, **wait_row(wait)):
            raise NoSuchRow("wait", wait.id)

    async def learn_threads(
        self, channel_id: str, conversation_id: int, thread_ids: Sequence[str]
    ) -> None:
        """A thread that is known already stays with its conversation."""
        row = {"channel_id": channel_id, "conversation_id": conversation_id}
        new = {one for one in map(storable, thread_ids) if (channel_id, one) not in self._known}
        if new:
            await self.run(LEARN, [{"thread_id": one, **row} for one in sorted(new)])


def _own(one: Conversation) -> dict[str, object]:
    """What `save` keeps in the conversation's own row."""
    return {
        "assignee_id": one.assignee_id,
        "asked_at": one.asked_at,
        "answered_at": one.answered_at,
    }
