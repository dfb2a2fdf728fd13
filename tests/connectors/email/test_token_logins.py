"""Logins with an access token: real Dovecot over IMAP, a scripted server over SMTP."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from connectors.email.config import ServerSettings
from connectors.email.faults import ConsentNeeded, LoginRefused
from connectors.email.login import Tokens
from connectors.email.session import ImapSession
from connectors.email.smtp import SmtpSession
from inbox.errors import Fault, SendDeferred
from tests.conftest import skip_or_fail
from tests.servers import Dovecot
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.oauth import FakeOAuth
from tests.servers.process import ServerMissing

OWNER = "info@firm.test"


class Fixed:
    """Tokens that are given, and what was refused of them."""

    def __init__(self, *tokens: str) -> None:
        self.tokens, self.no = list(tokens), []

    no: list[str]

    async def token(self) -> str:
        return self.tokens[0]

    def refused(self, token: str) -> None:
        self.no.append(token)

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def provider(certificates: Certificates) -> AsyncIterator[FakeOAuth]:
    async with FakeOAuth(certificates) as one:
        yield one


@pytest.fixture
async def by_token(provider: FakeOAuth) -> AsyncIterator[Dovecot]:
    try:
        server = Dovecot(introspection=provider.introspection)
    except ServerMissing as error:
        skip_or_fail(error)
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.__exit__, None, None, None)


@pytest.mark.real
class TestDovecot:
    async def test_it_lets_a_good_token_in_and_says_why_it_refuses_another(
        self, provider: FakeOAuth, by_token: Dovecot
    ) -> None:
        box = by_token.add_user()
        provider.tokens["good"] = box.address
        at = ServerSettings(
            host="127.0.0.1", port=by_token.imap_port, security="none", user=box.address
        )
        session = await ImapSession.open(at, tokens=Fixed("good"))
        assert session.can_idle, "capabilities are asked for after the login"
        assert await session.folders()
        await session.close()
        stolen = Fixed("st0l3n")
        with pytest.raises(LoginRefused) as caught:
            await ImapSession.open(at, tokens=stolen)
        assert "st0l3n" not in caught.value.reason
        assert stolen.no == ["st0l3n"]
        again = await ImapSession.open(at, tokens=Fixed("good"))
        await again.close()

    async def test_a_token_of_somebody_else_opens_nothing(
        self, provider: FakeOAuth, by_token: Dovecot
    ) -> None:
        box, other = by_token.add_user(), by_token.add_user()
        provider.tokens["theirs"] = other.address
        at = ServerSettings(
            host="127.0.0.1", port=by_token.imap_port, security="none", user=box.address
        )
        with pytest.raises(LoginRefused):
            await ImapSession.open(at, tokens=Fixed("theirs"))


async def smtp_server(steps: list[bytes], lines: list[str]) -> asyncio.Server:
    """Greets, offers XOAUTH2, and answers each AUTH line as told."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                text = line.decode().strip()
                lines.append(text)
                if text.startswith("EHLO"):
                    writer.write(b"250-hi\r\n250 AUTH XOAUTH2 PLAIN\r\n")
                else:
                    writer.write(steps.pop(0) if steps else b"221 bye\r\n")
        writer.transport.abort()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def over_smtp(steps: list[bytes], lines: list[str], tokens: Tokens) -> SmtpSession:
    server = await smtp_server(steps, lines)
    try:
        port = server.sockets[0].getsockname()[1]
        at = ServerSettings(host="127.0.0.1", port=port, security="none", user=OWNER)
        session = await SmtpSession.open(at, tokens=tokens)
        await session.close()
        return session
    finally:
        server.close()
        await asyncio.sleep(0.05)  # its talk ends too


async def test_smtp_takes_a_token() -> None:
    lines: list[str] = []
    await over_smtp([b"235 welcome\r\n"], lines, Fixed("good"))
    # RFC 4648 of "user=info@firm.test^Aauth=Bearer good^A^A"
    assert lines[1] == "AUTH XOAUTH2 dXNlcj1pbmZvQGZpcm0udGVzdAFhdXRoPUJlYXJlciBnb29kAQE="


async def test_smtps_question_after_a_bad_token_is_answered() -> None:
    lines: list[str] = []
    tokens = Fixed("b4d")
    steps = [b"334 eyJzdGF0dXMiOiI0MDAifQ==\r\n", b"535 5.7.3 b4d is no good\r\n"]
    with pytest.raises(SendDeferred) as caught:
        await over_smtp(steps, lines, tokens)
    assert (caught.value.fault, caught.value.detail) == (
        Fault.LOGIN_FAILED,
        "535 5.7.3 *** is no good",
    )
    assert lines[2] == ""
    assert tokens.no == ["b4d"]


class Consent:
    async def token(self) -> str:
        raise ConsentNeeded("https://provider.test → ABCD")

    def refused(self, token: str) -> None:
        raise AssertionError(token)

    async def close(self) -> None:
        """Nothing is held."""


async def test_without_a_consent_no_server_is_bothered() -> None:
    at = ServerSettings(host="127.0.0.1", port=1, security="none", user=OWNER)
    with pytest.raises(SendDeferred, match="ABCD") as caught:
        await SmtpSession.open(at, tokens=Consent())
    assert caught.value.fault is Fault.LOGIN_FAILED
    with pytest.raises(ConsentNeeded):
        await ImapSession.open(at, tokens=Consent())
