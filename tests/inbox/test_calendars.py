"""Calendars by name, days that are entered, and hours that take turns (rules 11 to 13)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.business_hours import BusinessHours
from inbox.calendars import STUDIO, Calendar, Calendars, SpecialDay, Stretch, SwappedHours
from inbox.errors import NoWorkingTime
from tests.inbox.drawn import budgets, calendars, instants, patient, roomy

MOSCOW = ZoneInfo("Europe/Moscow")
OMSK = ZoneInfo("Asia/Omsk")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta.resolution
WEEK = dict.fromkeys(range(5), ((time(9), time(18)),))
DAY_HOURS = BusinessHours(MOSCOW, WEEK)
LATE_HOURS = BusinessHours(MOSCOW, dict.fromkeys(range(5), ((time(12), time(21)),)))
OMSK_HOURS = BusinessHours(OMSK, WEEK)
NEVER = BusinessHours(MOSCOW, {})
MONDAY = date(2026, 6, 15)


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW).astimezone(UTC)


NOON = moscow("2026-06-15 12:00")


def entered(calendar: str, day: date, *shifts: tuple[time, time], name: str = "") -> SpecialDay:
    return SpecialDay(calendar, day, shifts, name, 1, NOON)


def three() -> Calendars:
    return Calendars(
        [
            Calendar("late", LATE_HOURS),
            Calendar(STUDIO, DAY_HOURS, {MONDAY: "Made up"}, frozenset({2027})),
            Calendar("east", OMSK_HOURS),
        ]
    )


# -- by name --------------------------------------------------------------------------------


def test_there_is_no_studio_without_a_calendar() -> None:
    with pytest.raises(ValueError, match="'studio'"):
        Calendars([Calendar("late", LATE_HOURS)])


def test_calendars_are_known_by_name_the_studios_first() -> None:
    known = three()
    assert known.names == (STUDIO, "east", "late")
    assert known.studio.hours is DAY_HOURS
    assert known.named("late").hours is LATE_HOURS
    assert known.named(None) is known.studio
    assert known.named("gone from the settings") is known.studio
    assert known.versions == {one.version for one in (DAY_HOURS, LATE_HOURS, OMSK_HOURS)}
    assert Calendars.only(LATE_HOURS).names == (STUDIO,)
    assert Calendars.only(LATE_HOURS).studio.hours is LATE_HOURS


@pytest.mark.parametrize(
    ("client", "manager", "counts"),
    [
        ("east", "late", "east"),
        (None, "late", "late"),
        ("gone", "late", "late"),
        ("east", None, "east"),
        (None, "gone", STUDIO),
        (None, None, STUDIO),
    ],
)
def test_rule_11_the_clients_calendar_else_the_managers_else_the_studios(
    client: str | None, manager: str | None, counts: str
) -> None:
    assert three().of(client, manager).name == counts


# -- days that are entered ------------------------------------------------------------------


def test_rule_12_a_day_that_is_entered_corrects_its_calendar_alone() -> None:
    known = three()
    before = known.versions
    assert known.learn([entered("late", MONDAY, name="Flood")])
    assert known.named("late").hours.next_opening(NOON) == moscow("2026-06-16 12:00")
    assert known.named("late").day_names == {MONDAY: "Flood"}
    assert known.studio.hours is DAY_HOURS
    assert len(known.versions - before) == 1
    assert known.of(None, "late") is known.named("late")


def test_a_day_is_learned_once_and_forgotten_where_it_is_not_among_the_days_any_more() -> None:
    known, days = three(), [entered(STUDIO, MONDAY)]
    assert not known.learn([])
    assert known.learn(days)
    assert not known.learn(list(days))
    assert known.studio.hours.version != DAY_HOURS.version
    assert known.learn([])
    assert known.studio.hours is DAY_HOURS


def test_an_entered_day_keeps_the_name_that_it_had_where_it_is_given_none() -> None:
    known = three()
    known.learn([entered(STUDIO, MONDAY, (time(9), time(10)))])
    studio = known.studio
    assert studio.day_names == {MONDAY: "Made up"}
    assert studio.provisional == {2027}
    assert studio.name == STUDIO
    assert studio.hours.next_opening(NOON) == moscow("2026-06-16 09:00")


def test_days_of_a_calendar_that_is_not_set_change_nothing() -> None:
    known = three()
    known.learn([entered("gone", MONDAY)])
    assert known.versions == three().versions


# -- turns ----------------------------------------------------------------------------------


def course(*turns: tuple[str, datetime]) -> tuple[Stretch, ...]:
    return tuple(Stretch(name, since) for name, since in turns)


def test_a_course_of_one_calendar_is_that_calendar() -> None:
    known = three()
    assert known.course(course(("late", NOON))) is LATE_HOURS
    twice = course(("late", NOON), ("late", NOON + HOUR))
    assert known.course(twice) is LATE_HOURS
    assert known.course(course(("gone", NOON), (STUDIO, NOON + HOUR))) is DAY_HOURS


def test_rule_13_a_swap_counts_what_had_run_by_the_old_hours_and_the_rest_by_the_new() -> None:
    asked, swap = moscow("2026-06-15 11:30"), moscow("2026-06-15 11:45")
    hours = three().course(course((STUDIO, asked), ("late", swap)))
    assert hours.deadline(asked, HOUR) == moscow("2026-06-15 12:45")
    assert hours.deadline(asked, HOUR) == LATE_HOURS.deadline(swap, HOUR - 15 * MINUTE)
    assert hours.elapsed(asked, moscow("2026-06-15 12:30")) == 45 * MINUTE


def test_rule_13_a_deadline_that_was_reached_before_the_swap_stays() -> None:
    asked, swap = moscow("2026-06-15 09:30"), moscow("2026-06-15 10:30")
    hours = three().course(course((STUDIO, asked), ("late", swap)))
    assert hours.deadline(asked, HOUR) == swap
    assert hours.deadline(asked, HOUR - MINUTE) == swap - MINUTE
    assert hours.deadline(asked, HOUR + MINUTE) == moscow("2026-06-15 12:01")


def test_rule_13_a_correction_of_either_calendar_counts_from_the_start() -> None:
    known, asked = three(), moscow("2026-06-15 17:30")
    stretches = course((STUDIO, asked), ("late", moscow("2026-06-15 18:30")))
    assert known.course(stretches).deadline(asked, HOUR) == moscow("2026-06-15 19:00")
    known.learn([entered(STUDIO, MONDAY), entered("late", date(2026, 6, 16))])
    assert known.course(stretches).deadline(asked, 2 * HOUR) == moscow("2026-06-15 20:30")
    assert known.course(stretches).deadline(asked, 3 * HOUR) == moscow("2026-06-17 12:30")


def test_swapped_hours_are_open_as_those_whose_turn_it_is() -> None:
    swap = moscow("2026-06-16 10:00")
    hours = SwappedHours([(DAY_HOURS, NOON), (LATE_HOURS, swap)])
    assert hours.zone is MOSCOW
    assert hours.is_open(moscow("2026-06-15 09:00"))
    assert hours.is_open(swap - TICK)
    assert not hours.is_open(swap)
    assert hours.next_opening(swap) == moscow("2026-06-16 12:00")
    assert hours.next_opening(moscow("2026-06-15 18:00")) == moscow("2026-06-16 09:00")
    assert list(hours.spans(moscow("2026-06-15 17:00"), moscow("2026-06-16 13:00"))) == [
        (moscow("2026-06-15 17:00"), moscow("2026-06-15 18:00")),
        (moscow("2026-06-16 09:00"), swap),
        (moscow("2026-06-16 12:00"), moscow("2026-06-16 13:00")),
    ]
    assert SwappedHours([(DAY_HOURS, NOON), (OMSK_HOURS, swap)]).zone is OMSK


def test_a_turn_without_any_hours_is_skipped() -> None:
    first, second = moscow("2026-06-16 10:00"), moscow("2026-06-17 10:00")
    hours = SwappedHours([(DAY_HOURS, NOON), (NEVER, first), (DAY_HOURS, second)])
    assert hours.next_opening(first) == second
    assert hours.deadline(first - HOUR, 2 * HOUR) == second + HOUR
    assert hours.deadline(second + HOUR, -90 * MINUTE) == first - 30 * MINUTE
    assert hours.deadline(second + HOUR, -2 * HOUR) == moscow("2026-06-15 18:00")
    assert hours.deadline(second + HOUR, -HOUR) == first
    ended = SwappedHours([(DAY_HOURS, NOON), (NEVER, first)])
    with pytest.raises(NoWorkingTime):
        ended.deadline(first - HOUR, 2 * HOUR)
    with pytest.raises(NoWorkingTime):
        ended.next_opening(first)


def test_a_turn_that_began_before_the_one_before_it_takes_its_place() -> None:
    late, early = moscow("2026-06-15 12:00"), moscow("2026-06-15 11:00")
    hours = SwappedHours([(DAY_HOURS, NOON), (LATE_HOURS, late), (DAY_HOURS, early)])
    assert hours.elapsed(moscow("2026-06-15 00:00"), moscow("2026-06-16 00:00")) == 9 * HOUR


def test_the_version_tells_turns_apart() -> None:
    def version(*turns: tuple[BusinessHours, datetime]) -> str:
        return SwappedHours(turns).version

    known = {
        version((DAY_HOURS, NOON), (LATE_HOURS, NOON + HOUR)),
        version((DAY_HOURS, NOON), (LATE_HOURS, NOON + HOUR + TICK)),
        version((LATE_HOURS, NOON), (DAY_HOURS, NOON + HOUR)),
        version((DAY_HOURS, NOON), (OMSK_HOURS, NOON + HOUR)),
    }
    assert len(known) == 4
    assert version((DAY_HOURS, NOON + HOUR), (LATE_HOURS, NOON + HOUR)) in known


# -- properties -----------------------------------------------------------------------------


def turns_of(hours: st.SearchStrategy[BusinessHours]) -> st.SearchStrategy[SwappedHours]:
    """One to four hours that take turns, in the order of their instants."""
    drawn = st.lists(st.tuples(hours, instants), min_size=1, max_size=4)
    return drawn.map(lambda turns: SwappedHours(in_order(turns)))


def in_order(
    turns: Sequence[tuple[BusinessHours, datetime]],
) -> list[tuple[BusinessHours, datetime]]:
    begins = sorted(at for _, at in turns)
    return [(hours, at) for (hours, _), at in zip(turns, begins, strict=True)]


@patient
@given(turns_of(calendars), instants, instants, instants)
def test_swapped_time_is_additive_antisymmetric_and_all_of_the_spans(hours, a, b, c) -> None:
    a, b, c = sorted((a, b, c))
    assert hours.elapsed(a, c) == hours.elapsed(a, b) + hours.elapsed(b, c)
    assert hours.elapsed(b, a) == -hours.elapsed(a, b)
    assert timedelta() <= hours.elapsed(a, b) <= b - a
    spans = list(hours.spans(a, c))
    assert sum((close - open_ for open_, close in spans), timedelta()) == hours.elapsed(a, c)
    assert all(hours.is_open(open_) and hours.is_open(close - TICK) for open_, close in spans)
    assert all(close == c or not hours.is_open(close) for _, close in spans)


@patient
@given(turns_of(roomy), instants, budgets)
def test_a_swapped_deadline_is_where_the_budget_has_run_and_no_earlier(
    hours, start, budget
) -> None:
    due = hours.deadline(start, budget)
    assert hours.elapsed(start, due) == budget
    if budget:
        assert hours.elapsed(start, due - TICK) < budget
    before = hours.deadline(start, -budget)
    assert hours.elapsed(before, start) == budget
    if budget:
        assert hours.elapsed(before - TICK, start) > budget


@patient
@given(turns_of(roomy), instants)
def test_the_next_swapped_opening_is_open_and_nothing_before_it_is(hours, at) -> None:
    opening = hours.next_opening(at)
    assert opening >= at
    assert hours.is_open(opening)
    assert hours.elapsed(at, opening) == timedelta()


@patient
@given(roomy, st.lists(instants, min_size=1, max_size=4), instants, instants, budgets)
def test_turns_of_the_same_hours_are_those_hours(hours, begins, a, b, budget) -> None:
    swapped = SwappedHours([(hours, at) for at in sorted(begins)])
    assert swapped.elapsed(a, b) == hours.elapsed(a, b)
    assert swapped.deadline(a, budget) == hours.deadline(a, budget)
    assert swapped.deadline(a, -budget) == hours.deadline(a, -budget)
    assert swapped.is_open(a) == hours.is_open(a)
    assert swapped.next_opening(a) == hours.next_opening(a)
    assert list(swapped.spans(a, b)) == list(hours.spans(a, b))


@patient
@given(
    st.lists(st.tuples(roomy, instants), min_size=2, max_size=3),
    st.lists(st.tuples(instants, budgets), min_size=2, max_size=4),
)
def test_the_order_of_questions_to_swapped_hours_does_not_matter(turns, questions) -> None:
    turns = in_order(turns)
    known = SwappedHours(turns)
    for start, budget in questions:
        answer = known.deadline(start, budget), known.deadline(start, -budget)
        fresh = [(BusinessHours(one.zone, one.weekly, one.days_off), at) for one, at in turns]
        asked_first = SwappedHours(fresh)
        assert (
            asked_first.deadline(start, budget),
            asked_first.deadline(start, -budget),
        ) == answer
