"""Files on their way from and to Telegram: limits, what broke off, what is gone, time-outs."""

from dataclasses import replace
from typing import Any

import pytest
from aiogram.client.session.aiohttp import AiohttpSession

from connectors.telegram import TelegramConnector
from inbox.errors import (
    Fault,
    FileUnavailable,
    SendDeferred,
)
from inbox.model import (
    Attachment,
    InboundMessage,
    Media,
)
from sandbox.telegram import People, World
from sandbox.telegram.faults import Fault as FaultPlanned
from tests.connectors.telegram.conftest import CLIENT, TOKEN, loaded, next_of, reply


async def test_files_are_fetched_up_to_the_limit(
    connector: TelegramConnector, people: People
) -> None:
    people.sends(CLIENT, TOKEN, "document", b"contents", "a.txt")
    people.sends(CLIENT, TOKEN, "document", b"", "huge.zip", size=30_000_000)
    batches = connector.receive(None)
    raws = (await next_of(batches)).messages
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


class TestDownloads:
    """A client's or a manager's file, on its way from Telegram."""

    @pytest.fixture
    async def attachment(self, connector: TelegramConnector, people: People) -> Attachment:
        people.sends(CLIENT, TOKEN, "document", b"contents" * 9000, "a.txt")
        batches = connector.receive(None)
        (raw,) = (await next_of(batches)).messages
        await batches.aclose()
        message = await connector.parse([raw])
        assert isinstance(message, InboundMessage)
        return message.attachments[0]

    @pytest.mark.parametrize(
        "fault",
        [
            FaultPlanned("cut", "file"),
            FaultPlanned("refuse", "file", status=502),
            FaultPlanned("refuse", "file", retry_after=1),
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
    await connector.send(reply("Вот", files=(loaded(Media.DOCUMENT, "a", b"1"),)))
    await connector.send(reply("Вот", files=(loaded(Media.DOCUMENT, "a", bytes(3_000_000)),)))
    assert given == [60, 160]
