"""Parts of names as patterns mean the same in both databases and here."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import literal, select

from storage.name_parts import folded, has_part, part_pattern
from storage.store import SqlStore

LETTERS = "аАёЁеЕйЯbBZz09"
SIGNS = " -_.,/\\[]^$*?+(){}|@#%'\"«»—№ß"


def begins_part(name: str, word: str) -> bool:
    """The same, letter by letter."""
    text, wanted = f" {folded(name)}", folded(word)
    starts = [at for at in range(1, len(text)) if is_between(text[at - 1])]
    return any(text[at : at + len(wanted)] == wanted for at in starts)


def is_between(letter: str) -> bool:
    return letter in SIGNS.replace("ß", "")


async def test_patterns_of_all_signs(store: SqlStore) -> None:
    chance = random.Random(6)
    pairs = []
    for _ in range(400):
        name = "".join(chance.choices(LETTERS + SIGNS, k=chance.randint(1, 12)))
        start = chance.randrange(len(name))
        word = name[start : start + chance.randint(1, 4)].swapcase().replace("SS", "ß")
        pairs.append((name, word))
    async with store.begin() as t:
        matched = [await matches(t, name, word) for name, word in pairs]
    assert matched == [begins_part(name, word) for name, word in pairs]
    assert 100 < sum(matched) < 350, "the test can tell"


async def matches(t: Any, name: str, word: str) -> bool:
    pattern = literal(part_pattern(t.dialect, word))
    return bool(await t.value(select(has_part(t.dialect, literal(name), pattern))))
