"""The queue inside a transaction: put, finish, retry, bury (facts: lanes, fences).

A lane is ready (`ready_at` passed), held (`leased`, `ready_at` is when the lease ends), delayed
(`ready_at` ahead) or empty (NULL). Its lowest job is the one to run. `token` is the fence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from inbox.jobs import Job, Queue, encode, queue_of
from inbox.records import Claim, LeaseLost
from storage.columns import now, storable
from storage.queue_tables import dead, job, job_key, lane
from storage.statements import Statements, per_dialect

NOTIFY = select(func.pg_notify("okno_jobs", bindparam("queue")))

KNOW = per_dialect(
    job_key,
    lambda insert: insert.values(put_at=now()).on_conflict_do_nothing(index_elements=["key"]),
)
# `pending` orders those who put into one lane at once, so that ids follow the order of commits.
FILL = per_dialect(
    lane,
    lambda insert: insert.values(
        queue=bindparam("queue"),
        key=bindparam("key"),
        ready_at=now() + bindparam("delay"),
        pending=bindparam("count"),
        leased=False,
        attempts=0,
        token=0,
    ).on_conflict_do_update(
        index_elements=["queue", "key"],
        set_={
            "pending": lane.c.pending + insert.excluded.pending,
            "ready_at": func.coalesce(lane.c.ready_at, insert.excluded.ready_at),
        },
    ),
)
ADD = insert(job).values(
    lane_id=select(lane.c.id)
    .where(lane.c.queue == bindparam("queue"), lane.c.key == bindparam("lane"))
    .scalar_subquery(),
    key=bindparam("key"),
    kind=bindparam("kind"),
    fields=bindparam("fields"),
    put_at=now(),
    not_before=now() + bindparam("delay"),
)
_held = (
    lane.c.queue == bindparam("its_queue"),
    lane.c.key == bindparam("its_lane"),
    lane.c.token == bindparam("its_token"),
)
_next = (
    select(job.c.not_before)
    .where(job.c.lane_id == lane.c.id, job.c.id > bindparam("job_id"))
    .order_by(job.c.id)
    .limit(1)
    .scalar_subquery()
)
# A job put while this waited for the lane's lock is counted but not seen: then it is ready now.
NEXT = (
    update(lane)
    .where(*_held)
    .values(
        pending=lane.c.pending - 1,
        ready_at=case((lane.c.pending > 1, func.coalesce(_next, now())), else_=None),
        attempts=0,
        leased=False,
        token=lane.c.token + 1,
    )
)
DROP = delete(job).where(job.c.id == bindparam("job_id"))
NEXT_AND_DROP = NEXT.add_cte(DROP.cte("dropped"))  # one round trip; SQLite knows no such thing
AGAIN = (
    update(lane)
    .where(*_held)
    .values(
        ready_at=now() + bindparam("after"),
        attempts=lane.c.attempts - bindparam("uncounted"),
        leased=False,
        token=lane.c.token + 1,
    )
)
HOLD = update(lane).where(*_held).values(leased=True)
RENEW = update(lane).where(*_held).values(ready_at=now() + bindparam("lease"))
_grave = {
    "id": job.c.id,
    "queue": lane.c.queue,
    "lane": lane.c.key,
    "key": job.c.key,
    "kind": job.c.kind,
    "fields": job.c.fields,
    "attempts": lane.c.attempts,
    "error": bindparam("error", type_=dead.c.error.type),
    "put_at": job.c.put_at,
    "died_at": now(),
}
BURY = insert(dead).from_select(
    list(_grave),
    select(*_grave.values())
    .select_from(job.join(lane, lane.c.id == job.c.lane_id))
    .where(job.c.id == bindparam("job_id")),
)


class QueueRows(Statements):
    """Jobs are written when the transaction ends: lanes in one order, so that none deadlock."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._put: list[dict[str, Any]] = []
        self.afterwards: list[Callable[[], None]] = []

    def after_commit(self, call: Callable[[], None]) -> None:
        self.afterwards.append(call)

    async def put(self, job: Job, *, key: str, lane: str, delay: float = 0.0) -> bool:
        if not await self.changed(KNOW, key=key):
            return False
        kind, fields = encode(job)
        self._put.append(
            {
                "queue": queue_of(job).value,
                "lane": storable(lane),
                "key": key,
                "kind": kind,
                "fields": fields,
                "delay": delay,
            }
        )
        return True

    async def flush(self) -> frozenset[Queue]:
        """Write what was put; which queues have something new."""
        if not self._put:
            return frozenset()
        lanes: dict[tuple[str, str], dict[str, Any]] = {}
        for one in self._put:
            at = (one["queue"], one["lane"])
            first = lanes.setdefault(at, {"count": 0, "delay": one["delay"]})
            first["count"] += 1
        rows = [{"queue": queue, "key": key, **lanes[queue, key]} for queue, key in sorted(lanes)]
        await self.run(FILL, rows)
        await self.run(ADD, self._put)
        queues = sorted({one["queue"] for one in self._put})
        if self.dialect == "postgresql":
            for queue in queues:
                await self.run(NOTIFY, {"queue": queue})
        self._put = []
        return frozenset(Queue(queue) for queue in queues)

    async def hold(self, claim: Claim) -> None:
        if not await self.changed(HOLD, **held(claim)):
            raise LeaseLost(f"job {claim.job_id}")

    async def finish(self, claim: Claim) -> None:
        values = {"job_id": claim.job_id, **held(claim)}
        one_trip = self.dialect == "postgresql"
        if not await self.changed(NEXT_AND_DROP if one_trip else NEXT, **values):
            raise LeaseLost(f"job {claim.job_id}")
        if not one_trip:
            await self.run(DROP, {"job_id": claim.job_id})

    async def retry(self, claim: Claim, *, after: float, counted: bool = True) -> None:
        values = {"after": after, "uncounted": 0 if counted else 1, **held(claim)}
        if not await self.changed(AGAIN, **values):
            raise LeaseLost(f"job {claim.job_id}")

    async def bury(self, claim: Claim, error: str) -> None:
        await self.run(BURY, {"job_id": claim.job_id, "error": error})
        await self.finish(claim)


def held(claim: Claim) -> dict[str, Any]:
    """The fence: who holds the lane with this token."""
    return {"its_queue": claim.queue.value, "its_lane": claim.lane, "its_token": claim.token}
