"""Tasks: a client's message becomes one in two taps; /tasks shows the three lists."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.buttons import Button
from bot.card_lines import client_name
from bot.cards import CardView
from bot.handlers.topic import AboutClient
from bot.prompts import Asked, Prompt, ask, asked_at, forget
from bot.rich import Rich
from bot.sending import pressed_ref
from bot.standing import stands_no_more
from bot.task_buttons import NewTaskButton, Origin, TaskListButton, WhenButton, WhenDeed
from bot.task_cards import WHEN, when_view
from bot.task_visits import form_key, link, reader_of, view_of
from bot.tasks import TaskList, client_title, list_view
from bot.work_buttons import WorkButton, WorkDeed
from inbox import tasks
from inbox.model import Client, Media
from inbox.ports import Card
from inbox.work_records import Task

MOST_CLIENTS = 10
_ASKED = {Origin.MESSAGE: Asked.TASK_OF_MESSAGE, Origin.CLIENT: Asked.TASK_OF_CLIENT}


def setup() -> Router:
    """The commands, the two taps and the lists."""
    router = Router(name="tasks")
    router.message.register(new_by_command, Command("task"), AboutClient())
    router.message.register(explain, Command("task"))
    router.message.register(of_this_client, Command("tasks", magic=~F.args), AboutClient())
    router.message.register(show, Command("tasks"))
    router.callback_query.register(begin, WorkButton.filter(F.deed == WorkDeed.TASK))
    router.callback_query.register(choose_list, WhenButton.filter())
    router.callback_query.register(ask_new, NewTaskButton.filter())
    router.callback_query.register(turn, TaskListButton.filter())
    return router


# --- a new one -------------------------------------------------------------------------------


async def begin(query: CallbackQuery, callback_data: WorkButton, visit: Visit) -> None:
    """The first tap: when, below the card."""
    card = await visit.card(query, callback_data.message_id)
    if card is not None:
        await answer(query)
        await ask_when_of(visit, card, visit.below(query))


async def new_by_command(
    message: Message,
    command: CommandObject,
    conversation_id: int,
    message_id: int | None,
    visit: Visit,
) -> None:
    """As the button; what follows the command is the task in own words."""
    conversation, holder = await visit.look_up(conversation_id)
    if conversation is None:
        await visit.send(Rich(refusal(visit.say, holder)), reply_to=message.message_id)
        return
    title, client = tasks.title_of(command.args or ""), conversation.client
    if message_id is not None:
        async with visit.inbox.store.begin() as t:
            card = await t.card(message_id)
        await ask_when_of(visit, card, message.message_id, title)
    elif title:
        await ask_when(visit, client, title, message.message_id)
    else:
        await ask_words(visit, client, message.message_id)


async def explain(message: Message, visit: Visit) -> None:
    """The command alone."""
    words = visit.say("Reply with this command to a client's card.")
    await visit.send(Rich(words), reply_to=message.message_id)


async def ask_when_of(visit: Visit, card: Card, below: int | None, title: str = "") -> None:
    """Into which list a client's message goes as a task."""
    name = client_name(card.conversation)
    title = title or title_of(visit, card)
    view = when_view(visit.say, name, title, Origin.MESSAGE, card.message_id)
    await ask(visit, view, Prompt(Asked.TASK_OF_MESSAGE, card.message_id, title), reply_to=below)


async def ask_when(visit: Visit, client: Client, title: str, below: int | None) -> None:
    """Into which list a task in own words goes."""
    view = when_view(visit.say, client_title(client), title, Origin.CLIENT, client.id)
    await ask(visit, view, Prompt(Asked.TASK_OF_CLIENT, client.id, title), reply_to=below)


async def ask_words(visit: Visit, client: Client, below: int | None) -> None:
    """What is to be done."""
    words = visit.say(
        "What is to be done for {name}? Reply to this message.", name=client_title(client)
    )
    await ask(visit, Rich(words), Prompt(Asked.TASK_OF_CLIENT, client.id), reply_to=below)


async def ask_new(query: CallbackQuery, callback_data: NewTaskButton, visit: Visit) -> None:
    """A task that no message names."""
    client = await visit.client(query, callback_data.client_id)
    if client is not None:
        await answer(query)
        await ask_words(visit, client, visit.below(query))


def title_of(visit: Visit, card: Card) -> str:
    """What the message says; of one that says nothing, as a voice message, whose it is."""
    message = card.message
    nameless = all(one.media is not Media.DOCUMENT for one in message.attachments)
    says_nothing = not (message.text.strip() or message.subject) and nameless
    said = "" if says_nothing else tasks.title_from(message)
    return said or visit.say("Message from {name}", name=client_name(card.conversation))


async def choose_list(query: CallbackQuery, callback_data: WhenButton, visit: Visit) -> None:
    """The second tap: it stands, and its card takes the question's place."""
    if callback_data.deed is WhenDeed.CANCEL:
        if callback_data.origin is Origin.MESSAGE:
            allowed = await visit.card(query, callback_data.about_id) is not None
        else:
            allowed = await visit.client(query, callback_data.about_id) is not None
        if not allowed:
            return
        await answer(query)
        await visit.edit(query, Rich(visit.say("Nothing was changed.")))
        await _asks_no_more(query, visit)
        return
    found = await _make(query, callback_data, visit)
    if found is None:
        return
    task, client = found
    await answer(query, visit.say("Noted."))
    await visit.edit(query, await view_of(visit, task, client))
    await _asks_no_more(query, visit)
    ref = pressed_ref(visit.bot, query)
    if ref is not None:
        await link(visit, ref, task)


