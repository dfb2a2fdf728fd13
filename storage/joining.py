"""One person, several handles: personal links, joinings and their undoing, suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    union,
    update,
)

from inbox.chat_records import Joining, Suggestion, SuggestionState
from inbox.model import Handle
from storage.backlog import Backlog
from storage.chat_codec import suggestion_of, suggestion_row
from storage.chat_tables import (
    joined_conversation,
    joined_handle,
    joining,
    personal_link,
    suggestion,
)
from storage.columns import storable
from storage.conversations import ITS_HANDLE, locking
from storage.joined_tasks import JoinedTasks
from storage.statements import per_dialect
from storage.tables import client, contact, conversation, handle

ADD_LINK = per_dialect(personal_link, lambda insert: insert.on_conflict_do_nothing())
UNUSED_LINK = select(personal_link.c.secret).where(
    personal_link.c.contact_id == bindparam("contact_id"), personal_link.c.used_at.is_(None)
)
REDEEM = (
    update(personal_link)
    .where(
        personal_link.c.secret == bindparam("its_secret"),
        or_(
            personal_link.c.used_at.is_(None),
            (personal_link.c.by_kind == bindparam("its_kind"))
            & (personal_link.c.by_address == bindparam("its_address")),
        ),
    )
    .values(
        used_at=func.coalesce(personal_link.c.used_at, bindparam("now")),
        by_kind=bindparam("its_kind"),
        by_address=bindparam("its_address"),
    )
    .returning(personal_link.c.contact_id)
)

# Joinings are rare and go through many rows: one at a time, so that no two wait for each other.
LOCK_JOININGS = select(func.pg_advisory_xact_lock(func.hashtextextended("joining", 2)))
NEXT_JOINING = (
    select(joining.c.id, joining.c.to_contact_id)
    .where(
        joining.c.from_contact_id == bindparam("contact_id"),
        joining.c.id > bindparam("after"),
        joining.c.split_at.is_(None),
    )
    .order_by(joining.c.id)
    .limit(1)
)
JOINED_BEFORE = (
    select(joining.c.id)
    .where(
        or_(
            joining.c.from_contact_id.in_(bindparam("contact_ids", expanding=True)),
            joining.c.to_contact_id.in_(bindparam("contact_ids", expanding=True)),
        ),
        joining.c.split_at.is_(None),
    )
    .order_by(joining.c.id.desc())
    .limit(1)
)
ADD_JOINING = insert(joining).returning(joining.c.id)
ADD_HANDLES = insert(joined_handle)
ADD_CONVERSATIONS = insert(joined_conversation)
JOINING = select(joining).where(joining.c.id == bindparam("joining_id"))
ITS_HANDLES = (
    select(joined_handle.c.kind, joined_handle.c.address)
    .where(joined_handle.c.joining_id == bindparam("joining_id"))
    .order_by(joined_handle.c.kind, joined_handle.c.address)
)
ITS_CONVERSATIONS = (
    select(joined_conversation.c.conversation_id)
    .where(joined_conversation.c.joining_id == bindparam("joining_id"))
    .order_by(joined_conversation.c.conversation_id)
)
SPLIT = (
    update(joining)
    .where(joining.c.id == bindparam("joining_id"), joining.c.split_at.is_(None))
    .values(split_at=bindparam("new_at"))
)

CONVERSATIONS_OF = (
    select(conversation.c.id)
    .where(conversation.c.contact_id == bindparam("contact_id"))
    .order_by(conversation.c.id)
)
LOCK_CONVERSATIONS_OF = locking(CONVERSATIONS_OF.order_by(None))
HANDLES_OF = (
    select(handle.c.kind, handle.c.address)
    .where(handle.c.contact_id == bindparam("contact_id"))
    .order_by(handle.c.kind, handle.c.address)
    .with_for_update(key_share=True)
)
_handles: BindParameter[Any] = bindparam("handles", expanding=True)
_these = tuple_(handle.c.kind, handle.c.address).in_(_handles)
# Who came after the joining, by a handle that moved, belongs to the handle.
SINCE = (
    select(conversation.c.id)
    .join(handle, ITS_HANDLE & (handle.c.contact_id == conversation.c.contact_id))
    .where(_these)
)
LOCK_HANDLES = (
    select(handle.c.kind)
    .where(_these)
    .order_by(handle.c.kind, handle.c.address)
    .with_for_update(key_share=True)
)
LOCK_THESE = locking(union(ITS_CONVERSATIONS.order_by(None), SINCE))
# A share: whoever gives the client to another holder does so before or after, not meanwhile.
HOLDER = (
    select(client.c.manager_id)
    .join(contact, contact.c.client_id == client.c.id)
    .where(contact.c.id == bindparam("contact_id"))
    .with_for_update(read=True, of=client)
)
MOVE_HANDLES = update(handle).where(_these).values(contact_id=bindparam("new_contact_id"))
MOVE_CONVERSATIONS = (
    update(conversation)
    .where(conversation.c.id.in_(bindparam("conversation_ids", expanding=True)))
    .values(contact_id=bindparam("new_contact_id"), assignee_id=bindparam("new_assignee_id"))
)
# What went on to a third contact goes back from there: that joining is not about it any more.
FORGET_HANDLES = delete(joined_handle).where(
    joined_handle.c.joining_id > bindparam("joining_id"),
    tuple_(joined_handle.c.kind, joined_handle.c.address).in_(_handles),
)
FORGET_CONVERSATIONS = delete(joined_conversation).where(
    joined_conversation.c.joining_id > bindparam("joining_id"),
    joined_conversation.c.conversation_id.in_(bindparam("conversation_ids", expanding=True)),
)

SUGGEST = per_dialect(
    suggestion,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["pair"]).returning(
        suggestion.c.id
    ),
)
SUGGESTION = select(suggestion).where(suggestion.c.id == bindparam("suggestion_id"))
SETTLE = (
    update(suggestion)
    .where(
        suggestion.c.id == bindparam("suggestion_id"),
        suggestion.c.state == SuggestionState.OPEN.value,
    )
    .values(state=bindparam("new_state"))
)


class JoiningRows(JoinedTasks, Backlog):
    """A part of inbox.chats.Chats."""

    async def personal_link(self, contact_id: int, secret: str, now: datetime) -> str:
        found: str | None = await self.value(UNUSED_LINK, contact_id=contact_id)
        if found is None:
            row = {"contact_id": contact_id, "secret": secret, "made_at": now}
            await self.run(ADD_LINK, row)
            found = await self.value(UNUSED_LINK, contact_id=contact_id)
        return found or secret

    async def redeem_link(self, secret: str, by: Handle, now: datetime) -> int | None:
        """The contact that it is now, where it was joined to another one since."""
        whose = {"its_kind": by.kind, "its_address": storable(by.address)}
        found = await self.value(REDEEM, its_secret=storable(secret), now=now, **whose)
        return None if found is None else await self._present(found)

    async def join(
        self, from_contact_id: int, to_contact_id: int, by_id: int | None, at: datetime
    ) -> Joining:
        """Each is taken for the contact that it was joined to before; where these are one
        already, that joining. To be called before anything else is locked."""
        await self._lock()
        given = (from_contact_id, to_contact_id)
        from_id, to_id = [await self._present(one) for one in given]
        if from_id == to_id:
            return await self._joined_before(given)
        if self.dialect == "postgresql":
            await self.run(LOCK_CONVERSATIONS_OF, {"contact_id": from_id})
        handles = _handles_of(await self.rows(HANDLES_OF, contact_id=from_id))
        found = await self.rows(CONVERSATIONS_OF, contact_id=from_id)
        made = Joining(from_id, to_id, handles, tuple(row[0] for row in found), at, by_id)
        made = replace(made, id=await self.value(ADD_JOINING, **_row(made)))
        await self._keep_items(made)
        await self._move(handles, made.conversation_ids, to_id)
        await self.tasks_along(made.id)
        return made

    async def joining(self, joining_id: int) -> Joining | None:
        found = await self.row(JOINING, joining_id=joining_id)
        if found is None:
            return None
        handles = _handles_of(await self.rows(ITS_HANDLES, joining_id=joining_id))
        ids = [row[0] for row in await self.rows(ITS_CONVERSATIONS, joining_id=joining_id)]
        return Joining(
            from_contact_id=found.from_contact_id,
            to_contact_id=found.to_contact_id,
            handles=handles,
            conversation_ids=tuple(ids),
            at=found.at,
            by_id=found.by_id,
            split_at=found.split_at,
            id=joining_id,
        )

    async def split(self, joining_id: int, at: datetime) -> Joining | None:
        """`conversation_ids` of what comes back: also those that moved handles opened since."""
        await self._lock()
        if not await self.changed(SPLIT, joining_id=joining_id, new_at=at):
            return None
        undone = await self.joining(joining_id)
        if undone is None:
            return None
        keys = [(one.kind, one.address) for one in undone.handles]
        if self.dialect == "postgresql":
            await self.run(LOCK_THESE, {"joining_id": joining_id, "handles": keys})
            await self.run(LOCK_HANDLES, {"handles": keys})
        since = [row[0] for row in await self.rows(SINCE, handles=keys)]
        ordered = sorted({*undone.conversation_ids, *since})
        await self.run(FORGET_HANDLES, {"joining_id": joining_id, "handles": keys})
        forgotten = {"joining_id": joining_id, "conversation_ids": ordered}
        await self.run(FORGET_CONVERSATIONS, forgotten)
        await self._move(undone.handles, ordered, undone.from_contact_id)
        await self.tasks_back(joining_id, ordered)
        return replace(undone, conversation_ids=tuple(ordered))

    async def suggest(self, suggestion: Suggestion) -> Suggestion | None:
        added: int | None = await self.value(SUGGEST, **suggestion_row(suggestion))
        return None if added is None else replace(suggestion, id=added)

    async def suggestion(self, suggestion_id: int) -> Suggestion | None:
        found = await self.row(SUGGESTION, suggestion_id=suggestion_id)
        return None if found is None else suggestion_of(found)

    async def settle_suggestion(self, suggestion_id: int, state: SuggestionState) -> bool:
        values = {"suggestion_id": suggestion_id, "new_state": state.value}
        return await self.changed(SETTLE, **values) == 1

    async def _lock(self) -> None:
        if self.dialect == "postgresql":
            await self.run(LOCK_JOININGS)

    async def _present(self, contact_id: int) -> int:
        """Whom the contact was joined to, and that one later, until now."""
        after = 0
        while True:
            found = await self.row(NEXT_JOINING, contact_id=contact_id, after=after)
            if found is None:
                return contact_id
            after, contact_id = found

    async def _joined_before(self, contact_ids: Sequence[int]) -> Joining:
        found = await self.value(JOINED_BEFORE, contact_ids=list(contact_ids))
        one = None if found is None else await self.joining(found)
        if one is None:
            raise ValueError(f"contact {contact_ids[0]} cannot be joined to itself")
        return one

    async def _keep_items(self, one: Joining) -> None:
        if one.handles:
            await self.run(
                ADD_HANDLES,
                [
                    {"joining_id": one.id, "kind": each.kind, "address": each.address}
                    for each in one.handles
                ],
            )
        if one.conversation_ids:
            await self.run(
                ADD_CONVERSATIONS,
                [{"joining_id": one.id, "conversation_id": id_} for id_ in one.conversation_ids],
            )

    async def _move(
        self, handles: Sequence[Handle], conversation_ids: Sequence[int], contact_id: int
    ) -> None:
        keys = [(one.kind, one.address) for one in handles]
        await self.run(MOVE_HANDLES, {"handles": keys, "new_contact_id": contact_id})
        holder = await self.value(HOLDER, contact_id=contact_id)
        new = {"new_contact_id": contact_id, "new_assignee_id": holder}
        await self.run(MOVE_CONVERSATIONS, {"conversation_ids": list(conversation_ids), **new})
        await self.index_later(conversation_ids)


def _row(one: Joining) -> dict[str, Any]:
    """All but the id and what moved."""
    return {
        "from_contact_id": one.from_contact_id,
        "to_contact_id": one.to_contact_id,
        "at": one.at,
        "by_id": one.by_id,
    }


def _handles_of(rows: Sequence[Any]) -> tuple[Handle, ...]:
    return tuple(Handle(kind, address) for kind, address in rows)
