"""Which week the made-up reports are about, and the weeks before it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from inbox.report_records import Change, Figures, Measure, Times, TrendWeek

WEEK = timedelta(days=7)
SINCE = datetime(2026, 11, 15, 21, tzinfo=UTC)  # Monday 16 November, 00:00 in Moscow
UNTIL = SINCE + WEEK


def trend_of(studio: Figures, chance: random.Random) -> tuple[TrendWeek, ...]:
    """Seven better weeks and the report's own."""
    weeks = []
    for back in range(8, 1, -1):
        since = SINCE - (back - 1) * WEEK
        counted = 100 + chance.randrange(60)
        times = Times(counted, timedelta(minutes=14 + 2 * back), timedelta(minutes=70), None)
        weeks.append(
            TrendWeek(since, since + WEEK, 300, counted, times, times, counted - 4 - back, counted)
        )
    both = studio.both.business
    own = TrendWeek(
        SINCE,
        UNTIL,
        studio.messages,
        studio.answered,
        studio.first.business,
        both,
        studio.within,
        studio.counted,
    )
    return (*weeks, own)


def changes_of(studio: Figures) -> tuple[Change, ...]:
    """The week beside made-up earlier ones."""
    both = studio.both.business
    return (
        Change(Measure.MESSAGES, studio.messages, 280, 260),
        Change(Measure.ANSWERED, studio.answered, 120, 118),
        Change(
            Measure.FIRST_MEDIAN,
            studio.first.business.median,
            timedelta(minutes=14),
            timedelta(minutes=16),
        ),
        Change(Measure.MEDIAN, both.median, timedelta(minutes=15), timedelta(minutes=18)),
        Change(Measure.P90, both.p90, timedelta(minutes=52), timedelta(minutes=66)),
        Change(Measure.SHARE, studio.share, Fraction(91, 100), Fraction(93, 100)),
        Change(Measure.BREACHES, studio.breaches, 9, 11),
    )
