"""Promises: made for open hours, told, reminded of, kept, withdrawn, and climbing when not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.actions import hand_over, phoned, take_on
from inbox.errors import BadPromise, Fault, SendRejected
from inbox.flow import escalate, reply
from inbox.model import (
    Conversation,
    Delivery,
    DeliveryReport,
    Nature,
    Outcome,
    Wait,
    WaitKind,
)
from inbox.ports import Deed
from inbox.promises import fault, keep, promise, tell, withdraw, words
from inbox.sla import Recipient
from tests.inbox.conftest import Studio
from tests.inbox.looking import logged, msk, saved, waits, with_calendars


@pytest.fixture
async def talk(studio: Studio) -> Conversation:
    """Anna's client asked at 10:00 on Monday."""
    await studio.client("Ромашка", studio.anna, "a@x.test")
    return await studio.conversation(await studio.asks("a@x.test"))


async def promised(studio: Studio, talk: Conversation, hour: int = 17) -> Wait:
    return await promise(studio.inbox, talk.id, msk(23, hour), studio.anna)


async def as_stored(studio: Studio, wait: Wait) -> Wait:
    async with studio.inbox.store.begin() as t:
        return (await t.wait(wait.id))[1]


async def answer(studio: Studio, talk: Conversation, key: str) -> None:
    assert await reply(studio.inbox, studio.draft(talk, studio.anna, key)) is not None
    await studio.run()


async def told_at(studio: Studio, hour: int, minute: int = 0) -> set[str]:
    """Who is told of anything at that time."""
    before = len(studio.desk.alerts)
    studio.clock.at = msk(23, hour, minute)
    await escalate(studio.inbox)
    await studio.run()
    return {to.name for _, to in studio.desk.alerts[before:]}


class TestWhenOneMayPromise:
    @pytest.mark.parametrize(
        ("day", "hour", "minute", "reason"),
        [
            (23, 10, 0, "past"),
            (23, 9, 30, "past"),
            (23, 13, 30, "closed"),
            (23, 18, 1, "closed"),
            (28, 12, 0, "closed"),
            (23, 10, 1, None),
            (23, 13, 0, None),
            (24, 9, 0, None),
            (24, 18, 0, None),
        ],
    )
    async def test_in_open_hours_or_exactly_at_closing(
        self, studio: Studio, talk: Conversation, day: int, hour: int, minute: int, reason: str
    ) -> None:
        assert await fault(studio.inbox, talk, msk(day, hour, minute)) == reason

    async def test_a_year_ahead_at_most(self, studio: Studio, talk: Conversation) -> None:
        almost = studio.clock.now() + timedelta(days=366)
        assert await fault(studio.inbox, talk, almost) is None
        assert await fault(studio.inbox, talk, almost + timedelta(minutes=1)) == "too_far"

    async def test_by_the_holders_calendar(self, studio: Studio, talk: Conversation) -> None:
        with_calendars(studio)
        assert await fault(studio.inbox, talk, msk(23, 19)) == "closed"
        await saved(studio, replace(studio.anna, calendar="afternoon"))
        assert await fault(studio.inbox, talk, msk(23, 19)) is None

    async def test_else_it_is_refused(self, studio: Studio, talk: Conversation) -> None:
        with pytest.raises(BadPromise, match="closed"):
            await promise(studio.inbox, talk.id, msk(23, 22), studio.anna)
        assert len(await waits(studio, talk)) == 1


