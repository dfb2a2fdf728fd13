"""A small web studio to play with: its people, its clients, a stranger, and its settings."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sandbox.telegram import Person

ZONE = ZoneInfo("Europe/Moscow")
NAME = "Студия «Форточка»"
MAILBOX = "info@studio.test"
PASSWORD = "sandbox"  # noqa: S105 - of mailboxes that live in memory, on loopback, for minutes
TOKEN = "700000001:sandbox-token-of-no-worth"  # noqa: S105 - known to the sandbox alone
BOT_USERNAME = "fortochka_studio_bot"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the studio; `role` as `okno team add` takes it."""

    person_id: int
    first_name: str
    last_name: str
    role: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def person(self) -> Person:
        return Person(self.person_id, self.first_name, self.last_name)


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody who writes to the studio; without a manager the studio does not know them yet."""

    person_id: int
    first_name: str
    last_name: str
    email: str
    company: str
    manager: Colleague | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def person(self) -> Person:
        return Person(self.person_id, self.first_name, self.last_name)


OLGA = Colleague(1001, "Ольга", "Ветрова", "head")
ANNA = Colleague(1002, "Анна", "Климова", "manager")
DMITRY = Colleague(1003, "Дмитрий", "Соколов", "manager")
STAFF = (OLGA, ANNA, DMITRY)

MARIA = Outsider(2001, "Мария", "Белова", "maria@zerno.test", "Кофейня «Зерно»", ANNA)
IGOR = Outsider(2002, "Игорь", "Савельев", "igor@lotos.test", "Клиника «Лотос»", ANNA)
ELENA = Outsider(2003, "Елена", "Ким", "elena@sever.test", "Мебель «Север»", DMITRY)
PAVEL = Outsider(2004, "Павел", "Гусев", "pavel@mayak.test", "Маяк Логистика", DMITRY)
CLIENTS = (MARIA, IGOR, ELENA, PAVEL)

ARTYOM = Outsider(2005, "Артём", "Новиков", "artyom@novikov.test", "")
EVERYBODY = (*CLIENTS, ARTYOM)


GROUP = -1002000000001
GROUP_TITLE = "Зерно: сайт и меню"
GROUP_MEMBERS = (ANNA, MARIA)  # the first one made it, and brought the bot in
OWN_ACCOUNT = (DMITRY, ELENA)  # whose account, and the client who writes there


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the product finds the sandbox, on loopback."""

    bot_api: str
    imap_port: int
    smtp_port: int
    health_port: int


def clients_csv() -> str:
    """The clients as `okno clients import` reads them."""
    sheet = io.StringIO()
    rows = csv.writer(sheet)
    rows.writerow(("name", "manager", "emails", "telegram"))
    for client in CLIENTS:
        manager = client.manager.name if client.manager else ""
        rows.writerow((client.company, manager, client.email, client.person_id))
    return sheet.getvalue()


def settings(servers: Servers, language: str, send_delay: str = "5s") -> str:
    """okno.toml: the sandbox is reached only through it. The clock is clock.json beside it.

    `send_delay`: long enough to press "Undo" below a reply by mail, short enough to play.
    """
    day = ["09:00-13:00", "14:00-18:00"]
    account = {"host": "127.0.0.1", "security": "none", "user": MAILBOX, "password": PASSWORD}
    tables: dict[str, Mapping[str, object]] = {
        "studio": {"name": NAME, "timezone": ZONE.key, "language": language},
        "telegram": {"token": TOKEN, "api": servers.bot_api},
        "desk": {"send_delay": send_delay},
        "mailboxes.info": {"address": MAILBOX, "sent_copy_delay": 0},
        "mailboxes.info.imap": account | {"port": servers.imap_port},
        "mailboxes.info.smtp": account | {"port": servers.smtp_port},
        "hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), day),
        "sla": {"reply_within": "1h"},
        "sla.tiers.vip": {"reply_within": "20m"},
        "out_of_hours": {"reply": True},
        "health": {"port": servers.health_port},
        "clock": {"file": "clock.json"},
    }
    rungs = ({"after": "45m", "notify": "manager"}, {"after": "1h", "notify": "head"})
    parts = [table(f"[{name}]", values) for name, values in tables.items()]
    return "\n".join([*parts, *(table("[[sla.ladder]]", rung) for rung in rungs)])


def table(head: str, values: Mapping[str, object]) -> str:
    """One of TOML: JSON's strings, numbers, switches and lists of strings are TOML's."""
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
    return "\n".join((head, *lines, ""))
