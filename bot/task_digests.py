"""The tasks of the day in one message: what is to be done, or in the evening what slipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.buttons import Button, in_rows
from bot.cards import CardView
from bot.reader import Reader
from bot.rich import Rich, joined
from bot.task_buttons import TaskButton, TaskDeed, TaskListButton
from bot.tasks import Entry, task_line
from inbox.work_records import TaskDigest

MOST = 15  # tasks in the message
_IN_A_ROW = 5


def digest_view(reader: Reader, digest: TaskDigest) -> CardView:
    """Each open task with the button of its number, which shows it below; and the way to all."""
    say = reader.say
    title = say("🌙 Your tasks: how the day went") if digest.evening else say("☀️ Your tasks today")
    left, shown, sections = MOST, list[Entry](), list[Rich]()
    for name, entries in _sections(reader, digest):
        part = entries[:left]
        left -= len(part)
        if part:
            sections.append(_section(reader, name, part, len(shown)))
            shown += part
    more = _number(digest) - len(shown)
    if more:
        sections.append(Rich(say.many("and {number} more", "and {number} more", more)))
    numbers = [
        Button(str(place), TaskButton(deed=TaskDeed.OPEN, task_id=task.id))
        for place, (task, _) in enumerate(shown, 1)
    ]
    all_of_them = (Button(say("📌 My tasks"), TaskListButton()),)
    body = joined([Rich(title).styled("bold"), *sections], "\n\n")
    return CardView(body, (*in_rows(numbers, _IN_A_ROW), all_of_them))


def _sections(reader: Reader, digest: TaskDigest) -> Iterator[tuple[str, Sequence[Entry]]]:
    say = reader.say
    yield say("Slipped") if digest.evening else say("Overdue"), digest.overdue
    yield say("Due today"), digest.today
    yield say("In work now"), digest.now
    yield say("Done today"), digest.done


def _section(reader: Reader, name: str, part: Sequence[Entry], before: int) -> Rich:
    lines = [
        Rich(f"{place}. ") + task_line(reader, task, client)
        for place, (task, client) in enumerate(part, before + 1)
    ]
    return joined([Rich(name).styled("underline"), *lines])


def _number(digest: TaskDigest) -> int:
    return sum(map(len, (digest.overdue, digest.today, digest.now, digest.done)))
