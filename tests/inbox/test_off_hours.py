"""Who writes off hours is told once when the studio opens; the clock goes on."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox.actions import dismiss
from inbox.business_hours import BusinessHours
from inbox.calendars import Calendars
from inbox.corrections import call_question
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.flow import reply
from inbox.jobs import SendOffHoursReply
from inbox.model import Delivery, DeliveryReport, Nature
from inbox.ports import Deed, Entry, OffHoursReply, ReplyState
from tests.fakes import MONDAY_TEN, RecordingConnector
from tests.inbox.conftest import Studio

IVAN = "ivan@romashka.test"
EVENING = MONDAY_TEN.replace(hour=17)  # 20:00 in Moscow
SOON = timedelta(seconds=0.1)


class NamelessConnector(RecordingConnector):
    """A channel that names messages itself."""

    def external_id(self, key: str) -> str | None:
        return None


def switched(studio: Studio, **more: object) -> None:
    studio.inbox = replace(studio.inbox, off_hours_reply=True, **more)  # type: ignore[arg-type]  # fields of an inbox


@pytest.fixture(autouse=True)
def evening(studio: Studio) -> None:
    """It is Monday 20:00 in Moscow, the studio is closed until 09:00, and says so."""
    studio.clock.at = EVENING
    switched(studio)


async def told(studio: Studio, thread: str) -> OffHoursReply | None:
    talk = await studio.conversation(thread)
    async with studio.inbox.store.begin() as t:
        waits = await t.waits_in(talk.id)
        return await t.off_hours_reply(waits[0].id)


async def state(studio: Studio, thread: str) -> ReplyState | None:
    found = await told(studio, thread)
    return None if found is None else found.state


async def entries(studio: Studio) -> list[Entry]:
    async with studio.inbox.store.begin() as t:
        logged = await t.logged()
    return [one.entry for one in logged if one.entry.deed is Deed.OFF_HOURS_REPLY]


async def answer(studio: Studio, thread: str, key: str) -> None:
    talk = await studio.conversation(thread)
    assert await reply(studio.inbox, studio.draft(talk, studio.anna, key)) is not None


class TestWhoIsTold:
    async def test_one_message_goes_out_as_an_answer_and_marked(self, studio: Studio) -> None:
        thread = await studio.asks(IVAN, "Вопрос")
        (sent,) = studio.channel.sent
        wait = (await studio.conversation(thread)).wait
        assert wait is not None
        assert sent.text == "ru at 23.11 17:00: open 24.11 06:00, answer by 24.11 07:00"
        assert (sent.automatic, sent.author, sent.only_sender) == ("auto-replied", "", True)
        assert sent.answering is not None
        assert sent.answering.text == "Вопрос"
        assert (sent.key, sent.external_id) == (f"off_hours:{wait.id}", f"<off_hours:{wait.id}>")
        assert await state(studio, thread) is ReplyState.SENT

    async def test_it_stops_no_clock(self, studio: Studio) -> None:
        thread = await studio.asks(IVAN)
        talk = await studio.conversation(thread)
        assert talk.wait is not None
        assert talk.answered_at is None
        assert talk.wait.due_at == MONDAY_TEN + timedelta(days=1)

    async def test_what_follows_it_is_known_by_its_ids(self, studio: Studio) -> None:
        thread = await studio.asks(IVAN)
        talk = await studio.conversation(thread)
        assert talk.wait is not None
        for one in (f"<off_hours:{talk.wait.id}>", f"<alias-off_hours:{talk.wait.id}>"):
            assert (await studio.conversation(one)).id == talk.id

    async def test_the_log_says_so(self, studio: Studio) -> None:
        thread = await studio.asks(IVAN)
        (entry,) = await entries(studio)
        talk = await studio.conversation(thread)
        assert talk.wait is not None
        assert (entry.by_id, entry.wait_id, entry.after) == (None, talk.wait.id, "sent")

    async def test_lunch_is_off_hours_too(self, studio: Studio) -> None:
        studio.clock.at = MONDAY_TEN.replace(hour=10, minute=30)
        await studio.asks(IVAN)
        assert "open 23.11 11:00" in studio.channel.sent[0].text

    async def test_nobody_in_open_hours(self, studio: Studio) -> None:
        studio.clock.at = MONDAY_TEN
        await studio.asks(IVAN)
        assert not studio.channel.sent

    async def test_nobody_where_the_studio_does_not_wish_it(self, studio: Studio) -> None:
        studio.inbox = replace(studio.inbox, off_hours_reply=False)
        await studio.asks(IVAN)
        assert not studio.channel.sent

    @pytest.mark.parametrize("minutes", [60, 61])
    async def test_nobody_whose_message_is_old(self, studio: Studio, minutes: int) -> None:
        written = studio.clock.now() - timedelta(minutes=minutes)
        studio.channel.shapes["old"] = {"sent_at": written}
        await studio.asks(IVAN, "old")
        assert len(studio.channel.sent) == (1 if minutes == 60 else 0)

    @pytest.mark.parametrize("nature", [Nature.AUTOMATIC, Nature.NEWSLETTER, Nature.EDIT])
    async def test_no_machine(self, studio: Studio, nature: Nature) -> None:
        studio.channel.shapes["odd"] = {"nature": nature}
        await studio.asks(IVAN, "odd")
        assert not studio.channel.sent

    @pytest.mark.parametrize(
        ("warning", "count"),
        [("dmarc_failed", 0), ("cc_only", 0), ("signed", 1), ("look_alike:romashka.ru", 1)],
    )
    async def test_nobody_who_may_be_forged_or_asked_somebody_else(
        self, studio: Studio, warning: str, count: int
    ) -> None:
        studio.channel.shapes["odd"] = {"warnings": (warning,)}
        await studio.asks(IVAN, "odd")
        assert len(studio.channel.sent) == count

    async def test_nobody_whose_conversation_is_a_guess(self, studio: Studio) -> None:
        studio.clock.at = MONDAY_TEN
        studio.channel.shapes["one"] = {"subject": "Макет вывески"}
        first = await studio.asks(IVAN, "one")
        await answer(studio, first, "k")
        await studio.run()
        studio.channel.sent.clear()
        studio.clock.at = EVENING
        await studio.asks(IVAN, "one")
        assert (await studio.conversation(first)).wait is not None
        assert not studio.channel.sent

    async def test_nobody_where_it_is_not_known_when_it_opens(self, studio: Studio) -> None:
        never = Calendars.only(BusinessHours(ZoneInfo("Europe/Moscow"), {}))
        switched(studio, calendars=never)
        await studio.asks(IVAN)
        assert not studio.channel.sent

    async def test_thanks_that_a_manager_calls_a_question_are_no_news(
        self, studio: Studio
    ) -> None:
        studio.clock.at = MONDAY_TEN
        thread = await studio.asks(IVAN)
        await answer(studio, thread, "k")
        await studio.run()
        studio.channel.sent.clear()
        studio.clock.at = EVENING
        await studio.asks(IVAN, "ок", thread=thread)
        await call_question(studio.inbox, studio.desk.cards[-1][0].message_id, studio.anna)
        await studio.run()
        assert not studio.channel.sent


class TestOnce:
    async def test_once_per_wait(self, studio: Studio) -> None:
        thread = await studio.asks(IVAN)
        studio.clock.pass_(minutes=5)
        await studio.asks(IVAN, "И ещё", thread=thread)
        assert len(studio.channel.sent) == 1

    async def test_once_per_closed_time_in_a_conversation(self, studio: Studio) -> None:
        thread = await studio.asks(IVAN)
        studio.clock.pass_(minutes=5)
        assert await dismiss(studio.inbox, (await studio.conversation(thread)).id, studio.anna)
        studio.clock.pass_(minutes=5)
        await studio.asks(IVAN, "И ещё", thread=thread)
        assert len(studio.channel.sent) == 1

    async def test_once_per_closed_time_to_one_sender(self, studio: Studio) -> None:
        await studio.asks(IVAN)
        studio.clock.pass_(minutes=5)
        await studio.asks(IVAN)
        await studio.asks("petr@romashka.test")
        assert [one.answering and one.answering.sender.address for one in studio.channel.sent] == [
            IVAN,
            "petr@romashka.test",
        ]

    async def test_again_the_next_night(self, studio: Studio) -> None:
        thread = await studio.asks(IVAN)
        studio.clock.pass_(hours=14)
        await answer(studio, thread, "k")
        await studio.run()
        studio.clock.pass_(hours=10)
        await studio.asks(IVAN, thread=thread)
        assert [one.automatic for one in studio.channel.sent] == [
            "auto-replied",
            "",
            "auto-replied",
        ]

    async def test_not_while_somebody_answers_at_night(self, studio: Studio) -> None:
        studio.clock.at = MONDAY_TEN
        thread = await studio.asks(IVAN)
        studio.clock.at = EVENING
        await answer(studio, thread, "k")
        await studio.run()
        studio.clock.pass_(minutes=5)
        await studio.asks(IVAN, "А цена", thread=thread)
        assert [one.automatic for one in studio.channel.sent] == [""]


class TestOnItsWay:
    """The letter is queued and not yet sent."""

    async def queued(self, studio: Studio, *errors: Exception | None) -> str:
        studio.channel.failures = list(errors)
        return await studio.asks(IVAN)

    async def deferred(self, studio: Studio) -> str:
        away = SendDeferred(Fault.UNREACHABLE, retry_after=SOON)
        thread = await self.queued(studio, away)
        assert await state(studio, thread) is ReplyState.QUEUED
        return thread

    async def test_deferred_it_is_tried_again_and_says_what_is_true_then(
        self, studio: Studio
    ) -> None:
        thread = await self.deferred(studio)
        studio.clock.pass_(hours=5)
        await studio.later()
        assert await state(studio, thread) is ReplyState.SENT
        assert studio.channel.sent[-1].text.startswith("ru at 23.11 22:00: open")

    async def test_without_a_word_on_when_it_is_tried_after_half_its_age(
        self, studio: Studio
    ) -> None:
        thread = await self.queued(studio, SendDeferred(Fault.UNREACHABLE))
        await studio.later()
        assert await state(studio, thread) is ReplyState.QUEUED
        await studio.later(2.0)
        assert await state(studio, thread) is ReplyState.SENT

    async def test_it_is_dropped_when_the_studio_has_opened(self, studio: Studio) -> None:
        thread = await self.deferred(studio)
        studio.clock.pass_(hours=13)
        await studio.later()
        assert await state(studio, thread) is ReplyState.REJECTED
        assert len(studio.channel.sent) == 1
        assert [one.after for one in await entries(studio)] == ["rejected expired"]

    async def test_it_is_dropped_when_the_wait_has_ended(self, studio: Studio) -> None:
        thread = await self.deferred(studio)
        assert await dismiss(studio.inbox, (await studio.conversation(thread)).id, studio.anna)
        await studio.later()
        assert await state(studio, thread) is ReplyState.REJECTED
        assert len(studio.channel.sent) == 1

    async def test_it_is_dropped_when_somebody_is_answering(self, studio: Studio) -> None:
        thread = await self.deferred(studio)
        studio.channel.failures = [SendDeferred(Fault.UNREACHABLE, retry_after=SOON * 100)]
        await answer(studio, thread, "k")
        await studio.later()
        assert await state(studio, thread) is ReplyState.REJECTED
        assert [one.automatic for one in studio.channel.sent] == ["auto-replied", ""]

    async def test_it_is_dropped_when_its_channel_is_gone(self, studio: Studio) -> None:
        thread = await self.deferred(studio)
        switched(studio, connectors={})
        await studio.later()
        assert await state(studio, thread) is ReplyState.REJECTED

    @pytest.mark.parametrize(
        ("error", "becomes"),
        [
            (SendRejected(Fault.NO_SUCH_ADDRESS), ReplyState.REJECTED),
            (SendUncertain(Fault.NO_ANSWER), ReplyState.UNCERTAIN),
            (RuntimeError("a fault of the connector"), ReplyState.UNCERTAIN),
        ],
    )
    async def test_what_failed_for_good_is_not_sent_again(
        self, studio: Studio, error: Exception, becomes: ReplyState
    ) -> None:
        thread = await self.queued(studio, error)
        await studio.later()
        assert await state(studio, thread) is becomes
        assert len(studio.channel.sent) == 1

    async def test_a_channel_that_names_its_messages_itself(self, studio: Studio) -> None:
        studio.channel = NamelessConnector(studio.clock)
        switched(studio, connectors={studio.channel.channel.id: studio.channel})
        thread = await studio.asks(IVAN)
        assert await state(studio, thread) is ReplyState.SENT

    async def test_found_half_sent_it_is_never_sent_again(self, studio: Studio) -> None:
        thread = await self.deferred(studio)
        half = await told(studio, thread)
        assert half is not None
        async with studio.inbox.store.begin() as t:
            await t.save_off_hours_reply(replace(half, state=ReplyState.SENDING))
        await studio.later()
        assert await state(studio, thread) is ReplyState.UNCERTAIN
        assert len(studio.channel.sent) == 1
        assert [one.after for one in await entries(studio)] == ["uncertain interrupted"]

    async def test_a_job_that_runs_twice_sends_once(self, studio: Studio) -> None:
        thread = await studio.asks(IVAN)
        talk = await studio.conversation(thread)
        assert talk.wait is not None
        async with studio.inbox.store.begin() as t:
            await t.put(SendOffHoursReply(talk.wait.id), key="again", lane="again")
        await studio.run()
        assert len(studio.channel.sent) == 1


class TestWhatComesBack:
    async def bounced(self, studio: Studio, thread: str, refers_to: str) -> None:
        report = DeliveryReport(Delivery.FAILED, IVAN, "5.1.1", "no such user", refers_to)
        studio.channel.shapes["bounce"] = {"nature": Nature.BOUNCE, "delivery": report}
        await studio.asks("mailer-daemon@studio.test", "bounce", thread=thread)

    async def test_its_bounce_is_not_taken_for_a_replys(self, studio: Studio) -> None:
        studio.clock.at = MONDAY_TEN
        thread = await studio.asks(IVAN)
        await answer(studio, thread, "k")
        await studio.run()
        studio.clock.at = EVENING
        await studio.asks(IVAN, thread=thread)
        letter = studio.channel.sent[-1].external_id
        assert letter is not None
        await self.bounced(studio, thread, letter)
        talk = await studio.conversation(thread)
        async with studio.inbox.store.begin() as t:
            (kept,) = await t.replies(talk.id)
        assert kept.state is ReplyState.SENT
        assert studio.desk.cards[-1][0].message.nature is Nature.BOUNCE
        assert not studio.desk.deliveries

    async def test_an_echo_closes_nothing(self, studio: Studio) -> None:
        thread = await studio.asks(IVAN)
        await studio.asks("info@studio.test", "echo", thread=thread)
        assert (await studio.conversation(thread)).wait is not None
