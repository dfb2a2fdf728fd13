"""What is connected and what is not, since when and why; a change is logged, sameness is not."""

from __future__ import annotations

from collections.abc import Mapping
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
    """The present state of every supervised part, by name."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._connections: dict[str, Connection] = {}

    @property
    def connections(self) -> Mapping[str, Connection]:
        """By name; a copy."""
        return dict(self._connections)

    def note(self, name: str, state: State, why: str = "") -> None:
        """Remember the state; `since` stays while the state does."""
        before = self._connections.get(name)
        if before is not None and before.state is state:
            self._connections[name] = Connection(state, before.since, why)
            return
        self._connections[name] = Connection(state, self._clock.now(), why)
        if before is None and state is State.STARTING:
            return
        level = log.info if state in {State.STARTING, State.UP} else log.warning
        level(_SENTENCES[state], part=name, why=why or None)


_SENTENCES = {
    State.STARTING: "Starting.",
    State.UP: "Connected.",
    State.RETRYING: "Interrupted; trying again.",
    State.PAUSED: "Paused until a person helps; looked at again every ten minutes.",
}
