"""The buttons of reports: what they carry."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from bot.buttons import Button, DayNumber, RowId
from bot.menu_buttons import Place
from bot.report_dates import Days
from bot.texts import Say
from inbox.report_records import Slice


class ReportDeed(StrEnum):
    """What a button about a report does."""

    SHOW = "s"
    CHOOSE = "c"
    WHOSE = "w"
    CLIENTS = "k"


class Of(StrEnum):
    """Whose report it is: of the whole studio, of a member's clients, of one client."""

    STUDIO = "s"
    MEMBER = "m"
    CLIENT = "c"


class ReportButton(CallbackData, prefix="rp"):
    """The report of the days from `first` to `last` (ordinals), both included, of whom `about_id`
    says (0: the studio).

    CHOOSE: other weeks, from that day back, of the same; WHOSE, CLIENTS: of whom else, of the same
    days, in a list from `offset` on. `here`: the list takes the place of the pressed message.
    """

    deed: ReportDeed
    first: DayNumber
    last: DayNumber
    of: Of = Of.STUDIO
    about_id: RowId = 0
    offset: Place = 0
    here: bool = False

    @property
    def days(self) -> Days:
        """The last one may come before the first where somebody made it up."""
        return Days(date.fromordinal(self.first), date.fromordinal(self.last))


def weeks_button(say: Say, today: date, whose: Slice) -> Button:
    """From a client's card, or a member's clients, to their reports."""
    weeks = report_button(ReportDeed.CHOOSE, Days(today, today), whose)
    return Button(say("📊 Report"), weeks)


def report_button(
    deed: ReportDeed, days: Days, whose: Slice, *, offset: int = 0, here: bool = False
) -> ReportButton:
    """About a slice of the studio."""
    of, about_id = Of.STUDIO, 0
    if whose.client_id is not None:
        of, about_id = Of.CLIENT, whose.client_id
    elif whose.manager_id is not None:
        of, about_id = Of.MEMBER, whose.manager_id
    return ReportButton(
        deed=deed,
        first=days.first.toordinal(),
        last=days.last.toordinal(),
        of=of,
        about_id=about_id,
        offset=offset,
        here=here,
    )
