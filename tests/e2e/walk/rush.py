"""A studio of its own in which all clients write at once, while Telegram's limits hold."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.e2e.walk.people import Client, Side
from tests.e2e.walk.stage import Message, Walk, text_of

SETTINGS = """
[sla]
reply_within = "1h"
ladder = [{ notify = "manager", after = "30m" }]
"""
CLIENTS = 25
TURNS = ("First", "Second")
LIST, ALERT = "📥", "⏰"
TO_ALERT = timedelta(minutes=29, seconds=56)  # after the urgent messages, before their alerts


@dataclass(frozen=True)
class Rush:
    """Who wrote what; `begun`: when, in monotonic seconds of the whole machine."""

    walk: Walk
    begun: float
    urgent: dict[str, Client]
    clients: dict[str, tuple[Client, ...]]


async def in_a_rush(walk: Walk) -> Rush:
    """One client of each side has waited for half an hour all but some seconds when 25 others
    write two messages each; return when the lists are there."""
    sides = tuple(walk.sides.values())
    urgent = {at.language: at.client() for at in sides}
    clients = {at.language: tuple(at.client() for _ in range(CLIENTS)) for at in sides}
    for at in sides:
        await walk.asks(at, urgent[at.language], f"Urgent, says {urgent[at.language].name}")
    await walk.turn(walk.clock.now() + TO_ALERT)
    await asyncio.gather(*(_write(walk, clients[at.language]) for at in sides))
    begun = walk.telegram.done_at
    for at in sides:
        await walk.until(_listed(walk, at), "the rest becomes a list", seconds=180)
    return Rush(walk, begun, urgent, clients)


async def _write(walk: Walk, clients: tuple[Client, ...]) -> None:
    for turn in TURNS:
        await asyncio.gather(
            *(walk.writes(one.telegram, f"{turn} of {one.name}") for one in clients)
        )


def _listed(walk: Walk, at: Side) -> Callable[[], Awaitable[Message | None]]:
    async def listed() -> Message | None:
        await asyncio.sleep(0.5)  # it takes long, and the other steps need the machine
        there = await walk.theirs(at.manager.telegram)
        return next((one for one in there if text_of(one).startswith(LIST)), None)

    return listed
