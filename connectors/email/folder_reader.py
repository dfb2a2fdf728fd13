"""Reads one folder: what is new, what is owed (gaps), what was missed (the sweep).

Nothing is passed over in silence. A mail that the server lists and does not hand over is tried
three times at once, each time over a new connection, then remembered as a gap and tried three
times over some minutes; then a placeholder takes its place, which is quarantined under its UID.
Once an hour what arrived since yesterday is compared with what is stored.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from connectors.email import raws
from connectors.email.answers import Fetched, search_day
from connectors.email.config import MailboxSettings
from connectors.email.cursor import Place
from connectors.email.faults import MailFault, Refused, SessionLost
from connectors.email.fetching import Fetching, FolderKind
from connectors.email.gaps import MOST_GAPS, Gap
from connectors.email.places import first_place, place_anew
from connectors.email.session import ImapSession
from inbox.errors import ChannelPaused, Fault
from inbox.model import RawMessage
from inbox.ports import Clock

log = structlog.get_logger(__name__)

BATCH_MESSAGES = 50
AT_ONCE_TRIES = 3
SELECT_TRIES = 3
MOST_UID_CHANGES = 3

# Which UIDs of a folder, with a UIDVALIDITY, are stored of what arrived since an instant.
Stored = Callable[[str, int, datetime], Awaitable[frozenset[int]]]


class FolderReader:
    """One folder's state. `forget` what belongs to a connection when that is lost."""

    def __init__(
        self,
        kind: FolderKind,
        settings: MailboxSettings,
        clock: Clock,
        place: Place | None,
        *,
        stored: Stored | None,
        sweep_seconds: float,
    ) -> None:
        self.kind = kind
        self._settings = settings
        self._clock = clock
        self._stored = stored
        self._log = log.bind(mailbox=settings.address, folder=kind.name)
        self._place = place
        self._uid_changes = 0
        self._select_failures = 0
        self._tries: Counter[int] = Counter()
        self._alone: set[int] = set()
        self._compared: set[int] = set()
        self._sweep_seconds = sweep_seconds
        self._sweep_at = 0.0
        self._looked_at = -kind.look_seconds
        self._seen: tuple[int, int | None] | None = None
        self._listed: deque[int] = deque()
        self._owed: deque[int] = deque()
        self._fetching = Fetching(kind, settings.max_size)

    @property
    def place(self) -> Place | None:
        """Where reading stands; None before the folder was first selected."""
        return self._place

    @property
    def _here(self) -> Place:
        if self._place is None:
            raise ValueError(f"folder {self.kind.name} was not entered")
        return self._place

    def forget(self) -> None:
        """The connection is gone: what it told is told again."""
        if self._owed:
            self._sweep_at = 0.0
        self._listed.clear()
        self._owed.clear()
        self._fetching.forget()
        self._seen = None

    def seconds_to_look(self) -> float:
        """Until something is to be done here although nothing new was told."""
        times = [self._looked_at + self.kind.look_seconds] if self.kind.look_seconds else []
        times += [self._sweep_at] if self._stored is not None else []
        now = self._clock.now().timestamp()
        owed = [gap.due - now for gap in self._place.gaps] if self._place else []
        return max(0.0, min([*(at - time.monotonic() for at in times), *owed], default=3600.0))

    async def changed(self, session: ImapSession) -> bool:
        """Whether it is worth selecting the folder, which is not the current one."""
        if self._place is None or self.seconds_to_look() > 0:
            return self._place is None
        if self._due_gaps() or self._sweep_is_due():
            return True
        told = await session.status(self.kind.name)
        state = (told.uid_validity, told.uid_next)
        if told.uid_next is not None and state == self._seen:
            self._looked_at = time.monotonic()
            return False
        return True

    async def enter(self, session: ImapSession) -> bool:
        """Select the folder; True where its place is new and must be stored before going on.

        Raises ChannelPaused: it does not exist, or its UIDs count anew again and again.
        """
        self.forget()
        try:
            selected = await session.select(self.kind.name)
        except Refused as error:
            self._select_failures += 1
            if self._select_failures >= SELECT_TRIES and not error.temporary:
                where = f"folder {self.kind.name}: {error.reason}"
                raise ChannelPaused(Fault.REFUSED, where) from None
            raise
        self._select_failures = 0
        self._seen = (selected.uid_validity, selected.uid_next)
        place = self._place
        if place is not None and place.uid_validity == selected.uid_validity:
            return False
        if place is None:
            days = 0 if self.kind.sent else self._settings.first_run_days
            self._place = await first_place(session, selected, self._clock.now(), days)
        else:
            self._count_change()
            self._place = await place_anew(session, place, selected)
        self._tries.clear()
        self._compared.clear()
        return True

    def _count_change(self) -> None:
        self._uid_changes += 1
        self._log.warning("UIDVALIDITY changed.")
        if self._uid_changes > MOST_UID_CHANGES:
            where = f"folder {self.kind.name}: UIDVALIDITY changes repeatedly"
            raise ChannelPaused(Fault.CONFLICT, where)

    async def next(self, session: ImapSession) -> tuple[RawMessage, ...] | None:
        """The next mails of the folder, which is the current one; None once there are no more.

        Also an empty tuple: nothing came, and the place has changed and must be stored.
        """
        before = self._place
        if given_up := [gap.uid for gap in self._here.gaps if gap.given_up]:
            return tuple(self._given_up(uid) for uid in given_up)
        if not self._listed:
            found = await session.search("UID", f"{self._here.uid + 1}:*")
            self._listed = deque(uid for uid in found if uid > self._here.uid)
        while self._listed:
            taken = await self._take(session, self._listed)
            if taken or self._place != before:
                return taken
        if self._sweep_is_due():
            await self._sweep(session)
        self._owed.extend(uid for uid in self._due_gaps() if uid not in self._owed)
        while self._owed:
            taken = await self._take(session, self._owed)
            if taken or self._place != before:
                return taken
        self._looked_at = time.monotonic()
        return None

    def _due_gaps(self) -> list[int]:
        now = self._clock.now().timestamp()
        return [gap.uid for gap in self._here.gaps if gap.due <= now]

    def _sweep_is_due(self) -> bool:
        return self._stored is not None and time.monotonic() >= self._sweep_at

    async def _sweep(self, session: ImapSession) -> None:
        """What arrived since yesterday, lies behind us and is not stored, is owed."""
        self._sweep_at = time.monotonic() + self._sweep_seconds
        place = self._here
        if self._stored is None or place.start >= place.uid:
            return
        day = self._clock.now() - timedelta(days=1)
        span = f"{place.start + 1}:{place.uid}"
        listed = [
            uid
            for uid in await session.search("UID", span, "SINCE", search_day(day))
            if place.start < uid <= place.uid
        ]
        # The server's days begin in its own zone.
        stored = await self._stored(self.kind.name, place.uid_validity, day - timedelta(days=2))
        self._compared.intersection_update(listed)
        passed = stored | self._compared | {gap.uid for gap in place.gaps}
        missed = [uid for uid in listed if uid not in passed]
        self._owed.extend(missed)
        if missed:
            self._log.info("Mail that is not stored is looked at again.", count=len(missed))

    async def _take(self, session: ImapSession, queue: deque[int]) -> tuple[RawMessage, ...]:
        """The first mails of the queue; the place tells that they were passed."""
        most = 1 if queue[0] in self._alone else BATCH_MESSAGES
        uids = [queue[n] for n in range(min(len(queue), most))]
        if queue is self._listed and self._enough_tries(uids[0]):
            return await self._resolve(session, queue)
        try:
            chunk, got = await self._fetching.fetch(session, uids, in_part=self._tried_over_time())
        except (SessionLost, Refused) as error:
            self._blame(queue, uids, error)
            raise
        taken: list[RawMessage] = []
        for uid in chunk:
            if uid not in got:
                break
            made = await self._took(got[uid])
            self._pass(queue, uid, got[uid].arrived_at)
            taken += made
        return tuple(taken) if uids[0] in got else await self._resolve(session, queue)

    def _enough_tries(self, uid: int) -> bool:
        """Where very many do not come it is the server: then reading stays where it is."""
        return self._tries[uid] >= AT_ONCE_TRIES and len(self._here.gaps) < MOST_GAPS

    def _blame(self, queue: deque[int], uids: Sequence[int], error: MailFault) -> None:
        """Find out which mail it is that ends connections, unless the server says it is busy."""
        if isinstance(error, Refused) and error.temporary:
            return
        if len(uids) > 1:
            self._alone.update(uids)
        elif queue is self._listed:
            self._tries[uids[0]] += 1
        else:
            self._postpone(uids[0])

    def _postpone(self, uid: int) -> None:
        """A mail that is owed did not come."""
        gap, now = self._here.gap(uid), self._clock.now()
        arrived_at = self._fetching.arrived_at(uid)
        noted = gap.tried(now) if gap else Gap.noted(uid, arrived_at, now)
        self._place = self._here.with_gap(noted)

    def _tried_over_time(self) -> frozenset[int]:
        """What failed whole may come without its files."""
        return frozenset(gap.uid for gap in self._here.gaps if gap.tries)

    async def _took(self, one: Fetched) -> list[RawMessage]:
        if self._fetching.is_ours(one):
            return []
        now, kind = self._clock.now(), self.kind
        return [await raws.of_mail(one, kind.name, self._here, now=now, sent=kind.sent)]

    def _pass(self, queue: deque[int], uid: int, arrived_at: datetime | None) -> None:
        queue.popleft()
        if queue is self._listed:
            self._place = self._here.after(uid, arrived_at, self._clock.now())
        else:
            self._compared.add(uid)
            self._place = self._here.without_gap(uid)
        self._fetching.forget(uid)
        self._tries.pop(uid, None)
        self._alone.discard(uid)

    async def _resolve(self, session: ImapSession, queue: deque[int]) -> tuple[RawMessage, ...]:
        """A listed mail did not come: it was deleted meanwhile, or it is a gap."""
        uid = queue[0]
        if uid not in await session.search("UID", str(uid)):
            self._pass(queue, uid, None)
            return ()
        if queue is self._listed and not self._enough_tries(uid):
            self._tries[uid] += 1
            self._alone.add(uid)
            where = f"folder {self.kind.name}: UID {uid}"
            raise SessionLost(f"{where} is listed and was not handed over")
        self._postpone(uid)
        if queue is self._listed:
            self._log.warning("A mail does not come; it is asked for again.", uid=uid)
            self._place = self._here.after(uid, None, self._clock.now())
        queue.popleft()
        self._fetching.forget(uid)
        self._tries.pop(uid, None)
        return ()

    def _given_up(self, uid: int) -> RawMessage:
        self._log.error("A mail cannot be had.", uid=uid)
        self._place = self._here.without_gap(uid)
        return raws.of_gap(uid, self.kind.name, self._here, now=self._clock.now())
