"""How people greet before they say what they want: pure."""

from __future__ import annotations

import re

# Phrases as `thanks.listed` takes them.
GREETINGS = """
здравствуйте здравствуй доброго_времени_суток доброго_дня доброго_вечера добрый_день доброе_утро
добрый_вечер доброй_ночи приветствую приветствуем привет
hello hi hey dear_colleagues good_morning good_afternoon good_evening good_day greetings
"""
# A word on these alone may say something else, as "Hi-Fi" or "Привет из Сочи".
_SHORT = frozenset({"привет", "приветствую", "приветствуем", "hello", "hi", "hey", "greetings"})

_ALL = "коллеги|друзья|команда|всем|all|there|team|everyone|everybody|colleagues|guys|folks"
# Who is told to do something is not greeted: "Добрый день Поменяйте, пожалуйста, ...".
_NAME = r"(?!\w*(?:йте|ите|ьте|луйста)\b)[^\W\d_a-zа-яё][\w'’-]*"
_TO_WHOM = (
    rf"(?:[ ,]+(?:(?:уважаемые|дорогие|dear)[ ]+)?(?:(?i:{_ALL})|{_NAME}(?: {_NAME}){{0,2}}))"
)
_ENDS = r"(?:[ ]*(?:[!.,;)…\r\n–—]|\Z|-[ ]|[^\w\s\d\"'«“(#№/@:+*\[{<=&%$€₽-])+\s*)"


def _phrases(words: list[str]) -> str:
    longest = sorted(words, key=len, reverse=True)
    return "|".join(one.replace("_", "[ ]+").replace("е", "[её]") for one in longest)


_WORDS = GREETINGS.split()
_GREETED = re.compile(
    rf"\s*[^\w\s/«\"“(#№@-]*[ ]*"
    rf"(?:(?i:{_phrases(_WORDS)})\b{_TO_WHOM}?{_ENDS}"
    rf"|(?i:{_phrases([one for one in _WORDS if one not in _SHORT])})\b[ ]+)"
)
_UNSEEN = re.compile(r"^(?:[\s!.,;)…–—-]|[:;=]['-]?[)\]]+)+")
_MOST = 3  # greetings, one behind the other


def without_greeting(text: str) -> str:
    """What follows a greeting in Russian or English, with the name of who is greeted; over line
    breaks too. The text as it is where it does not begin so, or where nothing follows."""
    rest = text
    for _ in range(_MOST):
        greeted = _GREETED.match(rest)
        rest = rest if greeted is None else _UNSEEN.sub("", rest[greeted.end() :])
    if rest == text or not re.search(r"\w", rest):
        return text
    return rest[:1].upper() + rest[1:]
