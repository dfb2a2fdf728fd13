"""The tasks of the day: at the opening what is to be done, at the end what slipped."""

import asyncio
from dataclasses import replace
from datetime import datetime, time, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.absences import come_back, go_away
from inbox.business_hours import BusinessHours
from inbox.errors import Fault, SendDeferred, SendRejected
from inbox.jobs import ShowTasks
from inbox.model import Client, Manager, Role
from inbox.task_digests import (
    LATE,
    WorkingDay,
    digest_of,
    has_news,
    tell_tasks,
    working_day,
)
from inbox.tasks import finish, make
from inbox.work_records import Horizon, Task, TaskDigest
from tests.fakes import failures
from tests.inbox.conftest import HOURS, MOSCOW, Studio
from tests.inbox.looking import ALWAYS, msk, saved, with_calendars

NIGHTS = BusinessHours(MOSCOW, dict.fromkeys(range(4), ((time(22), time(6)),)))
NEVER = BusinessHours(MOSCOW, {})
CLIENT = Client(1, "Ромашка", 1)


class TestTheDay:
    @pytest.mark.parametrize(
        ("at", "opens"),
        [
            (msk(23, 9), msk(23, 9)),
            (msk(23, 13, 30), msk(23, 9)),
            (msk(23, 23), msk(23, 9)),
            (msk(24, 8, 59), msk(23, 9)),
            (msk(24, 9), msk(24, 9)),
            (msk(28, 8), msk(27, 9)),
        ],
    )
    def test_it_is_the_latest_that_has_begun(self, at: datetime, opens: datetime) -> None:
        assert working_day(HOURS, at) == day(opens, opens + timedelta(hours=9))

    @pytest.mark.parametrize("at", [msk(29, 12), msk(30, 8, 59)])
    def test_none_where_the_date_and_the_one_before_are_off(self, at: datetime) -> None:
        assert working_day(HOURS, at) is None

    def test_a_night_shift_is_of_the_date_on_which_it_starts(self) -> None:
        monday = day(msk(23, 22), msk(24, 6))
        assert working_day(NIGHTS, msk(23, 22)) == monday
        assert working_day(NIGHTS, msk(24, 3)) == monday
        assert working_day(NIGHTS, msk(24, 21)) == monday
        assert working_day(NIGHTS, msk(27, 12)) == day(msk(26, 22), msk(27, 6))
        assert working_day(NIGHTS, msk(28, 12)) is None

    def test_where_it_never_closes_the_day_is_as_people_have_it(self) -> None:
        assert working_day(ALWAYS, msk(28, 12)) == day(msk(28, 9), msk(28, 18))
        assert working_day(ALWAYS, msk(28, 8)) == day(msk(27, 9), msk(27, 18))

    def test_no_hours_no_day(self) -> None:
        assert working_day(NEVER, msk(23, 12)) is None

    @given(st.integers(0, 14 * 24 * 60))
    def test_it_has_begun_and_is_no_older_than_two_days(self, minutes: int) -> None:
        now = msk(16, 3) + timedelta(minutes=minutes)
        for hours in (HOURS, NIGHTS, ALWAYS):
            found = working_day(hours, now)
            if found is not None:
                assert found.opens <= now < found.opens + timedelta(days=2)
                assert found.opens < found.closes
                assert hours.is_open(found.opens)


def task(number: int, due_at: datetime | None = None, horizon: Horizon = Horizon.NOW) -> Task:
    return Task(f"k{number}", 1, f"t{number}", horizon, 1, msk(20, 10), due_at=due_at, id=number)


NOW, UNTIL = msk(23, 9, 5), msk(23, 18)


def day(opens: datetime, closes: datetime) -> WorkingDay:
    return WorkingDay(opens.astimezone(MOSCOW).date(), opens, closes)


def ids(digest: TaskDigest) -> tuple[list[int], list[int], list[int], list[int]]:
    parts = (digest.overdue, digest.today, digest.now, digest.done)
    overdue, today, now, done = ([one.id for one, _ in part] for part in parts)
    return overdue, today, now, done


