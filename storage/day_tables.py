"""The tables of a manager's day: internal notes, templates, prices, quotes, tasks."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import (
    JSON,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator

from storage.columns import Id, Instant, Words
from storage.tables import message, metadata, reply


class Amount(TypeDecorator[Decimal]):
    """A price to the last digit, as text: SQLite would make a float of a number."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


internal_note = Table(
    "internal_note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("author_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("text", Words, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("entities", JSON, nullable=False),
    Column("attachments", JSON, nullable=False),
    Column("message_id", Id, ForeignKey("message.id")),
    Column("desk_account", Id),
    Column("desk_chat_id", Id),
    Column("desk_message_id", Id),
    Column("mentions", JSON, nullable=False),
    Column("edited_at", Instant),
    Index("ix_internal_note_conversation_id_written_at", "conversation_id", "written_at"),
    Index("ix_internal_note_desk", "desk_chat_id", "desk_message_id"),
)

template = Table(
    "template",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("language", Text, nullable=False),
    Column("by_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("dropped_at", Instant),
)

price_item = Table(
    "price_item",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Words, nullable=False),
    Column("price", Amount, nullable=False),
    Column("currency", Words, nullable=False),
    Column("within_amount", Integer, nullable=False),
    Column("within_unit", Text, nullable=False),
    Column("by_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("dropped_at", Instant),
)

# `task_id` has no foreign key: a task points to its quote already, and a ring cannot be made or
# dropped in one piece.
quote = Table(
    "quote",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("author_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("title", Words, nullable=False),
    Column("price", Amount, nullable=False),
    Column("currency", Words, nullable=False),
    Column("within_amount", Integer, nullable=False),
    Column("within_unit", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("secret", Text, nullable=False),
    Column("message_id", Id, ForeignKey("message.id")),
    Column("item_id", Id, ForeignKey("price_item.id")),
    Column("state", Text, nullable=False),
    Column("settled_at", Instant),
    Column("task_id", Id),
)
_offered = text("state = 'offered'")
Index(
    "ix_quote_offered",
    quote.c.conversation_id,
    sqlite_where=_offered,
    postgresql_where=_offered,
)

task = Table(
    "task",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    Column("client_id", Id, ForeignKey("client.id"), nullable=False, index=True),
    Column("title", Words, nullable=False),
    Column("horizon", Text, nullable=False),
    Column("made_by_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("conversation_id", Id, ForeignKey("conversation.id"), index=True),
    Column("message_id", Id, ForeignKey("message.id")),
    Column("quote_id", Id, ForeignKey("quote.id")),
    Column("done_at", Instant),
    Column("done_by_id", Id, ForeignKey("manager.id")),
    Column("told_at", Instant),
    Column("dropped_at", Instant),
)
_open = text("done_at IS NULL AND dropped_at IS NULL")
Index("ix_task_open", task.c.client_id, sqlite_where=_open, postgresql_where=_open)
_done = text("done_at IS NOT NULL")
Index("ix_task_done_at", task.c.done_at, sqlite_where=_done, postgresql_where=_done)

# What went to another client with a joining, to be brought back.
joined_task = Table(
    "joined_task",
    metadata,
    Column("joining_id", Id, ForeignKey("joining.id"), primary_key=True),
    Column("task_id", Id, ForeignKey("task.id"), primary_key=True, index=True),
)

# Few messages have files: they alone are looked through for a client's. A query has to say the
# very same words, or the index is not taken.
HAS_FILES = {
    "message": {
        "sqlite": "json_array_length(extra, '$.attachments') > 0",
        "postgresql": "json_array_length(extra -> 'attachments') > 0",
    },
    "reply": {
        "sqlite": "json_array_length(attachments) > 0",
        "postgresql": "json_array_length(attachments) > 0",
    },
}
for _table in (message, reply):
    Index(
        f"ix_{_table.name}_with_files",
        _table.c.conversation_id,
        sqlite_where=text(HAS_FILES[_table.name]["sqlite"]),
        postgresql_where=text(HAS_FILES[_table.name]["postgresql"]),
    )
