"""How soon the clock finds what is due among many waits, and tells it.

Run: python benchmarks/clock.py [--waits 100000] [--alerts 1000]. Ends with 1 where a goal is
missed.

Over SQLite, then PostgreSQL (fsync on): 100,000 open waits, and one pass that reads those whose
rung was reached, beside the bare driver's own query for their ids in the same run. Then the
product as a process over the same database, with 1,000 rungs more that fall due within one
minute, for 50 managers: from each one's instant to the request at the sandbox's Bot API that first
names it, in a message of its own or in a digest.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import studio
from bot.settings import load
from bot.terms import calendars_of
from inbox.calendars import Calendar
from inbox.model import Handle, InboundMessage, Manager, RawMessage, Wait
from inbox.policies import Terms
from inbox.sla import Policy, Recipient, Rung
from sandbox.telegram.remote import RemotePeople, running
from storage.engine import open_engine, parse_url
from storage.store import SqlStore, open_store
from storage.tables import client, contact, conversation, wait
from storage.wait_codec import wait_row
from tests.servers.postgres import Postgres

MANAGERS = 50
FIRST_MANAGER = 9001
PASS_GOAL = 50.0  # ms
ALERT_GOAL = 1000.0  # ms at p99
DUE = 100
ROUNDS = 15
AHEAD = 30.0  # seconds from filling to the first instant
MINUTE = 60.0
WEEK = "".join(
    f'{day} = ["00:00-24:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
)
BARE = "SELECT id FROM wait WHERE next_rung_at <= {now} ORDER BY next_rung_at, id LIMIT 200"


def present() -> datetime:
    """The present instant, UTC."""
    return datetime.fromtimestamp(time.time(), UTC)


def write(product: studio.Product, api: str, url: str) -> Calendar:
    """The settings of a studio that works round the clock; its calendar."""
    product.write(api, url, [], 0)
    with product.settings.open("a") as file:
        file.write(f"[hours]\n{WEEK}")
    return calendars_of(load(product.settings)).studio


def opened(started_at: datetime, after: timedelta, calendar: Calendar) -> Wait:
    """A wait whose one rung comes so much later."""
    policy = Policy(after + timedelta(hours=1), (Rung(after, Recipient.MANAGER),), "benchmark")
    return Wait.open(started_at, Terms(policy, calendar), first=False)


async def fill(url: str, count: int, calendar: Calendar, now: datetime) -> None:
    """Members, and so many open waits: a hundred whose rung was reached, the others later."""
    store = await open_store(url, exclusive=False)
    async with store.begin() as t:
        for number in range(MANAGERS):
            name = f"Manager {number}"
            member = Manager(0, name, FIRST_MANAGER + number, zone="UTC", language="en")
            await t.save_manager(member)
    await store.close()
    chance = random.Random(4)
    engine = open_engine(parse_url(url))
    rungs = [-timedelta(seconds=chance.uniform(1, 600)) for _ in range(DUE)]
    rungs += [timedelta(hours=chance.uniform(1, 500)) for _ in range(count - DUE)]
    chance.shuffle(rungs)
    async with engine.begin() as connection:
        for first in range(0, count, 5000):
            numbers = range(first + 1, min(first + 5000, count) + 1)
            await _add(connection, numbers, rungs, calendar, now)
        if engine.dialect.name == "postgresql":
            for table in ("client", "contact", "conversation", "wait"):
                by_hand = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {count})"
                await connection.execute(sa.text(by_hand))
            await connection.execute(sa.text("ANALYZE"))
    await engine.dispose()


async def _add(
    connection: Any,
    numbers: range,
    rungs: Sequence[timedelta],
    calendar: Calendar,
    now: datetime,
) -> None:
    members = [one % MANAGERS + 1 for one in numbers]
    pairs = list(zip(numbers, members, strict=True))
    clients = [{"id": n, "name": f"Firm {n}", "manager_id": m} for n, m in pairs]
    await connection.execute(sa.insert(client), clients)
    contacts = [{"id": n, "client_id": n, "name": f"Person {n}"} for n in numbers]
    await connection.execute(sa.insert(contact), contacts)
    talks = [
        {
            "id": n,
            "channel_id": "telegram",
            "contact_id": n,
            "recipient_kind": "telegram",
            "recipient_address": str(n),
            "assignee_id": m,
        }
        for n, m in pairs
    ]
    await connection.execute(sa.insert(conversation), talks)
    after = timedelta(hours=2)
    waits = [opened(now + rungs[n - 1] - after, after, calendar) for n in numbers]
    rows = [
        {"id": n, "conversation_id": n, **wait_row(one)}
        for n, one in zip(numbers, waits, strict=True)
    ]
    await connection.execute(sa.insert(wait), rows)


async def timed(work: Callable[[], Awaitable[Any]]) -> float:
    """The median of some rounds, in ms."""
    figures = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        await work()
        figures.append((time.perf_counter() - begun) * 1000)
    return median(figures)


async def one_pass(url: str, now: datetime) -> tuple[float, float]:
    """Milliseconds of the pass, and of the bare query in the same database."""
    store = await open_store(url, exclusive=False)
    engine = open_engine(parse_url(url))
    text = now.strftime("'%Y-%m-%d %H:%M:%S.%f'")
    given = text if engine.dialect.name == "sqlite" else f"{text}::timestamp AT TIME ZONE 'UTC'"
    bare = sa.text(BARE.format(now=given))

    async def ours() -> None:
        async with store.begin() as t:
            found = await t.due_waits(now, 200)
        if len(found) != DUE:
            raise RuntimeError(f"found {len(found)} due waits, not {DUE}")

    async def theirs() -> None:
        async with engine.connect() as connection:
            if len((await connection.execute(bare)).all()) != DUE:
                raise RuntimeError("the bare query found another number")

    figures = await timed(ours), await timed(theirs)
    await store.close()
    await engine.dispose()
    return figures


async def settle(url: str) -> None:
    """What the passes found due is let go: the next part measures other rungs."""
    engine = open_engine(parse_url(url))
    async with engine.begin() as connection:
        later = sa.update(wait).where(wait.c.next_rung_at <= present())
        await connection.execute(later.values(next_rung_at=None))
    await engine.dispose()


async def ask(store: SqlStore, count: int, calendar: Calendar, begin: datetime) -> list[datetime]:
    """So many conversations whose rungs fall due within a minute from `begin`; their instants."""
    chance = random.Random(5)
    instants = sorted(begin + timedelta(seconds=chance.uniform(0, MINUTE)) for _ in range(count))
    after = timedelta(hours=1)
    for number, instant in enumerate(instants):
        async with store.begin() as t:
            one = await t.add_client(f"Client №{number:06d}", number % MANAGERS + 1)
            person = await t.add_contact(one.id, one.name)
            handle = Handle("telegram", str(10**6 + number))
            talk = await t.open_conversation("telegram", one, person, handle, None)
            words = _asked(number, instant - after)
            (raw_id,) = await t.keep("telegram", [_raw(number, words.sent_at)])
            if raw_id is None:
                raise RuntimeError("a message was there already")
            talk = await t.save(
                replace(talk, wait=opened(words.sent_at, after, calendar), asked_at=words.sent_at)
            )
            await t.add_message(talk, words, raw_id)
            await t.mark_raw([raw_id], "filed")
    return instants


def _asked(number: int, at: datetime) -> InboundMessage:
    sender = Handle("telegram", str(10**6 + number))
    thread = (str(10**6 + number),)
    return InboundMessage("telegram", f"b{number}", thread, sender, "Client", at, "Where is it?")


def _raw(number: int, at: datetime) -> RawMessage:
    return RawMessage(f"b{number}", f"chat:{number}", b"{}", at)


async def told(people: RemotePeople, count: int) -> dict[int, float]:
    """When each alert was first requested at the Bot API, in monotonic seconds."""
    seen: dict[int, float] = {}
    read_to = {"sendMessage": 0.0, "editMessageText": 0.0}
    async with asyncio.timeout(AHEAD + MINUTE + 60):
        while len(seen) < count:
            for method, after in read_to.items():
                for one in await people.requests(method, after=after):
                    read_to[method] = max(read_to[method], one["at"])
                    for found in studio.NUMBERED.finditer(one["text"]):
                        number = int(found.group(1))
                        seen[number] = min(seen.get(number, one["at"]), one["at"])
            await asyncio.sleep(0.5)
    return seen


async def alerts(url: str, folder: Path, count: int) -> tuple[list[float], int]:
    """Milliseconds from each instant to its request, and how many requests it took."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(running(studio.TOKEN))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        people = RemotePeople(api, session)
        for number in range(MANAGERS):
            await people.act("people", id=FIRST_MANAGER + number, first_name=f"Manager {number}")
        product = studio.Product(folder)
        calendar = write(product, api, url)
        store = await open_store(url, exclusive=False)
        begin = present() + timedelta(seconds=AHEAD)
        instants = await ask(store, count, calendar, begin)
        await store.close()
        async with product.running():
            await product.up(session)
            if present() > begin:
                raise RuntimeError("the product came up too late; give it more time")
            offset = time.monotonic() - present().timestamp()
            seen = await told(people, count)
        requests = len(await people.requests("sendMessage", after=0.0))
        requests += len(await people.requests("editMessageText", after=0.0))
    late = ((seen[number] - offset - at.timestamp()) * 1000 for number, at in enumerate(instants))
    return sorted(late), requests


