"""/away and /back: when a member is not there, and who stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.absent import Misread, Wish, fault_words, named, read_wish, state_words
from bot.access import Visit, answer
from bot.buttons import Button, Keyboard
from bot.cards import CardView
from bot.dates import Period
from bot.menu import with_back
from bot.prompts import Asked, Prompt, ask
from bot.reader import Reader
from bot.rich import Rich, one_line
from bot.wording import zone_of
from inbox import absences, routing
from inbox.errors import BadAbsence
from inbox.model import Absence, Manager, Role

NAME_LIMIT = 80  # UTF-16 units


class AwayDeed(StrEnum):
    """For how long from today on, or the end of it."""

    DAY = "d"
    WEEKEND = "s"
    WEEK = "w"
    OTHER = "o"
    BACK = "b"


class AwayButton(CallbackData, prefix="a"):
    """A deed on the presser's own absence."""

    deed: AwayDeed


def setup() -> Router:
    """Two commands and the buttons under the first."""
    router = Router(name="away")
    router.message.register(go, Command("away"))
    router.message.register(come_back, Command("back"))
    router.callback_query.register(press, AwayButton.filter())
    return router


async def go(message: Message, command: CommandObject, visit: Visit) -> None:
    """Without words how it is; with days, from then on."""
    if text := (command.args or "").strip():
        await go_by_words(visit, text, message.message_id)
        return
    await visit.send(with_back(visit.say, await view(visit)), reply_to=message.message_id)


async def view(visit: Visit) -> CardView:
    """How it is with this member, and the buttons that change it."""
    visit, staff = await _fresh(visit)
    now = visit.inbox.clock.now()
    absence = next((one for one in visit.me.absences if one.until > now), None)
    if absence is None:
        words = visit.say("You are there. For how long will you be away, from today on?")
        return CardView(Rich(words), _lengths(visit))
    back = Button(visit.say("I am back"), AwayButton(deed=AwayDeed.BACK))
    return CardView(Rich(await _state(visit, visit.me, absence, staff)), ((back,),))


def _lengths(visit: Visit) -> Keyboard:
    words = {
        AwayDeed.DAY: visit.say("Today"),
        AwayDeed.WEEKEND: visit.say("Through Sunday"),
        AwayDeed.WEEK: visit.say("A week"),
        AwayDeed.OTHER: visit.say("Other days"),
    }
    buttons = [Button(text, AwayButton(deed=deed)) for deed, text in words.items()]
    return tuple(buttons[:2]), tuple(buttons[2:])


async def press(query: CallbackQuery, callback_data: AwayButton, visit: Visit) -> None:
    """The buttons; another choice of days is asked for."""
    await answer(query)
    match callback_data.deed:
        case AwayDeed.OTHER:
            words = visit.say(
                "Reply to this message with the days, and with a name if somebody else than your "
                "usual deputy stands in, for example: 1 Dec - 14 Dec Boris"
            )
            await ask(
                visit, Rich(words), Prompt(Asked.AWAY, visit.me.id), reply_to=visit.below(query)
            )
        case AwayDeed.BACK:
            visit, _ = await _fresh(visit)
            said = Rich(await end(visit, visit.me))
            await visit.edit(query, with_back(visit.say, said))
        case deed:
            visit, staff = await _fresh(visit)
            wish = Wish(visit.me, _from_today(visit, deed))
            said = Rich(await _go(visit, wish, staff))
            await visit.edit(query, with_back(visit.say, said))


def _from_today(visit: Visit, deed: AwayDeed) -> Period:
    today = visit.inbox.clock.now().astimezone(zone_of(visit.me)).date()
    days = {AwayDeed.DAY: 0, AwayDeed.WEEKEND: 6 - today.weekday(), AwayDeed.WEEK: 6}
    return Period(today, today + timedelta(days=days[deed]))


async def go_by_words(visit: Visit, text: str, below: int) -> None:
    """ "01.12-14.12 Boris"; a head may begin with whose absence it is."""
    visit, staff = await _fresh(visit)
    try:
        wish = read_wish(visit.say, text, visit.me, staff, visit.inbox.clock.now())
    except Misread as error:
        words = str(error)
    else:
        words = await _go(visit, wish, staff)
    await visit.send(Rich(words), reply_to=below)


async def come_back(message: Message, command: CommandObject, visit: Visit) -> None:
    """/back, or of a head: /back NAME."""
    visit, staff = await _fresh(visit)
    name = (command.args or "").strip()
    who = named(name, [one for one in staff if one.active]) if name else visit.me
    if who is None:
        shown = one_line(name, NAME_LIMIT)
        words = visit.say("There is no {name} in the team.", name=shown)
    else:
        words = await end(visit, who)
    await visit.send(Rich(words), reply_to=message.message_id)


async def _go(visit: Visit, wish: Wish, staff: Sequence[Manager]) -> str:
    if not _may(visit.me, wish.who):
        return visit.say("Only a head or an administrator says when somebody else is away.")
    since, until = wish.period.instants(visit.inbox.clock.now(), zone_of(wish.who))
    try:
        absence = await absences.go_away(
            visit.inbox, wish.who, since, until, deputy=wish.deputy, by=visit.me
        )
    except BadAbsence as error:
        same = _same(wish, until)
        if error.reason != "overlaps" or same is None:
            return fault_words(visit.say, error.reason)
        absence = same  # a repeated update
    return await _state(visit, wish.who, absence, staff)


def _same(wish: Wish, until: object) -> Absence | None:
    deputy_id = wish.deputy.id if wish.deputy is not None else None
    return next(
        (one for one in wish.who.absences if (one.until, one.deputy_id) == (until, deputy_id)),
        None,
    )


async def end(visit: Visit, who: Manager) -> str:
    """The member is there again; what is said of it."""
    if not _may(visit.me, who):
        return visit.say("Only a head or an administrator says when somebody else is away.")
    name = one_line(who.name, NAME_LIMIT)
    if await absences.come_back(visit.inbox, who, visit.me) is None:
        return visit.say("{name} is there; no absence is known.", name=name)
    waiting = await _waiting(visit, who)
    words = visit.say("{name} is there again and gets the cards.", name=name)
    count = visit.say("Waiting for an answer now: {number}.", number=waiting)
    return f"{words} {count}"


def _may(me: Manager, who: Manager) -> bool:
    return me.id == who.id or me.role in {Role.HEAD, Role.ADMIN}


async def _fresh(visit: Visit) -> tuple[Visit, tuple[Manager, ...]]:
    """The members with their absences as they are now."""
    async with visit.inbox.store.begin() as t:
        staff = await t.staff()
    me = routing.member(staff, visit.me.id)
    return (replace(visit, me=me) if me is not None else visit), staff


async def _state(visit: Visit, who: Manager, absence: Absence, staff: Sequence[Manager]) -> str:
    reader = Reader.of(visit.me, visit.inbox.clock.now())
    return state_words(reader, who, absence, staff, await _waiting(visit, who))


async def _waiting(visit: Visit, who: Manager) -> int:
    async with visit.inbox.store.begin() as t:
        return await t.count_waiting(who.id)
