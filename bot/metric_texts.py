"""The numbers of /metrics as Prometheus reads them; imported only where somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, product

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from bot.metrics import BOUNDS, KINDS, Counts, Labels, Seen
from inbox.jobs import Queue
from inbox.model import Nature
from storage.gauges import Gauges

Samples = Mapping[Labels, float]


class _Families(Collector):
    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def collect(self) -> Iterator[Metric]:
        seen = self._seen
        yield InfoMetricFamily("okno", "The running program.", {"version": seen.version})
        yield _gauge("store_up", "Whether the database answered.", float(seen.gauges is not None))
        if seen.gauges is not None:
            yield from _of_the_database(seen.gauges)
        yield from _of_the_parts(seen)
        yield from _of_messages(seen.counts, seen.channels)
        yield from _of_the_clock(seen.counts)


def text_of(seen: Seen, accept: str) -> tuple[bytes, str]:
    """The numbers in the form that the header Accept asks for, and its content type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(seen))
    ProcessCollector(registry=registry)
    encode, kind = choose_encoder(accept)
    return encode(registry), kind


def _of_the_database(gauges: Gauges) -> Iterator[Metric]:
    queues = {(queue.value,): one for queue, one in gauges.queues.items()}
    yield _gauges(
        "queue_jobs",
        "Jobs that stand in the queue, running ones too.",
        ("queue",),
        {labels: one.jobs for labels, one in queues.items()},
    )
    yield _gauges(
        "queue_oldest_seconds",
        "Since the oldest job of the queue was put, whatever it waits for; 0 where there is none.",
        ("queue",),
        {labels: one.oldest for labels, one in queues.items()},
    )
    yield _gauges(
        "queue_lag_seconds",
        "For how long a job of the queue has been due and not been taken.",
        ("queue",),
        {labels: one.lag for labels, one in queues.items()},
    )
    yield _gauges(
        "dead_letters",
        "Jobs that were given up; a person must look at them.",
        ("queue",),
        {labels: one.dead for labels, one in queues.items()},
    )
    yield _gauge("waits_open", "Clients who wait for an answer.", gauges.waiting)
    yield _gauge("waits_overdue", "Those of them whose target has passed.", gauges.overdue)


def _of_the_parts(seen: Seen) -> Iterator[Metric]:
    yield _gauges(
        "poll_age_seconds",
        "Since the channel's server last answered. Not of a webhook, where nobody asks.",
        ("channel",),
        {(name,): age for name, age in seen.unheard.items()},
    )
    yield _gauges(
        "part_up",
        "Whether a supervised part (a channel, a queue's workers) works.",
        ("part",),
        {(name,): float(up) for name, up in seen.parts.items()},
    )
    yield _gauge("tick_age_seconds", "Since the clock last ticked well.", seen.tick_age)


def _of_messages(counts: Counts, channels: tuple[str, ...]) -> Iterator[Metric]:
    each = [(name,) for name in channels]
    yield _counters(
        "messages_received",
        "Clients' messages by channel and nature; changes and deletions are not counted.",
        ("channel", "nature"),
        _from_zero([(name, Nature.PERSON.value) for name in channels], counts.messages),
    )
    yield _counters(
        "messages_unreadable",
        "Messages that could not be read and are kept aside.",
        ("channel",),
        _from_zero(each, counts.unreadable),
    )
    yield _counters(
        "messages_sent",
        "Messages that went out: replies, greetings, answers off hours, mailed alerts.",
        ("channel",),
        _from_zero(each, counts.sent),
    )
    yield _counters(
        "send_failures",
        "Tries to send that failed: rejected for good, deferred, or uncertain to have arrived.",
        ("channel", "kind"),
        _from_zero(product(channels, KINDS), counts.failures),
    )
    yield _counters(
        "jobs_put_off",
        "Jobs, cards among them, that the other side did not take and that are tried again.",
        ("queue", "kind"),
        _from_zero(product(Queue, ("deferred", "uncertain")), counts.postponed),
    )


def _of_the_clock(counts: Counts) -> Iterator[Metric]:
    durations = HistogramMetricFamily(
        "okno_response_seconds",
        "Business time until the answer, by whether it was the first in its conversation.",
        labels=("answer",),
    )
    bounds = [*(f"{float(one)}" for one in BOUNDS), "+Inf"]
    for how, answers in counts.answers.items():
        up_to = zip(bounds, accumulate(answers.counts), strict=True)
        durations.add_metric((how,), list(up_to), answers.seconds)
    yield durations
    yield _counters(
        "answers_late",
        "Those of the answers in okno_response_seconds that came after their target.",
        ("answer",),
        {(how,): answers.late for how, answers in counts.answers.items()},
    )
    yield CounterMetricFamily("okno_alerts", "Alerts that were raised.", counts.alerts)
    yield _counters(
        "reports",
        "Reports that reached their reader.",
        ("way",),
        _from_zero([("shown",), ("mailed",)], counts.reports),
    )


def _from_zero(known: Iterable[Labels], counted: Samples) -> Samples:
    """A counter that begins with its first event has no rate then."""
    return {**dict.fromkeys(known, 0), **counted}


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"okno_{name}", says, value)


def _gauges(name: str, says: str, labels: Labels, samples: Samples) -> Metric:
    family = GaugeMetricFamily(f"okno_{name}", says, labels=labels)
    for values, number in samples.items():
        family.add_metric(values, number)
    return family


def _counters(name: str, says: str, labels: Labels, samples: Samples) -> Metric:
    family = CounterMetricFamily(f"okno_{name}", says, labels=labels)
    for values, number in samples.items():
        family.add_metric(values, number)
    return family
