"""What is kept of chats, as it passes through the ports: greetings, topics, who is one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inbox.messages import Handle
from inbox.records import ReplyState


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a client who opens the chat is told by itself, once per opening.

    `message_id`: the opening. `state` runs as a reply's; `at`: of the state.
    """

    message_id: int
    state: ReplyState
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Topic:
    """A client's thread in a chat of the desk: an account's (bot's) thread id in a chat.

    `title` is the name that it has there now.
    """

    account: int
    chat_id: int
    thread_id: int
    client_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Joining:
    """A contact of one client became the same person as another's: what moved, to be undone.

    `handles` and `conversation_ids` moved from `from_contact_id` to `to_contact_id`. `by_id` None:
    the person did it, by the own link. `split_at`: undone.
    """

    from_contact_id: int
    to_contact_id: int
    handles: tuple[Handle, ...]
    conversation_ids: tuple[int, ...]
    at: datetime
    by_id: int | None = None
    split_at: datetime | None = None
    id: int = 0


class SuggestionState(StrEnum):
    """What became of a suggestion."""

    OPEN = "open"
    JOINED = "joined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two contacts may be the same person. `reason`: phone or email; `value`: the same one."""

    contact_id: int
    other_id: int
    reason: str
    value: str
    at: datetime
    state: SuggestionState = SuggestionState.OPEN
    id: int = 0
