"""Instants, lengths, sizes and faults in words, in the reader's language and zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.outer_words import network_fault, system_fault
from bot.texts import Say, mark
from inbox.errors import (
    ChannelPaused,
    Fault,
    FileUnavailable,
    SendFailed,
    StoreUnavailable,
    Unreadable,
)
from inbox.model import Manager
from inbox.phrases import Phrase

_WEEKDAYS = (
    mark("Mon"),
    mark("Tue"),
    mark("Wed"),
    mark("Thu"),
    mark("Fri"),
    mark("Sat"),
    mark("Sun"),
)
_MONTHS = (
    mark("Jan"),
    mark("Feb"),
    mark("Mar"),
    mark("Apr"),
    mark("May"),
    mark("Jun"),
    mark("Jul"),
    mark("Aug"),
    mark("Sep"),
    mark("Oct"),
    mark("Nov"),
    mark("Dec"),
)
_FAULTS = {
    Fault.BLOCKED: mark("the recipient has blocked the bot"),
    Fault.NEVER_WROTE: mark("the recipient has never written to the bot"),
    Fault.NO_SUCH_ADDRESS: mark("there is no such address"),
    Fault.REFUSED: mark("the server refused it"),
    Fault.TOO_LARGE: mark("it is too large"),
    Fault.EMPTY: mark("it is empty"),
    Fault.UNSUPPORTED: mark("this kind of message cannot be passed on"),
    Fault.LOGIN_FAILED: mark("the server refused our login"),
    Fault.CONSENT_NEEDED: mark("it must be allowed at the provider"),
    Fault.UNREACHABLE: mark("the server cannot be reached"),
    Fault.RATE_LIMITED: mark("the server asks us to slow down"),
    Fault.NO_ANSWER: mark("the server took it and did not answer"),
    Fault.INTERRUPTED: mark("the program was stopped while sending"),
    Fault.EXPIRED: mark("it is no longer there"),
    Fault.CONFLICT: mark("another program reads the same account"),
    Fault.MALFORMED: mark("it cannot be understood"),
    Fault.BOUNCED: mark("a mail server could not deliver it"),
    Fault.TOO_LATE: mark("the channel no longer allows it"),
    Fault.NO_RIGHTS: mark("the bot has no right to write there"),
    Fault.MOVED: mark("the chat goes on under another address"),
}
_UNREACHABLE = {
    "blocked": mark("🚫 The client has blocked the bot: an answer will not arrive"),
    "deleted": mark("🚫 The client's account is deleted: an answer will not arrive"),
    "removed": mark("🚫 The bot was removed from the group: an answer will not arrive"),
}
_STORE_REASONS = {
    "connection_lost": mark("the connection was lost"),
    "damaged": mark("damaged"),
    "disk_error": mark("the disk fails"),
    "disk_full": mark("the disk is full"),
    "driver": mark("something is not installed"),
    "in_use": mark("in use"),
    "locked": mark("locked by another program"),
    "newer": mark("written by a later version"),
    "overloaded": mark("overloaded"),
    "read_only": mark("read-only"),
    "refused": mark("refused"),
    "unreachable": mark("unreachable"),
    "url": mark("a wrong URL"),
}


def zone_of(reader: Manager) -> ZoneInfo:
    """The reader's zone."""
    return ZoneInfo(reader.zone)


def moment(say: Say, at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """ "15:40", "tomorrow at 09:30", "Mon 4 May at 09:30", with the year where it is another."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local:%H:%M}"
    match (local.date() - today).days:
        case 0:
            return clock
        case 1:
            return say("tomorrow at {time}", time=clock)
        case -1:
            return say("yesterday at {time}", time=clock)
        case _:
            return say("{date} at {time}", date=date_words(say, local.date(), today), time=clock)


def date_words(say: Say, day: date, today: date) -> str:
    """ "Mon 4 May", with the year where it is another than today's."""
    words = say(
        "{weekday} {day} {month}",
        weekday=say(_WEEKDAYS[day.weekday()]),
        day=day.day,
        month=say(_MONTHS[day.month - 1]),
    )
    return words if day.year == today.year else f"{words} {day.year}"


def weekday(say: Say, number: int) -> str:
    """ "Mon" for 0, and so on."""
    return say(_WEEKDAYS[number])


def day_and_month(say: Say, day: date) -> str:
    """ "4 May"."""
    return say("{day} {month}", day=day.day, month=say(_MONTHS[day.month - 1]))


def date_phrase(day: date) -> Phrase:
    """ "Mon 4 May", to be said when the reader is known."""
    return Phrase(
        "{weekday} {day} {month}",
        weekday=Phrase(_WEEKDAYS[day.weekday()]),
        day=day.day,
        month=Phrase(_MONTHS[day.month - 1]),
    )


def length(say: Say, time: timedelta) -> str:
    """A length of time, whatever its sign: "40 s", "25 min", "1 h 10 min", rounded down."""
    seconds = int(abs(time).total_seconds())
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours and minutes:
        return say("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if hours:
        return say("{hours} h", hours=hours)
    if minutes:
        return say("{minutes} min", minutes=minutes)
    return say("{seconds} s", seconds=seconds)


def remaining(say: Say, time: timedelta) -> str:
    """ "25 min left", or "1 h 10 min overdue" where the business time is negative.

    An alert at the very end says that the time is over, not "0 s overdue".
    """
    if timedelta(minutes=-1) < time <= timedelta():
        return say("the time is over")
    if time < timedelta():
        return say("{time} overdue", time=length(say, time))
    return say("{time} left", time=length(say, rounded_up(time)))


def rounded_up(left: timedelta) -> timedelta:
    """What is left, to the next whole minute (below one: second): together with the time that ran,
    rounded down, it makes the whole."""
    unit = timedelta(minutes=1) if left > timedelta(minutes=1) else timedelta(seconds=1)
    return -(-left // unit) * unit


def size(say: Say, number: int) -> str:
    """Bytes as "812 bytes", "340 kB" or "1.2 MB" (thousands, as mail programs and Telegram)."""
    if number < 1000:
        return say.many("{number} byte", "{number} bytes", number)
    if number < 1_000_000:
        return say("{size} kB", size=round(number / 1000))
    tenths = round(number / 100_000)
    return say("{whole}.{tenth} MB", whole=tenths // 10, tenth=tenths % 10)


def reason(say: Say, fault: str) -> str:
    """A Fault's value in words; an unknown one of a newer version as it is."""
    try:
        return say(_FAULTS[Fault(fault)])
    except ValueError:
        return fault


def unreachable(say: Say, why: str) -> str:
    """That a client cannot be written to (inbox.messages.Reach); "" for one who can."""
    if not why:
        return ""
    known = _UNREACHABLE.get(why)
    return say(known) if known else say("🚫 The client cannot be written to: {reason}", reason=why)


def trouble(say: Say, error: Exception) -> str:
    """A fault in words: why, and after a colon the other side's own words where it said any."""
    match error:
        case StoreUnavailable(reason=word, detail=detail):
            why = say(_STORE_REASONS[word]) if word in _STORE_REASONS else word
        case SendFailed() | Unreadable() | FileUnavailable() | ChannelPaused():
            why, detail = reason(say, error.fault), error.detail
        case OSError():
            return say.said(system_fault(error))
        case _:
            return say.fault(error) or say("no answer")
    return f"{why}: {say.said(network_fault(detail))}" if detail else why
