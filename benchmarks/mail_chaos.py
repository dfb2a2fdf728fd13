"""10,000 mails read while connections are cut, stalled and killed, UIDs change, mails vanish.

Run: python benchmarks/mail_chaos.py [--mails 10000] [--seed 1]. Needs Dovecot 2.3. Prints what was
done and what was lost, doubled or marked read; ends with 1 where that is not nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))

from storage.store import open_store
from tests.connectors.email.chaos import Chaos, Outcome
from tests.servers import Dovecot


async def attack(mails: int, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder, Dovecot() as dovecot:
        store = await open_store(f"sqlite:///{folder}/okno.db")
        try:
            chaos = Chaos(dovecot, dovecot.add_user(), store, seed)
            return await chaos.run(mails, burst=50, pause=0.15)
        finally:
            await store.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)
    out = asyncio.run(attack(asked.mails, asked.seed))
    print(f"{asked.mails} mails in {out.seconds:.0f} s, {len(out.expunged)} expunged under us")
    print("done to us: " + ", ".join(f"{count} {name}" for name, count in out.done.items()))
    print(f"stored {out.stored}, lost {len(out.lost)}, doubled {len(out.doubled)}, ", end="")
    print(f"marked read {out.marked_read}, given up {out.placeholders}")
    return 1 if out.lost or out.doubled or out.marked_read else 0


if __name__ == "__main__":
    sys.exit(main())
