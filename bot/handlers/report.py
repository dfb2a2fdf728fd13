"""/report: any time, of the whole studio, a member's clients or one client, for who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.cards import CardView
from bot.handlers.topic import AboutClient
from bot.menu import heads_alone, is_head
from bot.report_asking import LONGEST
from bot.report_buttons import Of, ReportButton, ReportDeed
from bot.report_dates import Days
from bot.report_lists import PAGE, clients_view, meant_view, members_view
from bot.report_meaning import MOST, Misread, Wish, meant, usual_slice
from bot.report_terms import period_title, slice_title
from bot.report_views import days_of, under_way_words, weeks_view
from bot.rich import Rich
from bot.topics import take_back
from inbox import report_periods, routing
from inbox.model import Client, Manager
from inbox.report_delivery import ask_report, may_see
from inbox.report_records import Period, Slice
from inbox.reports_made import Spot
from inbox.work_records import ClientOrder


def setup() -> Router:
    """/report and its buttons."""
    router = Router(name="report")
    router.message.register(of_this_client, Command("report", magic=~F.args), AboutClient())
    router.message.register(show, Command("report"))
    router.callback_query.register(go, ReportButton.filter())
    return router


async def show(message: Message, command: CommandObject, visit: Visit) -> None:
    """Below the command: what is asked for, or the last whole week."""
    key = f"{message.chat.id}:{message.message_id}"
    if not command.args:
        await last_week(visit, message.message_id, key=key)
        return
    days = days_of(_last_week(visit))
    try:
        wishes = await meant(visit, command.args, _today(visit), days)
    except Misread as misread:
        await visit.send(Rich(str(misread)), reply_to=message.message_id)
        return
    if len(wishes) == 1:
        await have_made(visit, wishes[0], message.message_id, key=key)
        return
    view = meant_view(visit.say, [(one, _title(visit, one)) for one in wishes[: MOST + 1]])
    await visit.send(view, reply_to=message.message_id)


async def of_this_client(message: Message, conversation_id: int, visit: Visit) -> None:
    """Alone in a client's topic, or in a reply to a card: which week of that client."""
    conversation, holder = await visit.look_up(conversation_id)
    client = conversation.client if conversation is not None else None
    if client is None or not may_see(visit.me, None, client):
        words = refusal(visit.say, holder) if holder is not None else heads_alone(visit.say)
        await visit.send(Rich(words), reply_to=message.message_id)
        return
    whose, now = Slice(name=client.name, client_id=client.id), visit.inbox.clock.now()
    view = weeks_view(visit.say, report_periods.week(now, _zone(visit), now), whose)
    await visit.send(view, reply_to=message.message_id)


async def last_week(visit: Visit, below: int | None, *, key: str) -> None:
    """For a head of the studio, for everybody else of the own clients."""
    wish = Wish(days_of(_last_week(visit)), usual_slice(visit.me))
    await have_made(visit, wish, below, key=key)


async def go(query: CallbackQuery, callback_data: ReportButton, visit: Visit) -> None:
    """Another report below, or what there is to choose from."""
    whose = await _whose(query, callback_data, visit)
    if whose is None:
        return
    days = callback_data.days
    if not 0 < days.count <= LONGEST or _period(visit, days).since > visit.inbox.clock.now():
        await answer(query, refusal(visit.say, None))
        return
    if callback_data.deed is ReportDeed.WHOSE and not is_head(visit.me):
        await answer(query, heads_alone(visit.say), alert=True)
        return
    await answer(query)
    below = visit.below(query)
    if callback_data.deed is ReportDeed.SHOW:
        await have_made(visit, Wish(days, whose), below, key=f"press {query.id}")
        return
    view = await _list(visit, callback_data, whose)
    if callback_data.here:
        await visit.edit(query, view)
    else:
        await visit.send(view, reply_to=below)


