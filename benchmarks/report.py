"""How long a week's report takes over a year of waits, and what the rest of the bot feels of it.

Run: python benchmarks/report.py [--waits 1000000] [--week 20000]. Ends with 1 where a goal is
missed. Filling takes some minutes for each database.

Over SQLite, then PostgreSQL (fsync on): a child process reads and counts the report of a week, of
the whole studio and then of the studio and each of its 30 managers from one reading. Told are the
seconds from its start to its end, its own imports included, and its processor's; of the process
that waits for it, which keeps writing to the same database, the growth of its memory, the longest
block of its loop and the longest of its transactions. Drawing is not in it.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import studio
from benchmarks.filled_weeks import MANAGERS, fill
from benchmarks.report_inside import last_monday, russian_calendar
from storage.store import SqlStore, open_store
from tests.servers.postgres import Postgres

SECONDS_GOAL = 4.0
GROWTH_GOAL = 20.0  # MB
BLOCK_GOAL = 50.0  # ms
INSIDE = Path(__file__).with_name("report_inside.py")
MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass(slots=True)
class Watch:
    """What the waiting process feels: the longest time in ms in which its loop did nothing else,
    the longest transaction in ms, the most memory in MB."""

    store: SqlStore
    block: float = 0.0
    write: float = 0.0
    memory: float = 0.0

    async def tick(self) -> None:
        process, before = psutil.Process(), time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            self.block = max(self.block, (now - before) * 1000 - 1)
            self.memory = max(self.memory, process.memory_info().rss / 1e6)
            before = time.perf_counter()

    async def work(self) -> None:
        """As cards do: something small is read and written, a hundred times a second."""
        while True:
            begun = time.perf_counter()
            async with self.store.begin() as t:
                await t.set_cursor("telegram", f"{begun}")
            self.write = max(self.write, (time.perf_counter() - begun) * 1000)
            await asyncio.sleep(0.01)


async def measured(store: SqlStore, url: str, managers: int) -> float:
    """Print what one reading takes; its worst share of a goal."""
    before, watch = psutil.Process().memory_info().rss / 1e6, Watch(store)
    watching = [asyncio.ensure_future(one) for one in (watch.tick(), watch.work())]
    await asyncio.sleep(0.5)
    begun = time.perf_counter()
    command = (sys.executable, f"{INSIDE}", url, f"{managers}")
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    said, _ = await child.communicate()
    took = time.perf_counter() - begun
    for one in watching:
        one.cancel()
    if child.returncode:
        raise SystemExit("the child failed")
    worked, told = said.decode().strip().split("|")
    growth = watch.memory - before
    print(
        f"  {managers + 1:>2} reports  {took:5.2f} s (of processor, with its imports: {worked});"
        f" the bot: memory +{growth:.1f} MB, longest block {watch.block:.1f} ms,"
        f" longest transaction {watch.write:.1f} ms; {told}"
    )
    return max(took / SECONDS_GOAL, growth / GROWTH_GOAL, watch.block / BLOCK_GOAL)


async def over(name: str, url: str, waits: int, a_week: int) -> bool:
    """One database: whether the goals are kept."""
    print(name)
    begun = time.perf_counter()
    store = await open_store(url)
    await fill(url, waits, a_week, last_monday(), russian_calendar())
    print(f"  {waits:,} waits filled in {time.perf_counter() - begun:.0f} s")
    worst = max([await measured(store, url, 0) for _ in range(2)])
    await measured(store, url, MANAGERS)
    await store.close()
    kept = worst <= 1.0
    print(
        f"  goals {SECONDS_GOAL:.0f} s, {GROWTH_GOAL:.0f} MB, {BLOCK_GOAL:.0f} ms:"
        f" {worst:.2f} of the nearest, {'kept' if kept else 'MISSED'}"
    )
    return kept


async def main(waits: int, a_week: int, databases: Sequence[str]) -> int:
    print(studio.where())
    kept = []
    if "sqlite" in databases:
        with tempfile.TemporaryDirectory(prefix="okno-") as folder:
            kept.append(await over("SQLite", f"sqlite:///{folder}/okno.db", waits, a_week))
    if "postgres" in databases:
        with Postgres(durable=True) as server:
            kept.append(await over("PostgreSQL", server.create_database(), waits, a_week))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--waits", type=int, default=1_000_000)
    options.add_argument("--week", type=int, default=20_000)
    options.add_argument("--databases", nargs="+", default=["sqlite", "postgres"])
    given = options.parse_args()
    raise SystemExit(asyncio.run(main(given.waits, given.week, given.databases)))
