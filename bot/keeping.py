"""Raw messages that were worked on: read again after an upgrade, let go when they are old."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

import structlog

from inbox.errors import SendDeferred, Unreadable
from inbox.jobs import Received
from inbox.model import InboundMessage
from inbox.ports import Connector, Store, Transaction
from inbox.queueing import refresh
from inbox.records import KeptRaw

log = structlog.get_logger(__name__)

PAGE = 100
MAIL = "email"


class State(StrEnum):
    """What may be read again: never shown, shown to nobody on purpose, or shown."""

    QUARANTINED = "quarantined"
    IGNORED = "ignored"
    FILED = "filed"


class Result(StrEnum):
    """What came of reading one again.

    SHOWN: it is a message now, and gets its card. CHANGED: its card is drawn anew. ABSENT: its
    channel is no longer in the settings.
    """

    SHOWN = "shown"
    CHANGED = "changed"
    SAME = "same"
    UNREADABLE = "unreadable"
    ABSENT = "absent"


async def replay(
    store: Store,
    connectors: Mapping[str, Connector],
    state: State,
    since: datetime,
    now: datetime,
) -> AsyncIterator[Counter[Result]]:
    """Read stored raw messages again, page by page; what came of all so far.

    What becomes a message is put into the queue, as if it had just arrived. A message that was
    filed keeps its conversation, its sender, its class and its time.
    """
    results: Counter[Result] = Counter()
    after = 0
    while True:
        async with store.begin() as t:
            page = await t.raws_to_replay(state, since, after, PAGE)
        if not page:
            return
        for kept in page:
            connector = connectors.get(kept.channel_id)
            if connector is None:
                results[Result.ABSENT] += 1
            else:
                results[await _read_again(store, connector, state, kept, now)] += 1
        after = page[-1].raw_id
        yield results


async def _read_again(
    store: Store, connector: Connector, state: State, kept: KeptRaw, now: datetime
) -> Result:
    async with store.begin() as t:
        raws = await t.raw_and_album(kept.raw_id)
        message_id = await t.message_of_raw(kept.raw_id)
    if state is State.FILED and message_id is None:  # of an album, the first stands for all
        return Result.SAME
    try:
        message = await connector.parse(raws)
    except (Unreadable, SendDeferred) as error:
        log.debug("Still unreadable.", raw=kept.raw_id, why=str(error))
        return Result.UNREADABLE
    if isinstance(message, str):
        return Result.SAME
    async with store.begin() as t:
        if message_id is None:
            return await _arrive(t, kept, now)
        if isinstance(message, InboundMessage):
            return await _retell(t, message_id, message, now)
    return Result.SAME


async def _arrive(t: Transaction, kept: KeptRaw, now: datetime) -> Result:
    await t.mark_raw([kept.raw_id], "stored")
    await t.put(
        Received(kept.raw_id),
        key=f"received:{kept.raw_id}:{now.isoformat()}",
        lane=f"{kept.channel_id}:{kept.lane}",
    )
    return Result.SHOWN


async def _retell(
    t: Transaction, message_id: int, message: InboundMessage, now: datetime
) -> Result:
    card = await t.card(message_id)
    if card.edited_at is not None:  # it says by now what its sender changed it to
        return Result.SAME
    known = card.message
    read = replace(
        known,
        sender_name=message.sender_name,
        subject=message.subject,
        text=message.text,
        entities=message.entities,
        quoted=message.quoted,
        attachments=message.attachments,
        known_as=message.known_as,
        reply_context=message.reply_context,
        delivery=message.delivery,
        warnings=message.warnings,
        passed_on=message.passed_on,
        refers=message.refers,
    )
    if read == known:
        return Result.SAME
    await t.retell(message_id, read)
    await refresh(t, card.conversation.id, f"replay:{now.isoformat()}")
    return Result.CHANGED


async def drop_old_mail(store: Store, before: datetime) -> None:
    """Let go of mails as they came before then; what was read of them stays. Says so in the log.

    What nobody has seen yet, in quarantine or waiting, is kept.
    """
    count = size = 0
    while True:
        async with store.begin() as t:
            dropped, freed = await t.drop_payloads(MAIL, before, PAGE)
        count, size = count + dropped, size + freed
        if dropped < PAGE:
            break
        await asyncio.sleep(0)
    log.info("Old mails are no longer kept as they came.", count=count, bytes=size, before=before)
