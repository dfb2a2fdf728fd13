"""Telegram's sending limits: a message a second a chat, 20 a minute a group, 30 a second."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from sandbox.telegram.refusal import too_many_requests


@dataclass(slots=True, frozen=True)
class Window:
    """At most `count` sends in `seconds`."""

    count: int
    seconds: float


ALL_CHATS = Window(30, 1.0)
PRIVATE_CHAT = Window(10, 5.0)  # one a second, and a short burst
GROUP = Window(20, 60.0)
TOPIC_EDITS = Window(5, 30.0)  # not documented; small, so that careless renaming shows

Key = tuple[object, ...]


@dataclass(slots=True)
class RateLimits:
    """Off by default. Times are seconds of one monotonic clock."""

    enabled: bool
    _sent: dict[Key, deque[float]] = field(default_factory=dict)

    def check(
        self, bot_id: int, chat_id: int, at: float, *, business: str = "", weight: int = 1
    ) -> None:
        """Count a send of so many messages, or refuse it with 429 and the seconds to wait."""
        group = GROUP if chat_id < 0 else PRIVATE_CHAT
        self._take([((bot_id,), ALL_CHATS), ((bot_id, chat_id, business), group)], at, weight)

    def check_topic_edit(self, bot_id: int, chat_id: int, at: float) -> None:
        """The same for a change of a topic's name."""
        self._take([((bot_id, chat_id, "topics"), TOPIC_EDITS)], at, 1)

    def _take(self, pairs: list[tuple[Key, Window]], at: float, weight: int) -> None:
        if not self.enabled:
            return
        for key, window in pairs:
            times = self._sent.setdefault(key, deque())
            while times and times[0] <= at - window.seconds:
                times.popleft()
            if len(times) >= window.count:
                raise too_many_requests(max(1, math.ceil(times[0] + window.seconds - at)))
        for key, _ in pairs:
            self._sent[key].extend([at] * weight)
