"""A task as a member sees it: its card, by when, done, deleted; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.buttons import Button, Keyboard
from bot.card_lines import NAME_LIMIT
from bot.cards import CardView
from bot.picker import at_what_time, day_rows, time_rows, zones
from bot.reader import Reader
from bot.rich import Rich, joined, one_line
from bot.task_buttons import (
    Origin,
    TaskButton,
    TaskDayButton,
    TaskDeed,
    TaskListButton,
    TaskTimeButton,
    WhenButton,
    WhenDeed,
)
from bot.tasks import TITLE_LIMIT, client_title, due_words, horizon_words
from bot.texts import Say
from bot.wording import length, moment
from inbox.calendars import Hours
from inbox.model import Client
from inbox.ports import Reply, ReplyState
from inbox.work_records import Horizon, Task

TOLD_LIMIT = 600  # UTF-16 units
WHEN = {
    WhenDeed.NOW: Horizon.NOW,
    WhenDeed.SOON: Horizon.SOON,
    WhenDeed.LATER: Horizon.LATER,
}
MOVING = {
    TaskDeed.NOW: Horizon.NOW,
    TaskDeed.SOON: Horizon.SOON,
    TaskDeed.LATER: Horizon.LATER,
}


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task and what is said of it. `made_by`, `done_by`: names, "" where not known. `back`: the
    list from which it is looked at. `telling`: the reply in which the client is told of it."""

    task: Task
    client: Client
    made_by: str = ""
    done_by: str = ""
    back: TaskListButton | None = None
    telling: Reply | None = None


def when_view(say: Say, name: str, title: str, origin: Origin, about_id: int) -> CardView:
    """The second of two taps: into which list. A reply is the task in own words."""
    head = Rich(f"📌 {one_line(title, TITLE_LIMIT)}").styled("bold")
    hint = Rich(say("In other words? Reply to this message with them.")).styled("italic")
    lines = [head, Rich(one_line(name, NAME_LIMIT)), Rich(say("When?")), hint]

    def button(words: str, deed: WhenDeed) -> Button:
        return Button(words, WhenButton(deed=deed, origin=origin, about_id=about_id))

    lists = (
        button(say("Now"), WhenDeed.NOW),
        button(say("Next days"), WhenDeed.SOON),
        button(say("Later"), WhenDeed.LATER),
    )
    return CardView(joined(lines), (lists, (button(say("Cancel"), WhenDeed.CANCEL),)))


def task_view(reader: Reader, facts: TaskFacts) -> CardView:
    """All of a task, with what can be done about it now."""
    say, task = reader.say, facts.task
    title = one_line(task.title, TITLE_LIMIT)
    if task.dropped_at is not None:
        return _ended(reader, facts, f"🗑 {title}", say("The task is deleted."))
    if task.done_at is not None:
        at = moment(say, task.done_at, reader.now, reader.zone)
        words = say("Done: {time}", time=at)
        if facts.done_by:
            words = f"{words} · {one_line(facts.done_by, NAME_LIMIT)}"
        if task.told_at is not None:
            words = f"{words}\n{telling_words(say, facts.telling, reader.now)}"
        return _ended(reader, facts, f"✅ {title}", words)
    lines = [
        Rich(f"📌 {title}").styled("bold"),
        Rich(client_title(facts.client)),
        Rich(" · ".join(filter(None, (horizon_words(say, task.horizon), _due(reader, task))))),
        Rich(_made(reader, facts)).styled("italic"),
    ]
    return CardView(joined(lines), (*_open_rows(say, task), *back_row(say, facts.back)))


def telling_words(say: Say, telling: Reply | None, now: datetime) -> str:
    """Whether the client has heard of it by now; None: by a reply that is not known any more."""
    match telling:
        case None | Reply(state=ReplyState.SENT):
            return say("The client is told.")
        case Reply(state=ReplyState.QUEUED | ReplyState.SENDING):
            return on_its_way(say, telling, now)
        case Reply(state=ReplyState.UNCERTAIN):
            return say("❓ It is not known whether the client was told.")
        case _:
            return say("The client was not told.")


def on_its_way(say: Say, telling: Reply, now: datetime) -> str:
    """That the word to the client is not out yet, and when it goes."""
    if telling.goes_at is None or telling.goes_at <= now:
        return say("⏳ On its way to the client.")
    left = timedelta(seconds=math.ceil((telling.goes_at - now).total_seconds()))
    return say("⏳ Goes out in {time}", time=length(say, left))


