"""All that is known of one client: the card, the waits that closed, where to write first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select

from inbox.model import Client, Handle, Wait, WaitKind
from inbox.work_records import ClientCard
from storage.chats import OF_CLIENT as ITS_CONTACTS
from storage.chats import contact_and_handle
from storage.client_files import count_of_files
from storage.codec import CONVERSATION
from storage.columns import storable
from storage.conversations import ITS_OPEN_WAIT, PEOPLE, Conversations
from storage.day_codec import task_of
from storage.day_tables import internal_note
from storage.name_parts import MATCH
from storage.tables import client, contact, conversation, wait
from storage.tasks import OF_CLIENT as ITS_TASKS
from storage.topics import LAST_WORD
from storage.wait_codec import WAIT, wait_of

LATEST_CONVERSATIONS = 100  # on a card; a client by mail may have thousands

CLIENT = select(client).where(client.c.id == bindparam("client_id"))
_notes = (
    select(func.count(internal_note.c.id))
    .join(conversation, conversation.c.id == internal_note.c.conversation_id)
    .join(contact, contact.c.id == conversation.c.contact_id)
    .where(contact.c.client_id == bindparam("client_id"))
    .scalar_subquery()
)
WITH_COUNTS = {
    dialect: CLIENT.add_columns(_notes, count_of_files(dialect).scalar_subquery())
    for dialect in MATCH
}
ITS_CONVERSATIONS = (
    select(*CONVERSATION, *WAIT)
    .select_from(PEOPLE.outerjoin(wait, ITS_OPEN_WAIT))
    .where(client.c.id == bindparam("client_id"))
    .order_by(LAST_WORD.is_(None), LAST_WORD.desc(), conversation.c.id.desc())
    .limit(LATEST_CONVERSATIONS)
)
CLOSED_WAITS = (
    select(*WAIT)
    .join(conversation, conversation.c.id == wait.c.conversation_id)
    .join(contact, contact.c.id == conversation.c.contact_id)
    .where(
        contact.c.client_id == bindparam("client_id"),
        wait.c.kind == WaitKind.REPLY.value,
        wait.c.closed_at >= bindparam("since"),
    )
    .order_by(wait.c.closed_at, wait.c.id)
)
_recipient = (conversation.c.recipient_kind, conversation.c.recipient_address)
_ranked = (
    select(
        *_recipient,
        conversation.c.id,
        conversation.c.channel_id,
        func.row_number()
        .over(
            partition_by=_recipient,
            order_by=(LAST_WORD.is_(None), LAST_WORD.desc(), conversation.c.id.desc()),
        )
        .label("place"),
    )
    .where(
        conversation.c.recipient_kind.in_(bindparam("kinds", expanding=True)),
        conversation.c.recipient_address.in_(bindparam("addresses", expanding=True)),
    )
    .subquery()
)
LATEST_WITH = select(
    _ranked.c.recipient_kind, _ranked.c.recipient_address, _ranked.c.id, _ranked.c.channel_id
).where(_ranked.c.place == 1)


class ClientCardRows(Conversations):
    """A part of inbox.working_day.WorkingDay."""

    async def client(self, client_id: int) -> Client | None:
        found = await self.row(CLIENT, client_id=client_id)
        return None if found is None else Client(*found)

    async def client_card(self, client_id: int) -> ClientCard | None:
        found = await self.row(WITH_COUNTS, client_id=client_id)
        if found is None:
            return None
        *whose, notes, files = found
        contacts = await self.rows(ITS_CONTACTS, client_id=client_id)
        talks = await self.rows(ITS_CONVERSATIONS, client_id=client_id)
        tasks = await self.rows(ITS_TASKS, client_id=client_id)
        return ClientCard(
            client=Client(*whose),
            contacts=tuple(contact_and_handle(client_id, row) for row in contacts),
            conversations=tuple(map(self.conversation_in, talks)),
            open_tasks=tuple(map(task_of, tasks)),
            notes=notes,
            files=files,
        )

    async def closed_waits_of_client(self, client_id: int, since: datetime) -> tuple[Wait, ...]:
        found = await self.rows(CLOSED_WAITS, client_id=client_id, since=since)
        return tuple(one for row in found if (one := wait_of(row)) is not None)

    async def latest_conversations_with(
        self, handles: Sequence[Handle]
    ) -> tuple[tuple[Handle, int, str], ...]:
        """In the order of the handles."""
        keys = [(one.kind, storable(one.address)) for one in dict.fromkeys(handles)]
        if not keys:
            return ()
        kinds, addresses = map(list, map(set, zip(*keys, strict=True)))
        # Not by pairs: of these SQLite makes no use in its index.
        found = await self.rows(LATEST_WITH, kinds=kinds, addresses=addresses)
        places = {(kind, address): where for kind, address, *where in found}
        return tuple((Handle(*key), *places[key]) for key in keys if key in places)