async def _make(
    query: CallbackQuery, pressed: WhenButton, visit: Visit
) -> tuple[Task, Client] | None:
    """The task, one for the question however often it is pressed; else the press is answered."""
    title = await _asked_title(query, pressed, visit)
    conversation_id, message_id = None, None
    if pressed.origin is Origin.MESSAGE:
        card = await visit.card(query, pressed.about_id)
        if card is None:
            return None
        client: Client | None = card.conversation.client
        conversation_id, message_id = card.conversation.id, card.message_id
        title = title or title_of(visit, card)
    else:
        client = await visit.client(query, pressed.about_id)
    if client is None:
        return None
    task = await tasks.make(
        visit.inbox,
        client.id,
        title,
        WHEN[pressed.deed],
        visit.me,
        key=form_key(visit, query),
        conversation_id=conversation_id,
        message_id=message_id,
    )
    if task is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return None
    return task, client


async def _asked_title(query: CallbackQuery, pressed: WhenButton, visit: Visit) -> str:
    """The words that the question was asked with; "" where it is no question any more."""
    ref = pressed_ref(visit.bot, query)
    prompt = None if ref is None else await asked_at(visit.inbox, ref)
    if prompt is None or (prompt.asked, prompt.about) != (
        _ASKED[pressed.origin],
        pressed.about_id,
    ):
        return ""
    return prompt.words


async def _asks_no_more(query: CallbackQuery, visit: Visit) -> None:
    ref = pressed_ref(visit.bot, query)
    if ref is not None:
        await forget(visit.inbox, ref)


# --- the lists -------------------------------------------------------------------------------


async def show(message: Message, command: CommandObject, visit: Visit) -> None:
    """The member's own, or those of the client who is named."""
    words = (command.args or "").strip()
    found = await clients_named(visit, words) if words else ()
    shown: CardView | Rich
    if not words:
        shown = await view(visit)
    elif len(found) == 1:
        shown = list_view(reader_of(visit), await _of_client(visit, found[0]))
    elif found:
        shown = _which(visit, found)
    else:
        shown = Rich(visit.say("No client of yours is called that: {words}", words=words))
    await visit.send(shown, reply_to=message.message_id if words else None)


async def of_this_client(message: Message, conversation_id: int, visit: Visit) -> None:
    """In a client's topic, or in a reply to something about a client."""
    conversation, holder = await visit.look_up(conversation_id)
    if conversation is None:
        await visit.send(Rich(refusal(visit.say, holder)), reply_to=message.message_id)
        return
    shown = list_view(reader_of(visit), await _of_client(visit, conversation.client))
    await visit.send(shown, reply_to=message.message_id)


async def turn(query: CallbackQuery, callback_data: TaskListButton, visit: Visit) -> None:
    """Another page, list or order, in the same message."""
    if callback_data.client_id:
        client = await visit.client(query, callback_data.client_id)
        if client is None:
            return
        found = await _of_client(visit, client, callback_data)
    else:
        found = await _of_several(visit, callback_data)
    await answer(query)
    await stands_no_more(visit.inbox, pressed_ref(visit.bot, query))
    await visit.edit(query, list_view(reader_of(visit), found))
    await _asks_no_more(query, visit)


async def view(visit: Visit) -> CardView:
    """The member's own tasks."""
    return list_view(reader_of(visit), await _of_several(visit, TaskListButton()))


async def clients_named(visit: Visit, words: str) -> tuple[Client, ...]:
    """Clients of those the member sees whose names have parts that begin so; one that is called
    just this stands for itself."""
    seen = await visit.seen_by_me()
    async with visit.inbox.store.begin() as t:
        lines = await t.client_lines(seen, words=words, limit=MOST_CLIENTS)
    exact = [one.client for one in lines if one.client.name.casefold() == words.casefold()]
    return tuple(exact) if len(exact) == 1 else tuple(one.client for one in lines)


def _which(visit: Visit, clients: tuple[Client, ...]) -> CardView:
    rows = tuple((Button(client_title(one), TaskListButton(client_id=one.id)),) for one in clients)
    return CardView(Rich(visit.say("Which client?")), rows)


async def _of_client(visit: Visit, client: Client, at: TaskListButton | None = None) -> TaskList:
    async with visit.inbox.store.begin() as t:
        entries = tuple((one, client) for one in await t.tasks_of_client(client.id))
    return TaskList(entries, at or TaskListButton(client_id=client.id), client)


async def _of_several(visit: Visit, at: TaskListButton) -> TaskList:
    seen = await visit.seen_by_me()
    own = (visit.me.id,)
    wider = seen is None or set(seen) != set(own)
    async with visit.inbox.store.begin() as t:
        entries = await t.open_tasks(seen if at.everybody else own)
    return TaskList(entries, at, wider=wider)
