"""Buttons below our messages, in every place: clients press them, edits keep or drop them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.telegram import TelegramConnector, TelegramSettings, open_bot
from connectors.telegram.parse import parse_updates
from connectors.telegram.source import raw_message
from inbox.channels import ShowsChoices
from inbox.errors import SendDeferred, Unreadable
from inbox.model import Account, Channel, Choice, Chosen, Handle, Media, Receipt
from sandbox.telegram import Fault, People, Person, TelegramServer, World
from tests.connectors.telegram.conftest import CLIENT, NOW, TOKEN, loaded, next_of, reply
from tests.connectors.telegram.test_own_accounts import KeptAccounts

OLGA = 77
GROUP = -100_500
YES = (Choice("Согласен", "okq:1:abc"),)
OWN = Handle("telegram_business", f"{OLGA}:{CLIENT}")


@pytest.fixture
async def connector(server: TelegramServer) -> AsyncIterator[TelegramConnector]:
    """With a group of the client's, and Olga's own account."""
    world, accounts, people = server.world, KeptAccounts(), People(server.world)
    world.add_person(Person(OLGA, "Ольга"))
    world.add_supergroup(GROUP, "Ромашка", members=[CLIENT, OLGA], bots=[world.bot(TOKEN).id])
    connection = people.connects(OLGA, TOKEN)
    await accounts.keep(Account(OLGA, connection.id, enabled=True, can_reply=True, at=NOW))
    people.says(CLIENT, TOKEN, "Здравствуйте", owner=OLGA)
    settings = TelegramSettings(token=SecretStr(TOKEN), api=server.url, pace=False)
    channel = Channel("telegram", "telegram")
    one = TelegramConnector(channel, open_bot(settings), settings, lambda: NOW, accounts)
    yield one
    await one.close()


def buttons(message: dict[str, Any]) -> list[list[str]]:
    """What they carry, row by row."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [[one["callback_data"] for one in row] for row in rows]


def in_chat(world: World) -> list[dict[str, Any]]:
    return [one for one in world.chat(TOKEN, CLIENT) if one.get("from", {}).get("is_bot")]


async def pressed(
    connector: TelegramConnector, people: People, receipt: Receipt, **where: Any
) -> tuple[Chosen, asyncio.Task[str]]:
    """The client presses the button of what was sent: what is read, and what the client is told
    in the end."""
    number = int(receipt.sent_as[0].rpartition(":")[2].partition("/")[0])
    press = asyncio.create_task(people.presses(CLIENT, TOKEN, number, YES[0].data, **where))
    batches = connector.receive(None)
    said: object = None
    while not isinstance(said, Chosen):
        (*_, last) = (await next_of(batches)).messages
        said = await connector.parse([last])
    await batches.aclose()
    return said, press


async def test_a_client_presses_in_the_own_chat(
    connector: TelegramConnector, world: World, people: People
) -> None:
    receipt = await connector.send(reply("500 ₽ до завтра", choices=YES))
    (sent,) = in_chat(world)
    assert buttons(sent) == [["okq:1:abc"]]
    chosen, press = await pressed(connector, people, receipt)
    assert (chosen.external_id,) == receipt.sent_as
    assert (chosen.data, chosen.thread_id) == ("okq:1:abc", f"chat:{CLIENT}")
    assert (chosen.by, chosen.by_name) == (Handle("telegram", str(CLIENT)), "Анна")
    assert chosen.at == NOW
    assert isinstance(connector, ShowsChoices)
    await connector.answer_press(chosen, "✅ Согласовано " + "я" * 300)
    assert (await press).startswith("✅ Согласовано")


async def test_in_a_group(connector: TelegramConnector, people: People) -> None:
    place = Handle("telegram_group", str(GROUP))
    receipt = await connector.send(reply("500 ₽", choices=YES, recipient=place))
    chosen, press = await pressed(connector, people, receipt, chat_id=GROUP)
    assert (chosen.external_id,) == receipt.sent_as
    assert chosen.thread_id == f"group:{GROUP}"
    assert chosen.by == Handle("telegram", str(CLIENT))
    await connector.answer_press(chosen, "")
    assert await press == ""


async def test_in_a_members_own_account(connector: TelegramConnector, people: People) -> None:
    receipt = await connector.send(reply("500 ₽", choices=YES, recipient=OWN))
    chosen, press = await pressed(connector, people, receipt, owner=OLGA)
    assert (chosen.external_id,) == receipt.sent_as
    assert chosen.thread_id == f"business:{OLGA}:{CLIENT}"
    await connector.answer_press(chosen, "Принято")
    assert await press == "Принято"


async def test_below_a_file_that_carries_the_text(
    connector: TelegramConnector, world: World
) -> None:
    photo = loaded(Media.PHOTO, "a.jpg", b"jpeg")
    await connector.send(reply("Макет за 500 ₽", choices=YES, files=(photo,)))
    (sent,) = in_chat(world)
    assert sent["caption"] == "Макет за 500 ₽"
    assert buttons(sent) == [["okq:1:abc"]]


