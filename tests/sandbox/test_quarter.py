"""The demonstration's quarter: the same for a seed, whole, and of a studio that one recognises."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta

import pytest

from sandbox import quarter, studio
from sandbox.quarter import Did, Step
from sandbox.quarter_cast import BAD, HOLIDAY, LAST, MEMBERS, ON_HOLIDAY, WEEKS
from sandbox.quarter_clients import FIRMS, LEFT_LYING

WEEK = timedelta(days=7)
MONDAY = datetime(2026, 11, 23, tzinfo=studio.ZONE)
ENDS = {Did.ANSWERED, Did.PHONED, Did.DISMISSED}


def week_of(step: Step) -> int:
    return (step.at - quarter.begins(MONDAY)) // WEEK


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    return quarter.steps(MONDAY)


def test_a_seed_gives_one_quarter(steps: list[Step]) -> None:
    assert quarter.steps(MONDAY) == steps
    assert quarter.steps(MONDAY, seed=1) != steps


def test_it_is_told_in_order_and_ends_on_monday_morning(steps: list[Step]) -> None:
    assert [one.at for one in steps] == sorted(one.at for one in steps)
    assert steps[-1].at < MONDAY + timedelta(hours=9)
    assert {week_of(one) for one in steps} == set(range(-1, WEEKS))


def test_what_ends_has_been_asked_and_nothing_ends_twice(steps: list[Step]) -> None:
    waits: dict[tuple[str, int], bool] = defaultdict(bool)
    for one in steps:
        talk = one.firm.house, one.thread
        if one.did is Did.ASKED:
            assert not waits[talk]
            waits[talk] = True
        elif one.did in ENDS:
            assert waits[talk]
            waits[talk] = False
        elif one.did is Did.MORE:
            assert waits[talk]
    lying = [house for (house, _), waiting in waits.items() if waiting]
    assert LEFT_LYING in lying
    assert 3 <= len(lying) <= 12


def test_the_studio_is_six_managers_and_forty_clients() -> None:
    assert Counter(one.role for one in MEMBERS) == {"head": 1, "manager": 6}
    assert len(FIRMS) == 40
    assert len({one.house for one in FIRMS}) == 40
    assert len({one.name[1] for one in FIRMS}) == 40


def test_nobody_answers_on_holiday_and_the_bad_week_is_the_busiest(steps: list[Step]) -> None:
    first, last = HOLIDAY
    there = [one for one in steps if one.by is ON_HOLIDAY and one.did in ENDS]
    since = quarter.begins(MONDAY) + first * WEEK
    asked_on_holiday = [
        one
        for one in there
        if since + timedelta(days=1) <= one.at < quarter.begins(MONDAY) + (last + 1) * WEEK
    ]
    assert there
    assert not asked_on_holiday
    asked = Counter(week_of(one) for one in steps if one.did is Did.ASKED)
    assert max(asked, key=asked.__getitem__) == BAD
    assert min(asked[week] for week in range(WEEKS)) > 80


def test_newcomers_write_for_the_first_time_in_their_week(steps: list[Step]) -> None:
    begun: dict[str, int] = {}
    for one in steps:
        begun.setdefault(one.firm.house, week_of(one))
    assert {one.house: begun[one.house] for one in FIRMS} == {
        one.house: one.since for one in FIRMS
    }
    assert sum(week == LAST for week in begun.values()) == 3


@pytest.mark.parametrize(
    ("today", "monday"),
    [
        (datetime(2026, 11, 24, 20, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 21, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 20, 59, tzinfo=UTC), date(2026, 11, 16)),
        (datetime(2026, 11, 9, 9, tzinfo=UTC), date(2026, 11, 2)),
        (datetime(2027, 1, 13, 9, tzinfo=UTC), date(2026, 12, 28)),
    ],
)
def test_the_last_week_is_a_full_one(today: datetime, monday: date) -> None:
    found = quarter.last_monday(today)
    assert (found.date(), found.time()) == (monday, time())
