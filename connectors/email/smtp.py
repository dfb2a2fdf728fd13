"""One SMTP connection, stage by stage, so that every outcome is known exactly.

Up to the final dot a failure means that nobody got anything. From the final dot on, only the
server's answer says what became of the mail (RFC 5321, 4.5.4.1 and 4.2.5).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass
from typing import cast

import aiosmtplib
import structlog
from aiosmtplib import SMTPException, SMTPRecipientRefused, SMTPResponseException
from aiosmtplib.protocol import SMTPProtocol

from connectors.email import sasl
from connectors.email.compose import Composed
from connectors.email.config import SMTP_PORTS, ServerSettings
from connectors.email.faults import LoginRefused, SessionLost
from connectors.email.login import Tokens, password_of
from connectors.email.tls import client_context
from inbox.errors import Fault, SendDeferred, SendFailed, SendRejected, SendUncertain

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 30.0
ANSWER_SECONDS = 60.0
ACCEPT_SECONDS = 300.0
SLOWEST_BYTES_PER_SECOND = 10_000
_LINE_END = re.compile(rb"\r\n|\n|\r")
_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: to connect, for an answer, for the answer to a whole mail."""

    connect: float = CONNECT_SECONDS
    answer: float = ANSWER_SECONDS
    accept: float = ACCEPT_SECONDS


class SmtpSession:
    """A logged-in connection to the mailbox's SMTP server."""

    def __init__(self, client: aiosmtplib.SMTP, timing: Timing) -> None:
        self._client = client
        self._timing = timing
        self.uses = 0

    @classmethod
    async def open(
        cls,
        settings: ServerSettings,
        timing: Timing | None = None,
        tokens: Tokens | None = None,
    ) -> SmtpSession:
        """Connect, secure and log in, with a token where there are `tokens`.

        Raises SendDeferred or SendRejected with the stage's fault.

        A refused login is LOGIN_FAILED and deferred: the reply goes once the password is right.
        """
        timing = timing or Timing()
        await _ready(tokens)
        client = _client(settings, timing)
        try:
            await _begin(client, settings, timing)
            await _login(client, settings, tokens)
        except BaseException:
            _drop(client)
            raise
        return cls(client, timing)

    @property
    def alive(self) -> bool:
        return self._client.is_connected

    @property
    def size_limit(self) -> int | None:
        """Bytes that the server takes at most (RFC 1870); None where it tells none."""
        told = self._client.esmtp_extensions.get("size", "").strip()
        return int(told) if told.isdigit() and int(told) else None

    async def send(self, mail: Composed) -> None:
        """Give the mail to the server, once. Raises the three SendFailed."""
        if self.size_limit is not None and len(mail.payload) > self.size_limit:
            raise SendRejected(Fault.TOO_LARGE, f"{len(mail.payload)} > {self.size_limit}")
        try:
            await self._envelope(mail)
            await self._announce_text()
        except SMTPException as error:
            raise failed(error) from None
        except (OSError, ValueError) as error:
            raise SendDeferred(Fault.UNREACHABLE, str(error)) from None
        await self._text(mail.payload)

    async def _envelope(self, mail: Composed) -> None:
        """MAIL and RCPT. Nothing goes while a recipient is put off; one refused does not stop
        the others."""
        options = [f"SIZE={len(mail.payload)}"] if "size" in self._client.esmtp_extensions else []
        encoding = "ascii"
        if not all(one.isascii() for one in (mail.sender, *mail.recipients)):
            if not self._client.supports_extension("smtputf8"):
                raise SendRejected(Fault.UNSUPPORTED, ", ".join(mail.recipients))
            options.append("SMTPUTF8")
            encoding = "utf-8"
        await self._client.mail(mail.sender, options=options, encoding=encoding)
        refused: list[SMTPRecipientRefused] = []
        for recipient in mail.recipients:
            try:
                await self._client.rcpt(recipient, encoding=encoding)
            except SMTPRecipientRefused as error:
                if error.code < 500:
                    raise
                refused.append(error)
        if len(refused) == len(mail.recipients):
            raise refused[0]
        for one in refused:
            log.warning("Recipient refused.", recipient=one.recipient, why=one.message)

    async def _announce_text(self) -> None:
        response = await self._client.execute_command(b"DATA", timeout=self._timing.answer)
        if response.code != 354:
            raise SMTPResponseException(response.code, response.message)

    async def _text(self, payload: bytes) -> None:
        """The text, then the dot; the dot is only written once the text has left."""
        protocol = self._client.protocol
        lines = _LINE_END.sub(b"\r\n", payload)
        if not lines.endswith(b"\r\n"):
            lines += b"\r\n"
        if protocol is None:
            raise SendDeferred(Fault.UNREACHABLE, "connection lost")
        try:
            protocol.write(_DOT.sub(b"..", lines))
            await self._sent(len(lines))
            protocol.write(b".\r\n")
        except (SMTPException, OSError, TimeoutError) as error:
            self.discard()
            raise SendDeferred(Fault.UNREACHABLE, str(error)) from None
        await self._verdict(protocol)

    async def _sent(self, size: int) -> None:
        """Until the text has left our buffer. Raises TimeoutError, or OSError where it cannot."""
        ends = time.monotonic() + self._timing.answer + size / SLOWEST_BYTES_PER_SECOND
        while self._buffered():
            if time.monotonic() > ends:
                raise TimeoutError("the server reads no more")
            await asyncio.sleep(0.005)
        if not self._client.is_connected:
            raise ConnectionError("connection lost")

    def _buffered(self) -> int:
        transport = cast("asyncio.WriteTransport | None", self._client.transport)
        return transport.get_write_buffer_size() if transport is not None else 0

    async def _verdict(self, protocol: SMTPProtocol) -> None:
        try:
            response = await protocol.read_response(timeout=self._timing.accept)
        except SMTPResponseException as error:  # an answer, but not one of SMTP
            self.discard()
            raise SendUncertain(Fault.NO_ANSWER, error.message) from None
        except (SMTPException, OSError) as error:
            self.discard()
            raise SendUncertain(Fault.NO_ANSWER, str(error)) from None
        if not 200 <= response.code < 300:
            if response.code < 400:
                raise SendUncertain(Fault.NO_ANSWER, f"{response.code} {response.message}")
            raise failed(SMTPResponseException(response.code, response.message))
        self.uses += 1

    async def close(self) -> None:
        """Say goodbye, two seconds at most."""
        with contextlib.suppress(SMTPException, OSError):
            if self._client.is_connected:
                await self._client.quit(timeout=2)
        self.discard()

    def discard(self) -> None:
        """Drop the connection at once."""
        _drop(self._client)


