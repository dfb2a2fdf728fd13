"""The days and times that can be promised, or by which a task is to be done, as buttons; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiogram.filters.callback_data import CallbackData

from bot.buttons import (
    Button,
    DayButton,
    Keyboard,
    PickButton,
    PickDeed,
    PromiseButton,
    PromiseDeed,
    TimeButton,
    in_rows,
)
from bot.card_lines import client_name
from bot.cards import CardView
from bot.dates import midnight, read_day
from bot.promise_cards import due_of
from bot.reader import Reader
from bot.rich import Rich, joined
from bot.texts import Say, speaker
from bot.when import read_moment
from inbox.calendars import Hours
from inbox.model import Conversation, Manager, Wait

DAYS = 6
AHEAD = timedelta(days=366)
HALF = timedelta(minutes=30)
_DAYS_IN_A_ROW = 2
_TIMES_IN_A_ROW = 4


def open_days(hours: Hours, now: datetime, zone: ZoneInfo) -> tuple[date, ...]:
    """The next dates of the zone on which there is a time to promise, at most six."""
    found: list[date] = []
    for opening, closing in hours.spans(now, now + AHEAD):
        for day in _dates(opening.astimezone(zone), closing.astimezone(zone)):
            if day not in found and times_on(hours, day, now, zone):
                found.append(day)
            if len(found) == DAYS:
                return tuple(found)
    return tuple(found)


def _dates(opening: datetime, closing: datetime) -> Iterator[date]:
    day = opening.date()
    while day <= closing.date():
        yield day
        day += timedelta(days=1)


def times_on(hours: Hours, day: date, now: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Whole hours of the date in open hours, closing times as well; today half hours too."""
    begin = datetime.combine(day, time(), tzinfo=zone).astimezone(now.tzinfo)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(now.tzinfo)
    step = HALF if day == now.astimezone(zone).date() else 2 * HALF
    spans = [(opening, closing) for opening, closing in hours.spans(begin, end)]
    found = {
        at
        for at in _steps(begin, end, step)
        if any(opening <= at <= closing for opening, closing in spans)
    }
    found |= {closing for _, closing in spans if closing < end and not hours.is_open(closing)}
    return tuple(sorted(at for at in found if at > now))


def _steps(begin: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    at = begin
    while at < end:
        yield at
        at += step


def day_rows(reader: Reader, hours: Hours, to: Callable[[int], CallbackData]) -> Keyboard:
    """The next open days; `to`: what the date of this ordinal leads to."""
    buttons = [
        Button(day_name(reader, one), to(one.toordinal()))
        for one in open_days(hours, reader.now, reader.zone)
    ]
    return in_rows(buttons, _DAYS_IN_A_ROW)


def time_rows(
    reader: Reader, hours: Hours, day: date, to: Callable[[int], CallbackData]
) -> Keyboard:
    """The times of the day; `to`: what the instant, in minutes since 1970, leads to."""
    buttons = [
        Button(f"{at.astimezone(reader.zone):%H:%M}", to(int(at.timestamp()) // 60))
        for at in times_on(hours, day, reader.now, reader.zone)
    ]
    return in_rows(buttons, _TIMES_IN_A_ROW)


def days_view(
    conversation: Conversation, hours: Hours, reader: Manager, now: datetime
) -> CardView:
    """The first tap: a day."""
    who = Reader.of(reader, now)
    words = who.say("By when will {name} have an answer?", name=client_name(conversation))
    rows = day_rows(who, hours, lambda day: DayButton(conversation_id=conversation.id, day=day))
    last = _beside(who.say, conversation, PickDeed.OTHER, PickDeed.CANCEL)
    lines = [Rich(words).styled("bold"), zones(who, hours)]
    return CardView(joined(lines), (*rows, last))


def times_view(
    conversation: Conversation, hours: Hours, day: date, reader: Manager, now: datetime
) -> CardView:
    """The second tap: a time."""
    who = Reader.of(reader, now)
    words = at_what_time(who, client_name(conversation), day)
    rows = time_rows(
        who, hours, day, lambda minute: TimeButton(conversation_id=conversation.id, minute=minute)
    )
    last = _beside(who.say, conversation, PickDeed.DAYS, PickDeed.OTHER, PickDeed.CANCEL)
    lines = [Rich(words).styled("bold"), zones(who, hours)]
    return CardView(joined(lines), (*rows, last))


def at_what_time(reader: Reader, name: str, day: date) -> str:
    """What the second tap is asked with."""
    return reader.say("{name} · {day}: at what time?", name=name, day=day_name(reader, day))


def made_view(say: Say, promise: Wait, reader: Manager, now: datetime) -> CardView:
    """It stands; whether the client is told is still to be said."""
    words = say("🤝 Promised by {time}. Tell the client?", time=due_of(say, promise, reader, now))
    tell = PromiseButton(deed=PromiseDeed.TELL, wait_id=promise.id)
    leave = PromiseButton(deed=PromiseDeed.LEAVE, wait_id=promise.id)
    row = (Button(say("Tell the client"), tell), Button(say("Only remind me"), leave))
    return CardView(Rich(words), (row,))


def own_time_view(
    conversation: Conversation, hours: Hours, reader: Manager, now: datetime
) -> CardView:
    """How a time is written that no button has."""
    say, asked = speaker(reader.language), days_view(conversation, hours, reader, now).body
    body = joined([asked, Rich(how_to_write(say))], "\n\n")
    return CardView(body, (_beside(say, conversation, PickDeed.DAYS, PickDeed.CANCEL),))


def how_to_write(say: Say) -> str:
    """How an own time is written."""
    return say(
        "Reply to this message with the day and the time, for example “12.12 15:30”, "
        "“tomorrow 10:00” or “Fri 15:00”."
    )


def day_name(reader: Reader, day: date) -> str:
    """Today and tomorrow by these words."""
    match (day - reader.today).days:
        case 0:
            return reader.say("Today")
        case 1:
            return reader.say("Tomorrow")
        case _:
            return reader.day(day)


def zones(reader: Reader, hours: Hours) -> Rich:
    """Where the clocks differ, whose time this is."""
    now = reader.now
    if now.astimezone(reader.zone).utcoffset() == now.astimezone(hours.zone).utcoffset():
        return Rich()
    words = reader.say(
        "In your time ({zone}); the working hours are those of {other}",
        zone=reader.zone.key,
        other=hours.zone.key,
    )
    return Rich(words).styled("italic")


def read_due(text: str, now: datetime, zone: ZoneInfo, hours: Hours) -> datetime | None:
    """The instant that was meant, UTC; of a day alone its last closing time, else its end. None
    where the text cannot be read."""
    at = read_moment(text, now, zone)
    if at is None:
        day = read_day(text, now, zone)
        if day is None:
            return None
        begin, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        closings = [closing for _, closing in hours.spans(begin, end)]
        at = min(closings[-1] if closings else end, end - timedelta(minutes=1))
    return at.astimezone(UTC)


def _beside(say: Say, conversation: Conversation, *deeds: PickDeed) -> tuple[Button, ...]:
    words = {
        PickDeed.DAYS: say("← Days"),
        PickDeed.OTHER: say("Other time"),
        PickDeed.CANCEL: say("Cancel"),
    }
    return tuple(
        Button(words[deed], PickButton(deed=deed, conversation_id=conversation.id))
        for deed in deeds
    )