def _ended(reader: Reader, facts: TaskFacts, title: str, words: str) -> CardView:
    deed = TaskDeed.REOPEN if facts.task.dropped_at is None else TaskDeed.RESTORE
    undo = button(reader.say("Undo"), deed, facts.task)
    lines = [Rich(title).styled("bold"), Rich(client_title(facts.client)), Rich(words)]
    return CardView(joined(lines), ((undo,), *back_row(reader.say, facts.back)))


def _due(reader: Reader, task: Task) -> str:
    words = due_words(reader, task) or reader.say("no date")
    return f"❗ {words}" if task.overdue(reader.now) else words


def _made(reader: Reader, facts: TaskFacts) -> str:
    at = moment(reader.say, facts.task.made_at, reader.now, reader.zone)
    name = one_line(facts.made_by, NAME_LIMIT)
    if not name:
        return reader.say("Noted: {time}", time=at)
    return reader.say("Noted by {name}: {time}", name=name, time=at)


def _open_rows(say: Say, task: Task) -> Keyboard:
    moves = tuple(
        button(f"→ {horizon_words(say, horizon)}", deed, task)
        for deed, horizon in MOVING.items()
        if horizon is not task.horizon
    )
    drop = button(say("🗑 Delete"), TaskDeed.DROP, task)
    shown = button(say("💬 The message"), TaskDeed.MESSAGE, task)
    return (
        (button(say("✅ Done"), TaskDeed.DONE, task, "success"),),
        moves,
        (
            button(say("⏰ By when"), TaskDeed.DUE, task),
            button(say("✏️ Other words"), TaskDeed.RENAME, task),
        ),
        (shown, drop) if task.message_id is not None else (drop,),
    )


def done_view(reader: Reader, facts: TaskFacts, words: str) -> CardView:
    """It is done; whether the client hears of it, in these words, is still to be said."""
    say, task = reader.say, facts.task
    told = Rich.foreign(words).cut(TOLD_LIMIT)[0]
    lines = [
        Rich(f"✅ {one_line(task.title, TITLE_LIMIT)}").styled("bold"),
        Rich(client_title(facts.client)),
        Rich(say("Done. Tell the client?")),
        told.styled("blockquote"),
        Rich(say("In your own words? Reply to this message with them.")).styled("italic"),
    ]
    answers = (
        button(say("Tell the client"), TaskDeed.TELL, task),
        button(say("No"), TaskDeed.LEAVE, task),
    )
    undo = (button(say("Undo"), TaskDeed.REOPEN, task),)
    return CardView(joined(lines), (answers, undo, *back_row(say, facts.back)))


def due_days_view(reader: Reader, facts: TaskFacts, hours: Hours) -> CardView:
    """By when: the first tap, a day. A reply is a time in own words."""
    say, task = reader.say, facts.task
    title = one_line(task.title, TITLE_LIMIT)
    lines = [
        Rich(say("By when? {title}", title=title)).styled("bold"),
        zones(reader, hours),
        Rich(how_to_write_due(say)).styled("italic"),
    ]
    rows = day_rows(reader, hours, lambda day: TaskDayButton(task_id=task.id, day=day))
    last = [button(say("← Task"), TaskDeed.LOOK, task)]
    if task.due_at is not None:
        last.insert(0, button(say("No date"), TaskDeed.NO_DUE, task))
    return CardView(joined(lines), (*rows, tuple(last), *back_row(say, facts.back)))


def due_times_view(reader: Reader, facts: TaskFacts, hours: Hours, day: date) -> CardView:
    """By when: the second tap, a time."""
    say, task = reader.say, facts.task
    words = at_what_time(reader, one_line(task.title, TITLE_LIMIT), day)
    rows = time_rows(
        reader, hours, day, lambda minute: TaskTimeButton(task_id=task.id, minute=minute)
    )
    last = (
        button(say("← Days"), TaskDeed.DUE, task),
        button(say("← Task"), TaskDeed.LOOK, task),
    )
    lines = [Rich(words).styled("bold"), zones(reader, hours)]
    return CardView(joined(lines), (*rows, last, *back_row(say, facts.back)))


def how_to_write_due(say: Say) -> str:
    """How a time is written that no button has."""
    return say(
        "Reply to this message with the day, or the day and the time, for example “Friday”, "
        "“12.12 15:30” or “tomorrow 10:00”."
    )


def button(words: str, deed: TaskDeed, task: Task, style: str | None = None) -> Button:
    """A deed on the task."""
    return Button(words, TaskButton(deed=deed, task_id=task.id), style)


def back_row(say: Say, back: TaskListButton | None) -> Keyboard:
    """To the list from which the task is looked at."""
    return () if back is None else ((Button(say("← Tasks"), back),),)
