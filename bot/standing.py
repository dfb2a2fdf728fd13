"""Messages of the desk that say how an offer or a task stands: drawn again by themselves when
something becomes of the reply that they had sent."""

from __future__ import annotations

import contextlib
import json
import re

from aiogram import Bot
from aiogram.types import CallbackQuery

from bot.access import Visit
from bot.card_lines import client_name
from bot.cards import CardView
from bot.quotes import offered_view, quote_view
from bot.reader import Reader
from bot.sending import edit, pressed_ref
from bot.task_buttons import TaskListButton
from bot.task_cards import task_view
from bot.task_visits import facts_in
from bot.texts import speaker
from inbox.closing import DONE
from inbox.errors import SendRejected
from inbox.inbox import Inbox
from inbox.model import Conversation, Manager
from inbox.ports import DeskRef, Reply
from inbox.quoted import QUOTING
from inbox.work_records import Quote, QuoteState

_REPLY = re.compile(rf"({QUOTING}|{DONE})([0-9]{{1,15}}):", re.ASCII)


def of_quote(quote_id: int) -> str:
    """What `stands_at` calls an offer."""
    return f"{QUOTING}{quote_id}"


def of_task(task_id: int) -> str:
    """What `stands_at` calls a task."""
    return f"{DONE}{task_id}"


async def stands_at(
    inbox: Inbox, ref: DeskRef | None, what: str, back: TaskListButton | None = None
) -> None:
    """From now on this message says how it stands; `back`: the list it leads back to."""
    if ref is None:
        return
    kept = [ref.account, ref.chat_id, ref.message_id, "" if back is None else back.pack()]
    async with inbox.store.begin() as t:
        await t.save_form(_where(what), json.dumps(kept))
        await t.save_form(_what(ref), what)


async def show_offer(
    query: CallbackQuery, visit: Visit, conversation: Conversation, quote: Quote
) -> None:
    """What was offered, in the place of the message that was pressed."""
    await stands_at(visit.inbox, pressed_ref(visit.bot, query), of_quote(quote.id))
    await visit.edit(query, offered_view(visit, conversation, quote))


async def stands_no_more(inbox: Inbox, ref: DeskRef | None) -> None:
    """The message says something else now."""
    if ref is None:
        return
    async with inbox.store.begin() as t:
        if await t.form(_what(ref)) is not None:
            await t.save_form(_what(ref), None)


async def redraw(bot: Bot, inbox: Inbox, reply: Reply, to: Manager) -> None:
    """Make the message that says how it stands tell the truth; one that is gone is left alone.
    Raises the other SendFailed."""
    found = _REPLY.match(reply.key)
    if found is None:
        return
    kind, number = found[1], int(found[2])
    ref, back = await _standing(inbox, f"{kind}{number}")
    if kind == QUOTING:
        ref = ref or reply.desk_ref
        view = await _quote(inbox, number, to)
    else:
        view = await _task(inbox, number, to, back)
    if ref is not None and view is not None:
        with contextlib.suppress(SendRejected):
            await edit(bot, ref, view)


async def _standing(inbox: Inbox, what: str) -> tuple[DeskRef | None, TaskListButton | None]:
    async with inbox.store.begin() as t:
        kept = await t.form(_where(what))
        if kept is None:
            return None, None
        *numbers, back = json.loads(kept)
        ref = DeskRef(*numbers)
        if await t.form(_what(ref)) != what:
            return None, None
    return ref, TaskListButton.unpack(back) if back else None


async def _quote(inbox: Inbox, quote_id: int, to: Manager) -> CardView | None:
    """None while it is offered: it is drawn so already."""
    async with inbox.store.begin() as t:
        quote = await t.quote(quote_id)
        if quote is None or quote.state is QuoteState.OFFERED:
            return None
        conversation = await t.conversation(quote.conversation_id)
    now = inbox.clock.now()
    return quote_view(speaker(to.language), client_name(conversation), quote, to, now)


async def _task(
    inbox: Inbox, task_id: int, to: Manager, back: TaskListButton | None
) -> CardView | None:
    async with inbox.store.begin() as t:
        task = await t.task(task_id)
        client = await t.client(task.client_id) if task is not None else None
    if task is None or client is None:
        return None
    facts = await facts_in(inbox, task, client, back)
    return task_view(Reader.of(to, inbox.clock.now()), facts)


def _where(what: str) -> str:
    return f"stands:{what}"


def _what(ref: DeskRef) -> str:
    return f"stands_at:{ref.account}:{ref.chat_id}:{ref.message_id}"
