"""Who writes off hours is told once when the studio opens; the clock goes on."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox.actions import dismiss
from inbox.business_hours import BusinessHours
from inbox.calendars import Calendars
from inbox.corrections import call_question
from inbox.model import Delivery, DeliveryReport, Nature
from inbox.ports import ReplyState
from tests.fakes import MONDAY_TEN
from tests.inbox.conftest import Studio
from tests.inbox.off_hours import EVENING, IVAN, answer, entries, state, switched


@pytest.fixture(autouse=True)
def evening(studio: Studio) -> None:
    """It is Monday 20:00 in Moscow, the studio is closed until 09:00, and says so."""
    studio.clock.at = EVENING
    switched(studio)


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
