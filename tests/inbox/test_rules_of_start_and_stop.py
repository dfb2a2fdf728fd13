"""Rules 1 to 4, 6, 7 and 9, each by its number, through the whole way of a message."""

from datetime import datetime, timedelta

import pytest

from inbox.actions import dismiss
from inbox.corrections import call_question
from inbox.flow import reply
from inbox.model import Attachment, Conversation, Media, Nature, Wait
from inbox.ports import Card, CardState, Deed
from tests.fakes import MONDAY_TEN
from tests.inbox.conftest import Studio

IVAN = "ivan@romashka.test"


def msk(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 in Moscow, as UTC; the 23rd is a Monday."""
    return MONDAY_TEN.replace(day=day, hour=hour - 3, minute=minute)


async def ask(studio: Studio, text: str = "Вопрос", *, thread: str = "") -> Card:
    """The client's message arrives; its card."""
    await studio.asks(IVAN, text, thread=thread)
    return studio.desk.cards[-1][0]


async def answer(studio: Studio, thread: str, key: str) -> None:
    talk = await studio.conversation(thread)
    assert await reply(studio.inbox, studio.draft(talk, studio.anna, key)) is not None
    await studio.run()


async def waits(studio: Studio, talk: Conversation) -> tuple[Wait, ...]:
    async with studio.inbox.store.begin() as t:
        return await t.waits_in(talk.id)


async def card_of(studio: Studio, message_id: int) -> Card:
    async with studio.inbox.store.begin() as t:
        return await t.card(message_id)


@pytest.fixture
async def thread(studio: Studio) -> str:
    """A question of 10:00 that is answered at 10:10; it is 10:15 now."""
    await studio.client("Ромашка", studio.anna, IVAN)
    first = await studio.asks(IVAN)
    studio.clock.pass_(minutes=10)
    await answer(studio, first, "first")
    studio.clock.pass_(minutes=5)
    return first


class TestRule01:
    async def test_rule_01_a_wait_opens_when_the_message_was_sent(self, studio: Studio) -> None:
        number = await studio.hears(IVAN, "Вопрос")
        studio.clock.pass_(minutes=3)
        await studio.run()
        wait = (await studio.conversation(number)).wait
        assert wait is not None
        assert wait.started_at == MONDAY_TEN

    async def test_rule_01_anyone_on_the_clients_side_opens_it(
        self, studio: Studio, thread: str
    ) -> None:
        await studio.asks("petr@romashka.test", thread=thread)
        wait = (await studio.conversation(thread)).wait
        assert wait is not None
        assert wait.started_at == studio.clock.now()

    @pytest.mark.parametrize("nature", [Nature.EDIT, Nature.SERVICE, Nature.AUTOMATIC])
    async def test_rule_01_no_edit_and_no_event_opens_it(
        self, studio: Studio, thread: str, nature: Nature
    ) -> None:
        studio.channel.shapes["event"] = {"nature": nature}
        await ask(studio, "event", thread=thread)
        assert (await studio.conversation(thread)).wait is None


async def test_rule_02_later_messages_join_the_wait(studio: Studio) -> None:
    first = await studio.asks(IVAN)
    before = (await studio.conversation(first)).wait
    studio.clock.pass_(minutes=50)
    later = await ask(studio, "И ещё", thread=first)
    wait = (await studio.conversation(first)).wait
    assert before is not None
    assert wait is not None
    assert (wait.started_at, wait.due_at, wait.ladder) == (
        before.started_at,
        before.due_at,
        before.ladder,
    )
    assert later.wait is not None
    assert later.wait.id == wait.id


class TestRule03:
    async def test_rule_03_a_reply_from_the_desk_closes_it(
        self, studio: Studio, thread: str
    ) -> None:
        (wait,) = await waits(studio, await studio.conversation(thread))
        assert wait.closing is not None
        assert wait.closing.at == MONDAY_TEN + timedelta(minutes=10)
        assert wait.closing.by_id == studio.anna.id

    async def test_rule_03_a_reply_from_a_mail_program_closes_it(self, studio: Studio) -> None:
        first = await studio.asks(IVAN)
        studio.clock.pass_(minutes=20)
        studio.channel.shapes["own"] = {"nature": Nature.OWN, "sender_name": "Борис"}
        await studio.asks("info@studio.test", "own", thread=first)
        (wait,) = await waits(studio, await studio.conversation(first))
        assert wait.closing is not None
        assert wait.closing.at == MONDAY_TEN + timedelta(minutes=20)
        assert wait.closing.by_id == studio.boris.id

    async def test_rule_03_an_automatic_reply_does_not(self, studio: Studio) -> None:
        first = await studio.asks(IVAN)
        await studio.asks("info@studio.test", "automatic", thread=first)
        assert (await studio.conversation(first)).wait is not None


class TestRule04:
    async def test_rule_04_what_is_older_than_the_reply_belongs_to_the_closed_wait(
        self, studio: Studio, thread: str
    ) -> None:
        studio.channel.shapes["late"] = {"sent_at": MONDAY_TEN + timedelta(minutes=4)}
        await ask(studio, "late", thread=thread)
        talk = await studio.conversation(thread)
        assert talk.wait is None
        assert len(await waits(studio, talk)) == 1

    async def test_rule_04_what_is_younger_than_a_reply_that_is_known_late_waits_anew(
        self, studio: Studio
    ) -> None:
        first = await studio.asks(IVAN)
        studio.clock.pass_(minutes=20)
        await ask(studio, "А когда", thread=first)
        studio.clock.pass_(minutes=20)
        sent_at = MONDAY_TEN + timedelta(minutes=10)
        studio.channel.shapes["own"] = {"nature": Nature.OWN, "sent_at": sent_at}
        await studio.asks("info@studio.test", "own", thread=first)
        talk = await studio.conversation(first)
        assert talk.wait is not None
        assert talk.wait.started_at == MONDAY_TEN + timedelta(minutes=20)


@pytest.mark.parametrize(("seconds", "within"), [(0, True), (1, False)])
async def test_rule_06_exactly_the_target_is_within_it(
    studio: Studio, seconds: int, within: bool
) -> None:
    first = await studio.asks(IVAN)
    studio.clock.pass_(minutes=60, seconds=seconds)
    await answer(studio, first, "k")
    (wait,) = await waits(studio, await studio.conversation(first))
    assert wait.due_at == MONDAY_TEN + timedelta(minutes=60)
    assert wait.closing is not None
    assert wait.closing.within_target is within


class TestRule07:
    async def test_rule_07_off_hours_counting_begins_at_the_next_opening(
        self, studio: Studio
    ) -> None:
        studio.clock.at = msk(23, 20)
        first = await studio.asks(IVAN)
        wait = (await studio.conversation(first)).wait
        assert wait is not None
        assert (wait.started_at, wait.due_at) == (msk(23, 20), msk(24, 10))

    async def test_rule_07_a_reply_off_hours_counts_what_had_run(self, studio: Studio) -> None:
        studio.clock.at = msk(23, 17, 50)
        first = await studio.asks(IVAN)
        studio.clock.at = msk(23, 21)
        await answer(studio, first, "k")
        (wait,) = await waits(studio, await studio.conversation(first))
        assert wait.closing is not None
        assert wait.closing.business == timedelta(minutes=10)

    async def test_rule_07_no_time_at_all_is_a_legal_value(self, studio: Studio) -> None:
        studio.clock.at = msk(23, 20)
        first = await studio.asks(IVAN)
        studio.clock.at = msk(23, 21)
        await answer(studio, first, "k")
        (wait,) = await waits(studio, await studio.conversation(first))
        assert wait.closing is not None
        assert wait.closing.business == timedelta()
        assert wait.closing.within_target


class TestRule09:
    async def test_rule_09_thanks_after_a_reply_open_no_wait(
        self, studio: Studio, thread: str
    ) -> None:
        card = await ask(studio, "Спасибо большое!", thread=thread)
        assert (await studio.conversation(thread)).wait is None
        assert (card.state, card.message.nature) == (CardState.QUIET, Nature.THANKS)
        assert card.message.nature_reason == "thanks"
        assert (await card_of(studio, card.message_id)).message.nature is Nature.THANKS

    async def test_rule_09_a_sticker_too(self, studio: Studio, thread: str) -> None:
        studio.channel.attachments = (Attachment(Media.STICKER, "a", "", None, "email:info", "r"),)
        card = await ask(studio, "", thread=thread)
        assert card.message.nature is Nature.THANKS

    async def test_rule_09_a_question_opens_one(self, studio: Studio, thread: str) -> None:
        card = await ask(studio, "Спасибо, а когда?", thread=thread)
        assert card.state is CardState.WAITING

    async def test_rule_09_before_any_reply_thanks_wait_as_anything(self, studio: Studio) -> None:
        assert (await ask(studio, "ок")).state is CardState.WAITING

    async def test_rule_09_after_a_dismissal_alone_too(self, studio: Studio) -> None:
        first = await studio.asks(IVAN)
        assert await dismiss(studio.inbox, (await studio.conversation(first)).id, studio.anna)
        studio.clock.pass_(minutes=1)
        assert (await ask(studio, "ок", thread=first)).state is CardState.WAITING

    async def test_rule_09_inside_an_open_wait_they_change_nothing(
        self, studio: Studio, thread: str
    ) -> None:
        asked = await ask(studio, "А ещё вопрос", thread=thread)
        studio.clock.pass_(minutes=5)
        thanks = await ask(studio, "спасибо", thread=thread)
        assert thanks.message.nature is Nature.PERSON
        assert thanks.wait is not None
        assert asked.wait is not None
        assert (thanks.wait.id, thanks.wait.started_at) == (asked.wait.id, asked.wait.started_at)

    async def test_rule_09_thanks_that_came_before_the_reply_was_known_are_marked(
        self, studio: Studio
    ) -> None:
        first = await studio.asks(IVAN)
        studio.clock.pass_(minutes=20)
        thanks = await ask(studio, "Спасибо!", thread=first)
        studio.clock.pass_(minutes=1)
        question = await ask(studio, "А когда", thread=first)
        studio.clock.pass_(minutes=1)
        more = await ask(studio, "спасибо", thread=first)
        sent_at = MONDAY_TEN + timedelta(minutes=10)
        studio.channel.shapes["own"] = {"nature": Nature.OWN, "sent_at": sent_at}
        await studio.asks("info@studio.test", "own", thread=first)
        talk = await studio.conversation(first)
        assert talk.wait is not None
        assert talk.wait.started_at == MONDAY_TEN + timedelta(minutes=21)
        marked = await card_of(studio, thanks.message_id)
        assert (marked.message.nature, marked.wait) == (Nature.THANKS, None)
        for one in (question, more):
            joined = await card_of(studio, one.message_id)
            assert joined.message.nature is Nature.PERSON
            assert joined.wait is not None
            assert joined.wait.id == talk.wait.id

    async def test_rule_09_thanks_alone_after_such_a_reply_leave_nothing_open(
        self, studio: Studio
    ) -> None:
        first = await studio.asks(IVAN)
        studio.clock.pass_(minutes=20)
        await ask(studio, "Спасибо!", thread=first)
        studio.channel.shapes["own"] = {
            "nature": Nature.OWN,
            "sent_at": MONDAY_TEN + timedelta(minutes=10),
        }
        await studio.asks("info@studio.test", "own", thread=first)
        assert (await studio.conversation(first)).wait is None

    async def test_rule_09_one_press_makes_a_question_with_its_original_time(
        self, studio: Studio, thread: str
    ) -> None:
        card, sent_at = await ask(studio, "ок", thread=thread), studio.clock.now()
        studio.clock.pass_(minutes=40)
        assert await call_question(studio.inbox, card.message_id, studio.anna)
        await studio.run()
        wait = (await studio.conversation(thread)).wait
        assert wait is not None
        assert wait.started_at == sent_at
        asked = await card_of(studio, card.message_id)
        assert asked.state is CardState.WAITING
        assert asked.wait is not None
        assert asked.wait.id == wait.id
        assert asked.message.nature_reason == "corrected_by:Анна"
        redrawn = {one.message_id: one.state for _, one, _, _ in studio.desk.redrawn}
        assert redrawn[card.message_id] is CardState.WAITING
        assert not await call_question(studio.inbox, card.message_id, studio.anna)

    async def test_rule_09_what_was_pressed_is_not_remembered(
        self, studio: Studio, thread: str
    ) -> None:
        card = await ask(studio, "ок", thread=thread)
        assert await call_question(studio.inbox, card.message_id, studio.anna)
        studio.clock.pass_(minutes=1)
        await answer(studio, thread, "second")
        studio.clock.pass_(minutes=1)
        assert (await ask(studio, "ок", thread=thread)).message.nature is Nature.THANKS

    async def test_rule_09_an_open_wait_begins_with_the_earlier_question(
        self, studio: Studio, thread: str
    ) -> None:
        thanks, sent_at = await ask(studio, "ок", thread=thread), studio.clock.now()
        studio.clock.pass_(minutes=5)
        await ask(studio, "А когда", thread=thread)
        assert await call_question(studio.inbox, thanks.message_id, studio.anna)
        talk = await studio.conversation(thread)
        assert talk.wait is not None
        assert talk.wait.started_at == sent_at
        async with studio.inbox.store.begin() as t:
            logged = await t.logged(conversation_id=talk.id)
        assert [one.entry.deed for one in logged][-1] is Deed.MOVED

    async def test_rule_09_a_later_question_than_the_waits_joins_it(
        self, studio: Studio, thread: str
    ) -> None:
        thanks = await ask(studio, "ок", thread=thread)
        studio.channel.shapes["before"] = {"sent_at": studio.clock.now() - timedelta(minutes=1)}
        await ask(studio, "before", thread=thread)
        assert await call_question(studio.inbox, thanks.message_id, studio.anna)
        talk = await studio.conversation(thread)
        asked = await card_of(studio, thanks.message_id)
        assert talk.wait is not None
        assert asked.wait is not None
        assert asked.wait.id == talk.wait.id
        assert talk.wait.started_at == studio.clock.now() - timedelta(minutes=1)

    async def test_rule_09_a_question_answered_since_waits_no_more(
        self, studio: Studio, thread: str
    ) -> None:
        thanks = await ask(studio, "ок", thread=thread)
        studio.clock.pass_(minutes=1)
        await answer(studio, thread, "second")
        assert await call_question(studio.inbox, thanks.message_id, studio.anna)
        assert (await studio.conversation(thread)).wait is None

    async def test_rule_09_a_question_is_not_taken_for_thanks_again(
        self, studio: Studio, thread: str
    ) -> None:
        thanks, sent_at = await ask(studio, "ок", thread=thread), studio.clock.now()
        assert await call_question(studio.inbox, thanks.message_id, studio.anna)
        studio.channel.shapes["own"] = {
            "nature": Nature.OWN,
            "sent_at": sent_at - timedelta(minutes=1),
        }
        await studio.asks("info@studio.test", "own", thread=thread)
        wait = (await studio.conversation(thread)).wait
        assert wait is not None
        assert wait.started_at == sent_at
