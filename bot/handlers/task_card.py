"""The buttons of a task: done, by when, another list, deleted; each in the same message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer, refusal
from bot.cards import CardView
from bot.prompts import Asked, Prompt, ask, forget, remember
from bot.rich import Rich, one_line
from bot.sending import pressed_ref
from bot.standing import of_task, stands_at
from bot.task_buttons import (
    TaskButton,
    TaskDayButton,
    TaskDeed,
    TaskListButton,
    TaskLookButton,
    TaskTimeButton,
)
from bot.task_cards import MOVING, TaskFacts, done_view, due_days_view, due_times_view
from bot.task_visits import (
    AT_MOST,
    back_of,
    facts_of,
    hours_for,
    reader_of,
    show_below,
    task_of,
    view_of,
)
from bot.tasks import TITLE_LIMIT
from inbox import tasks
from inbox.inbox import Inbox
from inbox.jobs import ShowCard
from inbox.model import Client, Manager
from inbox.work_records import Task

Deed = Callable[[Inbox, int, Manager], Awaitable[Task | None]]


def setup() -> Router:
    """One handler for each deed."""
    router = Router(name="task_card")
    router.callback_query.register(look, TaskLookButton.filter())
    router.callback_query.register(choose_day, TaskDayButton.filter())
    router.callback_query.register(choose_time, TaskTimeButton.filter())
    deeds: dict[TaskDeed, Any] = {
        TaskDeed.OPEN: open_below,
        TaskDeed.LOOK: come_back,
        TaskDeed.LEAVE: come_back,
        TaskDeed.DONE: finish,
        TaskDeed.TELL: tell,
        TaskDeed.REOPEN: _changing(tasks.reopen),
        TaskDeed.DROP: _changing(tasks.drop),
        TaskDeed.RESTORE: _changing(tasks.restore),
        TaskDeed.DUE: ask_when_due,
        TaskDeed.NO_DUE: forget_due,
        TaskDeed.RENAME: ask_words,
        TaskDeed.MESSAGE: show_message,
    }
    for deed, handler in deeds.items():
        router.callback_query.register(handler, TaskButton.filter(F.deed == deed))
    router.callback_query.register(move, TaskButton.filter(F.deed.in_(set(MOVING))))
    return router


# --- looked at -------------------------------------------------------------------------------


async def look(query: CallbackQuery, callback_data: TaskLookButton, visit: Visit) -> None:
    """In the place of a list, with the way back to it."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is None:
        return
    back = TaskListButton(**callback_data.model_dump(exclude={"task_id"}))
    await answer(query)
    await visit.edit(query, await view_of(visit, *found, back))


async def open_below(query: CallbackQuery, callback_data: TaskButton, visit: Visit) -> None:
    """In a message of its own, so that the list of the day stays."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is not None:
        await answer(query)
        await show_below(visit, *found, visit.below(query))


async def come_back(query: CallbackQuery, callback_data: TaskButton, visit: Visit) -> None:
    """The card again; nothing is asked any more."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is not None:
        await answer(query)
        await _draw(query, visit, *found)


async def show_message(query: CallbackQuery, callback_data: TaskButton, visit: Visit) -> None:
    """The client's message that it came from, as a card; shown once for each press."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is None:
        return
    message_id = found[0].message_id
    if message_id is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return
    card = await visit.card(query, message_id)
    if card is None:
        return
    shown = ShowCard(card.conversation.id, visit.me.id, message_id=message_id)
    async with visit.inbox.store.begin() as t:
        await t.put(shown, key=f"show:task:press {query.id}", lane=f"manager:{visit.me.id}")
    await answer(query)


# --- changed ---------------------------------------------------------------------------------


def _changing(deed: Deed) -> Callable[[CallbackQuery, TaskButton, Visit], Awaitable[None]]:
    """Do it and show the task as it is then."""

    async def handler(query: CallbackQuery, callback_data: TaskButton, visit: Visit) -> None:
        found = await task_of(query, callback_data.task_id, visit)
        if found is not None:
            await _changed(query, visit, found, await deed(visit.inbox, found[0].id, visit.me))

    return handler


async def move(query: CallbackQuery, callback_data: TaskButton, visit: Visit) -> None:
    """To another of the three lists."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is not None:
        horizon = MOVING[callback_data.deed]
        moved = await tasks.move(visit.inbox, found[0].id, horizon, visit.me)
        await _changed(query, visit, found, moved)


async def _changed(
    query: CallbackQuery, visit: Visit, before: tuple[Task, Client], after: Task | None
) -> None:
    if after is None:
        words = visit.say("This was decided already.")
        if before[0].dropped_at is not None:
            words = visit.say("It is too late for that.")
        await answer(query, words, alert=True)
    else:
        await answer(query)
    await _draw(query, visit, after or before[0], before[1])


