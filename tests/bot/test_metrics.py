"""/metrics over real HTTP, read by Prometheus' own parser for Python."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families

from bot.connections import Board, State
from bot.health import METRICS, Backlog, Health, serve
from bot.metrics import BOUNDS, Counts, Metrics
from inbox.errors import Fault, SendDeferred, SendFailed, SendRejected, SendUncertain
from inbox.jobs import Queue
from inbox.metering import Meter
from inbox.model import Closing, Nature, Outcome, Receipt, Wait
from storage.gauges import Gauges, QueueGauges

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
OUT = QueueGauges(jobs=7, oldest=12.5, lag=0.5, dead=2)
GAUGES = Gauges({**dict.fromkeys(Queue, QueueGauges()), Queue.OUT: OUT}, waiting=5, overdue=2)
LABELS = {"version", "queue", "channel", "nature", "kind", "part", "answer", "way", "le"}
TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Clock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Database:
    """Gives the gauges, or fails, and counts how often it is asked."""

    fault: Exception | None = None
    takes: float = 0.0
    asked: int = 0

    async def gauges(self) -> Gauges:
        self.asked += 1
        await asyncio.sleep(self.takes)
        if self.fault is not None:
            raise self.fault
        return GAUGES


@dataclass
class Scraped:
    """The answer, by family and as plain samples."""

    kind: str
    text: str
    families: dict[str, Metric] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parse = open_metrics if "openmetrics" in self.kind else text_string_to_metric_families
        self.families = {one.name: one for one in parse(self.text)}

    def value(self, name: str, **labels: str) -> float | None:
        for family in self.families.values():
            for sample in family.samples:
                if sample.name == name and sample.labels == labels:
                    return float(sample.value)
        return None


def answered(minutes: float, *, first: bool, within: bool = True) -> Wait:
    took = timedelta(minutes=minutes)
    closing = Closing(Outcome.ANSWERED, NOW, 1, took, took, within)
    wait = Wait(NOW, timedelta(hours=1), (), "studio", None, None, first)
    return replace(wait, closing=closing)


@dataclass
class World:
    """All that is measured, and the server that says it."""

    database: Database = field(default_factory=Database)
    counts: Counts = field(default_factory=Counts)
    unheard: Mapping[str, float] = field(default_factory=lambda: {"telegram": 3.5})
    port: int = 0

    @property
    def meter(self) -> Meter:
        return self.counts

    def metrics(self) -> Metrics:
        board = Board(Clock())
        board.note("telegram", State.UP)
        board.note("email:info", State.PAUSED, "login_failed")
        return Metrics(
            counts=self.counts,
            board=board,
            gauges=self.database.gauges,
            unheard=lambda: self.unheard,
            channels=("telegram", "email:info"),
            seconds_since_tick=lambda: 0.25,
            patience=0.2,
        )

    async def scrape(self, accept: str = "*/*") -> Scraped:
        address = f"http://127.0.0.1:{self.port}{METRICS}"
        async with (
            aiohttp.ClientSession() as session,
            session.get(address, headers={"Accept": accept}) as answer,
        ):
            assert answer.status == 200
            return Scraped(answer.headers["Content-Type"], await answer.text())


async def backlog() -> Backlog:
    return Backlog(0, 0.0)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    found = World()
    health = Health(Board(Clock()), backlog, lambda: 0.2)
    async with serve(health, "127.0.0.1", 0, found.metrics()) as port:
        found.port = port
        yield found


async def test_how_it_stands_now(world: World) -> None:
    got = await world.scrape()
    assert got.kind == TEXT
    assert got.value("okno_store_up") == 1
    assert got.value("okno_queue_jobs", queue="out") == 7
    assert got.value("okno_queue_oldest_seconds", queue="out") == 12.5
    assert got.value("okno_queue_lag_seconds", queue="out") == 0.5
    assert got.value("okno_dead_letters", queue="out") == 2
    assert got.value("okno_queue_jobs", queue="in") == 0
    assert got.value("okno_waits_open") == 5
    assert got.value("okno_waits_overdue") == 2
    assert got.value("okno_poll_age_seconds", channel="telegram") == 3.5
    assert got.value("okno_poll_age_seconds", channel="email:info") is None
    assert got.value("okno_part_up", part="telegram") == 1
    assert got.value("okno_part_up", part="email:info") == 0
    assert got.value("okno_tick_age_seconds") == 0.25
    assert (got.value("process_resident_memory_bytes") or 0) > 10_000_000
    assert set(got.families["okno_info"].samples[0].labels) == {"version"}


async def test_counters_stand_at_zero_before_the_first_event(world: World) -> None:
    got = await world.scrape()
    for name, labels in {
        "okno_messages_received_total": {"channel": "email:info", "nature": "person"},
        "okno_messages_unreadable_total": {"channel": "telegram"},
        "okno_messages_sent_total": {"channel": "telegram"},
        "okno_send_failures_total": {"channel": "telegram", "kind": "uncertain"},
        "okno_jobs_put_off_total": {"queue": "desk", "kind": "deferred"},
        "okno_answers_late_total": {"answer": "first"},
        "okno_response_seconds_count": {"answer": "next"},
        "okno_alerts_total": {},
        "okno_reports_total": {"way": "shown"},
    }.items():
        assert got.value(name, **labels) == 0, name


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        (SendRejected(Fault.BLOCKED), "rejected"),
        (SendDeferred(Fault.RATE_LIMITED), "deferred"),
        (SendUncertain(Fault.NO_ANSWER), "uncertain"),
        (SendFailed(Fault.NO_ANSWER), "uncertain"),
    ],
)
async def test_a_failure_counts_by_channel_and_kind(
    world: World, result: SendFailed, kind: str
) -> None:
    world.meter.tried("email:info", result)
    world.meter.tried("email:info", Receipt((), NOW))
    world.meter.put_off(Queue.DESK, result)
    got = await world.scrape()
    assert got.value("okno_send_failures_total", channel="email:info", kind=kind) == 1
    assert got.value("okno_messages_sent_total", channel="email:info") == 1
    assert got.value("okno_jobs_put_off_total", queue="desk", kind=kind) == 1
    failed = got.families["okno_send_failures"].samples
    assert sum(one.value for one in failed if one.name.endswith("_total")) == 1


async def test_what_comes_and_what_is_told(world: World) -> None:
    world.meter.received("telegram", Nature.PERSON)
    world.meter.received("telegram", Nature.PERSON)
    world.meter.received("telegram", Nature.AUTOMATIC)
    world.meter.quarantined("email:gone")
    world.meter.alerted(3)
    world.meter.reported("mailed")
    got = await world.scrape()
    received = "okno_messages_received_total"
    assert got.value(received, channel="telegram", nature="person") == 2
    assert got.value(received, channel="telegram", nature="automatic") == 1
    assert got.value("okno_messages_unreadable_total", channel="email:gone") == 1
    assert got.value("okno_alerts_total") == 3
    assert got.value("okno_reports_total", way="mailed") == 1


async def test_the_histogram_is_that_of_prometheus(world: World) -> None:
    minutes = [0, 1, 4.99, 60, 60.01, 3000]
    for one in minutes:
        world.meter.answered(answered(one, first=True, within=one <= 60))
    world.meter.answered(answered(7, first=False))
    got = await world.scrape()
    for bound in (*map(float, BOUNDS), float("inf")):
        up_to = sum(one * 60 <= bound for one in minutes)
        name = "+Inf" if bound == float("inf") else f"{bound}"
        assert got.value("okno_response_seconds_bucket", answer="first", le=name) == up_to
    assert got.value("okno_response_seconds_count", answer="first") == len(minutes)
    assert got.value("okno_response_seconds_sum", answer="first") == sum(minutes) * 60
    assert got.value("okno_response_seconds_count", answer="next") == 1
    assert got.value("okno_answers_late_total", answer="first") == 2
    assert got.value("okno_answers_late_total", answer="next") == 0


async def test_a_wait_without_an_end_is_no_answer() -> None:
    counts = Counts()
    counts.answered(replace(answered(5, first=True), closing=None))
    assert counts == Counts()


async def test_open_metrics_is_spoken_where_it_is_asked_for(world: World) -> None:
    world.meter.alerted(1)
    got = await world.scrape("application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
    assert got.kind.startswith("application/openmetrics-text")
    assert got.text.endswith("# EOF\n")
    assert got.value("okno_alerts_total") == 1


@pytest.mark.parametrize("database", [Database(OSError("disk")), Database(takes=60)])
async def test_without_the_database_the_rest_is_told(world: World, database: Database) -> None:
    world.database.fault, world.database.takes = database.fault, database.takes
    world.meter.alerted(1)
    got = await world.scrape()
    assert got.value("okno_store_up") == 0
    assert got.value("okno_alerts_total") == 1
    assert not any("waits" in name or "queue" in name for name in got.families)


async def test_many_who_ask_at_once_ask_the_database_once(world: World) -> None:
    world.database.takes = 0.1
    answers = await asyncio.gather(*(world.scrape() for _ in range(8)))
    assert {one.value("okno_waits_open") for one in answers} == {5}
    assert world.database.asked == 1


async def test_who_hangs_up_takes_the_numbers_from_nobody_else(world: World) -> None:
    world.database.takes = 0.1
    metrics = world.metrics()
    impatient = asyncio.create_task(metrics.text(""))
    patient = asyncio.create_task(metrics.text(""))
    await asyncio.sleep(0.05)
    impatient.cancel()
    text, _ = await patient
    assert b"okno_waits_open 5.0" in text


async def test_a_fault_is_told_once_until_it_works_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = World(Database(OSError("disk")))
    metrics = replace(world.metrics(), kept=-1.0)
    for fault in (OSError("disk"), OSError("disk"), None, OSError("again")):
        world.database.fault = fault
        await metrics.text("")
    said = capsys.readouterr()
    assert (said.out + said.err).count("no numbers for /metrics") == 2


async def test_labels_are_words_of_the_program(world: World) -> None:
    got = await world.scrape()
    labels = {name for one in got.families.values() for s in one.samples for name in s.labels}
    assert labels == LABELS
