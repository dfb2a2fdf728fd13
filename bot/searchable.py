"""Reads older messages into the search, a little each second: nothing else waits for it."""

from __future__ import annotations

import asyncio
from time import monotonic

from inbox.ports import Store

BATCH = 100  # messages in one transaction: some 15 ms
AT_A_TIME = 0.25  # real seconds
BETWEEN = 0.01


async def read_in(store: Store) -> None:
    """As many as there is time for."""
    until = monotonic() + AT_A_TIME
    while True:
        async with store.begin() as t:
            left = await t.index_older(BATCH)
        if not left or monotonic() > until:
            return
        await asyncio.sleep(BETWEEN)
