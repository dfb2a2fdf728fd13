"""Which language a command speaks before the settings are read, or when they cannot be."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Final

from bot.texts import known_language

SAYS_LANGUAGE = "OKNO_STUDIO__LANGUAGE"
SAYS_FILE = "OKNO_CONFIG"
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # POSIX: the first that is set decides
STUDIO_DEFAULT: Final = "ru"  # where [studio] names no language
DEFAULT_FILE = Path("okno.toml")


def spoken_language(file: Path | None = None) -> str:
    """The studio's language, "ru" or "en", where a settings file says it; else the system's.

    `file` is okno.toml here, or what OKNO_CONFIG names, where it is None. Never raises: a file
    that is no settings file says nothing.
    """
    environment = os.environ  # noqa: TID251 - a neighbour of the settings
    if said := known_language(environment.get(SAYS_LANGUAGE)):
        return said
    path = file or Path(environment.get(SAYS_FILE) or DEFAULT_FILE)
    if said := _studio_language(path):
        return said
    system = next((environment[name] for name in LOCALE if environment.get(name)), None)
    return known_language(system and system.partition(".")[0]) or "en"


def _studio_language(path: Path) -> str | None:
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    studio = values.get("studio")
    if not isinstance(studio, dict):
        return None
    language = studio.get("language", STUDIO_DEFAULT)
    return known_language(language) if isinstance(language, str) else None
