"""Letters as patterns that mean the same in both databases, and the order of names."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, literal

from storage.columns import storable

# Neither database's own folding can be relied on beyond ASCII: PostgreSQL's depends on how the
# database was made. A class of both cases means the same everywhere.
MATCH = {"sqlite": "GLOB", "postgresql": "~"}
_EVERYTHING = {"sqlite": "*", "postgresql": ""}
# What stands before a part of a name or address: all of ASCII that is no letter and no digit,
# and the marks of texts.
_BETWEEN = "[ -/:-@[-`{-~\u00a0«»“”„‘’–—…№]"
_SAME = {"е": "ё", "ё": "е", "Е": "Ё", "Ё": "Е"}


def folded(name: str) -> str:
    """By which names are sorted: whatever the case; ё stands with е."""
    return name.casefold().replace("ё", "е")


def pattern(dialect: str, words: str, *, whole: bool) -> str:
    """Matches texts that are these words, or begin with them, in any case."""
    if dialect == "postgresql":
        return f"^{''.join(map(_in_regex, words))}{'$' if whole else ''}"
    return f"{''.join(map(_in_glob, words))}{'' if whole else '*'}"


def part_pattern(dialect: str, word: str) -> str:
    """For `has_part`: a part that begins with the word, in any case; ё is the same as е."""
    letter_in = _in_regex if dialect == "postgresql" else _in_glob
    letters = (_either(one, _SAME.get(one, "")) or letter_in(one) for one in storable(word))
    around = _EVERYTHING[dialect]
    return f"{around}{_BETWEEN}{''.join(letters)}{around}"


def has_part(
    dialect: str, column: ColumnElement[str], pattern: ColumnElement[str]
) -> ColumnElement[bool]:
    """Whether a part of the text begins with the word that the pattern was made of."""
    return (literal(" ") + column).bool_op(MATCH[dialect])(pattern)


def _in_regex(letter: str) -> str:
    return _either(letter) or re.escape(letter)


def _in_glob(letter: str) -> str:
    return _either(letter) or (f"[{letter}]" if letter in "*?[" else letter)


def _either(letter: str, same: str = "") -> str:
    """A class of the letter's cases, and of the one that counts as the same; "" for just one."""
    cases = {case for one in letter + same for case in _cases(one)}
    return f"[{''.join(sorted(cases))}]" if len(cases) > 1 else ""


def _cases(letter: str) -> set[str]:
    """Those that are one letter each."""
    found = {letter, letter.lower(), letter.upper(), letter.title()}
    return {one for one in found if len(one) == 1}
