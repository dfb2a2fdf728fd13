"""What is connected and what is not, since when and why; a change is logged, sameness is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog

from inbox.ports import Clock

log = structlog.get_logger(__name__)


class State(StrEnum):
    """starting → up ⇄ retrying; paused needs a person."""

    STARTING = "starting"
    UP = "up"
    RETRYING = "retrying"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Connection:
    """A part's state, since when (UTC), and the reason where it is not up."""

    state: State
    since: datetime
    why: str = ""


class Board:
    """The present state of every supervised part, by name.

    A channel mends its connection by itself; `troubles` are asked why nothing comes through it
    at present ("" where all is well).
    """

    def __init__(
        self, clock: Clock, troubles: Mapping[str, Callable[[], str]] | None = None
    ) -> None:
        self._clock = clock
        self._troubles = troubles or {}
        self._mending: set[str] = set()
        self._connections: dict[str, Connection] = {}

    @property
    def connections(self) -> Mapping[str, Connection]:
        """By name; a copy."""
        return dict(self._connections)

    def troubled(self, name: str) -> bool:
        """Whether the part mends its connection at present."""
        trouble = self._troubles.get(name)
        return trouble is not None and bool(trouble())

    def look(self) -> None:
        """Ask every channel how it is; cheap, for every tick."""
        for name, trouble in self._troubles.items():
            why, connection = trouble(), self._connections.get(name)
            if connection is None:
                continue
            if why and connection.state in {State.STARTING, State.UP}:
                self.note(name, State.RETRYING, why)
                self._mending.add(name)
            elif not why and name in self._mending:
                self.note(name, State.UP)

    def note(self, name: str, state: State, why: str = "") -> None:
        """Remember the state; `since` stays while the state does."""
        self._mending.discard(name)
        before = self._connections.get(name)
        if before is not None and before.state is state:
            self._connections[name] = Connection(state, before.since, why)
            return
        self._connections[name] = Connection(state, self._clock.now(), why)
        if before is None and state is State.STARTING:
            return
        level = log.info if state in {State.STARTING, State.UP} else log.warning
        level(_SENTENCES[state], part=name, **({"why": why} if why else {}))


_SENTENCES = {
    State.STARTING: "Starting.",
    State.UP: "Connected.",
    State.RETRYING: "Interrupted; trying again.",
    State.PAUSED: "Paused until a person helps; looked at again every ten minutes.",
}
