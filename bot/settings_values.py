"""Kinds of values in the settings: zones, lengths of time, times of day, hours, dates."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from difflib import get_close_matches
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from bot.durations import parse_duration
from inbox.phrases import Phrase

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_DAYS_OFF = 366
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


class Section(BaseModel):
    """A table of the settings: unknown keys are errors, values are frozen and never shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def is_zone(name: str) -> bool:
    """Whether this is the IANA name of a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _zone(name: str) -> str:
    if is_zone(name):
        return name
    close = get_close_matches(name, available_timezones(), 1)
    if close:
        raise ValueError(
            Phrase("is not the name of a time zone, did you mean {zone}?", zone=close[0])
        )
    raise ValueError(Phrase("is not the name of a time zone"))


def _duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        fault = Phrase('must be a duration in quotes such as "90s", "45m" or "2h"')
        raise ValueError(fault)  # noqa: TRY004 - pydantic takes a TypeError for one of ours
    return parse_duration(value)


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta():
        raise ValueError(Phrase('must be longer than nothing, for example "45m"'))
    return value


def time_of_day(text: str) -> time:
    """Local time of day; "24:00" is the midnight that ends the day."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or (int(found[1]), int(found[2])) > (24, 0):
        raise ValueError(Phrase('"{text}" is not a time of day such as "09:00"', text=text))
    return time(int(found[1]) % 24, int(found[2]))


def _shift(value: Any) -> tuple[time, time]:
    if isinstance(value, tuple):
        return value
    opening, dash, closing = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        raise ValueError(Phrase('must be working hours such as "09:00-13:00"'))
    if opening.strip() == "24:00":
        raise ValueError(Phrase('working hours begin at "00:00" or later, not at "24:00"'))
    return time_of_day(opening), time_of_day(closing)


def _dates(value: Any) -> Any:
    """Single dates and "first..last" as one list of dates; pydantic reads the dates."""
    if not isinstance(value, list):
        return value
    days: list[Any] = []
    for entry in value:
        first, dots, last = entry.partition("..") if isinstance(entry, str) else ("", "", "")
        days.extend(_span(first, last) if dots else [entry])
    return days


def _span(first: str, last: str) -> list[date]:
    try:
        start, end = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    except ValueError:
        raise ValueError(Phrase('must be dates such as "2026-08-03..2026-08-16"')) from None
    length = (end - start).days + 1
    if not 0 < length <= MOST_DAYS_OFF:
        raise ValueError(
            Phrase(
                "{span} must run forward, over {days} days at most",
                span=f"{start}..{end}",
                days=MOST_DAYS_OFF,
            )
        )
    return [start + timedelta(days=number) for number in range(length)]


Zone = Annotated[str, AfterValidator(_zone)]
Length = Annotated[timedelta, BeforeValidator(_duration)]
Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_positive)]
Shift = Annotated[tuple[time, time], BeforeValidator(_shift)]
Shifts = tuple[Shift, ...]
Port = Annotated[int, Field(ge=1, le=65535)]
Dates = Annotated[tuple[date, ...], BeforeValidator(_dates)]
# Variables are lower-cased and "__" separates their parts, so a name in a table keeps to this.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")]
