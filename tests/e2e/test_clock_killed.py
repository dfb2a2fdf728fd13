"""SIGKILL while alerts are raised and shown: each stands on the desk, singly or in a digest, once.

Sixty waits fall due within seconds. A killed process may have shown an alert without having noted
it; then it comes again. How often that was is counted by the calls at the Bot API: each showing
that was repeated must have been under way, or answered and not yet noted, at a kill.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.model import Wait
from sandbox.clock import SandboxClock
from storage.claims import ClaimRows
from storage.store import open_store
from tests.e2e.studio import BOT, MANAGERS, Member, Studio, open_studio
from tests.e2e.traffic import HISTORY, buttons
from tests.e2e.turning import (
    ALERT,
    MINUTE,
    SECOND,
    clock_of,
    idle,
    mails,
    stand,
    this_minute,
)

pytestmark = [pytest.mark.real, pytest.mark.slow]

SEED = 20261125  # another number tries other moments
BY_MAIL = slice(38, 48)  # so that twenty clients of each manager wait: all lines of a digest
WAITS = 60
SINGLY = 9  # clients who write some minutes before the others: their alerts come one by one
APART = timedelta(seconds=3)
SPEED = 40  # shown seconds in a real one: all fall due within nine
SLOWNESS = 0.05  # seconds: Telegram answers from afar, so that kills hit calls under way
UNNOTED = 3.0  # seconds from the call to the commit, at most, on a machine with ten others at work
LONGEST = 0.9  # seconds from "it runs" to the kill
REPEATED = "Possibly shown before"
SHOW = "c:s:"
DIGEST = "⏰ Waiting for an answer: "
LADDER = """
[[sla.ladder]]
notify = "manager"
before_due = "15m"
[[sla.ladder]]
notify = "manager"
after_due = "0m"
"""
SENDS = ("sendMessage", "editMessageText")


@pytest.fixture
async def studio(tmp_path: Path, postgres_url: str) -> AsyncIterator[Studio]:
    """Its clock begins before the machine's: clients in Telegram write before those by mail.

    On PostgreSQL, where a killed process leaves leases behind; test_killed.py is on SQLite.
    """
    clock = SandboxClock(tmp_path / "clock.json", this_minute() - 5 * MINUTE, speed=0)
    async with open_studio(tmp_path, clock=clock, database=postgres_url) as opened:
        yield opened


@dataclass(frozen=True)
class Showing:
    """An alert of a conversation as it stands in somebody's chat."""

    member: Member
    conversation: int
    message_id: int
    single: bool


@dataclass
class Due:
    """Who must hear of which conversation, and when the process was killed (monotonic)."""

    studio: Studio
    waits: dict[int, Wait]
    managers: dict[int, Member]
    kills: list[float] = field(default_factory=list)
    singly: int = 0
    together: int = 0

    def span(self, rung: int) -> tuple[datetime, datetime]:
        """From the first instant of the rung to the last one."""
        instants = [wait.started_at + wait.ladder[rung].after for wait in self.waits.values()]
        return min(instants), max(instants)


async def test_every_alert_stands_once_whenever_it_is_killed(studio: Studio) -> None:
    sys.stdout.write(f"\nseed {SEED}\n")
    dice = random.Random(SEED)
    studio.write_settings(reply_within="1h", more=LADDER)
    await studio.ready()
    due = await everybody_asks(studio)
    assert await studio.product.stop() == 0
    for method in SENDS:
        await studio.telegram.plan("delay", method, count=None, seconds=SLOWNESS)
    begun = dict.fromkeys(MANAGERS, 0)
    for rung in (0, 1):
        await kill_while_alerting(due, rung, dice)
        await start_again(studio)
        await until_all_stand(due, begun)
        await idle(studio)
        assert await studio.product.stop() == 0
        await check_once(due, await stand_there(studio, begun))
        begun = {member: await newest(studio, member) for member in MANAGERS}
    assert min(due.singly, due.together) > 0
    assert await studio.soundness() == ()
    assert "Traceback" not in studio.product.log.read_text()


