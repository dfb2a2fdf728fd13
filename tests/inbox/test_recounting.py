"""Corrected calendars: open waits at once, closed ones when somebody says so (rule 12)."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from inbox.actions import hand_over, phone_note, phoned
from inbox.business_hours import BusinessHours
from inbox.calendars import Calendars, SpecialDay
from inbox.errors import NoSuchRow
from inbox.flow import escalate, reply
from inbox.model import Conversation, WaitKind
from inbox.ports import Deed
from inbox.promises import promise
from inbox.recounting import PAGE, apply, drop_day, keep_calendars, recounted, set_day
from tests.inbox.conftest import HOURS, MOSCOW, Studio
from tests.inbox.looking import logged, msk, open_wait, saved, waits, with_calendars

MONDAY = date(2026, 11, 23)


@pytest.fixture
async def talk(studio: Studio) -> Conversation:
    """Anna's client asked at 10:00 on Monday."""
    await studio.client("Ромашка", studio.anna, "a@x.test")
    return await studio.conversation(await studio.asks("a@x.test"))


def day(
    studio: Studio, on: date, *shifts: tuple[time, time], calendar: str = "studio"
) -> SpecialDay:
    return SpecialDay(calendar, on, shifts, "Ремонт", studio.head.id, studio.clock.now())


def another_process(studio: Studio) -> Studio:
    """The same studio, served by a process that has the settings and nothing else."""
    calendars = Calendars.only(HOURS)
    return replace(studio, inbox=replace(studio.inbox, calendars=calendars))


