"""The tables of all files together: what the migrations have to make."""

from storage import (
    chat_tables,
    day_tables,
    live_tables,
    queue_tables,
    search_tables,
    tables,
    timing_tables,
)

ALL = tables.metadata
TOGETHER = (
    tables,
    queue_tables,
    timing_tables,
    chat_tables,
    day_tables,
    search_tables,
    live_tables,
)  # each adds its own when it is imported
