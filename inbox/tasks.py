"""A client's tasks: made, put off, done, brought back; and the client told that one is done.

Who asks again for what is so already gets the task as it is; so a press that comes twice, also
after a restart, does nothing twice. None: it is too late for that, or there is no such task.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from inbox.closing import DONE, IN_OWN_WORDS
from inbox.flow import queue_new
from inbox.greetings import without_greeting
from inbox.inbox import Inbox
from inbox.internal_notes import is_note
from inbox.model import Entity, InboundMessage, Manager
from inbox.ports import Deed, Reply, Transaction
from inbox.task_keeping import keep_new, log_task
from inbox.work_records import Horizon, Task

UNDO = timedelta(seconds=60)  # in which a deleted task can be brought back
GRACE = timedelta(seconds=5)  # for a press on its way
LONGEST_TITLE = 120  # letters


def title_of(text: str) -> str:
    """The first line that says something, at most LONGEST_TITLE letters; "" where none does."""
    lines = (" ".join(one.split()) for one in text.splitlines())
    first = next((one for one in lines if one), "")
    if len(first) <= LONGEST_TITLE:
        return first
    return first[: LONGEST_TITLE - 1].rstrip() + "…"


def title_from(message: InboundMessage) -> str:
    """What a task that a message becomes is called: by its text without a greeting, else its
    subject, else its first file; "" where it has none of these."""
    named = (one.name for one in message.attachments)
    said = (without_greeting(message.text), message.subject or "", *named)
    return next((title for one in said if (title := title_of(one))), "")


async def make(
    inbox: Inbox,
    client_id: int,
    title: str,
    horizon: Horizon,
    by: Manager,
    *,
    key: str,
    due_at: datetime | None = None,
    conversation_id: int | None = None,
    message_id: int | None = None,
) -> Task | None:
    """A new task of the client; the one that stands there, where the key is known. None without a
    title, or where there is no such client."""
    title = title_of(title)
    async with inbox.store.begin() as t:
        if not title or await t.client(client_id) is None:
            return None
        return await keep_new(
            t,
            Task(
                key=key,
                client_id=client_id,
                title=title,
                horizon=horizon,
                made_by_id=by.id,
                made_at=inbox.clock.now(),
                due_at=due_at,
                conversation_id=conversation_id,
                message_id=message_id,
            ),
            by_id=by.id,
        )


async def move(inbox: Inbox, task_id: int, horizon: Horizon, by: Manager) -> Task | None:
    """To another of the client's three lists."""
    return await _change(inbox, task_id, by, lambda task: replace(task, horizon=horizon))


async def set_due(inbox: Inbox, task_id: int, due_at: datetime | None, by: Manager) -> Task | None:
    """By when it is to be done; None: nobody says."""
    return await _change(inbox, task_id, by, lambda task: replace(task, due_at=due_at))


async def rename(inbox: Inbox, task_id: int, title: str, by: Manager) -> Task | None:
    """None also for a title that says nothing."""
    title = title_of(title)
    if not title:
        return None
    return await _change(inbox, task_id, by, lambda task: replace(task, title=title))


async def _change(
    inbox: Inbox, task_id: int, by: Manager, changed: Callable[[Task], Task]
) -> Task | None:
    async with inbox.store.begin() as t:
        task = await t.task(task_id)
        if task is None or not task.is_open:
            return None
        return await _save(inbox, t, task, changed(task), by)


async def finish(inbox: Inbox, task_id: int, by: Manager) -> Task | None:
    """It is done."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        task = await t.task(task_id)
        if task is None or task.dropped_at is not None:
            return None
        if task.done_at is not None:
            return task
        done = replace(task, done_at=now, done_by_id=by.id)
        return await _save(inbox, t, task, done, by, deed=Deed.TASK_DONE)


async def reopen(inbox: Inbox, task_id: int, by: Manager) -> Task | None:
    """It is not done after all. Who told the client so may tell it once more when it is."""
    async with inbox.store.begin() as t:
        task = await t.task(task_id)
        if task is None or task.dropped_at is not None:
            return None
        again = replace(task, done_at=None, done_by_id=None, told_at=None)
        return await _save(inbox, t, task, again, by)


async def drop(inbox: Inbox, task_id: int, by: Manager) -> Task | None:
    """Delete it; for UNDO it can be brought back."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        task = await t.task(task_id)
        if task is None or task.dropped_at is not None:
            return task
        return await _save(inbox, t, task, replace(task, dropped_at=now), by)


