"""/dayoff: a day off or other hours on a date, entered by a head or an administrator."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.absent import Misread
from bot.access import Visit
from bot.buttons import Button
from bot.cards import CardView
from bot.menu import with_back
from bot.menu_buttons import MenuButton, Screen
from bot.reader import Reader
from bot.rich import MESSAGE_LIMIT, Rich, joined
from bot.special_days import (
    carry_out,
    order_words,
    provisional_words,
    read_calendar,
    read_order,
    special_lines,
)
from bot.why import within
from inbox.calendars import STUDIO
from inbox.model import Role
from inbox.recounting import keep_calendars


def setup() -> Router:
    """The one command."""
    router = Router(name="dayoff")
    router.message.register(day_off, Command("dayoff"))
    return router


async def day_off(message: Message, command: CommandObject, visit: Visit) -> None:
    """Without a day what lies ahead; with one, that it is closed or open at other hours."""
    await enter(visit, (command.args or "").strip(), message.message_id)


async def enter(visit: Visit, text: str, below: int) -> None:
    """The same, whether it came with the command or as an answer to the question."""
    try:
        said = await _answer(visit, text) if _may(visit) else Rich(_refused(visit))
    except Misread as error:
        said = Rich(str(error))
    await visit.send(with_back(visit.say, said), reply_to=below)


async def view(visit: Visit) -> CardView:
    """What lies ahead, and a button to enter a day."""
    if not _may(visit):
        return CardView(Rich(_refused(visit)), ())
    button = Button(visit.say("Enter a day"), MenuButton(screen=Screen.ENTER_DAY))
    return CardView(await _ahead(visit, STUDIO), ((button,),))


def _may(visit: Visit) -> bool:
    return visit.me.role in {Role.HEAD, Role.ADMIN}


def _refused(visit: Visit) -> str:
    return visit.say("Only a head or an administrator changes the calendar.")


async def _answer(visit: Visit, text: str) -> Rich:
    calendars, now = visit.inbox.calendars, visit.inbox.clock.now()
    name, rest = read_calendar(visit.say, text, calendars)
    if not rest.strip():
        return await _ahead(visit, name)
    order = read_order(visit.say, text, calendars, now)
    moved = await carry_out(visit.inbox, order, visit.me)
    reader = Reader(visit.say, calendars.named(order.calendar).hours.zone, now)
    return Rich(order_words(reader, order, moved))


async def _ahead(visit: Visit, name: str) -> Rich:
    """The special days of the next 60, and how others are entered."""
    await keep_calendars(visit.inbox)
    async with visit.inbox.store.begin() as t:
        entered = await t.special_days()
    say, calendar = visit.say, visit.inbox.calendars.named(name)
    reader = Reader(say, calendar.hours.zone, visit.inbox.clock.now())
    title = (
        say("Days off and other hours, the next 60 days")
        if name == STUDIO
        else say("Days off and other hours of {name}, the next 60 days", name=name)
    )
    lines = [Rich(one) for one in special_lines(reader, calendar, entered)]
    lines += [Rich(one) for one in provisional_words(reader, calendar)]
    if not lines:
        lines = [Rich(say("None."))]
    how = say(
        "/dayoff 31.12 party closes a day, /dayoff 28.12 10:00-15:00 short day gives it other "
        "hours, /dayoff 31.12 off takes that back."
    )
    whole = [Rich(title).styled("bold"), *lines]
    return joined([within(whole, MESSAGE_LIMIT - len(how) - 2), Rich(how)], "\n\n")
