"""Which files of a report are wanted, and which were made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from bot.report_orders import Files, Kind


@dataclass(slots=True)
class Made:
    """The files that are there, and why others are not ("killed", "too slow", an error's kind)."""

    files: dict[Kind, Path] = field(default_factory=dict)
    faults: dict[Kind, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files, in which language, under which name: `folder` / `name`.pdf and so on.

    `card_link`: the address of a wait's card with the field {message_id}; "" for none.
    """

    kinds: Collection[Kind]
    folder: Path
    name: str
    language: str
    card_link: str = ""

    def files(self, scratch: Path, part: Collection[Kind]) -> Files:
        """Those of this part, first written into `scratch`."""
        kinds = tuple(kind for kind in Kind if kind in self.kinds and kind in part)
        return Files(kinds, str(scratch / self.name), self.language, self.card_link)
