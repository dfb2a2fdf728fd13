"""Frozen values of the domain. A method that changes one returns a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from inbox.business_hours import BusinessHours
from inbox.errors import Fault
from inbox.sla import Policy, Rung, breached, due_at, next_rung_at


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
class Handle:
    """A contact's address on a kind of channel, already normalised by whoever made it.

    kind "telegram": the user id in decimal; "telegram_name": lower-case without "@";
    "email": case-folded address; "phone": E.164 with "+".
    """

    kind: str
    address: str


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


class Media(StrEnum):
    """What kind of thing an attachment is; the two last have no bytes, only `facts`."""

    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    ANIMATION = "animation"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file or another thing beside the text.

    `origin` names who can read `ref`: "bot:<bot id>" for a Telegram file id, else a channel id.
    `size` is in bytes where known. `facts` holds what has no bytes: latitude and longitude
    of a location, phone_number, first_name, last_name of a contact; and duration, width ...
    """

    media: Media
    name: str
    media_type: str
    size: int | None
    origin: str
    ref: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """An attachment on its way out: with its bytes, or without where the receiver can use `ref`.

    `problem` says why the bytes could not be had; such a file is named, not sent.
    """

    attachment: Attachment
    content: bytes | None = None
    problem: Fault | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting of a stretch of text, measured in UTF-16 units (Bot API MessageEntity)."""

    kind: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None


@dataclass(frozen=True, slots=True)
class RawMessage:
    """What a channel handed over, not yet understood; stored before it is acknowledged.

    `external_id` is unique within the channel, so that a second delivery is a no-op.
    Messages of one `lane` are worked on in order, one at a time. Messages of one `group`
    (an album) become one message. `note` holds facts that are not in the payload.
    """

    external_id: str
    lane: str
    payload: bytes
    received_at: datetime
    group: str | None = None
    note: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Raw messages and the channel's cursor behind them; stored together or not at all."""

    messages: tuple[RawMessage, ...]
    cursor: str


class Nature(StrEnum):
    """What a message is to the clock. Only a PERSON's message opens a wait."""

    PERSON = "person"
    EDIT = "edit"
    AUTOMATIC = "automatic"
    ECHO = "echo"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A client's message as the product knows it.

    `thread_ids`: its own id in the channel first, then the ids it refers to, nearest first; the
    first one known names the conversation, and all of them lead to it from then on.
    `known_as`: further handles of the sender, surely the same person.
    `answers_to`: addresses that an answer goes to instead of the sender's, as the sender wished.
    `quoted`: history that the mail repeats; folded on a card. `reply_context`: what the connector
    wants to be handed back to answer this very message; nobody else reads it.
    """

    channel_id: str
    external_id: str
    thread_ids: tuple[str, ...]
    sender: Handle
    sender_name: str
    sent_at: datetime
    text: str = ""
    entities: tuple[Entity, ...] = ()
    quoted: str = ""
    subject: str | None = None
    attachments: tuple[Attachment, ...] = ()
    known_as: tuple[Handle, ...] = ()
    answers_to: tuple[str, ...] = ()
    nature: Nature = Nature.PERSON
    nature_reason: str = ""
    reply_context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A manager's reply, ready for a connector.

    `key` is unique for ever and fixed before the first try; `external_id` is what
    `Connector.external_id(key)` gave. `answering` is the client's message that it answers.
    """

    key: str
    external_id: str | None
    channel_id: str
    recipient: Handle
    author: str
    text: str
    entities: tuple[Entity, ...]
    files: tuple[LoadedFile, ...]
    subject: str | None
    answering: InboundMessage | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel took the message; `thread_ids` are all ids it may come back by."""

    thread_ids: tuple[str, ...]
    sent_at: datetime


class Outcome(StrEnum):
    """How a wait ended."""

    ANSWERED = "answered"
    DISMISSED = "dismissed"
    CLOSED_UNANSWERED = "closed_unanswered"


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a wait: `business` and `wall` time from its start, `by_id` a manager's id."""

    outcome: Outcome
    at: datetime
    by_id: int | None
    business: timedelta
    wall: timedelta
    within_target: bool


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

    def closed(
        self, outcome: Outcome, at: datetime, by_id: int | None, hours: BusinessHours
    ) -> Wait:
        """The wait ended; a reply sent before its start took no time (rules 3, 5, 6)."""
        end = max(at, self.started_at)
        business = hours.elapsed(self.started_at, end)
        wall, within = end - self.started_at, not breached(business, self.reply_within)
        closing = Closing(outcome, at, by_id, business, wall, within)
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
        self, by_id: int, at: datetime, hours: BusinessHours
    ) -> tuple[Conversation, Wait | None]:
        """A person of the studio answered (rules 3, 4): also the wait that this closed."""
        answered = replace(self, answered_at=max(at, self.answered_at or at))
        if self.wait is None or self.wait.started_at > at:
            return answered, None
        closed = self.wait.closed(Outcome.ANSWERED, at, by_id, hours)
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
