"""The desk's places: topics of clients, who is answering, cards that wait for a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, delete, func, or_, select

from inbox.chat_records import Topic
from inbox.model import Nature
from inbox.records import Answering, DeskRef, Reply
from storage.chat_codec import answering_of, topic_of, topic_row
from storage.chat_tables import answering, gathered_card, joining, topic
from storage.conversations import ITS_OPEN_WAIT
from storage.desk import reply_of
from storage.statements import Statements, per_dialect
from storage.tables import contact, conversation, manager, message, reply, wait

FRESH = timedelta(minutes=1)  # so long "is answering" is not said again
LOOKED_AT = 20  # conversations looked at for each one wanted: machines' are left out

_chat = (
    topic.c.account == bindparam("its_account"),
    topic.c.chat_id == bindparam("its_chat_id"),
)
_client = topic.c.client_id == bindparam("its_client_id")
_thread = topic.c.thread_id == bindparam("its_thread_id")
TOPIC = select(topic).where(*_chat, _client)
TOPIC_AT = select(topic).where(*_chat, _thread)
TOPICS_OF = select(topic).where(_client).order_by(topic.c.account, topic.c.chat_id)
SAVE_TOPIC = per_dialect(
    topic,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["account", "chat_id", "client_id"],
        set_={name: insert.excluded[name] for name in ("thread_id", "title")},
    ),
)
DROP_OTHERS = delete(topic).where(*_chat, _thread, topic.c.client_id != bindparam("its_client_id"))
DROP_TOPIC = delete(topic).where(*_chat, _client, _thread)

LAST_WORD: ColumnElement[datetime] = case(
    (conversation.c.asked_at >= conversation.c.answered_at, conversation.c.asked_at),
    else_=func.coalesce(conversation.c.answered_at, conversation.c.asked_at),
)
NEWEST = (
    select(conversation.c.id)
    .select_from(
        conversation.join(contact, contact.c.id == conversation.c.contact_id).outerjoin(
            wait, ITS_OPEN_WAIT
        )
    )
    .where(contact.c.client_id == bindparam("client_id"))
    .order_by(wait.c.id.is_(None), LAST_WORD.is_(None), LAST_WORD.desc(), conversation.c.id.desc())
    .limit(1)
)
_to = contact.alias("to_contact")
JOINED_INTO = (
    select(joining.c.id, _to.c.client_id)
    .select_from(
        joining.join(contact, contact.c.id == joining.c.from_contact_id).join(
            _to, _to.c.id == joining.c.to_contact_id
        )
    )
    .where(
        contact.c.client_id == bindparam("client_id"),
        joining.c.id > bindparam("after"),
        joining.c.split_at.is_(None),
    )
    .order_by(joining.c.id)
    .limit(1)
)


def _recent(*whose: ColumnElement[bool]) -> Select[Any]:
    """Where a person wrote or was answered; only so many are looked at as are likely enough."""
    looked = (
        select(conversation.c.id, conversation.c.answered_at, LAST_WORD.label("last"))
        .where(LAST_WORD.is_not(None), *whose)
        .order_by(LAST_WORD.desc(), conversation.c.id.desc())
        .limit(bindparam("looked_at"))
        .subquery("looked")
    )
    of_people = (
        select(message.c.id)
        .where(
            message.c.conversation_id == looked.c.id,
            message.c.nature.in_([Nature.PERSON.value, Nature.THANKS.value]),
        )
        .exists()
    )
    return (
        select(looked.c.id)
        .where(or_(looked.c.answered_at.is_not(None), of_people))
        .order_by(looked.c.last.desc(), looked.c.id.desc())
        .limit(bindparam("limit"))
    )


RECENT = _recent()
RECENT_OF = _recent(conversation.c.assignee_id == bindparam("manager_id"))

REPLY_AT = (
    select(reply)
    .where(
        reply.c.desk_account == bindparam("its_account"),
        reply.c.desk_chat_id == bindparam("its_chat_id"),
        reply.c.desk_message_id == bindparam("its_message_id"),
    )
    .order_by(reply.c.id.desc())
    .limit(1)
    .with_for_update(key_share=True)
)
SET_ANSWERING = per_dialect(
    answering,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["conversation_id", "manager_id"],
        set_={"since": insert.excluded.since},
        where=answering.c.since <= bindparam("stale"),
    ),
)
END_ANSWERING = delete(answering).where(
    answering.c.conversation_id == bindparam("its_conversation_id"),
    answering.c.manager_id == bindparam("its_manager_id"),
)
ANSWERING = (
    select(answering.c.manager_id, manager.c.name, answering.c.since)
    .join(manager, manager.c.id == answering.c.manager_id)
    .where(
        answering.c.conversation_id == bindparam("conversation_id"),
        answering.c.since >= bindparam("oldest"),
    )
    .order_by(answering.c.since.desc(), answering.c.manager_id)
)
GATHER = per_dialect(
    gathered_card,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["manager_id", "message_id"]),
)
_of_manager = gathered_card.c.manager_id == bindparam("its_manager_id")
GATHERED = (
    select(gathered_card.c.message_id)
    .where(_of_manager)
    .order_by(gathered_card.c.message_id)
    .limit(bindparam("limit"))
)
UNGATHER = delete(gathered_card).where(
    _of_manager, gathered_card.c.message_id.in_(bindparam("message_ids", expanding=True))
)


class TopicRows(Statements):
    """A part of inbox.chats.Chats."""

    async def topic(self, account: int, chat_id: int, client_id: int) -> Topic | None:
        found = await self.row(
            TOPIC, its_account=account, its_chat_id=chat_id, its_client_id=client_id
        )
        return None if found is None else topic_of(found)

    async def topic_at(self, account: int, chat_id: int, thread_id: int) -> Topic | None:
        found = await self.row(
            TOPIC_AT, its_account=account, its_chat_id=chat_id, its_thread_id=thread_id
        )
        return None if found is None else topic_of(found)

    async def topics_of(self, client_id: int) -> tuple[Topic, ...]:
        found = await self.rows(TOPICS_OF, its_client_id=client_id)
        return tuple(topic_of(row) for row in found)

    async def save_topic(self, topic: Topic) -> None:
        await self.run(DROP_OTHERS, _its(topic))
        await self.run(SAVE_TOPIC, topic_row(topic))

    async def drop_topic(self, topic: Topic) -> None:
        """Another thread that stands in its place by now stays."""
        await self.run(DROP_TOPIC, _its(topic))

    async def newest_conversation(self, client_id: int) -> int | None:
        """Of a client who became the same as another one: the other's, whose topic may be new."""
        after = 0
        while True:
            found: int | None = await self.value(NEWEST, client_id=client_id)
            if found is not None:
                return found
            into = await self.row(JOINED_INTO, client_id=client_id, after=after)
            if into is None:
                return None
            after, client_id = into

    async def recent_conversations(self, manager_id: int | None, limit: int) -> tuple[int, ...]:
        """Where only machines wrote nobody wants to answer: not among them."""
        values = {"limit": limit, "looked_at": limit * LOOKED_AT}
        if manager_id is None:
            found = await self.rows(RECENT, **values)
        else:
            found = await self.rows(RECENT_OF, manager_id=manager_id, **values)
        return tuple(row[0] for row in found)

    async def reply_at(self, ref: DeskRef) -> Reply | None:
        found = await self.row(
            REPLY_AT,
            its_account=ref.account,
            its_chat_id=ref.chat_id,
            its_message_id=ref.message_id,
        )
        return None if found is None else reply_of(found)

    async def set_answering(self, conversation_id: int, manager_id: int, at: datetime) -> bool:
        row = {"conversation_id": conversation_id, "manager_id": manager_id, "since": at}
        return await self.changed(SET_ANSWERING, stale=at - FRESH, **row) == 1

    async def end_answering(self, conversation_id: int, manager_id: int) -> None:
        values = {"its_conversation_id": conversation_id, "its_manager_id": manager_id}
        await self.run(END_ANSWERING, values)

    async def answering(self, conversation_id: int, since: datetime) -> tuple[Answering, ...]:
        found = await self.rows(ANSWERING, conversation_id=conversation_id, oldest=since)
        return tuple(one for row in found if (one := answering_of(row)) is not None)

    async def gather_card(self, message_id: int, manager_id: int) -> bool:
        return await self.changed(GATHER, message_id=message_id, manager_id=manager_id) == 1

    async def gathered(self, manager_id: int, limit: int) -> tuple[int, ...]:
        found = await self.rows(GATHERED, its_manager_id=manager_id, limit=limit)
        return tuple(row[0] for row in found)

    async def ungather(self, manager_id: int, message_ids: Sequence[int]) -> None:
        values = {"its_manager_id": manager_id, "message_ids": list(message_ids)}
        await self.run(UNGATHER, values)


def _its(one: Topic) -> dict[str, int]:
    return {
        "its_account": one.account,
        "its_chat_id": one.chat_id,
        "its_client_id": one.client_id,
        "its_thread_id": one.thread_id,
    }
