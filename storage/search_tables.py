"""The tables of the search: what is found, who wrote it, and what is still to be read in.

    search          a row for each message, reply and note; `stems`: its words without their
                    endings, and what else is looked for by the index:
                    _c<client> _a<author> _k<part of the channel> _f (has files)
    search_words    SQLite's index over `stems` (FTS5, kept by triggers); PostgreSQL has a GIN.
                    Neither stands here: migration 0007 makes them
    search_author   what authors are called
    search_backlog  what is to be read in: of everything (conversation 0), of a conversation that
                    went to another client

All of it is made of other rows, and points to them without foreign keys.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from storage.columns import Id, Words
from storage.tables import metadata

search = Table(
    "search",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=False),
    Column("row_id", Id, nullable=False),
    Column("conversation_id", Id, nullable=False),
    Column("client_id", Id, nullable=False),
    Column("author", Id, nullable=False),
    Column("stems", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)
search_author = Table(
    "search_author",
    metadata,
    Column("author", Id, primary_key=True, autoincrement=False),
    Column("words", Words, nullable=False),
)

search_backlog = Table(
    "search_backlog",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("conversation_id", Id, primary_key=True, autoincrement=False),
    Column("below", Id, nullable=False),
    Column("left", Integer, nullable=False),
)


class as_stems(FunctionElement[str]):  # noqa: N801 - reads as the SQL function that it is
    """Words between spaces as the column `stems` keeps them."""

    type = Text()
    inherit_cache = True


@compiles(as_stems, "sqlite")
def _as_stems_sqlite(element: as_stems, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(as_stems, "postgresql")
def _as_stems_postgresql(element: as_stems, compiler: Any, **options: Any) -> str:
    return (
        f"array_to_tsvector(string_to_array({compiler.process(element.clauses, **options)}, ' '))"
    )
