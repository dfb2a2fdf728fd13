"""Days off and other hours: as people write them, and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.absent import Misread
from bot.dates import Period, periods_in
from bot.reader import Reader
from bot.rich import one_line
from bot.texts import Say
from inbox.calendars import STUDIO, Calendar, Calendars, SpecialDay
from inbox.inbox import Inbox
from inbox.model import Manager
from inbox.ports import Deed
from inbox.recounting import drop_day, set_day
from inbox.why import Special, special

AHEAD = 60  # days
MOST_DAYS = 62  # entered at once
NAME_LIMIT = 80  # UTF-16 units
MANY = 100_000  # entries of the log that one correction may make

Shifts = tuple[tuple[time, time], ...]

_CALENDAR = re.compile(
    r"(?:(?:^|\s)--calendar[\s=]+|^(?:calendar|календарь)\s+)(\"[^\"]+\"|«[^»]+»|\S+)",
    re.IGNORECASE,
)
_SHIFT = re.compile(r"[\s,;]*(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})(?=[\s,;]|$)")
_OFF = {"-", "off", "drop", "cancel", "отмена", "снять", "убрать", "отменить", "нет"}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be said of these days; `shifts` none for days off. `drop`: nothing any more."""

    calendar: str
    period: Period
    shifts: Shifts = ()
    name: str = ""
    drop: bool = False


def read_order(say: Say, text: str, calendars: Calendars, now: datetime) -> Order:
    """ "[calendar NAME] days [hours] [why]", or days and "off". Raises Misread."""
    calendar, rest = read_calendar(say, text, calendars)
    zone = calendars.named(calendar).hours.zone
    found = next((one for one in periods_in(rest, now, zone) if not one[0]), None)
    if found is None:
        raise Misread(
            say("Write the day first, for example: 31.12 party, or 28.12 10:00-15:00 short day.")
        )
    _, period, behind = found
    if not 0 < period.count <= MOST_DAYS:
        raise Misread(say("The days must run forward, {number} at most.", number=MOST_DAYS))
    if behind.casefold() in _OFF:
        return Order(calendar, period, drop=True)
    shifts, name = read_shifts(say, behind)
    return Order(calendar, period, shifts, one_line(name, NAME_LIMIT))


def read_calendar(say: Say, text: str, calendars: Calendars) -> tuple[str, str]:
    """The calendar that the words name, by default the studio's, and the rest of them. Raises
    Misread."""
    found = _CALENDAR.search(text)
    if found is None:
        return STUDIO, text
    wanted = found[1].strip('"«»')
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    return known_calendar(say, wanted, calendars), rest


def known_calendar(say: Say, wanted: str, calendars: Calendars) -> str:
    """The name as it is in the settings, whatever its case. Raises Misread."""
    for name in calendars.names:
        if name.casefold() == wanted.casefold():
            return name
    names = ", ".join(calendars.names)
    shown = one_line(wanted, NAME_LIMIT)
    raise Misread(say("There is no calendar {name} (there is: {names}).", name=shown, names=names))


def read_shifts(say: Say, text: str) -> tuple[Shifts, str]:
    """The hours with which the words begin, and the rest of them. Raises Misread."""
    shifts: list[tuple[time, time]] = []
    while (found := _SHIFT.match(text)) is not None:
        hours = [int(found[number]) for number in (1, 3)]
        minutes = [int(found[number]) for number in (2, 4)]
        begin, end = (hour * 60 + minute for hour, minute in zip(hours, minutes, strict=True))
        if max(minutes) > 59 or begin >= 24 * 60 or end > 24 * 60 or begin == end:
            raise Misread(
                say(
                    "{hours} are no working hours; write them as 10:00-15:00.",
                    hours=found[0].strip(),
                )
            )
        shifts.append((_time(begin), _time(end % (24 * 60))))
        text = text[found.end() :]
    return tuple(sorted(shifts)), text.strip(" ,;\n")


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


async def carry_out(inbox: Inbox, order: Order, by: Manager | None) -> int:
    """Enter the days, or take them back; how many open waits have another due time now, -1 where
    there was nothing to take back."""
    now = inbox.clock.now()
    done = [await _one(inbox, order, day, by, now) for day in order.period.days]
    return await _moved(inbox, now) if any(done) else -1


