"""Inline mode, the state of it: who waits for results, what was offered, what is remembered.

https://core.telegram.org/bots/inline
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

Key = tuple[int, str, str, int]


@dataclass(slots=True, frozen=True)
class Offered:
    """One answer of a bot; `contents` are the Message fields each result would be sent with.

    `shown` is what an app shows: {results, next_offset, button}.
    """

    shown: dict[str, Any]
    contents: dict[str, dict[str, Any]]


@dataclass(slots=True)
class Asking:
    """A query on its way. `answer` comes from answerInlineQuery."""

    bot_id: int
    person_id: int
    query: str
    offset: str
    answer: asyncio.Future[Offered]


@dataclass(slots=True)
class Offers:
    """Answers are remembered as Telegram does: for everybody, unless the bot says personal."""

    waiting: dict[str, Asking] = field(default_factory=dict)
    seen: dict[tuple[int, int], tuple[str, Offered]] = field(default_factory=dict)
    _kept: dict[Key, tuple[float, Offered]] = field(default_factory=dict)

    def keep(self, asking: Asking, offered: Offered, until: float, *, personal: bool) -> None:
        """Until this Unix time in seconds the bot is not asked the same again."""
        person_id = asking.person_id if personal else 0
        self._kept[asking.bot_id, asking.query, asking.offset, person_id] = until, offered

    def kept(self, asking: Asking, now: float) -> Offered | None:
        for person_id in (asking.person_id, 0):
            key = (asking.bot_id, asking.query, asking.offset, person_id)
            until, offered = self._kept.get(key, (0.0, None))
            if offered is not None and now < until:
                return offered
        return None

    def show(self, asking: Asking, offered: Offered) -> None:
        """These results are before the person's eyes; a later page is added to the first."""
        key = (asking.bot_id, asking.person_id)
        query, before = self.seen.get(key, ("", None))
        if asking.offset and before is not None and query == asking.query:
            offered = Offered(offered.shown, before.contents | offered.contents)
        self.seen[key] = asking.query, offered