async def restore(inbox: Inbox, task_id: int, by: Manager) -> Task | None:
    """Bring a deleted task back as it was."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        task = await t.task(task_id)
        if task is None or task.dropped_at is None:
            return task
        if now - task.dropped_at > UNDO + GRACE:
            return None
        return await _save(inbox, t, task, replace(task, dropped_at=None), by)


async def _save(
    inbox: Inbox,
    t: Transaction,
    before: Task,
    after: Task,
    by: Manager,
    *,
    deed: Deed = Deed.TASK_CHANGED,
) -> Task:
    if after != before:
        await t.save_task(after)
        await log_task(t, deed, before, after, by_id=by.id, at=inbox.clock.now())
    return after


async def tell_done(
    inbox: Inbox,
    task_id: int,
    by: Manager,
    *,
    key: str,
    text: str | None = None,
    entities: Sequence[Entity] = (),
) -> Task | None:
    """Have the client told that the task is done, in own words (`text`) or in those of the house:
    a reply of `by` where the task came from, else where the client wrote last.

    The house's words answer only the message that the task came from: who asked something else
    goes on waiting. `key`: of the press or message. None where the task is not done, the client
    was told by another press, there is nowhere to write, or the words, or else the title, are an
    internal note's.
    """
    now, pressed = inbox.clock.now(), f"task_told:{task_id}"
    async with inbox.store.begin() as t:
        found = await t.task(task_id)
    if found is None or not _is_told_of(found) or is_note(text or found.title):
        return None
    async with inbox.store.begin() as t:
        # Locked before the task: who moves a client's tasks has locked the conversations too.
        to_id = found.conversation_id or await t.newest_conversation(found.client_id)
        if to_id is None:
            return None
        await t.conversation(to_id, with_client=True)
        task = await t.task(task_id)
        if task is None or not _is_told_of(task):
            return None
        if task.told_at is not None:
            return task if await t.form(pressed) == key else None
        words = text if text is not None else await _words(inbox, t, task, to_id)
        named = f"{IN_OWN_WORDS}{key}" if text is not None else key
        draft = Reply(f"{DONE}{task_id}:{named}", to_id, by.id, words, now, tuple(entities))
        await queue_new(inbox, t, replace(draft, message_id=task.message_id))
        await t.save_form(pressed, key)
        told = replace(task, told_at=now)
        await t.save_task(told)
    return told


async def reply_that_tells(t: Transaction, task: Task) -> Reply | None:
    """The reply in which the client is told that the task is done; None where nobody was told."""
    if task.told_at is None:
        return None
    to_id = task.conversation_id or await t.newest_conversation(task.client_id)
    replies = () if to_id is None else await t.replies(to_id, task.told_at)
    begins = f"{DONE}{task.id}:"
    return next((one for one in reversed(replies) if one.key.startswith(begins)), None)


def _is_told_of(task: Task) -> bool:
    return task.done_at is not None and task.dropped_at is None


async def words_when_done(inbox: Inbox, task: Task) -> str | None:
    """The words of the house in which `tell_done` would tell the client; None where the task is
    not done, the client was told already, its title is an internal note, or there is nowhere to
    write."""
    if not _is_told_of(task) or task.told_at is not None or is_note(task.title):
        return None
    async with inbox.store.begin() as t:
        to_id = task.conversation_id or await t.newest_conversation(task.client_id)
        return None if to_id is None else await _words(inbox, t, task, to_id)


async def _words(inbox: Inbox, t: Transaction, task: Task, conversation_id: int) -> str:
    asked = task.message_id or await t.newest_message(conversation_id)
    message = (await t.card(asked)).message if asked is not None else None
    language = inbox.letters.language_of(message) if message is not None else ""
    return inbox.letters.task_done(language, task.title)