async def _draw(query: CallbackQuery, visit: Visit, task: Task, client: Client) -> None:
    """The card in the pressed message, which asks nothing any more."""
    await visit.edit(query, await view_of(visit, task, client, back_of(query)))
    ref = pressed_ref(visit.bot, query)
    if ref is not None:
        await forget(visit.inbox, ref)


async def ask_words(query: CallbackQuery, callback_data: TaskButton, visit: Visit) -> None:
    """What else it is to be called."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is None:
        return
    await answer(query)
    words = visit.say(
        "Other words for “{title}”? Reply to this message.",
        title=one_line(found[0].title, TITLE_LIMIT),
    )
    prompt = Prompt(Asked.TASK_TITLE, found[0].id)
    await ask(visit, Rich(words), prompt, reply_to=visit.below(query))


# --- done ------------------------------------------------------------------------------------


async def finish(query: CallbackQuery, callback_data: TaskButton, visit: Visit) -> None:
    """Done; where the client can be written to, it is asked whether the client hears of it."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is None:
        return
    task = await tasks.finish(visit.inbox, found[0].id, visit.me)
    words = await tasks.words_when_done(visit.inbox, task) if task is not None else None
    if task is None or words is None:
        await _changed(query, visit, found, task)
        return
    await answer(query)
    facts = await facts_of(visit, task, found[1], back_of(query))
    view = done_view(reader_of(visit), facts, words)
    await _ask_here(query, visit, Asked.TASK_DONE, facts, view)


async def _ask_here(
    query: CallbackQuery, visit: Visit, asked: Asked, facts: TaskFacts, view: CardView
) -> None:
    """The pressed message asks from now on; a reply to it answers."""
    ref = pressed_ref(visit.bot, query)
    if ref is not None:
        await remember(visit.inbox, ref, Prompt(asked, facts.task.id))
    await visit.edit(query, view)


async def tell(query: CallbackQuery, callback_data: TaskButton, visit: Visit) -> None:
    """The client reads of it, once, however often this is pressed."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is None:
        return
    told = await tasks.tell_done(visit.inbox, found[0].id, visit.me, key=f"press {query.id}")
    if told is None:
        await answer(query, visit.say("This was decided already."), alert=True)
    else:
        ref, back = pressed_ref(visit.bot, query), back_of(query)
        await stands_at(visit.inbox, ref, of_task(told.id), back)
        await answer(query)
    again = await task_of(query, callback_data.task_id, visit)
    if again is not None:
        await _draw(query, visit, *again)
        # What has become of it meanwhile was drawn under this.
        await _draw(query, visit, *again)


# --- by when ---------------------------------------------------------------------------------


async def ask_when_due(query: CallbackQuery, callback_data: TaskButton, visit: Visit) -> None:
    """Days as buttons; a reply to them is a time in own words."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is None:
        return
    await answer(query)
    task, client = found
    if not task.is_open:
        await _draw(query, visit, task, client)
        return
    facts = await facts_of(visit, task, client, back_of(query))
    view = due_days_view(reader_of(visit), facts, await hours_for(visit, client))
    await _ask_here(query, visit, Asked.TASK_DUE, facts, view)


async def choose_day(query: CallbackQuery, callback_data: TaskDayButton, visit: Visit) -> None:
    """The times of the day."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is None:
        return
    await answer(query)
    facts = await facts_of(visit, *found, back_of(query))
    hours, day = await hours_for(visit, found[1]), date.fromordinal(callback_data.day)
    await visit.edit(query, due_times_view(reader_of(visit), facts, hours, day))


async def choose_time(query: CallbackQuery, callback_data: TaskTimeButton, visit: Visit) -> None:
    """By then it is to be done."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is None:
        return
    due = datetime.fromtimestamp(callback_data.minute * 60, UTC)
    fault = due_fault(visit, due)
    if fault:
        await answer(query, fault, alert=True)
        return
    changed = await tasks.set_due(visit.inbox, found[0].id, due, visit.me)
    await _changed(query, visit, found, changed)


async def forget_due(query: CallbackQuery, callback_data: TaskButton, visit: Visit) -> None:
    """Nobody says any more by when."""
    found = await task_of(query, callback_data.task_id, visit)
    if found is not None:
        changed = await tasks.set_due(visit.inbox, found[0].id, None, visit.me)
        await _changed(query, visit, found, changed)


def due_fault(visit: Visit, due: datetime) -> str:
    """Why nothing can be due then; "" where it can."""
    now = visit.inbox.clock.now()
    if due <= now:
        return visit.say("This time has passed.")
    return visit.say("This is more than a year ahead.") if due - now > AT_MOST else ""
