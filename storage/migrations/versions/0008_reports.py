"""What reports read by its time: ended waits and promises, messages, changes of calendars."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORDS = ["sent_at", "nature", "conversation_id", "counted_on", "channel_id"]


def upgrade() -> None:
    _partial("ix_wait_ended", "wait", ["closed_at", "started_at", "id"], "kind = 'reply'")
    _partial("ix_wait_promise_ended", "wait", ["closed_at"], "kind = 'promise'")
    _partial("ix_audit_calendar", "audit", ["at"], "deed = 'calendar'")
    op.create_index("ix_message_sent_at", "message", WORDS)


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_message_sent_at", "message")
    op.drop_index("ix_audit_calendar", "audit")
    op.drop_index("ix_wait_promise_ended", "wait")
    op.drop_index("ix_wait_ended", "wait")
