"""Mails without ids: joined by sender and subject as a guess, split in one tap, and learnt."""

from typing import Any

import pytest

from inbox.flow import reply
from inbox.guessing import is_generic, normalised, split
from inbox.model import Nature
from inbox.ports import Card, CardState
from inbox.queueing import refresh
from tests.fakes import MONDAY_TEN
from tests.inbox.conftest import Studio

SUBJECT = "Макет каталога"


@pytest.mark.parametrize(
    "subject",
    [
        "Макет каталога",
        "Re: Макет каталога",
        "RE: FW: макет  каталога",
        "Отв: Fwd: Макет каталога",
        "Ответ: Макет каталога",
        "HA: Макет каталога",
        "на: Макет каталога",
        "AW: WG: Макет каталога",
        "Re[2]: Макет каталога.",
        "Re(3): Макет\xa0каталога",
        "Пересл: Макет каталога",
    ],
)
def test_prefixes_do_not_count(subject: str) -> None:
    assert normalised(subject) == "макет каталога"


@pytest.mark.parametrize("subject", ["Restart", "Наш заказ: 5", "Вернули: всё"])
def test_words_that_only_begin_like_a_prefix_stay(subject: str) -> None:
    assert normalised(subject) == subject.casefold().replace("ё", "е")


@pytest.mark.parametrize(
    "subject", ["", None, "Re:", "(без темы)", "Вопрос", "Счёт", "Hello!", "123", "№ 17", "ok"]
)
def test_generic_subjects(subject: str | None) -> None:
    assert is_generic(normalised(subject))


def test_a_subject_that_says_something_is_not_generic() -> None:
    assert not is_generic(normalised("Счёт 4711 за октябрь"))


async def card_of(studio: Studio, message_id: int) -> Card:
    async with studio.inbox.store.begin() as t:
        return await t.card(message_id)


async def writes(studio: Studio, text: str, sender: str = "a@x.test", **more: Any) -> Card:
    """A mail with a subject and no ids of others; its card as it is now."""
    thread = more.pop("thread", "")
    studio.channel.shapes[text] = {"subject": SUBJECT, **more}
    await studio.asks(sender, text, thread=thread)
    return await card_of(studio, studio.desk.cards[-1][0].message_id)


class TestGuess:
    async def test_same_sender_and_subject_are_joined_and_marked(self, studio: Studio) -> None:
        first = await writes(studio, "Раз")
        studio.clock.pass_(days=13)
        second = await writes(studio, "Два", subject=f"Отв: {SUBJECT}")
        assert second.conversation.id == first.conversation.id
        assert second.placing.guessed
        assert not first.placing.guessed

    @pytest.mark.parametrize(
        "changes",
        [
            {"sender": "b@x.test"},
            {"subject": "Другой каталог"},
            {"subject": "Вопрос"},
            {"nature": Nature.AUTOMATIC},
            {"days": 15},
        ],
    )
    async def test_nothing_else_is(self, studio: Studio, changes: dict[str, Any]) -> None:
        first = await writes(studio, "Раз")
        studio.clock.pass_(days=changes.pop("days", 1))
        second = await writes(studio, "Два", **changes)
        assert second.conversation.id != first.conversation.id
        assert not second.placing.guessed

    async def test_known_ids_are_no_guess(self, studio: Studio) -> None:
        await writes(studio, "Раз")
        second = await writes(studio, "Два", thread="<m1>")
        assert not second.placing.guessed


