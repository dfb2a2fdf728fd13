"""Taking jobs from the queue: claims, leases, dead letters, and the queue's numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from inbox.jobs import Queue, TellAdmins, decode
from inbox.records import Claim, Claimed
from storage.columns import now
from storage.queue import RENEW, QueueRows, held
from storage.queue_tables import job, job_key, lane

LEASE = 45.0  # seconds; the worker's heartbeat is a third of it
MAX_ATTEMPTS = 8
CLOCK_GRAIN = 0.002  # seconds: SQLite's clock counts milliseconds

_due = (
    select(lane.c.id)
    .where(lane.c.queue == bindparam("its_queue"), lane.c.ready_at <= now())
    .order_by(lane.c.ready_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
TAKE = (
    update(lane)
    .where(lane.c.id == _due.c.id)
    .values(
        ready_at=now() + bindparam("lease"),
        leased=True,
        attempts=lane.c.attempts + 1,
        token=lane.c.token + 1,
    )
    .returning(lane.c.id)
)
_any = lane.alias("any_lane")
NEXT_DUE = select(func.min(_any.c.ready_at) - now()).where(
    _any.c.queue == bindparam("queue"), _any.c.ready_at.is_not(None)
)
_its = job.alias("its_job")
_lowest = select(func.min(_its.c.id)).where(_its.c.lane_id == lane.c.id).scalar_subquery()
TAKEN = (
    select(
        job.c.id,
        job.c.kind,
        job.c.fields,
        lane.c.key.label("lane"),
        lane.c.token,
        lane.c.attempts,
        (job.c.not_before - now()).label("early"),
        NEXT_DUE.scalar_subquery().label("next_due_in"),
    )
    .select_from(lane.join(job, job.c.id == _lowest))
    .where(lane.c.id.in_(bindparam("lanes", expanding=True)))
    .order_by(job.c.id)
)
RELEASE = update(lane).where(lane.c.leased).values(ready_at=now(), leased=False)
DEPTHS = (
    select(lane.c.queue, func.count(), now() - func.min(job.c.put_at))
    .select_from(lane.join(job, job.c.lane_id == lane.c.id))
    .group_by(lane.c.queue)
)
_counted = (
    select(job.c.lane_id, func.count().label("jobs")).group_by(job.c.lane_id).subquery("counted")
)
_jobs = func.coalesce(_counted.c.jobs, 0)
UNSOUND = (
    select(lane.c.queue, lane.c.key, lane.c.pending, _jobs, lane.c.ready_at)
    .select_from(lane.outerjoin(_counted, _counted.c.lane_id == lane.c.id))
    .where((lane.c.pending != _jobs) | ((lane.c.ready_at.is_(None)) != (_jobs == 0)))
)
FORGET = delete(job_key).where(
    job_key.c.put_at < now() - bindparam("age"),
    ~select(job.c.id).where(job.c.key == job_key.c.key).exists(),
)


@dataclass(frozen=True, slots=True)
class QueueStats:
    """`depth`: jobs of each queue, running ones too; `oldest`: the age of its oldest, seconds."""

    depth: Mapping[Queue, int]
    oldest: Mapping[Queue, float]


class ClaimRows(QueueRows):
    """What the store does with the queue, each in a transaction of its own."""

    async def claim(self, queue: Queue, limit: int, *, lease: float, most: int) -> Claimed:
        """`most`: attempts after which a job is dead; then it is not run again."""
        values = {"its_queue": queue.value, "limit": limit, "lease": lease}
        taken = [row[0] for row in await self.rows(TAKE, **values)]
        if not taken:
            return Claimed((), await self._next_due(queue))
        found = await self.rows(TAKEN, queue=queue.value, lanes=taken)
        claims: list[Claim] = []
        for row in found:
            claim = await self._runnable(queue, row, most)
            if claim is not None:
                claims.append(claim)
        if len(claims) == len(taken):
            return Claimed(tuple(claims), _at_least_now(found[0].next_due_in))
        await self.flush()
        return Claimed(tuple(claims), await self._next_due(queue))

    async def _next_due(self, queue: Queue) -> float | None:
        return _at_least_now(await self.value(NEXT_DUE, queue=queue.value))

    async def _runnable(self, queue: Queue, row: Any, most: int) -> Claim | None:
        """The claim, or None where the job is dead or not due yet."""
        wrong = ""
        try:
            work = decode(row.kind, row.fields)
        except (KeyError, TypeError) as error:
            work = TellAdmins("dead_letter")
            wrong = f"cannot be read: {error!r}"
        claim = Claim(row.id, work, queue, row.lane, row.token, row.attempts)
        if row.attempts > most:
            wrong = wrong or f"did not end in {most} attempts"
        if wrong:
            await self._give_up(claim, row.kind, wrong)
            return None
        if row.early > CLOCK_GRAIN:
            await self.retry(claim, after=row.early, counted=False)
            return None
        return claim

    async def _give_up(self, claim: Claim, kind: str, error: str) -> None:
        await self.bury(claim, error)
        if kind != TellAdmins.__name__:
            fields = {"job": kind, "id": str(claim.job_id), "error": error}
            notice = TellAdmins("dead_letter", fields)
            await self.put(notice, key=f"tell:dead:{claim.job_id}", lane="admins")

    async def renew(self, claims: Sequence[Claim], *, lease: float) -> None:
        ordered = sorted(claims, key=lambda one: (one.queue, one.lane))
        if ordered:
            await self.run(RENEW, [{"lease": lease, **held(one)} for one in ordered])

    async def release(self) -> int:
        return await self.changed(RELEASE)

    async def stats(self) -> QueueStats:
        found = await self.rows(DEPTHS)
        return QueueStats(
            depth=dict.fromkeys(Queue, 0) | {Queue(queue): n for queue, n, _ in found},
            oldest={Queue(queue): max(0.0, age) for queue, _, age in found},
        )

    async def unsound(self) -> tuple[str, ...]:
        return tuple(
            f"lane {queue}/{key}: {pending} pending, {jobs} jobs, ready at {ready_at}"
            for queue, key, pending, jobs, ready_at in await self.rows(UNSOUND)
        )

    async def forget(self, age: float) -> int:
        """Forget the keys of jobs that are done and older than `age` seconds."""
        return await self.changed(FORGET, age=age)


def _at_least_now(seconds: float | None) -> float | None:
    return None if seconds is None else max(0.0, seconds)
