"""A quarter of a studio's life: every alert comes at its instant, to the right person, and once.

Forty clients, four managers with a lunch break, a second zone and a vacation, thousands of
messages over Russia's May holidays, and a restart every hour, between the noticing of an alert
and its showing. What must come is counted minute by minute (brute_force.py).
"""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from bot.calendar import studio_hours
from inbox import absences, actions, alerting, recounting
from inbox.calendars import STUDIO, Calendar, Calendars
from inbox.flow import escalate, reply
from inbox.inbox import Inbox
from inbox.jobs import Queue
from inbox.model import Manager, Role, Wait
from inbox.policies import Policies
from inbox.ports import Alert, DeskRef, RaisedAlert, Shown
from inbox.sla import Policy, Recipient, Rung
from inbox.worker import work_once
from storage.store import SqlStore, open_store
from tests.fakes import PlainLetters, RecordingConnector, RecordingDesk, SetClock
from tests.inbox.brute_force import MINUTE, Minutes
from tests.inbox.conftest import Studio

BEGIN = datetime(2026, 3, 31, 21, tzinfo=UTC)  # 1 April in Moscow
END = datetime(2026, 6, 30, 21, tzinfo=UTC)
COUNTED_TO = END + timedelta(days=60)
MESSAGES = 3000  # 6000 take 1.7 times as long and find nothing else
CLIENTS = 40
MANAGERS = ("Анна", "Борис", "Вера", "Глеб")
VACATION = (datetime(2026, 6, 1, 6, tzinfo=UTC), datetime(2026, 6, 15, 6, tzinfo=UTC))
EAST = "east"
LUNCH = ((9, 13), (14, 18))
LONG = ((10, 19),)
POLICY = Policy(
    timedelta(hours=1),
    (
        Rung(timedelta(minutes=45), Recipient.MANAGER),
        Rung(timedelta(minutes=60), Recipient.HEAD),
    ),
)
# How long clients wait for an answer: minutes at least and at most, with a weight.
PACE = (((2, 40), 50), ((40, 300), 25), ((300, 1500), 15), ((1500, 9000), 8), ((9000, 30000), 2))

pytestmark = pytest.mark.slow


@dataclass
class TimedDesk(RecordingDesk):
    """Remembers when each alert was shown, and to whom."""

    clock: SetClock = field(default_factory=SetClock)
    seen: Counter[tuple[int, int, str, datetime]] = field(default_factory=Counter)
    _known: set[tuple[int, int, str]] = field(default_factory=set)

    def _saw(self, alert: Alert, to: Manager) -> None:
        self.seen[alert.wait.id, alert.rung, to.name, self.clock.now()] += 1
        self._known.add((alert.wait.id, alert.rung, to.name))

    async def alert(self, alert: Alert, to: Manager) -> tuple[Shown, ...]:
        self._saw(alert, to)
        return await super().alert(alert, to)

    async def show_alerts(
        self, alerts: Sequence[Alert], to: Manager, before: DeskRef | None
    ) -> DeskRef:
        for one in alerts:
            if (one.wait.id, one.rung, to.name) not in self._known:
                self._saw(one, to)
        return await super().show_alerts(alerts, to, before)


@cache
def each_calendar() -> tuple[Calendar, ...]:
    """The studio's with a lunch break, and one two hours further east without."""
    hours = {STUDIO: ("Europe/Moscow", LUNCH), EAST: ("Asia/Yekaterinburg", LONG)}
    return tuple(
        Calendar(name, studio_hours(zone, dict.fromkeys(range(5), _shifts(shifts)), "RU"))
        for name, (zone, shifts) in hours.items()
    )


def _shifts(shifts: tuple[tuple[int, int], ...]) -> list[str]:
    return [f"{since}:00-{until}:00" for since, until in shifts]


