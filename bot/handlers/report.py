"""/report: a week or a month of the own clients, or of the whole studio, for who may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.access import Visit, answer
from bot.menu import is_head
from bot.report_buttons import ReportButton, ReportDeed
from bot.report_views import under_way_words, weeks_view
from bot.rich import Rich
from inbox import report_periods
from inbox.report_delivery import ask_report
from inbox.report_records import Period, Slice
from inbox.reports_made import Spot


def setup() -> Router:
    """/report and its buttons."""
    router = Router(name="report")
    router.message.register(show, Command("report"))
    router.callback_query.register(go, ReportButton.filter())
    return router


async def show(message: Message, visit: Visit) -> None:
    """The last whole week, below the command."""
    key = f"{message.chat.id}:{message.message_id}"
    await last_week(visit, message.message_id, key=key)


async def last_week(visit: Visit, below: int | None, *, key: str) -> None:
    """For a head of the studio, for everybody else of the own clients."""
    now = visit.inbox.clock.now()
    period = report_periods.week(now - timedelta(days=7), _zone(visit), now)
    await _make(visit, period, below, whole=is_head(visit.me), key=key)


async def go(query: CallbackQuery, callback_data: ReportButton, visit: Visit) -> None:
    """Another report below, or the weeks to choose from."""
    whole, now = callback_data.whole, visit.inbox.clock.now()
    if whole and not is_head(visit.me):
        words = visit.say("Only a head or an administrator may do this.")
        await answer(query, words, alert=True)
        return
    day = date.fromordinal(callback_data.day)
    period = _PERIODS[callback_data.deed](
        datetime.combine(day, time(12), tzinfo=_zone(visit)), _zone(visit), now
    )
    if period.since > now:
        await answer(query, visit.say("This button no longer works."))
        return
    await answer(query)
    below = visit.below(query)
    if callback_data.deed is ReportDeed.CHOOSE:
        await visit.send(weeks_view(visit.say, period, whole=whole), reply_to=below)
    else:
        await _make(visit, period, below, whole=whole, key=f"press {query.id}")


async def _make(visit: Visit, period: Period, below: int | None, *, whole: bool, key: str) -> None:
    """Say that it is being made, and have it made and shown."""
    whose = Slice() if whole else Slice(visit.me.id, visit.me.name)
    words, now = under_way_words(visit.say, period, whose), visit.inbox.clock.now()
    progress = await visit.send(Rich(words), reply_to=below)
    spot = Spot(visit.place.chat_id, visit.place.thread_id, progress=progress.message_id)
    async with visit.inbox.store.begin() as t:
        await ask_report(t, visit.me, period, now, key=key, whose_id=whose.manager_id, spot=spot)


def _zone(visit: Visit) -> ZoneInfo:
    return visit.inbox.calendars.studio.hours.zone


_PERIODS: dict[ReportDeed, Callable[[datetime, ZoneInfo, datetime], Period]] = {
    ReportDeed.WEEK: report_periods.week,
    ReportDeed.MONTH: report_periods.month,
    ReportDeed.CHOOSE: report_periods.week,
}
