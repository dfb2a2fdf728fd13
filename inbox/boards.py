"""Boards: a message in a chat that says how it stands now, and keeps itself true.

The store remembers them, one a chat, so that they go on after a restart; of several processes one
at a time has the turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from inbox.live_records import Live
from inbox.report_records import Slice


@dataclass(frozen=True, slots=True)
class Board:
    """A board of the bot with this `account`; in a topic where `thread_id` is given.

    `manager_id`: who wished it; `whole`: it tells of the studio, else of this member's clients.
    `message_id`: None until it is shown. `unpinned`: it could not be pinned, and that was said.
    `shown`: what it said last, as `facts_of`; `shown_at`: when it was last written. `opened_at`:
    a board that is wished anew is another one.
    """

    account: int
    chat_id: int
    thread_id: int | None
    manager_id: int
    whole: bool
    opened_at: datetime
    message_id: int | None = None
    unpinned: bool = False
    shown: str = ""
    shown_at: datetime | None = None

    @property
    def slice(self) -> Slice:
        """Whose figures it tells."""
        return Slice() if self.whole else Slice(self.manager_id)

    def outdated(self, live: Live, facts: str) -> bool:
        """Whether it has to be written again: something changed, or while the studio is open its
        clock is behind. At night it keeps still."""
        if self.message_id is None or self.shown_at is None or facts != self.shown:
            return True
        return live.open and _minute(live.at) != _minute(self.shown_at)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def facts_of(live: Live) -> str:
    """What changes only where something happens: everything but how long it has lasted."""
    named = [(one.wait_id, one.client, one.holder, one.overdue(live.at)) for one in live.longest]
    ahead = live.next_due.wait_id if live.next_due is not None else None
    figures, rows = live.figures, live.managers
    shown = (live.since, figures, rows, named, ahead, live.unheld, live.open, live.opens_at)
    return repr(shown)


class BoardStore(Protocol):
    """A part of inbox.ports.Transaction. Seconds are the database's own."""

    async def board(self, account: int, chat_id: int) -> Board | None: ...
    async def open_board(self, board: Board) -> None:
        """In the place of the one that the chat may have; it has its turn at once."""
        ...

    async def boards_due(self, account: int) -> bool:
        """Whether the turn of any of them has come."""
        ...

    async def claim_boards(self, account: int, lease: float) -> tuple[Board, ...]:
        """Those whose turn has come; nobody else has them for `lease` seconds."""
        ...

    async def save_board(self, board: Board, after: float) -> bool:
        """Keep what became of it; its next turn comes `after` so many seconds. False where it has
        been ended or wished anew meanwhile."""
        ...

    async def end_board(self, board: Board) -> bool:
        """False where it has been ended or wished anew already."""
        ...