async def measure(name: str, url: str, folder: Path, waits: int, count: int) -> bool:
    """One database: print its figures; whether the goals are kept."""
    product = studio.Product(folder)
    calendar = write(product, "http://127.0.0.1:1", url)
    now = present()
    await fill(url, waits, calendar, now)
    ours, theirs = await one_pass(url, now)
    print(
        f"{name:12}one pass over {waits:,} open waits, {DUE} due: {ours:.1f} ms,"
        f" the bare query {theirs:.1f} ms ({ours / theirs:.1f} x); at most {PASS_GOAL:.0f} ms"
    )
    await settle(url)
    late, requests = await alerts(url, folder, count)
    p50, p99 = median(late), quantiles(late, n=100)[98]
    print(
        f"{name:12}{count:,} alerts within a minute to {MANAGERS} managers: p50 {p50:.0f} ms,"
        f" p99 {p99:.0f} ms, most {late[-1]:.0f} ms, {requests:,} requests;"
        f" p99 at most {ALERT_GOAL:.0f} ms"
    )
    return ours <= PASS_GOAL and p99 <= ALERT_GOAL and late[0] >= 0


async def main(waits: int, count: int) -> int:
    print(studio.where())
    with tempfile.TemporaryDirectory(prefix="okno-") as one:
        folder = Path(one)
        kept = await measure("SQLite", f"sqlite:///{folder}/okno.db", folder, waits, count)
    with tempfile.TemporaryDirectory(prefix="okno-") as one, Postgres(durable=True) as server:
        url = server.create_database()
        kept = await measure("PostgreSQL", url, Path(one), waits, count) and kept
    return int(not kept)


if __name__ == "__main__":
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    given.add_argument("--waits", type=int, default=100_000)
    given.add_argument("--alerts", type=int, default=1000)
    chosen = given.parse_args()
    sys.exit(asyncio.run(main(chosen.waits, chosen.alerts)))
