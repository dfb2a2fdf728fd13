"""Writing to a client who did not ask."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from inbox.flow import reply
from inbox.model import Channel, Client, Handle
from inbox.ports import Connector
from inbox.writing_first import LONGEST_SUBJECT, Way, begin, ways_to_write
from tests.fakes import ChangingConnector, RecordingConnector
from tests.inbox.conftest import Studio

MAIL, CHAT = Handle("email", "z@x.test"), Handle("telegram", "555")


@pytest.fixture
async def client(studio: Studio) -> Client:
    """Anna's client with a mail address and a Telegram account; a second mailbox is there, and
    the clients' bot."""
    second = RecordingConnector(studio.clock, Channel("email:sales", "email"), "email:sales")
    bot = ChangingConnector(studio.clock, origin="bot:1")
    rooms: Sequence[Connector] = (studio.channel, second, bot)
    connectors = {one.channel.id: one for one in rooms}
    studio.inbox = replace(studio.inbox, connectors=connectors)
    async with studio.inbox.store.begin() as t:
        client = await t.add_client("Зерно", studio.anna.id)
        contact = await t.add_contact(client.id, "Зоя")
        await t.add_handles(contact.id, [MAIL, CHAT, Handle("phone", "+79161234567")])
    return client


async def opened(studio: Studio, client: Client, handle: Handle, channel_id: str) -> int:
    async with studio.inbox.store.begin() as t:
        known = await t.contact_of((handle,))
        assert known is not None
        talk = await t.open_conversation(channel_id, client, known[1], handle, None)
    return talk.id


async def said(studio: Studio, client: Client) -> list[tuple[str, str, int | None]]:
    ways = await ways_to_write(studio.inbox, client.id)
    return [(one.handle.address, one.channel_id, one.conversation_id) for one in ways]


class TestTheWays:
    async def test_by_mail_from_each_mailbox_and_by_no_phone(
        self, studio: Studio, client: Client
    ) -> None:
        ways = await ways_to_write(studio.inbox, client.id)
        assert [one.contact.name for one in ways] == ["Зоя", "Зоя"]
        assert all(one.begins for one in ways)
        assert await said(studio, client) == [
            ("z@x.test", "email:info", None),
            ("z@x.test", "email:sales", None),
        ]

    async def test_from_the_mailbox_that_was_written_with_last(
        self, studio: Studio, client: Client
    ) -> None:
        await opened(studio, client, MAIL, "email:sales")
        assert await said(studio, client) == [("z@x.test", "email:sales", None)]

    async def test_a_mailbox_that_is_no_more(self, studio: Studio, client: Client) -> None:
        await opened(studio, client, MAIL, "email:old")
        assert [one for _, one, _ in await said(studio, client)] == ["email:info", "email:sales"]

    async def test_in_telegram_where_the_client_wrote_before(
        self, studio: Studio, client: Client
    ) -> None:
        number = await opened(studio, client, CHAT, "telegram")
        ways = await ways_to_write(studio.inbox, client.id)
        way = next(one for one in ways if one.handle == CHAT)
        assert (way.channel_id, way.conversation_id, way.begins) == ("telegram", number, False)

    async def test_in_a_telegram_that_is_not_connected_any_more(
        self, studio: Studio, client: Client
    ) -> None:
        await opened(studio, client, CHAT, "telegram-old")
        assert all(one.handle == MAIL for one in await ways_to_write(studio.inbox, client.id))

    async def test_of_a_client_without_contacts(self, studio: Studio) -> None:
        async with studio.inbox.store.begin() as t:
            bare = await t.add_client("Вега", None)
        assert await ways_to_write(studio.inbox, bare.id) == ()


class TestBeginning:
    async def begun(self, studio: Studio, way: Way, key: str, subject: str | None = None) -> int:
        found = await begin(
            studio.inbox, way.handle, way.channel_id, subject, studio.anna, key=key
        )
        assert found is not None
        return found.id

    async def test_by_mail_a_new_conversation_once_for_its_key(
        self, studio: Studio, client: Client
    ) -> None:
        way = (await ways_to_write(studio.inbox, client.id))[1]
        first = await self.begun(studio, way, "k1", "  Счёт\r\nза ноябрь ")
        assert await self.begun(studio, way, "k1", "Счёт") == first
        assert await self.begun(studio, way, "k2", "Акт") != first
        async with studio.inbox.store.begin() as t:
            talk = await t.conversation(first)
        assert (talk.subject, talk.channel_id, talk.recipient) == (
            "Счёт за ноябрь",
            "email:sales",
            MAIL,
        )
        assert (talk.client.id, talk.assignee_id) == (client.id, studio.anna.id)

    async def test_an_answer_to_it_comes_back_there(self, studio: Studio, client: Client) -> None:
        way = (await ways_to_write(studio.inbox, client.id))[0]
        talk = await begin(studio.inbox, way.handle, way.channel_id, "Счёт", studio.anna, key="k1")
        assert talk is not None
        await reply(studio.inbox, studio.draft(talk, studio.anna))
        await studio.run()
        (sent,) = studio.channel.sent
        assert (sent.recipient, sent.subject, sent.answering) == (MAIL, "Счёт", None)
        thread = await studio.asks("z@x.test", "Спасибо, вопрос", thread="<k1>")
        answered = await studio.conversation(thread)
        assert answered.id == talk.id
        assert answered.wait is not None

    async def test_a_long_subject_and_none(self, studio: Studio, client: Client) -> None:
        way = (await ways_to_write(studio.inbox, client.id))[0]
        long = await self.begun(studio, way, "k1", "а" * 500)
        none = await self.begun(studio, way, "k2", " ")
        async with studio.inbox.store.begin() as t:
            assert (await t.conversation(long)).subject == "а" * LONGEST_SUBJECT
            assert (await t.conversation(none)).subject is None

    async def test_in_telegram_it_goes_on_where_it_stands(
        self, studio: Studio, client: Client
    ) -> None:
        number = await opened(studio, client, CHAT, "telegram")
        way = next(one for one in await ways_to_write(studio.inbox, client.id) if not one.begins)
        assert await self.begun(studio, way, "k1") == number
        assert await self.begun(studio, way, "k2") == number

    async def test_where_there_is_no_such_way(self, studio: Studio, client: Client) -> None:
        async def none(handle: Handle, channel_id: str) -> bool:
            found = await begin(studio.inbox, handle, channel_id, "x", studio.anna, key="k")
            return found is None

        assert await none(Handle("email", "nobody@x.test"), "email:info")
        assert await none(MAIL, "email:old")
        assert await none(MAIL, "telegram")
        assert await none(CHAT, "telegram"), "the client never wrote there"
        await opened(studio, client, CHAT, "telegram")
        assert await none(CHAT, "email:info")
