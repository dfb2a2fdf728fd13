"""The mail server of the sandbox: a mailbox for every user, and what a person does with mail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from functools import partial

from sandbox.mail.mailboxes import Folders, ImapServer
from sandbox.mail.message import File, Mail, write
from sandbox.mail.smtp import SmtpServer


@dataclass(frozen=True, slots=True)
class User:
    """Who has a mailbox here."""

    address: str
    name: str
    password: str


class MailServer:
    """`start` listens on loopback and fills the ports; state lives in memory alone.

    Addresses are taken in any case. Functions that name one raise KeyError where it is not here.
    """

    def __init__(self, users: Sequence[User], now: Callable[[], datetime]) -> None:
        self._now = now
        self._users = {user.address.casefold(): user for user in users}
        self._folders = {
            address: Folders(now, partial(self._notice, address)) for address in self._users
        }
        self._listeners: set[asyncio.Queue[str]] = set()
        passwords = {address: user.password for address, user in self._users.items()}
        self._imap = ImapServer(passwords, self._folders)
        self._smtp = SmtpServer(self._lets_in, self.knows, self.deliver)
        self.host = "127.0.0.1"
        self.imap_port = 0
        self.smtp_port = 0

    async def start(self) -> None:
        self.imap_port = await self._imap.start(self.host, self.imap_port)
        self.smtp_port = await self._smtp.start(self.host, self.smtp_port)

    async def stop(self) -> None:
        await self._smtp.stop()
        await self._imap.stop()

    def knows(self, address: str) -> bool:
        """Whether the address has a mailbox here."""
        return address.casefold() in self._users

    def inbox(self, address: str) -> list[Mail]:
        """What the address received, in the order of arrival."""
        return list(self._folders[address.casefold()].inbox.mails)

    def sent(self, address: str) -> list[Mail]:
        """What stands in the address's Sent folder."""
        return list(self._folders[address.casefold()].sent.mails)

    async def watched(self, address: str) -> None:
        """Wait until somebody has waited in IDLE on the INBOX.

        A mail that is delivered before the product's first look is history to it.
        """
        await self._folders[address.casefold()].inbox.watched.wait()

    def forget_watchers(self, address: str) -> None:
        """`watched` waits anew: for whoever comes after the one who was there."""
        self._folders[address.casefold()].inbox.watched.clear()

    async def deliver(self, address: str, raw: bytes) -> Mail:
        """Put a mail into the INBOX, byte for byte, as if it had come from outside."""
        inbox = self._folders[address.casefold()].inbox
        await inbox.append_raw(raw)
        return inbox.mails[-1]

    async def compose(
        self,
        sender: str,
        to: str,
        subject: str,
        text: str,
        *,
        files: Sequence[File] = (),
        in_reply_to: Mail | None = None,
    ) -> Mail:
        """Write and send, as the sender's mail program would; the mail as it was received.

        An answer takes the thread of `in_reply_to`, quotes it, and with an empty subject its own.
        """
        user, receiver = self._users[sender.casefold()], self._folders[to.casefold()]
        author = Address(user.name, addr_spec=user.address)
        raw = write(
            author, to, subject, text, at=self._now(), files=files, in_reply_to=in_reply_to
        )
        await self._folders[sender.casefold()].sent.append_raw(raw)
        await receiver.inbox.append_raw(raw)
        return receiver.inbox.mails[-1]

    def subscribe(self) -> asyncio.Queue[str]:
        """A queue of addresses whose mailbox changed; give it back with unsubscribe."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[str]) -> None:
        self._listeners.discard(queue)

    def _notice(self, address: str) -> None:
        for queue in self._listeners:
            queue.put_nowait(address)

    def _lets_in(self, address: str, password: str) -> bool:
        user = self._users.get(address.casefold())
        return user is not None and user.password == password
