"""What the index over words is asked, in SQLite's language (FTS5) or PostgreSQL's (tsquery).

The words are made by the program, of letters, digits, "_" and "-": nothing in them is a command.
"""

from __future__ import annotations

from collections.abc import Iterable

_QUOTE = {"sqlite": '"', "postgresql": "'"}
_AND = {"sqlite": " AND ", "postgresql": " & "}
_OR = {"sqlite": " OR ", "postgresql": " | "}


def word(dialect: str, one: str) -> str:
    """Where the word stands."""
    quote = _QUOTE[dialect]
    return f"{quote}{one}{quote}"


def both(dialect: str, parts: Iterable[str]) -> str:
    """Where all of them are fulfilled; "" asks nothing."""
    return _joined(_AND[dialect], parts)


def either(dialect: str, parts: Iterable[str]) -> str:
    """Where one of them is fulfilled."""
    return _joined(_OR[dialect], parts)


def _joined(between: str, parts: Iterable[str]) -> str:
    asked = [one for one in parts if one]
    return asked[0] if len(asked) == 1 else f"({between.join(asked)})" if asked else ""
