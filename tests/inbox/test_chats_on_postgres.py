"""What chats do, over PostgreSQL: what is told over SQLite elsewhere, and who waits for whom."""

import asyncio
from dataclasses import replace

import pytest

from inbox import suggesting
from inbox.groups import link_group, unlink_group
from inbox.joining import join_contacts
from inbox.model import Handle
from storage.store import open_store
from tests.inbox import (
    test_greeting,
    test_groups,
    test_happenings,
    test_joining,
    test_reach,
)
from tests.inbox.chatting import GROUP, IVAN, OLGA, Chats, chatting_in
from tests.inbox.conftest import Studio

pytestmark = pytest.mark.real


@pytest.fixture
def database(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggesting, "AFTER_THE_CARD", 0.01)


@pytest.fixture
def chats(studio: Studio) -> Chats:
    return chatting_in(studio)


romashka = test_groups.romashka
ivan = test_joining.ivan


class TestLinked(test_groups.TestNotLinked):
    pass


class TestLinkedAnew(test_groups.TestLinkedAnew):
    pass


class TestMoved(test_groups.TestMoved):
    pass


class _Held:
    """Newcomers are Anna's."""

    @pytest.fixture
    def chats(self, studio: Studio) -> Chats:
        return chatting_in(studio, channel_managers={"telegram": "Анна"})


class TestAlbums(_Held, test_happenings.TestAlbums):
    pass


class TestReach(_Held, test_reach.TestReach):
    pass


class TestGreeted(test_greeting.TestSentOnce):
    @pytest.fixture
    def chats(self, studio: Studio) -> Chats:
        return chatting_in(studio, greeting=True)


class TestByLink(test_joining.TestByLink):
    pass


class TestSuggested(test_joining.TestSuggested):
    pass


class TestSplit(test_joining.TestSplit):
    pass


async def another_process(studio: Studio, url: str) -> Studio:
    store = await open_store(url)
    return replace(studio, inbox=replace(studio.inbox, store=store))


async def test_what_is_written_while_a_group_is_linked_is_read(
    studio: Studio, chats: Chats, database: str
) -> None:
    """Whoever is first: it is never kept aside after the link looked for what was."""
    other = await another_process(studio, database)
    place = Handle("telegram_group", str(GROUP))
    async with studio.inbox.store.begin() as t:
        client = await t.add_client("Ромашка", studio.anna.id)
    for number in range(8):
        await chats.comes("message", chats.group(IVAN, f"Вопрос {number}"), run=False)
        await asyncio.gather(
            studio.run(),
            link_group(other.inbox, place, "Ромашка", client.id, studio.admin),
        )
        await studio.run()
        await unlink_group(other.inbox, place, studio.admin)
    await other.inbox.store.close()
    shown = sorted(text for text, _ in chats.cards())
    assert shown == [f"Вопрос {number}" for number in range(8)]


async def test_a_message_that_is_filed_while_two_are_joined_is_the_clients(
    studio: Studio, chats: Chats, database: str
) -> None:
    other = await another_process(studio, database)
    await chats.writes(IVAN, "Раз")
    moving = (await chats.conversation("chat:901")).contact
    async with studio.inbox.store.begin() as t:
        client = await t.add_client("Ромашка", studio.boris.id)
        his = await t.add_contact(client.id, "Иван")

    async def join() -> None:
        async with other.inbox.store.begin() as t:
            await join_contacts(other.inbox, t, moving.id, his.id, by_id=None)

    await chats.comes("message", chats.private(IVAN, "Два"), run=False)
    await asyncio.gather(studio.run(), join())
    await studio.run()
    await other.inbox.store.close()
    talk = await chats.conversation("chat:901")
    assert (talk.client.name, talk.assignee_id) == ("Ромашка", studio.boris.id)
    assert [text for _, text in await chats.history("chat:901")] == ["Раз", "Два"]
    async with studio.inbox.store.begin() as t:
        open_ = await t.open_waits_of(client_id=client.id)
    assert len(open_) == 1


async def test_two_who_open_one_link_at_once_are_not_both_the_contact(
    studio: Studio, chats: Chats
) -> None:
    async with studio.inbox.store.begin() as t:
        client = await t.add_client("Ромашка", studio.anna.id)
        his = await t.add_contact(client.id, "Иван")
        secret = await t.personal_link(his.id, "s", studio.clock.now())
    for who in (IVAN, OLGA):
        await chats.comes("message", chats.private(who, f"/start link_{secret}"), run=False)
    await studio.run()
    names = sorted(
        [(await chats.conversation(f"chat:{one['id']}")).client.name for one in (IVAN, OLGA)]
    )
    assert names in (["Иван", "Ромашка"], ["Ольга", "Ромашка"])
