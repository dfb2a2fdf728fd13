"""What an escalation that is taken on does, and what a new holder is told (rules 20, 21)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clients_file import Line
from bot.clients_import import take_in
from inbox.absences import go_away
from inbox.actions import dismiss, hand_over, take_on
from inbox.errors import Fault, SendRejected
from inbox.flow import escalate, reply
from inbox.model import Conversation
from inbox.ports import AlertState, Deed
from tests.inbox.conftest import Studio
from tests.inbox.looking import (
    held_by,
    logged,
    msk,
    now_of,
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