class TestRule12:
    async def test_rule_12_open_waits_are_counted_anew_at_once(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.clock.pass_(minutes=20)
        await set_day(studio.inbox, day(studio, MONDAY, (time(10, 30), time(20))))
        wait = await open_wait(studio, "<m1>")
        assert wait.due_at == msk(23, 11, 30)
        assert wait.next_rung_at == msk(23, 11, 15), "a rung that is ahead moved"
        await studio.run()
        _, card, _, _ = studio.desk.redrawn[-1]
        assert card.wait == wait
        assert await drop_day(studio.inbox, "studio", MONDAY, studio.head)
        assert (await open_wait(studio, "<m1>")).due_at == msk(23, 11)

    async def test_rule_12_days_that_were_learned_elsewhere_before_count_as_well(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await keep_calendars(studio.inbox)
        async with studio.inbox.store.begin() as t:
            await t.save_special_day(day(studio, MONDAY, (time(10, 30), time(20))))
            studio.inbox.calendars.learn(await t.special_days())
        await keep_calendars(studio.inbox)
        assert (await open_wait(studio, "<m1>")).due_at == msk(23, 11, 30)

    async def test_rule_12_what_was_told_is_not_told_again(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.clock.pass_(minutes=45)
        await escalate(studio.inbox)
        await studio.run()
        await set_day(studio.inbox, day(studio, MONDAY, (time(10, 30), time(20))))
        for minute in (15, 30):
            studio.clock.at = msk(23, 11, minute)
            await escalate(studio.inbox)
            await studio.run()
        assert [to.name for _, to in studio.desk.alerts] == ["Анна", "Глава"]

    async def test_rule_12_what_is_now_over_is_the_holders(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await set_day(studio.inbox, day(studio, MONDAY))
        assert (await open_wait(studio, "<m1>")).due_at == msk(24, 10)
        studio.clock.at = msk(23, 12)
        await drop_day(studio.inbox, "studio", MONDAY, None)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        await escalate(studio.inbox)
        await studio.run()
        assert {to.name for _, to in studio.desk.alerts} == {"Глава"}

    async def test_rule_12_every_process_hears_of_it(
        self, studio: Studio, talk: Conversation
    ) -> None:
        other = another_process(studio)
        await keep_calendars(other.inbox)
        await set_day(studio.inbox, day(studio, MONDAY))
        assert other.inbox.calendars.studio.hours.is_open(msk(23, 12))
        await keep_calendars(other.inbox)
        assert not other.inbox.calendars.studio.hours.is_open(msk(23, 12))
        assert len(await logged(studio, Deed.RECOUNTED)) == 1, "and counts nothing twice"

    async def test_rule_12_settings_that_changed_while_it_was_down(
        self, studio: Studio, talk: Conversation
    ) -> None:
        later = BusinessHours(MOSCOW, dict.fromkeys(range(5), ((time(12), time(20)),)))
        studio.inbox = replace(studio.inbox, calendars=Calendars.only(later))
        await keep_calendars(studio.inbox)
        assert (await open_wait(studio, "<m1>")).due_at == msk(23, 13)
        (line,) = await logged(studio, Deed.RECOUNTED)
        said = line.entry.before, line.entry.after
        assert said == ("2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z")

    async def test_rule_12_more_waits_than_one_transaction_takes(self, studio: Studio) -> None:
        for number in range(PAGE + 1):
            await studio.hears(f"k{number}@x.test", "Вопрос")
        await studio.run()
        await set_day(studio.inbox, day(studio, MONDAY))
        async with studio.inbox.store.begin() as t:
            dues = {one.wait and one.wait.due_at for one in await t.waiting(None, 999)}
        assert dues == {msk(24, 10)}

    async def test_rule_12_a_promise_stays_where_it_is(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await promise(studio.inbox, talk.id, msk(23, 17), studio.anna)
        await set_day(studio.inbox, day(studio, MONDAY, (time(9), time(16))))
        (made,) = [one for one in await waits(studio, talk) if one.kind is WaitKind.PROMISE]
        assert made.due_at == msk(23, 17)
        assert made.next_rung_at == msk(23, 15, 30), "30 minutes of business time before"

    async def test_rule_12_a_swapped_wait_is_left_alone_where_nothing_changed(
        self, studio: Studio, talk: Conversation
    ) -> None:
        with_calendars(studio)
        boris = await saved(studio, replace(studio.boris, calendar="afternoon"))
        studio.clock.pass_(minutes=20)
        await hand_over(studio.inbox, talk.id, boris, studio.anna)
        await keep_calendars(studio.inbox)
        assert not await logged(studio, Deed.RECOUNTED)
        await set_day(studio.inbox, day(studio, MONDAY, calendar="afternoon"))
        assert (await open_wait(studio, "<m1>")).due_at == msk(24, 12, 40)

    async def test_rule_12_closed_waits_keep_their_numbers(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.clock.pass_(minutes=50)
        await reply(studio.inbox, studio.draft(talk, studio.anna))
        await studio.run()
        before = await waits(studio, talk)
        await set_day(studio.inbox, day(studio, MONDAY))
        assert await waits(studio, talk) == before


async def test_no_hour_left_warns_once(studio: Studio, talk: Conversation) -> None:
    never = BusinessHours(MOSCOW, {})
    studio.inbox = replace(studio.inbox, calendars=Calendars.only(never))
    await keep_calendars(studio.inbox)
    await studio.run()
    told = [(notice, to.name) for notice, _, to in studio.desk.told]
    assert told == [("no_working_time", "Глава")]
    (line,) = await logged(studio, Deed.RECOUNTED)
    assert line.entry.after == "-"


class TestDays:
    async def test_they_are_logged(self, studio: Studio) -> None:
        await set_day(studio.inbox, day(studio, MONDAY))
        short = day(studio, MONDAY, (time(9), time(13)), (time(14), time(17)))
        await set_day(studio.inbox, replace(short, name=""))
        await drop_day(studio.inbox, "studio", MONDAY, studio.admin)
        closed = "studio 2026-11-23 closed Ремонт"
        shorter = "studio 2026-11-23 09:00-13:00,14:00-17:00"
        lines = await logged(studio, Deed.CALENDAR)
        assert [(one.by, one.entry.before, one.entry.after) for one in lines] == [
            ("Глава", "", closed),
            ("Глава", closed, shorter),
            ("Админ", shorter, ""),
        ]

    async def test_of_a_calendar_that_is_not_set(self, studio: Studio) -> None:
        with pytest.raises(NoSuchRow, match="nights"):
            await set_day(studio.inbox, day(studio, MONDAY, calendar="nights"))

    async def test_dropping_what_was_not_entered(self, studio: Studio) -> None:
        assert not await drop_day(studio.inbox, "studio", MONDAY, studio.head)
        assert not await logged(studio)


class TestAfterwards:
    WEEK = msk(23, 9), msk(28, 9)

    @pytest.fixture
    async def answered(self, studio: Studio, talk: Conversation) -> Conversation:
        """Answered at 11:10, ten minutes late."""
        studio.clock.pass_(minutes=70)
        await reply(studio.inbox, studio.draft(talk, studio.anna))
        await studio.run()
        return talk

    async def test_it_shows_what_would_change_and_changes_nothing(
        self, studio: Studio, answered: Conversation
    ) -> None:
        before = await waits(studio, answered)
        await set_day(studio.inbox, day(studio, MONDAY, (time(10, 30), time(18))))
        (one,) = [each async for each in recounted(studio.inbox, *self.WEEK)]
        assert (one.conversation.id, one.before) == (answered.id, before[0])
        assert one.after.due_at == msk(23, 11, 30)
        assert one.after.closing is not None
        closing = one.after.closing
        assert (closing.business, closing.within_target) == (timedelta(minutes=40), True)
        assert closing.wall == timedelta(minutes=70)
        assert await waits(studio, answered) == before

    async def test_applied_it_is_so_and_logged_once(
        self, studio: Studio, answered: Conversation
    ) -> None:
        await set_day(studio.inbox, day(studio, MONDAY, (time(10, 30), time(18))))
        found = [each async for each in recounted(studio.inbox, *self.WEEK)]
        assert await apply(studio.inbox, found, studio.head) == 1
        assert await apply(studio.inbox, found, studio.head) == 0
        assert await waits(studio, answered) == (found[0].after,)
        assert [each async for each in recounted(studio.inbox, *self.WEEK)] == []
        (line,) = await logged(studio, Deed.RECOUNTED)
        assert (line.by, line.entry.before, line.entry.after) == (
            "Глава",
            "2026-11-23T08:00:00Z 4200 breached",
            "2026-11-23T08:30:00Z 2400 within",
        )
        await studio.run()
        _, card, _, _ = studio.desk.redrawn[-1]
        assert card.wait == found[0].after

    async def test_what_was_said_on_the_telephone_stays(
        self, studio: Studio, talk: Conversation
    ) -> None:
        closed = await phoned(studio.inbox, talk.id, studio.anna)
        assert closed is not None
        await phone_note(studio.inbox, closed.id, studio.anna, "Всё ясно")
        await set_day(studio.inbox, day(studio, MONDAY))
        found = [each async for each in recounted(studio.inbox, *self.WEEK)]
        await apply(studio.inbox, found, None)
        (wait,) = await waits(studio, talk)
        assert wait.closing is not None
        assert (wait.closing.note, wait.due_at) == ("Всё ясно", msk(24, 10))

    async def test_only_what_lies_between(self, studio: Studio, answered: Conversation) -> None:
        await set_day(studio.inbox, day(studio, MONDAY))
        times = msk(24, 9), msk(25, 9)
        assert [each async for each in recounted(studio.inbox, *times)] == []

    async def test_more_than_one_page(self, studio: Studio) -> None:
        async with studio.inbox.store.begin() as t:
            staff = await t.staff()
        for number in range(PAGE):
            await studio.hears(f"k{number}@x.test", "Вопрос")
        await studio.run()
        async with studio.inbox.store.begin() as t:
            talks = [one.id for one in await t.waiting(None, 999)]
        for one in talks:
            await phoned(studio.inbox, one, staff[0])
        await set_day(studio.inbox, day(studio, MONDAY))
        found = [each async for each in recounted(studio.inbox, *self.WEEK)]
        assert len(found) == PAGE
        assert await apply(studio.inbox, found, studio.head) == PAGE
