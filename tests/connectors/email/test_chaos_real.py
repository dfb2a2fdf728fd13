"""500 mails under cuts, stalls, kills, renumbering, expunges; 10,000 in benchmarks/mail_chaos."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.store import open_store
from tests.connectors.email.chaos import Chaos
from tests.databases import sqlite_in
from tests.servers import Dovecot, Mailbox


@pytest.mark.real
@pytest.mark.slow
async def test_nothing_is_lost_doubled_or_marked_read(
    dovecot: Dovecot, box: Mailbox, tmp_path: Path
) -> None:
    store = await open_store(sqlite_in(tmp_path))
    try:
        outcome = await Chaos(dovecot, box, store, seed=7).run(500, burst=10, pause=0.1, least=40)
    finally:
        await store.close()
    assert not outcome.lost, outcome
    assert not outcome.doubled, outcome
    assert outcome.marked_read == 0
    assert outcome.done["cut"] >= 5
    assert outcome.done["renumber"] > 0
    assert outcome.expunged
