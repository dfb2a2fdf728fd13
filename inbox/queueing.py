"""Words for what the flow and the managers' actions put into the queue."""

from __future__ import annotations

import math
from datetime import datetime
from functools import partial

from inbox.errors import SendDeferred, SendFailed, SendUncertain
from inbox.jobs import RefreshCards, SendReply, ShowOutcome, TellAdmins
from inbox.metering import Meter
from inbox.ports import Claim, Reply, Transaction

MOST_COUNTED = 5  # uncertain tries that count; more would pass for a job that is broken


def pause(error: object, tries: int) -> float:
    """Seconds until the next try: what the other side asked for, else 2 s doubling to 10 min."""
    if isinstance(error, SendDeferred) and error.retry_after is not None:
        return max(error.retry_after.total_seconds(), 0.1)
    return min(600.0, math.ldexp(1.0, min(max(tries, 1), 10)))


async def put_off(t: Transaction, claim: Claim, error: SendFailed, meter: Meter) -> None:
    """Try again whatever the desk's server did not take: an outage of hours buries nothing.

    Uncertain counts as a try, so that the next one says "possibly shown before".
    """
    counted = isinstance(error, SendUncertain) and claim.attempts < MOST_COUNTED
    await t.retry(claim, after=pause(error, claim.attempts), counted=counted)
    t.after_commit(partial(meter.put_off, claim.queue, error))


async def refresh(
    t: Transaction,
    conversation_id: int,
    cause: str,
    *,
    message_id: int | None = None,
    besides_id: int | None = None,
    delay: float = 0.0,
) -> None:
    """Have the conversation's cards drawn again, those of the message in any case, but not those
    of the member `besides_id`; `cause` makes the job's key, `delay` is in seconds."""
    lane = f"cards:{conversation_id}"
    await t.put(
        RefreshCards(conversation_id, message_id, besides_id),
        key=f"refresh:{conversation_id}:{cause}",
        # A job that is not due yet holds up its lane.
        lane=f"{lane}:later" if delay else lane,
        delay=delay,
    )


async def show_outcome(t: Transaction, draft: Reply, *, cause: str = "") -> None:
    """Have the author told what became of the reply; `cause`: of what it says beside, which has
    changed."""
    await t.put(
        ShowOutcome(draft.id),
        key=f"outcome:{draft.id}:{draft.written_at}:{draft.state}:{draft.tries}{cause}",
        lane=f"manager:{draft.author_id}",
    )


async def tell_admins(
    t: Transaction, notice: str, fields: dict[str, str], *, key: str, delay: float = 0.0
) -> None:
    """Have the administrators told, once for this key, `delay` seconds from now."""
    lane = "admins:later" if delay else "admins"  # a job that is not due yet holds up its lane
    await t.put(TellAdmins(notice, fields), key=f"tell:{key}", lane=lane, delay=delay)


async def ask_for_a_password(
    t: Transaction, draft: Reply, error: SendDeferred, now: datetime
) -> None:
    """Only an administrator can help: told once a day for each channel."""
    channel_id = (await t.conversation(draft.conversation_id)).channel_id
    fields = {"channel": channel_id, "reason": str(error)}
    await tell_admins(t, "channel_paused", fields, key=f"login:{channel_id}:{now.date()}")


def lane_of_replies(conversation_id: int) -> str:
    """What happens to one conversation's replies happens in the order in which it was wished."""
    return f"conversation:{conversation_id}"


async def queue_reply(t: Transaction, queued: Reply, attempt: str, *, delay: float = 0.0) -> None:
    """Have the reply sent, `delay` seconds from now; later ones wait for it."""
    key, lane = f"send:{queued.key}:{attempt}", lane_of_replies(queued.conversation_id)
    await t.put(SendReply(queued.id), key=key, lane=lane, delay=delay)
