"""What is said around a report at the desk: the progress, the text with its buttons, the weeks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.buttons import Button, Keyboard, in_rows
from bot.cards import CardView
from bot.find_buttons import FoundButton
from bot.menu import is_head
from bot.report_buttons import ReportButton, ReportDeed
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


def day_of(period: Period) -> date:
    """The first day, in the studio's zone."""
    return period.since.astimezone(ZoneInfo(period.zone)).date()


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


def keyboard(say: Say, me: Manager, report: Report) -> Keyboard:
    """Where one may go from a report."""
    whole, day = report.slice.manager_id is None, day_of(report.period)
    this_month = report.made_at.astimezone(ZoneInfo(report.period.zone)).date()
    buttons = [
        Button(say("Other week"), _button(ReportDeed.CHOOSE, this_month, whole=whole)),
        Button(say("This month"), _button(ReportDeed.MONTH, this_month, whole=whole)),
    ]
    if is_head(me):
        words = say("My clients") if whole else say("The whole studio")
        deed = ReportDeed.WEEK if report_periods.is_week(report.period) else ReportDeed.MONTH
        buttons.append(Button(words, _button(deed, day, whole=not whole)))
    worst = report.worst
    if worst is not None and worst.message_id is not None:
        to = FoundButton(conversation_id=worst.conversation_id, message_id=worst.message_id)
        buttons.append(Button(say("Worst wait"), to))
    return in_rows(buttons, 2)


def weeks_view(say: Say, last: Period, *, whole: bool) -> CardView:
    """This week and those before, to choose from; further back by the last button."""
    zone, monday = ZoneInfo(last.zone), day_of(last)
    buttons = []
    for back in range(WEEKS):
        at = last.since - timedelta(weeks=back) + timedelta(days=3)
        period = report_periods.week(at, zone, last.as_of)
        button = _button(ReportDeed.WEEK, day_of(period), whole=whole)
        buttons.append(Button(period_title(say, period), button))
    earlier = _button(ReportDeed.CHOOSE, monday - timedelta(weeks=WEEKS), whole=whole)
    more = (Button(say("Earlier →"), earlier),)
    return CardView(Rich(say("The report of which week?")), (*in_rows(buttons, 2), more))


def _button(deed: ReportDeed, day: date, *, whole: bool) -> ReportButton:
    return ReportButton(deed=deed, day=day.toordinal(), whole=whole)
