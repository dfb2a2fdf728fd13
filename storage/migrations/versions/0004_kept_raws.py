"""Raw messages that still have their payload can be found by arrival."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEPT = sa.text("length(payload) > 8")


def upgrade() -> None:
    op.create_index(
        "ix_raw_kept",
        "raw",
        ["channel_id", "received_at"],
        sqlite_where=KEPT,
        postgresql_where=KEPT,
    )


def downgrade() -> None:
    op.drop_index("ix_raw_kept", "raw")
