"""What the flow tells of itself to whoever counts: numbers for graphs, never names or words."""

from __future__ import annotations

from typing import Protocol

from inbox.errors import SendFailed
from inbox.jobs import Queue
from inbox.model import Nature, Receipt, Wait


class Meter(Protocol):
    """Counts since the process began. Quick, raises nothing, and keeps nothing but numbers.

    Called once what happened is committed: what was rolled back was not.
    """

    def received(self, channel_id: str, nature: Nature) -> None:
        """A client's message came and was filed; what was only changed or deleted was not."""
        ...

    def quarantined(self, channel_id: str) -> None:
        """Something came that cannot be read."""
        ...

    def tried(self, channel_id: str, result: Receipt | SendFailed) -> None:
        """A message was to go out on a channel, and this became of it; each try counts."""
        ...

    def put_off(self, queue: Queue, error: SendFailed) -> None:
        """A job is to be tried again, as the other side did not take what it brought."""
        ...

    def answered(self, wait: Wait) -> None:
        """A wait ended with an answer (`wait.closing`)."""
        ...

    def alerted(self, alerts: int) -> None:
        """So many alerts were raised."""
        ...

    def reported(self, way: str) -> None:
        """A report reached its reader; `way` is a word: shown, mailed."""
        ...


class NoMeter:
    """Counts nothing."""

    def received(self, channel_id: str, nature: Nature) -> None:
        """See Meter."""

    def quarantined(self, channel_id: str) -> None:
        """See Meter."""

    def tried(self, channel_id: str, result: Receipt | SendFailed) -> None:
        """See Meter."""

    def put_off(self, queue: Queue, error: SendFailed) -> None:
        """See Meter."""

    def answered(self, wait: Wait) -> None:
        """See Meter."""

    def alerted(self, alerts: int) -> None:
        """See Meter."""

    def reported(self, way: str) -> None:
        """See Meter."""
