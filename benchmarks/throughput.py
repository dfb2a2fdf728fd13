"""Messages a second through the whole way, from a backlog: stored → card requested → acknowledged.

Run: python benchmarks/throughput.py [--backlog 5000] [--only sqlite|postgresql]. Ends with 1 where
a goal is missed.

The messages wait at the sandbox's Bot API, or in Dovecot, before the product starts. The clock
runs from the first card to the moment when the last one was acknowledged and the queue is empty,
so that the start of the process is not in it. Beside it, in the same run and on the same servers:
an aiogram bot that stores nothing and answers each update with one message, which is the ceiling.
"""

import argparse
import asyncio
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import studio
from sandbox.telegram.remote import RemotePeople, running
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres

GOAL = 200.0  # messages a second
WRITERS = 8
MANAGER = studio.MANAGERS[0]
PEER = f"""
import asyncio
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
import sys

async def main(api: str, token: str) -> None:
    server = TelegramAPIServer.from_base(api)
    bot = Bot(token, session=AiohttpSession(api=server))
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message):
        await bot.send_message({MANAGER}, message.text)

    await dispatcher.start_polling(bot, handle_signals=False)

import uvloop
uvloop.run(main(*sys.argv[1:]))
"""


@dataclass(frozen=True)
class Figure:
    """Messages a second, and milliseconds of processor time of the product for each.

    The second depends less on what else the machine does.
    """

    rate: float
    each: float


@asynccontextmanager
async def bot_api() -> AsyncIterator[RemotePeople]:
    """A fresh sandbox with its people."""
    async with running(studio.TOKEN) as api, aiohttp.ClientSession() as session:
        people = RemotePeople(api, session)
        await studio.populate(people)
        yield people


async def backlog(people: RemotePeople, count: int) -> None:
    """So many messages of the clients, which nobody has read yet."""
    turns = iter(range(count))

    async def write() -> None:
        for number in turns:
            await people.says(studio.person(number), studio.BOT, studio.say(number))

    async with asyncio.TaskGroup() as group:
        for _ in range(WRITERS):
            group.create_task(write())


async def ceiling(count: int) -> float:
    """Messages a second of the bot that stores nothing."""
    async with bot_api() as people:
        await backlog(people, count)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PEER, people.url, studio.TOKEN
        )
        cards = studio.Cards(people)
        try:
            await cards.all_of(count)
        finally:
            child.terminate()
            await child.wait()
        return count / (max(cards.at.values()) - min(cards.at.values()))


async def telegram(count: int, database: str | None) -> Figure:
    """The product's figure, the messages waiting at the Bot API; `database` None: SQLite."""
    with tempfile.TemporaryDirectory(prefix="okno-") as folder:
        async with bot_api() as people:
            product = studio.Product(Path(folder))
            product.write(people.url, database or f"sqlite:///{folder}/okno.db", (), 0)
            await product.seed()
            await backlog(people, count)
            async with product.running():
                return await _drained(product, people, count)


async def mail(count: int, database: str | None) -> Figure:
    """The same, with mails that wait in one mailbox of Dovecot."""
    run = secrets.token_hex(4)
    async with AsyncExitStack() as stack:
        dovecot = stack.enter_context(Dovecot())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="okno-"))
        people = await stack.enter_async_context(bot_api())
        box = dovecot.add_user()
        product = studio.Product(Path(folder))
        address = database or f"sqlite:///{folder}/okno.db"
        product.write(people.url, address, [box], dovecot.imap_port)
        await product.seed()
        async with product.running():
            await product.up(people.session)
            await asyncio.sleep(2)  # its place in the mailbox is noted: what comes now is new
        for number in range(count):
            dovecot.deliver(box.address, studio.mail(number, box.address, run))
        async with product.running():
            return await _drained(product, people, count)


async def _drained(product: studio.Product, people: RemotePeople, count: int) -> Figure:
    cards = studio.Cards(people)
    await cards.all_of(1, every=0.05)
    begun, first = product.processor_seconds(), len(cards.at)
    await cards.all_of(count)
    ended = await product.idle(people.session)
    used = product.processor_seconds() - begun
    if cards.doubled:
        raise RuntimeError(f"{cards.doubled} cards were shown twice")
    rate = count / (ended - min(cards.at.values()))
    return Figure(rate, used / (count - first) * 1000)


def line(name: str, found: Figure, most: float) -> str:
    """A figure beside the ceiling and the goal."""
    word = "kept" if found.rate >= GOAL else "MISSED"
    ratio = f"{found.rate / most:.2f} of the ceiling"
    each = f"{found.each:.2f} ms of processor each"
    return f"{name:<36}{found.rate:>7.0f}/s   {ratio}   {each}   at least {GOAL:.0f}   {word}"


async def main(count: int, only: str | None) -> int:
    print(f"{studio.where()}; backlog {count}")
    most = await ceiling(count)
    print(f"{'aiogram bot that stores nothing':<36}{most:>7.0f}/s")
    kept = True
    with ExitStack() as stack:
        databases: dict[str, Callable[[], str | None]] = {"SQLite": lambda: None}
        if only != "sqlite":
            postgres = stack.enter_context(Postgres(durable=True))
            databases["PostgreSQL"] = postgres.create_database
        if only == "postgresql":
            del databases["SQLite"]
        for name, make in databases.items():
            for channel, measure in (("Telegram", telegram), ("mail", mail)):
                found = await measure(count, make())
                kept = kept and found.rate >= GOAL
                print(line(f"{channel} over {name}", found, most), flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--backlog", type=int, default=5000)
    options.add_argument("--only", choices=("sqlite", "postgresql"))
    given = options.parse_args()
    raise SystemExit(asyncio.run(main(given.backlog, given.only)))
