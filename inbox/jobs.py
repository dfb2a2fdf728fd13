"""What may stand in the queue: one hop a message, one job a promise.

`Received` files, tags, starts the clock and shows the card in a single hop. A reply is its own
hop because it is fenced differently: once its sending began it is never run again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from inbox.report_jobs import MailReport, ReportJob, ShowReport


class Queue(StrEnum):
    """Queues have workers of their own, so that a slow mail server holds up no card."""

    IN = "in"
    OUT = "out"
    DESK = "desk"
    COPIES = "copies"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class Received:
    """A raw message (or the first of an album) waits to be understood."""

    raw_id: int


@dataclass(frozen=True, slots=True)
class SendReply:
    """A manager's reply waits to go out on the client's channel."""

    reply_id: int


@dataclass(frozen=True, slots=True)
class ChangeReply:
    """A reply that was sent is to say what its author changed it to; `edits` as in the reply."""

    reply_id: int
    edits: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A reply that was sent is to be deleted on the client's side."""

    reply_id: int
    by_id: int


@dataclass(frozen=True, slots=True)
class MarkAgreed:
    """The button of a quote that was settled is to go away at the client's."""

    quote_id: int


@dataclass(frozen=True, slots=True)
class SendGreeting:
    """A client who opened the chat (a message of its own) is to be greeted."""

    message_id: int


@dataclass(frozen=True, slots=True)
class KeepCopy:
    """A copy of a reply that was sent is to stand where the channel keeps what was sent."""

    reply_id: int


@dataclass(frozen=True, slots=True)
class ShowOutcome:
    """The manager is to see what became of a reply."""

    reply_id: int


@dataclass(frozen=True, slots=True)
class RefreshCards:
    """The cards and alerts of a conversation no longer tell the truth: draw them again.

    `message_id`: a message whose cards are drawn again whatever wait it belongs to. `besides_id`:
    a member whose cards are true already.
    """

    conversation_id: int
    message_id: int | None = None
    besides_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShowCard:
    """A message (None: the newest of the conversation) is to be shown to one more person, such as
    its new holder."""

    conversation_id: int
    manager_id: int
    from_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShowDelivery:
    """The manager is to see what a mail server reports (a message of its own) of a reply."""

    reply_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class ShowDigest:
    """Messages that were held back are to be shown to a manager in one."""

    manager_id: int
    message_ids: list[int]


@dataclass(frozen=True, slots=True)
class FetchFiles:
    """A manager wants the files of a message that was cut off; `progress` is the id of the desk
    message that tells how far it is."""

    message_id: int
    manager_id: int
    progress: int


@dataclass(frozen=True, slots=True)
class RaiseAlert:
    """A rung of a wait's ladder was reached."""

    wait_id: int
    rung: int
    manager_id: int
    late: bool = False
    round: int = 0


@dataclass(frozen=True, slots=True)
class GatherAlerts:
    """Alerts that came too many at once are to be shown to a member in one message."""

    manager_id: int


@dataclass(frozen=True, slots=True)
class MailAlert:
    """An alert that Telegram did not take goes out by mail; `why`: "blocked" or "outage"."""

    wait_id: int
    round: int
    rung: int
    manager_id: int
    why: str


@dataclass(frozen=True, slots=True)
class SendOffHoursReply:
    """A client who wrote off hours is to be told when the studio opens."""

    wait_id: int


@dataclass(frozen=True, slots=True)
class ShowNote:
    """Words about a conversation: of a colleague with a hand-over, or around an absence.

    `kind` names the text. "edited", "deleted": the client changed (`text`: what it said before) or
    took back what had been answered. "unreachable": `text` is the reason. "joined": `text` is the
    joining's id. "suggested": `text` is the suggestion's id. "change_failed",
    "take_back_failed": `text` is a Fault. "noted", "mentioned": `text` is the id of an internal
    note. "agreed": `text` is the id of the quote. "handed_over": `text` is what the
    colleague `from_id` wrote.
    "stands_in": `text` is how many waits are open of `from_id`, who is away; "given_back": how
    many are, now that the member is there again, `from_id` having seen to them meanwhile.
    """

    conversation_id: int
    manager_id: int
    from_id: int | None
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ShowTasks:
    """A member is to see the tasks of the day: what is to be done, or in the evening what slipped.
    `until`: when the working day ends (ISO 8601, UTC)."""

    manager_id: int
    evening: bool
    until: str


@dataclass(frozen=True, slots=True)
class ShowBurst:
    """Cards that came faster than a chat takes them are to be shown to a member in one list."""

    manager_id: int


@dataclass(frozen=True, slots=True)
class NameTopics:
    """A client's topics are to say by their names how it stands with the client."""

    client_id: int


@dataclass(frozen=True, slots=True)
class TellAdmins:
    """Something needs an administrator; `notice` names the text, `fields` fill it."""

    notice: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TellMember:
    """Something that is about no client, for one member; as TellAdmins."""

    manager_id: int
    notice: str
    fields: dict[str, str] = field(default_factory=dict)


DeskJob = (
    ShowOutcome
    | RefreshCards
    | ShowCard
    | ShowDelivery
    | ShowDigest
    | FetchFiles
    | RaiseAlert
    | GatherAlerts
    | ShowNote
    | ShowTasks
    | ShowBurst
    | NameTopics
    | TellAdmins
    | TellMember
)
OutJob = (
    SendReply | ChangeReply | TakeBack | MarkAgreed | SendGreeting | SendOffHoursReply | MailAlert
)
Job = Received | OutJob | KeepCopy | ReportJob | DeskJob

_KINDS: dict[str, type[Job]] = {
    kind.__name__: kind
    for kind in (
        Received,
        SendReply,
        ChangeReply,
        TakeBack,
        MarkAgreed,
        SendGreeting,
        KeepCopy,
        ShowOutcome,
        RefreshCards,
        ShowCard,
        ShowDelivery,
        ShowDigest,
        FetchFiles,
        RaiseAlert,
        GatherAlerts,
        MailAlert,
        SendOffHoursReply,
        ShowNote,
        ShowTasks,
        ShowBurst,
        NameTopics,
        TellAdmins,
        TellMember,
        ShowReport,
        MailReport,
    )
}


def encode(job: Job) -> tuple[str, dict[str, Any]]:
    """The job's kind and its fields, fit for JSON."""
    return type(job).__name__, asdict(job)


def decode(kind: str, fields: dict[str, Any]) -> Job:
    """The job that `encode` took apart; KeyError or TypeError for one of another version."""
    return _KINDS[kind](**fields)


def queue_of(job: Job) -> Queue:
    """The queue a job stands in."""
    match job:
        case Received():
            return Queue.IN
        case (
            SendReply()
            | ChangeReply()
            | TakeBack()
            | MarkAgreed()
            | SendGreeting()
            | SendOffHoursReply()
            | MailAlert()
        ):
            return Queue.OUT
        case KeepCopy():
            return Queue.COPIES
        case ShowReport() | MailReport():
            return Queue.REPORTS
        case _:
            return Queue.DESK
