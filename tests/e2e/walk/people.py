"""Who is on the stage: for each language a studio's people, and clients of theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.texts import Say, speaker
from inbox.model import Handle, Manager, Role
from sandbox.telegram.remote import RemotePeople
from storage.store import open_store

CLIENTS = 64  # for each language
BY_MAIL = 6  # of them, not known in Telegram


@dataclass(frozen=True)
class Member:
    name: str
    telegram: int
    role: Role = Role.MANAGER


@dataclass(frozen=True)
class Client:
    """Known before the first word, by an address, a telephone and mostly a Telegram account."""

    name: str
    telegram: int
    address: str
    phone: str


@dataclass
class Side:
    """Those who read one language: their texts, their people, and clients whom nobody used."""

    language: str
    manager: Member
    colleague: Member
    head: Member
    admin: Member
    clients: tuple[Client, ...]
    say: Say
    groups: Iterator[int]
    strangers: Iterator[int]
    _fresh: Iterator[Client] = field(init=False)
    _by_mail: Iterator[Client] = field(init=False)

    def __post_init__(self) -> None:
        self._fresh = iter(self.clients[BY_MAIL:])
        self._by_mail = iter(self.clients[:BY_MAIL])

    @property
    def team(self) -> tuple[Member, ...]:
        return self.manager, self.colleague, self.head, self.admin

    def client(self) -> Client:
        """One with whom nothing has happened yet."""
        return next(self._fresh)

    def by_mail(self) -> Client:
        """One of whom no Telegram account is known."""
        return next(self._by_mail)

    def words(self, text: str, /, **fields: object) -> str:
        """A sentence in this language. AssertionError where the catalogue does not have it."""
        said = self.say.template(text)
        assert self.language == "en" or said != text, f"no Russian for {text!r}"
        return said.format(**fields)


def side(language: str, first_id: int, people: tuple[str, ...], word: str) -> Side:
    roles = (Role.MANAGER, Role.MANAGER, Role.HEAD, Role.ADMIN)
    manager, colleague, head, admin = (
        Member(name, first_id + number, role)
        for number, (name, role) in enumerate(zip(people, roles, strict=True))
    )
    clients = tuple(
        Client(
            f"{word} {number:02}",
            first_id + 100 + number,
            f"{language}{number:02}@x.example",
            f"+7916000{first_id + number}",
        )
        for number in range(CLIENTS)
    )
    groups = iter(range(-1_000_000_000_000 - first_id, -1_000_000_000_100 - first_id, -1))
    strangers = iter(range(first_id + 500, first_id + 600))
    say = speaker(language)
    return Side(language, manager, colleague, head, admin, clients, say, groups, strangers)


def both() -> dict[str, Side]:
    """One studio in which some read English and some Russian."""
    return {
        "en": side("en", 1000, ("Anna", "Boris", "Helen", "Adam"), "Garden"),
        "ru": side("ru", 2000, ("Ольга", "Иван", "Елена", "Пётр"), "Ромашка"),
    }


async def introduce(telegram: RemotePeople, sides: dict[str, Side]) -> None:
    """Everybody has a Telegram account."""
    for at in sides.values():
        known = [(one.telegram, one.name) for one in (*at.team, *at.clients)]
        await asyncio.gather(
            *(
                telegram.act("people", id=number, first_name=name, language_code=at.language)
                for number, name in known
            )
        )


async def fill(database: str, sides: dict[str, Side]) -> None:
    """The team and the clients are known to the product."""
    store = await open_store(database)
    try:
        async with store.begin() as t:
            for at in sides.values():
                ids = {
                    one: await t.save_manager(
                        Manager(0, one.name, one.telegram, one.role, language=at.language)
                    )
                    for one in at.team
                }
                for number, client in enumerate(at.clients):
                    known = await t.add_client(client.name, ids[at.manager].id)
                    contact = await t.add_contact(known.id, client.name)
                    handles = [Handle("email", client.address), Handle("phone", client.phone)]
                    if number >= BY_MAIL:
                        handles.append(Handle("telegram", str(client.telegram)))
                    await t.add_handles(contact.id, handles)
    finally:
        await store.close()
