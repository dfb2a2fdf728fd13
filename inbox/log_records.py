"""The lines of the log, as they pass through the ports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Deed(StrEnum):
    """What the log tells of."""

    OPENED = "opened"
    CLOSED = "closed"
    REOPENED = "reopened"
    MOVED = "moved"  # began at another instant than was known, or is another conversation's
    ASSIGNED = "assigned"
    TAKEN_ON = "taken_on"
    SWAPPED = "swapped"
    RECOUNTED = "recounted"
    ALERTED = "alerted"
    PROMISED = "promised"
    AWAY = "away"
    BACK = "back"
    CALENDAR = "calendar"
    POLICY = "policy"
    OFF_HOURS_REPLY = "off_hours_reply"
    GREETING = "greeting"
    EDITED = "edited"  # a reply, by its author, after it was sent
    TAKEN_BACK = "taken_back"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"  # two contacts became one person
    SPLIT = "split"
    LINKED = "linked"  # a group, to a client
    CONNECTED = "connected"  # a member's own account
    QUOTED = "quoted"  # a price and a deadline were named
    QUOTE_SETTLED = "quote_settled"
    TASK_MADE = "task_made"
    TASK_CHANGED = "task_changed"
    TASK_DONE = "task_done"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log, never changed: who did what, from what to what.

    `by_id` None: the program itself. `manager_id`: whom it was about (an alert's recipient, a new
    holder, who is away). `before`, `after`: plain values such as a due time, an outcome, a name.
    """

    at: datetime
    deed: Deed
    by_id: int | None = None
    conversation_id: int | None = None
    wait_id: int | None = None
    manager_id: int | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry as it is read, with names in place of ids; "" where there is none."""

    entry: Entry
    by: str = ""
    client: str = ""
    manager: str = ""
