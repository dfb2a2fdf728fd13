"""Internal notes; templates and the price list."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import bindparam, insert, select, update

from inbox.errors import NoSuchRow
from inbox.records import DeskRef
from inbox.work_records import InternalNote, PriceItem, Template
from storage.day_codec import (
    NOTE,
    PRICE_ITEM,
    TEMPLATE,
    note_of,
    note_row,
    price_item_of,
    price_item_row,
    template_of,
    template_row,
)
from storage.day_tables import internal_note, price_item, template
from storage.indexing import Indexing, note_entry
from storage.name_parts import folded
from storage.statements import per_dialect
from storage.tables import contact, conversation

ADD_NOTE = per_dialect(
    internal_note,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["key"]).returning(
        internal_note.c.id
    ),
)
NOTE_AT = (
    select(*NOTE)
    .where(
        internal_note.c.desk_account == bindparam("its_account"),
        internal_note.c.desk_chat_id == bindparam("its_chat_id"),
        internal_note.c.desk_message_id == bindparam("its_message_id"),
    )
    .order_by(internal_note.c.id.desc())
    .limit(1)
    .with_for_update(key_share=True)
)
SAVE_NOTE = update(internal_note).where(internal_note.c.id == bindparam("saved_id"))
NOTES_OF_CLIENT = (
    select(*NOTE)
    .join(conversation, conversation.c.id == internal_note.c.conversation_id)
    .join(contact, contact.c.id == conversation.c.contact_id)
    .where(contact.c.client_id == bindparam("client_id"))
    .order_by(internal_note.c.id.desc())
    .limit(bindparam("limit"))
)
NOTES_BEFORE = NOTES_OF_CLIENT.where(internal_note.c.id < bindparam("before_id"))
NOTERS = select(internal_note.c.author_id, internal_note.c.mentions).where(
    internal_note.c.conversation_id == bindparam("conversation_id")
)

TEMPLATES = select(*TEMPLATE).where(template.c.dropped_at.is_(None)).order_by(template.c.id)
ONE_TEMPLATE = select(*TEMPLATE).where(template.c.id == bindparam("template_id"))
ADD_TEMPLATE = insert(template).returning(template.c.id)
SAVE_TEMPLATE = update(template).where(template.c.id == bindparam("saved_id"))
ITEMS = select(*PRICE_ITEM).where(price_item.c.dropped_at.is_(None)).order_by(price_item.c.id)
ONE_ITEM = select(*PRICE_ITEM).where(price_item.c.id == bindparam("item_id"))
ADD_ITEM = insert(price_item).returning(price_item.c.id)
SAVE_ITEM = update(price_item).where(price_item.c.id == bindparam("saved_id"))


class NoteAndListRows(Indexing):
    """A part of inbox.working_day.WorkingDay."""

    async def add_internal_note(self, note: InternalNote) -> InternalNote | None:
        added: int | None = await self.value(ADD_NOTE, **note_row(note))
        if added is None:
            return None
        note = replace(note, id=added)
        await self.index(note_entry(note))
        return note

    async def internal_note_at(self, ref: DeskRef) -> InternalNote | None:
        found = await self.row(
            NOTE_AT,
            its_account=ref.account,
            its_chat_id=ref.chat_id,
            its_message_id=ref.message_id,
        )
        return None if found is None else note_of(found)

    async def save_internal_note(self, note: InternalNote) -> None:
        if not await self.changed(SAVE_NOTE.values(**note_row(note)), saved_id=note.id):
            raise NoSuchRow("internal_note", note.id)
        await self.index(note_entry(note))

    async def notes_of_client(
        self, client_id: int, before_id: int | None, limit: int
    ) -> tuple[InternalNote, ...]:
        values = {"client_id": client_id, "limit": limit}
        if before_id is None:
            found = await self.rows(NOTES_OF_CLIENT, **values)
        else:
            found = await self.rows(NOTES_BEFORE, before_id=before_id, **values)
        return tuple(map(note_of, found))

    async def noters(self, conversation_id: int) -> frozenset[int]:
        found = await self.rows(NOTERS, conversation_id=conversation_id)
        return frozenset(one for author, called in found for one in (author, *called))

    async def templates(self) -> tuple[Template, ...]:
        found = map(template_of, await self.rows(TEMPLATES))
        return tuple(sorted(found, key=lambda one: folded(one.title)))

    async def template(self, template_id: int) -> Template | None:
        """Also one that was dropped."""
        found = await self.row(ONE_TEMPLATE, template_id=template_id)
        return None if found is None else template_of(found)

    async def save_template(self, template: Template) -> Template:
        row = template_row(template)
        if template.id == 0:
            return replace(template, id=await self.value(ADD_TEMPLATE, **row))
        if not await self.changed(SAVE_TEMPLATE.values(**row), saved_id=template.id):
            raise NoSuchRow("template", template.id)
        return template

    async def price_items(self) -> tuple[PriceItem, ...]:
        found = map(price_item_of, await self.rows(ITEMS))
        return tuple(sorted(found, key=lambda one: folded(one.title)))

    async def price_item(self, item_id: int) -> PriceItem | None:
        """Also one that was dropped."""
        found = await self.row(ONE_ITEM, item_id=item_id)
        return None if found is None else price_item_of(found)

    async def save_price_item(self, item: PriceItem) -> PriceItem:
        row = price_item_row(item)
        if item.id == 0:
            return replace(item, id=await self.value(ADD_ITEM, **row))
        if not await self.changed(SAVE_ITEM.values(**row), saved_id=item.id):
            raise NoSuchRow("price_item", item.id)
        return item
