"""Promises: a day, then a time, in one message; told to the client or not; kept or withdrawn."""

from __future__ import annotations

from datetime import UTC, date, datetime

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.access import Visit, answer, refusal
from bot.buttons import (
    Button,
    CardButton,
    CardDeed,
    DayButton,
    PickButton,
    PickDeed,
    PromiseButton,
    PromiseDeed,
    TimeButton,
)
from bot.card_lines import client_name
from bot.cards import CardView
from bot.handlers.collision import about_to_answer
from bot.picker import days_view, how_to_write, made_view, own_time_view, times_view
from bot.promise_cards import due_of
from bot.prompts import Asked, Prompt, ask, forget
from bot.rich import Rich, joined
from bot.sending import pressed_ref
from bot.when import read_moment
from bot.wording import moment, zone_of
from inbox import promises
from inbox.calendars import Hours
from inbox.errors import BadPromise, NoSuchRow, NoWorkingTime
from inbox.holding import terms_of
from inbox.model import Conversation, Wait, WaitKind

TOLD = "told"  # the same for every press: a client is told of a promise once


def setup() -> Router:
    """The picker's buttons, and those of promises that stand."""
    router = Router(name="promise")
    router.callback_query.register(begin, CardButton.filter(F.deed == CardDeed.PROMISE))
    router.callback_query.register(choose_day, DayButton.filter())
    router.callback_query.register(choose_time, TimeButton.filter())
    router.callback_query.register(choose_otherwise, PickButton.filter())
    deeds = {
        PromiseDeed.KEPT: keep,
        PromiseDeed.ASK_WITHDRAW: ask_withdraw,
        PromiseDeed.WITHDRAW: withdraw,
        PromiseDeed.TELL: tell,
        PromiseDeed.LEAVE: leave,
    }
    for deed, handler in deeds.items():
        router.callback_query.register(handler, PromiseButton.filter(F.deed == deed))
    return router


# --- the picker ------------------------------------------------------------------------------


async def begin(query: CallbackQuery, callback_data: CardButton, visit: Visit) -> None:
    """The days, below the card."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is not None:
        await answer(query)
        await offer_days(visit, conversation, visit.below(query))


async def offer_days(visit: Visit, conversation: Conversation, below: int | None) -> None:
    """Days as buttons; a reply to them with a time of one's own works at every step."""
    view = await _days(visit, conversation)
    await ask(visit, view, Prompt(Asked.PROMISE, conversation.id), reply_to=below)
    await about_to_answer(visit, conversation)


async def choose_day(query: CallbackQuery, callback_data: DayButton, visit: Visit) -> None:
    """The times of the day, in the same message."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    await answer(query)
    hours = await _hours(visit, conversation)
    day, now = date.fromordinal(callback_data.day), visit.inbox.clock.now()
    await visit.edit(query, times_view(conversation, hours, day, visit.me, now))


async def choose_time(query: CallbackQuery, callback_data: TimeButton, visit: Visit) -> None:
    """The promise stands; the message asks whether the client is told."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    due = datetime.fromtimestamp(callback_data.minute * 60, UTC)
    promise = await _make(visit, conversation, due)
    if isinstance(promise, str):
        await answer(query, promise, alert=True)
        await visit.edit(query, await _days(visit, conversation))
        return
    await answer(query)
    await visit.edit(query, made_view(visit.say, promise, visit.me, visit.inbox.clock.now()))
    await _ask_no_more(query, visit)


async def choose_otherwise(query: CallbackQuery, callback_data: PickButton, visit: Visit) -> None:
    """Back to the days, a time in one's own words, or nothing."""
    conversation = await visit.conversation(query, callback_data.conversation_id)
    if conversation is None:
        return
    await answer(query)
    if callback_data.deed is PickDeed.CANCEL:
        await visit.edit(query, Rich(visit.say("Nothing was changed.")))
        await _ask_no_more(query, visit)
        return
    hours, now = await _hours(visit, conversation), visit.inbox.clock.now()
    view = days_view if callback_data.deed is PickDeed.DAYS else own_time_view
    await visit.edit(query, view(conversation, hours, visit.me, now))


async def _ask_no_more(query: CallbackQuery, visit: Visit) -> None:
    """A reply to the message is no time any more."""
    ref = pressed_ref(visit.bot, query)
    if ref is not None:
        await forget(visit.inbox, ref)


async def promise_by_words(
    visit: Visit, conversation: Conversation, text: str, below: int | None
) -> None:
    """A time in somebody's own words; where it cannot be taken, why, and it can be sent anew."""
    now = visit.inbox.clock.now()
    due = read_moment(text, now, zone_of(visit.me))
    if due is None:
        fault = visit.say("This could not be read as a time.")
        promise: Wait | str = f"{fault} {how_to_write(visit.say)}"
    else:
        promise = await _make(visit, conversation, due.astimezone(UTC))
    if isinstance(promise, str):
        prompt = Prompt(Asked.PROMISE, conversation.id)
        await ask(visit, Rich(promise), prompt, reply_to=below)
        return
    await visit.send(made_view(visit.say, promise, visit.me, now), reply_to=below)


