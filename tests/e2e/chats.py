"""A studio that talks by Telegram alone: a manager for each client, `okno run` as a process.

The Bot API runs in the process of the test, which thereby plans faults and reads chats at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import SystemClock
from inbox.model import Handle, Manager, Role
from sandbox.clock import SandboxClock
from sandbox.telegram import People, Person, TelegramServer, World
from storage.store import SqlStore, open_store
from tests.e2e.product import Product
from tests.e2e.traffic import buttons

TOKEN = "7001:AAsandboxTokenOfTheStudio_0123456789abcdef"
STAFF_TOKEN = "7002:AAsandboxTokenOfTheStaff_0123456789abcdef"
BOT, STAFF_BOT = 7001, 7002
HEAD, ADMIN = 301, 302
HISTORY = "c:h:"
LOOK_EVERY = 0.2  # seconds
Message = dict[str, Any]


@dataclass(frozen=True)
class Pair:
    """A client, and the one manager who answers."""

    number: int

    @property
    def name(self) -> str:
        return f"Client {self.number:03}"

    @property
    def member(self) -> int:
        return 10_000 + self.number

    @property
    def client(self) -> int:
        return 20_000 + self.number


@dataclass(frozen=True)
class Showing:
    """A card when it was sent: at whose, and what it said then."""

    chat_id: int
    message_id: int
    text: str


@dataclass
class Chats:
    """Everything around the product, and the product. `desk` is the bot that staff talk to."""

    product: Product
    world: World
    server: TelegramServer
    people: People
    pairs: Sequence[Pair]
    database: str
    desk: int
    clock: SandboxClock

    @property
    def topics(self) -> bool:
        """Whether clients have topics on the desk."""
        return self.world.bots[self.desk].topics

    def tried(self, method: str, chat_id: int, words: str) -> int:
        """How often something with these words was called into a chat, in vain or not."""
        return sum(
            (one.method, one.chat_id) == (method, chat_id) and words in one.text
            for one in self.world.requests
        )

    def said(self, bot: int, chat_id: int) -> list[Message]:
        """What the bot said in the chat, the oldest first; not to be changed."""
        room = self.world.room(self.world.bots[bot], chat_id)
        return [one.message for one in room.entries.values() if one.author_id == bot]

    def at_member(self, pair: Pair) -> list[Message]:
        """What the manager is told."""
        return self.said(self.desk, pair.member)

    def at_client(self, pair: Pair) -> list[Message]:
        """What the client is told."""
        return self.said(BOT, pair.client)

    def showings(self) -> dict[str, list[Showing]]:
        """Every card that was ever sent, by the client's name, in that order."""
        desks = {HEAD, ADMIN, *(pair.member for pair in self.pairs)}
        cards = {
            (chat_id, one["message_id"])
            for chat_id in desks
            for one in self.said(self.desk, chat_id)
            if any(data.startswith(HISTORY) for data in buttons(one))
        }
        found: dict[str, list[Showing]] = {pair.name: [] for pair in self.pairs}
        for call in self.world.requests:
            where = (call.chat_id, call.message_id)
            name = call.text.partition("\n")[0]
            sent = call.ok and (call.bot, call.method) == (self.desk, "sendMessage")
            if sent and where in cards and name in found:
                found[name].append(Showing(int(where[0] or 0), int(where[1] or 0), call.text))
        return found

    async def until_all(
        self, ones: Iterable[Any], holds: Callable[[Any], Any], what: str, seconds: float = 120
    ) -> None:
        """Wait until it holds of each. Raises AssertionError that names those of which it does
        not, or where the product ended."""
        left = [one for one in ones if not holds(one)]
        deadline = time.monotonic() + seconds
        while left:
            in_time = self.product.running and time.monotonic() < deadline
            assert in_time, f"not in time: {what}: {left}\n{self.product.said[-6000:]}"
            await asyncio.sleep(LOOK_EVERY)
            left = [one for one in left if not holds(one)]

    async def soundness(self) -> tuple[str, ...]:
        """What `okno check` of the database finds; the product must not run."""
        store = await open_store(self.database)
        try:
            return await store.check()
        finally:
            await store.close()


@asynccontextmanager
async def open_chats(
    folder: Path, count: int, *, database: str = "", two_bots: bool = False, topics: bool = False
) -> AsyncIterator[Chats]:
    """The Bot API up, settings written, team and clients in the database; nothing runs yet.

    `topics`: the desk has a topic for each client. The clock stands until it is turned.
    """
    now = SystemClock().now().replace(microsecond=0)
    clock = SandboxClock(folder / "clock.json", now, speed=1)
    world = World(clock.now)
    world.add_bot(TOKEN, "studio_bot", "Studio", topics=topics and not two_bots)
    world.add_bot(STAFF_TOKEN, "staff_bot", "Staff", topics=topics and two_bots)
    pairs = [Pair(number) for number in range(count)]
    for number, name in ((HEAD, "Helen"), (ADMIN, "Adam")):
        world.add_person(Person(number, name))
    for pair in pairs:
        world.add_person(Person(pair.member, f"Manager {pair.number:03}"))
        world.add_person(Person(pair.client, pair.name))
    server = TelegramServer(world)
    await server.start()
    where = database or f"sqlite:///{folder}/okno.db"
    product = Product(folder)
    desk = STAFF_BOT if two_bots else BOT
    chats = Chats(product, world, server, People(world), pairs, where, desk, clock)
    _write_settings(chats)
    store = await open_store(where)
    try:
        await _fill(store, pairs)
    finally:
        await store.close()
    try:
        yield chats
    finally:
        await product.close()
        await server.stop()


async def _fill(store: SqlStore, pairs: Sequence[Pair]) -> None:
    async with store.begin() as t:
        await t.save_manager(Manager(0, "Helen", HEAD, Role.HEAD, language="en"))
        await t.save_manager(Manager(0, "Adam", ADMIN, Role.ADMIN, language="en"))
        for pair in pairs:
            manager = Manager(0, f"Manager {pair.number:03}", pair.member, language="en")
            manager = await t.save_manager(manager)
            client = await t.add_client(pair.name, manager.id)
            contact = await t.add_contact(client.id, pair.name)
            await t.add_handles(contact.id, [Handle("telegram", str(pair.client))])


def _write_settings(chats: Chats) -> None:
    """It works round the clock, and nothing is late before the clock is turned."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    hours = "\n".join(f'{day} = ["00:00-24:00"]' for day in days)
    staff = f'staff = {{ token = "{STAFF_TOKEN}" }}' if chats.desk == STAFF_BOT else ""
    chats.product.settings.write_text(
        f"""
[studio]
name = "Firm"
timezone = "UTC"
language = "en"
[database]
url = "{chats.database}"
[telegram]
token = "{TOKEN}"
api = "{chats.server.url}"
pace = false
{staff}
[hours]
{hours}
[sla]
reply_within = "24h"
[[sla.ladder]]
notify = "manager"
after_due = "0m"
[clock]
file = "{chats.clock.file}"
"""
    )
