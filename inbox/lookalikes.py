"""Domains made to be taken for another's: rornashka.ru for romashka.ru, a Cyrillic а for an a."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_SHORTEST_SAME = 5  # letters of a name; shorter ones are alike by chance
_SHORTEST_SLIP = 6
_SECOND_LEVEL = frozenset(("ac", "co", "com", "edu", "gov", "msk", "net", "org", "spb"))
_PUBLIC_TEXT = (
    "gmail.com googlemail.com yandex.ru ya.ru yandex.com yandex.by yandex.kz mail.ru bk.ru "
    "inbox.ru list.ru internet.ru vk.com rambler.ru lenta.ru autorambler.ru outlook.com "
    "hotmail.com live.com live.ru msn.com yahoo.com icloud.com me.com aol.com gmx.de gmx.net "
    "web.de proton.me protonmail.com ukr.net tut.by mail.com fastmail.com zoho.com"
)
PUBLIC_DOMAINS = frozenset(_PUBLIC_TEXT.split())

_ALIKE = {
    **dict(zip("абвгдеёзикмнопрстухьіјѕԁһԛԝӏї", "a6brdee3ukmhonpctyxbijsdhqwli", strict=True)),
    **dict(zip("αβεικνορτυχω", "abeikvoptuxw", strict=True)),
    "0": "o",
    "1": "l",
    "3": "e",
    "5": "s",
    "ı": "i",
    "ł": "l",
    "đ": "d",
    "ø": "o",
}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"), ("i", "l"))


def looks_like(domain: str, known_domains: Iterable[str]) -> str | None:
    """The known domain that this one may be taken for; None where it is known itself, or unlike.

    Alike: the same once letters of other scripts and look-alike pairs are levelled, or the same
    name with one letter more, fewer, changed or swapped, or the same name under another end.
    Domains are compared as people see them, so "xn--" forms are decoded first. A public mail
    provider is nobody's pretence, and nobody pretends to be one here.
    """
    seen = _readable(domain)
    known = {_readable(one): one for one in known_domains if one not in PUBLIC_DOMAINS}
    if (
        not seen
        or seen in PUBLIC_DOMAINS
        or any(seen == one or seen.endswith(f".{one}") for one in known)
    ):
        return None
    shape = _shape(seen)
    name, end = _split(shape)
    for readable, original in sorted(known.items()):
        other = _shape(readable)
        if shape == other:
            return original
        known_name, known_end = _split(other)
        if name == known_name and len(name) >= _SHORTEST_SAME:
            return original
        near = end == known_end and len(known_name) >= _SHORTEST_SLIP
        if near and _one_slip(name, known_name):
            return original
    return None


def _readable(domain: str) -> str:
    labels = domain.strip().rstrip(".").lower().split(".")
    return ".".join(_decoded(label) for label in labels)


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _shape(domain: str) -> str:
    """The domain with everything that looks alike made the same."""
    plain = unicodedata.normalize("NFKD", domain)
    text = "".join(_ALIKE.get(c, c) for c in plain if not unicodedata.combining(c))
    for pair, one in _PAIRS:
        text = text.replace(pair, one)
    return text


def _split(domain: str) -> tuple[str, str]:
    """The last name and what it ends with: ("romashka", "co.uk") of mail.romashka.co.uk."""
    labels = domain.split(".")
    ends = 2 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 1
    return (labels[-ends - 1] if len(labels) > ends else ""), ".".join(labels[-ends:])


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter was added, left out, changed, or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