async def have_made(visit: Visit, wish: Wish, below: int | None, *, key: str) -> None:
    """Say that it is being made, and have it made and shown."""
    period, now = _period(visit, wish.days), visit.inbox.clock.now()
    words = under_way_words(visit.say, period, wish.whose)
    progress = await visit.send(Rich(words), reply_to=below)
    spot = Spot(visit.place.chat_id, visit.place.thread_id, progress=progress.message_id)
    kept = False
    try:
        async with visit.inbox.store.begin() as t:
            put = await ask_report(
                t,
                visit.me,
                period,
                now,
                key=key,
                whose_id=wish.whose.manager_id,
                client_id=wish.whose.client_id,
                spot=spot,
            )
        kept = put
    finally:
        if not kept:  # not to be had, or heard before: that one says itself how far it is
            await take_back(visit.bot, progress)


async def _whose(query: CallbackQuery, callback_data: ReportButton, visit: Visit) -> Slice | None:
    """Of whom, if the presser may see that; else the press is answered why not."""
    me, about_id = visit.me, callback_data.about_id
    if callback_data.of is Of.CLIENT:
        return await _client(query, about_id, visit)
    async with visit.inbox.store.begin() as t:
        who = routing.member(await t.staff(), about_id)
    known = about_id == 0 if callback_data.of is Of.STUDIO else who is not None
    if not known:
        await answer(query, refusal(visit.say, None))
        return None
    if not may_see(me, about_id or None, None):
        await answer(query, heads_alone(visit.say), alert=True)
        return None
    return Slice(who.id, who.name) if who is not None else Slice()


async def _client(query: CallbackQuery, client_id: int, visit: Visit) -> Slice | None:
    async with visit.inbox.store.begin() as t:
        client = await t.client(client_id)
        staff = await t.staff()
    if client is None or not may_see(visit.me, None, client):
        holder = routing.member(staff, client.manager_id) if client is not None else None
        await answer(query, refusal(visit.say, holder), alert=True)
        return None
    return Slice(name=client.name, client_id=client.id)


async def _list(visit: Visit, pressed: ReportButton, whose: Slice) -> CardView:
    say, days, offset = visit.say, pressed.days, pressed.offset
    title = period_title(say, _period(visit, days))
    match pressed.deed:
        case ReportDeed.CHOOSE:
            now, zone = visit.inbox.clock.now(), _zone(visit)
            return weeks_view(
                say, report_periods.week(_period(visit, days).since, zone, now), whose
            )
        case ReportDeed.WHOSE:
            return members_view(say, days, title, await _people(visit), offset)
        case _:
            return clients_view(
                say, visit.me, days, title, (await _clients(visit, offset), offset)
            )


async def _people(visit: Visit) -> Sequence[Manager]:
    async with visit.inbox.store.begin() as t:
        return routing.people(await t.staff())


async def _clients(visit: Visit, offset: int) -> Sequence[Client]:
    """Those about whom the member may ask, by name; one more than a page."""
    head = is_head(visit.me)
    async with visit.inbox.store.begin() as t:
        lines = await t.client_lines(
            None if head else (visit.me.id,),
            order=ClientOrder.NAME,
            nobodys=head,
            offset=offset,
            limit=PAGE + 1,
        )
    return [one.client for one in lines]


def _title(visit: Visit, wish: Wish) -> str:
    """What tells a wish from the others."""
    name = slice_title(visit.say, wish.whose)
    return f"{name} · {period_title(visit.say, _period(visit, wish.days))}"


def _period(visit: Visit, days: Days) -> Period:
    return report_periods.days(days.first, days.last, _zone(visit), visit.inbox.clock.now())


def _last_week(visit: Visit) -> Period:
    now = visit.inbox.clock.now()
    return report_periods.last_week(now, _zone(visit), now)


def _today(visit: Visit) -> date:
    return visit.inbox.clock.now().astimezone(_zone(visit)).date()


def _zone(visit: Visit) -> ZoneInfo:
    return visit.inbox.calendars.studio.hours.zone
