"""The tables of chats: versions, accounts, links, joinings, suggestions, greetings, topics."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import Id, Instant, Words
from storage.tables import metadata

# --- what clients changed -------------------------------------------------------------------

message_version = Table(
    "message_version",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Id, ForeignKey("message.id"), nullable=False, index=True),
    Column("until", Instant, nullable=False),
    Column("text", Words, nullable=False),
    Column("entities", JSON, nullable=False),
)

greeting = Table(
    "greeting",
    metadata,
    Column("message_id", Id, ForeignKey("message.id"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("text", Words, nullable=False),
    Column("at", Instant, nullable=False),
)

# --- own accounts of members ----------------------------------------------------------------

account = Table(
    "account",
    metadata,
    Column("owner_id", Id, primary_key=True, autoincrement=False),
    Column("connection_id", Words, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("can_reply", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
)

# All that there ever were: a message of a former connection still has its owner.
account_connection = Table(
    "account_connection",
    metadata,
    Column("connection_id", Words, primary_key=True),
    Column("owner_id", Id, nullable=False),
)

# --- one person, several handles ------------------------------------------------------------

# Not hashed as an invite's: it stands in every mail until somebody uses it.
personal_link = Table(
    "personal_link",
    metadata,
    Column("secret", Words, primary_key=True),
    Column("contact_id", Id, ForeignKey("contact.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("by_kind", Text),
    Column("by_address", Words),
)
_unused = text("used_at IS NULL")
Index(
    "uq_personal_link_unused",
    personal_link.c.contact_id,
    unique=True,
    sqlite_where=_unused,
    postgresql_where=_unused,
)

joining = Table(
    "joining",
    metadata,
    Column("id", Id, primary_key=True),
    Column("from_contact_id", Id, ForeignKey("contact.id"), nullable=False, index=True),
    Column("to_contact_id", Id, ForeignKey("contact.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("by_id", Id, ForeignKey("manager.id")),
    Column("split_at", Instant),
)

joined_handle = Table(
    "joined_handle",
    metadata,
    Column("joining_id", Id, ForeignKey("joining.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("address", Words, primary_key=True),
    Index("ix_joined_handle_kind_address", "kind", "address"),
)

joined_conversation = Table(
    "joined_conversation",
    metadata,
    Column("joining_id", Id, ForeignKey("joining.id"), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True, index=True),
)

# `pair`: both ids, the lower one first, so that these two are suggested once in either order.
suggestion = Table(
    "suggestion",
    metadata,
    Column("id", Id, primary_key=True),
    Column("pair", Text, nullable=False),
    Column("contact_id", Id, ForeignKey("contact.id"), nullable=False),
    Column("other_id", Id, ForeignKey("contact.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("value", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    UniqueConstraint("pair"),
)

# --- the desk -------------------------------------------------------------------------------

topic = Table(
    "topic",
    metadata,
    Column("account", Id, primary_key=True, autoincrement=False),
    Column("chat_id", Id, primary_key=True, autoincrement=False),
    Column("client_id", Id, ForeignKey("client.id"), primary_key=True, autoincrement=False),
    Column("thread_id", Id, nullable=False),
    Column("title", Words, nullable=False),
    UniqueConstraint("account", "chat_id", "thread_id"),
    Index("ix_topic_client_id", "client_id"),
)

answering = Table(
    "answering",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversation.id"), primary_key=True),
    Column("manager_id", Id, ForeignKey("manager.id"), primary_key=True),
    Column("since", Instant, nullable=False),
)

gathered_card = Table(
    "gathered_card",
    metadata,
    Column("manager_id", Id, ForeignKey("manager.id"), primary_key=True),
    Column("message_id", Id, ForeignKey("message.id"), primary_key=True),
)
