"""Earlier weeks: what of them is compared with the period, from less than whole lines."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from inbox.report_parts import microseconds, times_of
from inbox.report_periods import Span
from inbox.report_records import Change, Figures, Measure, TrendWeek, Value
from inbox.reports_store import Crossing, Ended

Takes = Callable[[int | None], bool]
"""Whether what this member holds is part of the slice."""


@dataclass(slots=True)
class Earlier:
    """A span of time while its rows come in, for one slice."""

    span: Span
    messages: int = 0
    answered: int = 0
    within: int = 0
    overdue: int = 0
    first: array[int] = field(default_factory=microseconds)
    next: array[int] = field(default_factory=microseconds)

    def add(self, ended: Sequence[Ended]) -> None:
        """What ended in the span."""
        answers = [one for one in ended if one.answered]
        self.overdue += len(ended) - len(answers)
        self.answered += len(answers)
        self.within += sum(one.within for one in answers)
        self.first.extend(ticks_of(one) for one in answers if one.first)
        self.next.extend(ticks_of(one) for one in answers if not one.first)

    def cross(self, due_at: datetime | None, closed_at: datetime | None) -> None:
        """A wait that had begun when the span ended, or is over by then: open and overdue at the
        end it counts against the share (rule 26)."""
        end = self.span[1]
        open_then = closed_at is None or closed_at >= end
        self.overdue += due_at is not None and due_at <= end and open_then

    def week(self) -> TrendWeek:
        both, late = times_of(self.first + self.next), self.answered - self.within
        return TrendWeek(
            *self.span,
            messages=self.messages,
            answered=self.answered,
            first=times_of(self.first),
            both=both,
            within=self.within,
            counted=self.within + late + self.overdue,
        )


def ticks_of(ended: Ended) -> int:
    """How long it took, in microseconds."""
    return round(ended.business * 1_000_000)


class Trend:
    """All earlier spans of a slice."""

    def __init__(self, spans: Iterable[Span], takes: Takes) -> None:
        self.spans = {span: Earlier(span) for span in spans}
        self._takes = takes

    def ended(self, span: Span, rows: Sequence[Ended]) -> None:
        self.spans[span].add([one for one in rows if self._takes(one.holder_id)])

    def said(self, span: Span, counts: Iterable[tuple[int | None, int]]) -> None:
        self.spans[span].messages += sum(count for holder, count in counts if self._takes(holder))

    def crossed(self, rows: Sequence[Crossing]) -> None:
        """What ended after a span and had begun in it, or before."""
        for one in rows:
            if self._takes(one.holder_id):
                self.cross(one.due_at, one.closed_at)

    def cross(self, due_at: datetime | None, closed_at: datetime | None) -> None:
        for earlier in self.spans.values():
            earlier.cross(due_at, closed_at)


def own_week(span: Span, figures: Figures) -> TrendWeek:
    """The period itself, as a week of the trend."""
    return TrendWeek(
        *span,
        messages=figures.messages,
        answered=figures.answered,
        first=figures.first.business,
        both=figures.both.business,
        within=figures.within,
        counted=figures.counted,
    )


def changes(
    now: TrendWeek, before: Sequence[TrendWeek], *, over: bool, weekly: bool
) -> tuple[Change, ...]:
    """Against the span before, and the mean of all of `before`, the latest first, of weeks."""
    known = known_of(before)
    return tuple(
        _change(one, measure(now), [measure(week) for week in known], weekly=weekly)
        if over or one not in COUNTS
        else Change(one, measure(now), None, None)
        for one, measure in MEASURES.items()
    )


def known_of(before: Sequence[TrendWeek]) -> list[TrendWeek]:
    """Without the time before anything was known; the latest first."""
    known = list(before)
    while known and _is_empty(known[-1]):
        known.pop()
    return known


def _is_empty(week: TrendWeek) -> bool:
    return not (week.messages or week.answered or week.counted)


def _change(
    which: Measure, now: Value | None, before: Sequence[Value | None], *, weekly: bool
) -> Change:
    return Change(which, now, before[0] if before else None, mean(before) if weekly else None)


def mean(values: Sequence[Value | None]) -> Value | None:
    """Of what there is; a count's mean is a fraction."""
    known = [one for one in values if one is not None]
    spans = [one for one in known if isinstance(one, timedelta)]
    if spans:
        return sum(spans, timedelta()) / len(spans)
    numbers = [Fraction(one) for one in known if not isinstance(one, timedelta)]
    return sum(numbers, Fraction()) / len(numbers) if numbers else None


COUNTS = frozenset({Measure.MESSAGES, Measure.ANSWERED, Measure.BREACHES})
MEASURES: dict[Measure, Callable[[TrendWeek], Value | None]] = {
    Measure.MESSAGES: lambda week: week.messages,
    Measure.ANSWERED: lambda week: week.answered,
    Measure.FIRST_MEDIAN: lambda week: week.first.median,
    Measure.MEDIAN: lambda week: week.both.median,
    Measure.P90: lambda week: week.both.p90,
    Measure.SHARE: lambda week: week.share,
    Measure.BREACHES: lambda week: week.counted - week.within,
}
