"""After the last rung: three times every 60 business minutes, then once a day (rule 19)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from inbox.business_hours import BusinessHours
from inbox.calendars import SwappedHours
from inbox.sla import (
    DAILY,
    DueAlerts,
    Recipient,
    Rung,
    done_with,
    due_alerts,
    instant_of,
    next_rung_at,
    rung_at,
)
from tests.inbox.drawn import calendars, instants, patient
from tests.inbox.june import HOUR, HOURS, MINUTE, MOSCOW, NEVER, TEN, moscow

LADDER = (
    Rung(45 * MINUTE, Recipient.MANAGER),
    Rung(60 * MINUTE, Recipient.DEPUTY),
    Rung(60 * MINUTE, Recipient.HEAD),
    Rung(120 * MINUTE, Recipient.HEAD),
)
ONE = (Rung(HOUR, Recipient.HEAD),)
DAYS = {day: DAILY + date(2026, 6, day).toordinal() for day in range(1, 31)}


def climb(hours, base, ladder, until, fired=frozenset()):
    """What is announced, looked at exactly when `next_rung_at` says."""
    said = []
    now = base
    while (at := next_rung_at(hours, base, ladder, fired, now)) is not None and at <= until:
        due = due_alerts(hours, base, ladder, fired, at)
        assert not due.late
        assert instant_of(hours, base, ladder, due.fire[0]) == at
        said.append((at, due.fire))
        fired = done_with(fired | due.passed)
        now = at
    return said


def test_rule_19_after_the_last_rung_hourly_three_times_and_then_once_a_day() -> None:
    said = climb(HOURS, TEN, LADDER, moscow("2026-06-22 23:00"))
    assert said == [
        (moscow("2026-06-15 10:45"), (0,)),
        (moscow("2026-06-15 11:00"), (1, 2)),
        (moscow("2026-06-15 12:00"), (3,)),
        (moscow("2026-06-15 13:00"), (4,)),
        (moscow("2026-06-15 15:00"), (5,)),
        (moscow("2026-06-15 16:00"), (6,)),
        (moscow("2026-06-16 09:15"), (DAYS[16],)),
        (moscow("2026-06-17 09:15"), (DAYS[17],)),
        (moscow("2026-06-18 09:15"), (DAYS[18],)),
        (moscow("2026-06-19 09:15"), (DAYS[19],)),
        (moscow("2026-06-22 09:15"), (DAYS[22],)),
    ]


def test_rule_19_repeats_go_to_the_last_of_the_latest_rungs() -> None:
    chat = Rung(HOUR, Recipient.CHAT, any_time=True, name="office")
    ladder = (Rung(HOUR, Recipient.HEAD), chat, Rung(30 * MINUTE, Recipient.MANAGER))
    assert rung_at(ladder, 2) == ladder[2]
    hourly = [rung_at(ladder, number) for number in (3, 4, 5)]
    assert hourly == [replace(chat, after=n * HOUR) for n in (2, 3, 4)]
    assert rung_at(ladder, DAYS[3]).notify is Recipient.CHAT
    assert rung_at(ladder, DAYS[3]).name == "office"


def number_of(day: date) -> int:
    return DAILY + day.toordinal()


def times(hours, base, ladder, until) -> list[str]:
    """When something is announced, local."""
    said = climb(hours, base, ladder, moscow(until))
    return [f"{at.astimezone(MOSCOW):%d %H:%M}" for at, _ in said]


def test_rule_19_an_empty_ladder_repeats_nothing() -> None:
    years_later = moscow("2030-01-01 12:00")
    assert next_rung_at(HOURS, TEN, (), (), years_later) is None
    assert due_alerts(HOURS, TEN, (), (), years_later) == DueAlerts()


def test_rule_19_a_night_opens_on_the_date_on_which_it_starts() -> None:
    nights = BusinessHours(MOSCOW, dict.fromkeys(range(7), ((time(22), time(6)),)))
    said = times(nights, moscow("2026-06-15 22:00"), ONE, "2026-06-18 12:00")
    assert said == ["15 23:00", "16 00:00", "16 01:00", "16 02:00", "16 22:15", "17 22:15"]


def test_rule_19_a_date_that_only_ends_the_night_before_opens_no_more() -> None:
    friday_night = BusinessHours(MOSCOW, {4: ((time(20), time(6)),), 0: ((time(9), time(18)),)})
    said = times(friday_night, moscow("2026-06-15 12:00"), ONE, "2026-06-27 12:00")
    assert said == [
        "15 13:00",
        "15 14:00",
        "15 15:00",
        "15 16:00",
        "19 20:15",
        "22 09:15",
        "26 20:15",
    ]


def test_rule_19_a_date_may_open_again_after_the_night_before_has_ended_on_it() -> None:
    shifts = ((time(22), time(4)), (time(12), time(16)))
    hours = BusinessHours(MOSCOW, dict.fromkeys(range(7), shifts))
    said = times(hours, moscow("2026-06-15 12:00"), ONE, "2026-06-18 00:00")
    assert said == ["15 13:00", "15 14:00", "15 15:00", "15 16:00", "16 12:15", "17 12:15"]


def test_rule_19_a_date_that_opens_at_midnight_opens_then() -> None:
    early = BusinessHours(MOSCOW, dict.fromkeys(range(7), ((time(0), time(8)),)))
    said = times(early, moscow("2026-06-15 00:00"), ONE, "2026-06-17 12:00")
    assert said == ["15 01:00", "15 02:00", "15 03:00", "15 04:00", "16 00:15", "17 00:15"]


def test_rule_19_where_it_is_always_open_a_date_opens_at_midnight() -> None:
    always = BusinessHours(MOSCOW, dict.fromkeys(range(7), ((time(0), time(0)),)))
    said = times(always, moscow("2026-06-15 20:00"), ONE, "2026-06-18 12:00")
    assert said == ["15 21:00", "15 22:00", "15 23:00", "16 00:00", "17 00:15", "18 00:15"]
    too_soon = due_alerts(
        always, moscow("2026-06-15 20:00"), ONE, range(4), moscow("2026-06-16 00:15")
    )
    assert too_soon == DueAlerts()


def test_rule_19_fifteen_minutes_are_business_time() -> None:
    short = {day: ((time(9), time(9, 10)), (time(15), time(15, 10))) for day in range(5)}
    hours = BusinessHours(MOSCOW, short)
    said = times(hours, TEN, (Rung(10 * MINUTE, Recipient.HEAD),), "2026-07-01 12:00")
    assert said == ["15 15:10", "18 15:10", "23 15:10", "26 15:10", "29 15:05", "30 15:05"]


def test_rule_19_where_no_date_opens_any_more_there_is_no_daily_repeat() -> None:
    hours = BusinessHours(MOSCOW, {}, dates={date(2026, 6, 15): ((time(9), time(18)),)})
    assert times(hours, TEN, ONE, "2030-01-01 00:00") == [
        "15 11:00",
        "15 12:00",
        "15 13:00",
        "15 14:00",
    ]
    nothing_left = number_of(date(2026, 6, 16))
    assert instant_of(hours, TEN, ONE, nothing_left) is None
    for day in (date(2026, 6, 20), date(2026, 6, 21)):
        assert instant_of(HOURS, TEN, ONE, number_of(day)) is None


def test_rule_19_the_hourly_repeats_must_have_been_possible() -> None:
    hours = BusinessHours(MOSCOW, {}, dates={date(2026, 6, 15): ((time(9), time(13)),)})
    assert times(hours, TEN, ONE, "2030-01-01 00:00") == ["15 11:00", "15 12:00", "15 13:00"]
    assert next_rung_at(NEVER, TEN, ONE, ()) is None


def test_rule_19_a_daily_repeat_that_too_little_time_follows_never_comes() -> None:
    last = date(2026, 6, 17)
    for minutes, comes in ((14, False), (15, True)):
        until = time(9, minutes)
        hours = BusinessHours(
            MOSCOW,
            {},
            dates={date(2026, 6, 15): ((time(9), time(18)),), last: ((time(9), until),)},
        )
        said = times(hours, TEN, ONE, "2030-01-01 00:00")
        assert (said[-1] == "17 09:15") is comes
        late = due_alerts(hours, TEN, ONE, (0, 1, 2, 3), moscow("2026-06-17 09:14:30"))
        assert late == DueAlerts()


def test_rule_18_after_an_outage_only_the_newest_daily_repeat_is_told_and_in_open_hours() -> None:
    saturday, monday = moscow("2026-06-27 12:00"), moscow("2026-06-29 09:00")
    assert due_alerts(HOURS, TEN, LADDER, (), saturday) == DueAlerts()
    assert next_rung_at(HOURS, TEN, LADDER, (), saturday) == monday
    newest = number_of(date(2026, 6, 26))
    due = due_alerts(HOURS, TEN, LADDER, (), monday)
    assert due == DueAlerts((newest,), frozenset({*range(7), newest}), late=True)
    assert next_rung_at(HOURS, TEN, LADDER, due.passed, monday) == monday + 15 * MINUTE


def test_rule_18_a_daily_repeat_for_any_time_is_told_at_night_too() -> None:
    ladder = (Rung(HOUR, Recipient.HEAD, any_time=True),)
    night, newest = moscow("2026-06-26 03:00"), number_of(date(2026, 6, 25))
    assert next_rung_at(HOURS, TEN, ladder, (), night) == night
    assert due_alerts(HOURS, TEN, ladder, (), night).fire == (newest,)


def test_rule_18_an_earlier_daily_repeat_is_never_told_after_a_later_one() -> None:
    thursday = number_of(date(2026, 6, 25))
    for now in (
        moscow("2026-06-25 09:15"),
        moscow("2026-06-26 09:14"),
        moscow("2026-06-24 12:00"),
    ):
        assert due_alerts(HOURS, TEN, LADDER, {*range(7), thursday}, now) == DueAlerts()
        assert next_rung_at(HOURS, TEN, LADDER, {*range(7), thursday}, now) == moscow(
            "2026-06-26 09:15"
        )


def test_rule_12_a_daily_repeat_of_a_corrected_calendar_comes_at_its_new_opening() -> None:
    tuesday = date(2026, 6, 16)
    fired = range(7)
    corrected = HOURS.with_dates({tuesday: ((time(11), time(18)),)})
    assert next_rung_at(corrected, TEN, LADDER, fired, TEN) == moscow("2026-06-16 11:15")
    closed = HOURS.with_dates({tuesday: ()})
    assert next_rung_at(closed, TEN, LADDER, fired, TEN) == moscow("2026-06-17 09:15")


def test_rule_13_the_dates_of_daily_repeats_are_those_of_the_latest_calendar() -> None:
    east = BusinessHours(ZoneInfo("Asia/Kamchatka"), HOURS.weekly)
    hours = SwappedHours([(HOURS, TEN), (east, moscow("2026-06-17 12:00"))])
    said = times(hours, TEN, ONE, "2026-06-20 00:00")
    assert said[4:] == ["16 09:15", "17 09:15", "18 00:15", "19 00:15"]


def test_only_the_newest_daily_repeat_is_worth_remembering() -> None:
    first, second = (number_of(date(2026, 6, day)) for day in (16, 17))
    assert done_with({0, 3, second, first}) == {0, 3, second}
    assert done_with({0, 3}) == {0, 3}
    assert done_with(()) == frozenset()


def test_rule_19_a_daily_repeat_of_a_short_day_is_found_on_that_day() -> None:
    hours = HOURS.with_dates({date(2026, 6, 20): ((time(10), time(10, 20)),)})
    now = moscow("2026-06-20 10:10")
    fired = {*range(4), number_of(date(2026, 6, 19))}
    assert next_rung_at(hours, TEN, ONE, fired, now) == moscow("2026-06-20 10:15")


class CountedHours:
    """Hours that count how often they are asked."""

    def __init__(self, hours: BusinessHours) -> None:
        self._hours = hours
        self.asked = 0

    def __getattr__(self, name: str) -> object:
        self.asked += 1
        return getattr(self._hours, name)


def test_a_wait_that_nobody_answered_for_ten_years_costs_no_search() -> None:
    day, night = moscow("2036-06-16 10:00"), moscow("2036-06-16 23:00")
    newest, before = number_of(date(2036, 6, 16)), number_of(date(2036, 6, 13))
    assert due_alerts(HOURS, TEN, LADDER, {*range(7), before}, day).fire == (newest,)
    for fired in ((), range(7), {*range(7), before}, {*range(7), newest}):
        for now in (day, night):
            hours = CountedHours(HOURS)
            assert next_rung_at(hours, TEN, LADDER, fired, now) is not None
            assert hours.asked < 50


# -- against a list of all dates ------------------------------------------------------------


def openings(hours: BusinessHours, start: datetime, end: datetime) -> Iterator[datetime]:
    """The first opening of each date, found by looking at every one of them."""
    day = start.astimezone(hours.zone).date()
    spans = list(hours.spans(start - timedelta(days=3), end + timedelta(days=3)))
    while day <= end.astimezone(hours.zone).date():
        midnight, next_midnight = (
            datetime.combine(one, time(), tzinfo=hours.zone)
            for one in (day, day + timedelta(days=1))
        )
        begun = [one for one, _ in spans if midnight <= one < next_midnight]
        through = any(one < midnight and next_midnight <= close for one, close in spans)
        if begun or through:
            yield begun[0] if begun else midnight
        day += timedelta(days=1)


@patient
@given(calendars, instants, st.integers(0, 600), st.sampled_from([3, 12, 40]))
def test_rule_19_daily_repeats_come_fifteen_minutes_after_every_later_opening(
    hours, base, after, days
) -> None:
    ladder = (Rung(after * MINUTE, Recipient.HEAD),)
    last = instant_of(hours, base, ladder, 3)
    assert last is not None
    until = last + timedelta(days=days)
    expected = [
        hours.deadline(one, 15 * MINUTE)
        for one in openings(hours, last - timedelta(days=2), until)
        if one > last
    ]
    said = [at for at, fire in climb(hours, base, ladder, until, frozenset(range(4)))]
    assert said == [at for at in expected if at <= until]
    at_any_time = (replace(ladder[0], any_time=True),)
    for part in (0.25, 0.5, 1):
        now = last + part * (until - last)
        missed = due_alerts(hours, base, at_any_time, range(4), now).fire
        newest = [at for at in said if at <= now][-1:]
        assert [instant_of(hours, base, ladder, number) for number in missed] == newest
