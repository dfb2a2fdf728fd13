"""Boards of the desk: one a chat, and whose turn it is to write them."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from inbox.boards import Board
from storage.columns import now
from storage.live_tables import board
from storage.statements import Statements, per_dialect

FIELDS = tuple(board.c)[:-1]  # as in Board
ITS_OWN = ("message_id", "unpinned", "shown", "shown_at")
_here = (
    board.c.account == bindparam("its_account"),
    board.c.chat_id == bindparam("its_chat_id"),
)
_this = (*_here, board.c.opened_at == bindparam("its_opened_at"))
_due = (board.c.account == bindparam("its_account"), board.c.turn_at <= now())
ONE = select(*FIELDS).where(*_here)
OPEN = per_dialect(
    board,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["account", "chat_id"],
        set_={one.name: insert.excluded[one.name] for one in tuple(board.c)[2:]},
    ),
)
DUE = select(board.c.chat_id).where(*_due).limit(1)
# Who comes second finds the turn taken: a row is looked at again when its lock is free.
CLAIM = update(board).where(*_due).values(turn_at=now() + bindparam("lease")).returning(*FIELDS)
SAVE = (
    update(board)
    .where(*_this)
    .values(
        turn_at=now() + bindparam("after"), **{name: bindparam(f"new_{name}") for name in ITS_OWN}
    )
)
END = delete(board).where(*_this)


class BoardRows(Statements):
    """Implements inbox.boards.BoardStore."""

    async def board(self, account: int, chat_id: int) -> Board | None:
        found = await self.row(ONE, its_account=account, its_chat_id=chat_id)
        return None if found is None else Board(*found)

    async def open_board(self, board: Board) -> None:
        names = [one.name for one in FIELDS]
        row = dict(zip(names, astuple(board), strict=True))
        await self.run(OPEN, {**row, "turn_at": 0.0})

    async def boards_due(self, account: int) -> bool:
        return await self.row(DUE, its_account=account) is not None

    async def claim_boards(self, account: int, lease: float) -> tuple[Board, ...]:
        rows = await self.rows(CLAIM, its_account=account, lease=lease)
        return tuple(Board(*row) for row in rows)

    async def save_board(self, board: Board, after: float) -> bool:
        new = {f"new_{name}": getattr(board, name) for name in ITS_OWN}
        return await self.changed(SAVE, after=after, **new, **_key(board)) == 1

    async def end_board(self, board: Board) -> bool:
        return await self.changed(END, **_key(board)) == 1


def _key(board: Board) -> dict[str, Any]:
    return {
        "its_account": board.account,
        "its_chat_id": board.chat_id,
        "its_opened_at": board.opened_at,
    }