async def test_an_album_has_no_buttons_so_that_the_text_stands_alone(
    connector: TelegramConnector, world: World
) -> None:
    photos = tuple(loaded(Media.PHOTO, f"{n}.jpg", b"jpeg") for n in range(2))
    receipt = await connector.send(reply("Макеты за 500 ₽", choices=YES, files=photos))
    text, *album = in_chat(world)
    assert (text["text"], buttons(text)) == ("Макеты за 500 ₽", [["okq:1:abc"]])
    assert [(one.get("caption"), buttons(one)) for one in album] == [(None, []), (None, [])]
    await connector.edit(reply("Макеты за 400 ₽"), receipt.sent_as)
    text, *album = in_chat(world)
    assert (text["text"], buttons(text)) == ("Макеты за 400 ₽", [])


@pytest.mark.parametrize("with_file", [False, True], ids=["text", "caption"])
async def test_an_edit_keeps_the_buttons_that_it_names_and_drops_the_others(
    connector: TelegramConnector, world: World, *, with_file: bool
) -> None:
    files = (loaded(Media.PHOTO, "a.jpg", b"jpeg"),) if with_file else ()
    receipt = await connector.send(reply("500 ₽", choices=YES, files=files))
    await connector.edit(reply("400 ₽", choices=YES), receipt.sent_as)
    (sent,) = in_chat(world)
    assert (sent["caption" if with_file else "text"], buttons(sent)) == ("400 ₽", [["okq:1:abc"]])
    for _ in range(2):  # doing it again does no harm
        await connector.edit(reply("400 ₽"), receipt.sent_as)
        (sent,) = in_chat(world)
        assert (sent["caption" if with_file else "text"], buttons(sent)) == ("400 ₽", [])


async def test_in_an_own_account_an_edit_drops_them_too(
    connector: TelegramConnector, world: World
) -> None:
    receipt = await connector.send(reply("500 ₽", choices=YES, recipient=OWN))
    await connector.edit(reply("500 ₽", recipient=OWN), receipt.sent_as)
    *_, sent = world.chat(TOKEN, CLIENT, owner=OLGA)
    assert (sent["text"], buttons(sent)) == ("500 ₽", [])


async def test_a_press_too_old_to_be_answered_is_no_fault(connector: TelegramConnector) -> None:
    press = Chosen("telegram", "501:1", "", Handle("telegram", "501"), "", NOW, press_id="77")
    await connector.answer_press(press, "Принято")


async def test_an_outage_is_said(connector: TelegramConnector, world: World) -> None:
    world.faults.add(Fault("refuse", "answerCallbackQuery", status=502))
    press = Chosen("telegram", "501:1", "", Handle("telegram", "501"), "", NOW, press_id="77")
    with pytest.raises(SendDeferred):
        await connector.answer_press(press, "Принято")


# --- what an update says ---------------------------------------------------------------------

CHAT = {"id": CLIENT, "type": "private"}
PRESS: dict[str, Any] = {
    "id": "1",
    "from": {"id": CLIENT, "first_name": "Анна"},
    "message": {"message_id": 7, "date": 0, "chat": CHAT},  # Bot API: InaccessibleMessage
    "data": "okq:1:abc",
}


def read(press: object, owner_id: int | None = None) -> object:
    raw = raw_message({"update_id": 1, "callback_query": press}, NOW)
    return parse_updates([raw], "telegram", 4242, owner_id)


def test_a_message_that_is_gone_was_pressed_all_the_same() -> None:
    chosen = read(PRESS)
    assert isinstance(chosen, Chosen)
    assert (chosen.external_id, chosen.press_id) == (f"{CLIENT}:7", "1")


@pytest.mark.parametrize(
    "press",
    [
        {**PRESS, "message": None, "inline_message_id": "x"},
        {**PRESS, "message": {"message_id": 7, "chat": {"id": -5, "type": "channel"}}},
        {**PRESS, "message": {**PRESS["message"], "business_connection_id": "b"}},
    ],
    ids=["inline", "channel", "account of nobody"],
)
def test_a_press_elsewhere_is_none_of_ours(press: dict[str, Any]) -> None:
    assert isinstance(read(press), str)


@pytest.mark.parametrize(
    "press",
    [
        None,
        {},
        {**PRESS, "id": ""},
        {**PRESS, "from": {}},
        {**PRESS, "message": {"message_id": 7}},
    ],
)
def test_what_cannot_be_read_is_said(press: object) -> None:
    with pytest.raises(Unreadable):
        read(press)


def test_data_that_is_no_text_carries_nothing() -> None:
    chosen = read({**PRESS, "data": 5})
    assert isinstance(chosen, Chosen)
    assert chosen.data == ""


def test_a_press_comes_in_the_lane_of_its_chat() -> None:
    inside = {**PRESS["message"], "business_connection_id": "b"}
    for kind, body, lane in (
        ("callback_query", PRESS, f"chat:{CLIENT}"),
        ("callback_query", {**PRESS, "message": inside}, f"business:b:{CLIENT}"),
        ("inline_query", {"id": "5", "from": {"id": 8}, "query": "тел"}, "user:8"),
        ("chosen_inline_result", {"result_id": "t1", "from": {"id": 8}, "query": ""}, "user:8"),
    ):
        raw = raw_message({"update_id": 1, kind: body}, NOW)
        assert raw.lane == lane
        assert raw.external_id.startswith(f"1:{kind}:")


def test_inline_mode_is_no_clients_word() -> None:
    for kind in ("inline_query", "chosen_inline_result"):
        raw = raw_message({"update_id": 1, kind: {"from": {"id": 8}}}, NOW)
        said = parse_updates([raw], "telegram", 4242)
        assert isinstance(said, str)
        assert kind in said
