"""Frozen values of the domain. A method that changes one returns a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inbox.calendars import Calendar, Hours, Stretch
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
from inbox.policies import Terms
from inbox.sla import Rung, breached, due_at, next_rung_at, restarted

__all__ = [
    "Absence",
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
    "WaitKind",
]


PROMISE_AGAIN = timedelta(hours=1)  # business time for who takes an unkept promise on


class Role(StrEnum):
    """What a member of the studio may do: a head hears of breaches, an admin of faults.

    CHAT is no person: a group chat of the studio that is told of alerts.
    """

    MANAGER = "manager"
    HEAD = "head"
    ADMIN = "admin"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Channel:
    """One connected account: `id` is unique ("telegram", "email:info"), `kind` is its protocol."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Client:
    """The firm or person served, with one manager or, while nobody took it, none.

    `calendar` and `tier` are names in the settings.
    """

    id: int
    name: str
    manager_id: int | None = None
    calendar: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a client."""

    id: int
    client_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A member is away from `since` until `until` (UTC, that instant excluded).

    `deputy_id` stands in; None: the member's usual deputy. `given_back`: what was open at the
    end has been shown to the member again.
    """

    manager_id: int
    since: datetime
    until: datetime
    deputy_id: int | None = None
    by_id: int | None = None
    given_back: bool = False
    id: int = 0

    def covers(self, at: datetime) -> bool:
        """Whether the member is away at this instant."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True)
class Manager:
    """A member of the studio. `zone` is an IANA name, `language` a catalogue ("ru", "en").

    `calendar` is a name in the settings. `email`: where alerts go that Telegram does not take.
    `absences`: those that have not ended when the member was read.
    """

    id: int
    name: str
    telegram_id: int
    role: Role = Role.MANAGER
    zone: str = "UTC"
    language: str = "ru"
    deputy_id: int | None = None
    active: bool = True
    calendar: str | None = None
    email: str | None = None
    absences: tuple[Absence, ...] = ()

    def away(self, at: datetime) -> Absence | None:
        """The absence that covers this instant."""
        return next((one for one in self.absences if one.covers(at)), None)


class Outcome(StrEnum):
    """How a wait ended: PHONED is an answer by telephone, KEPT and WITHDRAWN end a promise."""

    ANSWERED = "answered"
    PHONED = "phoned"
    DISMISSED = "dismissed"
    CLOSED_UNANSWERED = "closed_unanswered"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


class WaitKind(StrEnum):
    """What somebody waits for: a reply, or what was promised (rule 10)."""

    REPLY = "reply"
    PROMISE = "promise"


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a wait: `business` and `wall` time from its start, `by_id` a manager's id.

    `elsewhere`: the answer was written outside this program; who wrote it may be unknown.
    `note`: what was said, of an answer by telephone.
    """

    outcome: Outcome
    at: datetime
    by_id: int | None
    business: timedelta
    wall: timedelta
    within_target: bool
    elsewhere: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """From the first unanswered client message to the reply. Instants are UTC.

    `due_at` is None where the calendar has no working time ahead. `next_rung_at` is when the
    ladder must be looked at again. `first`: a conversation's first. `policy`: which level of the
    settings gave `reply_within` and `ladder`. `stretches`: which calendars counted since when;
    `calendar` is their version. The ladder's rungs count from `ladder_from`: the start, or when
    somebody took the wait on (`round` says how often, rule 20), or a promise's due time. `fired`
    are the rungs of this round that are done with. `id` 0: not stored yet.
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
    kind: WaitKind = WaitKind.REPLY
    policy: str = ""
    stretches: tuple[Stretch, ...] = ()
    ladder_from: datetime | None = None
    round: int = 0
    id: int = 0

    @classmethod
    def open(cls, started_at: datetime, terms: Terms, *, first: bool) -> Wait:
        """A wait by the policy and calendar of the moment it opens (rules 1, 6, 7, 11, 14)."""
        hours, policy = terms.calendar.hours, terms.policy
        wait = cls(
            started_at=started_at,
            reply_within=policy.reply_within,
            ladder=policy.ladder,
            calendar=hours.version,
            due_at=due_at(hours, started_at, policy.reply_within),
            next_rung_at=None,
            first=first,
            policy=policy.name,
            stretches=(Stretch(terms.calendar.name, started_at),),
        )
        return wait.after_firing(frozenset(), started_at, hours)

    @classmethod
    def promise(
        cls, made_at: datetime, due: datetime, ladder: tuple[Rung, ...], calendar: Calendar
    ) -> Wait:
        """A promise for a fixed instant; its rungs count from there, negative ones before it.

        What should have come before it was made never comes.
        """
        hours = calendar.hours
        wait = cls(
            started_at=made_at,
            reply_within=hours.elapsed(made_at, due),
            ladder=ladder,
            calendar=hours.version,
            due_at=due,
            next_rung_at=None,
            kind=WaitKind.PROMISE,
            stretches=(Stretch(calendar.name, made_at),),
            ladder_from=due,
        )
        early = (
            number
            for number, rung in enumerate(ladder)
            if rung.after < timedelta() and hours.elapsed(made_at, due) <= -rung.after
        )
        return wait.after_firing(frozenset(early), made_at, hours)

    @property
    def base(self) -> datetime:
        """From where the ladder's rungs count."""
        return self.ladder_from if self.ladder_from is not None else self.started_at

    def is_due(self, now: datetime) -> bool:
        """Whether its time is over: from then on it is charged to who holds it (rules 5, 27)."""
        return self.due_at is not None and self.due_at <= now

    def after_firing(self, rungs: frozenset[int], now: datetime, hours: Hours) -> Wait:
        """The same wait once these rungs were announced at `now`."""
        fired = self.fired | rungs
        at = next_rung_at(hours, self.base, self.ladder, fired, now)
        return replace(self, fired=fired, next_rung_at=at)

    def since(self, started_at: datetime, now: datetime, hours: Hours) -> Wait:
        """The same wait, found out at `now` to have begun at another instant."""
        first, *later = self.stretches
        stretches = (replace(first, since=started_at), *later)
        moved = replace(self, started_at=started_at, stretches=stretches)
        return moved.recounted(now, hours)

    def recounted(self, now: datetime, hours: Hours) -> Wait:
        """The same wait by its hours as they are now: a corrected calendar (rule 12).

        Rungs that fired are not repeated; a promise stays at its instant.
        """
        due = self.due_at
        if self.kind is WaitKind.REPLY:
            due = due_at(hours, self.started_at, self.reply_within)
        counted = replace(self, due_at=due, calendar=hours.version)
        return counted.after_firing(frozenset(), now, hours)

    def swapped(self, calendar: str, now: datetime) -> Wait:
        """The same wait, counted by another calendar from `now` on (rule 13); `recounted` next."""
        return replace(self, stretches=(*self.stretches, Stretch(calendar, now)))

    def taken_on(self, now: datetime, hours: Hours) -> Wait:
        """Somebody took an escalation on (rule 20): the ladder is silent until the target has run
        once more, then it begins anew."""
        within = self.reply_within if self.kind is WaitKind.REPLY else PROMISE_AGAIN
        ladder = restarted(self.ladder, within)
        anew = replace(self, ladder=ladder, ladder_from=now, round=self.round + 1)
        return replace(anew, fired=frozenset()).after_firing(frozenset(), now, hours)

    def reopened(self, now: datetime, hours: Hours) -> Wait:
        """The same wait goes on as if it had never ended; rungs that fired are not repeated."""
        return replace(self, closing=None).after_firing(frozenset(), now, hours)

    def closed(
        self,
        outcome: Outcome,
        at: datetime,
        by_id: int | None,
        hours: Hours,
        *,
        elsewhere: bool = False,
    ) -> Wait:
        """The wait ended; a reply sent before its start took no time (rules 3, 5, 6)."""
        end = max(at, self.started_at)
        business = hours.elapsed(self.started_at, end)
        wall, within = end - self.started_at, not breached(business, self.reply_within)
        if self.kind is WaitKind.PROMISE:
            within = self.due_at is None or end <= self.due_at
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

    def asked(self, message: InboundMessage, terms: Terms) -> Conversation:
        """A message of the client's side came (rules 1, 2, 4)."""
        asked = replace(self, asked_at=max(message.sent_at, self.asked_at or message.sent_at))
        if message.nature is not Nature.PERSON or self.wait is not None:
            return asked
        # Channels give whole seconds: of two in the same one, the message is taken as the later.
        if self.answered_at is not None and message.sent_at < self.answered_at:
            return asked
        first = self.answered_at is None
        return replace(asked, wait=Wait.open(message.sent_at, terms, first=first))

    def answered(
        self, by_id: int | None, at: datetime, hours: Hours, *, elsewhere: bool = False
    ) -> tuple[Conversation, Wait | None]:
        """A person of the studio answered (rules 3, 4): also the wait that this closed."""
        answered = replace(self, answered_at=max(at, self.answered_at or at))
        if self.wait is None or self.wait.started_at > at:
            return answered, None
        closed = self.wait.closed(Outcome.ANSWERED, at, by_id, hours, elsewhere=elsewhere)
        return replace(answered, wait=None), closed

    def ended(
        self, outcome: Outcome, by_id: int, at: datetime, hours: Hours
    ) -> tuple[Conversation, Wait | None]:
        """Somebody of the studio ended the wait without a message: no reply is needed (rule 8),
        or it was given by telephone. The conversation, and the wait that this closed."""
        if self.wait is None:
            return self, None
        closed = self.wait.closed(outcome, at, by_id, hours)
        if outcome is not Outcome.PHONED:
            return replace(self, wait=None), closed
        return replace(self, wait=None, answered_at=max(at, self.answered_at or at)), closed

    def assigned(self, manager_id: int) -> Conversation:
        """The conversation and its client are this manager's from now on."""
        client = replace(self.client, manager_id=manager_id)
        return replace(self, assignee_id=manager_id, client=client)