def _drop(client: aiosmtplib.SMTP) -> None:
    """`close` of the library alone would leave a TLS connection waiting for the other side."""
    transport = cast("asyncio.WriteTransport | None", client.transport)
    client.close()
    if transport is not None:
        transport.abort()


def _client(settings: ServerSettings, timing: Timing) -> aiosmtplib.SMTP:
    context = None
    if settings.security != "none":
        try:
            context = client_context(settings.ca_file)
        except OSError as error:
            raise SendDeferred(Fault.UNREACHABLE, f"ca_file: {error}") from None
    return aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port or SMTP_PORTS[settings.security],
        local_hostname="[127.0.0.1]",  # as mail programs do: our host's name is nobody's business
        timeout=timing.answer,
        use_tls=settings.security == "tls",
        start_tls=False,
        tls_context=context,
    )


async def _begin(client: aiosmtplib.SMTP, settings: ServerSettings, timing: Timing) -> None:
    try:
        await client.connect(timeout=timing.connect)
        await client.ehlo()
        if settings.security == "starttls":
            await client.starttls()
            await client.ehlo()
    except SMTPException as error:
        raise failed(error) from None
    except (OSError, ValueError) as error:
        raise SendDeferred(Fault.UNREACHABLE, str(error)) from None


async def _ready(tokens: Tokens | None) -> str:
    """A token, or "" where passwords are used."""
    try:
        return "" if tokens is None else await tokens.token()
    except LoginRefused as error:
        raise SendDeferred(Fault.LOGIN_FAILED, error.reason) from None
    except SessionLost as error:
        raise SendDeferred(Fault.UNREACHABLE, error.reason) from None


async def _login(client: aiosmtplib.SMTP, settings: ServerSettings, tokens: Tokens | None) -> None:
    """One try with one mechanism: servers count tries, and lock accounts."""
    user, secret = settings.user, await _ready(tokens)
    try:
        if tokens is not None:
            await _login_by_token(client, user, secret)
            return
        secret = password_of(settings)
        if "plain" in client.server_auth_methods:
            await client.auth_plain(user, secret)
        elif "login" in client.server_auth_methods:
            await client.auth_login(user, secret)
        else:
            await client.login(user, secret)
    except SMTPResponseException as error:
        said = f"{error.code} {error.message}".replace(secret, "***")
        if tokens is not None:
            tokens.refused(secret)
        fault = Fault.LOGIN_FAILED if error.code >= 500 else Fault.UNREACHABLE
        raise SendDeferred(fault, said) from None
    except OSError as error:
        raise SendDeferred(Fault.UNREACHABLE, str(error)) from None
    except (SMTPException, ValueError, LoginRefused) as error:
        raise SendDeferred(Fault.LOGIN_FAILED, str(error).replace(secret, "***")) from None


async def _login_by_token(client: aiosmtplib.SMTP, user: str, token: str) -> None:
    """XOAUTH2 or OAUTHBEARER (RFC 7628); the server's question after a refusal gets its answer."""
    offered = {f"AUTH={name}".upper() for name in client.server_auth_methods}
    mechanism, first = sasl.initial(offered, user, token)
    response = await client.execute_command(b"AUTH", mechanism.encode(), first)
    if response.code == 334:
        response = await client.execute_command(sasl.END[mechanism])
    if response.code != 235:
        raise SMTPResponseException(response.code, response.message)


def failed(error: SMTPException) -> SendFailed:
    """What a failure before the final dot, or the server's verdict after it, means."""
    if not isinstance(error, SMTPResponseException) or error.code < 400:
        return SendDeferred(Fault.UNREACHABLE, str(error.message))
    said = f"{error.code} {error.message}"
    if error.code < 500:
        return SendDeferred(Fault.UNREACHABLE, said)
    if error.code == 552 or " 5.3.4" in f" {error.message}":
        return SendRejected(Fault.TOO_LARGE, said)
    if isinstance(error, SMTPRecipientRefused) and _unknown(error):
        return SendRejected(Fault.NO_SUCH_ADDRESS, said)
    return SendRejected(Fault.REFUSED, said)


def _unknown(error: SMTPRecipientRefused) -> bool:
    enhanced = re.match(r"5\.\d+\.\d+", error.message)
    if enhanced is not None:
        return enhanced[0] in {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}
    return error.code in {550, 553}
