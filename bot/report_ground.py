"""What a child process needs to read a report: the database and the clock's terms, in values.

It goes to the child by its standard input alone: the database's address holds a password.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from inbox.business_hours import BusinessHours
from inbox.calendars import Calendar, Calendars
from inbox.report_reading import Source

if TYPE_CHECKING:
    from bot.settings import Settings

Shifts = tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True)
class Week:
    """A calendar by its name: what BusinessHours is made of. `zone`: an IANA name."""

    name: str
    zone: str
    weekly: dict[int, Shifts]
    days_off: frozenset[date]
    dates: dict[date, Shifts]


@dataclass(frozen=True, slots=True)
class Ground:
    """`database`: its address, a secret. `target`, `silent_weeks`: as in
    inbox.report_reading.Source. Days that were entered stand in the database itself."""

    database: str = field(repr=False)
    calendars: tuple[Week, ...]
    target: timedelta
    silent_weeks: int = 4


def ground_of(settings: Settings) -> Ground:
    """As the settings say. Raises SettingsFault for an unknown country."""
    from bot.terms import calendars_of, policies_of  # noqa: PLC0415 - the child has no settings

    calendars = calendars_of(settings)
    target = policies_of(settings).policy("", None, first=False).reply_within
    weeks = (calendars.named(name) for name in calendars.names)
    ground = ground_over(settings.database.address, weeks, target)
    return replace(ground, silent_weeks=settings.report.silent_weeks)


def ground_over(database: str, calendars: Iterable[Calendar], target: timedelta) -> Ground:
    """Over this database, with these calendars as they are without the days entered."""
    return Ground(database, tuple(map(_week, calendars)), target)


@asynccontextmanager
async def opened(ground: Ground) -> AsyncIterator[Source]:
    """The database, open for reading: whoever asks for it has opened it before. Raises
    StoreUnavailable."""
    from storage.store import open_store  # noqa: PLC0415 - the sheets' child reads no database

    store = await open_store(ground.database, exclusive=False, reading=True)
    try:
        calendars = Calendars([_calendar(one) for one in ground.calendars])
        yield Source(store, calendars, ground.target, ground.silent_weeks)
    finally:
        await store.close()


def _week(calendar: Calendar) -> Week:
    hours = calendar.hours
    return Week(calendar.name, hours.zone.key, hours.weekly, hours.days_off, hours.dates)


def _calendar(week: Week) -> Calendar:
    hours = BusinessHours(ZoneInfo(week.zone), week.weekly, week.days_off, week.dates)
    return Calendar(week.name, hours)
