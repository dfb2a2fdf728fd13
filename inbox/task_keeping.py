"""A task as it is stored for the first time, and what the log says of tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inbox.auditing import instant
from inbox.ports import Deed, Entry, Transaction
from inbox.work_records import Task


async def keep_new(t: Transaction, task: Task, *, by_id: int | None) -> Task:
    """Store a task that `by_id` made (None: the client agreed) and log it, once for its key."""
    kept = await t.add_task(task)
    if replace(kept, id=0) == task:
        await log_task(t, Deed.TASK_MADE, None, kept, by_id=by_id, at=kept.made_at)
    return kept


async def log_task(
    t: Transaction,
    deed: Deed,
    before: Task | None,
    after: Task,
    *,
    by_id: int | None,
    at: datetime,
) -> None:
    """Say in the log what became of it."""
    was = _said(before) if before is not None else ""
    talk = after.conversation_id or await t.newest_conversation(after.client_id)
    await t.log([Entry(at, deed, by_id, talk, before=was, after=_said(after))])


def _said(task: Task) -> str:
    """As inbox.auditing says."""
    where = f"list-{task.horizon}"
    if task.dropped_at is not None:
        where = "dropped"
    elif task.done_at is not None:
        where = "done"
    return f"{where} {instant(task.due_at)} {task.title}"
