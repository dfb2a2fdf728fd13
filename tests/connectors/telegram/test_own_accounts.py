"""A member's own account: messages come in by it and replies go out in the member's name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.telegram import TelegramConnector, TelegramSettings, open_bot
from inbox.errors import Fault as Why
from inbox.errors import SendDeferred, SendRejected
from inbox.model import (
    Account,
    Channel,
    Connected,
    Deleted,
    Handle,
    Happening,
    InboundMessage,
    Nature,
)
from sandbox.telegram import Fault, People, Person, TelegramServer, World
from tests.connectors.telegram.conftest import CLIENT, NOW, TOKEN, next_of, reply

OLGA = 77
PLACE = Handle("telegram_business", f"{OLGA}:{CLIENT}")


class KeptAccounts:
    """Accounts in memory; `asked` counts what was looked for."""

    def __init__(self) -> None:
        self.by_owner: dict[int, Account] = {}
        self.owners: dict[str, int] = {}

    async def of_connection(self, connection_id: str) -> Account | None:
        owner_id = self.owners.get(connection_id)
        return None if owner_id is None else self.by_owner[owner_id]

    async def of_owner(self, owner_id: int) -> Account | None:
        return self.by_owner.get(owner_id)

    async def keep(self, account: Account) -> None:
        self.by_owner[account.owner_id] = account
        self.owners[account.connection_id] = account.owner_id


@pytest.fixture
def accounts() -> KeptAccounts:
    return KeptAccounts()


@pytest.fixture
async def connector(
    server: TelegramServer, accounts: KeptAccounts
) -> AsyncIterator[TelegramConnector]:
    server.world.add_person(Person(OLGA, "Ольга"))
    settings = TelegramSettings(token=TOKEN, api=server.url, pace=False)
    channel = Channel("telegram", "telegram")
    one = TelegramConnector(channel, open_bot(settings), settings, lambda: NOW, accounts)
    yield one
    await one.close()


async def heard(connector: TelegramConnector) -> list[InboundMessage | Happening | str]:
    """What all that waits says."""
    batches = connector.receive(None)
    batch = await next_of(batches)
    await batches.aclose()
    return [await connector.parse([raw]) for raw in batch.messages]


async def test_a_connection_and_what_both_write(
    connector: TelegramConnector, people: People, accounts: KeptAccounts
) -> None:
    people.connects(OLGA, TOKEN)
    people.says(CLIENT, TOKEN, "Когда будет готово?", owner=OLGA)
    people.says(OLGA, TOKEN, "Завтра", owner=OLGA, chat_id=CLIENT)
    connected, asked, answered = await heard(connector)
    assert isinstance(connected, Connected)
    assert connected.account.owner_id == OLGA
    assert connected.account.enabled
    assert connected.account.can_reply
    assert isinstance(asked, InboundMessage)
    assert isinstance(answered, InboundMessage)
    assert (asked.nature, answered.nature) == (Nature.PERSON, Nature.OWN)
    for one in (asked, answered):
        assert one.peer == Handle("telegram", str(CLIENT))
        assert one.place == PLACE
        assert one.thread_ids == (f"business:{OLGA}:{CLIENT}",)
    assert asked.external_id.startswith(f"business:{OLGA}:{CLIENT}:")
    # Nobody had stored the connection yet: Telegram was asked whose it is, once.
    assert accounts.by_owner[OLGA].connection_id == connected.account.connection_id


async def test_telegram_is_asked_once_whose_a_connection_is(
    connector: TelegramConnector, people: People, world: World
) -> None:
    people.connects(OLGA, TOKEN)
    for number in range(3):
        people.says(CLIENT, TOKEN, str(number), owner=OLGA)
    await heard(connector)
    asked = [one for one in world.requests if one.method == "getBusinessConnection"]
    assert len(asked) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("reset", "getBusinessConnection"),
        Fault("refuse", "getBusinessConnection", status=502),
        Fault("refuse", "getBusinessConnection", retry_after=5),
    ],
    ids=["reset", "502", "429"],
)
async def test_while_telegram_does_not_say_the_message_waits(
    connector: TelegramConnector, people: People, world: World, fault: Fault
) -> None:
    people.connects(OLGA, TOKEN)
    people.says(CLIENT, TOKEN, "Вопрос", owner=OLGA)
    batches = connector.receive(None)
    *_, raw = (await next_of(batches)).messages
    await batches.aclose()
    world.faults.add(fault)
    with pytest.raises(SendDeferred):
        await connector.parse([raw])
    assert isinstance(await connector.parse([raw]), InboundMessage)


async def connected(
    people: People, connector: TelegramConnector, accounts: KeptAccounts
) -> dict[str, Any]:
    people.connects(OLGA, TOKEN)
    asked = people.says(CLIENT, TOKEN, "Вопрос", owner=OLGA)
    await heard(connector)
    return asked


def account_chat(world: World) -> list[dict[str, Any]]:
    """The client's messages with Olga, as they see them."""
    return world.chat(TOKEN, CLIENT, owner=OLGA)


