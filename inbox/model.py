"""Frozen values of the domain. A method that changes one returns a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inbox.calendars import Hours
from inbox.chat_events import (
    Account,
    Added,
    Chosen,
    Connected,
    Deleted,
    Happening,
    Moved,
    Reach,
)
from inbox.messages import (
    Attachment,
    Batch,
    Choice,
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
    Reference,
    ReferenceKind,
)
from inbox.policies import Terms
from inbox.waits import Closing, Outcome, Wait, WaitKind

__all__ = [
    "Absence",
    "Account",
    "Added",
    "Attachment",
    "Batch",
    "Channel",
    "Choice",
    "Chosen",
    "Client",
    "Closing",
    "Connected",
    "Contact",
    "Conversation",
    "Deleted",
    "Delivery",
    "DeliveryReport",
    "Entity",
    "Handle",
    "Happening",
    "InboundMessage",
    "LoadedFile",
    "Manager",
    "Media",
    "Moved",
    "Nature",
    "OutboundMessage",
    "Outcome",
    "RawMessage",
    "Reach",
    "Receipt",
    "Reference",
    "ReferenceKind",
    "Role",
    "Wait",
    "WaitKind",
]


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
