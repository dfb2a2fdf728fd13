"""Jobs that make a report and hand it over: to a member at the desk, or to an address by mail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShowReport:
    """A report is to be made and shown to a member.

    From the day `first` to `last`, both included (ISO 8601, in the studio's zone), as it stands
    at `asked_at` (ISO 8601, UTC); of the clients of `whose_id`, of one client, or of the whole
    studio. It goes to `chat_id` and its topic, None: to the member's own chat, below a message;
    `progress`: the message that says it is being made, to be taken away. `due_at`: of a week's
    that goes out by itself, when it was due; "": somebody asked for it. `late`: nobody was there
    to send it then.
    """

    manager_id: int
    first: str
    last: str
    asked_at: str
    whose_id: int | None = None
    client_id: int | None = None
    chat_id: int | None = None
    thread_id: int | None = None
    below: int | None = None
    progress: int | None = None
    due_at: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class MailReport:
    """The studio's report of a week is to go to an address by mail; as ShowReport."""

    address: str
    first: str
    last: str
    asked_at: str
    due_at: str
    late: bool = False


ReportJob = ShowReport | MailReport
