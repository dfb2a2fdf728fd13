"""Words without their endings, Russian and English ones: "договорами" and "Договор" are the same.

Snowball's stemmers (https://snowballstem.org); "ё" is "е", accents and soft hyphens are dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

LONGEST_TEXT = 200_000  # characters of a text that are read
LONGEST_WORD = 64  # characters; what is longer is no word
MOST = 5_000  # different stems of a text
CACHED = 20_000

_WORD = re.compile(r"[^\W_]+")
_NOT_SEEN = dict.fromkeys(map(ord, "\u00ad\u0301\u200b\u200c\u200d\u2060\ufeff"))
_SAME = str.maketrans("ё", "е")
_CYRILLIC = re.compile(r"[а-я]+")
_LATIN = re.compile(r"[a-z]+")
_russian = Stemmer.Stemmer("russian", 0)
_english = Stemmer.Stemmer("english", 0)


def words(text: str) -> Iterator[str]:
    """The words of a text in small letters, as they stand."""
    text = unicodedata.normalize("NFC", text[:LONGEST_TEXT].translate(_NOT_SEEN))
    for found in _WORD.finditer(text.casefold().translate(_SAME)):
        yield found[0][:LONGEST_WORD]


def stems(text: str, most: int = MOST) -> tuple[str, ...]:
    """The different stems of a text in their order, `most` at most."""
    found: dict[str, None] = {}
    for word in words(text):
        found[stem(word)] = None
        if len(found) >= most:
            break
    return tuple(found)


@lru_cache(CACHED)
def stem(word: str) -> str:
    """What all forms of the word begin with; numbers and other alphabets stay as they are."""
    if _CYRILLIC.fullmatch(word):
        return str(_russian.stemWord(word))
    if _LATIN.fullmatch(word):
        return str(_english.stemWord(word))
    return word