class TestSorting:
    def digest(
        self, *tasks: Task, evening: bool = False, done: tuple[Task, ...] = ()
    ) -> TaskDigest:
        now = UNTIL if evening else NOW
        pairs, of_done = [(one, CLIENT) for one in tasks], [(one, CLIENT) for one in done]
        return digest_of(pairs, of_done, now=now, until=UNTIL, evening=evening)

    def test_in_the_morning(self) -> None:
        late, later = Horizon.LATER, Horizon.SOON
        found = self.digest(
            task(1, msk(20, 18)),
            task(2, NOW),
            task(3, UNTIL, later),
            task(4, UNTIL + timedelta(minutes=1)),
            task(5),
            task(6, None, later),
            task(7, msk(20, 18), late),
        )
        assert ids(found) == ([1, 7], [2, 3], [5], [])

    def test_thousands_hold_nothing_up(self) -> None:
        late = [task(number, msk(20, 18)) for number in range(4000)]
        ahead = [task(4000 + number, UNTIL) for number in range(4000)]
        begun = process_time()
        found = self.digest(*late, *ahead)
        assert process_time() - begun < 0.5, "a comparison of each with each takes seconds"
        assert (len(found.overdue), len(found.today)) == (4000, 4000)

    def test_in_the_evening(self) -> None:
        done = replace(task(9), done_at=msk(23, 12))
        found = self.digest(
            task(1, msk(20, 18)),
            task(3, UNTIL),
            task(4, msk(24, 9)),
            task(5),
            evening=True,
            done=(done,),
        )
        assert ids(found) == ([1, 3], [], [], [9])

    @given(
        st.lists(st.tuples(st.one_of(st.none(), st.integers(-100, 100)), st.sampled_from(Horizon)))
    )
    def test_each_stands_in_one_list(self, drawn: list[tuple[int | None, Horizon]]) -> None:
        tasks = [
            task(number, None if hours is None else NOW + timedelta(hours=hours), horizon)
            for number, (hours, horizon) in enumerate(drawn, 1)
        ]
        for evening in (False, True):
            listed = [one for part in ids(self.digest(*tasks, evening=evening)) for one in part]
            assert len(listed) == len(set(listed))
        morning = self.digest(*tasks)
        assert has_news(morning) == any(ids(morning))


@pytest.fixture
async def client_id(studio: Studio) -> int:
    """Anna's client."""
    async with studio.inbox.store.begin() as t:
        return (await t.add_client("Ромашка", studio.anna.id)).id


async def made(
    studio: Studio,
    client_id: int,
    title: str = "Макет",
    due_at: datetime | None = None,
    horizon: Horizon = Horizon.NOW,
) -> Task:
    inbox, anna = studio.inbox, studio.anna
    found = await make(inbox, client_id, title, horizon, anna, key=title, due_at=due_at)
    assert found is not None
    return found


async def at(studio: Studio, instant: datetime) -> list[tuple[bool, str, list[str]]]:
    """What is shown by then: whether it is the evening's, to whom, the titles."""
    shown = len(studio.desk.tasks)
    studio.clock.at = instant
    await tell_tasks(studio.inbox)
    await studio.run()
    return [
        (
            digest.evening,
            to.name,
            [
                one.title
                for part in (digest.overdue, digest.today, digest.now, digest.done)
                for one, _ in part
            ],
        )
        for digest, to in studio.desk.tasks[shown:]
    ]


