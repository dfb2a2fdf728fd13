"""Replies, the desk's links and its forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, delete, select, union, update

from inbox.errors import NoSuchRow
from inbox.records import DeskLink, DeskRef, Purpose, Reply, ReplyState, Shown
from storage.codec import (
    Cells,
    attachments_of,
    entities_of,
    written_row,
)
from storage.indexing import Indexing
from storage.statements import per_dialect
from storage.tables import desk_link, form, message, reply
from storage.waits import LATEST

LINK = tuple(desk_link.c)[1:]
REDRAWN = 50  # links of a conversation at most

ADD_REPLY = per_dialect(
    reply,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["key"]).returning(reply.c.id),
)
REPLY = select(reply).where(reply.c.id == bindparam("reply_id"))
LOCK_REPLY = REPLY.with_for_update(key_share=True)
SAVE_REPLY = update(reply).where(reply.c.id == bindparam("saved_id"))
ADD_LINK = per_dialect(
    desk_link,
    lambda insert: insert.on_conflict_do_nothing(
        index_elements=["account", "chat_id", "desk_message_id"]
    ),
)
OF_MESSAGE = (
    select(*LINK)
    .where(desk_link.c.message_id == bindparam("message_id"))
    .order_by(desk_link.c.id.desc())
)
_of_latest = union(
    select(desk_link.c.id)
    .join(message, message.c.id == desk_link.c.message_id)
    .where(message.c.wait_id.in_(LATEST)),
    select(desk_link.c.id).where(desk_link.c.wait_id.in_(LATEST)),
)
TO_REDRAW = (
    select(*LINK)
    .where(
        desk_link.c.purpose.in_([Purpose.CARD.value, Purpose.ALERT.value]),
        desk_link.c.id.in_(_of_latest),
    )
    .order_by(desk_link.c.id.desc())
    .limit(REDRAWN)
)
AT = select(*LINK).where(
    desk_link.c.account == bindparam("account"),
    desk_link.c.chat_id == bindparam("chat_id"),
    desk_link.c.desk_message_id == bindparam("desk_message_id"),
)
FORM = select(form.c.value).where(form.c.key == bindparam("form_key"))
SAVE_FORM = per_dialect(
    form,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["key"], set_={"value": insert.excluded.value}
    ),
)
DROP_FORM = delete(form).where(form.c.key == bindparam("form_key"))


class DeskRows(Indexing):
    async def add_reply(self, reply: Reply) -> Reply | None:
        added: int | None = await self.value(ADD_REPLY, **reply_row(reply))
        if added is None:
            return None
        reply = replace(reply, id=added)
        await self.index_reply(reply)
        return reply

    async def reply(self, reply_id: int) -> Reply:
        """Locked until the end of the transaction: two may press the same button."""
        found = await self.row(LOCK_REPLY, reply_id=reply_id)
        if found is None:
            raise NoSuchRow("reply", reply_id)
        return reply_of(found)

    async def save_reply(self, reply: Reply) -> None:
        row = {"saved_id": reply.id, **reply_row(reply)}
        if not await self.changed(SAVE_REPLY, **row):
            raise NoSuchRow("reply", reply.id)
        if reply.edits or reply.state is ReplyState.WITHDRAWN:
            await self.index_reply(reply)

    async def link(self, links: Sequence[DeskLink]) -> None:
        """What a desk message stands for never changes: known ones stay as they are."""
        if links:
            await self.run(ADD_LINK, [link_row(one) for one in links])

    async def links_of_message(self, message_id: int) -> tuple[DeskLink, ...]:
        return tuple(link_of(row) for row in await self.rows(OF_MESSAGE, message_id=message_id))

    async def links_to_redraw(self, conversation_id: int) -> tuple[DeskLink, ...]:
        found = await self.rows(TO_REDRAW, conversation_id=conversation_id)
        return tuple(link_of(row) for row in found)

    async def link_at(self, ref: DeskRef) -> DeskLink | None:
        found = await self.row(
            AT, account=ref.account, chat_id=ref.chat_id, desk_message_id=ref.message_id
        )
        return None if found is None else link_of(found)

    async def form(self, key: str) -> str | None:
        found: str | None = await self.value(FORM, form_key=key)
        return found

    async def save_form(self, key: str, value: str | None) -> None:
        """None forgets the form."""
        if value is None:
            await self.run(DROP_FORM, {"form_key": key})
        else:
            await self.run(SAVE_FORM, {"key": key, "value": value})


def reply_row(one: Reply) -> dict[str, Any]:
    """All but the id."""
    return {
        **written_row(one),
        "state": one.state.value,
        "fault": one.fault,
        "detail": one.detail,
        "tries": one.tries,
        "sent_at": one.sent_at,
        "only_sender": one.only_sender,
        "sent_as": list(one.sent_as),
        "edits": one.edits,
        "goes_at": one.goes_at,
    }


def reply_of(cells: Cells) -> Reply:
    """From all columns of the table."""
    id_, key, conversation_id, author_id, text, written_at, entities, attachments, *rest = cells
    message_id, account, chat_id, desk_message_id, state, *rest = rest
    fault, detail, tries, sent_at, only_sender, sent_as, edits, goes_at = rest
    ref = None if account is None else DeskRef(account, chat_id, desk_message_id)
    return Reply(
        key=key,
        conversation_id=conversation_id,
        author_id=author_id,
        text=text,
        written_at=written_at,
        entities=entities_of(entities),
        attachments=attachments_of(attachments),
        message_id=message_id,
        desk_ref=ref,
        state=ReplyState(state),
        fault=fault,
        detail=detail,
        tries=tries,
        sent_at=sent_at,
        only_sender=only_sender,
        sent_as=tuple(sent_as),
        edits=edits,
        goes_at=goes_at,
        id=id_,
    )


def link_row(one: DeskLink) -> dict[str, Any]:
    return {
        "account": one.shown.ref.account,
        "chat_id": one.shown.ref.chat_id,
        "desk_message_id": one.shown.ref.message_id,
        "purpose": one.shown.purpose.value,
        "conversation_id": one.conversation_id,
        "manager_id": one.manager_id,
        "message_id": one.message_id,
        "wait_id": one.wait_id,
        "rung": one.rung,
    }


def link_of(cells: Cells) -> DeskLink:
    account, chat_id, message_id, purpose, *rest = cells
    return DeskLink(Shown(DeskRef(account, chat_id, message_id), Purpose(purpose)), *rest)
