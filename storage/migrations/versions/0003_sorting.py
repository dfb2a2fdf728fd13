"""How messages are sorted: corrections, guesses, what is held back; answers from elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("guessed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("only_sender", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("counted_on", ID, nullable=True),
        sa.Column("first_nature", sa.Text(), nullable=True),
        sa.Column("first_reason", sa.Text(), nullable=True),
    ):
        op.add_column("message", column)
    op.create_index("ix_message_sender", "message", ["sender_kind", "sender_address", "sent_at"])
    op.create_index(
        "ix_message_held",
        "message",
        ["held"],
        sqlite_where=sa.text("held IS NOT NULL"),
        postgresql_where=sa.text("held IS NOT NULL"),
    )
    op.create_index(
        "ix_message_counted_on",
        "message",
        ["counted_on"],
        sqlite_where=sa.text("counted_on IS NOT NULL"),
        postgresql_where=sa.text("counted_on IS NOT NULL"),
    )
    op.add_column(
        "wait", sa.Column("elsewhere", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "sender_class",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("address", sa.Text(), primary_key=True),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["manager.id"], name="fk_sender_class_by_id"),
    )
    op.create_table(
        "kept_apart",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("address", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("kept_apart")
    op.drop_table("sender_class")
    op.drop_column("wait", "elsewhere")
    for name in ("ix_message_counted_on", "ix_message_held", "ix_message_sender"):
        op.drop_index(name, "message")
    for name in (
        "first_reason",
        "first_nature",
        "counted_on",
        "held",
        "only_sender",
        "guessed",
    ):
        op.drop_column("message", name)
