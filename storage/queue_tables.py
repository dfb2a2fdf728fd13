"""The tables of the queue; their times are seconds since 1970 by the database's clock."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import Id, Words
from storage.tables import metadata

lane = Table(
    "lane",
    metadata,
    Column("id", Id, primary_key=True),
    Column("queue", Text, nullable=False),
    Column("key", Words, nullable=False),
    Column("ready_at", Double),
    Column("leased", Boolean, nullable=False),
    Column("pending", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("token", Id, nullable=False),
    UniqueConstraint("queue", "key"),
)
Index(
    "ix_lane_ready",
    lane.c.queue,
    lane.c.ready_at,
    sqlite_where=text("ready_at IS NOT NULL"),
    postgresql_where=text("ready_at IS NOT NULL"),
)

job = Table(
    "job",
    metadata,
    Column("id", Id, primary_key=True),
    Column("lane_id", Id, ForeignKey("lane.id"), nullable=False),
    Column("key", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("put_at", Double, nullable=False),
    Column("not_before", Double, nullable=False),
    Index("ix_job_lane_id_id", "lane_id", "id"),
    sqlite_autoincrement=True,
)

job_key = Table(
    "job_key",
    metadata,
    Column("key", Words, primary_key=True),
    Column("put_at", Double, nullable=False, index=True),
)

dead = Table(
    "dead",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("queue", Text, nullable=False),
    Column("lane", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Words, nullable=False),
    Column("put_at", Double, nullable=False),
    Column("died_at", Double, nullable=False),
)
