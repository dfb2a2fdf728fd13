"""The buttons of reports: what they carry."""

from __future__ import annotations

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from bot.buttons import DayNumber


class ReportDeed(StrEnum):
    """What a button about a report does."""

    WEEK = "w"
    MONTH = "m"
    CHOOSE = "c"


class ReportButton(CallbackData, prefix="rp"):
    """The report of the week or month of a day (its ordinal); CHOOSE: other weeks, from there
    back. `whole`: of the studio, else of the presser's own clients."""

    deed: ReportDeed
    day: DayNumber
    whole: bool
