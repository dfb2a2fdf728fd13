"""What was corrected in a calendar after the days that a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Corrected:
    """What is entered for a calendar's day of the period was changed at `at`, when the day had
    begun: answers given before that keep their numbers.

    `before`, `after`: shifts or "closed", and the day's name ("closed Праздник"); "": as the week.
    `by`: who changed it.
    """

    calendar: str
    day: date
    before: str
    after: str
    at: datetime
    by: str
