"""The Sent folder: what was sent is looked for there, and put there where it is missing.

Some providers keep what they relay (Gmail, Microsoft 365), some under another Message-ID
(outlook.com, Amazon SES): so a mail is known by its Message-ID, by the original id that Microsoft
notes, and by our own header field.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from connectors.email.answers import Fetched, search_day
from connectors.email.compose import MARK_FIELD
from connectors.email.config import MailboxSettings
from connectors.email.faults import LoginRefused, MailFault, Refused
from connectors.email.folders import quote, sent_folder
from connectors.email.session import MOST_UIDS, ImapSession
from inbox.errors import Fault, SendDeferred, SendRejected

log = structlog.get_logger(__name__)

IDLE_SECONDS = 5.0
_ID_FIELDS = ("Message-ID", "X-Microsoft-Original-Message-ID")
_WANTED = f"INTERNALDATE BODY.PEEK[HEADER.FIELDS ({' '.join((*_ID_FIELDS, MARK_FIELD))})]"
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_ID = re.compile(rb"<[^<>\s]{1,998}>")

Open = Callable[[], Awaitable[ImapSession]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sought:
    """A mail as it may be found: by its id, by our mark in it, sent no earlier than `since`."""

    message_id: str
    mark: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A mail in Sent: all ids it goes by, and when it came there where the server tells."""

    ids: tuple[str, ...]
    kept_at: datetime | None


class SentFolder:
    """One mailbox's Sent folder, over a connection that is closed soon after its last use."""

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        open_session: Open | None = None,
        keep: float = IDLE_SECONDS,
    ) -> None:
        self._open: Open = open_session or (lambda: ImapSession.open(settings.imap))
        self._keep = keep
        self._lock = asyncio.Lock()
        self._session: ImapSession | None = None
        self._folder: str | None = None
        self._goodbye: asyncio.Task[None] | None = None

    async def find(self, sought: Sought) -> Found | None:
        """The mail in Sent, None where it is not there.

        Raises SendDeferred where nobody can look now, SendRejected where there is no Sent folder.
        """

        async def look(session: ImapSession, folder: str) -> Found | None:
            await session.select(folder)
            uids = await _candidates(session, sought)
            told = await session.fetch(uids, _WANTED) if uids else {}
            matching = (found for one in told.values() if (found := _matching(one, sought)))
            return next(matching, None)

        return await self._do(look)

    async def put(self, payload: bytes) -> None:
        """Put the mail there, as read. Raises what `find` raises."""

        async def append(session: ImapSession, folder: str) -> None:
            await session.append(folder, payload)

        await self._do(append)

    async def close(self) -> None:
        """Say goodbye."""
        if self._goodbye is not None:
            self._goodbye.cancel()
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _do(self, work: Callable[[ImapSession, str], Awaitable[T]]) -> T:
        """Over the connection that rests, or a new one where there is none or it is stale."""
        async with self._lock:
            if self._goodbye is not None:
                self._goodbye.cancel()
            try:
                if self._session is not None:
                    try:
                        return await self._over(self._session, work)
                    except MailFault:
                        self._drop()
                self._session = await self._open()
                return await self._over(self._session, work)
            except LoginRefused as error:
                raise SendDeferred(Fault.LOGIN_FAILED, error.reason) from None
            except MailFault as error:
                self._drop()
                raise SendDeferred(Fault.UNREACHABLE, error.reason) from None
            except BaseException:
                self._drop()
                raise
            finally:
                if self._session is not None:
                    self._goodbye = asyncio.create_task(self._rest(self._session))

    async def _over(
        self, session: ImapSession, work: Callable[[ImapSession, str], Awaitable[T]]
    ) -> T:
        if self._folder is None:
            self._folder = sent_folder(await session.folders())
        if self._folder is None:
            raise SendRejected(Fault.UNSUPPORTED, "no Sent folder known by its role or name")
        try:
            return await work(session, self._folder)
        except MailFault:
            self._folder = None  # it may have been renamed
            raise

    async def _rest(self, session: ImapSession) -> None:
        await asyncio.sleep(self._keep)
        if self._session is session and not self._lock.locked():
            self._session = None
            await session.close()

    def _drop(self) -> None:
        if self._session is not None:
            self._session.discard()
        self._session = None


async def _candidates(session: ImapSession, sought: Sought) -> list[int]:
    """UIDs of mails that may be it: found by a header field, else all of those days.

    Not every server searches header fields that it does not index.
    """
    by_id = ("HEADER", "Message-ID", quote(sought.message_id))
    for criteria in (by_id, ("HEADER", MARK_FIELD, quote(sought.mark))):
        try:
            found = await session.search(*criteria)
        except Refused as error:
            log.info("The server searches no header field.", field=criteria[1], why=error.reason)
            continue
        if found:
            return found[-MOST_UIDS:]
    recent = await session.search("SINCE", search_day(sought.since - timedelta(days=1)))
    return recent[-MOST_UIDS:]


def _matching(one: Fetched, sought: Sought) -> Found | None:
    fields = _fields(one.body or b"")
    ids = [found for name in _ID_FIELDS for found in _ids(fields.get(name.lower(), []))]
    marks = [" ".join(text.split()) for text in fields.get(MARK_FIELD.lower(), [])]
    if sought.message_id not in ids and sought.mark not in marks:
        return None
    return Found(tuple(dict.fromkeys([sought.message_id, *ids])), one.arrived_at)


def _fields(header: bytes) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for line in _FOLDED.sub(b" ", bytes(header)).splitlines():
        name, _, text = line.decode("utf-8", "replace").partition(":")
        fields.setdefault(name.strip().lower(), []).append(text)
    return fields


def _ids(texts: Sequence[str]) -> list[str]:
    return [one.decode() for text in texts for one in _ID.findall(text.encode("utf-8", "replace"))]
