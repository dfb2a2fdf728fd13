"""PGP in plain text (RFC 9580, cleartext signatures and armour): told, and its frame taken off."""

from __future__ import annotations

import re

_SIGNED = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z]{2,20}: [^\n]*\n)*[ \t]*\n"
    r"(.*?)\n?-----BEGIN PGP SIGNATURE-----.*?(?:-----END PGP SIGNATURE-----[ \t]*|\Z)",
    re.DOTALL,
)
_ENCRYPTED = re.compile(r"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)
_ESCAPED = re.compile(r"^- (?=-)", re.MULTILINE)


def unarmoured(text: str) -> tuple[str, str]:
    """The text without the frame of its signature, and "signed", "encrypted" or ""."""
    if "-----BEGIN PGP" not in text:
        return text, ""
    found = _SIGNED.search(text)
    if found is not None:
        inner = _ESCAPED.sub("", found[1])
        return text[: found.start()] + inner + text[found.end() :], "signed"
    return text, "encrypted" if _ENCRYPTED.search(text) else ""
