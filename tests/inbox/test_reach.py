"""Who can be reached: blocked, gone, removed from a group, and back again."""

from datetime import timedelta
from typing import Any

import pytest

from inbox.errors import Fault, SendRejected
from inbox.flow import reply
from inbox.happenings import happened, unreachable
from inbox.jobs import Queue, Received
from inbox.model import Deleted, Handle, Reach
from tests.fakes import failures
from tests.inbox.chatting import ANNA, IVAN, OLGA, Chats, chatting_in
from tests.inbox.conftest import Studio
from tests.inbox.test_happenings import CHAT, answer, card

HANDLE = Handle("telegram", "901")


@pytest.fixture
def chats(studio: Studio) -> Chats:
    return chatting_in(studio, channel_managers={"telegram": "Анна"})


class TestReach:
    async def unreachable(self, studio: Studio) -> str:
        return (await card(studio, -1)).unreachable

    async def test_the_holder_is_told_once_that_the_client_blocked_us(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes(IVAN, "Вопрос")
        studio.clock.pass_(minutes=1)
        await chats.blocks(IVAN)
        await chats.blocks(IVAN)
        assert chats.notes("unreachable") == [("blocked", "Анна")]
        assert studio.desk.redrawn[-1][1].unreachable == "blocked"

    async def test_a_message_of_the_client_clears_it(self, studio: Studio, chats: Chats) -> None:
        await chats.writes(IVAN, "Вопрос")
        studio.clock.pass_(minutes=1)
        await chats.blocks(IVAN)
        studio.clock.pass_(minutes=1)
        await chats.writes(IVAN, "Я вернулся")
        assert await self.unreachable(studio) == ""
        assert studio.desk.redrawn[-1][1].unreachable == ""

    async def test_so_does_coming_back_without_a_word(self, studio: Studio, chats: Chats) -> None:
        await chats.writes(IVAN, "Вопрос")
        studio.clock.pass_(minutes=1)
        await chats.blocks(IVAN)
        studio.clock.pass_(minutes=1)
        await chats.blocks(IVAN, "member")
        assert await self.unreachable(studio) == ""
        assert len(chats.notes("unreachable")) == 1

    async def test_a_block_that_is_read_after_a_later_message_is_over(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes(IVAN, "Вопрос")
        blocked_at = studio.clock.now() + timedelta(minutes=1)
        studio.clock.pass_(minutes=2)
        await chats.writes(IVAN, "Снова я")
        await self.happens(studio, chats, Reach("telegram", HANDLE, "blocked", blocked_at))
        assert chats.notes("unreachable") == []
        assert await self.unreachable(studio) == ""

    async def happens(self, studio: Studio, chats: Chats, event: Any) -> None:
        """An event as the connector may give it; the raw message is of any kind."""
        await chats.comes("poll", {"id": "1"}, run=False)
        claimed = await studio.inbox.store.claim(Queue.IN, 1)
        (claim,) = claimed.claims
        assert isinstance(claim.job, Received)
        await happened(studio.inbox, claim, [claim.job.raw_id], event)
        await studio.run()

    async def test_of_somebody_who_never_wrote_there_is_nothing_to_tell(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.blocks(OLGA)
        async with studio.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", studio.anna.id)
            contact = await t.add_contact(client.id, "Иван")
            await t.add_handles(contact.id, [HANDLE])
        await chats.blocks(IVAN)
        assert chats.notes() == []

    async def test_an_event_that_comes_twice_tells_once(
        self, studio: Studio, chats: Chats
    ) -> None:
        said = await chats.writes(IVAN, "Раз")
        await answer(studio, chats)
        ids = (f"901:{said['message_id']}",)
        for _ in range(2):
            await self.happens(studio, chats, Deleted("telegram", ids, studio.clock.now()))
            await self.happens(
                studio, chats, Reach("telegram", HANDLE, "deleted", studio.clock.now())
            )
        assert chats.notes() == [("Раз", "Анна"), ("deleted", "Анна")]

    async def test_a_refused_send_tells_the_holder_unless_the_author_hears_anyway(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes(IVAN, "Вопрос")
        chats.channel.failures = failures(SendRejected(Fault.BLOCKED))
        talk = await chats.conversation(CHAT)
        assert await reply(studio.inbox, studio.draft(talk, studio.boris)) is not None
        await studio.run()
        assert chats.notes("unreachable") == [("blocked", "Анна")]
        assert [to.name for _, to in studio.desk.outcomes] == ["Борис"]

        now = studio.clock.now()
        async with studio.inbox.store.begin() as t:
            await t.mark_reach(HANDLE, "", now)
            await unreachable(studio.inbox, t, talk, "blocked", now, told=studio.anna.id)
        await studio.run()
        assert len(chats.notes("unreachable")) == 1

    async def test_a_deleted_account_is_told_as_one(self, studio: Studio, chats: Chats) -> None:
        await chats.writes(IVAN, "Вопрос")
        gone = SendRejected(Fault.BLOCKED, "Forbidden: user is deactivated")
        chats.channel.failures = failures(gone)
        talk = await chats.conversation(CHAT)
        assert await reply(studio.inbox, studio.draft(talk, studio.boris)) is not None
        await studio.run()
        assert chats.notes("unreachable") == [("deleted", "Анна")]

    async def test_an_own_account_says_nothing_of_the_bots_chat(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.connects(ANNA)
        await chats.writes_in_own(IVAN, "Вопрос")
        talk = await chats.conversation("business:100:901")
        async with studio.inbox.store.begin() as t:
            await unreachable(studio.inbox, t, talk, "blocked", studio.clock.now())
        await studio.run()
        assert chats.notes() == []

    async def test_removed_from_the_group_and_added_again(
        self, studio: Studio, chats: Chats
    ) -> None:
        async with studio.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", studio.anna.id)
            contact = await t.add_contact(client.id, "Группа")
            await t.add_handles(contact.id, [Handle("telegram_group", "-100500")])
        await chats.writes_in_group(IVAN, "Вопрос")
        studio.clock.pass_(minutes=1)
        talk = await chats.conversation("group:-100500")
        async with studio.inbox.store.begin() as t:
            await unreachable(studio.inbox, t, talk, "blocked", studio.clock.now())
        await chats.removes(IVAN)
        assert chats.notes("unreachable") == [("removed", "Анна")]
        studio.clock.pass_(minutes=1)
        await chats.adds(IVAN)
        assert await self.unreachable(studio) == ""
        assert chats.told("group_added") == []
