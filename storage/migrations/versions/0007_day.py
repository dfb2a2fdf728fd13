"""A manager's day: internal notes, templates, prices, quotes, tasks, and the search."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

NEW_TABLES = (
    *("search_backlog", "search_author", "search"),
    *("joined_task", "task", "quote", "price_item", "template", "internal_note"),
)
NEW_DEEDS = "'quoted', 'quote_settled', 'task_made', 'task_changed', 'task_done'"
NEWEST = 2**62
# Words that are made ready by the program: no folding, no positions, no sizes.
SEARCH_WORDS = (
    """
    CREATE VIRTUAL TABLE search_words USING fts5(
        stems, content='search', content_rowid='number', detail=none, columnsize=0,
        tokenize="ascii tokenchars '_-'"
    )
    """,
    """
    CREATE TRIGGER search_added AFTER INSERT ON search BEGIN
        INSERT INTO search_words (rowid, stems) VALUES (new.number, new.stems);
    END
    """,
    """
    CREATE TRIGGER search_dropped AFTER DELETE ON search BEGIN
        INSERT INTO search_words (search_words, rowid, stems)
        VALUES ('delete', old.number, old.stems);
    END
    """,
    """
    CREATE TRIGGER search_changed AFTER UPDATE OF stems ON search
    WHEN old.stems IS NOT new.stems BEGIN
        INSERT INTO search_words (search_words, rowid, stems)
        VALUES ('delete', old.number, old.stems);
        INSERT INTO search_words (rowid, stems) VALUES (new.number, new.stems);
    END
    """,
)
WITH_FILES = {
    "message": {
        "sqlite": "json_array_length(extra, '$.attachments') > 0",
        "postgresql": "json_array_length(extra -> 'attachments') > 0",
    },
    "reply": {
        "sqlite": "json_array_length(attachments) > 0",
        "postgresql": "json_array_length(attachments) > 0",
    },
}


def upgrade() -> None:
    _notes()
    _lists()
    _quotes()
    _tasks()
    _files()
    _search()


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")


def _notes() -> None:
    op.create_table(
        "internal_note",
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
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("edited_at", INSTANT, nullable=True),
        _to("internal_note", "conversation_id", "conversation"),
        _to("internal_note", "author_id", "manager"),
        _to("internal_note", "message_id", "message"),
        sa.UniqueConstraint("key", name="uq_internal_note_key"),
    )
    op.create_index(
        "ix_internal_note_conversation_id_written_at",
        "internal_note",
        ["conversation_id", "written_at"],
    )
    op.create_index("ix_internal_note_desk", "internal_note", ["desk_chat_id", "desk_message_id"])


def _lists() -> None:
    op.create_table(
        "template",
        sa.Column("id", ID, primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("dropped_at", INSTANT, nullable=True),
        _to("template", "by_id", "manager"),
    )
    op.create_table(
        "price_item",
        sa.Column("id", ID, primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("price", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("within_amount", sa.Integer(), nullable=False),
        sa.Column("within_unit", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("dropped_at", INSTANT, nullable=True),
        _to("price_item", "by_id", "manager"),
    )


def _quotes() -> None:
    op.create_table(
        "quote",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("price", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("within_amount", sa.Integer(), nullable=False),
        sa.Column("within_unit", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("item_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("task_id", ID, nullable=True),
        _to("quote", "conversation_id", "conversation"),
        _to("quote", "author_id", "manager"),
        _to("quote", "message_id", "message"),
        _to("quote", "item_id", "price_item"),
        sa.UniqueConstraint("key", name="uq_quote_key"),
    )
    offered = sa.text("state = 'offered'")
    _partial("ix_quote_offered", "quote", "conversation_id", offered)


def _tasks() -> None:
    op.create_table(
        "task",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("horizon", sa.Text(), nullable=False),
        sa.Column("made_by_id", ID, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("quote_id", ID, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("done_by_id", ID, nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("dropped_at", INSTANT, nullable=True),
        _to("task", "client_id", "client"),
        _to("task", "made_by_id", "manager"),
        _to("task", "conversation_id", "conversation"),
        _to("task", "message_id", "message"),
        _to("task", "quote_id", "quote"),
        _to("task", "done_by_id", "manager"),
        sa.UniqueConstraint("key", name="uq_task_key"),
    )
    op.create_index("ix_task_client_id", "task", ["client_id"])
    op.create_index("ix_task_conversation_id", "task", ["conversation_id"])
    is_open = sa.text("done_at IS NULL AND dropped_at IS NULL")
    _partial("ix_task_open", "task", "client_id", is_open)
    _partial("ix_task_done_at", "task", "done_at", sa.text("done_at IS NOT NULL"))
    op.create_table(
        "joined_task",
        sa.Column("joining_id", ID, primary_key=True),
        sa.Column("task_id", ID, primary_key=True),
        _to("joined_task", "joining_id", "joining"),
        _to("joined_task", "task_id", "task"),
    )
    op.create_index("ix_joined_task_task_id", "joined_task", ["task_id"])


def _files() -> None:
    dialect = op.get_context().dialect.name
    for table, has_files in WITH_FILES.items():
        where = sa.text(has_files[dialect])
        _partial(f"ix_{table}_with_files", table, "conversation_id", where)


def _partial(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def _search() -> None:
    text = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")
    op.create_table(
        "search",
        sa.Column("number", ID, primary_key=True, autoincrement=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("author", ID, nullable=False),
        sa.Column("stems", text, nullable=False),
    )
    op.create_table(
        "search_author",
        sa.Column("author", ID, primary_key=True, autoincrement=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_table(
        "search_backlog",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("conversation_id", ID, primary_key=True, autoincrement=False),
        sa.Column("below", ID, nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
    )
    for kind in ("message", "reply"):
        # From the newest on: a process of the earlier version may still be writing.
        op.execute(
            'INSERT INTO search_backlog (kind, conversation_id, below, "left") '  # noqa: S608 - our own words
            f"SELECT '{kind}', 0, {NEWEST}, count(*) FROM {kind} HAVING count(*) > 0"
        )
    if op.get_context().dialect.name == "postgresql":
        # No list of what is pending: reading it slows every search, emptying it some messages.
        op.execute(
            "CREATE INDEX ix_search_stems ON search USING gin (stems) WITH (fastupdate = off)"
        )
        return
    for statement in SEARCH_WORDS:
        op.execute(statement)


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE search_words")  # the triggers go with their table
    for table in WITH_FILES:
        op.drop_index(f"ix_{table}_with_files", table)
    for table in NEW_TABLES:
        op.drop_table(table)
    _forget_new_deeds()


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
