"""Why a report's figure is what it is: "How counted", and /why as a reply to a report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer, refusal
from bot.cards import CardView
from bot.figure_asking import explanation_of
from bot.figure_buttons import (
    FigureButton,
    FiguresButton,
    Part,
    ReportsFigure,
    RowsButton,
    figure_of,
    figures_button,
    period_of,
)
from bot.figure_orders import Explaining, Explanation, Question
from bot.figure_views import figure_view, figures_view, rows_view
from bot.menu import heads_alone
from bot.report_making import ReportUnmade, file_name
from bot.rich import Rich
from bot.wording import zone_of
from inbox import report_periods, routing
from inbox.errors import StoreUnavailable
from inbox.model import Client
from inbox.report_delivery import may_see
from inbox.report_figures import Sort, is_figure
from inbox.report_records import Period, Slice

log = structlog.get_logger(__name__)

_DAY = len("2026-11-16")
_NAMED = "okno-"  # how bot.report_making.file_name begins


class AnswersReport(Filter):
    """Lets through what replies to a report of ours, with its days and whose it is.

    The buttons under it say so, and of its files the names.
    """

    async def __call__(self, message: Message, visit: Visit) -> bool | dict[str, Any]:
        target = message.reply_to_message
        if target is None or target.from_user is None or target.from_user.id != visit.bot.id:
            return False
        pressed = next(_buttons(target), None)
        if pressed is None and target.document is not None:
            pressed = await _of_file(visit, target.document.file_name or "")
        return {"asked": pressed} if pressed is not None else False


def setup() -> Router:
    """The command in a reply to a report, and the buttons."""
    router = Router(name="figures")
    router.message.register(show, Command("why"), AnswersReport())
    router.callback_query.register(choose, FiguresButton.filter())
    router.callback_query.register(choose_row, RowsButton.filter())
    router.callback_query.register(explain, FigureButton.filter())
    return router


async def show(message: Message, asked: FiguresButton, visit: Visit) -> None:
    """The figures to choose from."""
    whose = await _whose(visit, asked)
    if isinstance(whose, str):
        await visit.send(Rich(whose), reply_to=message.message_id)
        return
    view = figures_view(visit.say, asked, _period(visit, asked), whose)
    await visit.send(view, reply_to=message.message_id)


async def choose(query: CallbackQuery, callback_data: FiguresButton, visit: Visit) -> None:
    """The same by a button."""
    whose = await _seen(query, callback_data, visit)
    if whose is None:
        return
    await answer(query)
    view = figures_view(visit.say, callback_data, _period(visit, callback_data), whose)
    if callback_data.below:
        await visit.send(view, reply_to=visit.below(query))
    else:
        await visit.edit(query, view)


async def choose_row(query: CallbackQuery, callback_data: RowsButton, visit: Visit) -> None:
    """The rows of a sort, as the report has them now."""
    whose = await _seen(query, callback_data, visit)
    if whose is None:
        return
    sort = Sort[callback_data.sort.name]
    found = await _explained(
        query,
        visit,
        _question(visit, callback_data, whose, sort=sort, offset=callback_data.offset),
    )
    if found is not None:
        await visit.edit(query, rows_view(visit.say, callback_data, found))


async def explain(query: CallbackQuery, callback_data: FigureButton, visit: Visit) -> None:
    """How the figure came, in the place of what was pressed."""
    figure = figure_of(callback_data)
    if not is_figure(figure):
        await answer(query, refusal(visit.say, None))
        return
    whose = await _seen(query, callback_data, visit)
    if whose is None:
        return
    found = await _explained(query, visit, _question(visit, callback_data, whose, figure=figure))
    if found is None:
        return
    period = _period(visit, callback_data)
    view = figure_view(visit.say, callback_data, period, found)
    if not found.known:
        view = CardView(Rich(visit.say("The report has nothing of it any more.")), view.keyboard)
    await visit.edit(query, view)


async def _explained(query: CallbackQuery, visit: Visit, question: Question) -> Explanation | None:
    """Counted anew; None where that failed, which is said."""
    await answer(query, visit.say("⏳ Counting anew ..."))
    order = Explaining(visit.ground, question, visit.inbox.clock.now())
    try:
        return await explanation_of(order)
    except (OSError, ReportUnmade, StoreUnavailable) as error:
        log.warning("A report's figure was not explained.", error=str(error))
        words = visit.say("⚠️ The figure could not be counted anew. Ask again later.")
        await visit.send(Rich(words), reply_to=visit.below(query))
        return None


def _question(visit: Visit, pressed: ReportsFigure, whose: Slice, **what: Any) -> Question:
    zone = zone_of(visit.me).key
    return Question(_period(visit, pressed), whose, visit.say.language, zone, **what)


async def _seen(query: CallbackQuery, pressed: ReportsFigure, visit: Visit) -> Slice | None:
    """Whose report it is, if the presser may see it; else the press is answered why not."""
    if _period(visit, pressed).since > visit.inbox.clock.now():
        await answer(query, refusal(visit.say, None))
        return None
    whose = await _whose(visit, pressed)
    if isinstance(whose, str):
        await answer(query, whose, alert=True)
        return None
    return whose


async def _whose(visit: Visit, pressed: ReportsFigure) -> Slice | str:
    """Whose report it is, or why the member may not see it."""
    about_id, client = pressed.about_id, None
    async with visit.inbox.store.begin() as t:
        staff = await t.staff()
        if pressed.part is Part.CLIENT:
            client = await t.client(about_id)
    if pressed.part is Part.CLIENT:
        if client is None or not may_see(visit.me, None, client):
            holder = routing.member(staff, client.manager_id) if client is not None else None
            return refusal(visit.say, holder)
        return _slice_of(client)
    who = routing.member(staff, about_id) if pressed.part is Part.MANAGER else None
    if who is None and (about_id or pressed.part is Part.MANAGER):
        return refusal(visit.say, None)
    if not may_see(visit.me, who.id if who is not None else None, None):
        return heads_alone(visit.say)
    return Slice(who.id, who.name) if who is not None else Slice()


def _slice_of(client: Client) -> Slice:
    return Slice(name=client.name, client_id=client.id)


def _period(visit: Visit, pressed: ReportsFigure) -> Period:
    return period_of(pressed, _zone(visit), visit.inbox.clock.now())


def _zone(visit: Visit) -> ZoneInfo:
    return visit.inbox.calendars.studio.hours.zone


def _buttons(target: Message) -> Iterator[FiguresButton]:
    """What the buttons under the message say of its report."""
    rows = target.reply_markup.inline_keyboard if target.reply_markup else []
    for button in (one for row in rows for one in row):
        for kind in (FiguresButton, RowsButton, FigureButton):
            pressed = _unpacked(kind, button.callback_data or "")
            if isinstance(pressed, FiguresButton | RowsButton | FigureButton):
                yield FiguresButton(
                    day=pressed.day,
                    days=pressed.days,
                    part=pressed.part,
                    about_id=pressed.about_id,
                )


def _unpacked(kind: type[CallbackData], data: str) -> CallbackData | None:
    try:
        return kind.unpack(data)
    except (TypeError, ValueError):
        return None


async def _of_file(visit: Visit, name: str) -> FiguresButton | None:
    """What the name of a report's file says: its days, and whose it is."""
    stem = name.rpartition(".")[0]
    first, between, last = stem[len(_NAMED) :][: 2 * _DAY + 1].partition("_")
    if not stem.startswith(_NAMED) or not between:
        return None
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
        period = report_periods.days(*days, _zone(visit), visit.inbox.clock.now())
    except ValueError:
        return None
    async with visit.inbox.store.begin() as t:
        people = [Slice(one.id, one.name) for one in await t.staff()]
        clients = [_slice_of(client) for client, _ in await t.clients()]
    for whose in (Slice(), *people, *clients):
        if file_name(period, whose.name) == stem:
            return figures_button(period, whose)
    return None
