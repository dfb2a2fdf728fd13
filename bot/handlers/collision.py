"""Two who answer one client: "I answer", and a question before a second answer goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer, refusal
from bot.buttons import Button
from bot.card_lines import NAME_LIMIT
from bot.cards import CardView
from bot.drafts import Draft, KeptInside, deliver, drop, keep, kept
from bot.note_keeping import kept_words
from bot.reply_buttons import AnsweringButton, AnywayButton
from bot.rich import Rich, one_line
from bot.sending import pressed_ref
from bot.standing import show_offer
from bot.wording import moment, zone_of
from inbox import collisions
from inbox.model import Conversation
from inbox.ports import Card, Transaction


def setup() -> Router:
    """The announcement, and the answer to the question."""
    router = Router(name="collision")
    router.callback_query.register(announce, AnsweringButton.filter())
    router.callback_query.register(decide, AnywayButton.filter())
    return router


async def announce(query: CallbackQuery, callback_data: AnsweringButton, visit: Visit) -> None:
    """The others see for some minutes that the presser is about to answer."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    await collisions.answering(visit.inbox, conversation.id, visit.me)
    await answer(query, visit.say("Your colleagues see for 5 minutes that you are answering."))


async def about_to_answer(visit: Visit, conversation: Conversation) -> None:
    """Where several read the card, whoever reads the whole of it, or promises, is taken to be
    about to answer."""
    _, holder = await visit.look_up(conversation.id)
    alone = holder is not None and holder.active and not holder.away(visit.inbox.clock.now())
    if conversation.wait is not None and (visit.inbox.desk.shared or not alone):
        await collisions.answering(visit.inbox, conversation.id, visit.me)


async def answered_already(visit: Visit, draft: Draft) -> bool:
    """Whether a colleague was faster: then the draft is kept, and the member is asked.

    A draft that an earlier, interrupted try made a reply is no second answer.
    """
    if draft.conversation_id is None:
        return False
    async with visit.inbox.store.begin() as t:
        stored = await t.reply_at(draft.first) is not None
        answers = draft.message_id or await t.newest_message(draft.conversation_id)
    if stored or answers is None:
        return False
    who = await collisions.already_answered(visit.inbox, draft.conversation_id, answers, visit.me)
    if who is None:
        return False
    async with visit.inbox.store.begin() as t:
        await keep(t, replace(draft, message_id=answers))
        at = _answered_at(await t.card(answers))
    now = visit.inbox.clock.now()
    name = one_line(who.name, NAME_LIMIT)
    if at is None:
        words = visit.say("{name} is answering this already. Send anyway?", name=name)
    else:
        time = moment(visit.say, at, now, zone_of(visit.me))
        words = visit.say("Already answered by {name}: {time}. Send anyway?", name=name, time=time)
    number = draft.first.message_id
    row = (
        Button(visit.say("Send"), AnywayButton(message_id=number, send=True)),
        Button(visit.say("Don't send"), AnywayButton(message_id=number, send=False)),
    )
    await visit.send(CardView(Rich(words), (row,)), reply_to=number)
    return True


def _answered_at(card: Card) -> datetime | None:
    closing = card.wait.closing if card.wait is not None else None
    if closing is not None:
        return closing.at
    return card.last_reply.sent_at if card.last_reply is not None else None


async def decide(query: CallbackQuery, callback_data: AnywayButton, visit: Visit) -> None:
    """Send what was written, or leave it; once."""
    async with visit.inbox.store.begin() as t:
        draft = await own_draft(t, query, callback_data.message_id, visit)
    if draft is None or draft.conversation_id is None:
        await answer(query, visit.say("This was decided already."))
        return
    conversation, holder = await visit.look_up(draft.conversation_id)
    if not callback_data.send:
        async with visit.inbox.store.begin() as t:
            await drop(t, draft)
        words = visit.say("Not sent.")
    elif conversation is None:
        await answer(query, refusal(visit.say, holder), alert=True)
        return
    else:
        made = await deliver(visit.inbox, draft)
        words = visit.say("Sent all the same.")
        if isinstance(made, KeptInside):  # edited into a note while this was asked
            words = kept_words(visit.say, made, visit.me)
        elif made is not None:
            await answer(query)
            await show_offer(query, visit, conversation, made)
            return
    await answer(query)
    await visit.edit(query, Rich(words))


async def own_draft(
    t: Transaction, query: CallbackQuery, number: int, visit: Visit
) -> Draft | None:
    """What the presser wrote in the message of this number, in the chat of the press."""
    pressed = pressed_ref(visit.bot, query)
    if pressed is None:
        return None
    draft = await kept(t, replace(pressed, message_id=number))
    return draft if draft is not None and draft.author_id == visit.me.id else None
