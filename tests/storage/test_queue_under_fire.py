"""The queue against lists in memory, and against workers that are killed."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox.jobs import Queue, Received
from inbox.records import Claim
from storage.store import SqlStore, open_store
from tests.databases import sqlite_in
from tests.storage.values import put

ROOT = Path(__file__).parents[2]


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["put", "claim", "finish", "retry", "bury", "rollback"]),
        st.integers(0, 2),
        st.integers(0, 3),
    ),
    max_size=40,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(operations=OPERATIONS)
def test_nothing_is_lost_doubled_or_overtaken(
    tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[str, int, int]]
) -> None:
    """Against lists in memory: whatever is done to the queue, each lane is its list."""
    url = sqlite_in(tmp_path_factory.mktemp("queue"))
    asyncio.run(_against_lists(url, operations))


async def _against_lists(url: str, operations: list[tuple[str, int, int]]) -> None:
    store = await open_store(url)
    lanes: dict[str, list[int]] = {"0": [], "1": [], "2": []}
    held: dict[str, Claim] = {}
    known: set[int] = set()
    for what, lane_number, number in operations:
        lane = str(lane_number)
        if what == "put":
            key = lane_number * 10 + number
            assert await put(store, key, lane=lane) == (key not in known)
            if key not in known:
                lanes[lane].append(key)
            known.add(key)
        elif what == "claim":
            claimed = await store.claim(Queue.IN, number + 1)
            for claim in claimed.claims:
                assert claim.lane not in held
                assert claim.job == Received(lanes[claim.lane][0])
                held[claim.lane] = claim
            free = [one for one, jobs in lanes.items() if jobs and one not in held]
            assert len(claimed.claims) == number + 1 or not free
        elif lane in held and what == "rollback":
            with contextlib.suppress(ZeroDivisionError):
                async with store.begin() as t:
                    await t.finish(held[lane])
                    raise ZeroDivisionError
        elif lane in held:
            await _end(store, held.pop(lane), what)
            if what != "retry":
                lanes[lane].pop(0)
        assert await store.check() == ()
    await store.close()


async def _end(store: SqlStore, claim: Claim, what: str) -> None:
    async with store.begin() as t:
        match what:
            case "finish":
                await t.finish(claim)
            case "retry":
                await t.retry(claim, after=0.0)
            case "bury":
                await t.bury(claim, "x")


WORKER = """
import asyncio, sys
from inbox.jobs import Queue
from storage.store import open_store

async def main(url):
    store = await open_store(url, lease=1.0, max_attempts=1000)
    await store.release_abandoned()
    while True:
        claimed = await store.claim(Queue.IN, 4)
        for claim in claimed.claims:
            await asyncio.sleep(0.01)
            async with store.begin() as t:
                done = await t.form(claim.lane) or ""
                await t.save_form(claim.lane, f"{done} {claim.job.raw_id}")
                await asyncio.sleep(0)
                await t.finish(claim)
        if not claimed.claims:
            await store.wait_for_jobs(Queue.IN, min(claimed.next_due_in or 0.2, 0.2))

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.slow
async def test_killed_workers_lose_and_double_nothing(url: str) -> None:
    """SIGKILL at random moments; the effect (a row) and the acknowledgement are one commit."""
    jobs, lanes = 240, 8
    store = await open_store(url, exclusive=False)
    for number in range(jobs):
        await put(store, number, lane=str(number % lanes))
    dice, kills = random.Random(7), 0
    count = 1 if url.startswith("sqlite") else 3
    workers = [_start(url) for _ in range(count)]
    try:
        async with asyncio.timeout(90):
            while (await store.stats()).depth[Queue.IN]:
                await asyncio.sleep(dice.uniform(0.3, 1.5))
                victim = dice.randrange(count)
                os.kill(workers[victim].pid, signal.SIGKILL)
                workers[victim].wait()
                workers[victim] = _start(url)
                kills += 1
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert kills >= 3
    async with store.begin() as t:
        for lane in range(lanes):
            done = await t.form(str(lane))
            assert done
            assert [int(one) for one in done.split()] == list(range(lane, jobs, lanes))
    assert await store.check() == ()
    await store.close()


def _start(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WORKER, url], cwd=ROOT)
