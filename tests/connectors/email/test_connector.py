"""The whole way over the sandbox's mail server: read, parse, answer, keep a copy, read again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from connectors.email import MailboxSettings, MailConnector, ServerSettings, connect
from connectors.email.check import check_imap, check_smtp
from inbox.errors import ChannelPaused, Fault, FileUnavailable, SendRejected, Unreadable
from inbox.model import Batch, Channel, InboundMessage, Nature, RawMessage
from sandbox.mail import File, MailServer, User
from tests.connectors.email.reading import Clock, mail
from tests.connectors.email.writing import answer

OURS, LENA = "info@studio.test", "lena@client.test"
CHANNEL = Channel("email:info", "email")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    users = [User(OURS, "Studio", "our-secret"), User(LENA, "Лена", "her-secret")]
    one = MailServer(users, Clock().now)
    await one.start()
    yield one
    await one.stop()


def settings_for(server: MailServer, password: str = "our-secret", **more: Any) -> MailboxSettings:
    def at(port: int) -> ServerSettings:
        return ServerSettings(
            host="127.0.0.1", port=port, security="none", user=OURS, password=password
        )

    values = {"sent_copy_delay": 0} | more
    return MailboxSettings(
        address=OURS, imap=at(server.imap_port), smtp=at(server.smtp_port), **values
    )


MakeConnector = Callable[..., MailConnector]


@pytest.fixture
async def make(server: MailServer) -> AsyncIterator[MakeConnector]:
    made: list[MailConnector] = []

    def build(**more: Any) -> MailConnector:
        made.append(connect(CHANNEL, settings_for(server, **more), Clock()))
        return made[-1]

    yield build
    for one in made:
        await one.close()


async def next_mail(stream: AsyncIterator[Batch]) -> RawMessage:
    async with asyncio.timeout(10):
        while not (batch := await anext(stream)).messages:
            pass
    return batch.messages[0]


async def test_a_question_is_read_and_answered_in_its_thread(
    server: MailServer, make: MakeConnector
) -> None:
    connector = make()
    stream = connector.receive(None)
    assert (await anext(stream)).messages == ()
    asked = await server.compose(
        LENA, OURS, "Макет", "Когда?", files=[File("план.pdf", b"%PDF-1", "application/pdf")]
    )
    raw = await next_mail(stream)
    message = await connector.parse([raw])
    assert isinstance(message, InboundMessage)
    assert (message.sender.address, message.text) == (LENA, "Когда?")
    assert await connector.fetch(message.attachments[0], raw) == b"%PDF-1"

    receipt = await connector.send(answer(answering=message, key="k1"))
    assert receipt.thread_ids == (connector.external_id("k1"),)
    (got,) = server.inbox(LENA)
    assert got.message_id == receipt.thread_ids[0]
    assert got.in_reply_to == asked.message_id
    assert got.subject == "Re: Макет"

    await server.compose(LENA, OURS, "", "Спасибо", in_reply_to=got)
    again = await connector.parse([await next_mail(stream)])
    assert isinstance(again, InboundMessage)
    assert again.text == "Спасибо"
    assert receipt.thread_ids[0] in again.thread_ids


async def test_a_missing_sent_folder_does_not_fail_the_reply(
    server: MailServer, make: MakeConnector
) -> None:
    connector = make()
    await server._imap.stop()
    receipt = await connector.send(answer(answering=None, to=LENA))
    assert server.inbox(LENA)[0].message_id == receipt.thread_ids[0]
    await server._imap.start(server.host, server.imap_port)


async def test_an_unknown_recipient_is_rejected(server: MailServer, make: MakeConnector) -> None:
    with pytest.raises(SendRejected) as caught:
        await make().send(answer(answering=None, to="nobody@client.test"))
    assert caught.value.fault is Fault.NO_SUCH_ADDRESS


async def test_history_opens_no_wait(server: MailServer, make: MakeConnector) -> None:
    await server.compose(LENA, OURS, "Старое", "Давно")
    connector = make(first_run_days=2)
    message = await connector.parse([await next_mail(connector.receive(None))])
    assert isinstance(message, InboundMessage)
    assert message.nature is Nature.AUTOMATIC


async def test_a_mail_that_the_server_keeps_back_is_quarantined(make: MakeConnector) -> None:
    note = {"gap": "1", "folder": "INBOX", "uid": "7", "uidvalidity": "1"}
    raw = RawMessage("gap:INBOX:1:7", "lane", b"", Clock().now(), note=note)
    with pytest.raises(Unreadable, match="UID 7"):
        await make().parse([raw])


async def test_a_file_that_was_left_on_the_server_may_be_gone(make: MakeConnector) -> None:
    payload = (
        b"From: lena@client.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
        b"Hi\r\n--b\r\nContent-Type: application/zip\r\nContent-Disposition: attachment;"
        b" filename=all.zip\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBA"
    )
    place = {"folder": "INBOX", "uidvalidity": "1", "uid": "77"}
    note = {"truncated": "1", "size": "99000000", **place}
    raw = RawMessage("mail:1", "lane", payload, Clock().now(), note=note)
    connector = make()
    message = await connector.parse([raw])
    assert isinstance(message, InboundMessage)
    assert message.text == "Hi"
    with pytest.raises(FileUnavailable) as caught:
        await connector.fetch(message.attachments[0], raw)
    assert caught.value.fault is Fault.EXPIRED


async def test_a_mailbox_that_works_is_described(server: MailServer) -> None:
    settings = settings_for(server)
    assert await check_imap(settings) == "IDLE, 2 folders, Sent: Sent"
    assert (await check_smtp(settings)).startswith("login accepted")


@pytest.mark.parametrize("check", [check_imap, check_smtp])
async def test_a_wrong_password_is_named_and_not_shown(
    server: MailServer, check: Callable[[MailboxSettings], Any]
) -> None:
    with pytest.raises(ChannelPaused) as caught:
        await check(settings_for(server, password="s3cr3t-of-mine"))
    assert caught.value.fault is Fault.LOGIN_FAILED
    assert "s3cr3t-of-mine" not in str(caught.value)


@pytest.mark.parametrize("check", [check_imap, check_smtp])
async def test_a_server_that_is_not_there_is_unreachable(
    server: MailServer, check: Callable[[MailboxSettings], Any]
) -> None:
    settings = settings_for(server)
    await server.stop()
    with pytest.raises(ChannelPaused) as caught:
        await check(settings)
    assert caught.value.fault is Fault.UNREACHABLE


async def test_a_missing_folder_is_named(server: MailServer) -> None:
    with pytest.raises(ChannelPaused, match="Клиенты"):
        await check_imap(settings_for(server, folders=("INBOX", "Клиенты")))


async def test_a_push_is_handed_over_at_once(server: MailServer, make: MakeConnector) -> None:
    stream = make().receive(None)
    await anext(stream)
    loop, took = asyncio.get_running_loop(), []
    for number in range(10):
        waiting = asyncio.ensure_future(next_mail(stream))
        await asyncio.sleep(0.05)
        started = loop.time()
        await server.deliver(OURS, mail(f"M{number}"))
        await waiting
        took.append(loop.time() - started)
    assert min(took) < 1, took
