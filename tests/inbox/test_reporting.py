"""Periods, small weeks, and that the parts of any report add up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.calendars import Calendars
from inbox.log_records import Deed, Entry
from inbox.model import Manager, Nature, Outcome
from inbox.report_periods import compared_with, days, is_week, last_week, month, trend_weeks, week
from inbox.report_reading import WINDOW, Source, windows
from inbox.report_records import Figures, Report, Slice, StillOpen, Times, WaitLine
from inbox.report_tally import Tally
from inbox.reporting import report
from inbox.reports_store import Said, Talk
from storage.store import SqlStore, open_store
from tests.inbox.conftest import HOURS
from tests.inbox.golden import CLIENTS, MOSCOW, Filed, moment

BERLIN = ZoneInfo("Europe/Berlin")
NOW = moment("+mon 09:00")
PERIOD = week(moment("wed 12:00"), MOSCOW, NOW)


class TestPeriods:
    def test_a_week_in_which_the_clocks_go_back_is_compared_with_whole_weeks(self) -> None:
        now = datetime(2026, 11, 9, tzinfo=UTC)
        period = week(datetime(2026, 10, 20, tzinfo=UTC), BERLIN, now)
        assert period.until - period.since == timedelta(hours=169)
        assert (period.whole_week, period.over, period.as_of) == (True, True, period.until)
        before = compared_with(period)
        assert [until - since for since, until in before] == [timedelta(hours=168)] * 8
        assert [since for since, _ in before] == [until for _, until in before[1:]] + [
            before[-1][0]
        ]
        assert trend_weeks(period)[-1] == (period.since, period.until)
        assert trend_weeks(period)[:-1] == before[6::-1]

    def test_the_last_week_is_the_one_before_also_where_that_lacks_an_hour(self) -> None:
        at = datetime(2026, 3, 30, 0, 30, tzinfo=BERLIN)  # clocks went forward on the 29th
        found = last_week(at, BERLIN, at)
        assert found.since == datetime(2026, 3, 23, tzinfo=BERLIN)
        assert (found.until, found.whole_week) == (datetime(2026, 3, 30, tzinfo=BERLIN), True)
        hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(24 * 366)]
        assert all(
            last_week(hour, BERLIN, hour).until == week(hour, BERLIN, hour).since for hour in hours
        )

    def test_a_week_that_is_not_over_ends_now(self) -> None:
        period = week(NOW, MOSCOW, NOW)
        assert (period.whole_week, period.over, period.as_of) == (False, False, NOW)
        assert trend_weeks(period)[-1] == (period.since, period.until)

    def test_a_month_is_compared_with_the_month_before(self) -> None:
        period = month(datetime(2026, 3, 31, 22, tzinfo=UTC), BERLIN, NOW)  # 1 April there
        assert period.since == datetime(2026, 3, 31, 22, tzinfo=UTC)
        assert period.until == datetime(2026, 4, 30, 22, tzinfo=UTC)
        # In March the clocks went forward.
        assert compared_with(period) == ((datetime(2026, 2, 28, 23, tzinfo=UTC), period.since),)
        weeks = trend_weeks(period)
        assert weeks[-1] == (datetime(2026, 4, 26, 22, tzinfo=UTC), period.until)
        assert not is_week(period)

    def test_days_from_monday_to_sunday_are_a_week(self) -> None:
        monday, sunday = date(2026, 11, 23), date(2026, 11, 29)
        assert days(monday, sunday, MOSCOW, NOW) == PERIOD
        one = days(monday, monday, MOSCOW, NOW)
        assert one.until - one.since == timedelta(days=1)
        assert compared_with(one) == ((one.since - timedelta(days=1), one.since),)
        with pytest.raises(ValueError, match="2026-11-23 comes before 2026-11-29"):
            days(sunday, monday, MOSCOW, NOW)

    def test_windows_are_short_and_leave_nothing_out(self) -> None:
        spans = compared_with(PERIOD)
        found = list(windows(spans, PERIOD.since))
        assert found[0][0] == spans[-1][0]
        assert found[-1][1] == PERIOD.since
        assert all(until - since <= WINDOW for since, until in found)
        assert [since for since, _ in found[1:]] == [until for _, until in found[:-1]]


@pytest.fixture
async def store(database: str) -> AsyncIterator[SqlStore]:
    opened = await open_store(database)
    yield opened
    await opened.close()


async def reported(store: SqlStore, *lines: str) -> Report:
    """The golden week's studio, in which only this happened."""
    async with store.begin() as t:
        boris = await t.save_manager(Manager(0, "Борис", 100))
        filed = Filed(t, {"Борис": boris}, {}, {})
        for name in CLIENTS:
            firm = await t.add_client(name, None)
            filed.clients[name] = firm, await t.add_contact(firm.id, name)
        for line in lines:
            await filed.line(line)
    source = Source(store, Calendars.only(HOURS), timedelta(hours=1))
    return await report(source, PERIOD, Slice(), NOW)


async def test_an_empty_week_of_an_empty_studio(store: SqlStore) -> None:
    found = await reported(store)
    assert found.studio == Figures()
    assert (found.studio.share, found.trend[-1].share, found.worst) == (None, None, None)
    assert (found.managers, found.clients, found.channels, found.tiers) == ((), (), (), ())
    assert (found.silent, found.newcomers, found.exclusions, found.corrected) == ((), (), (), ())
    assert all(one.last is one.usual is None for one in found.changes)
    assert {sum(map(sum, grid)) for grid in (found.came, found.late)} == {0}


