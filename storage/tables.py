"""Tables; those of the queue, the clock and chats stand in files of their own.

A change needs a migration beside it; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Id, Instant, Seconds, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

# --- channels -------------------------------------------------------------------------------

channel_cursor = Table(
    "channel_cursor",
    metadata,
    Column("channel_id", Text, primary_key=True),
    Column("cursor", Text, nullable=False),
)

raw = Table(
    "raw",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel_id", Text, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("lane", Words, nullable=False),
    Column("album", Words),
    Column("received_at", Instant, nullable=False),
    Column("note", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("channel_id", "external_id"),
)
Index(
    "ix_raw_album",
    raw.c.channel_id,
    raw.c.album,
    sqlite_where=text("album IS NOT NULL"),
    postgresql_where=text("album IS NOT NULL"),
)

# What still has its payload, by arrival: for the hourly sweep, and for the nightly pruning.
Index(
    "ix_raw_kept",
    raw.c.channel_id,
    raw.c.received_at,
    sqlite_where=text("length(payload) > 8"),
    postgresql_where=text("length(payload) > 8"),
)

# --- people ---------------------------------------------------------------------------------

manager = Table(
    "manager",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Words, nullable=False),
    Column("telegram_id", Id, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("deputy_id", Id, ForeignKey("manager.id")),
    Column("active", Boolean, nullable=False),
    Column("calendar", Words),
    Column("email", Words),
)

invite = Table(
    "invite",
    metadata,
    Column("secret_hash", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("name", Words, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

client = Table(
    "client",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Words, nullable=False),
    Column("manager_id", Id, ForeignKey("manager.id")),
    Column("calendar", Words),
    Column("tier", Words),
)

contact = Table(
    "contact",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("client.id"), nullable=False, index=True),
    Column("name", Words, nullable=False),
)

handle = Table(
    "handle",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("address", Words, primary_key=True),
    Column("contact_id", Id, ForeignKey("contact.id"), nullable=False, index=True),
    Column("unreachable", Text, nullable=False, server_default=""),
    Column("reach_at", Instant),
)

# --- conversations --------------------------------------------------------------------------

conversation = Table(
    "conversation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel_id", Text, nullable=False),
    Column("contact_id", Id, ForeignKey("contact.id"), nullable=False, index=True),
    Column("recipient_kind", Text, nullable=False),
    Column("recipient_address", Words, nullable=False),
    Column("assignee_id", Id, ForeignKey("manager.id"), index=True),
    Column("subject", Words),
    Column("asked_at", Instant),
    Column("answered_at", Instant),
    Index("ix_conversation_recipient", "recipient_kind", "recipient_address"),
)

thread = Table(
    "thread",
    metadata,
    Column("channel_id", Text, primary_key=True),
    Column("thread_id", Words, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
)

wait = Table(
    "wait",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("reply_within", Seconds, nullable=False),
    Column("ladder", JSON, nullable=False),
    Column("calendar", Text, nullable=False),
    Column("due_at", Instant),
    Column("next_rung_at", Instant),
    Column("first", Boolean, nullable=False),
    Column("fired", JSON, nullable=False),
    Column("outcome", Text),
    Column("closed_at", Instant),
    Column("closed_by_id", Id, ForeignKey("manager.id")),
    Column("business", Seconds),
    Column("wall", Seconds),
    Column("within_target", Boolean),
    Column("held_by_id", Id, ForeignKey("manager.id")),
    Column("held_known", Boolean, nullable=False, server_default=false()),
    Column("elsewhere", Boolean, nullable=False, server_default=false()),
    Column("kind", Text, nullable=False, server_default="reply"),
    Column("policy", Words, nullable=False, server_default=""),
    Column("stretches", JSON, nullable=False, server_default="[]"),
    Column("ladder_from", Instant),
    Column("round", Integer, nullable=False, server_default="0"),
    Column("note", Words, nullable=False, server_default=""),
)
_open = text("outcome IS NULL AND kind = 'reply'")
Index(
    "uq_wait_open",
    wait.c.conversation_id,
    unique=True,
    sqlite_where=_open,
    postgresql_where=_open,
)
Index(
    "ix_wait_next_rung",
    wait.c.next_rung_at,
    sqlite_where=text("next_rung_at IS NOT NULL"),
    postgresql_where=text("next_rung_at IS NOT NULL"),
)
Index("ix_wait_closed_at", wait.c.closed_at)
_is_reply, _is_promise = text("kind = 'reply'"), text("kind = 'promise'")
Index(
    "ix_wait_ended",
    wait.c.closed_at,
    wait.c.started_at,
    wait.c.id,
    sqlite_where=_is_reply,
    postgresql_where=_is_reply,
)
Index(
    "ix_wait_promise_ended",
    wait.c.closed_at,
    sqlite_where=_is_promise,
    postgresql_where=_is_promise,
)
# By which calendars open waits and promises were counted.
_going_on = text("outcome IS NULL")
Index(
    "ix_wait_open_calendar",
    wait.c.calendar,
    wait.c.id,
    sqlite_where=_going_on,
    postgresql_where=_going_on,
)

message = Table(
    "message",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("raw_id", Id, ForeignKey("raw.id"), nullable=False, unique=True),
    Column("wait_id", Id, ForeignKey("wait.id"), index=True),
    Column("channel_id", Text, nullable=False),
    Column("external_id", Words, nullable=False),
    Column("sender_kind", Text, nullable=False),
    Column("sender_address", Words, nullable=False),
    Column("sender_name", Words, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("nature", Text, nullable=False),
    Column("nature_reason", Words, nullable=False),
    Column("subject", Words),
    Column("text", Words, nullable=False),
    Column("quoted", Words, nullable=False),
    Column("extra", JSON, nullable=False),
    Column("guessed", Boolean, nullable=False, server_default=false()),
    Column("only_sender", Boolean, nullable=False, server_default=false()),
    Column("held", Text),
    Column("counted_on", Id),
    Column("first_nature", Text),
    Column("first_reason", Words),
    Column("edited_at", Instant),
    Column("deleted_at", Instant),
    Index("ix_message_external_id", "external_id", "channel_id"),
    Index("ix_message_conversation_id_sent_at", "conversation_id", "sent_at"),
    Index("ix_message_sender", "sender_kind", "sender_address", "sent_at"),
    Index(
        "ix_message_sent_at", "sent_at", "nature", "conversation_id", "counted_on", "channel_id"
    ),
)
for _column in (message.c.held, message.c.counted_on):
    _set = text(f"{_column.name} IS NOT NULL")
    Index(f"ix_message_{_column.name}", _column, sqlite_where=_set, postgresql_where=_set)

sender_class = Table(
    "sender_class",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("address", Words, primary_key=True),
    Column("nature", Text, nullable=False),
    Column("by_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

kept_apart = Table(
    "kept_apart",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("address", Words, primary_key=True),
    Column("subject", Words, primary_key=True),
)

reply = Table(
    "reply",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("author_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("text", Words, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("entities", JSON, nullable=False),
    Column("attachments", JSON, nullable=False),
    Column("message_id", Id, ForeignKey("message.id"), index=True),
    Column("desk_account", Id),
    Column("desk_chat_id", Id),
    Column("desk_message_id", Id),
    Column("state", Text, nullable=False),
    Column("fault", Text, nullable=False),
    Column("detail", Words, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent_at", Instant),
    Column("only_sender", Boolean, nullable=False, server_default=false()),
    Column("sent_as", JSON, nullable=False, server_default="[]"),
    Column("edits", Integer, nullable=False, server_default="0"),
    Column("goes_at", Instant),
    Index("ix_reply_conversation_id_written_at", "conversation_id", "written_at"),
    Index("ix_reply_desk", "desk_chat_id", "desk_message_id"),
)

# --- the desk -------------------------------------------------------------------------------

desk_link = Table(
    "desk_link",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("desk_message_id", Id, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("manager_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("message_id", Id, ForeignKey("message.id"), index=True),
    Column("wait_id", Id, ForeignKey("wait.id"), index=True),
    Column("rung", Integer),
    UniqueConstraint("account", "chat_id", "desk_message_id"),
)

form = Table(
    "form",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Words, nullable=False),
)

slot = Table(
    "slot",
    metadata,
    Column("name", Text, primary_key=True),
    Column("slot", Instant, primary_key=True),
)
