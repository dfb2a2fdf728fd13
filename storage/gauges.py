"""The numbers of now that a graph is drawn of: few statements, whatever is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select

from inbox.jobs import Queue
from storage.columns import now
from storage.conversations import IS_OPEN_REPLY
from storage.queue import QueueRows
from storage.queue_tables import dead, job, lane
from storage.tables import wait

# By the lanes that hold something, not by their jobs: after an outage those may be many.
_its = job.alias("its_job")
_lowest = select(func.min(_its.c.id)).where(_its.c.lane_id == lane.c.id).scalar_subquery()
QUEUES = (
    select(
        lane.c.queue,
        func.sum(lane.c.pending),
        now() - func.min(job.c.put_at),
        now() - func.min(case((~lane.c.leased, lane.c.ready_at))),
    )
    .select_from(lane.join(job, job.c.id == _lowest))
    .where(lane.c.ready_at.is_not(None))
    .group_by(lane.c.queue)
)
WAITS = select(
    func.count(), func.count().filter(wait.c.due_at <= bindparam("now", type_=wait.c.due_at.type))
).where(IS_OPEN_REPLY)
DEAD = select(dead.c.queue, func.count()).group_by(dead.c.queue)


@dataclass(frozen=True, slots=True)
class QueueGauges:
    """`jobs`: what stands there, running ones too; `oldest`: seconds since the oldest was put,
    whatever it waits for; `lag`: seconds for which one has been due and nobody took it; `dead`:
    given up on, for a person to look at."""

    jobs: int = 0
    oldest: float = 0.0
    lag: float = 0.0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Gauges:
    """`waiting`: clients' open waits; `overdue`: those of them whose due time has come."""

    queues: dict[Queue, QueueGauges]
    waiting: int
    overdue: int


class GaugeRows(QueueRows):
    """Reads the gauges; a transaction of its own."""

    async def gauges(self, at: datetime) -> Gauges:
        found = {queue: rest for queue, *rest in await self.rows(QUEUES)}
        buried = {queue: count for queue, count in await self.rows(DEAD)}  # noqa: C416 - of rows
        waiting, overdue = await self.row(WAITS, now=at)
        return Gauges(
            {one: _of(found.get(one, (0, 0, 0)), buried.get(one, 0)) for one in Queue},
            waiting,
            overdue,
        )


def _of(row: Sequence[Any], buried: int) -> QueueGauges:
    jobs, age, lag = row
    return QueueGauges(int(jobs), max(0.0, age), max(0.0, lag or 0.0), buried)
