"""What the flow asks of the store about chats: what changed there, who is who, the desk's topics.

inbox.ports hands it on, as a part of Transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from inbox.chat_records import Greeting, Joining, Suggestion, SuggestionState, Topic
from inbox.model import Account, Client, Contact, Handle, InboundMessage, Moved
from inbox.records import Answering, DeskRef, Reply, Version


class Chats(Protocol):
    """A part of inbox.ports.Transaction."""

    # messages that the client changes
    async def message_at(self, channel_id: str, external_id: str) -> int | None:
        """The message with this id in its channel."""
        ...

    async def edit_message(self, message_id: int, message: InboundMessage, at: datetime) -> bool:
        """It says from now on what `message` says; what it said is kept as a Version. False where
        it says so already, or was edited later than `at`."""
        ...

    async def mark_deleted(
        self, channel_id: str, external_ids: Sequence[str], at: datetime
    ) -> tuple[int, ...]:
        """The ids of those that are known and were not marked before."""
        ...

    async def versions(self, message_id: int) -> tuple[Version, ...]:
        """What it said before, oldest first."""
        ...

    # who can be reached where
    async def mark_reach(self, handle: Handle, reason: str, at: datetime) -> bool:
        """`reason` "": it can be reached. False where that is known, or the handle is not."""
        ...

    async def move_chat(self, moved: Moved) -> None:
        """The handle, its conversations and their threads have another address; idempotent."""
        ...

    async def conversations_with(self, handle: Handle) -> tuple[int, ...]:
        """Ids of the conversations whose answers go to this handle, the latest asked first."""
        ...

    async def drop_handle(self, handle: Handle) -> bool:
        """It is nobody's from now on. False where it is already."""
        ...

    async def whose(self, handles: Sequence[Handle]) -> tuple[tuple[Handle, Client, Contact], ...]:
        """Of those that are known, whose they are, in their order; nobody waits for who asks."""
        ...

    async def contacts_of_client(self, client_id: int) -> tuple[tuple[Contact, Handle], ...]:
        """The client's people with each of their handles."""
        ...

    # own accounts of members
    async def keep_account(self, account: Account) -> None:
        """The owner's account as it is now; every connection id is remembered for its owner. An
        older state (`at`) changes nothing."""
        ...

    async def account(self, owner_id: int) -> Account | None: ...
    async def account_by(self, connection_id: str) -> Account | None:
        """The present state of the account that this connection, present or former, is of."""
        ...

    # one person, several handles
    async def personal_link(self, contact_id: int, secret: str, now: datetime) -> str:
        """The secret of the contact's link that nobody used yet; `secret` where there is none."""
        ...

    async def redeem_link(self, secret: str, by: Handle, now: datetime) -> int | None:
        """The contact that the link is for, once (the same `by` may come again); else None."""
        ...

    async def contact(self, contact_id: int) -> tuple[Client, Contact]: ...
    async def join(
        self, from_contact_id: int, to_contact_id: int, by_id: int | None, at: datetime
    ) -> Joining:
        """All handles and conversations of the first become the second's; the conversations get
        that client's holder. Each is taken for whom it was joined to before; where the two are
        one already, that joining. Called before anything else is locked."""
        ...

    async def joining(self, joining_id: int) -> Joining | None: ...
    async def split(self, joining_id: int, at: datetime) -> Joining | None:
        """Undo: what moved, and what its handles began since, is the first contact's again, and
        held by who holds that client now. None where that was done before."""
        ...

    async def suggest(self, suggestion: Suggestion) -> Suggestion | None:
        """None where these two, in either order, were suggested before, whatever became of it."""
        ...

    async def suggestion(self, suggestion_id: int) -> Suggestion | None: ...
    async def settle_suggestion(self, suggestion_id: int, state: SuggestionState) -> bool:
        """False where it is settled already."""
        ...

    # greetings
    async def add_greeting(self, greeting: Greeting) -> bool:
        """False where the opening has one."""
        ...

    async def greeting(self, message_id: int) -> Greeting | None: ...
    async def save_greeting(self, greeting: Greeting) -> None: ...
    async def first_replies(self, since: datetime, limit: int) -> tuple[float, ...]:
        """Business seconds of the newest reply waits answered since then, `limit` at most."""
        ...

    # topics of the desk
    async def topic(self, account: int, chat_id: int, client_id: int) -> Topic | None: ...
    async def topic_at(self, account: int, chat_id: int, thread_id: int) -> Topic | None: ...
    async def topics_of(self, client_id: int) -> tuple[Topic, ...]: ...
    async def save_topic(self, topic: Topic) -> None:
        """The client's one topic in this chat, whatever stood there."""
        ...

    async def drop_topic(self, topic: Topic) -> None: ...
    async def newest_conversation(self, client_id: int) -> int | None:
        """The client's conversation in which somebody wrote last; one with an open wait first."""
        ...

    async def recent_conversations(self, manager_id: int | None, limit: int) -> tuple[int, ...]:
        """Of what this member holds (None: of all), those asked or answered last."""
        ...

    # replies that their authors change
    async def reply_at(self, ref: DeskRef) -> Reply | None:
        """The reply that this message of a member became; locked."""
        ...

    # who is answering
    async def set_answering(self, conversation_id: int, manager_id: int, at: datetime) -> bool:
        """False where the same member's stands there from the last minute."""
        ...

    async def end_answering(self, conversation_id: int, manager_id: int) -> None: ...
    async def answering(self, conversation_id: int, since: datetime) -> tuple[Answering, ...]:
        """Who is about to answer, the latest first; what is older than `since` is over."""
        ...

    # cards that wait for a list
    async def gather_card(self, message_id: int, manager_id: int) -> bool:
        """False where it is gathered already."""
        ...

    async def gathered(self, manager_id: int, limit: int) -> tuple[int, ...]:
        """Message ids, the oldest first."""
        ...

    async def ungather(self, manager_id: int, message_ids: Sequence[int]) -> None: ...