class TestTelling:
    async def test_a_day_and_the_next(self, studio: Studio, client_id: int) -> None:
        studio.clock.at = msk(20, 12)
        await made(studio, client_id)
        second = await made(studio, client_id, "Счёт", msk(23, 17))
        assert await at(studio, msk(22, 12)) == [], "a day off"
        assert await at(studio, msk(23, 8, 59)) == []
        assert await at(studio, msk(23, 9)) == [(False, "Анна", ["Счёт", "Макет"])]
        assert await at(studio, msk(23, 9, 1)) == []
        assert await at(studio, msk(23, 17, 59)) == []
        assert await at(studio, msk(23, 18)) == [(True, "Анна", ["Счёт"])]
        assert await at(studio, msk(23, 18, 1)) == []
        await finish(studio.inbox, second.id, studio.anna)
        assert await at(studio, msk(24, 9)) == [(False, "Анна", ["Макет"])]

    async def test_what_was_done_on_this_day(self, studio: Studio, client_id: int) -> None:
        studio.clock.at = msk(20, 12)
        first, second = await made(studio, client_id), await made(studio, client_id, "Счёт")
        await finish(studio.inbox, first.id, studio.anna)
        studio.clock.at = msk(23, 8)
        await finish(studio.inbox, second.id, studio.boris)
        assert await at(studio, msk(23, 18)) == [(True, "Анна", ["Счёт"])]

    async def test_nothing_to_tell_nothing_told(self, studio: Studio, client_id: int) -> None:
        studio.clock.at = msk(20, 12)
        await made(studio, client_id, horizon=Horizon.LATER)
        assert await at(studio, msk(23, 9)) == []
        assert await at(studio, msk(23, 18)) == []

    async def test_late_after_an_outage(self, studio: Studio, client_id: int) -> None:
        studio.clock.at = msk(20, 12)
        await made(studio, client_id, due_at=msk(23, 12))
        assert await at(studio, msk(23, 17, 59)) == [(False, "Анна", ["Макет"])]
        assert await at(studio, msk(23, 18) + LATE - timedelta(seconds=1)) == [
            (True, "Анна", ["Макет"])
        ]
        assert await at(studio, msk(24, 18) + LATE) == [], "the day was slept through"

    async def test_other_hours_of_the_same_date_tell_it_no_second_time(
        self, studio: Studio, client_id: int
    ) -> None:
        with_calendars(studio)
        await made(studio, client_id)
        assert len(await at(studio, msk(23, 10))) == 1
        await saved(studio, replace(studio.anna, calendar="afternoon"))
        assert await at(studio, msk(23, 12)) == []

    async def test_two_processes_tell_it_once(self, studio: Studio, client_id: int) -> None:
        await made(studio, client_id)
        await asyncio.gather(tell_tasks(studio.inbox), tell_tasks(studio.inbox))
        await studio.run()
        assert len(studio.desk.tasks) == 1

    async def test_each_by_the_own_calendar(self, studio: Studio, client_id: int) -> None:
        with_calendars(studio)
        await saved(studio, replace(studio.anna, calendar="afternoon"))
        studio.clock.at = msk(20, 12)
        await made(studio, client_id, due_at=msk(23, 15))
        assert await at(studio, msk(23, 11, 59)) == []
        assert await at(studio, msk(23, 12)) == [(False, "Анна", ["Макет"])]
        assert await at(studio, msk(23, 20)) == [(True, "Анна", ["Макет"])]

    async def test_who_is_away_hears_nothing_and_who_stands_in_does(
        self, studio: Studio, client_id: int
    ) -> None:
        await made(studio, client_id)
        anna, boris = studio.anna, studio.boris
        await go_away(studio.inbox, anna, msk(24, 0 + 3), msk(26, 9), deputy=boris, by=anna)
        assert await at(studio, msk(24, 9)) == [(False, "Борис", ["Макет"])]
        studio.clock.at = msk(24, 12)
        await come_back(studio.inbox, anna, anna)
        assert await at(studio, msk(24, 12, 1)) == [(False, "Анна", ["Макет"])], "back today"

    async def test_who_left_and_group_chats_hear_nothing(
        self, studio: Studio, client_id: int
    ) -> None:
        await made(studio, client_id)
        await saved(studio, replace(studio.anna, active=False))
        await saved(studio, Manager(0, "Отдел", -100, Role.CHAT))
        assert [to for _, to, _ in await at(studio, msk(24, 9))] == ["Глава"]

    async def test_what_nobody_sees_to_is_the_heads_matter(
        self, studio: Studio, client_id: int
    ) -> None:
        async with studio.inbox.store.begin() as t:
            free = (await t.add_client("Вега", None)).id
            own = (await t.add_client("Зерно", studio.head.id)).id
            other = (await t.add_client("Ель", studio.boris.id)).id
        for number, title in ((free, "Ничья"), (own, "Своя"), (other, "Чужая")):
            await made(studio, number, title)
        await made(studio, client_id, "Ушедшей")
        await saved(studio, replace(studio.anna, active=False))
        told = sorted((to, sorted(titles)) for _, to, titles in await at(studio, msk(24, 9)))
        assert told == [("Борис", ["Чужая"]), ("Глава", ["Ничья", "Своя", "Ушедшей"])]


class TestShowing:
    async def put(self, studio: Studio, job: ShowTasks) -> None:
        async with studio.inbox.store.begin() as t:
            await t.put(job, key="tasks", lane="manager:1")
        await studio.run()

    async def test_what_cannot_be_shown_holds_nothing_up(
        self, studio: Studio, client_id: int
    ) -> None:
        await made(studio, client_id)
        studio.desk.refuse[studio.anna.id, "show_tasks"] = failures(SendRejected(Fault.BLOCKED))
        await self.put(studio, ShowTasks(studio.anna.id, False, "2026-11-23T15:00:00Z"))
        assert studio.desk.tasks == []
        assert studio.desk.told == []

    async def test_what_comes_too_late_is_not_shown(self, studio: Studio, client_id: int) -> None:
        await made(studio, client_id, due_at=msk(23, 11))
        studio.desk.refuse[studio.anna.id] = [SendDeferred(Fault.UNREACHABLE)] * 2
        assert await at(studio, msk(23, 12)) == []
        studio.clock.at = msk(23, 18)
        await studio.later(2.2)
        assert studio.desk.tasks == [], "the morning is over"

    async def test_who_went_away_or_left_meanwhile(self, studio: Studio, client_id: int) -> None:
        await made(studio, client_id)
        anna, boris = studio.anna, studio.boris
        await go_away(studio.inbox, anna, msk(23, 10), msk(24, 9), deputy=boris, by=anna)
        await self.put(studio, ShowTasks(anna.id, False, "2026-11-23T15:00:00Z"))
        await saved(studio, replace(boris, active=False))
        async with studio.inbox.store.begin() as t:
            job = ShowTasks(boris.id, False, "2026-11-23T15:00:00Z")
            await t.put(job, key="another", lane="manager:2")
        await studio.run()
        assert studio.desk.tasks == []
