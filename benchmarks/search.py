"""How long a search over a million messages takes, and what a million costs the next card.

Run: python benchmarks/search.py [--messages 1000000]. Ends with 1 where a goal is missed. Filling
takes some minutes for each database.

Over SQLite, then PostgreSQL (fsync on): clients of very different sizes, messages and replies of
three years. What is typed goes the way of /find: read, searched in a transaction of its own, with
the page of clients of that name. As a head, who sees all; as a manager with five small clients;
as one with a fifth of all clients. Then the product as a process over the same database, and over
one with 1,000 messages, in turns: from "stored at the server" to "card requested at the Bot API".
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from zoneinfo import ZoneInfo

import aiohttp

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import studio
from benchmarks.filled import Readers, fill
from benchmarks.latency import measure
from inbox.reading_queries import read_query
from sandbox.telegram.remote import RemotePeople, running
from storage.store import SqlStore, open_store
from tests.servers.postgres import Postgres

FIND_GOAL = 100.0  # ms at p95
CARD_GOAL = 1.2  # times what a card takes over a small database
SMALL = 1_000
PAGE, ROUNDS = 8, 5
RATE, SECONDS, TURNS = 20.0, 10.0, 3
MOSCOW = ZoneInfo("Europe/Moscow")
TYPED = (
    # what nearly every message has, some have, few have, none has
    *("спасибо", "сайт", "здравствуйте", "договорами", "скидок", "universities", "hello"),
    *("котова", "1234567", "зебра", "оплатить договор", "скидка кнопка сервер", "friday boss"),
    # filters
    *(
        "спасибо from:анна",
        "спасибо from:марина",
        "сайт from:ма",
        "from:котов",
        "hello from:helen",
    ),
    *(
        "сайт in:ромашка",
        "здравствуйте in:email",
        "договор in:telegram",
        "in:пекарня",
        "сайт in:о",
    ),
    *("спасибо before:1.6.2025", "сайт after:1.3.2025 before:1.4.2025", "зебра before:2025"),
    *("has:file", "смета has:file", "договор has:file from:ольга in:вектор", "before:2024-05"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """How long it took in ms, and how many stood on the page."""

    typed: str
    took: float
    hits: int


async def find(
    store: SqlStore, typed: str, sees: Sequence[int] | None, after: int | None
) -> tuple[float, tuple[int, ...]]:
    """As /find does it: milliseconds, and the numbers of what stands on the page."""
    begun = time.perf_counter()
    query, _ = read_query(typed, datetime.fromtimestamp(time.time(), UTC), MOSCOW)
    async with store.begin() as t:
        if query.words and after is None:
            await t.client_lines(sees, words=query.words, limit=3)
        hits = await t.search(query, sees, after, PAGE)
    took = (time.perf_counter() - begun) * 1000
    return took, tuple(hit.number for hit in hits.hits)


async def searched(store: SqlStore, sees: Sequence[int] | None) -> list[Found]:
    """All that is typed, the first page and the second, several times over."""
    found = []
    for _ in range(ROUNDS):
        for typed in TYPED:
            took, numbers = await find(store, typed, sees, None)
            found.append(Found(typed, took, len(numbers)))
            if len(numbers) == PAGE:
                took, numbers = await find(store, typed, sees, numbers[-1])
                found.append(Found(f"{typed} →", took, len(numbers)))
    return found


def told(name: str, found: Sequence[Found]) -> float:
    """Print it; the 95th percentile."""
    took = sorted(one.took for one in found)
    p95 = quantiles(took, n=20)[18]
    slowest = sorted(found, key=lambda one: -one.took)[:3]
    words = ", ".join(f"“{one.typed}” {one.took:.0f} ({one.hits})" for one in slowest)
    print(f"  {name:<26}p50 {median(took):6.1f}  p95 {p95:6.1f}  most: {words}")
    return p95


async def search(url: str, readers: Readers) -> float:
    """The worst 95th percentile of all readers, in ms."""
    store = await open_store(url, exclusive=False)
    every: dict[str, Sequence[int] | None] = {
        "a head": None,
        "five small clients": [readers.few],
        "a fifth of all clients": [readers.large],
    }
    worst = 0.0
    for name, sees in every.items():
        await find(store, "первый раз", sees, None)
        worst = max(worst, told(name, await searched(store, sees)))
    await store.close()
    return worst


async def filled(folder: Path, api: str, url: str, count: int) -> tuple[studio.Product, Readers]:
    """A product whose database holds so much."""
    product = studio.Product(folder)
    product.write(api, url, [], 0)
    await product.seed()
    begun = time.monotonic()
    readers = await fill(url, count, datetime.fromtimestamp(time.time(), UTC))
    print(f"  {count:,} messages and replies filled in {time.monotonic() - begun:.0f} s")
    return product, readers


async def cards(products: Sequence[studio.Product], people: RemotePeople) -> list[float]:
    """The median of each product's cards in ms; they take turns."""
    found: list[list[float]] = [[] for _ in products]
    numbered = studio.Cards(people)

    async def say(number: int) -> float:
        await people.says(studio.person(number), studio.BOT, studio.say(number))
        return people.done_at

    async with aiohttp.ClientSession() as session:
        for _ in range(TURNS):
            for place, product in enumerate(products):
                async with product.running():
                    await product.up(session)
                    found[place] += await measure(numbered, RATE, SECONDS, say)
    for name, took in zip(("small", "large"), found, strict=True):
        cuts = quantiles(took, n=100)
        print(
            f"  card, {name:<20}p50 {cuts[49]:6.1f}  p95 {cuts[94]:6.1f}  p99 {cuts[98]:6.1f} ms"
        )
    return [median(one) for one in found]


async def measured(name: str, urls: Sequence[str], count: int) -> bool:
    """One database: whether the goals are kept."""
    print(name)
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(running(studio.TOKEN))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        people = RemotePeople(api, session)
        await studio.populate(people)
        products = []
        for url, size in zip(urls, (SMALL, count), strict=True):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="okno-")))
            product, readers = await filled(folder, api, url.format(folder=folder), size)
            products.append(product)
        worst = await search(urls[1].format(folder=folder), readers)
        small, large = await cards(products, people)
    kept = worst <= FIND_GOAL and large <= CARD_GOAL * small
    print(
        f"  /find p95 {worst:.1f} ms (goal {FIND_GOAL:.0f}): {worst / FIND_GOAL:.2f} of the goal"
    )
    print(
        f"  card over {count:,}: {large / small:.2f} times that over {SMALL:,} (goal {CARD_GOAL})"
    )
    print(f"  {'kept' if kept else 'MISSED'}")
    return kept


async def main(count: int, databases: Sequence[str]) -> int:
    print(studio.where())
    kept = []
    if "sqlite" in databases:
        kept.append(await measured("SQLite", ["sqlite:///{folder}/okno.db"] * 2, count))
    if "postgres" in databases:
        with Postgres(durable=True) as server:
            urls = [server.create_database() for _ in range(2)]
            kept.append(await measured("PostgreSQL", urls, count))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=1_000_000)
    options.add_argument("--databases", nargs="+", default=["sqlite", "postgres"])
    given = options.parse_args()
    raise SystemExit(asyncio.run(main(given.messages, given.databases)))
