"""Boards of the desk."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, ForeignKey, Table, false

from storage.columns import Id, Instant, Words
from storage.tables import metadata

board = Table(
    "board",
    metadata,
    Column("account", Id, primary_key=True, autoincrement=False),
    Column("chat_id", Id, primary_key=True, autoincrement=False),
    Column("thread_id", Id),
    Column("manager_id", Id, ForeignKey("manager.id"), nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("message_id", Id),
    Column("unpinned", Boolean, nullable=False, server_default=false()),
    Column("shown", Words, nullable=False, server_default=""),
    Column("shown_at", Instant),
    Column("turn_at", Double, nullable=False),
)
