"""By when something is done that takes so many business hours or working days: pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from inbox.calendars import Hours
from inbox.errors import NoWorkingTime
from inbox.work_records import Unit, Within

MOST = {Unit.HOURS: 2000, Unit.DAYS: 366}  # that a price list may promise
_MOMENT = timedelta.resolution


def promised_by(hours: Hours, start: datetime, within: Within) -> datetime | None:
    """When it is done (UTC) if it is agreed at `start`; None without enough working time ahead.

    A working day is a date, in the calendar's zone, on which something opens or that is open from
    midnight to midnight: the tail of a night shift is none. It ends when the last shift closes on
    it, at midnight where none does.
    """
    try:
        if within.unit is Unit.HOURS:
            return hours.deadline(start, timedelta(hours=within.amount))
        return _end_of_working_day(hours, start, within.amount)
    except (NoWorkingTime, OverflowError):
        return None


def _end_of_working_day(hours: Hours, start: datetime, number: int) -> datetime:
    """Of the so manieth one after the date of `start`; of no working days `start` itself."""
    day, end = start.astimezone(hours.zone).date(), start
    for _ in range(number):
        day, end = _next_working_day(hours, day)
    return end


def _next_working_day(hours: Hours, day: date) -> tuple[date, datetime]:
    """The first one after this date, and when it ends."""
    while True:
        opens = hours.next_opening(_midnight(hours, day + timedelta(days=1)))
        day = opens.astimezone(hours.zone).date()
        begins, ends = _midnight(hours, day), _midnight(hours, day + timedelta(days=1))
        spans = list(hours.spans(begins, ends))
        is_tail = spans[0][0] == begins and hours.is_open(begins - _MOMENT)
        if len(spans) > 1 or not is_tail or spans[0][1] == ends:
            return day, spans[-1][1]


def _midnight(hours: Hours, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=hours.zone).astimezone(UTC)
