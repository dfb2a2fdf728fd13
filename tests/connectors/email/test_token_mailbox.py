"""A mailbox without a password, whole: a code, one consent, then reading and answering by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from connectors.email import MailboxSettings, MailConnector, ServerSettings, connect
from inbox.errors import ChannelPaused, Fault, SendDeferred
from inbox.model import Batch, Channel, InboundMessage, RawMessage
from tests.conftest import skip_or_fail
from tests.connectors.email.reading import Clock
from tests.connectors.email.writing import answer, plain
from tests.servers import Dovecot, Mailbox, Postfix
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.oauth import FakeOAuth
from tests.servers.process import ServerMissing

pytestmark = pytest.mark.real
CHANNEL = Channel("email:info", "email")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def provider(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeOAuth]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.ca))
    async with FakeOAuth(certificates) as one:
        yield one


@pytest.fixture
async def dovecot(provider: FakeOAuth) -> AsyncIterator[Dovecot]:
    try:
        server = Dovecot(introspection=provider.introspection)
    except ServerMissing as error:
        skip_or_fail(error)
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.__exit__, None, None, None)


@pytest.fixture
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    try:
        server = Postfix(dovecot)
    except ServerMissing as error:
        skip_or_fail(error)
    with server:
        yield server


@pytest.fixture
async def connector(
    provider: FakeOAuth, dovecot: Dovecot, postfix: Postfix, tmp_path: Path
) -> AsyncIterator[MailConnector]:
    dovecot.add_user("info@firm.test")

    def at(port: int) -> ServerSettings:
        return ServerSettings(
            host="localhost",
            port=port,
            security="starttls",
            user="info@firm.test",
            ca_file=dovecot.certificates.ca,
        )

    settings = MailboxSettings(
        address="info@firm.test",
        auth="microsoft",
        client_id="client",
        authority=provider.authority,
        tokens=tmp_path / "mail-info.tokens",
        imap=at(dovecot.imap_port),
        smtp=at(postfix.submission_port),
        sent_copy_delay=0,
    )
    one = connect(CHANNEL, settings, Clock())
    yield one
    await one.close()


async def next_mail(stream: AsyncIterator[Batch]) -> tuple[RawMessage, ...]:
    async with asyncio.timeout(20):
        while not (batch := await anext(stream)).messages:
            pass
    return batch.messages


async def consented(provider: FakeOAuth, tokens: Path) -> None:
    provider.approve("info@firm.test")
    async with asyncio.timeout(20):
        while not tokens.exists():
            await asyncio.sleep(0.1)


async def test_without_a_consent_it_pauses_with_the_page_and_the_code(
    connector: MailConnector,
) -> None:
    with pytest.raises(ChannelPaused) as paused:
        await anext(connector.receive(None))
    assert paused.value.fault is Fault.CONSENT_NEEDED
    assert "https://provider.test/devicelogin → ABCD-EFGH" in paused.value.detail
    with pytest.raises(SendDeferred) as deferred:
        await connector.send(answer())
    assert deferred.value.fault is Fault.LOGIN_FAILED
    assert deferred.value.detail == paused.value.detail, "one consent, one code"


async def test_one_consent_serves_reading_answering_and_the_copy(
    connector: MailConnector, provider: FakeOAuth, dovecot: Dovecot, tmp_path: Path
) -> None:
    lena = dovecot.add_user()
    with pytest.raises(ChannelPaused):
        await anext(connector.receive(None))
    await consented(provider, tmp_path / "mail-info.tokens")

    stream = connector.receive(None)
    await anext(stream)
    message = await asked(dovecot, lena, connector, stream)
    reply = answer("Tomorrow.", answering=message, to=lena.address)
    await connector.send(reply)
    await connector.keep_copy(reply)

    (got,) = await asyncio.to_thread(dovecot.wait_for_messages, lena.address, 1)
    assert plain(got).startswith("Tomorrow.")
    assert len(dovecot.messages("info@firm.test", "Sent")) == 1
    granted = [form["grant_type"] for form in provider.asked]
    assert granted.count("urn:ietf:params:oauth:grant-type:device_code") >= 1
    assert len(provider.tokens) == 1, "the same token everywhere"


async def asked(
    dovecot: Dovecot, lena: Mailbox, connector: MailConnector, stream: AsyncIterator[Batch]
) -> InboundMessage:
    mail = (
        f"From: Lena <{lena.address}>\r\nTo: info@firm.test\r\nSubject: Plan\r\n"
        "Message-ID: <q1@firm.test>\r\n\r\nWhen?\r\n"
    )
    dovecot.deliver("info@firm.test", mail.encode())
    message = await connector.parse(await next_mail(stream))
    assert isinstance(message, InboundMessage)
    assert message.text == "When?"
    return message
