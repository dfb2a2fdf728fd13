"""A manager says that a message is, or is not, a person's; and what is remembered of it."""

from datetime import timedelta

from inbox.corrections import call_automatic, call_person
from inbox.flow import reply
from inbox.model import Nature
from inbox.ports import Card, CardState
from tests.fakes import MONDAY_TEN
from tests.inbox.conftest import Studio


async def card_of(studio: Studio, message_id: int) -> Card:
    async with studio.inbox.store.begin() as t:
        return await t.card(message_id)


async def newest(studio: Studio) -> Card:
    return await card_of(studio, studio.desk.cards[-1][0].message_id)


class TestAPersonAfterAll:
    async def test_the_wait_opens_with_its_original_time(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "robot@x.test")
        await studio.asks("robot@x.test", "automatic")
        studio.clock.pass_(minutes=30)
        message_id = studio.desk.cards[0][0].message_id

        assert await call_person(studio.inbox, message_id, studio.anna)
        await studio.run()

        card = await card_of(studio, message_id)
        assert card.state is CardState.WAITING
        assert card.wait is not None
        assert card.wait.started_at == MONDAY_TEN
        assert card.message.nature_reason == "corrected_by:Анна"
        assert studio.desk.redrawn[-1][1].state is CardState.WAITING
        assert not await call_person(studio.inbox, message_id, studio.anna)

    async def test_it_is_remembered_for_the_sender(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "robot@x.test")
        await studio.asks("robot@x.test", "automatic")
        await call_person(studio.inbox, studio.desk.cards[0][0].message_id, studio.anna)
        studio.clock.pass_(minutes=5)

        await studio.asks("robot@x.test", "automatic")
        await studio.asks("other@x.test", "automatic")

        mine, others = studio.desk.cards[1][0], studio.desk.cards[-1][0]
        assert mine.message.nature is Nature.PERSON
        assert mine.message.nature_reason == "remembered_of:robot@x.test"
        assert mine.placing.first == (Nature.AUTOMATIC, "")
        assert others.message.nature is Nature.AUTOMATIC

    async def test_what_was_sent_before_is_not_changed_by_it(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "robot@x.test")
        await studio.asks("robot@x.test", "automatic")
        await studio.hears("robot@x.test", "automatic")
        studio.clock.pass_(minutes=5)
        await call_person(studio.inbox, studio.desk.cards[0][0].message_id, studio.anna)
        await studio.run()

        assert (await newest(studio)).message.nature is Nature.AUTOMATIC

    async def test_an_open_wait_begins_earlier_by_it(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test", "automatic")
        studio.clock.pass_(minutes=20)
        await studio.asks("b@x.test", "Живой", thread=thread)
        first, second = studio.desk.cards[0][0], await newest(studio)
        assert second.wait is not None

        await call_person(studio.inbox, first.message_id, studio.anna)

        wait = (await card_of(studio, first.message_id)).wait
        assert wait is not None
        assert (wait.id, wait.started_at) == (second.wait.id, MONDAY_TEN)
        assert wait.due_at == MONDAY_TEN + timedelta(hours=1)

    async def test_a_later_message_joins_the_open_wait(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test", "Живой")
        studio.clock.pass_(minutes=20)
        await studio.asks("b@x.test", "automatic", thread=thread)

        await call_person(studio.inbox, studio.desk.cards[-1][0].message_id, studio.anna)

        wait = (await newest(studio)).wait
        assert wait is not None
        assert wait.started_at == MONDAY_TEN

    async def test_what_was_answered_already_stays_answered(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test", "Живой")
        await studio.asks("b@x.test", "automatic", thread=thread)
        studio.clock.pass_(minutes=5)
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
        await studio.run()

        await call_person(studio.inbox, studio.desk.cards[-1][0].message_id, studio.anna)

        assert (await studio.conversation(thread)).wait is None


class TestNotAPerson:
    async def test_the_wait_is_dismissed_and_can_be_had_back(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "robot@x.test")
        thread = await studio.asks("robot@x.test", "Отчёт за день")
        await studio.asks("robot@x.test", "Отчёт ещё раз", thread=thread)
        message_id = studio.desk.cards[0][0].message_id
        studio.clock.pass_(minutes=10)

        assert await call_automatic(studio.inbox, message_id, studio.anna)

        card = await card_of(studio, message_id)
        assert card.state is CardState.DISMISSED
        assert card.message.nature is Nature.AUTOMATIC
        assert (await newest(studio)).message.nature is Nature.AUTOMATIC
        assert (await studio.conversation(thread)).wait is None
        assert not await call_automatic(studio.inbox, message_id, studio.anna)

        await call_person(studio.inbox, message_id, studio.anna)

        back = await card_of(studio, message_id)
        assert back.state is CardState.WAITING
        assert back.wait is not None
        assert back.wait.started_at == MONDAY_TEN
        assert back.message.nature_reason == ""

    async def test_taking_it_back_forgets_it_of_the_sender(self, studio: Studio) -> None:
        await studio.asks("robot@x.test", "Отчёт")
        message_id = studio.desk.cards[0][0].message_id
        await call_automatic(studio.inbox, message_id, studio.anna)
        studio.clock.pass_(minutes=1)
        await studio.asks("robot@x.test", "Отчёт 2")
        assert studio.desk.cards[-1][0].message.nature is Nature.AUTOMATIC

        await call_person(studio.inbox, message_id, studio.anna)
        studio.clock.pass_(minutes=1)
        await studio.asks("robot@x.test", "Отчёт 3")

        assert studio.desk.cards[-1][0].message.nature is Nature.PERSON

    async def test_a_newsletter_of_such_a_sender_stays_one(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "robot@x.test")
        await studio.asks("robot@x.test", "Отчёт")
        await call_automatic(studio.inbox, studio.desk.cards[0][0].message_id, studio.anna)
        studio.channel.shapes["Новости"] = {"nature": Nature.NEWSLETTER}
        await studio.asks("robot@x.test", "Новости")
        assert studio.desk.cards[-1][0].message.nature is Nature.NEWSLETTER

    async def test_who_else_asked_still_waits_from_the_own_message(self, studio: Studio) -> None:
        thread = await studio.asks("robot@x.test", "Отчёт")
        robot = studio.desk.cards[0][0].message_id
        studio.clock.pass_(minutes=20)
        await studio.asks("robot@x.test", "automatic", thread=thread)
        await studio.asks("olga@x.test", "А это что?", thread=thread)

        await call_automatic(studio.inbox, robot, studio.anna)

        assert (await card_of(studio, robot)).state is CardState.QUIET
        wait = (await newest(studio)).wait
        assert wait is not None
        assert wait.closing is None
        assert wait.started_at == MONDAY_TEN + timedelta(minutes=20)

    async def test_the_wait_of_an_earlier_person_stays_as_it_is(self, studio: Studio) -> None:
        thread = await studio.asks("olga@x.test", "Вопрос")
        studio.clock.pass_(minutes=20)
        await studio.asks("robot@x.test", "Отчёт", thread=thread)

        await call_automatic(studio.inbox, studio.desk.cards[-1][0].message_id, studio.anna)

        wait = (await studio.conversation(thread)).wait
        assert wait is not None
        assert wait.started_at == MONDAY_TEN

    async def test_a_message_that_was_answered_is_only_called_so(self, studio: Studio) -> None:
        thread = await studio.asks("robot@x.test", "Отчёт")
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
        await studio.run()

        await call_automatic(studio.inbox, studio.desk.cards[0][0].message_id, studio.anna)

        assert (await newest(studio)).state is CardState.ANSWERED
