"""Bytes of unknown or falsely declared charset to text; Cyrillic is told apart by its letters."""

from __future__ import annotations

import codecs
import re

_CYRILLIC = ("windows-1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")
_CYRILLIC_DECLARED = frozenset((*_CYRILLIC, "cp1251", "koi8-u", "koi8-t", "cp1125", "cp855"))
_LATIN_DECLARED = frozenset(("ascii", "iso8859-1", "iso8859-15", "cp1252", "latin-1"))
_SEVEN_BIT = frozenset(("utf-7", "hz", "iso2022_jp", "iso2022_kr"))
_JIS = frozenset(("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_ext"))
_NO_CHARSETS = frozenset(
    ("idna", "punycode", "unicode_escape", "raw-unicode-escape", "undefined", "palmos")
)
_ALIASES = {
    "ansi": "cp1252",
    "win-1251": "cp1251",
    "cp-1251": "cp1251",
    "x-cp1251": "cp1251",
    "windows1251": "cp1251",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-roman": "mac-roman",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "x-gbk": "gbk",
    "gb2312": "gb18030",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "cp-850": "cp850",
}
_SAMPLE = 2_000

_LETTERS = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_WEIGHT = {letter: 3.0 - 0.09 * rank for rank, letter in enumerate(_LETTERS)}
_WEIGHT |= dict.fromkeys("іїєґ", 1.0)
_COMMON_PAIRS = (
    "ст но то на ен ов ни ра во ко не ть ро по ре он пр ал ер го от ли ос ль ка та ет ол ом "
    "ор ва те ла ат ло ел де ин ав ри ес ве ан ог ак тр од за ле ив из ем ам ил да об тв ны "
    "ме ск ви до бы жа ит же ки мо че чт ми бо ис ся ма ас ие ий ые ый ая ое их ым ую аю ют "
    "уч мн со вы др вс се са си ед ар яв жи ше ча щи щу нн нт нд нс нк рт рс рм рн рк лс сл "
    "сп см сн сч оч чн чк шк шл шн дн дл дг гл гд гр бл бр вл вн вр вт кл кр кт пл пи па пу "
    "ру рг ту ти ты чи чу ци це оп оз ож ош ощ ой ою ещ еш ез еж ей ек ап аз аж ае аш ащ ач "
    "ип"
)
_PAIRS = frozenset(_COMMON_PAIRS.split())
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC_LETTER = re.compile(r"[\u0400-\u04ff]")
_BROKEN_CASE = re.compile(r"[а-яё][А-ЯЁ]|[А-ЯЁ]{2}[а-яё]")
_STRAY_SIGN = re.compile(r"[„‡€‰‹‚ƒ†‘”“•–™](?=[а-яё])|[„‡€‰‹‚ƒ†•™][А-ЯЁ]")
_NOT_LETTERS = re.compile(r"[\u2500-\u259f\ufffd\x80-\x9f°·√≈≤≥⌠⌡÷²©¤¶†ЂЃЉЊЌЋЏђѓљњќћџЅѕЈј]")


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`, whatever is declared; never raises.

    A declaration is believed unless the bytes speak clearly against it: valid UTF-8 beats every
    8-bit charset, and a declared Latin charset gives way only to whole Cyrillic words.
    """
    codec = _codec(declared)
    if data.isascii() and codec not in _SEVEN_BIT and not (codec or "").startswith("utf-16"):
        return data.decode("ascii")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and codec in {None, "utf-16"}:
        return data.decode("utf-16", "replace")
    if codec in _JIS and not data.isascii():
        return _plain(data, "cp932")  # eight-bit Japanese under a seven-bit name
    if codec is None or codec == "utf-8" or codec in _LATIN_DECLARED | _CYRILLIC_DECLARED:
        return _decode_doubted(data, codec)
    return _plain(data, codec)


def _codec(declared: str | None) -> str | None:
    if not declared:
        return None
    name = declared.strip().strip("\"'").lower().split("*")[0]
    try:
        codec = codecs.lookup(_ALIASES.get(name, name)).name
        b"".decode(codec)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if codec in _NO_CHARSETS else codec


def _plain(data: bytes, codec: str) -> str:
    try:
        text = data.decode(codec, "replace")
    except (LookupError, ValueError, UnicodeError):
        text = data.decode("cp1252", "replace")
    return text.encode("utf-8", "replace").decode("utf-8")


def _decode_doubted(data: bytes, codec: str | None) -> str:
    try:
        text = data.decode("utf-8-sig")
        if codec not in _CYRILLIC_DECLARED or _CYRILLIC_LETTER.search(text):
            return text
    except UnicodeDecodeError as fault:
        if codec == "utf-8" and _mostly_utf8(data, fault):
            return data.decode("utf-8-sig", "replace")
    cyrillic = _cyrillic(data, codec)
    if cyrillic is not None:
        return cyrillic
    if codec in (None, "ascii", "utf-8", "iso8859-1"):
        return data.decode("cp1252", "replace")
    return _plain(data, codec)


def _mostly_utf8(data: bytes, fault: UnicodeDecodeError) -> bool:
    """A few spoilt or cut characters do not make a text another charset's."""
    sample = data[: max(_SAMPLE, fault.end)][:65_536]
    broken = sample.decode("utf-8", "replace").count("\ufffd")
    high = sum(byte > 0x7F for byte in sample)
    return broken * 6 < high


def _cyrillic(data: bytes, codec: str | None) -> str | None:
    sample = _high_lines(data)
    trusted = codec if codec in _CYRILLIC_DECLARED else None
    scores = {name: _score(sample.decode(name, "replace")) for name in _CYRILLIC}
    best = max(scores, key=lambda name: scores[name])
    if trusted is not None:
        own = _score(sample.decode(trusted, "replace"))
        return _plain(data, best if scores[best] > own + 0.35 * abs(own) + 2 else trusted)
    shortest = 3 if codec in _LATIN_DECLARED and codec != "ascii" else 2
    whole = _whole_words(sample.decode(best, "replace"), shortest)
    return _plain(data, best) if whole else None


def _high_lines(data: bytes) -> bytes:
    """Up to some thousand bytes of the lines that are not plain ASCII."""
    if len(data) <= _SAMPLE:
        return data
    lines: list[bytes] = []
    room = _SAMPLE
    for line in data[: 64 * _SAMPLE].split(b"\n"):
        if not line.isascii():
            lines.append(line[:room])
            room -= len(line)
        if room <= 0:
            break
    return b"\n".join(lines) or data[-_SAMPLE:]


def _score(text: str) -> float:
    """How much like Russian the text reads; a capital costs, a common pair of letters pays."""
    total = -4.0 * len(_NOT_LETTERS.findall(text)) - 5.0 * len(_BROKEN_CASE.findall(text))
    total -= 3.0 * len(_STRAY_SIGN.findall(text))
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        lower = word.lower()
        total += sum(_WEIGHT.get(letter, 0.0) for letter in lower)
        total += sum(1.5 for at in range(len(lower) - 1) if lower[at : at + 2] in _PAIRS)
        total -= 0.6 * sum(letter.isupper() for letter in word)
        total -= 3.0 if _LATIN.search(word) else 0.0
    return total


def _whole_words(text: str, shortest: int) -> bool:
    """Cyrillic words stand alone; letters of a Latin text sit among ASCII ones ("für")."""
    whole = mixed = 0
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        if _LATIN.search(word):
            mixed += 1
        elif len(word) >= shortest:
            whole += 1
    return whole > 0 and mixed * 5 <= whole
