"""What the store keeps of how messages are sorted: corrections, guesses, what is held back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from inbox.model import Handle, InboundMessage, Nature
from inbox.records import Reply, SenderClass


class Sorting(Protocol):
    """A part of inbox.ports.Transaction."""

    # corrections
    async def sender_class(self, handle: Handle) -> SenderClass | None:
        """What a manager said all further messages of this sender are."""
        ...

    async def save_sender_class(self, handle: Handle, said: SenderClass | None) -> None:
        """None forgets it."""
        ...

    async def correct(self, message_id: int, nature: Nature, reason: str) -> None:
        """Change what a message is taken for; what it was taken for first stays known."""
        ...

    async def call_sender(self, message_id: int, sender: Handle, name: str) -> None:
        """Somebody else wrote the message than who sent it."""
        ...

    async def join_wait(self, message_id: int, wait_id: int | None) -> None:
        """The message belongs to this wait, or to none."""
        ...

    async def messages_of_wait(self, wait_id: int) -> tuple[tuple[int, InboundMessage], ...]:
        """Its messages with their ids, in the order in which they were sent."""
        ...

    # guesses
    async def earlier_from(
        self, channel_id: str, sender: Handle, since: datetime
    ) -> tuple[tuple[int, str], ...]:
        """Conversation and subject of each of the sender's messages since then, newest first."""
        ...

    async def keep_apart(self, sender: Handle, subject: str) -> None:
        """Never again guess that the sender's mails with this subject are one conversation."""
        ...

    async def is_kept_apart(self, sender: Handle, subject: str) -> bool: ...
    async def messages_from(
        self, conversation_id: int, message_id: int
    ) -> tuple[tuple[int, InboundMessage], ...]:
        """The conversation's messages from this one on, in the order of their arrival."""
        ...

    async def move(
        self, message_ids: Sequence[int], thread_ids: Sequence[str], conversation_id: int
    ) -> None:
        """Messages, replies to them, what of them stands on the desk, and threads move there.

        `thread_ids` are of the channel of that conversation.
        """
        ...

    async def move_wait(self, wait_id: int, conversation_id: int) -> None:
        """The wait is that conversation's from now on; it must have no open one."""
        ...

    # what is held back
    async def count_from(self, channel_id: str, sender: Handle, since: datetime) -> int:
        """How many messages the sender has sent since then."""
        ...

    async def newest_shown(self, channel_id: str, sender: Handle) -> tuple[int, int] | None:
        """Message and conversation of the sender's newest message that has a card of its own."""
        ...

    async def same_mail(
        self, channel_ids: Sequence[str], sender: Handle, external_id: str, since: datetime
    ) -> int | None:
        """The sender's first message with this id in one of the channels since then.

        Who asks for the same at the same time waits until this transaction ends.
        """
        ...

    async def only_held_back(self, client_id: int) -> bool:
        """Whether the client is known by messages alone that were kept for a digest."""
        ...

    async def take_held_back(self) -> tuple[tuple[int, int | None], ...]:
        """Messages that wait for a digest, each once, with who holds their conversations."""
        ...

    # answers
    async def replies(
        self, conversation_id: int, since: datetime | None = None
    ) -> tuple[Reply, ...]:
        """All replies in a conversation, or those written since then; newest first."""
        ...

    async def answer_only_sender(self, message_id: int, only: bool) -> None:  # noqa: FBT001 - the value itself
        """Whether replies to this message go to its sender alone."""
        ...
