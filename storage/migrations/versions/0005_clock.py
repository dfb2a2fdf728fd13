"""The clock in full: calendars and tiers by name, absences, promises, alerts, the log."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("outcome IS NULL")
OPEN_REPLY = sa.text("outcome IS NULL AND kind = 'reply'")
UNDER_WAY = sa.text("told_at IS NULL")

# Of what has ended it is known who held it, or that nobody did.
HELD = "UPDATE wait SET held_known = true WHERE outcome IS NOT NULL OR held_by_id IS NOT NULL"
# A ladder that was at its end goes on: its repeats begin.
LOOK_AGAIN = (
    "UPDATE wait SET next_rung_at = started_at WHERE outcome IS NULL AND next_rung_at IS NULL"
)

# The log is only ever appended to.
REFUSE = {
    "sqlite": (
        """
        CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
        """,
        """
        CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
        END $$
        """,
        """
        CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
        """,
    ),
}


def upgrade() -> None:
    op.add_column("manager", sa.Column("calendar", sa.Text(), nullable=True))
    op.add_column("manager", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("client", sa.Column("calendar", sa.Text(), nullable=True))
    op.add_column("client", sa.Column("tier", sa.Text(), nullable=True))
    for column in (
        sa.Column("kind", sa.Text(), nullable=False, server_default="reply"),
        sa.Column("policy", sa.Text(), nullable=False, server_default=""),
        sa.Column("stretches", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("ladder_from", INSTANT, nullable=True),
        sa.Column("round", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("held_known", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("wait", column)
    op.execute(HELD)
    op.execute(LOOK_AGAIN)
    _one_open_wait(OPEN_REPLY)
    op.create_index(
        "ix_wait_open_calendar",
        "wait",
        ["calendar", "id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    _people()
    _alerts()
    op.create_table(
        "off_hours_reply",
        sa.Column("wait_id", ID, primary_key=True),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _to("off_hours_reply", "wait_id", "wait"),
        _to("off_hours_reply", "message_id", "message"),
    )
    _audit()


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")


def _one_open_wait(where: sa.TextClause) -> None:
    op.drop_index("uq_wait_open", "wait")
    op.create_index(
        "uq_wait_open",
        "wait",
        ["conversation_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def _people() -> None:
    op.create_table(
        "special_day",
        sa.Column("calendar", sa.Text(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("shifts", sa.JSON(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        _to("special_day", "by_id", "manager"),
    )
    op.create_table(
        "absence",
        sa.Column("id", ID, primary_key=True),
        sa.Column("manager_id", ID, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("deputy_id", ID, nullable=True),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("given_back", sa.Boolean(), nullable=False, server_default=sa.false()),
        _to("absence", "manager_id", "manager"),
        _to("absence", "deputy_id", "manager"),
        _to("absence", "by_id", "manager"),
    )
    op.create_index("ix_absence_manager_id", "absence", ["manager_id"])


def _alerts() -> None:
    op.create_table(
        "alert_digest",
        sa.Column("id", ID, primary_key=True),
        sa.Column("manager_id", ID, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("account", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("desk_message_id", ID, nullable=False),
        _to("alert_digest", "manager_id", "manager"),
    )
    op.create_index(
        "ix_alert_digest_manager_id_started_at", "alert_digest", ["manager_id", "started_at"]
    )
    op.create_index(
        "ix_alert_digest_place", "alert_digest", ["account", "chat_id", "desk_message_id"]
    )
    op.create_table(
        "alert",
        sa.Column("id", ID, primary_key=True),
        sa.Column("wait_id", ID, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("manager_id", ID, nullable=False),
        sa.Column("instant", INSTANT, nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("digest_id", ID, nullable=True),
        _to("alert", "wait_id", "wait"),
        _to("alert", "manager_id", "manager"),
        _to("alert", "digest_id", "alert_digest"),
        sa.UniqueConstraint(
            "wait_id", "round", "rung", "manager_id", name="uq_alert_wait_id_round_rung_manager_id"
        ),
    )
    op.create_index("ix_alert_digest_id", "alert", ["digest_id"])
    op.create_index("ix_alert_manager_id_raised_at", "alert", ["manager_id", "raised_at"])
    op.create_index(
        "ix_alert_under_way",
        "alert",
        ["raised_at"],
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("wait_id", ID, nullable=True),
        sa.Column("manager_id", ID, nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        _to("audit", "by_id", "manager"),
        _to("audit", "conversation_id", "conversation"),
        _to("audit", "wait_id", "wait"),
        _to("audit", "manager_id", "manager"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_conversation_id", "audit", ["conversation_id"])
    op.create_index("ix_audit_wait_id", "audit", ["wait_id"])
    for statement in REFUSE[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for table in ("audit", "off_hours_reply", "alert", "alert_digest", "absence", "special_day"):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
    # The earlier version knows neither promises, which would be second open waits, nor telephones.
    op.execute(
        """
        UPDATE wait SET outcome = 'dismissed', next_rung_at = NULL,
            closed_at = coalesce(closed_at, due_at), business = coalesce(business, 0),
            wall = coalesce(wall, 0), within_target = coalesce(within_target, true)
        WHERE kind = 'promise'
        """
    )
    op.execute("UPDATE wait SET outcome = 'answered' WHERE outcome = 'phoned'")
    _one_open_wait(OPEN)
    op.drop_index("ix_wait_open_calendar", "wait")
    for name in ("held_known", "note", "round", "ladder_from", "stretches", "policy", "kind"):
        op.drop_column("wait", name)
    for table, name in (
        ("client", "tier"),
        ("client", "calendar"),
        ("manager", "email"),
        ("manager", "calendar"),
    ):
        op.drop_column(table, name)