async def everybody_asks(studio: Studio) -> Due:
    """One after another in Telegram, and ten by mail too; when all have their cards."""
    begun = clock_of(studio).now()
    for number, client in enumerate(studio.clients):
        earlier = timedelta() if number < SINGLY else 2 * MINUTE
        clock_of(studio).jump(begun + earlier + number * APART)
        await studio.telegram.says(client.telegram, BOT, f"t{client.number:02}-0: hello")
    await stand(studio)
    for client in studio.clients[BY_MAIL]:
        await mails(studio, client)

    async def waiting() -> Due | None:
        store = await open_store(studio.database, exclusive=False)
        try:
            async with store.begin() as t:
                talks = await t.waiting(None, 1000)
        finally:
            await store.close()
        waits = {one.id: one.wait for one in talks if one.wait is not None}
        people = {one.name: one.manager for one in studio.clients}
        holders = {one.id: people[one.client.name] for one in talks}
        return Due(studio, waits, holders) if len(waits) == WAITS else None

    found: Due = await studio.product.until_true(waiting, f"{WAITS} waits")
    await idle(studio)
    return found


async def kill_while_alerting(due: Due, rung: int, dice: random.Random) -> None:
    """Let the rung's hour go by, and kill the process again and again meanwhile."""
    studio, (first, last) = due.studio, due.span(rung)
    await studio.product.start()
    clock_of(studio).jump(first - SECOND)
    clock_of(studio).run_at(SPEED)
    while clock_of(studio).now() < last:
        if not studio.product.running:
            await start_again(studio)
        await asyncio.sleep(dice.uniform(0.05, LONGEST))
        due.kills.append(time.monotonic())
        await studio.product.kill()
    clock_of(studio).run_at(0)


async def start_again(studio: Studio) -> None:
    """On PostgreSQL what a killed process held is free after 45 seconds, which are over then."""
    if not studio.database.startswith("sqlite"):
        store = await open_store(studio.database)
        try:
            async with store._begin(ClaimRows) as t:
                await t.release()
        finally:
            await store.close()
    await studio.product.start()


async def newest(studio: Studio, member: Member) -> int:
    return max(one["message_id"] for one in await studio.chat(member.telegram))


async def stand_there(studio: Studio, begun: dict[Member, int]) -> list[Showing]:
    """Every alert in the managers' chats since these messages, by the buttons beneath."""
    return [
        Showing(member, conversation, message["message_id"], single)
        for member in MANAGERS
        for message in await studio.chat(member.telegram)
        if (text := str(message.get("text", ""))) and message["message_id"] > begun[member]
        for single in [bool(ALERT.match(text))]
        if single or text.startswith(DIGEST)
        for conversation in conversations(message, HISTORY if single else SHOW)
    ]


def conversations(message: dict[str, Any], prefix: str) -> list[int]:
    return [int(data.removeprefix(prefix)) for data in buttons(message) if data.startswith(prefix)]


async def until_all_stand(due: Due, begun: dict[Member, int]) -> None:
    async def all_told() -> bool:
        found = await stand_there(due.studio, begun)
        return {one.conversation for one in found} == set(due.waits)

    await due.studio.product.until_true(all_told, "all alerts")


async def calls_by_message(studio: Studio) -> dict[tuple[int, int], list[float]]:
    """When each message was sent and edited, by chat and number."""
    found: dict[tuple[int, int], list[float]] = defaultdict(list)
    for method in SENDS:
        for call in await studio.telegram.requests(method):
            if call["ok"]:
                found[call["chat_id"], call["message_id"]].append(call["at"])
    return found


async def marked(studio: Studio) -> set[tuple[int, int]]:
    """Messages that said when they were sent that they may be known; they are drawn anew later."""
    calls = await studio.telegram.requests("sendMessage")
    return {(call["chat_id"], call["message_id"]) for call in calls if REPEATED in call["text"]}


async def check_once(due: Due, found: list[Showing]) -> None:
    """At the wait's manager, once; what is there again says so, and a kill is why."""
    by_wait: dict[tuple[int, Member], list[Showing]] = defaultdict(list)
    for one in sorted(found, key=lambda one: one.message_id):
        by_wait[one.conversation, one.member].append(one)
    assert set(by_wait) == set(due.managers.items())
    calls, said_so, again = await calls_by_message(due.studio), await marked(due.studio), 0
    for earlier, *later in by_wait.values():
        for one in later:
            again += 1
            chat = one.member.telegram
            assert (chat, one.message_id) in said_so, "it is told again and does not say so"
            shown_at = calls[chat, earlier.message_id]
            assert any(0 <= kill - at <= UNNOTED for kill in due.kills for at in shown_at)
    due.singly += sum(one.single for one in found)
    due.together += sum(not one.single for one in found)
    print(f"{len(due.kills)} kills, {due.singly} singly, {due.together} together, {again} again")
