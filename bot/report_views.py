"""What is said around a report at the desk: the progress, the text with its buttons, the weeks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.buttons import Button, Keyboard, in_rows
from bot.cards import CardView
from bot.figure_buttons import how_counted
from bot.find_buttons import FoundButton
from bot.menu import is_head
from bot.report_buttons import ReportDeed, report_button
from bot.report_dates import Days, month_of
from bot.report_orders import Kind
from bot.report_terms import heading, period_title, slice_title
from bot.report_words import notes, sentences
from bot.rich import Rich
from bot.texts import Say, mark
from inbox import report_periods
from inbox.model import Manager
from inbox.report_records import Period, Report, Slice

WEEKS = 8
_FILES = {
    Kind.LIGHT: mark("the picture"),
    Kind.PDF: mark("the PDF"),
    Kind.XLSX: mark("the table"),
}


def days_of(period: Period) -> Days:
    """Its days in the studio's zone."""
    return Days(*report_periods.days_of(period))


def under_way_words(say: Say, period: Period, whose: Slice) -> str:
    """What is being made."""
    days, name = period_title(say, period), slice_title(say, whose)
    return say("⏳ The report is being made: {days}. {name} ...", days=days, name=name)


def caption(say: Say, report: Report) -> str:
    """What stands under the picture; plain text."""
    title = f"{heading(say, report)}. {slice_title(say, report.slice)}"
    return "\n".join([f"📊 {title}", "", *sentences(say, report), *notes(say, report)])


def faults_words(say: Say, faults: Mapping[Kind, str]) -> str:
    """Which files are missing; "" where none is."""
    names = ", ".join(say(_FILES[kind]) for kind in _FILES if kind in faults)
    if not names:
        return ""
    return say("⚠️ Could not be made: {names}. Ask for the report again.", names=names)


def keyboard(say: Say, me: Manager, report: Report, *, holds: bool) -> Keyboard:
    """Where one may go from a report; `holds`: whether any client is the reader's now."""
    whose, days = report.slice, days_of(report.period)
    today = report.made_at.astimezone(ZoneInfo(report.period.zone)).date()
    this_week, this_month = Days(today, today), month_of(today)
    buttons = [
        Button(say("Other week"), report_button(ReportDeed.CHOOSE, this_week, whose)),
        Button(say("This month"), report_button(ReportDeed.SHOW, this_month, whose)),
    ]
    other = _other(say, me, whose, own=holds or _has_own(me, report))
    if other is not None:
        words, slice_ = other
        buttons.append(Button(words, report_button(ReportDeed.SHOW, days, slice_)))
    if is_head(me):
        buttons.append(Button(say("A manager"), report_button(ReportDeed.WHOSE, days, whose)))
    buttons.append(Button(say("A client"), report_button(ReportDeed.CLIENTS, days, whose)))
    worst = report.worst
    if worst is not None and worst.message_id is not None:
        to = FoundButton(conversation_id=worst.conversation_id, message_id=worst.message_id)
        buttons.append(Button(say("Worst wait"), to))
    last = [resend_button(say, report.period, whose)]
    counted = how_counted(say, report)
    if counted is not None:
        last.append(counted)
    return (*in_rows(buttons, 2), tuple(last))


def resend_button(say: Say, period: Period, whose: Slice) -> Button:
    """The same report anew, as it stands then."""
    again = report_button(ReportDeed.SHOW, days_of(period), whose)
    return Button(say("Send again"), again)


def _other(say: Say, me: Manager, whose: Slice, *, own: bool) -> tuple[str, Slice] | None:
    """From the whole to the own clients, where there are any, and back; for a manager from one
    client to all."""
    mine = say("My clients"), Slice(me.id, me.name)
    if not is_head(me):
        return mine if whose.client_id is not None else None
    if whose != Slice():
        return say("The whole studio"), Slice()
    return mine if own else None


def _has_own(me: Manager, report: Report) -> bool:
    """Whether a client of the reader's wrote in the period."""
    return any(row.id == me.id and row.figures.messages for row in report.managers)


def weeks_view(say: Say, last: Period, whose: Slice) -> CardView:
    """This week and those before, to choose from, and the last months; further back by the last
    button."""
    monday, zone = days_of(last).first, ZoneInfo(last.zone)
    buttons = []
    for back in range(WEEKS):
        first = monday - timedelta(weeks=back)
        days = Days(first, first + timedelta(days=6))
        title = period_title(say, report_periods.days(*days.ends, zone, last.as_of))
        buttons.append(Button(title, report_button(ReportDeed.SHOW, days, whose)))
    before = monday - timedelta(weeks=WEEKS)
    earlier = report_button(ReportDeed.CHOOSE, Days(before, before), whose, here=True)
    more = (Button(say("Earlier →"), earlier),)
    words = say("{name}. The report of which week?", name=slice_title(say, whose))
    months = () if last.over else (_months(say, last, whose),)
    return CardView(Rich(words), (*in_rows(buttons, 2), *months, more))


def _months(say: Say, week: Period, whose: Slice) -> tuple[Button, ...]:
    """The month that goes on, and the one before."""
    this = month_of(week.as_of.astimezone(ZoneInfo(week.zone)).date())
    before = month_of(this.first - timedelta(days=1))
    named = {say("This month"): this, say("Last month"): before}
    return tuple(
        Button(words, report_button(ReportDeed.SHOW, days, whose)) for words, days in named.items()
    )
