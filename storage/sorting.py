"""How messages are sorted: corrections, guesses and splits, what is held back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, select, update

from inbox.model import Handle, InboundMessage, Nature
from inbox.records import Reply, SenderClass
from storage.backlog import Backlog
from storage.codec import MESSAGE, Cells, message_of
from storage.columns import storable
from storage.desk import reply_of
from storage.statements import per_dialect
from storage.tables import (
    contact,
    conversation,
    desk_link,
    kept_apart,
    message,
    reply,
    sender_class,
    thread,
    wait,
)

DIGEST = "digest"  # waits for one
TOLD = "told"  # was in one
LOOKED_AT = 100  # a sender's earlier messages

_whose = (
    sender_class.c.kind == bindparam("sender_kind"),
    sender_class.c.address == bindparam("sender_address"),
)
CLASS = select(sender_class.c.nature, sender_class.c.by_id, sender_class.c.at).where(*_whose)
FORGET_CLASS = delete(sender_class).where(*_whose)
SAVE_CLASS = per_dialect(
    sender_class,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["kind", "address"],
        set_={name: insert.excluded[name] for name in ("nature", "by_id", "at")},
    ),
)
_one = message.c.id == bindparam("message_id")
CORRECT = (
    update(message)
    .where(_one)
    .values(
        nature=bindparam("new_nature"),
        nature_reason=bindparam("new_reason"),
        first_nature=func.coalesce(message.c.first_nature, message.c.nature),
        first_reason=func.coalesce(message.c.first_reason, message.c.nature_reason),
        held=None,
    )
)
CALL_SENDER = (
    update(message)
    .where(_one)
    .values(
        sender_kind=bindparam("new_kind"),
        sender_address=bindparam("new_address"),
        sender_name=bindparam("new_name"),
    )
)
JOIN = update(message).where(_one).values(wait_id=bindparam("new_wait_id"))
OF_WAIT = (
    select(message.c.id, *MESSAGE)
    .where(message.c.wait_id == bindparam("its_wait_id"))
    .order_by(message.c.sent_at, message.c.id)
)
_sender = (
    message.c.channel_id == bindparam("channel_id"),
    message.c.sender_kind == bindparam("sender_kind"),
    message.c.sender_address == bindparam("sender_address"),
)
EARLIER = (
    select(message.c.conversation_id, func.coalesce(message.c.subject, ""))
    .join(conversation, conversation.c.id == message.c.conversation_id)
    .where(
        *_sender,
        message.c.sent_at >= bindparam("since"),
        conversation.c.channel_id == message.c.channel_id,
    )
    .order_by(message.c.sent_at.desc(), message.c.id.desc())
    .limit(LOOKED_AT)
)
COUNT = select(func.count()).where(*_sender, message.c.sent_at >= bindparam("since"))
NEWEST_SHOWN = (
    select(message.c.id, message.c.conversation_id)
    .where(*_sender, message.c.counted_on.is_(None), message.c.held.is_(None))
    .order_by(message.c.id.desc())
    .limit(1)
)
# Both mailboxes may be read at once, and the first one's row is not there before its commit.
LOCK_MAIL = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("mail_key"), 1)))
SAME_MAIL = (
    select(message.c.id)
    .where(
        message.c.channel_id.in_(bindparam("channel_ids", expanding=True)),
        message.c.sender_kind == bindparam("sender_kind"),
        message.c.sender_address == bindparam("sender_address"),
        message.c.sent_at >= bindparam("since"),
        message.c.external_id == bindparam("its_external_id"),
    )
    .order_by(message.c.id)
    .limit(1)
)
KEEP_APART = per_dialect(
    kept_apart,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["kind", "address", "subject"]),
)
IS_APART = select(func.count()).where(
    kept_apart.c.kind == bindparam("sender_kind"),
    kept_apart.c.address == bindparam("sender_address"),
    kept_apart.c.subject == bindparam("its_subject"),
)
FROM = (
    select(message.c.id, *MESSAGE)
    .where(
        message.c.conversation_id == bindparam("conversation_id"),
        message.c.id >= bindparam("message_id"),
    )
    .order_by(message.c.id)
)
_moved: BindParameter[Any] = bindparam("message_ids", expanding=True)
MOVES = (
    update(message).where(message.c.id.in_(_moved)).values(guessed=False),
    update(reply).where(reply.c.message_id.in_(_moved)),
    update(desk_link).where(desk_link.c.message_id.in_(_moved)),
)
MOVE_THREADS = (
    update(thread)
    .where(
        thread.c.channel_id
        == select(conversation.c.channel_id)
        .where(conversation.c.id == bindparam("new_id"))
        .scalar_subquery(),
        thread.c.thread_id.in_(bindparam("thread_ids", expanding=True)),
    )
    .values(conversation_id=bindparam("new_id"))
)
MOVE_WAIT = (
    update(wait)
    .where(wait.c.id == bindparam("its_wait_id"))
    .values(conversation_id=bindparam("new_id"))
)
MOVE_ALERTS = (
    update(desk_link)
    .where(desk_link.c.wait_id == bindparam("its_wait_id"))
    .values(conversation_id=bindparam("new_id"))
)
_of_client = (
    select(func.count(), func.count(message.c.held))
    .select_from(
        message.join(conversation, conversation.c.id == message.c.conversation_id).join(
            contact, contact.c.id == conversation.c.contact_id
        )
    )
    .where(contact.c.client_id == bindparam("client_id"))
)
TAKE_HELD = (
    update(message).where(message.c.held == DIGEST).values(held=TOLD).returning(message.c.id)
)
HOLDERS = (
    select(message.c.id, conversation.c.assignee_id)
    .join(conversation, conversation.c.id == message.c.conversation_id)
    .where(message.c.id.in_(bindparam("message_ids", expanding=True)))
    .order_by(message.c.id)
)
REPLIES = (
    select(reply)
    .where(reply.c.conversation_id == bindparam("conversation_id"))
    .order_by(reply.c.id.desc())
)
REPLIES_SINCE = REPLIES.where(reply.c.written_at >= bindparam("since"))
ONLY_SENDER = update(message).where(_one).values(only_sender=bindparam("only"))


class SortingRows(Backlog):
    """Implements inbox.sorting.Sorting."""

    async def sender_class(self, handle: Handle) -> SenderClass | None:
        found = await self.row(CLASS, **_of(handle))
        return None if found is None else SenderClass(Nature(found.nature), found.by_id, found.at)

    async def save_sender_class(self, handle: Handle, said: SenderClass | None) -> None:
        if said is None:
            await self.run(FORGET_CLASS, _of(handle))
            return
        row = {"kind": handle.kind, "address": handle.address, "nature": said.nature.value}
        await self.run(SAVE_CLASS, {**row, "by_id": said.by_id, "at": said.at})

    async def correct(self, message_id: int, nature: Nature, reason: str) -> None:
        new = {"new_nature": nature.value, "new_reason": storable(reason)}
        await self.run(CORRECT, {"message_id": message_id, **new})

    async def call_sender(self, message_id: int, sender: Handle, name: str) -> None:
        new = {"new_kind": sender.kind, "new_address": sender.address, "new_name": name}
        await self.run(CALL_SENDER, {"message_id": message_id, **new})
        await self.index_messages((message_id,))

    async def join_wait(self, message_id: int, wait_id: int | None) -> None:
        await self.run(JOIN, {"message_id": message_id, "new_wait_id": wait_id})

    async def messages_of_wait(self, wait_id: int) -> tuple[tuple[int, InboundMessage], ...]:
        return _numbered(await self.rows(OF_WAIT, its_wait_id=wait_id))

    async def earlier_from(
        self, channel_id: str, sender: Handle, since: datetime
    ) -> tuple[tuple[int, str], ...]:
        found = await self.rows(EARLIER, channel_id=channel_id, since=since, **_of(sender))
        return tuple((conversation_id, subject) for conversation_id, subject in found)

    async def keep_apart(self, sender: Handle, subject: str) -> None:
        row = {"kind": sender.kind, "address": sender.address, "subject": subject}
        await self.run(KEEP_APART, row)

    async def is_kept_apart(self, sender: Handle, subject: str) -> bool:
        return bool(await self.value(IS_APART, its_subject=storable(subject), **_of(sender)))

    async def messages_from(
        self, conversation_id: int, message_id: int
    ) -> tuple[tuple[int, InboundMessage], ...]:
        found = await self.rows(FROM, conversation_id=conversation_id, message_id=message_id)
        return _numbered(found)

    async def move(
        self, message_ids: Sequence[int], thread_ids: Sequence[str], conversation_id: int
    ) -> None:
        for statement in MOVES:
            await self.run(
                statement.values(conversation_id=conversation_id),
                {"message_ids": list(message_ids)},
            )
        ids = [storable(one) for one in thread_ids]
        await self.run(MOVE_THREADS, {"thread_ids": ids, "new_id": conversation_id})
        await self.index_moved(message_ids)

    async def move_wait(self, wait_id: int, conversation_id: int) -> None:
        for statement in (MOVE_WAIT, MOVE_ALERTS):
            await self.run(statement, {"its_wait_id": wait_id, "new_id": conversation_id})

    async def count_from(self, channel_id: str, sender: Handle, since: datetime) -> int:
        found = await self.value(COUNT, channel_id=channel_id, since=since, **_of(sender))
        return int(found)

    async def newest_shown(self, channel_id: str, sender: Handle) -> tuple[int, int] | None:
        found = await self.row(NEWEST_SHOWN, channel_id=channel_id, **_of(sender))
        return None if found is None else (found[0], found[1])

    async def same_mail(
        self, channel_ids: Sequence[str], sender: Handle, external_id: str, since: datetime
    ) -> int | None:
        its_id = storable(external_id)
        if self.dialect == "postgresql":
            await self.run(LOCK_MAIL, {"mail_key": its_id})
        of = {**_of(sender), "since": since, "its_external_id": its_id}
        found: int | None = await self.value(SAME_MAIL, channel_ids=list(channel_ids), **of)
        return found

    async def only_held_back(self, client_id: int) -> bool:
        everything, held = await self.row(_of_client, client_id=client_id)
        return bool(everything > 0 and everything == held)

    async def take_held_back(self) -> tuple[tuple[int, int | None], ...]:
        taken = [row[0] for row in await self.rows(TAKE_HELD)]
        found = await self.rows(HOLDERS, message_ids=taken) if taken else ()
        return tuple((message_id, holder) for message_id, holder in found)

    async def replies(
        self, conversation_id: int, since: datetime | None = None
    ) -> tuple[Reply, ...]:
        values: dict[str, Any] = {"conversation_id": conversation_id}
        if since is None:
            found = await self.rows(REPLIES, **values)
        else:
            found = await self.rows(REPLIES_SINCE, since=since, **values)
        return tuple(reply_of(row) for row in found)

    async def answer_only_sender(self, message_id: int, only: bool) -> None:  # noqa: FBT001 - the value itself
        await self.run(ONLY_SENDER, {"message_id": message_id, "only": only})


def _of(handle: Handle) -> dict[str, str]:
    return {"sender_kind": handle.kind, "sender_address": storable(handle.address)}


def _numbered(rows: Sequence[Cells]) -> tuple[tuple[int, InboundMessage], ...]:
    return tuple((row[0], message_of(row[1:])) for row in rows)
