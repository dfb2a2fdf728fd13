"""Makes reports: figures that can be checked line by line (facts: rules 24 to 27)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inbox.report_corrected import Corrected
from inbox.report_lines import Lines
from inbox.report_parts import times_of
from inbox.report_periods import compared_with, is_week, trend_weeks
from inbox.report_reading import (
    EachPage,
    Medians,
    Source,
    read_calendar_changes,
    read_earlier,
    read_known,
    read_last_words,
    read_period,
    read_promises,
)
from inbox.report_records import (
    Improved,
    Period,
    Reason,
    Report,
    Row,
    Silent,
    Slice,
)
from inbox.report_tally import Tally
from inbox.report_trend import Trend, changes, own_week
from inbox.reports import LISTED
from inbox.reports_store import CalendarChange, LastWord

# As inbox.auditing writes it: the calendar's name, the date, what was entered.
_ENTERED = re.compile(r"(?P<calendar>.*?) (?P<day>\d{4}-\d{2}-\d{2}) (?P<what>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is read for all slices together."""

    known: frozenset[int]
    last_words: Sequence[LastWord]
    changes: Sequence[CalendarChange]
    made_at: datetime


def nothing(_: object) -> None:
    """For whoever wants no lines."""


async def report(source: Source, period: Period, whose: Slice, now: datetime) -> Report:
    """One report; see `reports`."""
    (found,) = await reports(source, period, [whose], now)
    return found


async def reports(
    source: Source,
    period: Period,
    slices: Sequence[Slice],
    now: datetime,
    each: EachPage = nothing,
) -> tuple[Report, ...]:
    """A report for each slice, from one reading. `each` is given all lines of the studio, of which
    a slice's are those that it takes.

    Read page by page, counted between the pages, and summed up beside the loop, so that nothing
    waits for it longer than for one page.
    """
    async with source.store.read() as t:
        names = {one.id: one.name for one in await t.staff()}
        source.calendars.learn(await t.special_days())
    tallies = [Tally(one, period, names) for one in slices]
    before, weeks = compared_with(period), trend_weeks(period)
    spans = dict.fromkeys([*weeks, *before])
    spans.pop((period.since, period.until), None)
    trends = [Trend(spans, one.slice.takes_all_of) for one in tallies]
    lines = Lines(source.calendars, names, period)
    await read_period(source, lines, tallies, trends, each)
    earlier = replace(period, since=before[0][0], until=before[0][1], as_of=before[0][1])
    medians = [Medians(one.slice.takes_all_of) for one in tallies]
    if any(one.client_id is None for one in slices):
        await read_earlier(source, period.since, trends, medians, replace(lines, period=earlier))
    for holder_id, count in await read_promises(source, (period.since, period.until)):
        for tally in tallies:
            tally.out[Reason.PROMISES] += count if tally.slice.takes_all_of(holder_id) else 0
    met = {client_id for tally in tallies for client_id in tally.met}
    found = _Found(
        await read_known(source, met, period.since),
        await read_last_words(source, period.as_of),
        await read_calendar_changes(source, period.since),
        now,
    )
    return tuple(
        [
            await asyncio.to_thread(_composed, source, tally, trend, median, found)
            for tally, trend, median in zip(tallies, trends, medians, strict=True)
        ]
    )


def _composed(
    source: Source, tally: Tally, trend: Trend, medians: Medians, found: _Found
) -> Report:
    period, figures = tally.period, tally.figures()
    weeks = {span: one.week() for span, one in trend.spans.items()}
    own = own_week((period.since, period.until), figures)
    shown = tuple(weeks.get(span, own) for span in trend_weeks(period))
    before = [weeks[span] for span in compared_with(period)]
    managers = tally.manager_rows()
    return Report(
        period=period,
        slice=tally.slice,
        made_at=found.made_at,
        target=source.target,
        studio=figures,
        managers=managers,
        clients=tally.client_rows(),
        channels=tally.channel_rows(),
        tiers=tally.tier_rows(),
        came=tally.came.grid(),
        late=tally.late.grid(),
        trend=shown,
        changes=changes(own, before, over=period.over, weekly=is_week(period)),
        newcomers=tally.newcomers(found.known),
        silent=tuple(_silent(source, tally, found.last_words)),
        silent_weeks=source.silent_weeks,
        exclusions=tally.exclusions(),
        corrected=tuple(_corrected(period, found.changes)),
        worst=tally.worst,
        improved=_improved(managers, medians),
        before=tuple(before),
    )


def _silent(source: Source, tally: Tally, words: Iterable[LastWord]) -> list[Silent]:
    """Who fell silent last comes first."""
    long_ago = tally.period.as_of - timedelta(weeks=source.silent_weeks)
    found = [
        Silent(one.client_id, one.client, one.holder_id, tally.name(one.holder_id), one.at)
        for one in words
        if one.at <= long_ago and tally.slice.takes(one.holder_id, one.client_id)
    ]
    return sorted(found, key=lambda one: (one.since, one.client_id), reverse=True)


def _corrected(period: Period, log: Iterable[CalendarChange]) -> list[Corrected]:
    zone = ZoneInfo(period.zone)
    found = []
    for change in log:
        entry = change.entry
        was, is_ = _ENTERED.match(entry.before), _ENTERED.match(entry.after)
        said = is_ or was
        if said is None:
            continue
        day = date.fromisoformat(said["day"])
        begins = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
        if period.since <= begins < period.until and begins < entry.at:
            what = (was["what"] if was else "", is_["what"] if is_ else "")
            found.append(Corrected(said["calendar"], day, *what, entry.at, change.by))
    return found


def _improved(managers: Sequence[Row], before: Medians) -> Improved | None:
    """Of few answers a median says little."""
    found = []
    for row in managers:
        now = row.figures.both.business
        earlier = times_of(before.by_manager[row.id])
        if now.median is None or earlier.median is None or row.id is None:
            continue
        if now.n >= LISTED <= earlier.n and now.median < earlier.median:
            found.append(Improved(row.id, row.name, earlier.median, now.median))
    return max(found, key=lambda one: one.before - one.now, default=None)
