"""When a board has to be written again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inbox.boards import Board, facts_of
from inbox.live_records import Live, LiveFigures, OpenWait
from inbox.report_records import Slice

AT = datetime(2026, 11, 25, 9, 30, 40, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WAIT = OpenWait(1, 2, 3, 4, "Ромашка", "telegram", 5, "Анна", AT, AT + 2 * MINUTE, timedelta())
LIVE = Live(
    at=AT,
    since=AT - timedelta(hours=9),
    zone="Europe/Moscow",
    slice=Slice(),
    figures=LiveFigures(waiting=1),
    managers=(),
    longest=(WAIT,),
    next_due=WAIT,
    unheld=LiveFigures(),
    open=True,
    opens_at=None,
)
SHOWN = Board(7, -100, None, 1, whole=True, opened_at=AT, message_id=9, shown="x", shown_at=AT)


def test_whose_figures_it_tells() -> None:
    assert SHOWN.slice == Slice()
    assert replace(SHOWN, whole=False).slice == Slice(1)


def test_one_that_does_not_stand_there_yet() -> None:
    assert replace(SHOWN, message_id=None).outdated(LIVE, "x")
    assert replace(SHOWN, shown_at=None).outdated(LIVE, "x")


def test_something_changed() -> None:
    assert SHOWN.outdated(LIVE, "y")
    assert not SHOWN.outdated(LIVE, "x")


def test_its_clock_goes_by_minutes_and_stands_still_at_night() -> None:
    assert not SHOWN.outdated(replace(LIVE, at=AT + timedelta(seconds=19)), "x")
    assert SHOWN.outdated(replace(LIVE, at=AT + timedelta(seconds=20)), "x")
    assert not SHOWN.outdated(replace(LIVE, at=AT + 60 * MINUTE, open=False), "x")


def test_time_alone_changes_no_facts_until_something_falls_due() -> None:
    def later(minutes: int) -> Live:
        waited = replace(WAIT, business=minutes * MINUTE)
        return replace(LIVE, at=AT + minutes * MINUTE, longest=(waited,), next_due=waited)

    assert facts_of(later(1)) == facts_of(LIVE)
    assert facts_of(later(2)) != facts_of(LIVE)
    assert facts_of(replace(LIVE, next_due=None)) != facts_of(LIVE)
    assert facts_of(replace(LIVE, figures=LiveFigures())) != facts_of(LIVE)
    assert facts_of(replace(LIVE, unheld=LiveFigures(waiting=1))) != facts_of(LIVE)