async def _one(inbox: Inbox, order: Order, day: date, by: Manager | None, now: datetime) -> bool:
    if order.drop:
        return await drop_day(inbox, order.calendar, day, by)
    by_id = by.id if by is not None else None
    await set_day(inbox, SpecialDay(order.calendar, day, order.shifts, order.name, by_id, now))
    return True


async def _moved(inbox: Inbox, since: datetime) -> int:
    """Waits whose due time is another than before; a range recounts them day by day."""
    async with inbox.store.begin() as t:
        lines = await t.logged(since=since, limit=MANY)
    before: dict[int, str] = {}
    after: dict[int, str] = {}
    for entry in (one.entry for one in lines):
        if entry.deed is Deed.RECOUNTED and entry.wait_id is not None:
            before.setdefault(entry.wait_id, entry.before)
            after[entry.wait_id] = entry.after
    return sum(before[number] != after[number] for number in before)


def order_words(reader: Reader, order: Order, moved: int) -> str:
    """What is so now, and how many waits it moved."""
    say = reader.say
    dates = reader.dates(order.period.first, order.period.last)
    if order.drop:
        if moved < 0:
            return say("{dates}: nothing was entered.", dates=dates)
        words = say("{dates}: as in the settings again.", dates=dates)
    elif order.shifts:
        words = say("{dates}: open {hours}.", dates=dates, hours=shift_words(order.shifts))
    else:
        words = say("{dates}: closed.", dates=dates)
    if order.calendar != STUDIO:
        words += " " + say("Calendar: {name}.", name=order.calendar)
    count = say("No open wait has another due time by it.")
    if moved:
        count = say.many(
            "{number} open wait has another due time now.",
            "{number} open waits have another due time now.",
            moved,
        )
    if order.period.first < reader.today:
        count += " " + say("What has ended keeps its time; `okno recount` changes that.")
    return f"{words} {count}"


def shift_words(shifts: Sequence[tuple[time, time]]) -> str:
    """ "10:00-13:00, 14:00-24:00"."""
    return ", ".join(
        f"{begin:%H:%M}-{'24:00' if end == time() else f'{end:%H:%M}'}" for begin, end in shifts
    )


def hours_on(calendar: Calendar, day: date) -> Shifts:
    """The shifts that begin on the date; of a day off none."""
    hours = calendar.hours
    if day in hours.days_off:
        return ()
    found = hours.dates.get(day, hours.weekly.get(day.weekday(), ()))
    return tuple(found)


def special_lines(
    reader: Reader, calendar: Calendar, entered: Sequence[SpecialDay]
) -> Iterator[str]:
    """The days of the next 60 that are not as the week says, with their names."""
    say = reader.say
    own = {one.day for one in entered if one.calendar == calendar.name}
    for day in days_ahead(reader):
        why = special(calendar, day)
        if why is None or why is Special.WEEKEND:
            continue
        parts = [f"• {reader.day(day)}: {day_words(say, calendar, day)}"]
        if day in own:
            parts.append(say("entered here"))
        yield " · ".join(parts)


def days_ahead(reader: Reader) -> Iterator[date]:
    """The next 60 days, today first."""
    return (reader.today + number * _ONE_DAY for number in range(AHEAD))


def day_words(say: Say, calendar: Calendar, day: date) -> str:
    """When the date is open, and its name where it has one."""
    shifts = hours_on(calendar, day)
    words = shift_words(shifts) if shifts else say("closed")
    name = one_line(say.said(calendar.day_names.get(day, "")), NAME_LIMIT)
    return f"{words} ({name})" if name else words


def provisional_words(reader: Reader, calendar: Calendar) -> Iterator[str]:
    """Which of the years ahead no decree has settled yet."""
    years = {day.year for day in days_ahead(reader)}
    for year in sorted(years & calendar.provisional):
        yield reader.say(
            "The official days of {year} are not decreed yet; these are the standing ones.",
            year=year,
        )