async def _days(visit: Visit, conversation: Conversation) -> CardView:
    hours = await _hours(visit, conversation)
    return days_view(conversation, hours, visit.me, visit.inbox.clock.now())


async def _hours(visit: Visit, conversation: Conversation) -> Hours:
    async with visit.inbox.store.begin() as t:
        return (await terms_of(visit.inbox, t, conversation)).calendar.hours


async def _make(visit: Visit, conversation: Conversation, due: datetime) -> Wait | str:
    """The promise for this instant, one however often it is pressed; or why there is none."""
    try:
        return await promises.promise(visit.inbox, conversation.id, due, visit.me)
    except BadPromise as error:
        reason = error.reason
    if reason == "past":
        return visit.say("This time has passed.")
    if reason == "too_far":
        return visit.say("This is more than a year ahead.")
    hours, now = await _hours(visit, conversation), visit.inbox.clock.now()
    try:
        opens = hours.next_opening(due)
    except NoWorkingTime:
        return visit.say("Nobody works then.")
    at = moment(visit.say, opens, now, zone_of(visit.me))
    return visit.say("Nobody works then; the next opening: {time}.", time=at)


# --- promises that stand ---------------------------------------------------------------------


async def keep(query: CallbackQuery, callback_data: PromiseButton, visit: Visit) -> None:
    """The client has the answer."""
    if await _found(query, callback_data, visit) is None:
        return
    done = await promises.keep(visit.inbox, callback_data.wait_id, visit.me)
    words = visit.say("Noted: the promise was kept.")
    await answer(query, words if done else visit.say("This was decided already."))


async def ask_withdraw(query: CallbackQuery, callback_data: PromiseButton, visit: Visit) -> None:
    """A second press, so that no promise is lost by a slip of the finger."""
    found = await _found(query, callback_data, visit)
    if found is None:
        return
    conversation, promise = found
    await answer(query)
    name, due = client_name(conversation), _due(visit, promise)
    words = visit.say("Withdraw the promise to {name} (by {time})?", name=name, time=due)
    yes = PromiseButton(deed=PromiseDeed.WITHDRAW, wait_id=promise.id)
    no = PromiseButton(deed=PromiseDeed.LEAVE, wait_id=promise.id)
    row = (Button(visit.say("Withdraw"), yes, "danger"), Button(visit.say("Leave it"), no))
    await visit.send(CardView(Rich(words), (row,)), reply_to=visit.below(query))


async def withdraw(query: CallbackQuery, callback_data: PromiseButton, visit: Visit) -> None:
    """Nothing is promised any more."""
    found = await _found(query, callback_data, visit)
    if found is None:
        return
    done = await promises.withdraw(visit.inbox, callback_data.wait_id, visit.me)
    words = visit.say("☑️ The promise (by {time}) was withdrawn", time=_due(visit, found[1]))
    await answer(query, "" if done else visit.say("This was decided already."))
    if done:
        await visit.edit(query, Rich(words))


async def tell(query: CallbackQuery, callback_data: PromiseButton, visit: Visit) -> None:
    """The client reads of it in the client's channel; once, however often this is pressed."""
    found = await _found(query, callback_data, visit)
    if found is None:
        return
    conversation, promise = found
    done = await promises.tell(visit.inbox, promise.id, visit.me, TOLD)
    await answer(query, "" if done else visit.say("This was decided already."))
    told = Rich(await promises.words(visit.inbox, conversation, promise)).styled("blockquote")
    head = visit.say("🤝 Promised by {time}. The client is told:", time=_due(visit, promise))
    await visit.edit(query, joined([Rich(head), told]))


async def leave(query: CallbackQuery, callback_data: PromiseButton, visit: Visit) -> None:
    """The promise stands as it is."""
    found = await _found(query, callback_data, visit)
    if found is None:
        return
    await answer(query)
    promise = found[1]
    words = visit.say("🤝 Promised: {time}", time=_due(visit, promise))
    now, at = visit.inbox.clock.now(), promise.next_rung_at
    if at is not None and now < at:
        reminder = moment(visit.say, at, now, zone_of(visit.me))
        note = visit.say("🔔 You are reminded: {time}", time=reminder)
        words = f"{words}\n{note}"
    await visit.edit(query, Rich(words))


def _due(visit: Visit, promise: Wait) -> str:
    return due_of(visit.say, promise, visit.me, visit.inbox.clock.now())


async def _found(
    query: CallbackQuery, pressed: PromiseButton, visit: Visit
) -> tuple[Conversation, Wait] | None:
    """The promise and its conversation, if the presser may act there; else the press is answered
    why not."""
    async with visit.inbox.store.begin() as t:
        try:
            conversation, wait = await t.wait(pressed.wait_id)
        except NoSuchRow:
            wait = None
    if wait is None or wait.kind is not WaitKind.PROMISE:
        await answer(query, refusal(visit.say, None), alert=True)
        return None
    allowed = await visit.conversation(query, conversation.id)
    return None if allowed is None else (allowed, wait)
