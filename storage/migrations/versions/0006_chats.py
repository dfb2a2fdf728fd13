"""Chats in full: edits, deletions, reach, own accounts, joinings, greetings, topics."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
UNUSED = sa.text("used_at IS NULL")

NEW_INDEXES = (
    ("ix_conversation_recipient", "conversation", ["recipient_kind", "recipient_address"]),
    ("ix_message_external_id", "message", ["external_id", "channel_id"]),
    ("ix_reply_message_id", "reply", ["message_id"]),
    ("ix_reply_desk", "reply", ["desk_chat_id", "desk_message_id"]),
)
NEW_TABLES = (
    "gathered_card",
    "answering",
    "topic",
    "suggestion",
    "joined_conversation",
    "joined_handle",
    "joining",
    "personal_link",
    "account_connection",
    "account",
    "greeting",
    "message_version",
)
NEW_DEEDS = (
    "'greeting', 'edited', 'taken_back', 'withdrawn', 'joined', 'split', 'linked', 'connected'"
)


def upgrade() -> None:
    for table, column in _columns():
        op.add_column(table, column)
    for name, table, columns in NEW_INDEXES:
        op.create_index(name, table, columns)
    _messages()
    _accounts()
    _links()
    _joinings()
    _suggestions()
    _desk()


def _columns() -> tuple[tuple[str, sa.Column[Any]], ...]:
    return (
        ("handle", sa.Column("unreachable", sa.Text(), nullable=False, server_default="")),
        ("handle", sa.Column("reach_at", INSTANT, nullable=True)),
        ("message", sa.Column("edited_at", INSTANT, nullable=True)),
        ("message", sa.Column("deleted_at", INSTANT, nullable=True)),
        ("reply", sa.Column("sent_as", sa.JSON(), nullable=False, server_default="[]")),
        ("reply", sa.Column("edits", sa.Integer(), nullable=False, server_default="0")),
        ("reply", sa.Column("goes_at", INSTANT, nullable=True)),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")


def _messages() -> None:
    op.create_table(
        "message_version",
        sa.Column("id", ID, primary_key=True),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entities", sa.JSON(), nullable=False),
        _to("message_version", "message_id", "message"),
    )
    op.create_index("ix_message_version_message_id", "message_version", ["message_id"])
    op.create_table(
        "greeting",
        sa.Column("message_id", ID, primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _to("greeting", "message_id", "message"),
    )


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("owner_id", ID, primary_key=True, autoincrement=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("can_reply", sa.Boolean(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "account_connection",
        sa.Column("connection_id", sa.Text(), primary_key=True),
        sa.Column("owner_id", ID, nullable=False),
    )


def _links() -> None:
    op.create_table(
        "personal_link",
        sa.Column("secret", sa.Text(), primary_key=True),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("by_kind", sa.Text(), nullable=True),
        sa.Column("by_address", sa.Text(), nullable=True),
        _to("personal_link", "contact_id", "contact"),
    )
    op.create_index(
        "uq_personal_link_unused",
        "personal_link",
        ["contact_id"],
        unique=True,
        sqlite_where=UNUSED,
        postgresql_where=UNUSED,
    )


def _joinings() -> None:
    op.create_table(
        "joining",
        sa.Column("id", ID, primary_key=True),
        sa.Column("from_contact_id", ID, nullable=False),
        sa.Column("to_contact_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("split_at", INSTANT, nullable=True),
        _to("joining", "from_contact_id", "contact"),
        _to("joining", "to_contact_id", "contact"),
        _to("joining", "by_id", "manager"),
    )
    op.create_index("ix_joining_from_contact_id", "joining", ["from_contact_id"])
    op.create_index("ix_joining_to_contact_id", "joining", ["to_contact_id"])
    op.create_table(
        "joined_handle",
        sa.Column("joining_id", ID, primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("address", sa.Text(), primary_key=True),
        _to("joined_handle", "joining_id", "joining"),
    )
    op.create_index("ix_joined_handle_kind_address", "joined_handle", ["kind", "address"])
    op.create_table(
        "joined_conversation",
        sa.Column("joining_id", ID, primary_key=True),
        sa.Column("conversation_id", ID, primary_key=True),
        _to("joined_conversation", "joining_id", "joining"),
        _to("joined_conversation", "conversation_id", "conversation"),
    )
    op.create_index(
        "ix_joined_conversation_conversation_id", "joined_conversation", ["conversation_id"]
    )


def _suggestions() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", ID, primary_key=True),
        sa.Column("pair", sa.Text(), nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        _to("suggestion", "contact_id", "contact"),
        _to("suggestion", "other_id", "contact"),
        sa.UniqueConstraint("pair", name="uq_suggestion_pair"),
    )


def _desk() -> None:
    op.create_table(
        "topic",
        sa.Column("account", ID, primary_key=True, autoincrement=False),
        sa.Column("chat_id", ID, primary_key=True, autoincrement=False),
        sa.Column("client_id", ID, primary_key=True, autoincrement=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        _to("topic", "client_id", "client"),
        sa.UniqueConstraint(
            "account", "chat_id", "thread_id", name="uq_topic_account_chat_id_thread_id"
        ),
    )
    op.create_index("ix_topic_client_id", "topic", ["client_id"])
    op.create_table(
        "answering",
        sa.Column("conversation_id", ID, primary_key=True),
        sa.Column("manager_id", ID, primary_key=True),
        sa.Column("since", INSTANT, nullable=False),
        _to("answering", "conversation_id", "conversation"),
        _to("answering", "manager_id", "manager"),
    )
    op.create_table(
        "gathered_card",
        sa.Column("manager_id", ID, primary_key=True),
        sa.Column("message_id", ID, primary_key=True),
        _to("gathered_card", "manager_id", "manager"),
        _to("gathered_card", "message_id", "message"),
    )


def downgrade() -> None:
    for table in NEW_TABLES:
        op.drop_table(table)
    # The earlier version knows neither of these states: such a reply did not go, or did.
    op.execute("UPDATE reply SET state = 'rejected' WHERE state = 'withdrawn'")
    op.execute("UPDATE reply SET state = 'sent' WHERE state = 'taken_back'")
    _forget_new_deeds()
    for name, table, _ in NEW_INDEXES:
        op.drop_index(name, table)
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)


def _forget_new_deeds() -> None:
    """Lines that the earlier version could not read, and would stop at."""
    forget = f"DELETE FROM audit WHERE deed IN ({NEW_DEEDS})"  # noqa: S608 - our own words
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE audit DISABLE TRIGGER audit_no_change")
        op.execute(forget)
        op.execute("ALTER TABLE audit ENABLE TRIGGER audit_no_change")
        return
    op.execute("DROP TRIGGER audit_no_delete")
    op.execute(forget)
    op.execute(
        """
        CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
        """
    )
