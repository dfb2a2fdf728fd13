"""Tasks of people who become one, and of those who come apart again, over every database."""

from __future__ import annotations

import random

import pytest

from inbox.model import Client, Contact, Conversation, Handle
from inbox.ports import Transaction
from storage.store import SqlStore
from tests.storage.values import at, manager
from tests.storage.work_values import task


async def newcomer(t: Transaction, name: str) -> Conversation:
    """A client with one contact, one handle and one conversation."""
    client = await t.add_client(name, None)
    return await person_of(t, client, name)


async def person_of(t: Transaction, client: Client, name: str) -> Conversation:
    contact: Contact = await t.add_contact(client.id, name)
    one = Handle("telegram", name)
    await t.add_handles(contact.id, (one,))
    return await t.open_conversation("telegram", client, contact, one, None)


async def titles(t: Transaction, *talks: Conversation) -> list[list[str]]:
    """What each client has open, by its first conversation of before."""
    found = [await t.tasks_of_client(one.client.id) for one in talks]
    return [[one.title for one in tasks] for tasks in found]


async def make(
    t: Transaction, title: str, talk: Conversation, *, general: bool = False, done: bool = False
) -> int:
    (anna,) = await t.staff() or (await t.save_manager(manager()),)
    made = task(
        *(talk.client.id, anna.id),
        key=title,
        title=title,
        conversation_id=None if general else talk.id,
        done_at=at(2) if done else None,
    )
    return (await t.add_task(made)).id


async def test_tasks_follow_the_only_contact_and_come_back(store: SqlStore) -> None:
    async with store.begin() as t:
        lena, firm = await newcomer(t, "Лена"), await newcomer(t, "Ромашка")
        await make(t, "её", lena)
        await make(t, "общая", lena, general=True)
        done_id = await make(t, "сделана", lena, done=True)
        await make(t, "фирмы", firm)
        made = await t.join(lena.contact.id, firm.contact.id, None, at(3))
        assert await titles(t, lena, firm) == [[], ["её", "общая", "фирмы"]]
        done = await t.task(done_id)
        assert done is not None
        assert done.client_id == firm.client.id
        await make(t, "новая", await t.conversation(lena.id))
        await make(t, "новая общая", await t.conversation(lena.id), general=True)
        await t.split(made.id, at(4))
        assert await titles(t, lena, firm) == [["её", "общая", "новая"], ["фирмы", "новая общая"]]
        done = await t.task(done_id)
        assert done is not None
        assert done.client_id == lena.client.id


async def test_what_is_said_of_the_whole_client_stays_while_somebody_is_there(
    store: SqlStore,
) -> None:
    async with store.begin() as t:
        lena, firm = await newcomer(t, "Лена"), await newcomer(t, "Ромашка")
        oleg = await person_of(t, lena.client, "Олег")
        await make(t, "её", lena)
        await make(t, "его", oleg)
        await make(t, "общая", lena, general=True)
        first = await t.join(lena.contact.id, firm.contact.id, None, at(3))
        assert await titles(t, lena, firm) == [["его", "общая"], ["её"]]
        last = await t.join(oleg.contact.id, firm.contact.id, None, at(4))
        assert await titles(t, lena, firm) == [[], ["её", "его", "общая"]]
        await t.split(first.id, at(5))
        await t.split(last.id, at(6))
        assert await titles(t, lena, firm) == [["её", "его", "общая"], []]


async def test_two_contacts_of_one_client_have_the_same_tasks(store: SqlStore) -> None:
    async with store.begin() as t:
        lena = await newcomer(t, "Лена")
        oleg = await person_of(t, lena.client, "Олег")
        await make(t, "её", lena)
        await make(t, "общая", lena, general=True)
        made = await t.join(lena.contact.id, oleg.contact.id, None, at(3))
        assert await titles(t, lena) == [["её", "общая"]]
        await t.split(made.id, at(4))
        assert await titles(t, lena) == [["её", "общая"]]


@pytest.mark.parametrize("backwards", [False, True])
async def test_a_chain_comes_apart_in_any_order(store: SqlStore, backwards: bool) -> None:
    async with store.begin() as t:
        talks = [await newcomer(t, name) for name in ("а", "б", "в")]
        for one in talks:
            await make(t, one.client.name, one)
            await make(t, f"{one.client.name} общая", one, general=True)
        first = await t.join(talks[0].contact.id, talks[1].contact.id, None, at(1))
        second = await t.join(talks[1].contact.id, talks[2].contact.id, None, at(2))
        everything = ["а", "а общая", "б", "б общая", "в", "в общая"]
        assert await titles(t, *talks) == [[], [], everything]
        for undone in (second, first) if backwards else (first, second):
            await t.split(undone.id, at(5))
        assert await titles(t, *talks) == [everything[:2], everything[2:4], everything[4:]]


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_was_joined_and_split_every_task_comes_home(
    store: SqlStore, seed: int
) -> None:
    """And until then a conversation's task is where its conversation is."""
    chance = random.Random(seed)
    async with store.begin() as t:
        talks = [await newcomer(t, f"{number}") for number in range(4)]
        homes = {await make(t, f"{one.id}", one): one for one in talks}
        general = {await make(t, f"{one.id}!", one, general=True): one for one in talks}
        made: list[int] = []
        for step in range(24):
            if made and chance.random() < 0.4:
                await t.split(chance.choice(made), at(step))
            else:
                one, other = chance.sample(talks, 2)
                made.append((await t.join(one.contact.id, other.contact.id, None, at(step))).id)
            for task_id, talk in homes.items():
                whose = (await t.conversation(talk.id)).client.id
                assert await owner(t, task_id) == whose
        chance.shuffle(made)
        for joining_id in made:
            await t.split(joining_id, at(99))
        for task_id, talk in {**homes, **general}.items():
            assert await owner(t, task_id) == talk.client.id


async def owner(t: Transaction, task_id: int) -> int:
    found = await t.task(task_id)
    assert found is not None
    return found.client_id
