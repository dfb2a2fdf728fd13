"""Lists of tasks as members see them: pure, from tasks to text and buttons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.buttons import Button, Keyboard, in_rows, pages
from bot.card_lines import NAME_LIMIT
from bot.cards import CardView
from bot.reader import Reader
from bot.rich import Rich, joined, one_line
from bot.task_buttons import (
    NewTaskButton,
    TaskFilter,
    TaskListButton,
    TaskLookButton,
    TaskOrder,
)
from bot.texts import Say, mark
from bot.wording import moment
from inbox.model import Client
from inbox.work_records import Horizon, Task

PAGE = 10
TITLE_LIMIT = 120  # UTF-16 units
_IN_A_ROW = 5
_HORIZONS = {
    Horizon.NOW: mark("Now"),
    Horizon.SOON: mark("Next days"),
    Horizon.LATER: mark("Later"),
}
_FILTERS = {
    TaskFilter.NOW: Horizon.NOW,
    TaskFilter.SOON: Horizon.SOON,
    TaskFilter.LATER: Horizon.LATER,
}

Entry = tuple[Task, Client]


@dataclass(frozen=True, slots=True)
class TaskList:
    """All open tasks of a list, and which part of it is shown. `client`: whose they are, None for
    those of several; `wider`: whether the reader sees other members' tasks too."""

    entries: tuple[Entry, ...]
    at: TaskListButton
    client: Client | None = None
    wider: bool = False


def list_view(reader: Reader, tasks: TaskList) -> CardView:
    """The three lists, a page of them; each task with the button of its number."""
    say, at = reader.say, tasks.at
    chosen = ordered(tasks.entries, at)
    # What was done meanwhile may have taken the page away.
    offset = min(at.offset, max(0, (len(chosen) - 1) // PAGE * PAGE))
    shown = chosen[offset : offset + PAGE]
    title = Rich(_title(say, tasks)).styled("bold")
    lines = [title, *_sections(reader, tasks, shown, offset)]
    if not shown:
        lines.append(Rich(say("Nothing to do here.")))
    numbers = [
        Button(
            str(place),
            TaskLookButton(**at.model_dump() | {"offset": offset}, task_id=task.id),
        )
        for place, (task, _) in enumerate(shown, offset + 1)
    ]
    turning = pages(
        offset,
        PAGE,
        more=len(chosen) > offset + PAGE,
        to=lambda place: at.model_copy(update={"offset": place}),
    )
    rows = (*in_rows(numbers, _IN_A_ROW), *((turning,) if turning else ()))
    return CardView(joined(lines, "\n\n"), (*rows, *_choices(say, tasks)))


def ordered(entries: Sequence[Entry], at: TaskListButton) -> tuple[Entry, ...]:
    """Those of the chosen list, sorted as chosen; they come by horizon and due time."""
    only = _FILTERS.get(at.only)
    chosen = [one for one in entries if only is None or one[0].horizon is only]
    if at.order is TaskOrder.CLIENT:
        chosen.sort(key=lambda one: (one[1].name.casefold(), one[1].id))
    return tuple(chosen)


def horizon_words(say: Say, horizon: Horizon) -> str:
    """The list's name."""
    return say(_HORIZONS[horizon])


def task_line(reader: Reader, task: Task, client: Client | None) -> Rich:
    """What, by when if it is still to be done, and for whom; what is overdue has a sign."""
    title = one_line(task.title, TITLE_LIMIT)
    name = client_title(client) if client is not None else ""
    due = due_words(reader, task) if task.is_open else ""
    parts = [one for one in (due, name) if one]
    beside = f" · {' · '.join(parts)}" if parts else ""
    sign = "❗ " if task.overdue(reader.now) else ""
    return Rich(f"{sign}{title}{beside}")


def due_words(reader: Reader, task: Task) -> str:
    """By when; "" where nobody said."""
    if task.due_at is None:
        return ""
    at = moment(reader.say, task.due_at, reader.now, reader.zone)
    if task.overdue(reader.now):
        return reader.say("was due: {time}", time=at)
    return reader.say("due: {time}", time=at)


def client_title(client: Client) -> str:
    """The name, or the number of a client without one."""
    return one_line(client.name, NAME_LIMIT) or f"№ {client.id}"


def _title(say: Say, tasks: TaskList) -> str:
    if tasks.client is not None:
        return say("📌 Tasks: {name}", name=client_title(tasks.client))
    return say("📌 All tasks") if tasks.at.everybody else say("📌 My tasks")


def _sections(
    reader: Reader, tasks: TaskList, shown: Sequence[Entry], offset: int
) -> Iterator[Rich]:
    """By list, or by client. A client whose tasks alone a part shows is named above them, once."""
    by_client = tasks.at.order is TaskOrder.CLIENT and tasks.client is None
    place = offset

    def part_of(entry: Entry) -> int | Horizon:
        task, client = entry
        return client.id if by_client else task.horizon

    for _, group in groupby(shown, part_of):
        entries = list(group)
        task, client = entries[0]
        alone = len(entries) > 1 and all(one.id == client.id for _, one in entries)
        names = [] if by_client else [horizon_words(reader.say, task.horizon)]
        if by_client or (alone and tasks.client is None):
            names.append(client_title(client))
        lines = [Rich(" · ".join(names)).styled("underline")]
        unnamed = by_client or alone or tasks.client is not None
        for number, (task, client) in enumerate(entries, place + 1):
            beside = None if unnamed else client
            lines.append(Rich(f"{number}. ") + task_line(reader, task, beside))
        place += len(entries)
        yield joined(lines)


def _choices(say: Say, tasks: TaskList) -> Keyboard:
    """Which list, how sorted, whose; and a new one."""
    at = tasks.at

    def to(words: str, **changes: object) -> Button:
        return Button(words, at.model_copy(update={"offset": 0, **changes}))

    def filtered(only: TaskFilter) -> Button:
        horizon = _FILTERS.get(only)
        name = say("All lists") if horizon is None else horizon_words(say, horizon)
        number = sum(1 for task, _ in tasks.entries if horizon in {None, task.horizon})
        sign = "• " if at.only is only else ""
        return to(f"{sign}{name} · {number}", only=only)

    rows: list[tuple[Button, ...]] = []
    if tasks.entries:
        rows += in_rows([filtered(one) for one in TaskFilter], 2)
    last: list[Button] = []
    if tasks.client is None and len(tasks.entries) > 1:
        by_due = at.order is TaskOrder.DUE
        words = say("Sort by client") if by_due else say("Sort by date")
        last.append(to(words, order=TaskOrder.CLIENT if by_due else TaskOrder.DUE))
    if tasks.client is None and tasks.wider:
        words = say("Only mine") if at.everybody else say("All tasks")
        last.append(to(words, everybody=not at.everybody))
    if tasks.client is not None:
        last.append(Button(say("➕ New task"), NewTaskButton(client_id=tasks.client.id)))
    return (*rows, *((tuple(last),) if last else ()))
