"""What a manager's day is made of: internal notes, templates, prices, quotes, tasks; and the lines
of lists about clients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from inbox.model import Attachment, Client, Contact, Conversation, Entity, Handle
from inbox.records import DeskRef


@dataclass(frozen=True, slots=True)
class InternalNote:
    """What a member wrote about a client for the studio alone; it never leaves it.

    `message_id`: the client's message that it was written to. `mentions`: members it calls. `key`
    is unique for ever; `desk_ref` the member's own message. `id` 0: not stored yet.
    """

    key: str
    conversation_id: int
    author_id: int
    text: str
    written_at: datetime
    entities: tuple[Entity, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    message_id: int | None = None
    desk_ref: DeskRef | None = None
    mentions: tuple[int, ...] = ()
    edited_at: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Template:
    """A text that is written often, with placeholders ({client}, {manager}, {opening}).

    `language`: for clients of this language ("ru", "en"), "" for all. `dropped_at`: deleted then;
    it can be brought back for a minute.
    """

    title: str
    text: str
    language: str
    by_id: int
    changed_at: datetime
    dropped_at: datetime | None = None
    id: int = 0


class Unit(StrEnum):
    """What a deadline of the price list is counted in, by the client's calendar."""

    HOURS = "hours"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Within:
    """Business time from the client's word: so many business hours, or working days: by the end of
    the n-th working day after that one."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class PriceItem:
    """A typical piece of work: what it costs and how soon it is done.

    `currency` as it is written behind the price ("₽", "EUR"). `dropped_at` as a template's.
    """

    title: str
    price: Decimal
    currency: str
    within: Within
    by_id: int
    changed_at: datetime
    dropped_at: datetime | None = None
    id: int = 0


class QuoteState(StrEnum):
    """offered → agreed, declined (by the manager, for the client) or withdrawn."""

    OFFERED = "offered"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Quote:
    """A price and a deadline that were named to a client, as the price list said them then.

    `due_at`: when it is done if the client agrees at `made_at`; agreed later, it is counted anew.
    `secret`: what the client's button carries. `task_id`: what was agreed.
    """

    key: str
    conversation_id: int
    author_id: int
    title: str
    price: Decimal
    currency: str
    within: Within
    made_at: datetime
    due_at: datetime | None
    secret: str
    message_id: int | None = None
    item_id: int | None = None
    state: QuoteState = QuoteState.OFFERED
    settled_at: datetime | None = None
    task_id: int | None = None
    id: int = 0


class Horizon(StrEnum):
    """The three lists of a client: in work now, the next days, later."""

    NOW = "now"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Task:
    """A client's to-do. Whoever holds the client has it to do.

    `due_at`: by when, None where nobody said. `message_id`: the client's message that it came
    from. `told_at`: the client was told that it is done. `dropped_at`: deleted then; it can be
    brought back for a minute. `key` is unique for ever.
    """

    key: str
    client_id: int
    title: str
    horizon: Horizon
    made_by_id: int
    made_at: datetime
    due_at: datetime | None = None
    conversation_id: int | None = None
    message_id: int | None = None
    quote_id: int | None = None
    done_at: datetime | None = None
    done_by_id: int | None = None
    told_at: datetime | None = None
    dropped_at: datetime | None = None
    id: int = 0

    @property
    def is_open(self) -> bool:
        """Whether there is something left to do."""
        return self.done_at is None and self.dropped_at is None

    def overdue(self, now: datetime) -> bool:
        """Whether it is open although its time has passed."""
        return self.is_open and self.due_at is not None and self.due_at < now


@dataclass(frozen=True, slots=True)
class TaskDigest:
    """A member's tasks of a day: in the morning what is to be done, in the evening what slipped.

    `overdue`, `today` (due before the end of this working day), `now` (in work without a date) and
    `done` (of this day) are disjoint; each with its client.
    """

    evening: bool
    overdue: tuple[tuple[Task, Client], ...] = ()
    today: tuple[tuple[Task, Client], ...] = ()
    now: tuple[tuple[Task, Client], ...] = ()
    done: tuple[tuple[Task, Client], ...] = ()


class ClientOrder(StrEnum):
    """How a list of clients is sorted."""

    NAME = "name"
    LATEST = "latest"  # who wrote or was answered last comes first
    WAITING = "waiting"  # who waits comes first, the earliest due before the others


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client in a list; `due_at`: of the earliest open wait, None where none is open or it has
    no due time. `last_at`: of the last word either way."""

    client: Client
    waiting: int = 0
    due_at: datetime | None = None
    tasks: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A file of a client's conversations, either way, and the message it stands in."""

    at: datetime
    conversation: int
    attachment: Attachment
    inbound: bool
    message_id: int | None = None
    reply_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClientCard:
    """All about a client but the long lists. `conversations`: a hundred at most, the latest asked
    or answered first."""

    client: Client
    contacts: tuple[tuple[Contact, Handle], ...]
    conversations: tuple[Conversation, ...]
    open_tasks: tuple[Task, ...]
    notes: int
    files: int


@dataclass(frozen=True, slots=True)
class Load:
    """What a member holds (None: what nobody holds): clients, open waits, how many of them are
    overdue, open tasks and overdue ones."""

    manager_id: int | None
    clients: int = 0
    waiting: int = 0
    overdue: int = 0
    tasks: int = 0
    tasks_overdue: int = 0
