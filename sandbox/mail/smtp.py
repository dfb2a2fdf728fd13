"""SMTP in: only with a login, only to addresses that are here; accepted means delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

MEGABYTE = 1024 * 1024
LARGEST = 40 * MEGABYTE
NO_SUCH_USER = "550 5.1.1 <{address}>: no such user here"
DELIVERED = "250 2.0.0 OK, delivered"

Deliver = Callable[[str, bytes], Awaitable[object]]
LetsIn = Callable[[str, str], bool]
Knows = Callable[[str], bool]


class SmtpServer:
    """`deliver` is called once for every recipient, before the 250."""

    def __init__(self, lets_in: LetsIn, knows: Knows, deliver: Deliver) -> None:
        self._lets_in = lets_in
        self._knows = knows
        self._deliver = deliver
        self._server: asyncio.Server | None = None
        self._connections: WeakSet[SMTP] = WeakSet()

    async def start(self, host: str, port: int) -> int:
        """Listen; the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            if connection.transport is not None:
                connection.transport.close()
        await asyncio.sleep(0)

    def _connection(self) -> SMTP:
        # auth_required of aiosmtpd would warn of the clear text; handle_MAIL asks for the login.
        connection = SMTP(
            self,
            hostname="mail.sandbox",
            ident="sandbox",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._connections.add(connection)
        return connection

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, said: object
    ) -> AuthResult:
        if not isinstance(said, LoginPassword):
            return AuthResult(success=False, handled=False)
        user, password = said.login.decode(), said.password.decode()
        return AuthResult(success=self._lets_in(user, password), handled=False, auth_data=user)

    async def handle_MAIL(  # noqa: N802 - the name aiosmtpd calls
        self,
        _server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if not self._knows(address):
            return NO_SUCH_USER.format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        for address in dict.fromkeys(envelope.rcpt_tos):
            await self._deliver(address, content)
        return DELIVERED
