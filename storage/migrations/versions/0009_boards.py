"""Boards of the desk: messages that say how it stands now."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "board",
        sa.Column("account", ID, primary_key=True, autoincrement=False),
        sa.Column("chat_id", ID, primary_key=True, autoincrement=False),
        sa.Column("thread_id", ID),
        sa.Column("manager_id", ID, sa.ForeignKey("manager.id"), nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("message_id", ID),
        sa.Column("unpinned", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("shown", sa.Text, nullable=False, server_default=""),
        sa.Column("shown_at", INSTANT),
        sa.Column("turn_at", sa.Double, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("board")
