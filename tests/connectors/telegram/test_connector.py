"""The Telegram connector against a Bot API over HTTP."""

import asyncio
from typing import Any

import pytest
from aiogram.client.session.aiohttp import AiohttpSession

from connectors.telegram import TelegramConnector, TelegramSettings, open_bot
from inbox.errors import (
    ChannelPaused,
    Fault,
    SendDeferred,
    SendRejected,
    SendUncertain,
)
from inbox.model import (
    Attachment,
    Channel,
    Entity,
    InboundMessage,
    LoadedFile,
    Media,
)
from sandbox.telegram import People, TelegramServer, World
from sandbox.telegram.faults import Fault as FaultPlanned
from tests.connectors.telegram.conftest import (
    CLIENT,
    NOW,
    TOKEN,
    loaded,
    next_of,
    open_connector,
    reply,
)


async def test_what_was_not_acknowledged_comes_again(
    connector: TelegramConnector, people: People
) -> None:
    people.says(CLIENT, TOKEN, "один")
    people.says(CLIENT, TOKEN, "два")
    before = connector.receive(None)
    first = await next_of(before)
    assert [await _text(connector, raw) for raw in first.messages] == ["один", "два"]
    await before.aclose()  # killed before it could resume: nothing was acknowledged
    again = connector.receive(None)
    assert [raw.external_id for raw in (await next_of(again)).messages] == [
        raw.external_id for raw in first.messages
    ]
    people.says(CLIENT, TOKEN, "три")
    assert [await _text(connector, raw) for raw in (await next_of(again)).messages] == ["три"]
    await again.aclose()


async def _text(connector: TelegramConnector, raw: Any) -> str:
    message = await connector.parse([raw])
    assert isinstance(message, InboundMessage)
    return message.text


async def test_a_bad_update_does_not_hold_up_the_others(
    connector: TelegramConnector, people: People, world: World
) -> None:
    world.bot(TOKEN).stream.inject({"update_id": 1, "message": {"chat": "?"}})
    people.says(CLIENT, TOKEN, "после")
    batches = connector.receive(None)
    raws = list((await next_of(batches)).messages)
    while len(raws) < 2:
        raws += (await next_of(batches)).messages
    await batches.aclose()
    assert await _text(connector, raws[-1]) == "после"


async def test_a_text_goes_out_with_its_formatting_as_an_answer(
    connector: TelegramConnector, people: People, world: World
) -> None:
    asked = people.says(CLIENT, TOKEN, "Когда?")
    batches = connector.receive(None)
    (raw,) = (await next_of(batches)).messages
    await batches.aclose()
    answering = await connector.parse([raw])
    assert isinstance(answering, InboundMessage)
    bold = Entity("bold", 0, 6)
    receipt = await connector.send(reply("Завтра <b>", entities=(bold,), answering=answering))
    shown = world.chat(TOKEN, CLIENT)[-1]
    assert shown["text"] == "Завтра <b>"
    assert shown["entities"][0]["type"] == "bold"
    assert shown["reply_to_message"]["message_id"] == asked["message_id"]
    assert receipt.sent_at == NOW
    assert receipt.thread_ids == (f"chat:{CLIENT}",)


async def test_what_a_machine_wrote_goes_out_plainly_as_an_answer(
    connector: TelegramConnector, people: People, world: World
) -> None:
    asked = people.says(CLIENT, TOKEN, "Когда?")
    batches = connector.receive(None)
    (raw,) = (await next_of(batches)).messages
    await batches.aclose()
    answering = await connector.parse([raw])
    assert isinstance(answering, InboundMessage)
    told = reply("Мы закрыты", author="", automatic="auto-replied", answering=answering)
    await connector.send(told)
    shown = world.chat(TOKEN, CLIENT)[-1]
    assert shown["text"] == "Мы закрыты"
    assert shown["from"]["is_bot"] is True
    assert shown["reply_to_message"]["message_id"] == asked["message_id"]


@pytest.mark.parametrize(
    ("media", "field"),
    [
        (Media.PHOTO, "photo"),
        (Media.DOCUMENT, "document"),
        (Media.VOICE, "voice"),
        (Media.VIDEO, "video"),
        (Media.AUDIO, "audio"),
    ],
)
async def test_a_file_goes_out_with_the_text_as_its_caption(
    connector: TelegramConnector, world: World, media: Media, field: str
) -> None:
    await connector.send(reply("Вот", files=(loaded(media, "файл.bin", b"12345"),)))
    (shown,) = world.chat(TOKEN, CLIENT)
    assert field in shown
    assert shown["caption"] == "Вот"


