"""The Telegram connector against a Bot API over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.client.session.aiohttp import AiohttpSession

from connectors.telegram import TelegramConnector, TelegramSettings, open_bot
from inbox.errors import (
    ChannelPaused,
    Fault,
    FileUnavailable,
    SendDeferred,
    SendRejected,
    SendUncertain,
)
from inbox.model import (
    Attachment,
    Batch,
    Channel,
    Entity,
    Handle,
    InboundMessage,
    LoadedFile,
    Media,
    OutboundMessage,
)
from sandbox.telegram import People, Person, TelegramServer, World
from sandbox.telegram.faults import Fault as FaultPlanned

TOKEN = "4242:AAclients-bot"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
CLIENT = 501


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    world = World(lambda: NOW)
    world.add_bot(TOKEN, "okno_bot", "Okno")
    world.add_person(Person(CLIENT, "Анна"))
    server = TelegramServer(world)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def world(server: TelegramServer) -> World:
    return server.world


@pytest.fixture
def people(world: World) -> People:
    return People(world)


def _connector(server: TelegramServer, **settings: Any) -> TelegramConnector:
    known = TelegramSettings(token=TOKEN, api=server.url, **settings)
    bot = open_bot(known)
    return TelegramConnector(Channel("telegram", "telegram"), bot, known, lambda: NOW)


@pytest.fixture
async def connector(server: TelegramServer) -> AsyncIterator[TelegramConnector]:
    one = _connector(server)
    yield one
    await one.close()


def reply(text: str = "Сделаем", **more: Any) -> OutboundMessage:
    known: dict[str, Any] = {
        "key": "k1",
        "external_id": None,
        "channel_id": "telegram",
        "recipient": Handle("telegram", str(CLIENT)),
        "author": "Пётр",
        "text": text,
        "entities": (),
        "files": (),
        "subject": None,
        "answering": None,
        "written_at": NOW,
    }
    return OutboundMessage(**(known | more))


def _file(media: Media, name: str, content: bytes) -> LoadedFile:
    return LoadedFile(Attachment(media, name, "x/y", len(content), "email:info", "2"), content)


async def _next(batches: AsyncIterator[Batch]) -> Batch:
    return await asyncio.wait_for(anext(batches), 5)


async def test_what_was_not_acknowledged_comes_again(
    connector: TelegramConnector, people: People
) -> None:
    people.says(CLIENT, TOKEN, "один")
    people.says(CLIENT, TOKEN, "два")
    before = connector.receive(None)
    first = await _next(before)
    assert [await _text(connector, raw) for raw in first.messages] == ["один", "два"]
    await before.aclose()  # killed before it could resume: nothing was acknowledged
    again = connector.receive(None)
    assert [raw.external_id for raw in (await _next(again)).messages] == [
        raw.external_id for raw in first.messages
    ]
    people.says(CLIENT, TOKEN, "три")
    assert [await _text(connector, raw) for raw in (await _next(again)).messages] == ["три"]
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
    raws = list((await _next(batches)).messages)
    while len(raws) < 2:
        raws += (await _next(batches)).messages
    await batches.aclose()
    assert await _text(connector, raws[-1]) == "после"


async def test_a_text_goes_out_with_its_formatting_as_an_answer(
    connector: TelegramConnector, people: People, world: World
) -> None:
    asked = people.says(CLIENT, TOKEN, "Когда?")
    batches = connector.receive(None)
    (raw,) = (await _next(batches)).messages
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
    (raw,) = (await _next(batches)).messages
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
    await connector.send(reply("Вот", files=(_file(media, "файл.bin", b"12345"),)))
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


async def test_half_a_reply_is_uncertain(connector: TelegramConnector, world: World) -> None:
    world.faults.add(FaultPlanned("refuse", "sendDocument", retry_after=7))
    long = "я" * 1025
    with pytest.raises(SendUncertain):
        await connector.send(reply(long, files=(_file(Media.DOCUMENT, "a", b"1"),)))
    assert len(world.chat(TOKEN, CLIENT)) == 1


async def test_a_server_that_is_not_there_defers(server: TelegramServer) -> None:
    away = _connector(server)
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
        await _next(stranger.receive(None))
    assert paused.value.fault is Fault.LOGIN_FAILED
    assert "AAwrong" not in str(paused.value)
    await stranger.close()


async def test_files_are_fetched_up_to_the_limit(
    connector: TelegramConnector, people: People
) -> None:
    people.sends(CLIENT, TOKEN, "document", b"contents", "a.txt")
    people.sends(CLIENT, TOKEN, "document", b"", "huge.zip", size=30_000_000)
    batches = connector.receive(None)
    raws = (await _next(batches)).messages
    await batches.aclose()
    small, huge = [await connector.parse([raw]) for raw in raws]
    assert isinstance(small, InboundMessage)
    assert isinstance(huge, InboundMessage)
    assert await connector.fetch(small.attachments[0], None) == b"contents"
    with pytest.raises(FileUnavailable) as refused:
        await connector.fetch(huge.attachments[0], None)
    assert refused.value.fault is Fault.TOO_LARGE
    gone = replace(small.attachments[0], ref="no-such-file")
    with pytest.raises(FileUnavailable):
        await connector.fetch(gone, None)


async def test_a_webhook_is_answered_only_once_the_update_is_stored(
    server: TelegramServer, people: People, unused_tcp_port: int
) -> None:
    secret = "webhook-secret-0123456789"
    webhook = {
        "url": f"http://127.0.0.1:{unused_tcp_port}/",
        "port": unused_tcp_port,
        "secret": secret,
    }
    hooked = _connector(server, mode="webhook", webhook=webhook)
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


class TestDownloads:
    """A client's or a manager's file, on its way from Telegram."""

    @pytest.fixture
    async def attachment(self, connector: TelegramConnector, people: People) -> Attachment:
        people.sends(CLIENT, TOKEN, "document", b"contents" * 9000, "a.txt")
        batches = connector.receive(None)
        (raw,) = (await _next(batches)).messages
        await batches.aclose()
        message = await connector.parse([raw])
        assert isinstance(message, InboundMessage)
        return message.attachments[0]

    @pytest.mark.parametrize(
        "fault",
        [
            FaultPlanned("cut", "file"),
            FaultPlanned("refuse", "file", status=502),
            FaultPlanned("refuse", "getFile", status=502),
            FaultPlanned("cut", "getFile"),
        ],
        ids=lambda fault: f"{fault.kind} {fault.method} {fault.status}",
    )
    async def test_what_broke_off_is_fetched_later(
        self,
        connector: TelegramConnector,
        attachment: Attachment,
        world: World,
        fault: FaultPlanned,
    ) -> None:
        world.faults.add(replace(fault))
        with pytest.raises(SendDeferred) as deferred:
            await connector.fetch(attachment, None)
        assert "AAclients-bot" not in str(deferred.value)
        assert await connector.fetch(attachment, None) == b"contents" * 9000

    async def test_what_is_gone_says_so_without_the_address_that_holds_the_token(
        self, connector: TelegramConnector, attachment: Attachment, world: World
    ) -> None:
        world.faults.add(FaultPlanned("refuse", "file", status=404))
        with pytest.raises(FileUnavailable) as gone:
            await connector.fetch(attachment, None)
        assert gone.value.fault is Fault.EXPIRED
        assert "AAclients-bot" not in str(gone.value)


async def test_a_large_file_has_the_time_that_a_slow_line_needs(
    connector: TelegramConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int | None] = []
    make_request = AiohttpSession.make_request

    async def timed(session: Any, bot: Any, method: Any, timeout: int | None = None) -> Any:
        given.append(timeout)
        return await make_request(session, bot, method, timeout)

    monkeypatch.setattr(AiohttpSession, "make_request", timed)
    await connector.send(reply("Вот", files=(_file(Media.DOCUMENT, "a", b"1"),)))
    await connector.send(reply("Вот", files=(_file(Media.DOCUMENT, "a", bytes(3_000_000)),)))
    assert given == [60, 160]
