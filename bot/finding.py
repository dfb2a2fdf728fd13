"""What `okno check` finds, one thing tried at a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing tried, what it says, and what to do where it is not well."""

    what: str
    says: str
    fix: str = ""

    @property
    def well(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.fix
