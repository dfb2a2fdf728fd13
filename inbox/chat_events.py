"""What happens in chats beside messages: frozen values that a connector may give for an update.

inbox.model hands them on; only it imports from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inbox.messages import Handle


@dataclass(frozen=True, slots=True)
class Deleted:
    """The client took messages of the channel back (external ids)."""

    channel_id: str
    external_ids: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A chat goes on under another address: a group that became a supergroup."""

    channel_id: str
    before: Handle
    after: Handle
    thread_before: str
    thread_after: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a handle can be written to from now on.

    `reason`: blocked, deleted (the account), removed (we, from a group), or "" for reachable.
    """

    channel_id: str
    handle: Handle
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Added:
    """We were added to a group, by somebody who is no member."""

    channel_id: str
    place: Handle
    title: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """A person's own account that the bot may read and answer for (Bot API, BusinessConnection).

    `owner_id`: the person's Telegram id, by which everything is kept: a reconnect brings another
    `connection_id`.
    """

    owner_id: int
    connection_id: str
    enabled: bool
    can_reply: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Connected:
    """An own account was connected, changed its rights, or was disconnected."""

    channel_id: str
    account: Account
    name: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody pressed a button that we sent with a message (OutboundMessage.choices).

    `data`: what it carries; anybody may send made-up data. `external_id`: the message it stands
    under, as in Receipt.sent_as. `thread_id`: the conversation's, as in InboundMessage.thread_ids.
    `press_id`: what the channel calls the press, to answer it.
    """

    channel_id: str
    external_id: str
    data: str
    by: Handle
    by_name: str
    at: datetime
    thread_id: str = ""
    press_id: str = ""


Happening = Deleted | Moved | Reach | Added | Connected | Chosen
