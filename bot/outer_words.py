"""What the system, the network and the TOML reader say is wrong, as phrases where known."""

from __future__ import annotations

import re

from bot.texts import mark
from inbox.phrases import Phrase

# Those of POSIX that a person who sets Okno up may meet, as strerror(3) says them.
_SYSTEM = frozenset(
    {
        mark("No such file or directory"),
        mark("Permission denied"),
        mark("Is a directory"),
        mark("Not a directory"),
        mark("File exists"),
        mark("No space left on device"),
        mark("Read-only file system"),
        mark("File name too long"),
        mark("Address already in use"),
        mark("Connection refused"),
    }
)
_TOML = frozenset(
    {
        mark("Cannot overwrite a value"),
        mark("Expected '=' after a key in a key/value pair"),
        mark("Expected ']' at the end of a table declaration"),
        mark("Expected newline or end of document after a statement"),
        mark("Invalid initial character for a key part"),
        mark("Invalid statement"),
        mark("Invalid value"),
        mark("Unclosed array"),
        mark("Unclosed inline table"),
        mark("Unescaped '\\' in a string"),
        mark("Unterminated string"),
    }
)
_NETWORK = {
    re.compile(
        r"\[Errno -?\d+\] (?:Name or service not known|Temporary failure in name resolution"
        r"|No address associated with hostname)"
    ): mark("there is no server of this name, or no network"),
    re.compile(r"\[Errno \d+\] Connect(?:ion refused| call failed\b.*)"): mark(
        "nothing answers at this address and port"
    ),
    re.compile(
        r"\[SSL: CERTIFICATE_VERIFY_FAILED\] certificate verify failed: (?P<why>.+?)"
        r"(?: \(_ssl\.c:\d+\))?$"
    ): mark("its certificate is not trusted ({why}); further authorities go into ca_file"),
}
_TWICE = re.compile(r"Cannot (?:declare|mutate|redefine) .+")
_PLACE = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)


def system_fault(error: OSError) -> str:
    """Why the system did not do it."""
    said = error.strerror or type(error).__name__
    return Phrase(said) if said in _SYSTEM else said


def network_fault(said: str) -> str:
    """Why a server cannot be reached, as Python says it, behind the address that may precede."""
    if isinstance(said, Phrase):
        return said
    for pattern, words in _NETWORK.items():
        if found := pattern.search(said):
            fault = Phrase(words, **found.groupdict())
            return Phrase.joined("", (said[: found.start()], fault))
    return said


def toml_fault(said: str) -> str:
    """What `tomllib` said, with a place "(at line 3, column 7)" at its end."""
    placed = _PLACE.fullmatch(said)
    if placed is None:
        return said
    return Phrase(
        "{fault} (at line {line}, column {column})",
        fault=_words(placed[1]),
        line=placed[2],
        column=placed[3],
    )


def _words(said: str) -> Phrase:
    if said in _TOML:
        return Phrase(said)
    if _TWICE.fullmatch(said):
        return Phrase("The table stands there twice")
    return Phrase("This cannot stand here")
