"""All that is around the product: the Bot API, the mail server, the clock, and the people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sandbox import studio
from sandbox.clock import SandboxClock, demo_day
from sandbox.mail import MailServer, User
from sandbox.telegram import Bot, People, TelegramServer, World


@dataclass(frozen=True, slots=True)
class Stage:
    """Running servers; `bot` is the studio's, in `world`."""

    clock: SandboxClock
    world: World
    people: People
    bot: Bot
    telegram: TelegramServer
    mail: MailServer


@asynccontextmanager
async def stage(folder: Path, today: datetime) -> AsyncIterator[Stage]:
    """Start the servers with the studio's people; the clock's file is clock.json in the folder."""
    clock = SandboxClock(folder / "clock.json", demo_day(today.date(), studio.ZONE))
    world = World(clock.now)
    bot = world.add_bot(studio.TOKEN, studio.BOT_USERNAME, studio.NAME)
    for somebody in (*studio.STAFF, *studio.EVERYBODY):
        world.add_person(somebody.person)
    users = [User(studio.MAILBOX, studio.NAME, studio.PASSWORD)]
    users += [User(one.email, one.name, studio.PASSWORD) for one in studio.EVERYBODY]

    def local_now() -> datetime:
        return clock.now().astimezone(studio.ZONE)

    mail = MailServer(users, local_now)
    telegram = TelegramServer(world)
    await telegram.start()
    await mail.start()
    try:
        yield Stage(clock, world, People(world), bot, telegram, mail)
    finally:
        await mail.stop()
        await telegram.stop()
