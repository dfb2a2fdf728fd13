"""Two who answer one client: the others see who is about to, and hear who has already."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from inbox import changing
from inbox.actions import dismiss, phoned
from inbox.collisions import already_answered, answering
from inbox.jobs import Queue
from inbox.model import Conversation, Manager
from inbox.ports import ReplyState
from inbox.worker import work_once
from tests.inbox.conftest import Studio
from tests.inbox.writing import in_a_chat, now_is, written


def drawn(studio: Studio) -> dict[str, str]:
    """Whom each reader's card, as drawn last, says to be answering."""
    return {
        to.name: card.answering.name if card.answering is not None else ""
        for _, card, to, _ in studio.desk.redrawn
    }


async def asked(studio: Studio) -> tuple[Conversation, int]:
    """A question that everybody sees, and its message's id."""
    talk = await studio.conversation(await studio.asks("a@x.test"))
    async with studio.inbox.store.begin() as t:
        message_id = await t.newest_message(talk.id)
    assert message_id is not None
    return talk, message_id


class TestAnswering:
    async def test_the_others_see_it_on_their_cards(self, studio: Studio) -> None:
        talk, _ = await asked(studio)
        await answering(studio.inbox, talk.id, studio.anna)
        await studio.run()
        assert drawn(studio) == {"Борис": "Анна", "Глава": "Анна"}

    async def test_pressed_again_within_a_minute_it_is_not_drawn_again(
        self, studio: Studio
    ) -> None:
        talk, _ = await asked(studio)
        await answering(studio.inbox, talk.id, studio.anna)
        await studio.run()
        studio.desk.redrawn.clear()
        studio.clock.pass_(seconds=59)
        await answering(studio.inbox, talk.id, studio.anna)
        await studio.run()
        assert studio.desk.redrawn == []
        studio.clock.pass_(seconds=2)
        await answering(studio.inbox, talk.id, studio.anna)
        await studio.run()
        assert len(studio.desk.redrawn) == 2

    async def test_of_two_the_other_one_is_seen(self, studio: Studio) -> None:
        talk, _ = await asked(studio)
        await answering(studio.inbox, talk.id, studio.anna)
        studio.clock.pass_(seconds=1)
        await answering(studio.inbox, talk.id, studio.boris)
        await studio.run()
        assert drawn(studio) == {"Анна": "Борис", "Борис": "Анна", "Глава": "Борис"}

    async def test_after_five_minutes_it_is_over(self, studio: Studio) -> None:
        talk, _ = await asked(studio)
        await answering(studio.inbox, talk.id, studio.anna)
        await studio.run()
        studio.clock.pass_(minutes=5, seconds=1)
        await dismiss(studio.inbox, talk.id, studio.head)
        await studio.run()
        assert set(drawn(studio).values()) == {""}

    async def test_a_card_that_comes_meanwhile_says_it_too(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        talk = await studio.conversation(thread)
        await answering(studio.inbox, talk.id, studio.anna)
        await studio.asks("a@x.test", "Ещё", thread=thread)
        told = {to.name: card.answering for card, to, _ in studio.desk.cards[3:]}
        assert told["Анна"] is None
        assert told["Борис"] is not None

    async def test_who_has_sent_the_answer_is_not_about_to(self, studio: Studio) -> None:
        studio.inbox = replace(studio.inbox, send_delay=timedelta(seconds=0.3))
        talk, _ = await asked(studio)
        await written(studio, talk, studio.anna)
        await studio.run()
        assert drawn(studio) == {"Анна": "", "Борис": "Анна", "Глава": "Анна"}
        await studio.later(0.4)
        assert set(drawn(studio).values()) == {""}

    async def test_who_withdraws_the_answer_is_not_either(self, studio: Studio) -> None:
        studio.inbox = replace(studio.inbox, send_delay=timedelta(seconds=30))
        talk, _ = await asked(studio)
        saved = await written(studio, talk, studio.anna)
        await studio.run()
        await changing.withdraw(studio.inbox, saved.id, studio.anna)
        await studio.run()
        assert set(drawn(studio).values()) == {""}

    async def test_where_all_see_one_card_it_says_who(self, studio: Studio) -> None:
        studio.desk.shared = True
        talk, _ = await asked(studio)
        ((_, reader, _),) = studio.desk.cards
        await answering(studio.inbox, talk.id, reader)
        await studio.run()
        assert drawn(studio) == {reader.name: reader.name}


class TestAlreadyAnswered:
    async def who(self, studio: Studio, at: tuple[Conversation, int], by: Manager) -> str | None:
        talk, message_id = at
        found = await already_answered(studio.inbox, talk.id, message_id, by)
        return None if found is None else found.name

    async def test_nobody_has_at_first(self, studio: Studio) -> None:
        assert await self.who(studio, await asked(studio), studio.anna) is None

    async def test_a_colleague_has(self, studio: Studio) -> None:
        at = await asked(studio)
        await written(studio, at[0], studio.boris)
        assert await self.who(studio, at, studio.anna) == "Борис", "it is on its way"
        assert await self.who(studio, at, studio.boris) is None
        await studio.run()
        studio.clock.pass_(minutes=1)
        assert await self.who(studio, at, studio.anna) == "Борис"

    async def test_who_had_a_word_in_it_is_not_asked(self, studio: Studio) -> None:
        at = await asked(studio)
        for key, by in (("k1", studio.anna), ("k2", studio.boris)):
            await written(studio, at[0], by, key, desk_ref=None)
            await studio.run()
        assert await self.who(studio, at, studio.anna) is None
        assert await self.who(studio, at, studio.head) == "Борис"

    async def test_what_was_withdrawn_or_taken_back_answers_nothing(self, studio: Studio) -> None:
        in_a_chat(studio)
        at = await asked(studio)
        one = await written(studio, at[0], studio.boris)
        await changing.withdraw(studio.inbox, one.id, studio.boris)
        other = await written(studio, at[0], studio.boris, "k2", desk_ref=None)
        await studio.run()
        await changing.take_back(studio.inbox, other.id, studio.boris)
        await studio.run()
        assert (await now_is(studio, other)).state is ReplyState.TAKEN_BACK
        assert await self.who(studio, at, studio.anna) is None

    async def test_what_the_client_wrote_since_may_be_answered(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        talk = await studio.conversation(thread)
        async with studio.inbox.store.begin() as t:
            first = await t.newest_message(talk.id) or 0
        await written(studio, talk, studio.boris)
        await studio.run()
        studio.clock.pass_(minutes=1)
        await studio.asks("a@x.test", "А ещё?", thread=thread)
        assert await self.who(studio, (talk, first), studio.anna) is None

    async def test_an_answer_to_what_came_before_is_none_to_this(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        talk = await studio.conversation(thread)
        await written(studio, talk, studio.boris)
        await studio.run()
        studio.clock.pass_(minutes=1)
        await studio.asks("a@x.test", "А ещё?", thread=thread)
        async with studio.inbox.store.begin() as t:
            second = await t.newest_message(talk.id) or 0
        assert await self.who(studio, (talk, second), studio.anna) is None

    async def test_an_answer_counts_though_the_clients_clock_is_ahead(
        self, studio: Studio
    ) -> None:
        await studio.hears("a@x.test", "Вопрос", thread="t")
        studio.clock.pass_(seconds=2)
        await work_once(studio.inbox, Queue.IN)
        studio.clock.pass_(seconds=-5)
        talk = await studio.conversation("t")
        await studio.run()
        await written(studio, talk, studio.boris)
        async with studio.inbox.store.begin() as t:
            message_id = await t.newest_message(talk.id) or 0
        assert await self.who(studio, (talk, message_id), studio.anna) == "Борис"

    async def test_by_telephone_is_answered_too_and_dismissed_is_not(self, studio: Studio) -> None:
        at = await asked(studio)
        await phoned(studio.inbox, at[0].id, studio.boris)
        assert await self.who(studio, at, studio.anna) == "Борис"
        assert await self.who(studio, at, studio.boris) is None
        talk = await studio.conversation(await studio.asks("b@x.test"))
        async with studio.inbox.store.begin() as t:
            other = await t.newest_message(talk.id) or 0
        await dismiss(studio.inbox, talk.id, studio.boris)
        assert await self.who(studio, (talk, other), studio.anna) is None
