"""The tables of okno.toml that are the program's own; the clock's and a channel's stand apart."""

from __future__ import annotations

from collections import Counter
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from bot.durations import parse_duration
from bot.settings_language import STUDIO_DEFAULT
from bot.settings_values import WEEKDAYS, Length, Port, Section, Zone, time_of_day
from connectors.email.config import Address
from inbox.phrases import Phrase

SHORTEST_KEPT = timedelta(days=7)
LONGEST_KEPT = timedelta(days=3650)
LONGEST_SEND_DELAY = timedelta(seconds=60)
MOST_READERS = 20
SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+asyncpg"
_DRIVERS = {
    "sqlite": SQLITE,
    SQLITE: SQLITE,
    "postgres": POSTGRESQL,
    "postgresql": POSTGRESQL,
    POSTGRESQL: POSTGRESQL,
}


def _database(url: SecretStr) -> SecretStr:
    kind, _, rest = url.get_secret_value().partition("://")
    if kind not in _DRIVERS:
        raise ValueError(Phrase("must begin with sqlite:/// or postgresql://"))
    if _DRIVERS[kind] == SQLITE and (not rest.startswith("/") or ":memory:" in rest):
        raise ValueError(Phrase("must name a file, as nothing else survives a restart"))
    return url


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


def _weekly_time(value: Any) -> Any:
    if isinstance(value, tuple):
        return value
    day, _, at = value.strip().lower().partition(" ") if isinstance(value, str) else ("", "", "")
    if day not in WEEKDAYS:
        raise ValueError(Phrase("must begin with one of {days}", days=", ".join(WEEKDAYS)))
    after = at.strip() == "24:00"  # the midnight that ends the day
    return (WEEKDAYS.index(day) + after) % 7, time_of_day(at)


def _each_once(addresses: tuple[str, ...]) -> tuple[str, ...]:
    counts = Counter(one.casefold() for one in addresses)
    if twice := [one for one, count in counts.items() if count > 1]:
        raise ValueError(Phrase("names {address} twice", address=twice[0]))
    return addresses


class ReportSettings(Section):
    """When the week's report is due, in the studio's zone: weekday (0 is Monday) and time.

    `mail_to`: the addresses that get the studio's by mail too. `theme`: of the picture in
    Telegram. `silent_weeks`: after so many without a word a client is named as silent.
    """

    at: Annotated[tuple[int, time], BeforeValidator(_weekly_time)] = (0, time(9))
    mail_to: Annotated[
        tuple[Address, ...], Field(max_length=MOST_READERS), AfterValidator(_each_once)
    ] = ()
    theme: Literal["light", "dark"] = "light"
    silent_weeks: Annotated[int, Field(ge=1, le=52)] = 4


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


def _short(value: timedelta) -> timedelta:
    if value > LONGEST_SEND_DELAY:
        seconds = int(LONGEST_SEND_DELAY.total_seconds())
        raise ValueError(Phrase("must be {number} seconds at most", number=seconds))
    return value


class DeskSettings(Section):
    """The managers' side: how long a mail can be withdrawn before it goes, and whether clients
    have topics where Telegram allows it."""

    send_delay: Annotated[Length, AfterValidator(_short)] = timedelta(seconds=10)
    topics: Literal["auto", "off"] = "auto"


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
