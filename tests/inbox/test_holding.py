"""Who holds a client, and what a change of holder does to the clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clients_file import Line
from bot.clients_import import take_in
from inbox.absences import change_over, go_away
from inbox.actions import dismiss, hand_over, take, take_on, undo_dismissal
from inbox.business_hours import BusinessHours
from inbox.calendars import Calendar, Calendars, SpecialDay
from inbox.errors import Fault, SendRejected
from inbox.flow import escalate, reply
from inbox.model import Conversation, Manager, WaitKind
from inbox.policies import Policies
from inbox.ports import AlertState, Deed
from inbox.promises import promise
from inbox.recounting import keep_calendars, set_day
from inbox.sla import Policy
from tests.inbox.conftest import HOURS, MOSCOW, POLICY, Studio
from tests.inbox.looking import (
    client_calendar,
    held_by,
    logged,
    msk,
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


async def now_of(studio: Studio, talk: Conversation) -> Conversation:
    async with studio.inbox.store.begin() as t:
        return await t.conversation(talk.id)


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


class TestRule20:
    async def escalated(self, studio: Studio) -> None:
        studio.clock.pass_(minutes=61)
        await escalate(studio.inbox)
        await studio.run()

    async def test_rule_20_who_takes_it_on_has_the_client_and_a_silent_ladder(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await self.escalated(studio)
        shown, told = len(studio.desk.cards), len(studio.desk.alerts)
        wait = talk.wait
        assert wait is not None
        assert await take_on(studio.inbox, wait.id, studio.head) == studio.head
        assert (await now_of(studio, talk)).assignee_id == studio.head.id
        studio.clock.pass_(minutes=59)
        await escalate(studio.inbox)
        await studio.run()
        assert len(studio.desk.alerts) == told
        assert [to for _, to, _ in studio.desk.cards[shown:]] == [studio.head]
        studio.clock.pass_(minutes=1)
        await escalate(studio.inbox)
        await studio.run()
        assert {to for _, to in studio.desk.alerts[told:]} == {studio.head}
        (line,) = await logged(studio, Deed.TAKEN_ON)
        assert (line.entry.before, line.entry.after, line.by) == ("Анна", "Глава", "Глава")

    async def test_rule_20_what_nobody_saw_yet_is_not_shown_any_more(
        self, studio: Studio, talk: Conversation
    ) -> None:
        wait = talk.wait
        assert wait is not None
        studio.clock.pass_(minutes=61)
        await escalate(studio.inbox)
        await take_on(studio.inbox, wait.id, studio.boris)
        await studio.run()
        assert not studio.desk.alerts
        async with studio.inbox.store.begin() as t:
            states = {one.state for one in await t.alerts_of_wait(wait.id)}
        assert states == {AlertState.CANCELLED}

    async def test_rule_20_of_two_who_take_it_on_the_first_has_it(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await self.escalated(studio)
        wait = talk.wait
        assert wait is not None
        await take_on(studio.inbox, wait.id, studio.head)
        assert await take_on(studio.inbox, wait.id, studio.boris) == studio.head
        await studio.run()
        assert (await now_of(studio, talk)).assignee_id == studio.head.id

    async def test_rule_20_it_can_be_taken_on_again_once_the_new_ladder_speaks(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await self.escalated(studio)
        wait = talk.wait
        assert wait is not None
        await take_on(studio.inbox, wait.id, studio.boris)
        studio.clock.pass_(hours=3)
        await escalate(studio.inbox)
        assert await take_on(studio.inbox, wait.id, studio.head) == studio.head
        (again,) = await waits(studio, talk)
        assert (again.round, again.fired) == (2, frozenset())

    async def test_rule_20_ones_own_is_not_taken_on(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await self.escalated(studio)
        wait = talk.wait
        assert wait is not None
        assert await take_on(studio.inbox, wait.id, studio.anna) == studio.anna
        (same,) = await waits(studio, talk)
        assert same.round == 0
        assert not await logged(studio, Deed.TAKEN_ON)

    async def test_rule_20_what_was_answered_is_left_to_who_answered(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await self.escalated(studio)
        await reply(studio.inbox, studio.draft(talk, studio.anna))
        await studio.run()
        (wait,) = await waits(studio, talk)
        assert await take_on(studio.inbox, wait.id, studio.head) == studio.anna

    async def test_rule_20_of_what_has_ended_only_the_client_is_taken(
        self, studio: Studio
    ) -> None:
        talk = await studio.conversation(await studio.asks("b@x.test"))
        assert talk.wait is not None
        await dismiss(studio.inbox, talk.id, studio.anna)
        assert await take_on(studio.inbox, talk.wait.id, studio.head) == studio.head
        assert (await now_of(studio, talk)).assignee_id == studio.head.id
        assert [one.round for one in await waits(studio, talk)] == [0]

    async def test_rule_20_a_client_nobody_has_is_taken_all_the_same(self, studio: Studio) -> None:
        talk = await studio.conversation(await studio.asks("b@x.test"))
        wait = talk.wait
        assert wait is not None
        cards = len(studio.desk.cards)
        assert await take_on(studio.inbox, wait.id, studio.boris) == studio.boris
        await studio.run()
        assert len(studio.desk.cards) == cards, "everybody had its card"


class TestRule21:
    async def test_rule_21_the_new_holder_is_told_what_has_run(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.clock.pass_(minutes=30)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        await studio.run()
        card, to, _ = studio.desk.cards[-1]
        assert (to, card.handed_by) == (studio.boris, studio.anna)
        assert card.wait is not None
        assert (card.wait.started_at, card.wait.due_at) == (msk(23, 10), msk(23, 11))

    async def test_rule_21_where_the_new_holder_cannot_be_told_the_heads_are(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.desk.refuse[studio.boris.id] = [SendRejected(Fault.BLOCKED, "blocked")]
        studio.desk.refuse[studio.head.id] = [SendRejected(Fault.BLOCKED, "blocked")]
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        await studio.run()
        assert not any(studio.desk.refuse.values()), "both were tried, once"
        assert await studio.inbox.store.check() == ()
        await hand_over(studio.inbox, talk.id, studio.anna, studio.boris)
        studio.desk.refuse[studio.boris.id] = [SendRejected(Fault.BLOCKED, "blocked")]
        studio.clock.pass_(minutes=1)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        await studio.run()
        card, to, _ = studio.desk.cards[-1]
        assert (to.name, card.handed_by and card.handed_by.name) == ("Глава", "Анна")

    async def test_rule_21_who_stands_in_for_the_new_holder_is_told(
        self, studio: Studio, talk: Conversation
    ) -> None:
        boris, head = studio.boris, studio.head
        await go_away(studio.inbox, boris, msk(23, 9), msk(24, 18), deputy=head, by=head)
        await hand_over(studio.inbox, talk.id, boris, studio.anna)
        await studio.run()
        assert studio.desk.cards[-1][1].id == head.id

    async def test_rule_21_a_client_who_went_to_another_by_a_list_is_told_too(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await saved(studio, replace(studio.boris, calendar="afternoon"))
        studio.clock.pass_(minutes=61)
        line = Line(2, "Ромашка", "Борис", (), ())
        inbox = studio.inbox
        async for _ in take_in(inbox.store, [line], inbox.calendars, inbox.clock):
            pass
        await studio.run()
        card, to, _ = studio.desk.cards[-1]
        assert (card.conversation.id, to.id) == (talk.id, studio.boris.id)
        (wait,) = await waits(studio, talk)
        assert await held_by(studio, wait) == studio.anna.id
        assert wait.due_at == msk(23, 11), "it was over before"
        (moved,) = await logged(studio, Deed.ASSIGNED)
        assert (moved.entry.before, moved.entry.after) == ("Анна", "Борис")

    async def test_rule_21_what_else_is_open_comes_along_when_the_next_message_does(
        self, studio: Studio, talk: Conversation
    ) -> None:
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.anna, active=False))
        channel_id = studio.channel.channel.id
        studio.inbox = replace(studio.inbox, channel_managers={channel_id: "Борис"})
        thread = await studio.asks("a@x.test", "О другом")
        await studio.run()
        assert (await studio.conversation(thread)).assignee_id == studio.boris.id
        assert (await now_of(studio, talk)).assignee_id == studio.boris.id


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
