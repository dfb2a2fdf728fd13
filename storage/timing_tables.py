"""The tables of the clock: entered days, absences, alerts, replies off hours, the log."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Id, Instant, Words
from storage.tables import metadata

special_day = Table(
    "special_day",
    metadata,
    Column("calendar", Words, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("shifts", JSON, nullable=False),
    Column("name", Words, nullable=False),
    Column("by_id", Id, ForeignKey("manager.id")),
    Column("at", Instant, nullable=False),
)

absence = Table(
    "absence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("manager_id", Id, ForeignKey("manager.id"), nullable=False, index=True),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("deputy_id", Id, ForeignKey("manager.id")),
    Column("by_id", Id, ForeignKey("manager.id")),
    Column("given_back", Boolean, nullable=False, server_default=false()),
)

alert_digest = Table(
    "alert_digest",
    metadata,
    Column("id", Id, primary_key=True),
    Column("manager_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("account", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("desk_message_id", Id, nullable=False),
    Index("ix_alert_digest_manager_id_started_at", "manager_id", "started_at"),
    Index("ix_alert_digest_place", "account", "chat_id", "desk_message_id"),
)

alert = Table(
    "alert",
    metadata,
    Column("id", Id, primary_key=True),
    Column("wait_id", Id, ForeignKey("wait.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("manager_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("instant", Instant, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("told_at", Instant),
    Column("digest_id", Id, ForeignKey("alert_digest.id"), index=True),
    UniqueConstraint("wait_id", "round", "rung", "manager_id"),
    Index("ix_alert_manager_id_raised_at", "manager_id", "raised_at"),
)
# What is on its way: for the digest's gathering, and for who cannot be reached.
Index(
    "ix_alert_under_way",
    alert.c.raised_at,
    sqlite_where=text("told_at IS NULL"),
    postgresql_where=text("told_at IS NULL"),
)

off_hours_reply = Table(
    "off_hours_reply",
    metadata,
    Column("wait_id", Id, ForeignKey("wait.id"), primary_key=True),
    Column("message_id", Id, ForeignKey("message.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("text", Words, nullable=False),
    Column("at", Instant, nullable=False),
)

# Appended to, never changed: triggers of the migration see to it.
audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("deed", Text, nullable=False),
    Column("by_id", Id, ForeignKey("manager.id")),
    Column("conversation_id", Id, ForeignKey("conversation.id"), index=True),
    Column("wait_id", Id, ForeignKey("wait.id"), index=True),
    Column("manager_id", Id, ForeignKey("manager.id")),
    Column("before", Words, nullable=False),
    Column("after", Words, nullable=False),
)
Index(
    "ix_audit_calendar",
    audit.c.at,
    sqlite_where=text("deed = 'calendar'"),
    postgresql_where=text("deed = 'calendar'"),
)
