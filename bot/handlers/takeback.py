"""What was sent is deleted on the client's side: asked first, by button or as /takeback."""

from __future__ import annotations

from typing import Any

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.buttons import Button
from bot.card_lines import NAME_LIMIT, client_name
from bot.cards import CardView
from bot.drafts import album_with
from bot.handlers.outcome import pressed
from bot.handlers.reply import AnswersLinked
from bot.reply_buttons import TakeBackButton, TakeBackDeed, may_be_taken_back
from bot.rich import Rich, joined, one_line
from bot.wording import moment, zone_of
from inbox import changing, routing
from inbox.errors import NoSuchRow
from inbox.model import Conversation
from inbox.ports import DeskRef, Reply, ReplyState, Transaction
from inbox.records import UNDER_WAY

EXCERPT = 300  # UTF-16 units


def setup() -> Router:
    """The command in a reply to the own message or to the card, and the buttons."""
    router = Router(name="takeback")
    router.message.register(by_reply, Command("takeback"), AnswersLinked())
    router.message.register(explain, Command("takeback"))
    deeds: dict[TakeBackDeed, Any] = {
        TakeBackDeed.ASK: ask,
        TakeBackDeed.DO: take_back,
        TakeBackDeed.LEAVE: leave,
    }
    for deed, handler in deeds.items():
        router.callback_query.register(handler, TakeBackButton.filter(F.deed == deed))
    return router


async def by_reply(
    message: Message, conversation_id: int, message_id: int | None, visit: Visit
) -> None:
    """Ask about the reply that the message became, or about the newest of the card."""
    conversation, holder = await visit.look_up(conversation_id)
    words = refusal(visit.say, holder)
    if conversation is not None:
        target = message.reply_to_message
        number = target.message_id if target is not None else 0
        ref = DeskRef(visit.bot.id, message.chat.id, number)
        async with visit.inbox.store.begin() as t:
            reply = await _meant(t, ref, message_id)
        words = await _question_or_words(visit, conversation, reply, message.message_id)
    if words:
        await visit.send(Rich(words), reply_to=message.message_id)


async def _meant(t: Transaction, ref: DeskRef, message_id: int | None) -> Reply | None:
    album = await album_with(t, ref)
    own = await t.reply_at(ref if album is None else album.first)
    if own is not None or message_id is None:
        return own
    try:
        return (await t.card(message_id)).last_reply
    except NoSuchRow:
        return None


async def explain(message: Message, visit: Visit) -> None:
    """The command alone."""
    words = visit.say("Reply with this command to the message that you sent.")
    await visit.send(Rich(words), reply_to=message.message_id)


async def ask(query: CallbackQuery, callback_data: TakeBackButton, visit: Visit) -> None:
    """One press asks, below the card."""
    reply, conversation = await pressed(query, callback_data.reply_id, visit)
    if reply is None or conversation is None:
        return
    words = await _question_or_words(visit, conversation, reply, visit.below(query))
    await answer(query, words, alert=bool(words))


async def take_back(query: CallbackQuery, callback_data: TakeBackButton, visit: Visit) -> None:
    """The second does it; its outcome is told below the member's message."""
    reply, conversation = await pressed(query, callback_data.reply_id, visit)
    if reply is None or conversation is None:
        return
    done = await changing.take_back(visit.inbox, reply.id, visit.me)
    await answer(query, visit.say("It is being taken back.") if done else "")
    if not done or not await visit.remove(query):
        await visit.edit(query, Rich(visit.say("Decided.") if done else too_late(visit)))


async def leave(query: CallbackQuery, callback_data: TakeBackButton, visit: Visit) -> None:
    """Thought better of."""
    _, conversation = await pressed(query, callback_data.reply_id, visit)
    if conversation is None:
        return
    await answer(query)
    await visit.edit(query, Rich(visit.say("It stays with the client.")))


def too_late(visit: Visit) -> str:
    """Why nothing can be done: channel, time, or a fate of its own."""
    return visit.say("It cannot be taken back: Telegram allows it for 48 hours, mail never.")


async def _question_or_words(
    visit: Visit, conversation: Conversation, reply: Reply | None, below: int | None
) -> str:
    """Ask below the message; or why there is nothing to ask."""
    now = visit.inbox.clock.now()
    if reply is None:
        return visit.say("Nothing was sent here that could be taken back.")
    if reply.state is ReplyState.TAKEN_BACK:
        return visit.say("It has been taken back already.")
    if reply.state in UNDER_WAY and await changing.take_back(visit.inbox, reply.id, visit.me):
        return visit.say("It is being taken back.")
    if not may_be_taken_back(reply, conversation, now):
        return too_late(visit)
    async with visit.inbox.store.begin() as t:
        author = routing.member(await t.staff(), reply.author_id)
    at = moment(visit.say, reply.sent_at or reply.written_at, now, zone_of(visit.me))
    words = visit.say(
        "Delete at {client}'s side what {name} wrote ({time})?",
        client=client_name(conversation),
        name=one_line(author.name if author else "?", NAME_LIMIT),
        time=at,
    )
    text, rest = Rich.foreign(reply.text).cut(EXCERPT)
    excerpt = Rich(text.text + (" …" if rest.text else "")).styled("blockquote")

    def button(label: str, deed: TakeBackDeed, style: str | None = None) -> Button:
        return Button(label, TakeBackButton(deed=deed, reply_id=reply.id), style)

    row = (
        button(visit.say("Take back"), TakeBackDeed.DO, "danger"),
        button(visit.say("Leave it"), TakeBackDeed.LEAVE),
    )
    await visit.note(conversation, CardView(joined([Rich(words), excerpt]), (row,)), below)
    return ""
