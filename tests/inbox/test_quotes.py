"""Prices and deadlines that are named to clients, and what comes of the client's word."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import changing, quotes
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.jobs import MarkAgreed
from inbox.model import Handle
from inbox.ports import Deed, ReplyState
from inbox.work_records import QuoteState
from tests.fakes import MONDAY_TEN
from tests.inbox.chatting import IVAN
from tests.inbox.conftest import Studio
from tests.inbox.looking import waits
from tests.inbox.offering import CHAT, PHONE, Shop, shop_in

NOON = MONDAY_TEN + timedelta(hours=2)  # two business hours from ten
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
