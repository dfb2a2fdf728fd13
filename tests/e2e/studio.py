"""A studio on real servers: Dovecot and Postfix, a Bot API of its own process, fifty clients."""

from __future__ import annotations

import asyncio
import csv
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.clock import SandboxClock
from sandbox.telegram.remote import RemotePeople, running
from storage.store import open_store
from tests.e2e.product import Product
from tests.servers import Mailbox, MailServers

TOKEN = "7001:AAsandboxTokenOfTheStudio_0123456789abcdef"
BOT = 7001
OURS = "info@firm.test"
CLIENTS = 50
ALWAYS = ("00:00-24:00",)


@dataclass(frozen=True)
class Member:
    name: str
    telegram: int
    role: str = "manager"


ANNA, BORIS, CLARA = Member("Anna", 101), Member("Boris", 102), Member("Clara", 103)
MANAGERS = (ANNA, BORIS, CLARA)
HEAD, ADMIN = Member("Helen", 104, "head"), Member("Adam", 105, "admin")
TEAM = (*MANAGERS, HEAD, ADMIN)


@dataclass(frozen=True)
class Client:
    """Known by an address and a Telegram account, both."""

    number: int

    @property
    def name(self) -> str:
        return f"Client {self.number:02}"

    @property
    def address(self) -> str:
        return f"c{self.number:02}@clients.test"

    @property
    def telegram(self) -> int:
        return 1000 + self.number

    @property
    def manager(self) -> Member:
        return MANAGERS[self.number % len(MANAGERS)]


@dataclass
class Studio:
    """Everything around the product, and the product. `clock` shows it another time."""

    product: Product
    servers: MailServers
    telegram: RemotePeople
    ours: Mailbox
    clients: tuple[Client, ...]
    database: str
    clock: SandboxClock | None = None

    def write_settings(
        self,
        *,
        token: str = TOKEN,
        password: str | None = None,
        shifts: Sequence[str] = ALWAYS,
        reply_within: str = "24h",
        more: str = "",
    ) -> None:
        """okno.toml. Without `shifts`, those of every day in UTC, it works round the clock, so
        that nothing is late while a test runs."""
        dovecot, postfix, ca = self.servers.dovecot, self.servers.postfix, self.servers.ca
        login = f'user = "{OURS}", password = "{password or self.ours.password}", ca_file = "{ca}"'
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        hours = "\n".join(f"{day} = {json.dumps(shifts)}" for day in days)
        clock = "" if self.clock is None else f'[clock]\nfile = "{self.clock.file}"'
        self.product.settings.write_text(
            f"""
[studio]
name = "Firm"
timezone = "UTC"
language = "en"
[database]
url = "{self.database}"
[telegram]
token = "{token}"
api = "{self.telegram.url}"
pace = false
[mailboxes.info]
address = "{OURS}"
sent_copy_delay = 0
[mailboxes.info.imap]
host = "localhost"
port = {dovecot.imaps_port}
security = "tls"
{_lines(login)}
[mailboxes.info.smtp]
host = "localhost"
port = {postfix.submission_port}
security = "starttls"
{_lines(login)}
[hours]
{hours}
[desk]
send_delay = "0s"
[sla]
reply_within = "{reply_within}"
{clock}
{more}
"""
        )

    def set_up(self) -> None:
        """What a new user does: the team and the list of clients, by the commands."""
        for one in TEAM:
            who = ("--name", one.name, "--telegram-id", str(one.telegram), "--role", one.role)
            self.product.okno("team", "add", *who)
        table = self.product.folder / "clients.csv"
        with table.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("name", "manager", "emails", "telegram"))
            for one in self.clients:
                rows.writerow((one.name, one.manager.name, one.address, one.telegram))
        said = self.product.okno("clients", "import", str(table))
        assert said.endswith(f"{len(self.clients)} added, 0 changed, 0 unchanged, 0 refused\n")

    async def ready(self) -> None:
        """Start the product; a mail from now on is not one from before the first run."""
        await self.product.start()

        async def placed() -> bool:
            store = await open_store(self.database, exclusive=False)
            try:
                async with store.begin() as t:
                    return await t.cursor("email:info") is not None
            finally:
                await store.close()

        await self.product.until_true(placed, "the mailbox was looked at for the first time")

    async def soundness(self) -> tuple[str, ...]:
        """What `okno check` of the database finds; the product must not run."""
        store = await open_store(self.database)
        try:
            return await store.check()
        finally:
            await store.close()

    async def chat(self, person: int) -> list[dict[str, Any]]:
        return await self.telegram.chat(BOT, person)

    async def texts(self, person: int) -> str:
        """All that the bot said to somebody."""
        theirs = [one for one in await self.chat(person) if not one["out"]]
        return "\n".join(str(one.get("text") or one.get("caption") or "") for one in theirs)

    async def until_told(
        self, person: int, words: str, *, times: int = 1, seconds: float = 90
    ) -> str:
        async def told() -> str:
            texts = await self.texts(person)
            return texts if texts.count(words) >= times else ""

        what = f"{person} is told {words!r}"
        return str(await self.product.until_true(told, what, seconds))


def _lines(pairs: str) -> str:
    return pairs.replace(", ", "\n")


@asynccontextmanager
async def open_studio(
    folder: Path,
    *,
    clients: int = CLIENTS,
    template: Path | None = None,
    database: str = "",
    clock: SandboxClock | None = None,
) -> AsyncIterator[Studio]:
    """Servers up, accounts made, settings written; team and clients in the database.

    `template` is a folder whose okno.db was set up before. `clock` is the product's and the Bot
    API's; the mail servers have the machine's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with MailServers() as servers:
        ours = servers.dovecot.add_user(OURS)
        people = tuple(Client(number) for number in range(clients))
        file = None if clock is None else clock.file
        async with running(TOKEN, clock=file) as url, aiohttp.ClientSession() as session:
            telegram = RemotePeople(url, session)
            where = database or f"sqlite:///{folder}/okno.db"
            studio = Studio(Product(folder), servers, telegram, ours, people, where, clock)
            studio.write_settings()
            for one in people:
                servers.dovecot.add_user(one.address)
            names = [(one.telegram, one.name) for one in (*people, *TEAM)]
            await asyncio.gather(
                *(telegram.act("people", id=number, first_name=name) for number, name in names)
            )
            if template is None:
                studio.set_up()
            else:
                for file in template.glob("okno.db*"):
                    shutil.copy(file, folder)
            try:
                yield studio
            finally:
                await studio.product.close()
