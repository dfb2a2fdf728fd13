"""What a failed try tells of the client's side: the chat moved, or we are not wanted there."""

from __future__ import annotations

from dataclasses import replace

from inbox.errors import Fault, SendFailed
from inbox.groups import goes_on_as
from inbox.happenings import unreachable
from inbox.inbox import Inbox
from inbox.model import Conversation, Handle, Moved
from inbox.ports import Transaction


async def followed(
    inbox: Inbox, t: Transaction, conversation: Conversation, error: SendFailed
) -> bool:
    """Whether the chat went on under another address, which the conversation has now."""
    before = conversation.recipient
    after = replace(before, address=error.detail)
    if error.fault is not Fault.MOVED or not error.detail or after == before:
        return False
    moved = Moved(
        channel_id=conversation.channel_id,
        before=before,
        after=after,
        thread_before=_thread_of(before),
        thread_after=_thread_of(after),
        at=inbox.clock.now(),
    )
    await goes_on_as(t, moved)
    return True


def _thread_of(group: Handle) -> str:
    """As connectors/telegram names it; only groups move."""
    return f"group:{group.address}"


async def noticed(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    error: SendFailed,
    *,
    told: int | None = None,
) -> None:
    """Where the client wants no messages of ours, the handle is marked and the holder told once.

    `told`: a member who hears of it anyway.
    """
    if error.fault is Fault.BLOCKED:
        deleted = "deactivated" in error.detail.casefold()  # Telegram's own word
        reason = "deleted" if deleted else Fault.BLOCKED.value
        await unreachable(inbox, t, conversation, reason, inbox.clock.now(), told=told)
