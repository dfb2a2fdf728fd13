"""The numbers of now, over both databases."""

import asyncio

from inbox.jobs import Queue, SendReply, ShowOutcome
from storage.gauges import Gauges, QueueGauges
from storage.store import SqlStore
from tests.storage.values import another, asked, at, closed_at, message, opened, promised, put


async def test_of_an_empty_database(store: SqlStore) -> None:
    nothing = QueueGauges(jobs=0, oldest=0.0, lag=0.0, dead=0)
    assert await store.gauges(at(0)) == Gauges(dict.fromkeys(Queue, nothing), 0, 0)


async def test_who_waits_is_counted_at_the_instant_asked_for(store: SqlStore) -> None:
    """Overdue from the due instant on, as everywhere."""
    async with store.begin() as t:
        first, _ = await asked(t, await opened(t), message())
        await another(t, first, "2")
        await t.add_promise(first.id, promised(5))
        await closed_at(t, await another(t, first, "3"), 10)
    on_time, late = await store.gauges(at(59.9)), await store.gauges(at(60))
    assert (on_time.waiting, on_time.overdue) == (2, 0)
    assert (late.waiting, late.overdue) == (2, 2)


async def test_every_job_of_a_queue_counts_and_the_oldest_has_an_age(store: SqlStore) -> None:
    async with store.begin() as t:
        await t.put(SendReply(1), key="a", lane="one")
        await t.put(SendReply(2), key="b", lane="one")
        await t.put(SendReply(3), key="c", lane="two", delay=60)
        await t.put(ShowOutcome(1), key="d", lane="one")
    await asyncio.sleep(0.05)
    queues = (await store.gauges(at(0))).queues
    out = queues[Queue.OUT]
    assert (out.jobs, queues[Queue.DESK].jobs, queues[Queue.IN].jobs) == (3, 1, 0)
    assert 0.04 < out.lag < 30
    assert 0.04 < out.oldest < 30


async def test_what_runs_or_is_not_due_yet_has_no_lag(store: SqlStore) -> None:
    await put(store, 1)
    async with store.begin() as t:
        await t.put(ShowOutcome(1), key="later", lane="one", delay=60)
    assert (await store.claim(Queue.IN, 10)).claims
    await asyncio.sleep(0.05)
    queues = (await store.gauges(at(0))).queues
    for one in (queues[Queue.IN], queues[Queue.DESK]):
        assert (one.jobs, one.lag) == (1, 0)
        assert one.oldest > 0.04


async def test_what_was_given_up_stays_counted(store: SqlStore) -> None:
    await put(store, 1)
    (claim,) = (await store.claim(Queue.IN, 10)).claims
    async with store.begin() as t:
        await t.bury(claim, "broken")
    gauges = (await store.gauges(at(0))).queues[Queue.IN]
    assert (gauges.jobs, gauges.dead) == (0, 1)


async def test_who_writes_keeps_nobody_from_reading_them(store: SqlStore) -> None:
    async with store.begin() as t:
        await asked(t, await opened(t), message())
        assert (await store.gauges(at(0))).waiting == 0
    many = await asyncio.gather(*(store.gauges(at(0)) for _ in range(4)))
    assert {one.waiting for one in many} == {1}