async def test_a_reply_goes_out_as_the_member_and_its_echo_is_none_of_ours(
    connector: TelegramConnector, people: People, world: World, accounts: KeptAccounts
) -> None:
    await connected(people, connector, accounts)
    receipt = await connector.send(reply("Завтра", recipient=PLACE))
    sent = account_chat(world)[-1]
    assert sent["text"] == "Завтра"
    assert sent["from"]["id"] == OLGA
    assert receipt.thread_ids == (f"business:{OLGA}:{CLIENT}",)
    assert receipt.sent_as == (f"business:{OLGA}:{CLIENT}:{sent['message_id']}",)
    echo = (await heard(connector))[-1]
    assert isinstance(echo, str)
    assert not world.chat(TOKEN, CLIENT)  # nothing in the bot's own chat with the client


async def test_it_can_be_changed_and_taken_back(
    connector: TelegramConnector, people: People, world: World, accounts: KeptAccounts
) -> None:
    await connected(people, connector, accounts)
    receipt = await connector.send(reply("Завтра", recipient=PLACE))
    await connector.edit(reply("Послезавтра", recipient=PLACE), receipt.sent_as)
    assert account_chat(world)[-1]["text"] == "Послезавтра"
    await connector.take_back(reply("", recipient=PLACE), receipt.sent_as)
    assert [one["text"] for one in account_chat(world)] == ["Вопрос"]
    await connector.take_back(reply("", recipient=PLACE), receipt.sent_as)  # again: no harm


async def test_after_a_reconnect_the_new_connection_is_used(
    connector: TelegramConnector, people: People, world: World, accounts: KeptAccounts
) -> None:
    await connected(people, connector, accounts)
    people.disconnects(OLGA)
    people.connects(OLGA, TOKEN)
    for event in await heard(connector):
        if isinstance(event, Connected):
            await accounts.keep(event.account)
    await connector.send(reply("Завтра", recipient=PLACE))
    assert account_chat(world)[-1]["text"] == "Завтра"


async def test_without_the_right_nothing_goes_out(
    connector: TelegramConnector, people: People, world: World, accounts: KeptAccounts
) -> None:
    await connected(people, connector, accounts)
    people.changes_rights(OLGA, ["can_read_messages"])
    for told in (False, True):  # before we have heard of it, and after
        if told:
            (*_, event) = await heard(connector)
            assert isinstance(event, Connected)
            assert not event.account.can_reply
            await accounts.keep(event.account)
        with pytest.raises(SendRejected) as refused:
            await connector.send(reply("Завтра", recipient=PLACE))
        assert refused.value.fault is Why.NO_RIGHTS
    assert len(account_chat(world)) == 1


async def test_without_an_account_nothing_goes_out(connector: TelegramConnector) -> None:
    with pytest.raises(SendRejected) as refused:
        await connector.send(reply("Завтра", recipient=PLACE))
    assert refused.value.fault is Why.NO_RIGHTS


async def test_after_a_day_without_a_word_of_the_client_it_is_too_late(
    connector: TelegramConnector, people: People, world: World, accounts: KeptAccounts
) -> None:
    await connected(people, connector, accounts)
    words = "Bad Request: BUSINESS_PEER_INVALID"
    world.faults.add(Fault("refuse", "sendMessage", status=400, description=words))
    with pytest.raises(SendRejected) as refused:
        await connector.send(reply("Завтра", recipient=PLACE))
    assert refused.value.fault is Why.TOO_LATE


async def test_deletions_are_told(
    connector: TelegramConnector, people: People, accounts: KeptAccounts
) -> None:
    asked = await connected(people, connector, accounts)
    people.deletes(CLIENT, TOKEN, asked["message_id"], owner=OLGA)
    event = (await heard(connector))[-1]
    assert isinstance(event, Deleted)
    assert event.external_ids == (f"business:{OLGA}:{CLIENT}:{asked['message_id']}",)
