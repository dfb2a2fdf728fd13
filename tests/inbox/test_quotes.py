"""Prices and deadlines that are named to clients, and what comes of the client's word."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import changing, quotes
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.flow import reply
from inbox.groups import link_group
from inbox.jobs import MarkAgreed
from inbox.model import Handle, Nature
from inbox.ports import Deed, ReplyState
from inbox.work_records import Horizon, QuoteState
from tests.fakes import MONDAY_TEN
from tests.inbox.chatting import ANNA, BORIS, GROUP, IVAN, OLGA, STRANGER, chatting_in
from tests.inbox.conftest import Studio
from tests.inbox.looking import waits
from tests.inbox.offering import BANNER, CHAT, PHONE, Shop, shop_in

NOON = MONDAY_TEN + timedelta(hours=2)  # two business hours from ten
ROOM = {"id": GROUP, "type": "supergroup", "title": "Ромашка · сайт"}
SAID = "ru: Сменить телефон, 500 ₽, by 23.11 09:00"


@pytest.fixture
def shop(studio: Studio) -> Shop:
    return shop_in(studio)


@pytest.fixture
async def asked(shop: Shop) -> Shop:
    await shop.writes(IVAN, "Смените телефон в шапке")
    return shop


class TestOffering:
    async def test_the_client_reads_price_and_date_and_has_a_button(self, asked: Shop) -> None:
        quote = await asked.offers()
        ((text, buttons),) = asked.shop.shown.values()
        assert text == f"{SAID}: press below"
        assert buttons == (f"okq:{quote.id}:{quote.secret}",)
        assert len(buttons[0]) <= 64, "https://core.telegram.org/bots/api#inlinekeyboardbutton"
        assert (quote.due_at, quote.state) == (NOON, QuoteState.OFFERED)
        assert quote.message_id is not None, "the client's newest message"
        (sent,) = asked.shop.sent
        assert sent.key.startswith(f"{quotes.QUOTING}{quote.id}:")
        assert sent.choices[0].text == "ru: agreed"
        (line,) = await asked.log(Deed.QUOTED)
        assert line.after == "2026-11-23T09:00:00Z Сменить телефон: 500 ₽"

    async def test_it_answers_the_client(self, studio: Studio, asked: Shop) -> None:
        await asked.offers()
        (wait,) = await waits(studio, await asked.conversation(CHAT))
        assert wait.closing is not None

    async def test_the_same_press_again_offers_once(self, studio: Studio, asked: Shop) -> None:
        first = await asked.offers()
        assert (await asked.offers()).id == first.id
        assert len(asked.shop.sent) == 1
        assert await quotes.withdraw(studio.inbox, first.id, studio.anna)
        talk = await asked.conversation(CHAT)
        again = await quotes.offer(
            studio.inbox, talk.id, PHONE, studio.anna, key="p1", message_id=None
        )
        assert again is None

    async def test_a_preview_is_what_would_be_sent(self, studio: Studio, asked: Shop) -> None:
        talk = await asked.conversation(CHAT)
        quote, words = await quotes.preview(studio.inbox, talk.id, PHONE, studio.anna)
        assert (quote.id, quote.due_at, words) == (0, NOON, f"{SAID}: press below")
        assert asked.shop.sent == []

    async def test_other_words_have_the_button_too(self, asked: Shop) -> None:
        await asked.offers(text="За 500 сегодня")
        ((text, buttons),) = asked.shop.shown.values()
        assert text == "За 500 сегодня"
        assert len(buttons) == 1

    async def test_words_for_the_studio_alone_go_to_nobody(
        self, studio: Studio, asked: Shop
    ) -> None:
        talk, said = await asked.conversation(CHAT), " //дёшево"
        none = await quotes.offer(
            studio.inbox, talk.id, PHONE, studio.anna, key="p", message_id=None, text=said
        )
        assert none is None
        await studio.run()
        assert asked.shop.sent == []

    async def test_by_mail_it_says_how_to_answer(self, studio: Studio) -> None:
        talk = await studio.conversation(await studio.asks("a@x.test"))
        _, words = await quotes.preview(studio.inbox, talk.id, PHONE, studio.anna)
        assert words.endswith(": answer")
        made = await quotes.offer(
            studio.inbox, talk.id, PHONE, studio.anna, key="p", message_id=None
        )
        assert made is not None
        await studio.run()
        (sent,) = studio.channel.sent
        assert (sent.text, sent.choices) == (words, ())

    async def test_who_has_not_written_yet_is_offered_something_too(
        self, studio: Studio, asked: Shop
    ) -> None:
        asked_in = await asked.conversation(CHAT)
        async with studio.inbox.store.begin() as t:
            opened = await t.open_conversation(
                "telegram",
                asked_in.client,
                asked_in.contact,
                Handle("telegram", "901"),
                None,
            )
        _, words = await quotes.preview(studio.inbox, opened.id, PHONE, studio.anna)
        assert words.startswith(": Сменить")


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


class TestTheManagersWord:
    async def test_agreed_by_telephone(self, studio: Studio, asked: Shop) -> None:
        quote = await asked.offers()
        task = await quotes.agree(studio.inbox, quote.id, studio.head)
        assert task is not None
        await studio.run()
        assert task.made_by_id == studio.head.id
        assert asked.notes("agreed") == [(str(quote.id), "Анна")], "who holds the client"
        ((_, buttons),) = asked.shop.shown.values()
        assert buttons == ()
        assert await quotes.agree(studio.inbox, quote.id, studio.anna) is None, "once"
        assert await quotes.withdraw(studio.inbox, quote.id, studio.anna) is None
        assert await quotes.agree(studio.inbox, 77, studio.anna) is None
        assert await quotes.withdraw(studio.inbox, 77, studio.anna) is None

    async def test_who_says_so_needs_no_note(self, studio: Studio, asked: Shop) -> None:
        quote = await asked.offers()
        await quotes.agree(studio.inbox, quote.id, studio.anna)
        await studio.run()
        assert asked.notes("agreed") == []

    async def test_withdrawn_it_cannot_be_agreed_to(self, studio: Studio, asked: Shop) -> None:
        quote = await asked.offers()
        data = asked.data()
        gone = await quotes.withdraw(studio.inbox, quote.id, studio.anna)
        assert gone is not None
        await studio.run()
        ((text, buttons),) = asked.shop.shown.values()
        assert buttons == ()
        assert "ru: withdrawn" in text
        assert "ru: withdrawn" in await asked.presses_(IVAN, data)
        await asked.writes(IVAN, "Согласен")
        assert await asked.tasks() == ()

    async def test_withdrawn_in_time_it_never_goes_out(self, studio: Studio) -> None:
        studio.inbox = replace(studio.inbox, send_delay=timedelta(seconds=30))
        talk = await studio.conversation(await studio.asks("a@x.test"))
        quote = await quotes.offer(
            studio.inbox, talk.id, PHONE, studio.anna, key="p", message_id=None
        )
        assert quote is not None
        assert await quotes.withdraw(studio.inbox, quote.id, studio.anna) is not None
        await studio.later()
        assert studio.channel.sent == []
        assert studio.desk.outcomes[-1][0].state is ReplyState.WITHDRAWN

    @pytest.mark.parametrize("late", [False, True])
    async def test_it_goes_with_the_reply_that_is_taken_back(
        self, studio: Studio, asked: Shop, *, late: bool
    ) -> None:
        quote = await asked.offers()
        async with studio.inbox.store.begin() as t:
            (draft,) = await t.replies(quote.conversation_id)
        if late:
            await quotes.agree(studio.inbox, quote.id, studio.anna)
        await changing.take_back(studio.inbox, draft.id, studio.anna)
        await studio.run()
        assert asked.shop.shown == {}
        state = QuoteState.AGREED if late else QuoteState.WITHDRAWN
        assert (await asked.quote(quote.id)).state is state

    async def test_agreed_while_it_was_being_sent_the_button_goes_all_the_same(
        self, studio: Studio, asked: Shop
    ) -> None:
        talk = await asked.conversation(CHAT)
        quote = await quotes.offer(
            studio.inbox, talk.id, PHONE, studio.anna, key="p", message_id=None
        )
        assert quote is not None

        async def agrees() -> None:
            await quotes.agree(studio.inbox, quote.id, studio.anna)

        asked.shop.meanwhile = [agrees]
        await studio.run()
        assert len(asked.shop.sent[0].choices) == 1
        ((text, buttons),) = asked.shop.shown.values()
        assert buttons == ()
        assert "ru: agreed" in text


class TestTheButtonAtTheClients:
    async def test_an_edit_keeps_it_while_it_is_offered(self, studio: Studio, asked: Shop) -> None:
        quote = await asked.offers()
        async with studio.inbox.store.begin() as t:
            (draft,) = await t.replies(quote.conversation_id)
            sent = asked.shop.shown.copy()
            outgoing = await quotes.outgoing_of(studio.inbox, t, draft.id)
        message = outgoing.message(asked.shop, ())
        await asked.shop.edit(replace(message, text="Иначе"), draft.sent_as)
        assert [one[1] for one in asked.shop.shown.values()] == [one[1] for one in sent.values()]

    async def test_a_text_too_long_for_more_words_loses_the_button_alone(
        self, studio: Studio, asked: Shop
    ) -> None:
        await asked.offers()
        data = asked.data()
        asked.shop.refusals = [SendRejected(Fault.TOO_LARGE)]
        await asked.presses_(IVAN, data)
        assert [*asked.shop.shown.values()] == [(f"{SAID}: press below", ())]

    async def test_what_can_no_longer_be_changed_stays(self, asked: Shop) -> None:
        await asked.offers()
        before, data = asked.shop.shown.copy(), asked.data()
        asked.shop.refusals = [SendRejected(Fault.TOO_LATE)]
        await asked.presses_(IVAN, data)
        assert asked.shop.shown == before
        assert asked.shop.edits == 1

    async def test_an_outage_is_waited_for(self, studio: Studio, asked: Shop) -> None:
        await asked.offers()
        later = SendDeferred(Fault.RATE_LIMITED, retry_after=timedelta(seconds=0.1))
        asked.shop.refusals = [later]
        await asked.presses_(IVAN, asked.data())
        await studio.later()
        ((_, buttons),) = asked.shop.shown.values()
        assert buttons == ()

    async def test_what_is_not_known_as_sent_is_left_alone(
        self, studio: Studio, asked: Shop
    ) -> None:
        asked.shop.failures = [SendUncertain(Fault.NO_ANSWER)]
        quote = await asked.offers()
        assert "agreed" in await asked.presses_(IVAN, f"okq:{quote.id}:{quote.secret}")
        assert asked.shop.edits == 0

    async def test_a_channel_that_is_gone_shows_nothing(self, studio: Studio, asked: Shop) -> None:
        quote = await asked.offers()
        await quotes.agree(studio.inbox, quote.id, studio.anna)
        studio.inbox = replace(studio.inbox, connectors={})
        await studio.run()
        assert asked.shop.edits == 0

    async def test_a_quote_that_is_not_there_changes_nothing(
        self, studio: Studio, asked: Shop
    ) -> None:
        async with studio.inbox.store.begin() as t:
            await t.put(MarkAgreed(77), key="settled:77", lane="x")
        await studio.run()
        assert asked.shop.edits == 0
