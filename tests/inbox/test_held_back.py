"""Newsletters come once a day in one message, a flood of one sender on one card."""

from dataclasses import replace
from typing import Any

from inbox.errors import Fault, SendRejected
from inbox.flow import reply
from inbox.held_back import queue_digests
from inbox.model import Handle, Nature
from tests.fakes import failures
from tests.inbox.conftest import Studio

NEWSLETTER: dict[str, Any] = {"nature": Nature.NEWSLETTER, "nature_reason": "List-Id"}


class TestNewsletters:
    async def test_they_make_no_card_and_one_digest(self, studio: Studio) -> None:
        studio.channel.shapes = {"Скидки": NEWSLETTER, "Вебинар": NEWSLETTER}
        await studio.asks("shop@x.test", "Скидки")
        await studio.asks("shop@x.test", "Вебинар")
        assert studio.desk.cards == []

        assert await queue_digests(studio.inbox) == 3
        await studio.run()

        assert [to.name for _, to in studio.desk.digests] == ["Анна", "Борис", "Глава"]
        cards, _ = studio.desk.digests[0]
        assert [card.message.text for card in cards] == ["Скидки", "Вебинар"]
        assert await queue_digests(studio.inbox) == 0, "told once"

    async def test_a_known_clients_newsletter_is_a_card(self, studio: Studio) -> None:
        studio.channel.shapes = {"Скидки": NEWSLETTER}
        await studio.client("Ромашка", studio.anna, "shop@x.test")
        await studio.asks("shop@x.test", "Скидки")
        await studio.asks("shop@x.test", "Скидки")
        assert len(studio.desk.cards) == 2
        assert await queue_digests(studio.inbox) == 0

    async def test_who_wrote_in_person_is_known_from_then_on(self, studio: Studio) -> None:
        studio.channel.shapes = {"Скидки": NEWSLETTER}
        await studio.asks("shop@x.test", "Скидки")
        await studio.asks("shop@x.test", "А вы видели наши скидки?")
        shown = len(studio.desk.cards)
        await studio.asks("shop@x.test", "Скидки")
        assert len(studio.desk.cards) == 2 * shown

    async def test_one_that_answers_us_is_a_card(self, studio: Studio) -> None:
        studio.channel.shapes = {"Рассылка-ответ": NEWSLETTER}
        thread = await studio.asks("list@x.test", "Вопрос")
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
        await studio.run()
        shown = len(studio.desk.cards)

        await studio.asks("robot@list.test", "Рассылка-ответ", thread="<k1>")

        assert len(studio.desk.cards) > shown

    async def test_a_digest_that_cannot_be_shown_is_no_endless_job(self, studio: Studio) -> None:
        studio.channel.shapes = {"Скидки": NEWSLETTER}
        await studio.asks("shop@x.test", "Скидки")
        for one in (studio.anna, studio.boris, studio.head):
            studio.desk.refuse[one.id] = failures(SendRejected(Fault.BLOCKED))
        await queue_digests(studio.inbox)
        await studio.run()
        assert studio.desk.digests == []

    async def test_who_left_meanwhile_is_shown_none(self, studio: Studio) -> None:
        studio.channel.shapes = {"Скидки": NEWSLETTER}
        await studio.asks("shop@x.test", "Скидки")
        await queue_digests(studio.inbox)
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.boris, active=False))
        await studio.run()
        assert [to.name for _, to in studio.desk.digests] == ["Анна", "Глава"]


class TestFlood:
    async def test_more_than_twenty_in_ten_minutes_are_one_card(self, studio: Studio) -> None:
        await studio.client("Датчик", studio.anna, "cron@x.test")
        for number in range(25):
            await studio.hears("cron@x.test", f"Сбой {number}")
        await studio.run()
        assert len(studio.desk.cards) == 21

        async with studio.inbox.store.begin() as t:
            card = await t.card(studio.desk.cards[-1][0].message_id)
        assert card.more == 4

        studio.clock.pass_(minutes=11)
        await studio.asks("cron@x.test", "Сбой завтра")
        assert len(studio.desk.cards) == 22, "the flood is over"

    async def test_the_count_is_drawn_anew(self, studio: Studio) -> None:
        await studio.client("Датчик", studio.anna, "cron@x.test")
        for number in range(23):
            await studio.hears("cron@x.test", f"Сбой {number}")
        await studio.run()
        await studio.later(5.1)
        assert studio.desk.redrawn[-1][1].more == 2

    async def test_a_flood_of_held_newsletters_needs_no_card(self, studio: Studio) -> None:
        studio.channel.shapes = {"Скидки": NEWSLETTER}
        for _ in range(22):
            await studio.hears("shop@x.test", "Скидки")
        await studio.run()
        assert studio.desk.cards == []
        await studio.asks("shop@x.test", "automatic")
        assert len(studio.desk.cards) == 3, "there is no card to be counted on"

    async def test_in_a_chat_every_line_has_its_card(self, studio: Studio) -> None:
        lena = Handle("telegram", "7")
        studio.channel.shapes = {"да": {"sender": lena}}
        await studio.client("Ромашка", studio.anna, "lena@x.test")
        async with studio.inbox.store.begin() as t:
            known = await t.contact_of([Handle("email", "lena@x.test")])
            assert known is not None
            await t.add_handles(known[1].id, [lena])
        for _ in range(22):
            await studio.hears("7", "да")
        await studio.run()
        assert len(studio.desk.cards) == 22
