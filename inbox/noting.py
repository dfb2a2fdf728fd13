"""Notes about a conversation for who holds it: what happened there without a message."""

from __future__ import annotations

from inbox import routing
from inbox.inbox import Inbox
from inbox.jobs import ShowNote
from inbox.model import Conversation
from inbox.ports import Transaction


async def note(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    kind: str,
    text: str,
    *,
    cause: str,
    besides: int | None = None,
    delay: float = 0.0,
) -> None:
    """Have the holder, or who stands in, told once for this cause; `besides` a member.

    `kind` and `text` as in ShowNote; `delay` is in seconds.
    """
    staff, now = await t.staff(), inbox.clock.now()
    for one in routing.readers(conversation.assignee_id, staff, now):
        if one.id == besides:
            continue
        lane = f"manager:{one.id}"
        await t.put(
            ShowNote(conversation.id, one.id, None, kind, text),
            key=f"note:{conversation.id}:{one.id}:{kind}:{cause}",
            # A job that is not due yet holds up its lane.
            lane=f"{lane}:later" if delay else lane,
            delay=delay,
        )
