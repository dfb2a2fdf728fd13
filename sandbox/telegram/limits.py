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


@dataclass(slots=True)
class RateLimits:
    """Off by default. Times are seconds of one monotonic clock."""

    enabled: bool
    _sent: dict[tuple[int, int | None], deque[float]] = field(default_factory=dict)

    def check(self, bot_id: int, chat_id: int, at: float) -> None:
        """Count a send, or refuse it with 429 and the seconds to wait."""
        if not self.enabled:
            return
        group = GROUP if chat_id < 0 else PRIVATE_CHAT
        pairs = (((bot_id, None), ALL_CHATS), ((bot_id, chat_id), group))
        for key, window in pairs:
            times = self._sent.setdefault(key, deque())
            while times and times[0] <= at - window.seconds:
                times.popleft()
            if len(times) >= window.count:
                raise too_many_requests(max(1, math.ceil(times[0] + window.seconds - at)))
        for key, _ in pairs:
            self._sent[key].append(at)
