"""Lists of clients and of what members hold, over every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from inbox.model import Client, Conversation, Handle, Role
from inbox.ports import Transaction
from inbox.work_records import ClientLine, ClientOrder, Load
from storage.store import SqlStore
from tests.storage.values import asked, at, manager, message, promised
from tests.storage.work_values import task


async def client(
    t: Transaction, name: str, holder: int | None = None, *handles: Handle, contact: str = "Имя"
) -> Conversation:
    """A client with a conversation, in which nobody wrote yet."""
    one = await t.add_client(name, holder)
    person = await t.add_contact(one.id, contact)
    its = handles or (Handle("telegram", f"{one.id}"),)
    await t.add_handles(person.id, its)
    return await t.open_conversation("telegram", one, person, its[0], None)


async def ask(t: Transaction, talk: Conversation, number: str, minutes: float) -> Conversation:
    talk, _ = await asked(t, talk, message(number, minutes=minutes))
    return talk


def due_of(talk: Conversation) -> datetime:
    assert talk.wait is not None
    assert talk.wait.due_at is not None
    return talk.wait.due_at


async def names(t: Transaction, **wanted: object) -> list[str]:
    ids = wanted.pop("of", None)
    found = await t.client_lines(ids, **wanted)  # type: ignore[arg-type]  # a test's own wishes
    return [line.client.name for line in found]


async def test_a_line_says_what_is_open(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        talk = await ask(t, await client(t, "Ромашка", anna.id), "1", 0)
        other = await t.open_conversation(
            "telegram", talk.client, talk.contact, talk.recipient, None
        )
        other = await ask(t, other, "2", 5)
        await t.add_promise(talk.id, promised(3))
        await t.save(replace(other, answered_at=at(9)))
        await t.add_task(task(talk.client.id, anna.id))
        await t.add_task(task(talk.client.id, anna.id, key="done", done_at=at(1)))
        empty = await t.add_client("Ёлка", None)
        assert await t.client_lines(None) == (
            ClientLine(empty),
            ClientLine(talk.client, waiting=2, due_at=due_of(talk), tasks=1, last_at=at(9)),
        )


async def test_orders(store: SqlStore) -> None:
    async with store.begin() as t:
        await t.add_client("яблоко", None)
        await t.save(replace(await client(t, "Ель"), answered_at=at(30)))
        await ask(t, await client(t, "ёж"), "1", 20)
        await ask(t, await client(t, "Ещё"), "2", 10)
        assert await names(t) == ["ёж", "Ель", "Ещё", "яблоко"]
        assert await names(t, order=ClientOrder.LATEST) == ["Ель", "ёж", "Ещё", "яблоко"]
        assert await names(t, order=ClientOrder.WAITING) == ["Ещё", "ёж", "Ель", "яблоко"]
        assert await names(t, order=ClientOrder.WAITING, waiting=True) == ["Ещё", "ёж"]
        assert await names(t, offset=1, limit=2) == ["Ель", "Ещё"]
        assert await names(t, offset=9) == []


async def test_whose_clients_are_listed(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 6))
        left = await t.save_manager(manager("Вера", 7, active=False))
        for name, holder in (("А", anna), ("Б", boris), ("В", left), ("Г", None)):
            await client(t, name, holder.id if holder else None)
        assert await names(t, of=None) == ["А", "Б", "В", "Г"]
        assert await names(t, of=[anna.id]) == ["А", "В", "Г"]
        assert await names(t, of=[anna.id, boris.id]) == ["А", "Б", "В", "Г"]
        assert await names(t, of=[]) == ["В", "Г"]


@pytest.mark.parametrize(
    "words",
    [
        "ром",
        "РОМ",
        "студ",
        "студия ром",
        "королев",
        "Королёв",
        "пётр",
        "петр Кор",
        "lena",
        "@Lena_K",
        "k",
        "romashka.t",
        "+7999",
        "«студ",
        "lena@romashka.test",
        "бел.",
    ],
)
async def test_parts_of_names_and_handles(store: SqlStore, words: str) -> None:
    async with store.begin() as t:
        handles = (
            Handle("email", "lena@romashka.test"),
            Handle("telegram_name", "Lena_K"),
            Handle("phone", "+79990000000"),
        )
        await client(t, "ООО «Студия Ромашка-бел.»", None, *handles, contact="Пётр Королёв")
        await client(t, "Другой")
        assert await names(t, words=words) == ["ООО «Студия Ромашка-бел.»"]


@pytest.mark.parametrize(
    "words",
    [
        "машка",
        "ромашки",
        "студия лютик",
        "*",
        "[",
        "]",
        "^",
        "\\",
        "%",
        ".",
        "?омашка",
        "(",
        "а" * 400,
    ],
)
async def test_what_begins_no_part_is_not_found(store: SqlStore, words: str) -> None:
    async with store.begin() as t:
        await client(t, "Студия Ромашка", None, Handle("email", "lena@romashka"))
        assert await names(t, words=words) == []


@pytest.mark.parametrize("name", ["[a]", "a*b", "c^d", "e\\f", "g]h", "i.j", "k?l", "m-n", "(o)"])
async def test_signs_of_patterns_are_but_signs(store: SqlStore, name: str) -> None:
    async with store.begin() as t:
        await client(t, f"x {name}")
        assert await names(t, words=name) == [f"x {name}"]


async def test_no_words_are_all(store: SqlStore) -> None:
    async with store.begin() as t:
        await client(t, "Ромашка")
        assert await names(t, words=" \x00 ") == []
        assert await names(t, words="  ") == ["Ромашка"]


async def test_who_became_somebody_else_is_listed_no_more(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        one, other = await client(t, "А", anna.id), await client(t, "Б", anna.id)
        await t.join(one.contact.id, other.contact.id, None, at(1))
        assert await names(t) == ["Б"]
        assert await t.clients_held_by(anna.id) == (other.client.id,)
        assert await t.loads(at(2)) == (Load(anna.id, clients=1),)


async def test_clients_held_by_name(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        made = {name: await t.add_client(name, anna.id) for name in ("яма", "Юла", "ёж", "Ель")}
        await t.add_client("Чужой", None)
        ordered: list[Client] = [made[name] for name in ("ёж", "Ель", "Юла", "яма")]
        assert await t.clients_held_by(anna.id) == tuple(one.id for one in ordered)
        assert await t.clients_held_by(10_000) == ()


async def test_what_each_member_holds(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 6, role=Role.HEAD))
        left = await t.save_manager(manager("Вера", 7, active=False))
        await t.save_manager(manager("Чат", -100, role=Role.CHAT))
        first = await ask(t, await client(t, "А", anna.id), "1", 0)
        await ask(t, await client(t, "Б", anna.id), "2", 30)
        await t.add_promise(first.id, promised(3))
        for key, due in (("1", at(10)), ("2", at(90)), ("3", None)):
            await t.add_task(task(first.client.id, anna.id, key=key, due_at=due))
        await t.add_task(task(first.client.id, anna.id, key="4", due_at=at(1), done_at=at(2)))
        now = due_of(first)
        hers = Load(anna.id, clients=2, waiting=2, overdue=1, tasks=3, tasks_overdue=1)
        assert await t.loads(now) == (hers, Load(boris.id))
        free = await ask(t, await client(t, "В", left.id), "3", 0)
        await t.add_task(task(free.client.id, anna.id, key="5"))
        await client(t, "Г")
        assert await t.loads(now) == (
            hers,
            Load(boris.id),
            Load(None, clients=2, waiting=1, overdue=1, tasks=1),
        )