@dataclass
class Quarter:
    """The studio of the tests, with its acts in the order of time."""

    studio: Studio
    desk: TimedDesk
    path: Path
    members: dict[str, Manager]
    chance: random.Random = field(default_factory=lambda: random.Random(2026))
    acts: list[tuple[datetime, int, str, int]] = field(default_factory=list)
    threads: dict[int, str] = field(default_factory=dict)
    restarts: int = 0
    _number: int = 0

    def plan(self, at: datetime, deed: str, client: int) -> None:
        self._number += 1
        heapq.heappush(self.acts, (at, self._number, deed, client))

    def plan_messages(self) -> None:
        """By day more than by night; holidays and weekends as any other day."""
        minutes = (END - BEGIN) // MINUTE
        while self._number < MESSAGES:
            at = BEGIN + self.chance.randrange(minutes) * MINUTE
            if 6 <= at.hour < 16 or self.chance.random() < 0.3:
                self.plan(at, "asks", self.chance.randrange(CLIENTS))

    async def live(self) -> None:
        """Everything that happens, each at its instant."""
        next_hour, look = BEGIN, BEGIN
        while True:
            now = min([next_hour, *([look] if look else []), *(one[0] for one in self.acts[:1])])
            if now > END:
                return
            self.studio.clock.at = now
            while self.acts and self.acts[0][0] == now:
                *_, deed, client = heapq.heappop(self.acts)
                await self._act(deed, client)
            found = await escalate(self.studio.inbox)
            if now == next_hour:
                next_hour += timedelta(hours=1)
                await self._restart()
                await recounting.keep_calendars(self.studio.inbox)
                await absences.change_over(self.studio.inbox)
            await self._run()
            look = found or END

    async def _act(self, deed: str, client: int) -> None:
        sender, clock = f"c{client}@x.test", self.studio.clock
        if deed == "asks":
            number = await self.studio.hears(sender, "?", thread=self.threads.get(client, ""))
            self.threads.setdefault(client, number)
            await self._run(Queue.IN)
        conversation = await self.studio.conversation(self.threads[client])
        wait = conversation.wait
        match deed:
            case "asks" if wait is not None and wait.started_at == clock.now():
                (least, most), *_ = self.chance.choices(*zip(*PACE, strict=True))
                pause = self.chance.randrange(least, most) * MINUTE
                ending = "dismisses" if self.chance.random() < 0.05 else "answers"
                # Half a minute past, so that no answer falls together with an alert.
                self.plan(clock.now() + pause + MINUTE / 2, ending, client)
            case "answers" if wait is not None:
                by = self._manager(client)
                self._number += 1
                draft = self.studio.draft(conversation, by, f"r{self._number}")
                await reply(self.studio.inbox, draft)
                await self._run(Queue.OUT)
            case "dismisses" if wait is not None:
                await actions.dismiss(self.studio.inbox, conversation.id, self._manager(client))

    def _manager(self, client: int) -> Manager:
        return self.members[MANAGERS[client % len(MANAGERS)]]

    async def _run(self, *queues: Queue) -> None:
        for queue in queues or (Queue.DESK,):
            while await work_once(self.studio.inbox, queue):
                pass

    async def _restart(self) -> None:
        """From the file alone once a day; else the statements that are compiled stay so, as
        compiling them anew each hour takes longer than running them."""
        before = self.studio.inbox.store
        assert isinstance(before, SqlStore)
        await before.close()
        if self.restarts % 24 == 0:
            store = await open_store(f"sqlite:///{self.path}")
        else:
            store = await reopened(before)
        self.restarts += 1
        await store.release_abandoned()
        known = Calendars(each_calendar())
        self.studio.inbox = replace(self.studio.inbox, store=store, calendars=known)


async def reopened(closed: SqlStore) -> SqlStore:
    """A new store over the engine of a closed one."""
    assert closed._lock is not None
    closed._lock.acquire()
    store = SqlStore(closed._engine, closed._lock)
    await store.start()
    return store


