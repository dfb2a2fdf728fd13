"""Whether a message is only thanks (rule 9): pure, and in doubt it is not, so that it waits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Set

from inbox.model import InboundMessage, Media

THANKED = "thanks"  # a reason of Nature.THANKS; texts are in bot/classes
MOST_WORDS = 3
LONGEST_READ = 300  # characters

_THANKS = """
спасибо спс спсб спасиб спасиба спасибки пасиб пасибо пасиба благодарю благодарим
благодарствую признателен признательна признательны мерси сенкс сенькс сэнкс
ок окей оке окэ окай хорошо понял поняла поняли понятно ясно принято принял приняла приняли
учту учтем договорились ладно отлично прекрасно замечательно чудесно великолепно супер класс
классно круто здорово шикарно идеально
thanks thank_you thankyou thanx thx tnx thnx ty tysm cheers ok oк оk okay okey okie kk
great perfect excellent awesome wonderful brilliant amazing cool nice super got_it understood
noted received will_do sounds_good all_good all_right alright appreciated much_appreciated
"""
_BESIDE = """
большое огромное вам тебе вас тебя очень все всем вы вам_всем заранее еще_раз
за_ответ за_помощь за_информацию за_оперативность за_работу за_заботу от_души
very so much a_lot you again all everyone in_advance for_help for_everything indeed
"""
_SMILEY = re.compile(r"[:;=]['-]?[)\]]+|\b[xх][dд]+\b|:[dp]+\b|\^_*\^|\)+", re.IGNORECASE)
_EMOJI = re.compile(
    "[\u203c\u231a-\u23ff\u25aa-\u27bf\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_JOINERS = re.compile("[\u200b-\u200d\u2060\ufe0e\ufe0f\U000e0020-\U000e007f]")
# Displeasure and doubt are for a person to see.
_NO_THANKS = frozenset("👎➕😡😠🤬😤😢😭😞😟😔😣😖😫😩😰😨😱🙁☹😕🤔🙄😒💔🆘❓❔❌⛔🚫🖕💩🤮🤦")
_SIGNATURE = re.compile(r"^--[ \t\r]*$", re.MULTILINE)
_BETWEEN = re.compile(r"[\s.,!;:\-–—…()\[\]\"'«»“”„*_~^/|]+")
_REPEATED = re.compile(r"(.)\1+")


def _plain(text: str) -> str:
    """Of one case and spelling, each run of a letter one letter."""
    return _REPEATED.sub(r"\1", text.casefold().replace("ё", "е"))


def listed(words: str) -> frozenset[str]:
    """Words and phrases ("thank_you") as `plain_words` gives them."""
    return frozenset(_plain(one).replace("_", " ") for one in words.split())


_THANKING, _BESIDES = listed(_THANKS), listed(_BESIDE)


def only_thanks(message: InboundMessage) -> bool:
    """Whether the message says no more than thanks, or that it was read: a few words of a fixed
    list, an emoji, a sticker. Letter case, punctuation and smileys do not matter.

    Yes and no are answers, not thanks. What stands below "-- " is a signature. At most three
    words, where "thank you" is one; no digit, no question mark, no file.
    """
    if any(one.media is not Media.STICKER for one in message.attachments):
        return False
    text = _SIGNATURE.split(message.text, maxsplit=1)[0]
    if len(text) > LONGEST_READ:
        return False
    if not text.strip():
        return bool(message.attachments) and not message.text.strip()
    return _says_thanks(text)


def _says_thanks(text: str) -> bool:
    words = plain_words(text)
    if not words:
        return words is not None and smiles(text)
    return _word_count(words) <= MOST_WORDS and row_of(words, _THANKING, _BESIDES)


def plain_words(text: str) -> list[str] | None:
    """The words without case, punctuation and smileys, each run of a letter one letter; None where
    it asks, counts, or shows displeasure or doubt."""
    read = unicodedata.normalize("NFKC", text)
    if any(one.isnumeric() or one in "?¿؟" for one in text + read):
        return None
    if _NO_THANKS & set(read) or read.count("(") > read.count(")"):
        return None
    words = _JOINERS.sub("", read)
    words = _plain(_SMILEY.sub(" ", _EMOJI.sub(" ", words)))
    return [one for one in _BETWEEN.split(words) if one]


def smiles(text: str) -> bool:
    """Whether there is an emoji or a smiley in it."""
    words = _JOINERS.sub("", unicodedata.normalize("NFKC", text))
    return bool(_EMOJI.search(words) or _SMILEY.search(words))


def _word_count(words: list[str]) -> int:
    return len(words) - " ".join(words).count("thank you")


def row_of(words: list[str], needed: Set[str], beside: Set[str]) -> bool:
    """Whether the words are a row of listed ones, the longest first, one of them a needed one."""
    longest = max(one.count(" ") + 1 for one in needed | beside)
    met, at = False, 0
    while at < len(words):
        starting = _from(words, at, longest)
        found = next((one for one in starting if one in needed or one in beside), None)
        if found is None:
            return False
        met = met or found in needed
        at += found.count(" ") + 1
    return met


def _from(words: list[str], at: int, longest: int) -> Iterable[str]:
    longest = min(longest, len(words) - at)
    return (" ".join(words[at : at + length]) for length in range(longest, 0, -1))
