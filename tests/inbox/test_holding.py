"""Who holds a client, and what a change of holder does to the clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.absences import change_over, go_away
from inbox.actions import dismiss, hand_over, take, undo_dismissal
from inbox.business_hours import BusinessHours
from inbox.calendars import Calendar, Calendars, SpecialDay
from inbox.flow import escalate, reply
from inbox.model import Conversation, Manager, WaitKind
from inbox.policies import Policies
from inbox.ports import Deed
from inbox.promises import promise
from inbox.recounting import keep_calendars, set_day
from inbox.sla import Policy
from tests.inbox.conftest import HOURS, MOSCOW, POLICY, Studio
from tests.inbox.looking import (
    client_calendar,
    held_by,
    logged,
    msk,
    now_of,
    open_wait,
    saved,
    waits,
    with_calendars,
)

HOUR = timedelta(hours=1)


@pytest.fixture
async def talk(studio: Studio) -> Conversation:
    """Anna's client asked at 10:00 on Monday."""
    with_calendars(studio)
    await studio.client("Ромашка", studio.anna, "a@x.test")
    return await studio.conversation(await studio.asks("a@x.test"))


class TestRule05:
    async def test_rule_05_who_held_it_when_it_was_due_is_kept(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.clock.pass_(minutes=70)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        await reply(studio.inbox, studio.draft(talk, studio.boris))
        await studio.run()
        (wait,) = await waits(studio, talk)
        assert await held_by(studio, wait) == studio.anna.id

    async def test_rule_05_handed_over_before_it_is_the_others(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.clock.pass_(minutes=50)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        studio.clock.pass_(minutes=20)
        await reply(studio.inbox, studio.draft(talk, studio.boris))
        await studio.run()
        (wait,) = await waits(studio, talk)
        assert await held_by(studio, wait) == studio.boris.id

    async def test_rule_05_nobody_stays_nobody_whoever_takes_it_later(
        self, studio: Studio
    ) -> None:
        thread = await studio.asks("stranger@x.test")
        talk = await studio.conversation(thread)
        studio.clock.pass_(minutes=70)
        await take(studio.inbox, talk.id, studio.boris)
        await reply(studio.inbox, studio.draft(talk, studio.boris))
        await studio.run()
        (wait,) = await waits(studio, talk)
        assert (wait.held_known, wait.held_by_id) == (True, None)
        assert await held_by(studio, wait) is None

    async def test_rule_05_an_end_that_was_taken_back_charges_nobody(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.clock.pass_(minutes=50)
        await dismiss(studio.inbox, talk.id, studio.anna)
        assert await undo_dismissal(studio.inbox, talk.id, studio.anna)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        studio.clock.pass_(minutes=20)
        await escalate(studio.inbox)
        (wait,) = await waits(studio, talk)
        assert await held_by(studio, wait) == studio.boris.id

    async def test_rule_05_a_due_time_that_was_corrected_away_charges_nobody(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.clock.pass_(minutes=70)
        await escalate(studio.inbox)
        (wait,) = await waits(studio, talk)
        assert wait.held_by_id == studio.anna.id
        off = SpecialDay("studio", msk(23, 10).date(), (), "", None, studio.clock.now())
        await set_day(studio.inbox, off)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        studio.clock.at = msk(24, 11)
        await escalate(studio.inbox)
        (wait,) = await waits(studio, talk)
        assert wait.held_by_id == studio.boris.id


class TestRule11:
    async def test_rule_11_the_clients_calendar_goes_first(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await saved(studio, replace(studio.anna, calendar="always"))
        await client_calendar(studio, talk, "afternoon")
        wait = await open_wait(studio, await studio.asks("a@x.test", "О другом"))
        assert [one.calendar for one in wait.stretches] == ["afternoon"]
        assert wait.due_at == msk(23, 13)

    async def test_rule_11_else_the_managers(self, studio: Studio, talk: Conversation) -> None:
        await saved(studio, replace(studio.anna, calendar="afternoon"))
        wait = await open_wait(studio, await studio.asks("a@x.test", "О другом"))
        assert wait.due_at == msk(23, 13)

    @pytest.mark.parametrize("gone", [None, "of last year"])
    async def test_rule_11_else_the_studios(
        self, studio: Studio, talk: Conversation, gone: str | None
    ) -> None:
        await saved(studio, replace(studio.anna, calendar=gone))
        wait = await open_wait(studio, await studio.asks("a@x.test", "О другом"))
        assert [one.calendar for one in wait.stretches] == ["studio"]
        assert wait.due_at == msk(23, 11)

    async def test_rule_11_a_vacation_does_not_stop_the_clock(
        self, studio: Studio, talk: Conversation
    ) -> None:
        since, until = msk(23, 10), msk(27, 18)
        boris, anna = studio.boris, studio.anna
        await go_away(studio.inbox, anna, since, until, deputy=boris, by=anna)
        wait = await open_wait(studio, await studio.asks("a@x.test", "О другом"))
        assert wait.due_at == msk(23, 11)
        studio.clock.pass_(minutes=45)
        await change_over(studio.inbox)
        await escalate(studio.inbox)
        await studio.run()
        assert {to.name for _, to in studio.desk.alerts} == {boris.name}


class TestRule13:
    async def test_rule_13_a_swapped_calendar_counts_from_the_swap_on(
        self, studio: Studio, talk: Conversation
    ) -> None:
        boris = await saved(studio, replace(studio.boris, calendar="afternoon"))
        studio.clock.pass_(minutes=20)
        await hand_over(studio.inbox, talk.id, boris, studio.anna)
        wait = (await now_of(studio, talk)).wait
        assert wait is not None
        assert wait.due_at == msk(23, 12, 40)
        assert wait.next_rung_at == msk(23, 12, 25)
        (line,) = await logged(studio, Deed.SWAPPED)
        assert line.entry.before == "2026-11-23T08:00:00Z studio"
        assert line.entry.after == "2026-11-23T09:40:00Z afternoon"

    async def test_rule_13_all_that_waits_of_the_client_is_counted_so(
        self, studio: Studio, talk: Conversation
    ) -> None:
        other = await studio.asks("a@x.test", "О другом")
        promised = await promise(studio.inbox, talk.id, msk(23, 17), studio.anna)
        boris = await saved(studio, replace(studio.boris, calendar="afternoon"))
        await hand_over(studio.inbox, talk.id, boris, studio.anna)
        assert (await open_wait(studio, other)).due_at == msk(23, 13)
        kept = next(one for one in await waits(studio, talk) if one.kind is WaitKind.PROMISE)
        assert kept.id == promised.id
        assert kept.due_at == msk(23, 17), "what was promised stays promised"
        assert kept.stretches[-1].calendar == "afternoon"

    async def test_rule_13_the_clients_own_calendar_stays(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await client_calendar(studio, talk, "afternoon")
        thread = await studio.asks("a@x.test", "О другом")
        boris = await saved(studio, replace(studio.boris, calendar="always"))
        await hand_over(studio.inbox, (await studio.conversation(thread)).id, boris, studio.anna)
        wait = await open_wait(studio, thread)
        assert [one.calendar for one in wait.stretches] == ["afternoon"]


async def test_rule_15_a_holder_without_hours_ahead_is_the_heads_matter_once(
    studio: Studio, talk: Conversation
) -> None:
    known = {"studio": HOURS, "never": BusinessHours(MOSCOW, {})}
    calendars = Calendars([Calendar(name, hours) for name, hours in known.items()])
    studio.inbox = replace(studio.inbox, calendars=calendars)
    await studio.asks("a@x.test", "О другом")
    await saved(studio, replace(studio.boris, calendar="never"))
    await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
    await studio.run()
    assert [(notice, to.name) for notice, _, to in studio.desk.told] == [
        ("no_working_time", "Глава")
    ]
    assert [one.due_at for one in await waits(studio, talk)] == [None]


async def test_rule_14_open_waits_keep_their_target_and_ladder(
    studio: Studio, talk: Conversation
) -> None:
    stricter = Policies.only(Policy(timedelta(minutes=15)))
    studio.inbox = replace(studio.inbox, policies=stricter)
    await keep_calendars(studio.inbox)
    await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
    wait = (await now_of(studio, talk)).wait
    assert wait is not None
    assert (wait.reply_within, wait.ladder, wait.due_at) == (HOUR, POLICY.ladder, msk(23, 11))
    new = await open_wait(studio, await studio.asks("b@x.test"))
    assert new.reply_within == timedelta(minutes=15)


async def test_a_change_of_holder_is_logged_where_nothing_waits(
    studio: Studio, talk: Conversation
) -> None:
    await reply(studio.inbox, studio.draft(talk, studio.anna))
    await studio.run()
    await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
    await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
    (line,) = await logged(studio, Deed.ASSIGNED)
    assert (line.entry.before, line.entry.after, line.by) == ("Анна", "Борис", "Анна")
    assert line.entry.wait_id is None


async def test_a_client_goes_to_nobody_unknown(studio: Studio, talk: Conversation) -> None:
    stranger = Manager(99, "Никто", 999)
    await hand_over(studio.inbox, talk.id, stranger, studio.anna)
    assert (await now_of(studio, talk)).assignee_id == studio.anna.id


async def test_who_takes_a_client_is_in_the_log(studio: Studio) -> None:
    talk = await studio.conversation(await studio.asks("b@x.test"))
    await take(studio.inbox, talk.id, studio.boris)
    (line,) = await logged(studio, Deed.ASSIGNED)
    assert (line.entry.before, line.entry.after) == ("", "Борис")
    assert line.entry.manager_id == studio.boris.id
