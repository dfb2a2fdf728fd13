"""The values that pass through the ports: cards, replies, alerts, desk messages, claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inbox.jobs import Job, Queue
from inbox.model import (
    Attachment,
    Conversation,
    Entity,
    InboundMessage,
    Manager,
    Nature,
    Wait,
)


class CardState(StrEnum):
    """What has become of the message on a card."""

    WAITING = "waiting"
    QUIET = "quiet"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class SenderClass:
    """What a manager said a sender's messages are."""

    nature: Nature
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Placing:
    """How a message was sorted in: `guessed` into its conversation by its subject; `held` for a
    digest, or `counted_on` another message's card, so that it has none of its own (of a flood, or
    the same mail in another mailbox; both: a copy of what is in a digest); what it was
    taken for at `first`, before a correction."""

    guessed: bool = False
    held: bool = False
    counted_on: int | None = None
    first: tuple[Nature, str] | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A client's message as the manager is to see it.

    `wait` is the wait that the message belongs to, open or closed. `holder` is the assignee,
    None while nobody took the client. `closed_by` closed the wait. `repeated`: an interrupted
    earlier try may have shown this card already. `only_sender`: replies to it go to nobody else.
    `stand_in` sees the card in the holder's place, who is away. `promises` are
    open.
    `more`: so many further messages have no card of their own. `also_in`: other channels that the
    same message came by. `cut_off`: only the beginning of the message was taken in. `edited_at`,
    `deleted_at`: when the client changed it last, or took it back; what it said is kept.
    `answering`: who else is about to answer. `unreachable`: why the client cannot be written to
    (inbox.messages.Reach), "" where nothing is known against it. `last_reply`: the newest reply
    that answers this message and went out or is about to.
    """

    message_id: int
    conversation: Conversation
    message: InboundMessage
    state: CardState
    wait: Wait | None
    holder: Manager | None
    closed_by: Manager | None = None
    repeated: bool = False
    handed_by: Manager | None = None
    placing: Placing = Placing()
    only_sender: bool = False
    more: int = 0
    also_in: tuple[str, ...] = ()
    cut_off: bool = False
    stand_in: Manager | None = None
    promises: tuple[Wait, ...] = ()
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    answering: Answering | None = None
    unreachable: str = ""
    last_reply: Reply | None = None

    @property
    def files_at_hand(self) -> tuple[Attachment, ...]:
        """Those that are shown with the card: of what was cut off none."""
        return () if self.cut_off else self.message.attachments


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said until it was edited at `until`."""

    until: datetime
    text: str
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Answering:
    """A member is about to answer a conversation, since then."""

    manager_id: int
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class DeskRef:
    """A message on the desk: an account's (bot's) message id in a chat (facts: the full key)."""

    account: int
    chat_id: int
    message_id: int


class Purpose(StrEnum):
    """What a desk message is, so that it can be redrawn."""

    CARD = "card"
    FILE = "file"
    ALERT = "alert"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Shown:
    """A desk message and what it is."""

    ref: DeskRef
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class DeskLink:
    """What stands behind a desk message: which conversation, which message or wait, whose chat."""

    shown: Shown
    conversation_id: int
    manager_id: int
    message_id: int | None = None
    wait_id: int | None = None
    rung: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far files are fetched; `note` is the id of the desk message that tells it."""

    note: int
    done: int
    total: int


class ReplyState(StrEnum):
    """The way of a reply: queued → sending → sent, rejected or uncertain.

    WITHDRAWN: its author stopped it before it was sent. TAKEN_BACK: deleted on the client's side.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"


UNDER_WAY = frozenset({ReplyState.QUEUED, ReplyState.SENDING})


@dataclass(frozen=True, slots=True)
class Reply:
    """A manager's reply. `desk_ref` is the manager's own message; `fault` a Fault's value.

    `only_sender`: others whom the client's message was addressed to get nothing.
    `tries` counts deferred tries. `message_id` is the client's message that it answers. `sent_as`:
    as in a Receipt. `edits`: how often its author changed it after it was written. `goes_at`: not
    sent before then, so that it can be withdrawn. `id` 0: not stored yet.
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
    state: ReplyState = ReplyState.QUEUED
    fault: str = ""
    detail: str = ""
    tries: int = 0
    sent_at: datetime | None = None
    only_sender: bool = False
    sent_as: tuple[str, ...] = ()
    edits: int = 0
    goes_at: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """A rung reached, as its recipient is to see it. `elapsed` and `remaining` are business time;
    `remaining` is negative once overdue. `late`: an outage kept it from firing on time."""

    wait: Wait
    rung: int
    card: Card
    elapsed: timedelta
    remaining: timedelta
    late: bool


@dataclass(frozen=True, slots=True)
class Note:
    """What a colleague says about a conversation; `kind` as in inbox.jobs.ShowNote."""

    kind: str
    text: str
    author: Manager | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A message of a conversation, either way, as history shows it.

    `edited`, `deleted`: since it was sent, by who wrote it; `text` is what it says now, or said.
    `internal`: a note that no client sees. `channel_id`: where, in a client's whole history.
    """

    at: datetime
    author: str
    inbound: bool
    text: str
    attachments: tuple[Attachment, ...]
    state: ReplyState | None = None
    edited: bool = False
    deleted: bool = False
    internal: bool = False
    channel_id: str = ""
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A job held for a time. `token` is the fence: who lost the lease commits nothing."""

    job_id: int
    job: Job
    queue: Queue
    lane: str
    token: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """Jobs to run now, and the seconds to the next due lane (None: an empty queue)."""

    claims: tuple[Claim, ...]
    next_due_in: float | None


class LeaseLost(Exception):
    """Somebody else holds the job now; nothing of this transaction may be committed."""


@dataclass(frozen=True, slots=True)
class KeptRaw:
    """A stored raw message, to be read again: where it stands."""

    raw_id: int
    channel_id: str
    lane: str
    group: str | None


class AlertState(StrEnum):
    """The way of an alert: queued or gathered for a digest → shown, mailed, or cancelled because
    the wait ended first; failed where it reached nobody."""

    QUEUED = "queued"
    GATHERED = "gathered"
    SHOWN = "shown"
    MAILED = "mailed"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """A rung that was reached, for one recipient.

    `instant`: when by the rules; `raised_at`: when it was noticed; `told_at`: when it was shown,
    mailed, cancelled or given up. `digest_id`: the digest that it stands in.
    """

    wait_id: int
    round: int
    rung: int
    manager_id: int
    instant: datetime
    raised_at: datetime
    late: bool = False
    state: AlertState = AlertState.QUEUED
    told_at: datetime | None = None
    digest_id: int | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class AlertDigest:
    """Several alerts to one person in one desk message (rule 22)."""

    manager_id: int
    started_at: datetime
    ref: DeskRef
    id: int = 0


@dataclass(frozen=True, slots=True)
class OffHoursReply:
    """What the client is told by itself off hours, once per wait; `message_id` is answered by it.

    `state` runs as a reply's: queued → sending → sent, rejected or uncertain. `at`: of the state.
    """

    wait_id: int
    message_id: int
    state: ReplyState
    text: str
    at: datetime
