"""Calendars, instants and budgets for the properties of business time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from inbox.business_hours import BusinessHours

MOSCOW = ZoneInfo("Europe/Moscow")
# How long an example takes is the machine's affair; the benchmark watches speed.
patient = settings(deadline=None, max_examples=60)

ZONES = [
    MOSCOW,
    *map(
        ZoneInfo,
        ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"),
    ),
    *map(ZoneInfo, ("America/Sao_Paulo", "Africa/Cairo", "America/Havana", "Pacific/Apia")),
]
BEGIN = datetime(2010, 1, 1, tzinfo=UTC)
END = datetime(2031, 1, 1, tzinfo=UTC)
near_changes = st.builds(
    lambda year, day, seconds: datetime(year, *day, tzinfo=UTC) + timedelta(seconds=seconds),
    st.integers(2010, 2030),
    st.sampled_from([(3, 8), (3, 28), (4, 5), (10, 4), (10, 25), (11, 1), (12, 29)]),
    st.integers(0, 7 * 86400),
)
anywhere = st.integers(0, int((END - BEGIN).total_seconds())).map(
    lambda seconds: BEGIN + timedelta(seconds=seconds)
)
instants = near_changes | anywhere
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45, 59]))
some_shifts = st.lists(st.tuples(times, times), min_size=1, max_size=3)
weeks = st.dictionaries(st.integers(0, 6), some_shifts, min_size=1)
dates = st.dates(date(2010, 1, 1), date(2030, 12, 31))
budgets = st.integers(0, 400 * 3600).map(lambda seconds: timedelta(seconds=seconds))
calendars = st.builds(
    BusinessHours,
    st.sampled_from(ZONES),
    weeks,
    st.frozensets(dates, max_size=8),
    st.dictionaries(dates, st.just([]) | some_shifts, max_size=4),
)
# A weekly shift may be shorter than a gap; enough open time for any budget needs a real week.
roomy = st.builds(
    lambda zone, week, off: BusinessHours(zone, {**week, 2: [(time(8), time(20))]}, off),
    st.sampled_from(ZONES),
    weeks,
    st.frozensets(dates, max_size=8),
)
