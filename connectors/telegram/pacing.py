"""How fast we send: within Telegram's limits, the urgent first, so that nothing is refused.

Telegram takes about a message a second in a private chat and 20 a minute in a group, in short
bursts more, and about 30 a second in all (https://core.telegram.org/bots/faq, "My bot is hitting
limits"). Each limit is a bucket by the generic cell rate algorithm: a line of slots that is only
ever prolonged. Who must wait longer than the own patience is sent away with the instant of a slot
that stays reserved: it comes back as a job later, and nobody else's sending waits behind it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import IntEnum

PATIENCE = 3.0  # seconds
KEPT = 60.0  # seconds for which a slot stays reserved
FARTHEST = 30.0  # seconds; a slot further ahead is reserved for nobody
TOGETHER = 11  # messages that are sent one right behind the other: a text with an album
SOON = 0.05  # seconds; a job that comes back is never quite on time
MOST_CHATS = 10_000


class Urgency(IntEnum):
    """Alerts go before all else in a chat; a list goes when the chat is quiet."""

    ALERT = 0
    CARD = 1
    DIGEST = 2


@dataclass(frozen=True, slots=True)
class Rate:
    """A message every `seconds`, and `burst` at once where nothing went before."""

    seconds: float
    burst: int

    @property
    def tolerance(self) -> float:
        """Seconds by which a line may be ahead of time."""
        return self.seconds * (self.burst - 1)


PRIVATE = Rate(1.0, 5)
GROUP = Rate(4.0, 5)  # with the burst 20 in any minute
ALERTS = Rate(2.0, 3)  # beside the others of a chat
IN_ALL = Rate(0.04, 5)  # with the burst 30 in any second


class TooBusy(Exception):
    """The chat takes nothing before `wait` seconds have passed; then a slot is free."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"no slot before {wait:.1f} s have passed")
        self.wait = wait


@dataclass(slots=True)
class _Line:
    """Slots of one bucket: `end` is when the next one would be without a burst."""

    rate: Rate
    end: float = 0.0

    def next_slot(self, now: float, tolerance: float | None = None) -> float:
        allowed = self.rate.tolerance if tolerance is None else tolerance
        return max(now, self.end - allowed)

    def take(self, now: float) -> None:
        self.end = max(self.end, now) + self.rate.seconds


@dataclass(slots=True)
class _Chat:
    line: _Line
    alerts: _Line
    held_until: float = 0.0
    reserved: list[float] = field(default_factory=list)

    def claimed(self, now: float) -> bool:
        """Whether a reserved slot has come; it is whoever's who asks."""
        if self.has_come(now):
            del self.reserved[0]
            return True
        return False

    def has_come(self, now: float) -> bool:
        """Whether a reserved slot has come; those that nobody came for are forgotten."""
        self.reserved = [one for one in self.reserved if one > now - KEPT]
        return bool(self.reserved) and self.reserved[0] <= now + SOON and now >= self.held_until

    def slot(self, now: float, urgency: Urgency) -> float:
        if urgency is Urgency.ALERT:
            return max(self.held_until, self.alerts.next_slot(now))
        quiet = 0.0 if urgency is Urgency.DIGEST else None
        return max(self.held_until, self.line.next_slot(now, quiet))


@dataclass(slots=True)
class _Whole:
    """Messages that belong together: `left` of them have their slots."""

    messages: int
    begun: bool = False
    left: int = 0


@dataclass(frozen=True, slots=True)
class _Manner:
    urgency: Urgency = Urgency.CARD
    patience: float = PATIENCE
    whole: _Whole | None = None


_manner: ContextVar[_Manner] = ContextVar("manner", default=_Manner())  # noqa: B039 - frozen


@contextmanager
def urgency(how: Urgency, *, patience: float = PATIENCE) -> Iterator[None]:
    """What is sent inside is so urgent, and waits so many seconds before it is sent away."""
    token = _manner.set(_Manner(how, patience))
    try:
        yield
    finally:
        _manner.reset(token)


@contextmanager
def together(messages: int) -> Iterator[None]:
    """So many messages that are sent inside, to one chat, belong together: the first waits for all
    of them, up to TOGETHER, and none behind it is sent away."""
    token = _manner.set(replace(_manner.get(), whole=_Whole(min(messages, TOGETHER))))
    try:
        yield
    finally:
        _manner.reset(token)


class Pace:
    """The slots of one bot. `now`: monotonic seconds."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now, self._sleep = now, sleep
        self._all = _Line(IN_ALL)
        self._chats: dict[int, _Chat] = {}

    async def turn(self, chat_id: int, messages: int = 1) -> None:
        """Return when so many messages may be sent to the chat, in one call. Raises TooBusy, with
        a slot reserved."""
        manner, chat, now = _manner.get(), self._chat(chat_id), self._now()
        whole, wait = manner.whole or _Whole(messages), 0.0
        if whole.left >= messages and now >= chat.held_until:
            whole.left -= messages
        else:
            counted = messages if whole.begun else max(messages, whole.messages)
            if not chat.claimed(now) or now < chat.held_until:
                wait = self._queued(chat, now, counted)
            whole.begun, whole.left = True, counted - messages
        wait = max(wait, self._all.next_slot(now) - now)
        for _ in range(messages):
            self._all.take(now)
        if wait > 0:
            await self._sleep(wait)

    def _queued(self, chat: _Chat, now: float, messages: int) -> float:
        """Seconds until the slot in the chat's line that is taken now. Raises TooBusy."""
        manner = _manner.get()
        slot = chat.slot(now, manner.urgency)
        wait = slot - now
        sent_away = wait > manner.patience
        if sent_away and wait > FARTHEST:
            raise TooBusy(wait)
        for _ in range(messages):
            chat.line.take(now)
        if manner.urgency is Urgency.ALERT:
            chat.alerts.take(now)
        if sent_away:
            chat.reserved.append(slot)
            raise TooBusy(wait)
        return wait

    def wait_of(self, chat_id: int) -> float:
        """Seconds until the chat would take another card."""
        chat, now = self._chat(chat_id), self._now()
        # Whoever comes back for a slot is not to be sent away for those behind.
        return 0.0 if chat.has_come(now) else chat.slot(now, Urgency.CARD) - now

    def hold(self, chat_id: int, seconds: float) -> None:
        """Telegram itself said how long the chat takes nothing: it knows better."""
        chat, now = self._chat(chat_id), self._now()
        chat.held_until = max(chat.held_until, now + seconds)

    def _chat(self, chat_id: int) -> _Chat:
        if chat_id not in self._chats:
            if len(self._chats) >= MOST_CHATS:
                self._forget_quiet_ones()
            rate = GROUP if chat_id < 0 else PRIVATE
            self._chats[chat_id] = _Chat(_Line(rate), _Line(ALERTS))
        return self._chats[chat_id]

    def _forget_quiet_ones(self) -> None:
        now = self._now()
        self._chats = {
            chat_id: chat
            for chat_id, chat in self._chats.items()
            if max(chat.line.end, chat.held_until, chat.alerts.end) > now
        }
