"""How it stands now: who waits, what is overdue, and how fast today's answers were.

The same rules as in the report (facts: rules 24 to 27), read anew each time: page by page, each
in a transaction of its own, so that cards flow on.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from inbox.calendars import Calendars
from inbox.errors import NoWorkingTime
from inbox.live_records import Live, LiveFigures, LiveRow, OpenWait
from inbox.live_store import EndedNow, OpenNow, ShownWait
from inbox.model import Outcome
from inbox.ports import Store
from inbox.report_records import Slice
from inbox.reports import median
from inbox.reports_store import Place

PAGE = 400  # waits in one transaction
LONGEST = 5  # waits that are named
TICK = timedelta.resolution
_ANSWERS = frozenset({Outcome.ANSWERED.value, Outcome.PHONED.value})
STUDIO = Slice()

__all__ = ["Live", "LiveFigures", "LiveRow", "OpenWait", "day_around", "live", "lives"]


class Sees(Protocol):
    """Where it is read from: an Inbox, or a report's Source."""

    @property
    def store(self) -> Store: ...
    @property
    def calendars(self) -> Calendars: ...


async def live(sees: Sees, now: datetime, whose: Slice = STUDIO) -> Live:
    """How it stands with the studio, or with a manager's own clients."""
    (found,) = await lives(sees, now, [whose])
    return found


async def lives(sees: Sees, now: datetime, slices: Sequence[Slice]) -> tuple[Live, ...]:
    """How it stands with each of these, from one reading.

    What is answered while it is read counts as answered, and once.
    """
    studio = sees.calendars.studio.hours
    since, until = day_around(now, studio.zone)
    async with sees.store.read() as t:
        names = {one.id: one.name for one in await t.staff()}
    counts = [_Count(one.manager_id, now) for one in slices]
    waiting = {one.wait_id: one async for one in _open(sees.store)}
    async for ended in _ended(sees.store, since, until):
        waiting.pop(ended.place.wait_id, None)
        own = _own(ended, sees.calendars)
        for count in counts:
            count.add(ended, own)
    unheld = _Count(None, now)
    for one in waiting.values():
        for count in (*counts, *([unheld] if one.holder_id is None else [])):
            count.wait(one)
    named = await _named(sees, now, names, {one for count in counts for one in count.shown()})
    open_ = studio.is_open(now)
    opens_at = None if open_ else _opening(sees.calendars, now)
    return tuple(
        Live(
            at=now,
            since=since,
            zone=studio.zone.key,
            slice=whose,
            figures=count.whole.figures(),
            managers=count.rows(names),
            longest=tuple(_found(named, count.longest())),
            next_due=next(_found(named, count.next_due()), None),
            unheld=unheld.whole.figures(),
            open=open_,
            opens_at=opens_at,
        )
        for whose, count in zip(slices, counts, strict=True)
    )


