"""How long /metrics takes over a year of waits, and what the rest of the bot feels of it.

Run: python benchmarks/metrics.py [--waits 1000000] [--open 5000] [--jobs 20000]. Ends with 1 where
a goal is missed. Filling takes some minutes for each database.

Over SQLite, then PostgreSQL (fsync on): as many waits, so many of them open (every conversation's
last), and a queue as after an outage, a lane for each job. A thread asks over HTTP, one question
after another and a second apart, as the numbers of the database are kept for a second. Told are
the answers' median and p95 in ms, what the first one costs (the library is loaded then), the
longest block of the loop, asked and unasked, and the growth of the memory.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import studio
from benchmarks.filled_weeks import fill, last_monday, russian_calendar
from bot.connections import Board
from bot.health import METRICS, Backlog, Health, serve
from bot.metrics import KEPT, Counts, Metrics
from inbox.jobs import SendReply
from storage.store import SqlStore, open_store
from storage.tables import wait
from tests.servers.postgres import Postgres

ANSWER_GOAL = 200.0  # ms, p95
BLOCK_GOAL = 50.0  # ms
QUESTIONS = 40
SETTLE = 2.0  # seconds
UNASKED = 20.0  # seconds: what the machine itself does to the loop


class Clock:
    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time(), UTC)


async def busy(store: SqlStore, open_waits: int, jobs: int) -> None:
    """Reopen the last wait of so many conversations, and queue so many replies."""
    last = sa.select(sa.func.max(wait.c.id)).group_by(wait.c.conversation_id).limit(open_waits)
    async with store.begin() as t:
        await t.run(
            sa.update(wait).where(wait.c.id.in_(last)).values(outcome=None, closed_at=None)
        )
    for number in range(jobs):
        async with store.begin() as t:
            lane = f"conversation:{number}"
            await t.put(SendReply(number), key=f"send:{number}", lane=lane, delay=number % 3)


def asked(port: int) -> tuple[float, str]:
    """The answer and the ms that it took."""
    begun = time.perf_counter()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{METRICS}") as answer:
        text = answer.read().decode()
    return (time.perf_counter() - begun) * 1000, text


class Block:
    """The longest time in ms in which the loop did nothing else."""

    longest = 0.0

    async def watch(self) -> None:
        before = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            self.longest = max(self.longest, (now - before) * 1000 - 1)
            before = now


async def measured(store: SqlStore) -> bool:
    """Print what an answer takes; whether the goals are kept."""

    async def backlog() -> Backlog:
        return Backlog(0, 0.0)

    clock, board, block = Clock(), Board(Clock()), Block()
    channels = ("telegram", "email:info", "email:sales")
    metrics = Metrics(
        counts=Counts(),
        board=board,
        gauges=lambda: store.gauges(clock.now()),
        unheard=lambda: dict.fromkeys(channels, 1.0),
        channels=channels,
        seconds_since_tick=lambda: 0.1,
    )
    async with serve(Health(board, backlog, lambda: 0.1), "127.0.0.1", 0, metrics) as port:
        await asyncio.sleep(SETTLE)
        before = psutil.Process().memory_info().rss
        watching = asyncio.create_task(block.watch())
        await asyncio.sleep(UNASKED)
        unasked, block.longest = block.longest, 0.0
        first, text = await asyncio.to_thread(asked, port)
        took = []
        for _ in range(QUESTIONS):
            await asyncio.sleep(KEPT * 1.1)
            took.append((await asyncio.to_thread(asked, port))[0])
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
    grown = (psutil.Process().memory_info().rss - before) / 1e6
    for line in text.splitlines():
        if line.startswith(("okno_waits", 'okno_queue_jobs{queue="out"}')):
            print(f"    {line}")
    worst = statistics.quantiles(took, n=20)[-1]
    print(
        f"  answers: median {statistics.median(took):.1f} ms, p95 {worst:.1f} ms, the first"
        f" {first:.0f} ms; longest block {block.longest:.1f} ms, {unasked:.1f} ms while nobody"
        f" asked; memory +{grown:.1f} MB"
    )
    kept = worst <= ANSWER_GOAL and block.longest <= BLOCK_GOAL
    print(f"  goals {ANSWER_GOAL:.0f} and {BLOCK_GOAL:.0f} ms: {'kept' if kept else 'MISSED'}")
    return kept


async def over(name: str, url: str, given: argparse.Namespace) -> bool:
    """One database."""
    print(name)
    store = await open_store(url)
    if not given.filled:
        begun = time.perf_counter()
        await fill(url, given.waits, 20_000, last_monday(), russian_calendar())
        print(f"  {given.waits:,} waits filled in {time.perf_counter() - begun:.0f} s")
    await busy(store, given.open, given.jobs)
    try:
        return await measured(store)
    finally:
        await store.close()


async def main(given: argparse.Namespace) -> int:
    print(studio.where())
    kept: list[bool] = []
    databases: Sequence[str] = () if given.filled else given.databases
    if given.filled:
        kept.append(await over(given.filled.partition(":")[0], given.filled, given))
    if "sqlite" in databases:
        with tempfile.TemporaryDirectory(prefix="okno-") as folder:
            kept.append(await over("SQLite", f"sqlite:///{folder}/okno.db", given))
    if "postgres" in databases:
        with Postgres(durable=True) as server:
            kept.append(await over("PostgreSQL", server.create_database(), given))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--waits", type=int, default=1_000_000)
    options.add_argument("--open", type=int, default=5_000)
    options.add_argument("--jobs", type=int, default=20_000)
    options.add_argument("--databases", nargs="+", default=["sqlite", "postgres"])
    options.add_argument("--filled", default="", help="the URL of a database filled before")
    raise SystemExit(asyncio.run(main(options.parse_args())))
