"""The desk at work: a Bot API over HTTP, a database in a file, the flow between them, running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Bot
from pydantic import SecretStr

from bot.accounts import StoredAccounts
from bot.desk import TelegramDesk
from bot.letters import CatalogueLetters
from bot.report_ground import Ground, ground_over
from connectors.telegram.bot import open_bot
from connectors.telegram.config import TelegramSettings
from connectors.telegram.connector import TelegramConnector
from inbox.business_hours import BusinessHours
from inbox.calendars import Calendars
from inbox.flow import escalate, listen
from inbox.inbox import Inbox
from inbox.jobs import Queue
from inbox.model import Channel, Manager
from inbox.policies import Policies
from inbox.sla import Policy
from inbox.worker import work
from sandbox.telegram import People, Person, TelegramServer, World
from storage.store import SqlStore, open_store
from tests.bot.studio import HOURS, OLGA, POLICY, STAFF
from tests.databases import sqlite_in

TOKEN = "7001:sandbox-token-of-the-studio"
CLIENTS_TOKEN = "7002:sandbox-token-for-the-clients"
BOT = 7001
CLIENTS_BOT = 7002
CLIENT = 900
NEWCOMER = 990
PATIENCE = 30.0  # seconds
LATE, MORNING = 20, 9  # o'clock
JOIN_LINK = "https://t.me/{}?start=link_"


class WallClock:
    """The machine's clock: the Bot API of these tests stamps messages by it as well.

    `ahead`: a test may have some time passed.
    """

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        wall = datetime.now(UTC)  # noqa: TID251 - the one clock of a test that runs for real
        return wall + self.ahead


class DeskWorld:
    """What a test sees: people who act, their chats, and the inbox behind it."""

    def __init__(
        self, world: World, inbox: Inbox, desk: TelegramDesk, bot: Bot, ground: Ground
    ) -> None:
        self.world = world
        self.people = People(world)
        self.inbox = inbox
        self.desk = desk
        self.bot = bot
        self.ground = ground
        self._queries = count(1)

    def chat(self, person_id: int, bot: int = BOT) -> list[dict[str, Any]]:
        """The chat of a person with the bot."""
        return self.world.chat(bot, person_id)

    async def passes(self, time: timedelta) -> None:
        """So much time has passed; alerts that are due by then are raised."""
        clock = self.inbox.clock
        assert isinstance(clock, WallClock)
        clock.ahead += time
        await escalate(self.inbox)

    async def by_day(self, zone: ZoneInfo) -> None:
        """Late in the evening the night has passed: what is offered of today depends on that."""
        local = self.inbox.clock.now().astimezone(zone)
        if local.hour >= LATE:
            await self.passes(timedelta(hours=24 + MORNING - local.hour))

    async def until(self, holds: Callable[[], Any]) -> Any:
        """The first true value of `holds`; TimeoutError where it stays false."""
        async with asyncio.timeout(PATIENCE):
            while not (found := holds()):
                await asyncio.sleep(0.02)
        return found

    async def sees(self, person_id: int, words: str, bot: int = BOT) -> dict[str, Any]:
        """The newest message in the person's chat that contains the words."""

        def found() -> dict[str, Any] | None:
            chat = [one for one in self.chat(person_id, bot) if not one["out"]]
            return next((one for one in reversed(chat) if words in one.get("text", "")), None)

        return await self.until(found)

    async def presses_made_up(self, person_id: int, data: str) -> str:
        """Press a button that the person never had; what the bot answers."""
        query_id = f"made up {next(self._queries)}"
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.world.callbacks[query_id] = answer
        person = self.world.people[person_id].as_user()
        query = {"id": query_id, "from": person, "chat_instance": "1", "data": data}
        under = next(
            (one for one in reversed(self.chat(person_id)) if not one["out"] and "text" in one),
            None,
        )
        if under is not None:
            # What no button stands under comes without its markup, as at Telegram.
            markup = under.pop("reply_markup", {})
            shown = {"reply_markup": markup} if "inline_keyboard" in markup else {}
            query["message"] = under | shown
        self.world.bots[BOT].stream.push("callback_query", query)
        async with asyncio.timeout(PATIENCE):
            return str((await answer).get("text") or "")

    async def presses(self, person: Manager, message: dict[str, Any], label: str) -> str:
        """Press the button with this label; what the bot answers."""
        chat_id = message["chat"]["id"]
        return await self.people.presses(
            person.telegram_id,
            BOT,
            message["message_id"],
            button(message, label),
            chat_id=chat_id if chat_id < 0 else None,
        )

    def topics(self, chat_id: int) -> dict[int, str]:
        """The names of the topics in a chat, by their threads."""
        return dict(self.world.room(self.world.bot(BOT), chat_id).topics)

    def texts(self, chat_id: int, thread_id: int | None = None) -> list[str]:
        """What the bot says in a topic of a chat; None: outside all topics."""
        return [
            one["text"]
            for one in self.chat(chat_id)
            if not one["out"] and one.get("message_thread_id") == thread_id and "text" in one
        ]


