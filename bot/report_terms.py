"""Numbers and names of a report in words: times, shares, periods, rows, reasons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from bot.texts import Say, mark
from bot.wording import date_words, day_and_month
from inbox.calendars import STUDIO
from inbox.model import Outcome
from inbox.report_periods import days_of
from inbox.report_records import Measure, Period, Reason, Report, Row, Slice, StillOpen, Times
from inbox.reports import minutes

NOTHING = "—"
_HOUR = 60  # minutes
_ONE_DAY = timedelta(days=1)
_REASONS = {
    Reason.DISMISSED: mark("“No reply needed” was pressed: in no time and no share"),
    Reason.CLOSED_UNANSWERED: mark("closed without a reply: in no time, in the share if overdue"),
    Reason.STILL_OPEN: mark("not answered yet: in no time, in the share if overdue"),
    Reason.PROMISES: mark("promises: they are no waits for an answer"),
    Reason.AUTOMATIC: mark("messages that no person wrote"),
    Reason.THANKS: mark("messages of thanks that no answer was due to"),
    Reason.COPIES: mark("copies of the same message"),
    Reason.NO_WORKING_TIME: mark("waits without working time ahead: never a breach"),
    Reason.AUTHOR_UNKNOWN: mark("answered outside the program: counted for who held the client"),
}
_MEASURES = {
    Measure.MESSAGES: mark("Messages"),
    Measure.ANSWERED: mark("Answered"),
    Measure.FIRST_MEDIAN: mark("First response, median"),
    Measure.MEDIAN: mark("All responses, median"),
    Measure.P90: mark("All responses, 9 of 10 within"),
    Measure.SHARE: mark("In time"),
    Measure.BREACHES: mark("Breaches"),
}
_OUTCOMES = {
    "": mark("waits"),
    Outcome.ANSWERED: mark("answered"),
    Outcome.PHONED: mark("answered by phone"),
    Outcome.DISMISSED: mark("no reply needed"),
    Outcome.CLOSED_UNANSWERED: mark("closed without a reply"),
}


def time_words(say: Say, time: timedelta | None) -> str:
    """ "12 min", "1 h 20 min": to the minute, halves up (rule 25); "—" of nothing."""
    if time is None:
        return NOTHING
    whole = minutes(time)
    hours, rest = divmod(whole, _HOUR)
    if whole == 0:
        return say("under 1 min") if time else say("{minutes} min", minutes=0)
    if hours and rest:
        return say("{hours} h {minutes} min", hours=hours, minutes=rest)
    return say("{hours} h", hours=hours) if hours else say("{minutes} min", minutes=rest)


def clock_words(say: Say, time: timedelta | None) -> str:
    """The same where there is little room: "12 min", "1:20 h"."""
    if time is None or minutes(time) < _HOUR:
        return NOTHING if time is None else say("{minutes} min", minutes=minutes(time))
    hours, rest = divmod(minutes(time), _HOUR)
    return say("{hours} h", hours=f"{hours}:{rest:02}" if rest else hours)


def percent(share: Fraction) -> int:
    """Whole percent, halves up; 100 only where it is all, and 0 only where it is nothing."""
    rounded = int(share * 100 + Fraction(1, 2))
    if 0 < share < 1:
        return min(99, max(1, rounded))
    return rounded


def share_words(say: Say, share: Fraction | None) -> str:
    """ "94%"; "—" of nothing."""
    return NOTHING if share is None else say("{percent}%", percent=percent(share))


def times_words(say: Say, times: Times) -> str:
    """ "12 / 48 min", "0:12 / 1:48 h": half of them, nine of ten; of fewer than five all are
    listed: "3, 12 min"."""
    if times.median is not None and times.p90 is not None:
        return _together(say, (times.median, times.p90), " / ")
    return _together(say, times.listed, ", ") if times.listed else NOTHING


def _together(say: Say, times: tuple[timedelta, ...], between: str) -> str:
    """With one unit for all of them."""
    whole = [minutes(one) for one in times]
    if max(whole) < _HOUR:
        return say("{minutes} min", minutes=between.join(map(str, whole)))
    return say("{hours} h", hours=between.join(f"{n // _HOUR}:{n % _HOUR:02}" for n in whole))


def period_title(say: Say, period: Period) -> str:
    """ "16–22 Nov 2026", "30 Nov – 6 Dec 2026": local days, the last one included."""
    first, last = days_of(period)
    if (first.year, first.month) == (last.year, last.month) and first != last:
        return f"{first.day}–{day_and_month(say, last)} {last.year}"
    if first == last:
        return f"{day_and_month(say, last)} {last.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{day_and_month(say, first)}{year} – {day_and_month(say, last)} {last.year}"


def slice_title(say: Say, part: Slice) -> str:
    """Whose clients they are, or which client it is."""
    if part.client_id is not None:
        return part.name
    if part.manager_id is None:
        return say("The whole studio")
    return say("Clients of {name}", name=part.name)


def heading(say: Say, report: Report) -> str:
    """What the report is about, in a line."""
    words = period_title(say, report.period)
    return say("Week {days}", days=words) if report.period.whole_week else words


def manager_name(say: Say, row: Row) -> str:
    """Unassigned waits are a row of their own."""
    return say("No manager") if row.id is None else row.name


def channel_name(say: Say, row: Row) -> str:
    """ "Mail info" for "email:info", and what it is called elsewhere."""
    return channel_words(say, row.name)


def channel_words(say: Say, channel_id: str) -> str:
    """The same of an id; without pictures, which the fonts of a page lack."""
    kind, _, name = channel_id.partition(":")
    known = {"telegram": "Telegram", "email": say("Mail")}
    return f"{known.get(kind, kind)} {name}".strip()


def tier_name(say: Say, row: Row) -> str:
    """A tier as the settings call it."""
    return row.name or say("without a tier")


def charged_name(say: Say, manager_id: int | None, name: str) -> str:
    """Who held what fell due."""
    return say("nobody’s") if manager_id is None else name


def measure_words(say: Say, measure: Measure) -> str:
    """What is compared."""
    return say(_MEASURES[measure])


def reason_words(say: Say, reason: Reason) -> str:
    """Why something is not counted, or not as one would expect."""
    return say(_REASONS[reason])


def waiting_words(say: Say, waiting: StillOpen) -> str:
    """ "5 wait now, 1 overdue", "nobody waits"."""
    if not waiting.count:
        return say("nobody waits")
    words = say.many("{number} waits now", "{number} wait now", waiting.count)
    if not waiting.overdue:
        return words
    return say("{words}, {number} overdue", words=words, number=waiting.overdue)


def outcome_words(say: Say, outcome: str) -> str:
    """How a wait ended."""
    return say(_OUTCOMES[outcome]) if outcome in _OUTCOMES else outcome


def day_words(say: Say, at: datetime, report: Report) -> str:
    """The local day, with the year where it is not the report's."""
    zone = ZoneInfo(report.period.zone)
    return date_words(say, at.astimezone(zone).date(), report.made_at.astimezone(zone).date())


def when_words(say: Say, at: datetime, report: Report) -> str:
    """The local day and time."""
    local = at.astimezone(ZoneInfo(report.period.zone))
    return f"{day_words(say, at, report)}, {local:%H:%M}"


def calendar_words(say: Say, name: str) -> str:
    """ "studio’s calendar", "calendar “night”"."""
    if name == STUDIO:
        return say("studio’s calendar")
    return say("calendar “{name}”", name=name)


def entered_words(say: Say, entered: str) -> str:
    """What was entered for a day: "closed (Founders’ day)", "09:00-13:00, 14:00-16:00"."""
    shifts, _, name = entered.partition(" ")
    words = {"": say("as the week"), "closed": say("a day off")}.get(shifts)
    words = words or shifts.replace("-", "–").replace(",", ", ")
    return f"{words} ({name})" if name else words


def listed(say: Say, names: Iterable[str], most: int) -> str:
    """The first `most` names, and how many more there are."""
    known = list(names)
    shown = ", ".join(known[:most])
    more = len(known) - most
    return shown if more <= 0 else say("{names} and {number} more", names=shown, number=more)
