"""/healthz over real HTTP: well, a slow database, ticks that stand still; and `okno health`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from bot.connections import Board, State
from bot.health import Backlog, Health, ask, serve
from bot.settings_faults import SettingsFault


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 5, 4, 9, tzinfo=UTC)


async def some() -> Backlog:
    return Backlog(jobs=3, oldest_seconds=1.25)


async def broken() -> Backlog:
    raise OSError("disk")


async def slow() -> Backlog:
    await asyncio.sleep(60)
    raise AssertionError


def made(
    backlog: Callable[[], Awaitable[Backlog]], since_tick: float = 0.2, patience: float = 3.0
) -> Health:
    board = Board(Clock())
    board.note("email:info", State.PAUSED, "login_failed")
    return Health(board, backlog, lambda: since_tick, patience)


async def test_well_although_a_mailbox_is_paused() -> None:
    async with serve(made(some), "127.0.0.1", 0) as port:
        well, text = await asyncio.to_thread(ask, "127.0.0.1", port)
    assert well
    assert json.loads(text) == {
        "ok": True,
        "store": "ok",
        "queue": {"jobs": 3, "oldest_seconds": 1.25},
        "clock": "ok",
        "parts": {
            "email:info": {
                "state": "paused",
                "since": "2026-05-04T09:00:00+00:00",
                "why": "login_failed",
            }
        },
    }


@pytest.mark.parametrize(
    ("made_of", "fault"),
    [
        (made(broken), ("store", "OSError")),
        (made(slow, patience=0.05), ("store", "no answer within 0.05 s")),
        (made(some, since_tick=61), ("clock", "late")),
    ],
)
async def test_unwell_where_a_restart_may_help(made_of: Health, fault: tuple[str, str]) -> None:
    async with serve(made_of, "127.0.0.1", 0) as port:
        well, text = await asyncio.to_thread(ask, "0.0.0.0", port)
    assert not well
    assert json.loads(text)[fault[0]] == fault[1]


async def test_a_port_that_is_taken_is_a_fault_of_the_settings() -> None:
    async with serve(made(some), "127.0.0.1", 0) as port:
        with pytest.raises(SettingsFault, match="Choose another health"):
            async with serve(made(some), "127.0.0.1", port):
                raise AssertionError


def test_nobody_answers() -> None:
    well, text = ask("127.0.0.1", 9)
    assert not well
    assert "does not answer" in text
