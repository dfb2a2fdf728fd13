"""The queue: order, fences, leases, delays, duplicates and dead letters."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from inbox.jobs import Queue, Received, SendReply, ShowOutcome, TellAdmins
from inbox.records import LeaseLost
from storage.columns import now
from storage.queue_tables import dead, job, lane
from storage.store import SqlStore, open_store
from tests.databases import let_pass
from tests.storage.values import claim_all, finish, put

ROOT = Path(__file__).parents[2]
Opening = Callable[..., Awaitable[SqlStore]]


async def test_an_empty_queue_has_nothing_to_say(store: SqlStore) -> None:
    claimed = await store.claim(Queue.IN, 10)
    assert claimed.claims == ()
    assert claimed.next_due_in is None


async def test_a_lane_runs_in_order_and_one_at_a_time(store: SqlStore) -> None:
    async with store.begin() as t:
        for number in range(6):
            await t.put(Received(number), key=str(number), lane="ab"[number % 2])
    seen = [await claim_all(store) for _ in range(3)]
    assert seen == [[0, 1], [2, 3], [4, 5]]
    assert (await store.claim(Queue.IN, 10)).next_due_in is None


async def test_a_held_lane_gives_nothing_more(store: SqlStore) -> None:
    await put(store, 1)
    await put(store, 2)
    (held,) = (await store.claim(Queue.IN, 10)).claims
    assert held.attempts == 1
    again = await store.claim(Queue.IN, 10)
    assert again.claims == ()
    assert again.next_due_in == pytest.approx(45, abs=2)


async def test_queues_are_apart(store: SqlStore) -> None:
    async with store.begin() as t:
        await t.put(SendReply(1), key="a", lane="l")
        await t.put(ShowOutcome(2), key="b", lane="l")
    (out,) = (await store.claim(Queue.OUT, 10)).claims
    (desk,) = (await store.claim(Queue.DESK, 10)).claims
    assert (out.job, desk.job) == (SendReply(1), ShowOutcome(2))
    assert (await store.claim(Queue.IN, 10)).next_due_in is None
    assert (await store.stats()).depth == {
        Queue.IN: 0,
        Queue.OUT: 1,
        Queue.DESK: 1,
        Queue.COPIES: 0,
        Queue.REPORTS: 0,
    }


async def test_a_key_stays_known_after_its_job_is_done(store: SqlStore) -> None:
    assert await put(store, 1)
    assert not await put(store, 1, lane="b")
    assert await claim_all(store) == [1]
    assert not await put(store, 1)
    await put(store, 2)
    await let_pass(store, 1)
    assert await store.prune() == 0
    assert await store.prune(timedelta(0)) == 1
    assert await put(store, 1)
    assert not await put(store, 2)


async def test_a_transaction_that_fails_queues_nothing(store: SqlStore) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with store.begin() as t:
            await t.put(Received(1), key="job:1", lane="a")
            raise ZeroDivisionError
    assert (await store.claim(Queue.IN, 10)).claims == ()
    assert await put(store, 1)


async def test_a_delayed_job_holds_back_only_its_own_lane(store: SqlStore) -> None:
    await put(store, 1, delay=30)
    await put(store, 2)
    await put(store, 3, lane="b")
    assert await claim_all(store) == [3]
    due = (await store.claim(Queue.IN, 10)).next_due_in
    assert due is not None
    assert 0 < due <= 30
    await let_pass(store, due)
    assert await claim_all(store) == [1]
    assert await claim_all(store) == [2]


async def test_a_delay_counts_from_the_put_however_long_the_lane_was_busy(store: SqlStore) -> None:
    await put(store, 1)
    (held,) = (await store.claim(Queue.IN, 10)).claims
    await let_pass(store, 10)
    await put(store, 2, delay=30)
    await let_pass(store, 10)
    await finish(store, held)
    assert await claim_all(store) == []
    await let_pass(store, 20)
    assert await claim_all(store) == [2]


async def test_a_lane_that_looks_ready_too_early_is_put_back(store: SqlStore) -> None:
    """On PostgreSQL whoever finishes a job may not see the delay of one that is just put."""
    await put(store, 1, delay=30)
    async with store.begin() as t:
        await t.run(update(lane).values(ready_at=now()))
    claimed = await store.claim(Queue.IN, 10)
    assert claimed.claims == ()
    assert claimed.next_due_in is not None
    assert 0 < claimed.next_due_in <= 30
    await let_pass(store, 30)
    (claim,) = (await store.claim(Queue.IN, 10)).claims
    assert claim.attempts == 1


async def test_a_retry_keeps_its_place(store: SqlStore) -> None:
    await put(store, 1)
    await put(store, 2)
    (first,) = (await store.claim(Queue.IN, 10)).claims
    async with store.begin() as t:
        await t.retry(first, after=30)
    assert await claim_all(store) == []
    await let_pass(store, 30)
    (again,) = (await store.claim(Queue.IN, 10)).claims
    assert (again.job, again.attempts) == (Received(1), 2)
    async with store.begin() as t:
        await t.retry(again, after=0.0, counted=False)
    (third,) = (await store.claim(Queue.IN, 10)).claims
    assert third.attempts == 2
    await finish(store, third)
    (next_one,) = (await store.claim(Queue.IN, 10)).claims
    assert (next_one.job, next_one.attempts) == (Received(2), 1)


async def test_who_lost_the_lease_commits_nothing(store: SqlStore) -> None:
    await put(store, 1)
    (slow,) = (await store.claim(Queue.IN, 10)).claims
    await let_pass(store, 46)
    (quick,) = (await store.claim(Queue.IN, 10)).claims
    assert quick.attempts == 2

    async def late() -> None:
        async with store.begin() as t:
            await t.set_cursor("telegram", "late")
            await t.finish(slow)

    with pytest.raises(LeaseLost):
        await late()
    async with store.begin() as t:
        await t.hold(quick)
    for act in ("hold", "finish", "retry", "bury"):
        arguments = {"retry": {"after": 0.0}, "bury": {"error": "x"}}.get(act, {})
        with pytest.raises(LeaseLost):
            async with store.begin() as t:
                await getattr(t, act)(slow, **arguments)
    await store.renew([slow])
    await finish(store, quick)
    with pytest.raises(LeaseLost):
        await finish(store, quick)
    async with store.begin() as t:
        assert await t.cursor("telegram") is None
    assert await store.check() == ()


async def test_a_renewed_lease_holds(opening: Opening) -> None:
    store = await opening(lease=30)
    await put(store, 1)
    (held,) = (await store.claim(Queue.IN, 10)).claims
    for _ in range(4):
        await let_pass(store, 10)
        await store.renew([held])
    assert (await store.claim(Queue.IN, 10)).claims == ()
    await finish(store, held)


async def test_a_job_that_keeps_killing_its_worker_is_buried(opening: Opening) -> None:
    store = await opening(lease=30, max_attempts=3)
    await put(store, 1)
    await put(store, 2)
    for attempt in range(1, 4):
        (claim,) = (await store.claim(Queue.IN, 10)).claims
        assert (claim.job, claim.attempts) == (Received(1), attempt)
        await let_pass(store, 31)
    claimed = await store.claim(Queue.IN, 10)
    assert claimed.claims == ()
    assert claimed.next_due_in == 0.0
    (after,) = (await store.claim(Queue.IN, 10)).claims
    assert (after.job, after.attempts) == (Received(2), 1)
    (told,) = (await store.claim(Queue.DESK, 10)).claims
    assert isinstance(told.job, TellAdmins)
    assert told.job.notice == "dead_letter"
    assert told.job.fields["job"] == "Received"
    async with store.begin() as t:
        (row,) = (await t.run(select(dead))).all()
    assert (row.id, row.kind, row.fields, row.attempts) == (1, "Received", {"raw_id": 1}, 4)
    assert "3 attempts" in row.error
    assert await store.check() == ()


async def test_news_of_a_dead_letter_that_dies_ends_there(opening: Opening) -> None:
    store = await opening(lease=30, max_attempts=1)
    async with store.begin() as t:
        await t.put(TellAdmins("x"), key="x", lane="admins")
    await store.claim(Queue.DESK, 10)
    await let_pass(store, 31)
    claimed = await store.claim(Queue.DESK, 10)
    assert claimed.claims == ()
    assert claimed.next_due_in is None


async def test_a_job_of_another_version_is_buried(store: SqlStore) -> None:
    for number in (1, 2):
        await put(store, number)
    async with store.begin() as t:
        await t.run(text("UPDATE job SET kind = 'Whistle' WHERE id = 1"))
    assert await claim_all(store) == []
    assert await claim_all(store) == [2]
    (told,) = (await store.claim(Queue.DESK, 10)).claims
    assert isinstance(told.job, TellAdmins)
    assert told.job.fields["job"] == "Whistle"


async def test_a_buried_job_lets_the_lane_go_on(store: SqlStore) -> None:
    await put(store, 1)
    await put(store, 2)
    (claim,) = (await store.claim(Queue.IN, 10)).claims
    async with store.begin() as t:
        await t.bury(claim, "boom\x00")
    assert await claim_all(store) == [2]
    async with store.begin() as t:
        (row,) = (await t.run(select(dead.c.key, dead.c.lane, dead.c.error))).all()
    assert tuple(row) == ("job:1", "a", "boom�")


async def test_check_tells_of_a_lane_that_miscounts(url: str) -> None:
    store = await open_store(url)
    await put(store, 1)
    async with store.begin() as t:
        await t.run(
            insert(job),
            {"lane_id": 1, "key": "x", "kind": "x", "fields": {}, "put_at": 0, "not_before": 0},
        )
    (problem,) = await store.check()
    assert "lane in/a: 1 pending, 2 jobs" in problem
    await store.close()


async def test_a_put_wakes_who_waits(store: SqlStore) -> None:
    loop = asyncio.get_running_loop()
    await store.wait_for_jobs(Queue.IN, 0.5)  # PostgreSQL: until it listens
    waiting = asyncio.create_task(store.wait_for_jobs(Queue.IN, 20))
    await asyncio.sleep(0.05)
    await put(store, 1)
    async with asyncio.timeout(10):  # half of what the wait would last unwoken
        await waiting
    await store.wait_for_jobs(Queue.OUT, 0.01)
    began = loop.time()
    await store.wait_for_jobs(Queue.OUT, 0.1)
    assert loop.time() - began > 0.09


async def test_a_put_before_the_wait_is_not_missed(store: SqlStore) -> None:
    await put(store, 1)
    async with asyncio.timeout(10):  # half of what the wait would last
        await store.wait_for_jobs(Queue.IN, 20)


async def test_a_restart_frees_what_the_dead_process_held(sqlite_url: str) -> None:
    first = await open_store(sqlite_url)
    await put(first, 1)
    await put(first, 2, lane="b", delay=60)
    await first.claim(Queue.IN, 10)
    await first.close()
    looking_on = await open_store(sqlite_url, exclusive=False)
    assert await looking_on.release_abandoned() == 0
    second = await open_store(sqlite_url)
    assert await second.release_abandoned() == 1
    (claim,) = (await second.claim(Queue.IN, 10)).claims
    assert (claim.job, claim.attempts) == (Received(1), 2)
    await looking_on.close()
    await second.close()


async def test_puts_and_ends_at_once_lose_nothing(store: SqlStore) -> None:
    """Four who put into two lanes while three run them: all come, each one's in order."""
    done: list[int] = []

    async def produce(who: int) -> None:
        for number in range(40):
            await put(store, who * 100 + number, lane=str(who % 2))

    async def consume() -> None:
        while len(done) < 160:
            claimed = await store.claim(Queue.IN, 2)
            for claim in claimed.claims:
                assert isinstance(claim.job, Received)
                done.append(claim.job.raw_id)
                await finish(store, claim)
            if not claimed.claims:
                await store.wait_for_jobs(Queue.IN, 0.05)

    async with asyncio.timeout(30):
        await asyncio.gather(*(produce(who) for who in range(4)), *(consume() for _ in range(3)))
    for who in range(4):
        assert [one for one in done if one // 100 == who] == [who * 100 + n for n in range(40)]


@pytest.mark.real
async def test_postgresql_wakes_another_process(postgres_url: str) -> None:
    here, there = await open_store(postgres_url), await open_store(postgres_url)
    await there.wait_for_jobs(Queue.IN, 1)
    waiting = asyncio.create_task(there.wait_for_jobs(Queue.IN, 20))
    await asyncio.sleep(0.1)
    await put(here, 1)
    async with asyncio.timeout(10):  # half of what the wait would last unwoken
        await waiting
    await here.close()
    await there.close()
