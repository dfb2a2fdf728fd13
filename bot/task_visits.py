"""What handlers of tasks share: a task looked up for a member, and told anew where it stands."""

from __future__ import annotations

from datetime import timedelta

from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from bot.access import Visit, answer, refusal
from bot.cards import CardView
from bot.reader import Reader
from bot.rich import Rich
from bot.sending import edit, pressed_ref
from bot.task_buttons import TaskListButton
from bot.task_cards import TaskFacts, task_view
from inbox import routing, tasks
from inbox.calendars import Hours
from inbox.inbox import Inbox
from inbox.model import Client
from inbox.ports import DeskLink, DeskRef, Purpose, Shown
from inbox.work_records import Task

AT_MOST = timedelta(days=366)  # ahead


async def task_of(query: CallbackQuery, task_id: int, visit: Visit) -> tuple[Task, Client] | None:
    """The task if the member may act for its client; else the press is answered why not."""
    found = await look_up(visit, task_id)
    if isinstance(found, str):
        await answer(query, found, alert=True)
        return None
    return found


async def look_up(visit: Visit, task_id: int) -> tuple[Task, Client] | str:
    """The task if the member may act for its client; or why not."""
    async with visit.inbox.store.begin() as t:
        task = await t.task(task_id)
    if task is None:
        return refusal(visit.say, None)
    client, holder = await visit.look_up_client(task.client_id)
    return refusal(visit.say, holder) if client is None else (task, client)


def reader_of(visit: Visit) -> Reader:
    """The member, now."""
    return Reader.of(visit.me, visit.inbox.clock.now())


async def facts_of(
    visit: Visit, task: Task, client: Client, back: TaskListButton | None = None
) -> TaskFacts:
    """The task with the names of who made and did it, and what became of telling the client."""
    return await facts_in(visit.inbox, task, client, back)


async def facts_in(
    inbox: Inbox, task: Task, client: Client, back: TaskListButton | None = None
) -> TaskFacts:
    """The same without anybody at the desk."""
    async with inbox.store.begin() as t:
        staff = await t.staff()
        telling = await tasks.reply_that_tells(t, task)
    made, done = (routing.member(staff, one) for one in (task.made_by_id, task.done_by_id))
    names = (made.name if made else "", done.name if done else "")
    return TaskFacts(task, client, *names, back, telling)


async def view_of(
    visit: Visit, task: Task, client: Client, back: TaskListButton | None = None
) -> CardView:
    """Its card."""
    return task_view(reader_of(visit), await facts_of(visit, task, client, back))


async def show_below(visit: Visit, task: Task, client: Client, below: int | None) -> None:
    """Its card in a message of its own; replies to it go to the client."""
    ref = await visit.send(await view_of(visit, task, client), reply_to=below)
    await link(visit, ref, task)


async def link(visit: Visit, ref: DeskRef, task: Task) -> None:
    """From now on the message is about the client, where there is a conversation to answer in."""
    async with visit.inbox.store.begin() as t:
        talk = task.conversation_id or await t.newest_conversation(task.client_id)
        if talk is None:
            return
        about = task.message_id or await t.newest_message(talk)
        await t.link((DeskLink(Shown(ref, Purpose.NOTE), talk, visit.me.id, about),))


async def hours_for(visit: Visit, client: Client) -> Hours:
    """By the client's calendar, else its holder's, else the studio's."""
    async with visit.inbox.store.begin() as t:
        holder = routing.member(await t.staff(), client.manager_id)
    theirs = holder.calendar if holder is not None else None
    return visit.inbox.calendars.of(client.calendar, theirs).hours


def back_of(query: CallbackQuery) -> TaskListButton | None:
    """The list from which the pressed message looks at a task, as its own button says."""
    pressed = query.message
    markup = pressed.reply_markup if isinstance(pressed, Message) else None
    return _list_on(markup) if markup is not None else None


def _list_on(markup: InlineKeyboardMarkup) -> TaskListButton | None:
    for row in reversed(markup.inline_keyboard):
        for button in row:
            try:
                return TaskListButton.unpack(button.callback_data or "")
            except (TypeError, ValueError):
                continue
    return None


async def edit_target(visit: Visit, message: Message, view: CardView | Rich) -> bool:
    """Change the question that the message answers; False for one without buttons, which Telegram
    lets nobody edit (https://core.telegram.org/bots/api#updating-messages)."""
    target = message.reply_to_message
    if target is None or target.reply_markup is None:
        return False
    await edit(visit.bot, DeskRef(visit.bot.id, message.chat.id, target.message_id), view)
    return True


def form_key(visit: Visit, query: CallbackQuery) -> str:
    """The same for every press of a question, so that it makes one task."""
    ref = pressed_ref(visit.bot, query)
    return f"press:{query.id}" if ref is None else question_key(ref)


def question_key(ref: DeskRef) -> str:
    """Of a task that a question of the desk becomes."""
    return f"task:{ref.account}:{ref.chat_id}:{ref.message_id}"