class TestSplit:
    async def test_of_two_waiting_each_waits_for_itself(self, studio: Studio) -> None:
        first = await writes(studio, "Раз")
        studio.clock.pass_(minutes=20)
        second = await writes(studio, "Два")

        assert await split(studio.inbox, second.message_id, studio.anna)

        first, second = [await card_of(studio, one.message_id) for one in (first, second)]
        assert second.conversation.id != first.conversation.id
        assert (await studio.conversation("<m2>")).id == second.conversation.id
        assert (await studio.conversation("<m1>")).id == first.conversation.id
        assert first.wait is not None
        assert second.wait is not None
        assert first.wait.started_at == MONDAY_TEN
        assert second.wait.started_at == studio.clock.now()
        assert second.wait.id != first.wait.id
        assert not second.placing.guessed
        assert not await split(studio.inbox, second.message_id, studio.anna)

    async def test_the_wait_goes_with_the_message_that_began_it(self, studio: Studio) -> None:
        first = await writes(studio, "Раз")
        conversation = await studio.conversation("<m1>")
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        await studio.run()
        studio.clock.pass_(minutes=20)
        second = await writes(studio, "Два")
        studio.clock.pass_(minutes=5)
        third = await writes(studio, "Три", thread="<m1>")

        await split(studio.inbox, second.message_id, studio.anna)

        cards = [await card_of(studio, one.message_id) for one in (first, second, third)]
        assert [one.state for one in cards] == [
            CardState.ANSWERED,
            CardState.WAITING,
            CardState.WAITING,
        ]
        one, other = cards[1].wait, cards[2].wait
        assert one is not None
        assert other is not None
        assert second.wait is not None
        assert one.id == second.wait.id
        assert cards[2].conversation.id == conversation.id
        assert (cards[2].conversation.wait, other.started_at) == (other, studio.clock.now())

    async def test_the_wait_of_it_alone_goes_whole(self, studio: Studio) -> None:
        await writes(studio, "Раз")
        conversation = await studio.conversation("<m1>")
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        await studio.run()
        second = await writes(studio, "Два")

        await split(studio.inbox, second.message_id, studio.anna)

        assert (await studio.conversation("<m1>")).wait is None
        assert (await studio.conversation("<m2>")).wait == second.wait

    async def test_what_came_to_it_and_replies_to_it_go_along(self, studio: Studio) -> None:
        await writes(studio, "Раз")
        second = await writes(studio, "Два")
        conversation = await studio.conversation("<m2>")
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        await studio.run()
        studio.clock.pass_(minutes=5)
        third = await writes(studio, "Три", thread="<k1>")
        elsewhere = await writes(studio, "Четыре", thread="<m1>")

        await split(studio.inbox, second.message_id, studio.anna)

        own = (await card_of(studio, second.message_id)).conversation.id
        assert (await card_of(studio, third.message_id)).conversation.id == own
        assert (await studio.conversation("<k1>")).id == own
        assert (await card_of(studio, elsewhere.message_id)).conversation.id == conversation.id
        async with studio.inbox.store.begin() as t:
            assert [one.key for one in await t.replies(own)] == ["k1"]
            link = (await t.links_of_message(second.message_id))[0]
        assert link.conversation_id == own

    async def test_a_channel_that_is_gone_is_no_hindrance(self, studio: Studio) -> None:
        await writes(studio, "Раз")
        second = await writes(studio, "Два")
        conversation = await studio.conversation("<m2>")
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        await studio.run()
        studio.inbox.connectors.pop("email:info")  # type: ignore[attr-defined]  # a dict here
        assert await split(studio.inbox, second.message_id, studio.anna)
        own = (await card_of(studio, second.message_id)).conversation
        assert own.wait is None
        assert own.id != conversation.id

    async def test_the_same_guess_is_not_made_again(self, studio: Studio) -> None:
        await writes(studio, "Раз")
        second = await writes(studio, "Два")
        await split(studio.inbox, second.message_id, studio.anna)
        third = await writes(studio, "Три")
        assert not third.placing.guessed
        other = await writes(studio, "Чужой", sender="b@x.test")
        assert not other.placing.guessed

    async def test_its_card_is_drawn_anew(self, studio: Studio) -> None:
        await writes(studio, "Раз")
        second = await writes(studio, "Два")
        await split(studio.inbox, second.message_id, studio.anna)
        await studio.run()
        drawn = [card for _, card, _, _ in studio.desk.redrawn]
        assert any(one.message_id == second.message_id for one in drawn)


async def test_a_card_that_is_named_is_drawn_once(studio: Studio) -> None:
    card = await writes(studio, "Раз")
    async with studio.inbox.store.begin() as t:
        await refresh(t, card.conversation.id, "test", message_id=card.message_id)
    await studio.run()
    drawn = [shown.ref for shown, _, _, _ in studio.desk.redrawn]
    assert len(drawn) == len(set(drawn)) == 3
