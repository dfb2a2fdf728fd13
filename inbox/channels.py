"""What the flow asks of channels and the clock: promises in docstrings."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from inbox.model import (
    Attachment,
    Batch,
    Channel,
    Chosen,
    Happening,
    InboundMessage,
    OutboundMessage,
    RawMessage,
    Receipt,
)


class Clock(Protocol):
    """The only source of the present."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...


class Source(Protocol):
    """A stream of raw messages that the other side keeps until they are acknowledged."""

    channel: Channel

    def receive(self, after: str | None) -> AsyncGenerator[Batch, None]:
        """Everything behind the cursor `after` (None: a first run), for ever, in order.

        Resuming the generator is the acknowledgement of the batch before: the caller has
        committed it. Whatever was not acknowledged comes again after a restart. Connection
        losses are mended inside, with back-off. Raises ChannelPaused where only a person can
        help; any other exception is a fault, and the caller may call again with the last cursor.
        """
        ...


class Connector(Source, Protocol):
    """Code that speaks a kind's protocol; holds no state that a restart may not lose."""

    origin: str  # of attachments that it can send by their `ref`, without their bytes

    async def parse(self, raws: Sequence[RawMessage]) -> InboundMessage | Happening | str:
        """What the raw messages (one, or the members of a group) say; the same at every call.

        It may be worked out in a process of its own, so that no message holds up the others.

        A str is the reason why there is nothing to show to anybody: a service event, an echo of
        our own. Raises Unreadable, whatever the bytes, and SendDeferred where the other side must
        be asked first and does not answer; never anything else.
        """
        ...

    def external_id(self, key: str) -> str | None:
        """The id that a message sent with this key will have, where it can be known before."""
        ...

    async def send(self, message: OutboundMessage) -> Receipt:
        """Send once. Raises SendRejected, SendDeferred or SendUncertain, and nothing else.

        SendDeferred only where it is sure that the recipient got nothing.
        """
        ...

    async def fetch(self, attachment: Attachment, raw: RawMessage | None) -> bytes:
        """An attachment's bytes; `raw` is the message it came in. Raises FileUnavailable.

        Of a message that is cut off it is asked only when a manager wants the files.
        """
        ...


@runtime_checkable
class ComesInParts(Connector, Protocol):
    """A connector that may get the members of a group (RawMessage.group) one by one."""

    @property
    def listened(self) -> float:
        """Seconds for which it has been listened without a break: what came before the break may
        miss what belongs to it."""
        ...


@runtime_checkable
class AnswersSeveral(Connector, Protocol):
    """A connector whose messages may be addressed to others beside us."""

    def others_addressed(self, message: InboundMessage) -> tuple[str, ...]:
        """Who beside the sender gets a reply to this message that is not to the sender alone."""
        ...


@runtime_checkable
class ChangesSent(Connector, Protocol):
    """A connector whose channel lets what was sent be changed afterwards.

    Both raise SendRejected (too late, not ours), SendDeferred or SendUncertain; doing the same
    again does no harm. `sent_as`: what `send` said.
    """

    async def edit(self, message: OutboundMessage, sent_as: Sequence[str]) -> None:
        """What was sent says the message's text from now on; its files stay."""
        ...

    async def take_back(self, message: OutboundMessage, sent_as: Sequence[str]) -> None:
        """What was sent is deleted on both sides."""
        ...


@runtime_checkable
class ShowsChoices(ChangesSent, Protocol):
    """A connector whose messages can have buttons for the client (OutboundMessage.choices); an
    edited message has those that it is edited with."""

    async def answer_press(self, event: Chosen, text: str) -> None:
        """Tell who pressed a button; "" only that it was heard. Raises the three SendFailed."""
        ...


@runtime_checkable
class KeepsSent(Connector, Protocol):
    """A connector whose channel keeps, in a place of its own, what was sent."""

    copy_after: float  # seconds from the sending until the channel itself has kept its copy

    async def look_for(self, message: OutboundMessage) -> Receipt | None:
        """Whether the message stands among what was sent, and all ids it has there.

        The message may come without its files. None only where it is surely not there. Raises
        SendDeferred where nobody can look now, SendRejected where there is no such place.
        """
        ...

    async def keep_copy(self, message: OutboundMessage) -> None:
        """Put a copy of the message there; it was sent, and it is not there yet.

        Raises SendDeferred and SendRejected as `look_for` does.
        """
        ...