async def test_a_single_message_that_nobody_answered(store: SqlStore) -> None:
    found = await reported(store, "1 Новый info first fri 17:30 open")
    assert (found.studio.messages, found.studio.waits, found.studio.counted) == (1, 1, 0)
    assert found.studio.open == StillOpen(1, 0, moment("fri 17:30"), 1)
    assert found.studio.both.business == Times()
    (new,) = found.newcomers
    assert (new.wait_id, new.business, new.wall, new.within) == (1, None, None, None)
    assert found.worst is not None
    assert (found.worst.business, found.worst.breached) == (timedelta(minutes=30), False)


async def test_a_newcomer_who_waits_too_long_was_not_answered_in_time(store: SqlStore) -> None:
    found = await reported(store, "1 Новый info first fri 16:00 open")
    (new,) = found.newcomers
    assert (new.business, new.within) == (None, False)


async def test_a_change_of_a_calendar_that_cannot_be_read_is_passed_over(store: SqlStore) -> None:
    async with store.begin() as t:
        await t.log([Entry(moment("fri 10:00"), Deed.CALENDAR, after="?")])
    assert (await reported(store)).corrected == ()


@pytest.mark.parametrize(("last", "now"), [(5, 4), (4, 5), (5, 5)])
async def test_of_few_answers_nobody_has_improved(store: SqlStore, last: int, now: int) -> None:
    lines = [
        *(f"{n} Вектор info next -mon 1{n}:00 -mon 1{n}:30 answered Борис" for n in range(last)),
        *(f"{n} Вектор info next mon 1{n}:00 mon 1{n}:10 answered Борис" for n in range(now)),
    ]
    improved = (await reported(store, *lines)).improved
    assert (improved is not None) is (last == now == 5)


MEMBERS = st.sampled_from([None, 1, 2, 3])
MINUTES = st.integers(0, 5000).map(lambda number: timedelta(minutes=number))
TALKS = st.builds(
    Talk,
    st.integers(1, 50),
    st.sampled_from(["telegram", "email:info"]),
    st.integers(1, 6),
    st.just("Клиент"),
    st.sampled_from(["", "gold"]),
    MEMBERS,
)


@st.composite
def lines(draw: st.DrawFn) -> WaitLine:
    talk, took = draw(TALKS), draw(MINUTES)
    outcome = draw(st.sampled_from(["", "answered", "phoned", "dismissed", "closed_unanswered"]))
    breached = draw(st.booleans()) and outcome != "dismissed"
    started = PERIOD.since + draw(st.integers(-5000, 10_000)) * timedelta(minutes=1)
    charged = draw(MEMBERS) if breached else None
    return WaitLine(
        wait_id=draw(st.integers(1, 10**6)),
        conversation_id=talk.conversation_id,
        message_id=None,
        client_id=talk.client_id,
        client=talk.client,
        tier=talk.tier,
        channel_id=talk.channel_id,
        holder_id=talk.holder_id,
        holder="",
        manager_id=draw(MEMBERS),
        manager="",
        charged_id=charged,
        charged="",
        first=draw(st.booleans()),
        outcome=outcome,
        started_at=started,
        taken_at=started + took / 3,
        due_at=started,
        closed_at=started + took if outcome else None,
        reply_within=timedelta(hours=1),
        business=took,
        wall=took,
        own=took / 3,
        within=outcome in {Outcome.ANSWERED, Outcome.PHONED} and not breached,
        breached=breached,
        off_hours=outcome == "answered" and draw(st.booleans()),
        elsewhere=False,
    )


@st.composite
def messages(draw: st.DrawFn) -> Said:
    at = PERIOD.since + draw(st.integers(0, 10_000)) * timedelta(minutes=1)
    return Said(1, at, draw(st.sampled_from(Nature)), draw(st.booleans()), draw(TALKS))


COUNTS = (
    *("messages", "opened", "answered", "phoned", "dismissed", "closed_unanswered", "off_hours"),
    *("within", "late", "unanswered_overdue", "breaches", "waits", "counted"),
)


@given(st.lists(messages(), max_size=20), st.lists(lines(), max_size=40), MEMBERS)
def test_the_parts_add_up_to_the_whole(
    said: list[Said], given_: list[WaitLine], whose: int | None
) -> None:
    tally = Tally(Slice(whose), PERIOD, {1: "Анна", 2: "Борис", 3: "Вера"})
    for message in said:
        tally.hear(message)
    for line in given_:
        tally.add(line)
    whole = tally.figures()
    mine = [one for one in given_ if whose in {None, one.holder_id}]
    assert whole.waits == len(mine)
    assert whole.answered == whole.within + whole.late
    assert whole.breaches == whole.late + whole.unanswered_overdue + whole.open.overdue
    assert whole.breaches == sum(one.count for one in whole.breaches_by)
    assert whole.first.business.n + whole.next.business.n == whole.both.business.n
    parts = (tally.manager_rows, tally.client_rows, tally.channel_rows, tally.tier_rows)
    for rows in (each() for each in parts):
        for name in COUNTS:
            assert sum(getattr(one.figures, name) for one in rows) == getattr(whole, name)
        assert sum(one.figures.open.count for one in rows) == whole.open.count
        assert sum(one.figures.both.wall.n for one in rows) == whole.answered
    assert sum(map(sum, tally.came.grid())) == whole.messages
    assert sum(map(sum, tally.late.grid())) == whole.breaches
