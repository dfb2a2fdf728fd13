"""The stage of the scripted walk through Telegram: `okno run` beside a Bot API of its own process
and a mail server, and for each language a studio's people who read it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.clock import LOOK_EVERY, SystemClock
from sandbox.clock import SandboxClock
from sandbox.mail import Mail, MailServer, User
from sandbox.telegram.remote import RemotePeople, running
from tests.e2e.product import Product
from tests.e2e.walk.people import Client, Member, Side, both, fill, introduce

TOKEN = "7001:AAsandboxTokenOfTheStudio_0123456789abcdef"
BOT = 7001
BOT_NAME = "sandbox1_bot"
STUDIO = User("info@studio.example", "Studio", "studio-secret-word")
OPENS_AT = time(9)
DELIVERED = "👌"

Message = dict[str, Any]


@dataclass
class Walk:
    """Everything around the product, and the product."""

    product: Product
    telegram: RemotePeople
    mail: MailServer
    clock: SandboxClock
    sides: dict[str, Side]
    database: str

    # --- what people see ---------------------------------------------------------------------

    async def until(
        self, holds: Callable[[], Awaitable[Any]], what: str, seconds: float = 45
    ) -> Any:
        return await self.product.until_true(holds, what, seconds)

    async def chat(self, person: int, owner: int | None = None) -> list[Message]:
        return await self.telegram.chat(BOT, person, owner)

    async def theirs(self, person: int, owner: int | None = None) -> list[Message]:
        """What the bot has written to somebody."""
        return [one for one in await self.chat(person, owner) if not one["out"]]

    async def count(self, person: int, words: str) -> int:
        return sum(words in text_of(one) for one in await self.theirs(person))

    async def said(
        self,
        person: int,
        words: str,
        *,
        after: int = 0,
        owner: int | None = None,
        also: Callable[[Message], Any] = lambda _: True,
    ) -> Message:
        """The newest message of the bot with these words that comes after the one named."""

        async def found() -> Message | None:
            return next(
                (
                    one
                    for one in reversed(await self.theirs(person, owner))
                    if words in text_of(one) and one["message_id"] > after and also(one)
                ),
                None,
            )

        return dict(await self.until(found, f"{person} is told {words!r}"))

    async def now(self, person: int, message: Mapping[str, Any]) -> Message | None:
        """How a message stands there now; None where it is gone."""
        there = await self.chat(person)
        return next((one for one in there if one["message_id"] == message["message_id"]), None)

    async def shows(self, person: int, message: Mapping[str, Any], *words: str) -> Message:
        """The message, when it says all of this."""

        async def told() -> Message | None:
            found = await self.now(person, message)
            return found if found and all(one in text_of(found) for one in words) else None

        return dict(await self.until(told, f"message {text_of(message)!r} says {words!r}"))

    async def clears(self, person: int, message: Mapping[str, Any], words: str) -> None:
        """The message no longer says this."""

        async def cleared() -> bool:
            found = await self.now(person, message)
            return found is not None and words not in text_of(found)

        await self.until(cleared, f"message {text_of(message)!r} no longer says {words!r}")

    async def gone(self, person: int, message: Mapping[str, Any]) -> None:
        async def is_gone() -> bool:
            return await self.now(person, message) is None

        await self.until(is_gone, f"{text_of(message)!r} is gone")

    async def marked(
        self, person: int, message: Mapping[str, Any], emoji: str = DELIVERED
    ) -> Message:
        """The person's own message, when the bot's sign stands on it."""

        async def is_marked() -> Message | None:
            found = await self.now(person, message)
            signs = found["reactions"] if found else []
            return found if any(one["emoji"] == emoji for one in signs) else None

        return dict(await self.until(is_marked, f"{emoji} stands on {text_of(message)!r}"))

    # --- what people do ----------------------------------------------------------------------

    async def press(
        self, person: int, message: Mapping[str, Any], label: str, chat_id: int | None = None
    ) -> str:
        """Press the button that says this; what the bot answers."""
        where = {} if chat_id is None else {"chat_id": chat_id}
        data = buttons_of(message)[label]
        return await self.telegram.presses(person, BOT, message["message_id"], data, **where)

    async def menu(self, member: Member) -> Message:
        """The menu that the member asks for."""
        asked = await self.writes(member.telegram, "/menu")
        return await self.said(member.telegram, "☰", after=asked["message_id"])

    async def follows(
        self, person: int, message: Mapping[str, Any], label: str
    ) -> tuple[Message, str]:
        """Press what leads to another screen; that screen: the same message, or one below."""
        before, buttons = text_of(message), buttons_of(message)
        last = max(one["message_id"] for one in await self.chat(person))
        await self.press(person, message, label)

        async def other() -> Message | None:
            below = [one for one in await self.theirs(person) if one["message_id"] > last]
            same = await self.now(person, message)
            is_other = same and (text_of(same), buttons_of(same)) != (before, buttons)
            return below[-1] if below else same if is_other else None

        found = dict(await self.until(other, f"{label!r} leads somewhere"))
        return found, text_of(found)

    async def writes(self, person: int, text: str, **how: Any) -> Message:
        """In the private chat, a group or a topic."""
        return await self.telegram.says(person, BOT, text, **how)

    async def asks(self, at: Side, client: Client, text: str, **how: Any) -> Message:
        """A client writes; the card on the manager's desk."""
        return await self.said_after(at.manager.telegram, text, client.telegram, **how)

    async def said_after(self, reader: int, text: str, writer: int, **how: Any) -> Message:
        """Somebody writes it somewhere; the message of the desk that shows it."""
        last = max((one["message_id"] for one in await self.chat(reader)), default=0)
        await self.writes(writer, text, **how)
        return await self.said(reader, text, after=last)

    async def answers(
        self, who: Member, card: Mapping[str, Any], text: str, **how: Any
    ) -> Message:
        """A member replies to a message of the desk."""
        return await self.writes(who.telegram, text, reply_to=card["message_id"], **how)

    async def mails(self, client: Client, subject: str, text: str) -> Mail:
        return await self.mail.compose(client.address, STUDIO.address, subject, text)

    async def topics(self, chat: int) -> dict[int, str]:
        """The names of a chat's topics, by their threads."""
        found = await self.telegram.topics(BOT, chat)
        return {int(thread): str(one["name"]) for thread, one in found.items()}

    async def named(self, chat: int, thread: int, name: str) -> None:
        async def is_named() -> bool:
            return (await self.topics(chat)).get(thread) == name

        await self.until(is_named, f"topic {thread} is called {name!r}")

    async def restart(self, more: str, *, topics: bool) -> None:
        """The product ends and begins again with other settings; the bot has topics or not."""
        assert await self.product.stop() == 0
        await self.telegram.tunes(bot=BOT, topics=topics)
        await self.begin(more)

    async def begin(self, more: str, *, pace: bool = False) -> None:
        """Start the product, and wait until it watches its mailbox."""
        self.product.settings.write_text(_settings(self, more, pace=pace))
        self.mail.forget_watchers(STUDIO.address)
        await self.product.start()
        async with asyncio.timeout(20):
            await self.mail.watched(STUDIO.address)

    async def mailed(self, client: Client, words: str) -> Mail:
        """The mail of ours with these words, when the client has it."""

        async def found() -> Mail | None:
            there = self.mail.inbox(client.address)
            return next((one for one in reversed(there) if words in one.text), None)

        mail = await self.until(found, f"{client.name} gets a mail with {words!r}")
        assert isinstance(mail, Mail)
        return mail

    async def stranger(self, at: Side, name: str, **more: Any) -> int:
        """Somebody whom nobody knows; the Telegram id."""
        number = next(at.strangers)
        about = {"first_name": name, "language_code": at.language} | more
        await self.telegram.act("people", id=number, **about)
        return number

    async def group(
        self, at: Side, title: str, *members: int, maker: int | None = None, **more: Any
    ) -> int:
        """A new group of the manager's, with the bot in it; its id."""
        number = next(at.groups)
        made = {"chat_id": number, "title": title, "members": list(members), "plain": False}
        who = at.manager.telegram if maker is None else maker
        await self.telegram.does("makes_group", who, BOT, **(made | more))
        return number

    async def turn(self, to: datetime) -> None:
        """Another time, when the product has seen it: a message from its future would be taken
        for one of its present."""
        self.clock.jump(to)
        await asyncio.sleep(2 * LOOK_EVERY)