class TestRule10:
    async def test_rule_10_a_promise_is_beside_the_wait_for_a_reply(
        self, studio: Studio, talk: Conversation
    ) -> None:
        made = await promised(studio, talk)
        assert (made.kind, made.due_at) == (WaitKind.PROMISE, msk(23, 17))
        now = await studio.conversation("<m1>")
        assert now.wait == talk.wait
        assert await told_at(studio, 10, 45) == {"Анна"}, "the reply is still awaited"

    async def test_rule_10_i_will_look_and_come_back_is_a_reply(
        self, studio: Studio, talk: Conversation
    ) -> None:
        made = await promised(studio, talk)
        await answer(studio, talk, "k1")
        assert (await studio.conversation("<m1>")).wait is None
        assert (await as_stored(studio, made)).closing is None

    async def test_rule_10_it_reminds_before_and_climbs_when_not_kept(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await answer(studio, talk, "k1")
        await promised(studio, talk)
        assert await told_at(studio, 16, 29) == set()
        assert await told_at(studio, 16, 30) == {"Анна"}
        assert await told_at(studio, 17) == {"Глава"}
        (first, last) = [alert for alert, _ in studio.desk.alerts]
        assert first.wait.kind is WaitKind.PROMISE
        assert (first.remaining, last.remaining) == (timedelta(minutes=30), timedelta())

    async def test_rule_10_one_for_soon_has_no_reminder(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await answer(studio, talk, "k1")
        await promise(studio.inbox, talk.id, msk(23, 10, 20), studio.anna)
        assert await told_at(studio, 10, 19) == set()
        assert await told_at(studio, 10, 20) == {"Глава"}


class TestKeeping:
    async def test_a_reply_after_the_reminder_keeps_it(
        self, studio: Studio, talk: Conversation
    ) -> None:
        made = await promised(studio, talk)
        studio.clock.at = msk(23, 16, 30)
        await answer(studio, talk, "k1")
        kept = (await as_stored(studio, made)).closing
        assert kept is not None
        assert (kept.outcome, kept.by_id, kept.within_target) == (
            Outcome.KEPT,
            studio.anna.id,
            True,
        )
        assert await told_at(studio, 17) == set()

    async def test_too_late_is_kept_but_not_in_time(
        self, studio: Studio, talk: Conversation
    ) -> None:
        made = await promised(studio, talk)
        studio.clock.at = msk(23, 17, 1)
        await answer(studio, talk, "k1")
        kept = (await as_stored(studio, made)).closing
        assert kept is not None
        assert (kept.outcome, kept.within_target) == (Outcome.KEPT, False)

    async def test_a_reply_keeps_what_it_was_promised_for_and_not_the_next(
        self, studio: Studio, talk: Conversation
    ) -> None:
        first, second = await promised(studio, talk, 12), await promised(studio, talk, 17)
        studio.clock.at = msk(23, 12)
        await answer(studio, talk, "k1")
        assert (await as_stored(studio, first)).closing is not None
        assert (await as_stored(studio, second)).closing is None

    async def test_an_answer_written_elsewhere_keeps_it_too(
        self, studio: Studio, talk: Conversation
    ) -> None:
        made = await promised(studio, talk)
        studio.clock.at = msk(23, 16, 45)
        studio.channel.shapes["own"] = {"nature": Nature.OWN}
        await studio.asks("info@studio.test", "own", thread="<m1>")
        assert (await as_stored(studio, made)).closing is not None

    async def test_the_telephone_does_not(self, studio: Studio, talk: Conversation) -> None:
        made = await promised(studio, talk)
        studio.clock.at = msk(23, 16, 45)
        assert await phoned(studio.inbox, talk.id, studio.anna) is not None
        assert (await as_stored(studio, made)).closing is None

    async def test_once_somebody_took_it_on_any_reply_does(
        self, studio: Studio, talk: Conversation
    ) -> None:
        made = await promised(studio, talk)
        studio.clock.at = msk(23, 16, 30)
        await take_on(studio.inbox, made.id, studio.head)
        await answer(studio, talk, "k1")
        assert (await as_stored(studio, made)).closing is not None

    async def test_a_person_says_so_once(self, studio: Studio, talk: Conversation) -> None:
        made, other = await promised(studio, talk), await promised(studio, talk, 16)
        assert await keep(studio.inbox, made.id, studio.anna)
        assert not await keep(studio.inbox, made.id, studio.anna)
        assert not await withdraw(studio.inbox, made.id, studio.anna)
        assert await withdraw(studio.inbox, other.id, studio.anna)
        ends = {one.id: one.closing.outcome for one in await waits(studio, talk) if one.closing}
        assert ends == {made.id: Outcome.KEPT, other.id: Outcome.WITHDRAWN}

    async def test_a_wait_for_a_reply_is_no_promise(
        self, studio: Studio, talk: Conversation
    ) -> None:
        assert talk.wait is not None
        assert not await keep(studio.inbox, talk.wait.id, studio.anna)
        assert not await tell(studio.inbox, talk.wait.id, studio.anna, "press")

    async def test_what_did_not_arrive_kept_nothing(
        self, studio: Studio, talk: Conversation
    ) -> None:
        made = await promised(studio, talk)
        studio.clock.at = msk(23, 16, 45)
        studio.channel.failures = [SendRejected(Fault.REFUSED)]
        await answer(studio, talk, "k1")
        assert (await as_stored(studio, made)).closing is None

    async def test_what_bounced_kept_nothing(self, studio: Studio, talk: Conversation) -> None:
        made = await promised(studio, talk)
        studio.clock.at = msk(23, 16, 30)
        await escalate(studio.inbox)
        await studio.run()
        await answer(studio, talk, "k1")
        assert (await as_stored(studio, made)).closing is not None
        report = DeliveryReport(Delivery.FAILED, "a@x.test", refers_to="<k1>")
        studio.channel.shapes["bounce"] = {"nature": Nature.AUTOMATIC, "delivery": report}
        studio.clock.pass_(minutes=1)
        await studio.asks("mailer-daemon@x.test", "bounce", thread="<k1>")
        assert (await as_stored(studio, made)).closing is None
        assert [to.name for alert, to in studio.desk.alerts if alert.wait.id == made.id] == [
            "Анна"
        ], "the reminder is not repeated"


class TestTelling:
    async def test_the_client_is_told_once_and_the_promise_stands(
        self, studio: Studio, talk: Conversation
    ) -> None:
        made = await promised(studio, talk)
        studio.clock.at = msk(23, 16, 45)  # even after the reminder
        assert await tell(studio.inbox, made.id, studio.anna, "press")
        assert not await tell(studio.inbox, made.id, studio.anna, "press")
        await studio.run()
        (sent,) = studio.channel.sent
        assert sent.text == "ru: promised for 23.11 14:00"
        assert sent.text == await words(studio.inbox, talk, made)
        assert (await studio.conversation("<m1>")).wait is None, "it is a reply (rule 10)"
        assert (await as_stored(studio, made)).closing is None

    async def test_nothing_is_told_of_what_has_ended(
        self, studio: Studio, talk: Conversation
    ) -> None:
        made = await promised(studio, talk)
        await withdraw(studio.inbox, made.id, studio.anna)
        assert not await tell(studio.inbox, made.id, studio.anna, "press")


async def test_one_instant_is_promised_once(studio: Studio, talk: Conversation) -> None:
    made = await promised(studio, talk)
    assert await promised(studio, talk) == made
    assert len(await logged(studio, Deed.PROMISED)) == 1


async def test_the_card_lists_what_is_promised(studio: Studio, talk: Conversation) -> None:
    await promised(studio, talk)
    await promised(studio, talk, 16)
    await studio.run()
    _, card, _, _ = studio.desk.redrawn[-1]
    assert [one.due_at for one in card.promises] == [msk(23, 16), msk(23, 17)]


async def test_a_promise_goes_to_the_new_holder(studio: Studio, talk: Conversation) -> None:
    await answer(studio, talk, "k1")
    made = await promised(studio, talk)
    await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
    assert await told_at(studio, 16, 30) == {"Борис"}
    assert (await as_stored(studio, made)).ladder[0].notify is Recipient.MANAGER
