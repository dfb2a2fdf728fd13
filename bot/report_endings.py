"""What is said around the hand-over of a report: that it comes late, failed, or is in doubt."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.cards import CardView
from bot.report_terms import period_title, slice_title
from bot.report_views import resend_button
from bot.rich import Rich
from bot.texts import Say
from bot.wording import moment
from inbox.reports_made import Ending, ReportWish


def late_words(say: Say, wish: ReportWish) -> str:
    """Why it comes only now; "" where it is in time."""
    if wish.late is None:
        return ""
    zone = ZoneInfo(wish.period.zone)
    at = moment(say, wish.late, wish.asked_at, zone)
    return say("⏰ Late: the program was not running when it was due ({time}).", time=at)


def ending_view(say: Say, wish: ReportWish, ending: Ending) -> CardView | None:
    """With a button that has it sent again; None where there is nothing to say."""
    if ending is Ending.SHOWN:
        return None
    which = f"{period_title(say, wish.period)}. {slice_title(say, wish.whose)}"
    if ending is Ending.FAILED:
        words = say("⚠️ The report could not be made or sent. Ask for it again later.")
    else:
        words = say("⚠️ Telegram did not confirm every part of the report. Is something missing?")
    again = resend_button(say, wish.period, wish.whose)
    return CardView(Rich(f"{words}\n{which}"), ((again,),))
