"""Frozen values of the domain. A method that changes one returns a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inbox.business_hours import BusinessHours
from inbox.messages import (
    Attachment,
    Batch,
    Delivery,
    DeliveryReport,
    Entity,
    Handle,
    InboundMessage,
    LoadedFile,
    Media,
    Nature,
    OutboundMessage,
    RawMessage,
    Receipt,
)
from inbox.sla import Policy, Rung, breached, due_at, next_rung_at

__all__ = [
    "Attachment",
    "Batch",
    "Channel",
    "Client",
    "Closing",
    "Contact",
    "Conversation",
    "Delivery",
    "DeliveryReport",
    "Entity",
    "Handle",
    "InboundMessage",
    "LoadedFile",
    "Manager",
    "Media",
    "Nature",
    "OutboundMessage",
    "Outcome",
    "RawMessage",
    "Receipt",
    "Role",
    "Wait",
]


class Role(StrEnum):
    """What a member of the studio may do: a head hears of breaches, an admin of faults."""

    MANAGER = "manager"
    HEAD = "head"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Channel:
    """One connected account: `id` is unique ("telegram", "email:info"), `kind` is its protocol."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Client:
    """The firm or person served, with one manager or, while nobody took it, none."""

    id: int
    name: str
    manager_id: int | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a client."""

    id: int
    client_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Manager:
    """A member of the studio. `zone` is an IANA name, `language` a catalogue ("ru", "en")."""

    id: int
    name: str
    telegram_id: int
    role: Role = Role.MANAGER
    zone: str = "UTC"
    language: str = "ru"
    deputy_id: int | None = None
    active: bool = True


class Outcome(StrEnum):
    """How a wait ended."""

    ANSWERED = "answered"
    DISMISSED = "dismissed"
    CLOSED_UNANSWERED = "closed_unanswered"


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a wait: `business` and `wall` time from its start, `by_id` a manager's id.

    `elsewhere`: the answer was written outside this program; who wrote it may be unknown.
    """

    outcome: Outcome
    at: datetime
    by_id: int | None
    business: timedelta
    wall: timedelta
    within_target: bool
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """From the first unanswered client message to the reply. Instants are UTC.

    `due_at` is None where the calendar has no working time ahead. `next_rung_at` is when the
    ladder must be looked at again. `first`: a conversation's first. `id` 0: not stored yet.
    """

    started_at: datetime
    reply_within: timedelta
    ladder: tuple[Rung, ...]
    calendar: str
    due_at: datetime | None
    next_rung_at: datetime | None
    first: bool = False
    fired: frozenset[int] = frozenset()
    closing: Closing | None = None
    id: int = 0

    @classmethod
    def open(
        cls, started_at: datetime, policy: Policy, hours: BusinessHours, *, first: bool
    ) -> Wait:
        """A wait by the policy and calendar of the moment it opens (rules 1, 6, 7, 14)."""
        wait = cls(
            started_at=started_at,
            reply_within=policy.reply_within,
            ladder=policy.ladder,
            calendar=hours.version,
            due_at=due_at(hours, started_at, policy.reply_within),
            next_rung_at=None,
            first=first,
        )
        return wait.after_firing(frozenset(), started_at, hours)

    def is_due(self, now: datetime) -> bool:
        """Whether its time is over: from then on it is charged to who holds it (rules 5, 27)."""
        return self.due_at is not None and self.due_at <= now

    def after_firing(self, rungs: frozenset[int], now: datetime, hours: BusinessHours) -> Wait:
        """The same wait once these rungs were announced at `now`."""
        fired = self.fired | rungs
        at = next_rung_at(hours, self.started_at, self.ladder, fired, now)
        return replace(self, fired=fired, next_rung_at=at)

    def since(self, started_at: datetime, now: datetime, hours: BusinessHours) -> Wait:
        """The same wait, found out at `now` to have begun at another instant."""
        due = due_at(hours, started_at, self.reply_within)
        moved = replace(self, started_at=started_at, due_at=due)
        return moved.after_firing(frozenset(), now, hours)

    def reopened(self, now: datetime, hours: BusinessHours) -> Wait:
        """The same wait goes on as if it had never ended; rungs that fired are not repeated."""
        return replace(self, closing=None).after_firing(frozenset(), now, hours)

    def closed(
        self,
        outcome: Outcome,
        at: datetime,
        by_id: int | None,
        hours: BusinessHours,
        *,
        elsewhere: bool = False,
    ) -> Wait:
        """The wait ended; a reply sent before its start took no time (rules 3, 5, 6)."""
        end = max(at, self.started_at)
        business = hours.elapsed(self.started_at, end)
        wall, within = end - self.started_at, not breached(business, self.reply_within)
        closing = Closing(outcome, at, by_id, business, wall, within, elsewhere)
        return replace(self, closing=closing, next_rung_at=None)


@dataclass(frozen=True, slots=True)
class Conversation:
    """All messages in one thread. `wait` is the open one, `answered_at` the last reply's time."""

    id: int
    channel_id: str
    client: Client
    contact: Contact
    recipient: Handle
    assignee_id: int | None
    subject: str | None = None
    wait: Wait | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None

    def asked(self, message: InboundMessage, policy: Policy, hours: BusinessHours) -> Conversation:
        """A message of the client's side came (rules 1, 2, 4)."""
        asked = replace(self, asked_at=max(message.sent_at, self.asked_at or message.sent_at))
        if message.nature is not Nature.PERSON or self.wait is not None:
            return asked
        # Channels give whole seconds: of two in the same one, the message is taken as the later.
        if self.answered_at is not None and message.sent_at < self.answered_at:
            return asked
        first = self.answered_at is None
        return replace(asked, wait=Wait.open(message.sent_at, policy, hours, first=first))

    def answered(
        self, by_id: int | None, at: datetime, hours: BusinessHours, *, elsewhere: bool = False
    ) -> tuple[Conversation, Wait | None]:
        """A person of the studio answered (rules 3, 4): also the wait that this closed."""
        answered = replace(self, answered_at=max(at, self.answered_at or at))
        if self.wait is None or self.wait.started_at > at:
            return answered, None
        closed = self.wait.closed(Outcome.ANSWERED, at, by_id, hours, elsewhere=elsewhere)
        return replace(answered, wait=None), closed

    def dismissed(
        self, by_id: int, at: datetime, hours: BusinessHours
    ) -> tuple[Conversation, Wait | None]:
        """No reply is needed (rule 8): the conversation, and the wait that this closed."""
        if self.wait is None:
            return self, None
        return replace(self, wait=None), self.wait.closed(Outcome.DISMISSED, at, by_id, hours)

    def assigned(self, manager_id: int) -> Conversation:
        """The conversation and its client are this manager's from now on."""
        client = replace(self.client, manager_id=manager_id)
        return replace(self, assignee_id=manager_id, client=client)
