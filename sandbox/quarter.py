"""The demonstration's quarter as it went: who asked, who answered when. Pure, and of one seed.

The studio is one that people recognise: a head, six managers, holidays and a vacation, a week in
which everything came at once, one who has become quicker, one who leaves questions lying.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto

from inbox.business_hours import BusinessHours
from sandbox import studio
from sandbox.quarter_cast import (
    BAD,
    HOLIDAY,
    IMPROVED,
    IMPROVES,
    LAST,
    MEMBERS,
    ON_HOLIDAY,
    STANDS_IN,
    WEEKS,
    Firm,
    Member,
)
from sandbox.quarter_clients import (
    FIRMS,
    HANDED_IN,
    HANDED_OVER,
    HANDED_TO,
    LEFT_LYING,
    STRANGER,
)
from sandbox.quarter_words import MORE, QUESTIONS, THANKS

SEED = 1309
DAY = ((time(9), time(13)), (time(14), time(18)))
WORKING_WEEK = dict.fromkeys(range(5), DAY)
HOLIDAYS = (*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4))
CUT_DAY, CUT_SHIFTS = 3, ((time(9), time(13)), (time(14), time(16)))
PICNIC = (4, 4)  # the studio's own day off: a week, and its weekday

_BUSY = (1.25, 1.1, 1.0, 1.0, 0.9, 0.12, 0.08)
_WEEK = timedelta(days=7)


class Did(Enum):
    """What happened; `more`, thanks and automatic mails open no wait."""

    ASKED = auto()
    MORE = auto()
    THANKED = auto()
    AUTOMATIC = auto()
    ANSWERED = auto()
    PHONED = auto()
    DISMISSED = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, local time. `thread` numbers a client's threads of mail from 1; 0
    is its chat. `words`: which of QUESTIONS, MORE or THANKS. `by`: who of the studio did it."""

    at: datetime
    did: Did
    firm: Firm
    thread: int
    words: int = 0
    by: Member | None = None


def begins(monday: datetime) -> datetime:
    """The quarter's first Monday, 00:00 local time; `monday` is that after its end."""
    return monday - WEEKS * _WEEK


def days_off(monday: datetime) -> tuple[date, ...]:
    """Public holidays of the quarter and the weeks around it, and the studio's own day."""
    first = (begins(monday) - 5 * _WEEK).date()
    dates = (first + timedelta(days=one) for one in range((WEEKS + 10) * 7))
    week, weekday = PICNIC
    picnic = begins(monday).date() + timedelta(days=7 * week + weekday)
    return tuple(sorted({picnic, *(day for day in dates if (day.month, day.day) in HOLIDAYS)}))


