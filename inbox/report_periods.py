"""Which time a report is about, and with what it is compared (rule 24)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from inbox.report_records import Period
from inbox.reports import week_of

Span: TypeAlias = tuple[datetime, datetime]
"""From an instant until another one, UTC, the end excluded."""

WEEKS = 8  # of the trend, and of what is usual
DAY = timedelta(days=1)


def week(at: datetime, zone: ZoneInfo, now: datetime) -> Period:
    """The week around `at`, Monday to Monday in the zone."""
    since, until = week_of(at, zone)
    return _period(since, until, zone, now, whole_week=until <= now)


def last_week(at: datetime, zone: ZoneInfo, now: datetime) -> Period:
    """The whole week before the one around `at`. Seven days before `at` may be another one: a week
    in which clocks go forward is an hour shorter."""
    return week(week_of(at, zone)[0] - timedelta.resolution, zone, now)


def month(at: datetime, zone: ZoneInfo, now: datetime) -> Period:
    """The calendar month around `at`, in the zone."""
    first = at.astimezone(zone).date().replace(day=1)
    return _period(*_month(first, zone), zone, now)


def days(first: date, last: date, zone: ZoneInfo, now: datetime) -> Period:
    """From the first of these days to the last, both included, in the zone.

    Raises ValueError where the last comes before the first.
    """
    if last < first:
        raise ValueError(f"{last} comes before {first}")
    since, until = _midnight(first, zone), _midnight(last + DAY, zone)
    if (since, until) == week_of(since, zone):
        return week(since, zone, now)
    return _period(since, until, zone, now)


def days_of(period: Period) -> tuple[date, date]:
    """Its first and its last day, in its zone."""
    zone = ZoneInfo(period.zone)
    last = period.until - timedelta.resolution
    return period.since.astimezone(zone).date(), last.astimezone(zone).date()


def _period(
    since: datetime, until: datetime, zone: ZoneInfo, now: datetime, *, whole_week: bool = False
) -> Period:
    return Period(since, until, min(until, now), zone.key, whole_week)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _month(first: date, zone: ZoneInfo) -> Span:
    after = (first + 31 * DAY).replace(day=1)
    return _midnight(first, zone), _midnight(after, zone)


def is_week(period: Period) -> bool:
    """Whether it is a week of the calendar, over or not."""
    return (period.since, period.until) == week_of(period.since, ZoneInfo(period.zone))


def compared_with(period: Period) -> tuple[Span, ...]:
    """The eight weeks before a week; the month before a month; else as many days before. The
    latest first."""
    zone = ZoneInfo(period.zone)
    first, after = (one.astimezone(zone).date() for one in (period.since, period.until))
    if is_week(period):
        return tuple(
            (_midnight(first - 7 * n * DAY, zone), _midnight(first - 7 * (n - 1) * DAY, zone))
            for n in range(1, WEEKS + 1)
        )
    if (period.since, period.until) == _month(first, zone):
        return (_month((first - DAY).replace(day=1), zone),)
    return ((_midnight(first - (after - first), zone), period.since),)


def trend_weeks(period: Period) -> tuple[Span, ...]:
    """Eight weeks up to that of the period's last instant, which ends with the period; the oldest
    first."""
    zone = ZoneInfo(period.zone)
    last = max(period.since, period.as_of - timedelta.resolution)
    since, until = week_of(last, zone)
    monday = since.astimezone(zone).date()
    mondays = [_midnight(monday - 7 * n * DAY, zone) for n in range(WEEKS - 1, 0, -1)]
    end = until if is_week(period) else max(min(until, period.as_of), since)
    return tuple(zip([*mondays, since], [*mondays[1:], since, end], strict=True))
