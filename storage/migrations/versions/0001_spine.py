"""The first tables: people, conversations, the desk, the queue."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
IN_ALBUM = sa.text("album IS NOT NULL")
OPEN = sa.text("outcome IS NULL")
HAS_RUNG = sa.text("next_rung_at IS NOT NULL")
READY = sa.text("ready_at IS NOT NULL")


def upgrade() -> None:
    people()
    raw_messages()
    conversations()
    waits()
    messages()
    replies()
    desk()
    queue()


def downgrade() -> None:
    raise RuntimeError("there is nothing before the first tables")


def people() -> None:
    op.create_table(
        "manager",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("telegram_id", ID, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("deputy_id", ID, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["manager.id"], name="fk_manager_deputy_id"),
        sa.UniqueConstraint("telegram_id", name="uq_manager_telegram_id"),
    )
    op.create_table(
        "invite",
        sa.Column("secret_hash", sa.Text(), primary_key=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
    )
    op.create_table(
        "client",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manager_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["manager_id"], ["manager.id"], name="fk_client_manager_id"),
    )
    op.create_table(
        "contact",
        sa.Column("id", ID, primary_key=True),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_contact_client_id"),
    )
    op.create_index("ix_contact_client_id", "contact", ["client_id"])
    op.create_table(
        "handle",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("address", sa.Text(), primary_key=True),
        sa.Column("contact_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_handle_contact_id"),
    )
    op.create_index("ix_handle_contact_id", "handle", ["contact_id"])


def raw_messages() -> None:
    op.create_table(
        "channel_cursor",
        sa.Column("channel_id", sa.Text(), primary_key=True),
        sa.Column("cursor", sa.Text(), nullable=False),
    )
    op.create_table(
        "raw",
        sa.Column("id", ID, primary_key=True),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("album", sa.Text(), nullable=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("channel_id", "external_id", name="uq_raw_channel_id_external_id"),
    )
    op.create_index(
        "ix_raw_album",
        "raw",
        ["channel_id", "album"],
        sqlite_where=IN_ALBUM,
        postgresql_where=IN_ALBUM,
    )


def conversations() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", ID, primary_key=True),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient_address", sa.Text(), nullable=False),
        sa.Column("assignee_id", ID, nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["manager.id"], name="fk_conversation_assignee_id"
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_conversation_contact_id"),
    )
    op.create_index("ix_conversation_assignee_id", "conversation", ["assignee_id"])
    op.create_index("ix_conversation_contact_id", "conversation", ["contact_id"])
    op.create_table(
        "thread",
        sa.Column("channel_id", sa.Text(), primary_key=True),
        sa.Column("thread_id", sa.Text(), primary_key=True),
        sa.Column("conversation_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_thread_conversation_id"
        ),
    )


def waits() -> None:
    op.create_table(
        "wait",
        sa.Column("id", ID, primary_key=True),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("reply_within", sa.Double(), nullable=False),
        sa.Column("ladder", sa.JSON(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("next_rung_at", INSTANT, nullable=True),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("fired", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by_id", ID, nullable=True),
        sa.Column("business", sa.Double(), nullable=True),
        sa.Column("wall", sa.Double(), nullable=True),
        sa.Column("within_target", sa.Boolean(), nullable=True),
        sa.Column("held_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["closed_by_id"], ["manager.id"], name="fk_wait_closed_by_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_wait_conversation_id"
        ),
        sa.ForeignKeyConstraint(["held_by_id"], ["manager.id"], name="fk_wait_held_by_id"),
    )
    op.create_index("ix_wait_closed_at", "wait", ["closed_at"])
    op.create_index("ix_wait_conversation_id", "wait", ["conversation_id"])
    op.create_index(
        "ix_wait_next_rung",
        "wait",
        ["next_rung_at"],
        sqlite_where=HAS_RUNG,
        postgresql_where=HAS_RUNG,
    )
    op.create_index(
        "uq_wait_open",
        "wait",
        ["conversation_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", ID, primary_key=True),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("raw_id", ID, nullable=False),
        sa.Column("wait_id", ID, nullable=True),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("sender_kind", sa.Text(), nullable=False),
        sa.Column("sender_address", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("nature_reason", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("quoted", sa.Text(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_message_conversation_id"
        ),
        sa.ForeignKeyConstraint(["raw_id"], ["raw.id"], name="fk_message_raw_id"),
        sa.ForeignKeyConstraint(["wait_id"], ["wait.id"], name="fk_message_wait_id"),
        sa.UniqueConstraint("raw_id", name="uq_message_raw_id"),
    )
    op.create_index(
        "ix_message_conversation_id_sent_at", "message", ["conversation_id", "sent_at"]
    )
    op.create_index("ix_message_wait_id", "message", ["wait_id"])


def replies() -> None:
    op.create_table(
        "reply",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("entities", sa.JSON(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("desk_account", ID, nullable=True),
        sa.Column("desk_chat_id", ID, nullable=True),
        sa.Column("desk_message_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["manager.id"], name="fk_reply_author_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_reply_conversation_id"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_reply_message_id"),
        sa.UniqueConstraint("key", name="uq_reply_key"),
    )
    op.create_index(
        "ix_reply_conversation_id_written_at", "reply", ["conversation_id", "written_at"]
    )


def desk() -> None:
    op.create_table(
        "desk_link",
        sa.Column("id", ID, primary_key=True),
        sa.Column("account", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("desk_message_id", ID, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("manager_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("wait_id", ID, nullable=True),
        sa.Column("rung", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_desk_link_conversation_id"
        ),
        sa.ForeignKeyConstraint(["manager_id"], ["manager.id"], name="fk_desk_link_manager_id"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_desk_link_message_id"),
        sa.ForeignKeyConstraint(["wait_id"], ["wait.id"], name="fk_desk_link_wait_id"),
        sa.UniqueConstraint(
            "account",
            "chat_id",
            "desk_message_id",
            name="uq_desk_link_account_chat_id_desk_message_id",
        ),
    )
    op.create_index("ix_desk_link_message_id", "desk_link", ["message_id"])
    op.create_index("ix_desk_link_wait_id", "desk_link", ["wait_id"])
    op.create_table(
        "form",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_table(
        "slot",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("slot", INSTANT, primary_key=True),
    )


def queue() -> None:
    op.create_table(
        "lane",
        sa.Column("id", ID, primary_key=True),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ready_at", sa.Double(), nullable=True),
        sa.Column("leased", sa.Boolean(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", ID, nullable=False),
        sa.UniqueConstraint("queue", "key", name="uq_lane_queue_key"),
    )
    op.create_index(
        "ix_lane_ready", "lane", ["queue", "ready_at"], sqlite_where=READY, postgresql_where=READY
    )
    op.create_table(
        "job",
        sa.Column("id", ID, primary_key=True),
        sa.Column("lane_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("put_at", sa.Double(), nullable=False),
        sa.Column("not_before", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name="fk_job_lane_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_lane_id_id", "job", ["lane_id", "id"])
    op.create_table(
        "job_key",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("put_at", sa.Double(), nullable=False),
    )
    op.create_index("ix_job_key_put_at", "job_key", ["put_at"])
    op.create_table(
        "dead",
        sa.Column("id", ID, primary_key=True, autoincrement=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("put_at", sa.Double(), nullable=False),
        sa.Column("died_at", sa.Double(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Rows that are rewritten or deleted with every job: cleaned by count, not by share.
        for table in ("lane", "job"):
            op.execute(
                f"ALTER TABLE {table} SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, "
                "autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0, "
                "autovacuum_analyze_threshold = 1000)"
            )
