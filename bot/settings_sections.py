"""The tables of okno.toml that are the program's own; those of a channel stand beside it."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from bot.durations import parse_duration
from bot.settings_language import STUDIO_DEFAULT
from inbox.phrases import Phrase

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL = "09:00-18:00"
MOST_DAYS_OFF = 366
SHORTEST_KEPT = timedelta(days=7)
LONGEST_KEPT = timedelta(days=3650)
SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+asyncpg"
_DRIVERS = {
    "sqlite": SQLITE,
    SQLITE: SQLITE,
    "postgres": POSTGRESQL,
    "postgresql": POSTGRESQL,
    POSTGRESQL: POSTGRESQL,
}
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


def _time(text: str) -> time:
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
    return _time(opening), _time(closing)


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


def _database(url: SecretStr) -> SecretStr:
    kind, _, rest = url.get_secret_value().partition("://")
    if kind not in _DRIVERS:
        raise ValueError(Phrase("must begin with sqlite:/// or postgresql://"))
    if _DRIVERS[kind] == SQLITE and (not rest.startswith("/") or ":memory:" in rest):
        raise ValueError(Phrase("must name a file, as nothing else survives a restart"))
    return url


Zone = Annotated[str, AfterValidator(_zone)]
Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_positive)]
Shift = Annotated[tuple[time, time], BeforeValidator(_shift)]
Shifts = tuple[Shift, ...]
Port = Annotated[int, Field(ge=1, le=65535)]


class StudioSettings(Section):
    """Who we are, and the zone and language of what is not told to one person."""

    name: Annotated[str, Field(min_length=1)]
    timezone: Zone
    language: Literal["ru", "en"] = STUDIO_DEFAULT

    @property
    def zone(self) -> ZoneInfo:
        """The studio's zone."""
        return ZoneInfo(self.timezone)


class DatabaseSettings(Section):
    """`url` without a driver: sqlite:///FILE or postgresql://USER@HOST/NAME."""

    url: Annotated[SecretStr, AfterValidator(_database)]
    password: SecretStr | None = None

    @property
    def address(self) -> str:
        """The URL with its driver and its password; a secret."""
        kind, _, rest = self.url.get_secret_value().partition("://")
        if self.password is not None and "@" in rest:
            user, _, host = rest.rpartition("@")
            password = quote(self.password.get_secret_value(), safe="")
            rest = f"{user.partition(':')[0]}:{password}@{host}"
        return f"{_DRIVERS[kind]}://{rest}"


class HoursSettings(Section):
    """When the studio works, in its zone. No weekday named: Monday to Friday, 09:00-18:00."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] | None = None
    mon: Shifts = ()
    tue: Shifts = ()
    wed: Shifts = ()
    thu: Shifts = ()
    fri: Shifts = ()
    sat: Shifts = ()
    sun: Shifts = ()
    days_off: Annotated[tuple[date, ...], BeforeValidator(_dates)] = ()
    dates: dict[date, Shifts] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _usual_week(cls, values: Any) -> Any:
        if isinstance(values, dict) and not set(WEEKDAYS) & set(values):
            return {**values, **{day: [USUAL] for day in WEEKDAYS[:5]}}
        return values

    @property
    def weekly(self) -> dict[int, Shifts]:
        """The shifts of each weekday, 0 is Monday."""
        return {number: getattr(self, day) for number, day in enumerate(WEEKDAYS)}


class RungSettings(Section):
    """A step of the ladder: `after` is business time from the wait's start."""

    after: Duration
    notify: Literal["manager", "deputy", "head"]
    any_time: bool = False


class SlaSettings(Section):
    """How soon a client is answered, in business time, and who hears when it takes longer."""

    reply_within: Duration = timedelta(hours=1)
    ladder: Annotated[tuple[RungSettings, ...], Field(min_length=1, max_length=3)] | None = None

    @model_validator(mode="after")
    def _rising(self) -> SlaSettings:
        for lower, upper in pairwise(self.rungs):
            if upper.after < lower.after:
                raise ValueError(
                    Phrase("must have its rungs in order, the smallest `after` first")
                )
        return self

    @property
    def rungs(self) -> tuple[RungSettings, ...]:
        """The ladder; by default the manager at 3/4 of the time, the head at its end."""
        if self.ladder is not None:
            return self.ladder
        return (
            RungSettings(after=self.reply_within * 3 / 4, notify="manager"),
            RungSettings(after=self.reply_within, notify="head"),
        )


def _weekly_time(value: Any) -> Any:
    if isinstance(value, tuple):
        return value
    day, _, at = value.strip().lower().partition(" ") if isinstance(value, str) else ("", "", "")
    if day not in WEEKDAYS:
        raise ValueError(Phrase("must begin with one of {days}", days=", ".join(WEEKDAYS)))
    return WEEKDAYS.index(day), _time(at)


class ReportSettings(Section):
    """When the week's report is due, in the studio's zone: weekday (0 is Monday) and time."""

    at: Annotated[tuple[int, time], BeforeValidator(_weekly_time)] = (0, time(9))


def _keeping(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    kept = parse_duration(value, LONGEST_KEPT)
    if kept < SHORTEST_KEPT:
        raise ValueError(f'must be {SHORTEST_KEPT.days} days at least, such as "365d"')
    return kept


class RetentionSettings(Section):
    """How long mails are kept as they came; what was read of them is kept for ever."""

    raw_mail: Annotated[timedelta, BeforeValidator(_keeping)] = timedelta(days=365)


class HealthSettings(Section):
    """Where /healthz answers; without a port nowhere."""

    port: Port | None = None
    host: str = "127.0.0.1"


class LogSettings(Section):
    """How the log looks, and from which level on it speaks."""

    format: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "info"


class ClockSettings(Section):
    """For demonstrations only: a file that turns the clock (see bot/clock.py)."""

    file: Path | None = None
