"""Who reads an explanation: instants to the second, in the reader's language and zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.texts import Say, speaker
from bot.wording import date_words, zone_of
from inbox.model import Manager


@dataclass(frozen=True, slots=True)
class Reader:
    """In which language and zone somebody reads, and when (UTC)."""

    say: Say
    zone: ZoneInfo
    now: datetime

    @classmethod
    def of(cls, member: Manager, now: datetime) -> Reader:
        """A member who reads at `now`."""
        return cls(speaker(member.language), zone_of(member), now)

    @property
    def today(self) -> date:
        """The reader's date."""
        return self.now.astimezone(self.zone).date()

    def when(self, at: datetime) -> str:
        """ "15:40" of today, "Mon 4 May at 09:30:12" of another date."""
        day = at.astimezone(self.zone).date()
        if day == self.today:
            return self.clock(at)
        return self.say("{date} at {time}", date=self.day(day), time=self.clock(at))

    def beside(self, at: datetime, other: datetime) -> str:
        """An instant told beside another: of the same date only its time, else its date too."""
        day, another = (one.astimezone(self.zone).date() for one in (at, other))
        if day == another:
            return self.clock(at)
        return self.say("{date} at {time}", date=self.day(day), time=self.clock(at))

    def clock(self, at: datetime) -> str:
        """The time of day, with its seconds where it has any."""
        local = at.astimezone(self.zone)
        return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"

    def day(self, day: date) -> str:
        """ "Mon 4 May", with the year where it is another than this year."""
        return date_words(self.say, day, self.today)

    def dates(self, first: date, last: date) -> str:
        """One date, or the first and the last."""
        return self.day(first) if first == last else f"{self.day(first)} - {self.day(last)}"

    def exact(self, time: timedelta) -> str:
        """A length to the second, whatever its sign: "1 h 10 min 30 s"."""
        say, seconds = self.say, int(abs(time).total_seconds())
        hours, minutes, seconds = seconds // 3600, seconds % 3600 // 60, seconds % 60
        parts = [
            say("{hours} h", hours=hours) if hours else "",
            say("{minutes} min", minutes=minutes) if minutes else "",
            say("{seconds} s", seconds=seconds) if seconds or not hours + minutes else "",
        ]
        return " ".join(filter(None, parts))