def last_monday(today: datetime) -> datetime:
    """Where the quarter ends: the newest Monday, 00:00 local time, before which every weekday of
    its week was worked."""
    local = today.astimezone(studio.ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = local - timedelta(days=local.weekday())
    while any(monday.date() - _WEEK <= day < monday.date() for day in days_off(monday)):
        monday -= _WEEK
    return monday


def cut_day(monday: datetime) -> date:
    """The day of the last week on which the studio had no electricity from 16:00."""
    return monday.date() - timedelta(days=7 - CUT_DAY)


def hours_of(monday: datetime) -> BusinessHours:
    """As the settings have them."""
    return BusinessHours(studio.ZONE, WORKING_WEEK, days_off=days_off(monday))


def holder(firm: Firm, week: int) -> Member | None:
    """Whose client it is in that week."""
    handed = firm.house == HANDED_OVER and week >= HANDED_IN
    return HANDED_TO if handed else firm.manager


def steps(monday: datetime, seed: int = SEED) -> list[Step]:
    """All of it in the order of time."""
    hours = hours_of(monday).with_dates({cut_day(monday): CUT_SHIFTS})
    told = [
        step
        for firm in FIRMS
        for step in _Talks(firm, monday, hours, random.Random(f"{seed} {firm.house}")).steps()
    ]
    evening = monday - timedelta(hours=4, minutes=20)
    told.append(Step(evening, Did.ASKED, STRANGER, 0))
    return sorted(told, key=lambda one: (one.at, one.firm.house, one.did.value))


class _Talks:
    """What one client and the studio said."""

    def __init__(
        self, firm: Firm, monday: datetime, hours: BusinessHours, chance: random.Random
    ) -> None:
        self._firm, self._hours, self._chance = firm, hours, chance
        self._begin, self._now = begins(monday), monday + timedelta(hours=9)
        self._threads = 0
        self._free: dict[int, datetime] = {}

    def steps(self) -> Iterator[Step]:
        firm, lying_at = self._firm, self._now
        if firm.house == LEFT_LYING:
            lying_at = self._begin + LAST * _WEEK + timedelta(days=CUT_DAY, hours=11, minutes=20)
        for week in range(firm.since, min(firm.until, LAST) + 1):
            for at, chat in sorted(self._asks(week)):
                if at < lying_at or not chat:
                    yield from self._told(at, week, chat=chat)
        if firm.house == LEFT_LYING:
            yield from self._asked(lying_at, 0, 0, self._now)

    def _asks(self, week: int) -> Iterator[tuple[datetime, bool]]:
        """When it asks, and whether in its chat; before the quarter once, to be known."""
        busy = 1.5 if week == BAD else 1.0
        for chat, often in ((False, self._firm.mail), (True, self._firm.chat)):
            number = int(often * busy * self._chance.uniform(0.6, 1.4) + self._chance.random())
            if week == self._firm.since and often:
                number = 1 if week < 0 else max(number, 1)
            for _ in range(number):
                yield self._instant(week), chat

    def _instant(self, week: int) -> datetime:
        days = [self._begin + week * _WEEK + timedelta(days=day) for day in range(7)]
        weights = [
            busy if self._hours.next_opening(day) < day + timedelta(days=1) else 0.08
            for day, busy in zip(days, _BUSY, strict=True)
        ]
        (day,) = self._chance.choices(days, weights)
        hour = self._chance.triangular(8, 20.5, self._chance.choice((10.3, 11.5, 15.5)))
        return day + timedelta(seconds=int(hour * 3600))

    def _told(self, at: datetime, week: int, *, chat: bool) -> Iterator[Step]:
        thread = 0 if chat else self._thread()
        if thread in self._free and at < self._free[thread]:
            more = self._chance.randrange(len(MORE))
            yield Step(at, Did.MORE, self._firm, thread, more)
            return
        words, who = self._chance.randrange(len(QUESTIONS)), self._answers(week)
        ends = self._ends(at, week, who)
        yield from self._asked(at, thread, words, ends)
        if ends < self._now:
            yield from self._ended(ends, thread, words, who)

    def _thread(self) -> int:
        """A new one, or the last goes on."""
        if not self._threads or self._chance.random() < 0.55:
            self._threads += 1
        return self._threads

    def _asked(self, at: datetime, thread: int, words: int, ends: datetime) -> Iterator[Step]:
        """A question, and at times more words before it is answered."""
        self._free[thread] = ends
        yield Step(at, Did.ASKED, self._firm, thread, words)
        more = at + timedelta(seconds=self._chance.randint(40, 400))
        if more < ends and self._chance.random() < 0.3:
            yield Step(more, Did.MORE, self._firm, thread, self._chance.randrange(len(MORE)))

    def _ended(self, at: datetime, thread: int, words: int, who: Member) -> Iterator[Step]:
        """The answer, and at times thanks for it, or a machine's."""
        did = self._chance.choices((Did.ANSWERED, Did.PHONED, Did.DISMISSED), (91, 4, 5))[0]
        yield Step(at, did, self._firm, thread, words, who)
        after = at + timedelta(seconds=self._chance.randint(90, 1500))
        if did is not Did.ANSWERED or after >= self._now:
            return
        if self._chance.random() < 0.25:
            said = self._chance.randrange(len(THANKS))
            yield Step(after, Did.THANKED, self._firm, thread, said)
        elif thread and self._chance.random() < 0.05:
            yield Step(after, Did.AUTOMATIC, self._firm, thread)

    def _answers(self, week: int) -> Member:
        """Who holds the client, or stands in; now and then a colleague."""
        mine = holder(self._firm, week) or MEMBERS[0]
        who = self._chance.choice(MEMBERS) if self._chance.random() < 0.04 else mine
        first, last = HOLIDAY
        return STANDS_IN if who is ON_HOLIDAY and first <= week <= last else who

    def _ends(self, at: datetime, week: int, who: Member) -> datetime:
        if not self._hours.is_open(at) and self._chance.random() < who.evenings:
            return at + timedelta(seconds=self._chance.randint(240, 3000))
        median = IMPROVED if who is IMPROVES and week == LAST else who.median
        forgets = 0.02 if who is IMPROVES and week == LAST else who.forgets
        bad = 2.2 if week == BAD else 1.0
        minutes = self._chance.lognormvariate(math.log(median * bad), 0.6)
        if self._chance.random() < forgets * bad * (1.5 if week == BAD else 1):
            minutes = self._chance.uniform(75, 500)
        ended_at = self._hours.deadline(at, timedelta(seconds=round(minutes * 60)))
        return ended_at.astimezone(at.tzinfo)
