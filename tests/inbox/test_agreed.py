"""The client's word to a quote: a press of its button, or an answer that only agrees."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import quotes
from inbox.errors import Fault, SendDeferred, SendRejected
from inbox.flow import reply
from inbox.groups import link_group
from inbox.model import Handle, Nature
from inbox.ports import Deed
from inbox.work_records import Horizon, QuoteState
from tests.fakes import MONDAY_TEN
from tests.inbox.chatting import ANNA, BORIS, GROUP, IVAN, OLGA, STRANGER, chatting_in
from tests.inbox.conftest import Studio
from tests.inbox.looking import waits
from tests.inbox.offering import BANNER, CHAT, PHONE, Shop, shop_in

ROOM = {"id": GROUP, "type": "supergroup", "title": "Ромашка · сайт"}
SAID = "ru: Сменить телефон, 500 ₽, by 23.11 09:00"


@pytest.fixture
def shop(studio: Studio) -> Shop:
    return shop_in(studio)


@pytest.fixture
async def asked(shop: Shop) -> Shop:
    await shop.writes(IVAN, "Смените телефон в шапке")
    return shop


class TestThePress:
    async def test_makes_the_task_and_tells_everybody(self, studio: Studio, asked: Shop) -> None:
        quote = await asked.offers()
        studio.clock.pass_(hours=1)
        told = await asked.presses_(IVAN, asked.data())

        due = MONDAY_TEN + timedelta(hours=3)
        settled = f"ru: agreed by {due}"
        assert told == settled
        (task,) = await asked.tasks()
        assert (task.title, task.horizon, task.due_at) == (PHONE.title, Horizon.NOW, due)
        assert (task.quote_id, task.message_id) == (quote.id, quote.message_id)
        assert task.made_by_id == studio.anna.id
        now = await asked.quote(quote.id)
        assert (now.state, now.task_id, now.due_at) == (QuoteState.AGREED, task.id, due)
        assert now.settled_at == studio.clock.now()
        assert asked.notes("agreed") == [(str(quote.id), "Анна")]
        assert [*asked.shop.shown.values()] == [(f"{SAID}: press below\n\n{settled}", ())]
        (line,) = await asked.log(Deed.QUOTE_SETTLED)
        assert (line.by_id, line.after) == (None, "quote-agreed Сменить телефон")
        (made,) = await asked.log(Deed.TASK_MADE)
        assert made.by_id is None

    async def test_again_makes_nothing_again(self, asked: Shop) -> None:
        await asked.offers()
        data = asked.data()
        told = [await asked.presses_(IVAN, data) for _ in range(3)]
        assert len(set(told)) == 1
        assert len(await asked.tasks()) == 1
        assert len(asked.notes("agreed")) == 1
        assert asked.shop.edits == 1

    async def test_closes_and_opens_no_wait(self, studio: Studio, asked: Shop) -> None:
        await asked.offers()
        talk = await asked.conversation(CHAT)
        before = await waits(studio, talk)
        await asked.presses_(IVAN, asked.data())
        assert await waits(studio, talk) == before

    async def test_its_author_sees_what_became_of_it_below_the_reply(
        self, studio: Studio, asked: Shop
    ) -> None:
        await asked.offers()
        before = len(studio.desk.outcomes)
        await asked.presses_(IVAN, asked.data())
        (again,) = studio.desk.outcomes[before:]
        assert again == studio.desk.outcomes[before - 1]

    async def test_an_offer_without_its_reply_is_settled_too(
        self, studio: Studio, asked: Shop
    ) -> None:
        quote = await asked.offers()
        async with studio.inbox.store.begin() as t:
            alone = await t.add_quote(replace(quote, key="alone", id=0))
        assert alone is not None
        task = await quotes.agree(studio.inbox, alone.id, studio.anna)
        assert task is not None
        assert (await asked.quote(alone.id)).state is QuoteState.AGREED

    @pytest.mark.parametrize("made_up", ["", "okq:", "okq:1:x", "okq:999999999999999:abc", "tk:1"])
    async def test_made_up_data_does_nothing(self, asked: Shop, made_up: str) -> None:
        quote = await asked.offers()
        for data in (made_up, f"okq:{quote.id}:", f"okq:{quote.id}:{quote.secret[:-1]}"):
            assert await asked.presses_(IVAN, data) == ""
        assert await asked.tasks() == ()

    async def test_somebody_elses_button_does_nothing(self, asked: Shop) -> None:
        await asked.offers()
        await asked.writes(OLGA, "Здравствуйте")
        assert await asked.presses_(OLGA, asked.data()) == ""
        assert await asked.presses_(STRANGER, asked.data()) == "", "who never wrote"
        assert await asked.tasks() == ()

    async def test_nobody_is_told_where_telegram_is_away(self, asked: Shop) -> None:
        await asked.offers()
        asked.shop.unanswered = [SendDeferred(Fault.UNREACHABLE)]
        assert await asked.presses_(IVAN, asked.data()) == "not answered"
        assert len(await asked.tasks()) == 1

    async def test_in_a_channel_without_buttons_nobody_is_told(self, studio: Studio) -> None:
        chats = chatting_in(studio)
        said = await chats.writes(IVAN, "Вопрос")
        press = {"id": "q1", "from": IVAN, "message": said, "data": "okq:1:abc"}
        await chats.comes("callback_query", press)
        assert [state for state, _ in await chats.raw_states()] == ["filed", "filed"]


class TestInAGroup:
    @pytest.fixture
    async def data(self, studio: Studio, shop: Shop) -> str:
        async with studio.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", studio.anna.id)
        place = Handle("telegram_group", str(GROUP))
        await link_group(studio.inbox, place, "Ромашка", client.id, studio.admin)
        await shop.writes_in_group(IVAN, "Сколько стоит?")
        talk = await shop.conversation(f"group:{GROUP}")
        offered = await quotes.offer(
            studio.inbox, talk.id, PHONE, studio.anna, key="p", message_id=None
        )
        assert offered is not None
        await studio.run()
        return shop.data()

    async def test_whoever_is_of_the_clients_side_agrees(self, shop: Shop, data: str) -> None:
        assert "agreed" in await shop.presses_(OLGA, data, ROOM)
        assert len(await shop.log(Deed.TASK_MADE)) == 1

    async def test_a_member_does_not_nor_who_was_one(
        self, studio: Studio, shop: Shop, data: str
    ) -> None:
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.boris, active=False, language="en"))
        assert await shop.presses_(ANNA, data, ROOM) == "ru: not you"
        assert await shop.presses_(BORIS, data, ROOM) == "en: not you"
        assert await shop.log(Deed.TASK_MADE) == []


class TestInWords:
    async def test_a_word_is_as_good_as_the_button(self, studio: Studio, asked: Shop) -> None:
        quote = await asked.offers()
        studio.clock.pass_(hours=1)
        await asked.writes(IVAN, "Да, согласен, спасибо!")
        await studio.run()
        (task,) = await asked.tasks()
        assert task.due_at == MONDAY_TEN + timedelta(hours=3)
        assert asked.notes("agreed") == [(str(quote.id), "Анна")]
        ((text, buttons),) = asked.shop.shown.values()
        assert "ru: agreed" in text
        assert buttons == ()
        assert ("Да, согласен, спасибо!", "Анна") in asked.cards(), "it is a message as any"

    async def test_thanks_that_agree_open_no_wait(self, studio: Studio, asked: Shop) -> None:
        await asked.offers()
        await asked.writes(IVAN, "Ок")
        assert len(await asked.tasks()) == 1
        assert studio.desk.cards[-1][0].message.nature is Nature.THANKS
        assert len(await waits(studio, await asked.conversation(CHAT))) == 1

    @pytest.mark.parametrize("text", ["Не согласен", "Дорого", "Согласен?", "Спасибо"])
    async def test_other_words_are_for_a_person(self, asked: Shop, text: str) -> None:
        await asked.offers()
        await asked.writes(IVAN, text)
        assert await asked.tasks() == ()

    async def test_nothing_is_agreed_to_where_nothing_or_more_is_offered(
        self, asked: Shop
    ) -> None:
        await asked.writes(IVAN, "Да")
        await asked.offers()
        await asked.offers(BANNER, key="p2")
        await asked.writes(IVAN, "Да")
        assert await asked.tasks() == ()

    async def test_to_what_was_asked_since_it_is_another_answer(
        self, studio: Studio, asked: Shop
    ) -> None:
        await asked.offers()
        talk = await asked.conversation(CHAT)
        studio.clock.pass_(seconds=5)
        await reply(studio.inbox, replace(studio.draft(talk, studio.anna), text="Созвонимся?"))
        await studio.run()
        await asked.writes(IVAN, "Да")
        assert await asked.tasks() == ()
        ours = {"id": 1, "is_bot": True, "first_name": "Okno"}
        room = {"id": 901, "type": "private", "first_name": "Иван"}
        question = {"message_id": 1002, "date": 1, "chat": room, "from": ours, "text": "…"}
        await asked.writes(IVAN, "Да", reply_to_message=question)
        assert await asked.tasks() == (), "an answer to the question"
        await asked.writes(IVAN, "Да", reply_to_message={**question, "message_id": 1001})
        assert len(await asked.tasks()) == 1, "an answer to the quote itself"

    async def test_before_it_was_sent_or_where_it_was_refused_nobody_agrees(
        self, studio: Studio, asked: Shop
    ) -> None:
        asked.shop.failures = [SendRejected(Fault.BLOCKED)]
        await asked.offers()
        await asked.writes(IVAN, "Да")
        assert await asked.tasks() == ()

    async def test_a_word_on_its_way_meant_something_else(
        self, studio: Studio, asked: Shop
    ) -> None:
        earlier = asked.private(IVAN, "Да")
        studio.clock.pass_(minutes=1)
        await asked.offers()
        await asked.comes("message", earlier)
        assert await asked.tasks() == ()

    async def test_a_file_beside_it_wants_to_be_looked_at(self, asked: Shop) -> None:
        await asked.offers()
        place = {"latitude": 55.7, "longitude": 37.6}
        await asked.writes(IVAN, "", location=place)
        assert await asked.tasks() == ()

    async def test_in_a_group_what_a_member_said_since_counts(
        self, studio: Studio, shop: Shop
    ) -> None:
        async with studio.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", studio.anna.id)
        place = Handle("telegram_group", str(GROUP))
        await link_group(studio.inbox, place, "Ромашка", client.id, studio.admin)
        await shop.writes_in_group(IVAN, "Сколько стоит?")
        talk = await shop.conversation(f"group:{GROUP}")
        await quotes.offer(studio.inbox, talk.id, PHONE, studio.anna, key="p", message_id=None)
        await studio.run()
        studio.clock.pass_(minutes=1)
        await shop.writes_in_group(ANNA, "Или лучше завтра?")
        await shop.writes_in_group(OLGA, "Да")
        assert await shop.log(Deed.TASK_MADE) == []


class TestByMail:
    @pytest.fixture
    async def thread(self, studio: Studio) -> str:
        await studio.client("Ромашка", studio.anna, "a@x.test", "boss@x.test")
        number = await studio.asks("a@x.test")
        talk = await studio.conversation(number)
        made = await quotes.offer(
            studio.inbox, talk.id, PHONE, studio.anna, key="p", message_id=None
        )
        assert made is not None
        await studio.run()
        return number

    async def tasks(self, studio: Studio) -> int:
        async with studio.inbox.store.begin() as t:
            return len(await t.open_tasks(None))

    async def test_the_answer_agrees_and_nothing_is_edited(
        self, studio: Studio, thread: str
    ) -> None:
        await studio.asks("a@x.test", "Согласны.\n\nС уважением, Иван", thread=thread)
        assert await self.tasks(studio) == 1
        assert [words.kind for _, words, _ in studio.desk.notes] == ["agreed"]

    async def test_so_does_a_colleague_of_the_client(self, studio: Studio, thread: str) -> None:
        await studio.asks("boss@x.test", "Согласовано", thread=thread)
        assert await self.tasks(studio) == 1

    async def test_a_stranger_in_the_thread_does_not(self, studio: Studio, thread: str) -> None:
        await studio.asks("other@y.test", "Согласен", thread=thread)
        assert await self.tasks(studio) == 0

    async def test_what_looks_forged_does_not(self, studio: Studio, thread: str) -> None:
        studio.channel.shapes["Согласен"] = {"warnings": ("look_alike:x.test",)}
        await studio.asks("a@x.test", "Согласен", thread=thread)
        assert await self.tasks(studio) == 0

    async def test_an_answer_to_that_very_mail_agrees_whatever_was_said_since(
        self, studio: Studio, thread: str
    ) -> None:
        key = studio.channel.sent[0].key
        talk = await studio.conversation(thread)
        await reply(studio.inbox, studio.draft(talk, studio.anna, key="later"))
        await studio.run()
        await studio.asks("a@x.test", "Да", thread=f"<{key}>")
        assert await self.tasks(studio) == 1
