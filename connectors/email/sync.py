"""The loop that takes every mail once: search, fetch, hand over, wait for more.

Nothing is passed over in silence. A mail that the server lists and will not hand over is tried
whole, then without its files, each time over a new connection, and then a placeholder takes its
place, which is quarantined under its UID. Pushes only wake the loop: it always searches.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

import structlog

from connectors.email import cursor, raws
from connectors.email.answers import Fetched
from connectors.email.config import MailboxSettings
from connectors.email.faults import LoginRefused, MailFault, Refused, SessionLost
from connectors.email.places import first_place, place_anew
from connectors.email.session import ImapSession
from inbox.errors import ChannelPaused, Fault
from inbox.model import Batch, RawMessage
from inbox.ports import Clock

log = structlog.get_logger(__name__)

BATCH_MESSAGES = 50
BATCH_BYTES = 8 * 1024 * 1024
PARTIAL_BYTES = 256 * 1024
LARGE_BYTES = 1024 * 1024
IDLE_SECONDS = 9 * 60.0
WHOLE_TRIES = 3
ALL_TRIES = 5
LOGIN_TRIES = 3
SELECT_TRIES = 3
MOST_UID_CHANGES = 3
LONGEST_PAUSE = 300.0

Open = Callable[[], Awaitable[ImapSession]]
Sleep = Callable[[float], Awaitable[None]]


class MailReader:
    """Reads one mailbox; `read` may be called again after it ended, from the stored cursor.

    `trouble` says why nothing can be read at present, "" where all is well.
    """

    def __init__(
        self,
        settings: MailboxSettings,
        clock: Clock,
        *,
        open_session: Open | None = None,
        sleep: Sleep = asyncio.sleep,
        dice: Callable[[], float] | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._open: Open = open_session or (lambda: ImapSession.open(settings.imap))
        self._sleep = sleep
        self._dice = dice or random.SystemRandom().random
        self._log = log.bind(mailbox=settings.address)
        self._session: ImapSession | None = None
        self.trouble = ""
        self._turn = 0
        self._begin(None)

    def _begin(self, after: str | None) -> None:
        self._places = cursor.decode(after, self._settings.folders)
        self._failures = 0
        self._login_failures = 0
        self._uid_changes: Counter[str] = Counter()
        self._select_failures: Counter[str] = Counter()
        self._tries: Counter[tuple[str, int]] = Counter()
        self._one_by_one_until = 0
        self._forget_session()

    def _forget_session(self) -> None:
        if self._session is not None:
            self._session.discard()
        self._session = None
        self._current: str | None = None
        self._listed: deque[int] = deque()
        self._known: dict[int, Fetched] = {}

    async def read(self, after: str | None) -> AsyncGenerator[Batch, None]:
        """Batches for ever; resuming is the acknowledgement (see inbox.ports.Source.receive).

        Raises ChannelPaused: login refused three times, no such folder, UIDVALIDITY that changes
        again and again.
        """
        self._begin(after)
        self._turn += 1
        turn = self._turn
        try:
            while True:
                yield await self._next_batch()
                self._failures = 0
        finally:
            if turn == self._turn:  # a forgotten reading may end long after the next one began
                self._forget_session()

    def stop(self) -> None:
        """Drop the connection; a reading that is under way ends or connects anew."""
        self._forget_session()

    async def _next_batch(self) -> Batch:
        while True:
            try:
                return await self._look()
            except LoginRefused as error:
                self._login_failures += 1
                if self._login_failures >= LOGIN_TRIES:
                    self._forget_session()
                    raise ChannelPaused(Fault.LOGIN_FAILED, error.reason) from None
                await self._pause(error)
            except MailFault as error:
                await self._pause(error)

    async def _pause(self, error: MailFault) -> None:
        """Back-off: up to 1 s at first, doubling to 5 min, with full jitter."""
        self._forget_session()
        ceiling = min(LONGEST_PAUSE, 2.0 ** min(self._failures, 30))
        self._failures += 1
        pause = ceiling * self._dice()
        self.trouble = error.reason
        self._log.warning("Mail interrupted.", why=error.reason, again_in=round(pause, 1))
        await self._sleep(pause)

    async def _connected(self) -> ImapSession:
        if self._session is None:
            self._session = await self._open()
            self._login_failures = 0
            self.trouble = ""
            self._log.info("Mailbox connected.", idle=self._session.can_idle)
        return self._session

    async def _look(self) -> Batch:
        """The next batch of any folder; the first folder is looked at last, to IDLE in it."""
        session = await self._connected()
        while True:
            for folder in reversed(self._settings.folders):
                batch = await self._next_of(session, folder)
                if batch is not None:
                    return batch
            self._failures = 0
            await self._wait_for_more(session)

    async def _wait_for_more(self, session: ImapSession) -> None:
        several = len(self._settings.folders) > 1
        if session.can_idle:
            await session.idle(self._settings.poll_seconds if several else IDLE_SECONDS)
            return
        await session.wait(self._settings.poll_seconds)
        await session.noop()

    async def _next_of(self, session: ImapSession, folder: str) -> Batch | None:
        """The folder's next batch; None once it holds nothing new."""
        if self._current != folder:
            moved = await self._enter(session, folder)
            if moved:
                return Batch((), cursor.encode(self._places, self._settings.folders))
        if not self._listed:
            last = self._places[folder].uid
            found = await session.search("UID", f"{last + 1}:*")
            self._listed = deque(uid for uid in found if uid > last)
        while self._listed:
            taken = await self._take(session, folder)
            if taken:
                return Batch(taken, cursor.encode(self._places, self._settings.folders))
        return None

    async def _enter(self, session: ImapSession, folder: str) -> bool:
        """Select the folder; True where its place is new and must be stored before going on."""
        self._current = None
        self._listed.clear()
        self._known.clear()
        try:
            selected = await session.select(folder)
        except Refused as error:
            self._select_failures[folder] += 1
            if self._select_failures[folder] >= SELECT_TRIES:
                raise ChannelPaused(Fault.REFUSED, f"folder {folder}: {error.reason}") from None
            raise
        self._select_failures[folder] = 0
        place = self._places.get(folder)
        moved = place is None or place.uid_validity != selected.uid_validity
        if place is None:
            days = self._settings.first_run_days
            self._places[folder] = await first_place(session, selected, self._clock.now(), days)
        elif moved:
            self._count_change(folder)
            self._places[folder] = await place_anew(session, place, selected)
        self._current = folder
        return moved

    def _count_change(self, folder: str) -> None:
        self._uid_changes[folder] += 1
        self._log.warning("UIDVALIDITY changed.", folder=folder)
        if self._uid_changes[folder] > MOST_UID_CHANGES:
            raise ChannelPaused(Fault.CONFLICT, f"folder {folder}: UIDVALIDITY changes repeatedly")

    async def _take(self, session: ImapSession, folder: str) -> tuple[RawMessage, ...]:
        """The next listed mails; the place moves behind them."""
        careful = self._listed[0] <= self._one_by_one_until
        most = 1 if careful else BATCH_MESSAGES
        uids = [self._listed[n] for n in range(min(len(self._listed), most))]
        if self._tries[folder, uids[0]] >= ALL_TRIES:
            return await self._resolve(session, folder, uids[0])
        try:
            known = await self._sizes(session, uids)
            chunk = self._chunk(folder, uids, known)
            got = await self._bodies(session, folder, chunk, known)
        except (SessionLost, Refused):
            if len(uids) == 1:
                self._tries[folder, uids[0]] += 1
            else:
                self._one_by_one_until = uids[-1]
            raise
        taken: list[RawMessage] = []
        for uid in chunk:
            if uid not in got:
                break
            taken.append(await self._took(folder, got[uid]))
        if not taken:
            return await self._resolve(session, folder, uids[0])
        return tuple(taken)

    async def _sizes(self, session: ImapSession, uids: Sequence[int]) -> dict[int, Fetched]:
        unknown = [uid for uid in uids if uid not in self._known]
        if unknown:
            items = "FLAGS INTERNALDATE RFC822.SIZE"
            self._known.update(await session.fetch(unknown, items))
        return self._known

    def _partial(self, folder: str, one: Fetched) -> bool:
        size = one.size or 0
        return size > self._settings.max_size or self._tries[folder, one.uid] >= WHOLE_TRIES

    def _chunk(self, folder: str, uids: list[int], known: dict[int, Fetched]) -> list[int]:
        """As many of the next mails as fit into one FETCH of bodies."""
        chunk: list[int] = []
        room = BATCH_BYTES
        for uid in uids:
            one = known.get(uid)
            alone = one is not None and self._partial(folder, one)
            if one is None or (chunk and (alone or (one.size or 0) > room)):
                break
            chunk.append(uid)
            room -= one.size or 0
            if alone:
                break
        return chunk

    async def _bodies(
        self, session: ImapSession, folder: str, chunk: list[int], known: dict[int, Fetched]
    ) -> dict[int, Fetched]:
        if not chunk:
            return {}
        begun = self._partial(folder, known[chunk[0]])
        items = f"BODY.PEEK[]<0.{PARTIAL_BYTES}>" if begun else "BODY.PEEK[]"
        expect = PARTIAL_BYTES if begun else sum(known[uid].size or 0 for uid in chunk)
        told = await session.fetch(chunk, items, expect=expect)
        return {uid: known[uid].merged(one) for uid, one in told.items() if one.body is not None}

    async def _took(self, folder: str, one: Fetched) -> RawMessage:
        make = partial(
            raws.of_mail,
            one,
            folder,
            self._places[folder],
            now=self._clock.now(),
            partial=self._partial(folder, one),
        )
        # Hashing a large mail would hold up everything else.
        large = len(one.body or b"") > LARGE_BYTES
        raw = await asyncio.to_thread(make) if large else make()
        self._pass(folder, one.uid, one.arrived_at)
        return raw

    def _pass(self, folder: str, uid: int, arrived_at: datetime | None) -> None:
        self._places[folder] = self._places[folder].after(uid, arrived_at, self._clock.now())
        self._listed.popleft()
        self._known.pop(uid, None)
        self._tries.pop((folder, uid), None)

    async def _resolve(
        self, session: ImapSession, folder: str, uid: int
    ) -> tuple[RawMessage, ...]:
        """A listed mail did not come: it was deleted meanwhile, or it is a gap."""
        if uid not in await session.search("UID", str(uid)):
            self._pass(folder, uid, None)
            return ()
        if self._tries[folder, uid] < ALL_TRIES:
            self._tries[folder, uid] += 1
            self._one_by_one_until = max(self._one_by_one_until, uid)
            raise SessionLost(f"folder {folder}: UID {uid} is listed and was not handed over")
        self._log.error("A mail cannot be had.", folder=folder, uid=uid)
        gap = raws.of_gap(uid, folder, self._places[folder], now=self._clock.now())
        self._pass(folder, uid, None)
        return (gap,)
