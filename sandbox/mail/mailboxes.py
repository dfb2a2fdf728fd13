"""Mailboxes in memory, served over IMAP by pymap: IDLE, UIDs, APPEND; no special-use.

Every append, by delivery or over IMAP, goes through `Folder.append`: it gives the shown time to
mail that comes without one, keeps the mail parsed, and tells who listens.
"""

from __future__ import annotations

import asyncio
import contextlib
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from datetime import datetime

from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import (
    MailboxData,
    MailboxSet,
    Message,
    _ContentCache,
    _ThreadCache,
)
from pymap.concurrent import Event
from pymap.context import connection_exit
from pymap.imap import IMAPConnection
from pymap.imap.state import ConnectionState
from pymap.parsing.message import AppendMessage
from pymap.selected import SelectedMailbox
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from sandbox.mail.message import Mail, read

SENT = "Sent"

Appended = Callable[[], None]
Now = Callable[[], datetime]


class Folders(MailboxSet):
    """A user's INBOX and Sent."""

    def __init__(self, now: Now, appended: Appended) -> None:
        super().__init__()
        caches = (self._content_cache, self._thread_cache)
        self.inbox = Folder(*caches, now, appended)
        self.sent = Folder(*caches, now, appended)
        self._inbox = self.inbox
        self._set[SENT] = self.sent


class Folder(MailboxData):
    """A folder that keeps its mails parsed beside pymap's own records.

    `watched` is set once somebody has waited in IDLE for more.
    """

    def __init__(
        self, contents: _ContentCache, threads: _ThreadCache, now: Now, appended: Appended
    ) -> None:
        super().__init__(contents, threads)
        self.mails: list[Mail] = []
        self._now = now
        self._appended = appended
        self.watched = asyncio.Event()

    async def update_selected(
        self, selected: SelectedMailbox, *, wait_on: Event | None = None
    ) -> SelectedMailbox:
        if wait_on is not None:
            self.watched.set()
        return await super().update_selected(selected, wait_on=wait_on)

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        when = append_msg.when or self._now()
        message = await super().append(replace(append_msg, when=when), recent=recent)
        self.mails.append(read(bytes(append_msg.literal), message.uid, when))
        self._appended()
        return message

    async def append_raw(self, raw: bytes) -> None:
        """Put a mail in, byte for byte, as new."""
        await self.append(AppendMessage(raw, self._now()), recent=True)


class ImapServer:
    """Lets the users (address to password) read their folders; login in the clear, on loopback."""

    def __init__(self, users: Mapping[str, str], folders: Mapping[str, Folders]) -> None:
        self._config = Config(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=None,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            invalid_user_sleep=0.0,
            reject_dnsbl=False,
            hash_context=Cleartext(),
        )
        self._login = Login(self._config)
        for address, password in users.items():
            user = UserMetadata(self._config, address, password=password)
            self._login.users_dict[address] = user
            self._config.set_cache[address] = (folders[address], FilterSet())
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen; the port."""
        self._config.apply_context()
        self._server = await asyncio.start_server(self._accept, host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._server is not None:
            self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What pymap.imap.IMAPServer does for a connection; one that breaks off is no error."""
        where = SocketInfo.get(writer, None)
        connection = IMAPConnection(self._config.commands, self._config, reader, writer, where)
        state = ConnectionState(self._login, self._config)
        with contextlib.suppress(ConnectionError, EOFError):
            async with AsyncExitStack() as stack:
                connection_exit.set(stack)
                stack.enter_context(closing(connection))
                await connection.run(state)
