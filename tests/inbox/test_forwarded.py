"""A colleague passes a client's mail on: proposed, taken over in one tap, never silently."""

from typing import Any

from inbox.corrections import call_forwarded
from inbox.flow import reply
from inbox.model import Handle, Nature
from inbox.ports import Card, CardState
from tests.fakes import MONDAY_TEN
from tests.inbox.conftest import Studio

OLGA = Handle("email", "olga@romashka.test")
PASSED_ON: dict[str, Any] = {
    "nature": Nature.OWN,
    "forwarded": OLGA,
    "forwarded_name": "Ольга",
    "subject": "Fwd: Макет",
}


async def passed_on(studio: Studio, **more: Any) -> Card:
    studio.channel.shapes["Смотри"] = {**PASSED_ON, **more}
    await studio.asks("boris@studio.test", "Смотри")
    return studio.desk.cards[-1][0]


async def now(studio: Studio, card: Card) -> Card:
    async with studio.inbox.store.begin() as t:
        return await t.card(card.message_id)


async def test_it_is_a_quiet_card_of_the_writers_manager(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, OLGA.address)
    card = await passed_on(studio)
    assert [to.name for _, to, _ in studio.desk.cards] == ["Анна"]
    assert card.state is CardState.QUIET
    assert card.conversation.client.name == "Ромашка"
    assert card.message.sender.address == "boris@studio.test"
    assert (card.message.forwarded, card.message.forwarded_name) == (OLGA, "Ольга")


async def test_one_tap_makes_it_the_clients_with_its_time(studio: Studio) -> None:
    card = await passed_on(studio)
    studio.clock.pass_(minutes=15)

    assert await call_forwarded(studio.inbox, card.message_id, studio.anna)
    await studio.run()

    asked = await now(studio, card)
    assert asked.state is CardState.WAITING
    assert asked.wait is not None
    assert asked.wait.started_at == MONDAY_TEN
    assert (asked.message.sender, asked.message.sender_name) == (OLGA, "Ольга")
    assert asked.conversation.client.name == "Ольга"
    assert studio.desk.redrawn[-1][1].state is CardState.WAITING
    assert not await call_forwarded(studio.inbox, card.message_id, studio.anna)

    await reply(studio.inbox, studio.draft(asked.conversation, studio.anna))
    await studio.run()
    assert studio.channel.sent[0].recipient == OLGA
    answering = studio.channel.sent[0].answering
    assert answering is not None
    assert answering.sender == OLGA


async def test_an_answered_one_is_only_called_so(studio: Studio) -> None:
    card = await passed_on(studio)
    studio.clock.pass_(minutes=5)
    await reply(studio.inbox, studio.draft(card.conversation, studio.anna))
    await studio.run()
    assert await call_forwarded(studio.inbox, card.message_id, studio.anna)
    assert (await now(studio, card)).state is CardState.QUIET


async def test_a_forward_without_a_name_is_named_by_its_address(studio: Studio) -> None:
    card = await passed_on(studio, forwarded_name="")
    assert card.conversation.client.name == OLGA.address


async def test_what_the_studio_sent_on_to_others_is_no_card(studio: Studio) -> None:
    studio.channel.note = {"sent": "1"}
    studio.channel.shapes["Смотри"] = PASSED_ON
    await studio.asks("boris@studio.test", "Смотри")
    assert studio.desk.cards == []


async def test_passing_a_clients_mail_on_is_no_answer_to_the_client(studio: Studio) -> None:
    thread = await studio.asks(OLGA.address)
    shown = len(studio.desk.cards)
    studio.clock.pass_(minutes=5)
    studio.channel.note = {"sent": "1"}
    studio.channel.shapes["Смотри"] = PASSED_ON
    await studio.asks("boris@studio.test", "Смотри", thread=thread)
    conversation = await studio.conversation(thread)
    assert conversation.wait is not None
    assert len(studio.desk.cards) == shown
    async with studio.inbox.store.begin() as t:
        lines = await t.history(conversation.id, 5)
    assert [line.inbound for line in lines] == [True, False]