@asynccontextmanager
async def quarter(path: Path) -> AsyncIterator[Quarter]:
    store = await open_store(f"sqlite:///{path}")
    clock = SetClock(BEGIN)
    desk, channel = TimedDesk(clock=clock), RecordingConnector(clock)
    inbox = Inbox(
        store=store,
        desk=desk,
        connectors={channel.channel.id: channel},
        clock=clock,
        calendars=Calendars(each_calendar()),
        policies=Policies.only(POLICY),
        channel_managers={},
        letters=PlainLetters(),
    )
    async with store.begin() as t:
        found = [
            await t.save_manager(
                Manager(0, name, 100 + number, calendar=EAST if name == "Борис" else None)
            )
            for number, name in enumerate(MANAGERS)
        ]
        head = await t.save_manager(Manager(0, "Глава", 200, Role.HEAD))
    anna, boris, vera, gleb = found
    studio = Studio(inbox, desk, channel, clock, anna, boris, head, head)
    for client in range(CLIENTS):
        await studio.client(f"Client {client}", found[client % 4], f"c{client}@x.test")
    since, until = VACATION
    await absences.go_away(inbox, gleb, since, until, deputy=vera, by=gleb)
    yield Quarter(studio, desk, path, {one.name: one for one in (*found, head)})
    await studio.inbox.store.close()  # type: ignore[attr-defined]  # the real store


async def alerts_and_waits(lived: Quarter) -> Iterator[tuple[str, Wait, list[RaisedAlert]]]:
    """Each wait with its manager's name and the alerts that were raised for it."""
    found: list[tuple[str, Wait, list[RaisedAlert]]] = []
    async with lived.studio.inbox.store.begin() as t:
        for client, thread in lived.threads.items():
            talk = await t.conversation_for("email:info", (thread,))
            assert talk is not None
            found += [
                (MANAGERS[client % 4], wait, list(await t.alerts_of_wait(wait.id)))
                for wait in await t.waits_in(talk.id)
            ]
    return iter(found)


def who(manager: str, at: datetime) -> str:
    """Who is told at this instant what is meant for the manager."""
    away = manager == "Глеб" and VACATION[0] <= at < VACATION[1]
    return "Вера" if away else manager


async def test_every_alert_of_a_quarter_comes_at_its_instant_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerting, "GATHERING", 0.0)
    async with quarter(tmp_path / "okno.db") as lived:
        lived.plan_messages()
        await lived.live()
        waits = list(await alerts_and_waits(lived))
        names = {one.id: name for name, one in lived.members.items()}
    brute = {
        STUDIO: Minutes("Europe/Moscow", LUNCH, BEGIN, COUNTED_TO),
        EAST: Minutes("Asia/Yekaterinburg", LONG, BEGIN, COUNTED_TO),
    }
    fired: dict[str, int] = defaultdict(int)
    expected: Counter[tuple[int, str, datetime]] = Counter()
    for manager, wait, raised in waits:
        minutes = brute[EAST if manager == "Борис" else STUDIO]
        until = wait.closing.at if wait.closing else END + MINUTE
        due = [
            (one.at, who(manager, one.at) if one.managers else "Глава")
            for one in minutes.expected(wait.started_at, until)
        ]
        assert [(one.instant, names[one.manager_id]) for one in raised] == due
        assert not any(one.late for one in raised)
        for at, name in due:
            assert minutes.is_open(at)
            expected[wait.id, name, at] += 1
            fired[name] += 1
    shown = Counter(
        {(wait_id, name, at): count for (wait_id, _, name, at), count in lived.desk.seen.items()}
    )
    assert shown == expected
    assert set(expected.values()) == {1}
    assert lived.restarts == (END - BEGIN) // timedelta(hours=1) + 1
    print(f"{MESSAGES} messages, {len(waits)} waits, {lived.restarts} restarts, {dict(fired)}")
    assert set(fired) == {*MANAGERS, "Глава"}
    assert sum(fired.values()) > 2000