Step = Callable[[Walk, Side], Awaitable[None]]


def at_once(step: Step) -> Callable[[Walk], Awaitable[None]]:
    """The step of a test, walked by both sides side by side: the product takes its time there."""

    async def both_sides(walk: Walk) -> None:
        await asyncio.gather(*(step(walk, at) for at in walk.sides.values()))

    both_sides.__doc__ = step.__doc__
    return both_sides


def text_of(message: Mapping[str, Any]) -> str:
    return str(message.get("text") or message.get("caption") or "")


def buttons_of(message: Mapping[str, Any]) -> dict[str, str]:
    """What the buttons say, and carry."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return {one["text"]: str(one.get("callback_data")) for row in rows for one in row}


def opening(days: int = 0) -> datetime:
    """A day at the opening hour in UTC: the clock of a walk begins there."""
    today = SystemClock().now().date() + timedelta(days=days)
    return datetime.combine(today, OPENS_AT, UTC)


@asynccontextmanager
async def open_walk(
    folder: Path,
    *,
    more: str = "",
    pace: bool = False,
) -> AsyncIterator[Walk]:
    """Servers up, people there, the product running. `pace`: Telegram's own limits hold, and the
    product keeps to them."""
    clock = SandboxClock(folder / "clock.json", opening(), speed=1)
    sides = both()
    clients = [one for each in sides.values() for one in each.clients]
    users = [User(one.address, one.name, "client-secret-word") for one in clients]
    mail = MailServer([STUDIO, *users], clock.now)
    await mail.start()
    product = Product(folder)
    try:
        async with running(TOKEN, clock=clock.file) as url, aiohttp.ClientSession() as session:
            telegram = RemotePeople(url, session)
            walk = Walk(product, telegram, mail, clock, sides, f"sqlite:///{folder}/okno.db")
            await telegram.tunes(limits=pace)
            await introduce(telegram, sides)
            await fill(walk.database, sides)
            await walk.begin(more, pace=pace)
            yield walk
            assert "Traceback" not in product.log.read_text()
    finally:
        await product.close()
        await mail.stop()


def _settings(walk: Walk, more: str, *, pace: bool = False) -> str:
    login = f'security = "none", user = "{STUDIO.address}", password = "{STUDIO.password}"'
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    hours = "\n".join(f'{day} = ["08:00-20:00"]' for day in days)
    ports = walk.mail.imap_port, walk.mail.smtp_port
    return f"""
[studio]
name = "Studio"
timezone = "UTC"
language = "en"
[database]
url = "{walk.database}"
[telegram]
token = "{TOKEN}"
api = "{walk.telegram.url}"
pace = {str(pace).lower()}
[mailboxes.info]
address = "{STUDIO.address}"
sent_copy_delay = 0
signature = "Kind regards, {{name}}\\n{{telegram_link}}"
imap = {{ host = "127.0.0.1", port = {ports[0]}, {login} }}
smtp = {{ host = "127.0.0.1", port = {ports[1]}, {login} }}
[hours]
{hours}
[clock]
file = "{walk.clock.file}"
{more}
"""