async def test_kinds_without_a_caption_get_the_text_before_them(
    connector: TelegramConnector, world: World
) -> None:
    point = Attachment(
        Media.LOCATION, "", "", None, "bot:1", "", {"latitude": 55.7, "longitude": 37.6}
    )
    card = Attachment(
        Media.CONTACT, "", "", None, "bot:1", "", {"phone_number": "+7916", "first_name": "П"}
    )
    await connector.send(reply("Мы тут", files=(LoadedFile(point), LoadedFile(card))))
    shown = world.chat(TOKEN, CLIENT)
    assert [next(k for k in ("text", "location", "contact") if k in m) for m in shown] == [
        "text",
        "location",
        "contact",
    ]


async def test_the_three_ways_to_fail(
    connector: TelegramConnector, people: People, world: World
) -> None:
    world.faults.add(FaultPlanned("refuse", "sendMessage", retry_after=7))
    with pytest.raises(SendDeferred) as deferred:
        await connector.send(reply())
    assert deferred.value.retry_after is not None
    assert deferred.value.retry_after.total_seconds() == 7

    world.faults.add(FaultPlanned("cut", "sendMessage"))
    with pytest.raises(SendUncertain):
        await connector.send(reply("Дошло?"))
    assert world.chat(TOKEN, CLIENT)[-1]["text"] == "Дошло?"

    people.blocks(CLIENT, TOKEN)
    with pytest.raises(SendRejected) as rejected:
        await connector.send(reply())
    assert rejected.value.fault is Fault.BLOCKED


@pytest.mark.parametrize(
    "words",
    [
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: bot is not a member of the supergroup chat",
        "Forbidden: user is deactivated",
    ],
)
async def test_who_cannot_be_written_to_any_more(
    connector: TelegramConnector, world: World, words: str
) -> None:
    world.faults.add(FaultPlanned("refuse", "sendMessage", status=403, description=words))
    with pytest.raises(SendRejected) as rejected:
        await connector.send(reply())
    assert rejected.value.fault is Fault.BLOCKED


async def test_half_a_reply_is_uncertain(connector: TelegramConnector, world: World) -> None:
    world.faults.add(FaultPlanned("refuse", "sendDocument", retry_after=7))
    long = "я" * 1025
    with pytest.raises(SendUncertain):
        await connector.send(reply(long, files=(loaded(Media.DOCUMENT, "a", b"1"),)))
    assert len(world.chat(TOKEN, CLIENT)) == 1


async def test_a_server_that_is_not_there_defers(server: TelegramServer) -> None:
    away = open_connector(server)
    await server.stop()
    with pytest.raises(SendDeferred):
        await away.send(reply())
    await away.close()


async def test_a_wrong_token_pauses_the_channel(server: TelegramServer) -> None:
    known = TelegramSettings(token="4242:AAwrong-token", api=server.url)
    stranger = TelegramConnector(
        Channel("telegram", "telegram"), open_bot(known), known, lambda: NOW
    )
    with pytest.raises(ChannelPaused) as paused:
        await next_of(stranger.receive(None))
    assert paused.value.fault is Fault.LOGIN_FAILED
    assert "AAwrong" not in str(paused.value)
    await stranger.close()


async def test_a_webhook_is_answered_only_once_the_update_is_stored(
    server: TelegramServer, people: People, unused_tcp_port: int
) -> None:
    secret = "webhook-secret-0123456789"
    webhook = {
        "url": f"http://127.0.0.1:{unused_tcp_port}/",
        "port": unused_tcp_port,
        "secret": secret,
    }
    hooked = open_connector(server, mode="webhook", webhook=webhook)
    batches = hooked.receive(None)
    waiting = asyncio.ensure_future(anext(batches))
    while not server.world.bot(TOKEN).stream.webhook:
        await asyncio.sleep(0.01)
    people.says(CLIENT, TOKEN, "по веб-хуку")
    batch = await asyncio.wait_for(waiting, 5)
    assert await _text(hooked, batch.messages[0]) == "по веб-хуку"
    async with AiohttpSession() as session:
        client = await session.create_session()
        async with client.post(webhook["url"], json={"update_id": 1}) as refused:
            assert refused.status == 403
    await batches.aclose()
    await hooked.close()