def button(message: dict[str, Any], label: str) -> str:
    """The data behind a button."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    data = {one["text"]: one["callback_data"] for row in rows for one in row}
    return str(data[label])


def labels(message: dict[str, Any]) -> list[str]:
    """What the buttons say."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [one["text"] for row in rows for one in row]


async def taken(desk: DeskWorld, text: str = "Сайт не открывается") -> dict[str, Any]:
    """A client's first message, taken by Olga; her card."""
    desk.people.says(CLIENT, BOT, text)
    card = await desk.sees(OLGA.telegram_id, text)
    await desk.presses(OLGA, card, "Взять")
    return await desk.until(
        lambda: next(
            (one for one in desk.chat(OLGA.telegram_id) if "Ведёт Ольга" in one.get("text", "")),
            None,
        )
    )


def ticks(desk: DeskWorld, message_id: int) -> list[str]:
    """The bot's reactions on Olga's message."""
    found = [one for one in desk.chat(OLGA.telegram_id) if one["message_id"] == message_id]
    return [reaction["emoji"] for one in found for reaction in one["reactions"]]


@dataclass(frozen=True, slots=True)
class Around:
    """What outlives a restart of the program: Telegram and the database, at `url`."""

    world: World
    server: TelegramServer
    store: SqlStore
    url: str


@asynccontextmanager
async def around(path: Path, *, topics: bool = False) -> AsyncIterator[Around]:
    """A Bot API with everybody's accounts, and an empty database in a file. `topics`: private
    chats have them."""
    world = World(WallClock().now)
    world.add_bot(TOKEN, "studio_bot", "Studio", topics=topics)
    world.add_bot(CLIENTS_TOKEN, "clients_bot", "Studio for clients")
    for one in (*STAFF, Manager(0, "Анна", CLIENT), Manager(0, "Новый", NEWCOMER)):
        world.add_person(Person(one.telegram_id, one.name, language_code=one.language))
    server = TelegramServer(world)
    await server.start()
    store = await open_store(sqlite_in(path))
    try:
        yield Around(world, server, store, sqlite_in(path))
    finally:
        await store.close()
        await server.stop()


@asynccontextmanager
async def desk_world(path: Path, *, topics: bool = False) -> AsyncIterator[DeskWorld]:
    """Everything started, and ended again."""
    async with around(path, topics=topics) as there, running(there) as started:
        yield started


@asynccontextmanager
async def running(
    there: Around,
    *,
    two_bots: bool = False,
    hours: BusinessHours = HOURS,
    policy: Policy = POLICY,
    send_delay: timedelta = timedelta(),
    greeting: bool = False,
) -> AsyncIterator[DeskWorld]:
    """The program over it: listening and working until the end of the block.

    With `two_bots` clients write to CLIENTS_BOT, and BOT is the staff's own. `send_delay`: of
    mails.
    """
    clock, store = WallClock(), there.store
    tokens = {"staff": TOKEN, "telegram": CLIENTS_TOKEN} if two_bots else {"telegram": TOKEN}
    connectors = {}
    for channel_id, token in tokens.items():
        settings = TelegramSettings(token=SecretStr(token), api=there.server.url, pace=False)
        channel, bot = Channel(channel_id, "telegram"), open_bot(settings)
        accounts = StoredAccounts(store)
        connectors[channel_id] = TelegramConnector(channel, bot, settings, clock.now, accounts)
    desks = open_bot(TelegramSettings(token=SecretStr(TOKEN), api=there.server.url, pace=False))
    desk = TelegramDesk(desks, channel_id=next(iter(tokens)))
    inbox = Inbox(
        store,
        desk,
        connectors,
        clock,
        Calendars.only(hours),
        Policies.only(policy),
        {},
        CatalogueLetters("ru"),
        send_delay=send_delay,
        greeting=greeting,
        join_link=JOIN_LINK.format("clients_bot" if two_bots else "studio_bot"),
    )
    calendars = [inbox.calendars.studio]
    ground = ground_over(there.url, calendars, policy.reply_within)
    desk.attach(inbox, ground)
    await desk.places.find_out()
    async with store.begin() as t:
        known = {one.telegram_id for one in await t.staff()}
        for one in STAFF:
            if one.telegram_id not in known:
                await t.save_manager(replace(one, id=0))
    tasks = [asyncio.create_task(listen(inbox, one)) for one in connectors.values()]
    tasks += [asyncio.create_task(work(inbox, queue, 4, patience=1.0)) for queue in Queue]
    try:
        yield DeskWorld(there.world, inbox, desk, desks, ground)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(desks.session.close(), *(one.close() for one in connectors.values()))
