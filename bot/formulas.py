"""Cells of a CSV file that a spreadsheet would compute: an apostrophe makes text of them."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would compute."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    inner = cell[1:]
    return inner if cell.startswith("'") and guarded(inner) == cell else cell