def day_around(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The local midnights before and after, in UTC."""
    today = now.astimezone(zone).date()
    begins, ends = (
        datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
    )
    return begins, ends


def _opening(calendars: Calendars, now: datetime) -> datetime | None:
    try:
        return calendars.studio.hours.next_opening(now)
    except NoWorkingTime:
        return None


async def _open(store: Store) -> AsyncIterator[OpenNow]:
    last, more = 0, True
    while more:
        async with store.read() as t:
            page = await t.open_now(last, PAGE)
        for one in page:
            yield one
        more = len(page) == PAGE
        last = page[-1].conversation_id if page else last


async def _ended(store: Store, since: datetime, until: datetime) -> AsyncIterator[EndedNow]:
    # No wait begins after its end, so that nothing stands between this place and `since`.
    after, more = Place(since - TICK, since, 0), True
    while more:
        async with store.read() as t:
            page = await t.ended_behind(after, until, PAGE)
        for one in page:
            yield one
        more = len(page) == PAGE
        after = page[-1].place if page else after


def _own(ended: EndedNow, calendars: Calendars) -> timedelta:
    """The business time since the replier got it (rule 27)."""
    got, place = ended.got, ended.place
    if got is None or got.manager_id != ended.by_id or got.since <= place.started_at:
        return ended.business
    return calendars.course(ended.stretches).elapsed(got.since, place.closed_at)


async def _named(
    sees: Sees, now: datetime, names: Mapping[int, str], wait_ids: set[int]
) -> dict[int, OpenWait]:
    """Those that are still open, with what is said about them."""
    if not wait_ids:
        return {}
    async with sees.store.read() as t:
        found = await t.shown_waits(wait_ids)
    return {one.wait_id: _open_wait(sees.calendars, one, now, names) for one in found}


def _open_wait(
    calendars: Calendars, one: ShownWait, now: datetime, names: Mapping[int, str]
) -> OpenWait:
    talk = one.talk
    hours = calendars.course(one.stretches)
    return OpenWait(
        wait_id=one.wait_id,
        conversation_id=talk.conversation_id,
        message_id=one.message_id,
        client_id=talk.client_id,
        client=talk.client,
        channel_id=talk.channel_id,
        holder_id=talk.holder_id,
        holder=_name(names, talk.holder_id),
        started_at=one.started_at,
        due_at=one.due_at,
        business=hours.elapsed(one.started_at, max(now, one.started_at)),
    )


def _found(named: Mapping[int, OpenWait], waits: Iterable[OpenNow]) -> Iterator[OpenWait]:
    return (named[one.wait_id] for one in waits if one.wait_id in named)


def _name(names: Mapping[int, str], manager_id: int | None) -> str:
    return names.get(manager_id, "") if manager_id is not None else ""


@dataclass(slots=True)
class _Row:
    """One row while its waits come in."""

    waiting: int = 0
    overdue: int = 0
    oldest: datetime | None = None
    next_due_at: datetime | None = None
    first: list[timedelta] = field(default_factory=list)
    others: list[timedelta] = field(default_factory=list)
    within: int = 0
    breaches: int = 0

    def wait(self, one: OpenNow, now: datetime) -> None:
        self.waiting += 1
        self.oldest = _earlier(self.oldest, one.started_at)
        if one.due_at is not None and one.due_at <= now:
            self.overdue += 1
        elif one.due_at is not None:
            self.next_due_at = _earlier(self.next_due_at, one.due_at)

    def answer(self, ended: EndedNow, took: timedelta) -> None:
        self.within += ended.within
        (self.first if ended.first else self.others).append(took)

    def figures(self) -> LiveFigures:
        return LiveFigures(
            waiting=self.waiting,
            overdue=self.overdue,
            oldest=self.oldest,
            next_due_at=self.next_due_at,
            answered=len(self.first) + len(self.others),
            first=median(self.first),
            median=median(self.first + self.others),
            within=self.within,
            breaches=self.breaches,
        )


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


class _Count:
    """Counts one slice: the clients of this manager, or all (None)."""

    def __init__(self, holder_id: int | None, now: datetime) -> None:
        self._holder_id, self._now = holder_id, now
        self._open: list[OpenNow] = []
        self._by: defaultdict[int | None, _Row] = defaultdict(_Row)
        self.whole = _Row()

    def _takes(self, holder_id: int | None) -> bool:
        return self._holder_id is None or holder_id == self._holder_id

    def add(self, ended: EndedNow, own: timedelta) -> None:
        """A wait that has ended today; `own`: the time of who answered it."""
        if not self._takes(ended.holder_id) or ended.outcome == Outcome.DISMISSED:
            return
        if ended.outcome in _ANSWERS:
            by_id = ended.by_id if ended.by_id is not None else ended.charged_id
            self.whole.answer(ended, ended.business)
            self._by[by_id].answer(ended, own)
        if not ended.within:
            self._charge(ended.charged_id)

    def wait(self, one: OpenNow) -> None:
        """A wait that is open."""
        if not self._takes(one.holder_id):
            return
        self._open.append(one)
        self.whole.wait(one, self._now)
        self._by[one.holder_id].wait(one, self._now)
        if one.due_at is not None and one.due_at <= self._now:
            self._charge(one.charged_id)

    def _charge(self, manager_id: int | None) -> None:
        self.whole.breaches += 1
        self._by[manager_id].breaches += 1

    def rows(self, names: Mapping[int, str]) -> tuple[LiveRow, ...]:
        """Most overdue first, then most waiting; what nobody has comes last of its like."""
        rows = [LiveRow(id_, _name(names, id_), one.figures()) for id_, one in self._by.items()]
        return tuple(sorted(rows, key=_rank))

    def longest(self) -> list[OpenNow]:
        """Who waits longest, at most LONGEST."""
        return heapq.nsmallest(LONGEST, self._open, key=_by_start)

    def next_due(self) -> list[OpenNow]:
        """Who falls due next."""
        ahead = [
            (one.due_at, one.wait_id, one)
            for one in self._open
            if one.due_at is not None and one.due_at > self._now
        ]
        return [min(ahead)[-1]] if ahead else []

    def shown(self) -> set[int]:
        """Which waits are named."""
        return {one.wait_id for one in (*self.longest(), *self.next_due())}


def _by_start(one: OpenNow) -> tuple[datetime, int]:
    return one.started_at, one.wait_id


def _rank(row: LiveRow) -> tuple[int, int, int, bool, str]:
    figures = row.figures
    return (
        -figures.overdue,
        -figures.waiting,
        -figures.answered,
        row.manager_id is None,
        row.name.casefold(),
    )
