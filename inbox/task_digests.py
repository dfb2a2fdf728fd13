"""A member's tasks of the day, told at the opening of the member's calendar and at its end.

Each is told once, to who is there: late after an outage (in the morning until the day's end, in
the evening for LATE), never on a day off, and not at all where there is nothing to tell.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from inbox import routing
from inbox.auditing import instant
from inbox.calendars import Hours
from inbox.errors import SendRejected
from inbox.inbox import Inbox
from inbox.jobs import ShowTasks
from inbox.model import Client, Manager
from inbox.ports import Claim, Transaction
from inbox.work_records import Horizon, Task, TaskDigest

log = logging.getLogger(__name__)

LATE = timedelta(hours=3)  # after the end of the day
TOLD = "task_digests"  # the form that says until when each member was told
MORNING, EVENING = time(9), time(18)  # where the studio never closes

_TICK = timedelta.resolution
_DAY = timedelta(days=1)

Tasks = Sequence[tuple[Task, Client]]


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """From the opening of a date to the end of its last shift (UTC)."""

    date: date
    opens: datetime
    closes: datetime


def working_day(hours: Hours, now: datetime) -> WorkingDay | None:
    """The latest that has begun, of the local date or the one before; None where both are off.

    A shift belongs to the date on which it starts. Where the hours never end at midnight, the day
    goes from MORNING to EVENING.
    """
    today = now.astimezone(hours.zone)
    days = (_day_of(hours, today), _day_of(hours, today - _DAY))
    return next((one for one in days if one is not None and one.opens <= now), None)


def _day_of(hours: Hours, local: datetime) -> WorkingDay | None:
    midnight, following = _midnight(local), _midnight(local + _DAY)
    begun = list(hours.spans(midnight, following + _DAY))
    own = [
        one
        for one in begun
        if one[0] < following and (one[0] > midnight or not hours.is_open(midnight - _TICK))
    ]
    if own:
        return WorkingDay(local.date(), own[0][0], own[-1][1])
    morning, evening = (_at(local, one) for one in (MORNING, EVENING))
    if not hours.is_open(morning):
        return None
    _, until = next(hours.spans(morning, evening))
    return WorkingDay(local.date(), morning, until)


def _midnight(local: datetime) -> datetime:
    return _at(local, time())


def _at(local: datetime, hour: time) -> datetime:
    return datetime.combine(local.date(), hour, tzinfo=local.tzinfo).astimezone(UTC)


async def tell_tasks(inbox: Inbox) -> None:
    """The chore: have each member shown the tasks of the day, in the morning and in the evening,
    whichever process is first."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        told: dict[str, str] = json.loads(await t.form(TOLD) or "{}")
        due = [
            (one, day, evening)
            for one in routing.people(await t.staff())
            if one.away(now) is None
            for day, evening in _due(inbox, one, now)
            if told.get(str(one.id), "") < _mark(day, evening)
        ]
        if not due:
            return
        for one, day, evening in due:
            told[str(one.id)] = _mark(day, evening)
            job = ShowTasks(one.id, evening, instant(day.closes))
            key = f"tasks:{one.id}:{_mark(day, evening)}"
            await t.put(job, key=key, lane=f"manager:{one.id}")
        await t.save_form(TOLD, json.dumps(told))


def _due(inbox: Inbox, one: Manager, now: datetime) -> list[tuple[WorkingDay, bool]]:
    """The day and whether it is its evening; nothing between the days."""
    day = working_day(inbox.calendars.of(None, one.calendar).hours, now)
    if day is None or now >= day.closes + LATE:
        return []
    return [(day, now >= day.closes)]


def _mark(day: WorkingDay, evening: bool) -> str:  # noqa: FBT001 - part of what is marked
    """Of digests of one member the later one's is the greater; other hours of the same date are no
    reason to tell it again."""
    return f"{day.date} {int(evening)}"


async def show_tasks(inbox: Inbox, claim: Claim, job: ShowTasks) -> None:
    """Show a member what is to be done, or what slipped, of the clients that the member sees to
    now, a head also of those whom nobody does; nothing where that is nothing, or the time for it
    has passed."""
    now, until = inbox.clock.now(), datetime.fromisoformat(job.until)
    over = until + LATE if job.evening else until
    async with inbox.store.begin() as t:
        staff = await t.staff()
        to = routing.member(routing.people(staff), job.manager_id)
        if to is None or to.away(now) is not None or now >= over:
            await t.finish(claim)
            return
        digest = await _gathered(inbox, t, job, to, staff, now=now)
    if has_news(digest):
        try:
            await inbox.desk.show_tasks(digest, to)
        except SendRejected as error:
            log.warning("tasks not shown to %s: %s", to.name, error)
    async with inbox.store.begin() as t:
        await t.finish(claim)


async def _gathered(
    inbox: Inbox,
    t: Transaction,
    job: ShowTasks,
    to: Manager,
    staff: Sequence[Manager],
    *,
    now: datetime,
) -> TaskDigest:
    until = datetime.fromisoformat(job.until)
    seen_to = {
        one.id for one in routing.people(staff) if to in routing.in_place_of(one, staff, now)
    }
    zone = inbox.calendars.of(None, to.calendar).hours.zone
    done = await t.tasks_done(seen_to, _midnight(until.astimezone(zone))) if job.evening else ()
    if to in routing.heads(staff, now):
        active = {one.id for one in routing.people(staff)} - seen_to
        open_ = [one for one in await t.open_tasks(None) if one[1].manager_id not in active]
    else:
        open_ = list(await t.open_tasks(seen_to))
    return digest_of(open_, done, now=now, until=until, evening=job.evening)


def digest_of(
    open_: Tasks, done: Tasks, *, now: datetime, until: datetime, evening: bool
) -> TaskDigest:
    """Sort a member's open tasks into a digest; each stands in one list, in the given order.

    `until`: the end of the working day. In the evening only what slipped counts, what was due by
    the end of the day too, and what was `done` on this day.
    """
    if evening:
        slipped = [one for one in open_ if one[0].overdue(max(now, until + _TICK))]
        return TaskDigest(evening=True, overdue=tuple(slipped), done=tuple(done))
    overdue = [one for one in open_ if one[0].overdue(now)]
    ahead = [one for one in open_ if not one[0].overdue(now)]
    today = [one for one in ahead if one[0].overdue(until + _TICK)]
    in_work = [one for one in open_ if _in_work(one[0])]
    return TaskDigest(
        evening=False, overdue=tuple(overdue), today=tuple(today), now=tuple(in_work)
    )


def _in_work(task: Task) -> bool:
    return task.is_open and task.due_at is None and task.horizon is Horizon.NOW


def has_news(digest: TaskDigest) -> bool:
    """Whether there is anything to tell."""
    return any((digest.overdue, digest.today, digest.now, digest.done))
