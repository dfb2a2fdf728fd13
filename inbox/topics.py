"""The names of clients' topics say how it stands: nobody waits, somebody does, since too long."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from inbox.errors import SendRejected
from inbox.inbox import Inbox
from inbox.jobs import NameTopics
from inbox.model import Client, WaitKind
from inbox.ports import Claim, Transaction

log = logging.getLogger(__name__)

SOON = 3.0  # seconds in which changes become one
AHEAD = timedelta(days=366)  # what falls due later is looked at when something changes
NEVER = datetime.max.replace(tzinfo=UTC)


async def name_topics_later(t: Transaction, client_id: int, cause: str) -> None:
    """Have the client's topics named anew; only where there are topics, once for the `cause`."""
    key = f"topics:{client_id}:{cause}"
    await t.put(NameTopics(client_id), key=key, lane=f"topics:{client_id}", delay=SOON)


async def name_topics(inbox: Inbox, claim: Claim, job: NameTopics) -> None:
    """The names say how it stands now; where the client waits, once more when that is due."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        client, waiting = await _standing(t, job.client_id, now)
    if client is not None:
        try:
            await inbox.desk.name_topics(client, waiting)
        except SendRejected as error:
            log.warning("topics of client %s not named: %s", job.client_id, error)
    async with inbox.store.begin() as t:
        if waiting is not None and now < waiting < now + AHEAD:
            key = f"topics:{job.client_id}:due {waiting}"
            ahead = (waiting - now).total_seconds() + 1.0
            await t.put(job, key=key, lane=key, delay=ahead)
        await t.finish(claim)


async def _standing(
    t: Transaction, client_id: int, now: datetime
) -> tuple[Client | None, datetime | None]:
    """The client, and when the earliest open wait is due (NEVER: where no hour is open ahead); a
    promise counts once it is overdue."""
    open_ = await t.open_waits_of(client_id=client_id)
    dues = [
        wait.due_at or NEVER
        for _, wait in open_
        if wait.kind is WaitKind.REPLY or wait.is_due(now)
    ]
    if not open_:
        conversation_id = await t.newest_conversation(client_id)
        known = None if conversation_id is None else await t.conversation(conversation_id)
        return (None if known is None else known.client), None
    return open_[0][0].client, min(dues, default=None)
