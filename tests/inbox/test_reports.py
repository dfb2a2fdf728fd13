"""The week's arithmetic, rule by rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from statistics import median as known_median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.calendars import STUDIO, Calendar
from inbox.model import Outcome, Wait
from inbox.policies import Terms
from inbox.reports import (
    Holding,
    answered_in,
    charged_to,
    median,
    minutes,
    own_time,
    p90,
    share_within,
    week_of,
)
from tests.inbox.conftest import HOURS, POLICY

TEN = datetime(2026, 11, 23, 7, tzinfo=UTC)  # Monday, 10:00 in Moscow
TERMS = Terms(POLICY, Calendar(STUDIO, HOURS))
TIMES = st.lists(st.integers(0, 10**6).map(lambda one: timedelta(seconds=one)), min_size=1)
ANNA, BORIS = 1, 2


def after(number: float) -> datetime:
    return TEN + timedelta(minutes=number)


def answered(number: float, by: int | None = ANNA, outcome: Outcome = Outcome.ANSWERED) -> Wait:
    return Wait.open(TEN, TERMS, first=False).closed(outcome, after(number), by, HOURS)


def test_rule_24_a_week_runs_from_monday_to_monday_in_the_studios_zone() -> None:
    # Two days before the clocks go back in Berlin: this week has 169 hours.
    since, until = week_of(datetime(2026, 10, 23, 12, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    assert since == datetime(2026, 10, 18, 22, tzinfo=UTC)
    assert until - since == timedelta(hours=169)
    assert week_of(since, ZoneInfo("Europe/Berlin")) == (since, until)
    assert week_of(until, ZoneInfo("Europe/Berlin"))[0] == until


def test_rule_24_a_wait_counts_once_in_the_week_of_its_answer() -> None:
    wait = answered(20)
    assert answered_in(wait, TEN, after(21))
    assert answered_in(wait, after(20), after(21))
    assert not answered_in(wait, TEN, after(20))
    assert answered_in(answered(20, outcome=Outcome.PHONED), TEN, after(21))
    assert not answered_in(answered(20, outcome=Outcome.DISMISSED), TEN, after(21))
    assert not answered_in(replace(wait, closing=None), TEN, after(21))


@given(TIMES)
def test_rule_25_the_median_is_the_mean_of_the_middle_two(times: list[timedelta]) -> None:
    seconds = known_median([one.total_seconds() for one in times])
    assert median(times) == timedelta(seconds=seconds)


def test_rule_25_of_few_values_there_is_no_p90() -> None:
    assert median([]) is None
    assert p90([timedelta(minutes=one) for one in range(4)]) is None
    assert p90([timedelta(minutes=one) for one in range(5)]) == timedelta(minutes=4)


@given(TIMES.filter(lambda times: len(times) >= 5))
def test_rule_25_nine_tenths_are_at_most_p90_and_no_smaller_value_does(
    times: list[timedelta],
) -> None:
    found = p90(times)
    assert found is not None
    assert 10 * sum(one <= found for one in times) >= 9 * len(times)
    assert 10 * sum(one < found for one in times) < 9 * len(times)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, 0), (29, 0), (30, 1), (89, 1), (90, 2), (3599, 60)]
)
def test_rule_25_halves_are_rounded_up_in_print_only(seconds: int, shown: int) -> None:
    assert minutes(timedelta(seconds=seconds)) == shown


def test_rule_26_what_is_open_and_overdue_counts_against_the_share() -> None:
    assert share_within(8, 9, 1, 2) == Fraction(8, 12)
    assert share_within(0, 0, 0, 0) is None


class TestRule27:
    def test_rule_27_who_took_over_answers_for_the_time_since_then(self) -> None:
        holdings = [Holding(ANNA, after(-60)), Holding(BORIS, after(30))]
        assert own_time(answered(45, BORIS), HOURS, holdings) == timedelta(minutes=15)

    def test_rule_27_a_colleague_who_only_replied_has_the_whole_time(self) -> None:
        holdings = [Holding(ANNA, after(-60)), Holding(BORIS, after(30))]
        assert own_time(answered(45, ANNA), HOURS, holdings) == timedelta(minutes=45)
        assert own_time(answered(20, ANNA), HOURS, holdings) == timedelta(minutes=20)
        assert own_time(answered(20, ANNA), HOURS, []) == timedelta(minutes=20)

    def test_rule_27_a_hand_over_after_the_reply_changes_nothing(self) -> None:
        holdings = [Holding(ANNA, after(-60)), Holding(BORIS, after(30))]
        assert own_time(answered(10, BORIS), HOURS, holdings) == timedelta(minutes=10)

    @pytest.mark.parametrize("outcome", [Outcome.DISMISSED, Outcome.CLOSED_UNANSWERED])
    def test_rule_27_without_an_answer_there_is_no_time_of_anybodys(
        self, outcome: Outcome
    ) -> None:
        assert own_time(answered(10, outcome=outcome), HOURS, []) is None
        assert own_time(answered(10, None), HOURS, []) is None
        assert own_time(Wait.open(TEN, TERMS, first=True), HOURS, []) is None

    def test_rule_27_a_breach_is_charged_to_who_held_the_wait_when_it_fell_due(self) -> None:
        wait = answered(90, BORIS)
        assert charged_to(wait, [Holding(ANNA, after(-60)), Holding(BORIS, after(61))]) == ANNA
        assert charged_to(wait, [Holding(ANNA, after(-60)), Holding(BORIS, after(60))]) == BORIS
        assert charged_to(wait, [Holding(None, after(-60)), Holding(BORIS, after(70))]) is None
        assert charged_to(wait, []) is None
        assert charged_to(replace(wait, due_at=None), [Holding(ANNA, after(-60))]) is None
