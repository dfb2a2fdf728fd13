"""A manager's day over PostgreSQL: what is told over SQLite elsewhere, and who waits for whom."""

import asyncio

import pytest

from inbox.actions import hand_over
from inbox.handing_over_all import hand_over_all, undo
from inbox.internal_notes import add, change
from inbox.model import Client, Handle, Manager
from inbox.ports import DeskRef
from inbox.task_digests import tell_tasks
from inbox.tasks import finish, make, reopen, tell_done
from inbox.work_records import Horizon
from inbox.writing_first import begin
from tests.inbox import (
    test_handing_over_all,
    test_internal_notes,
    test_showing_a_message,
    test_task_digests,
    test_tasks,
    test_telling_of_tasks,
    test_writing_first,
)
from tests.inbox.conftest import Studio

pytestmark = pytest.mark.real

CLIENTS = 12


@pytest.fixture
def database(postgres_url: str) -> str:
    return postgres_url


talk = test_tasks.talk
task = test_tasks.task
threads = test_handing_over_all.threads
client_id = test_task_digests.client_id
client = test_writing_first.client


class TestNotes(test_internal_notes.TestAdding):
    pass


class TestChangingNotes(test_internal_notes.TestChanging):
    pass


class TestTasks(test_tasks.TestDone):
    pass


class TestTellingTheClient(test_telling_of_tasks.TestTellingTheClient):
    pass


class TestDigests(test_task_digests.TestTelling):
    pass


class TestTheWays(test_writing_first.TestTheWays):
    pass


class TestBeginning(test_writing_first.TestBeginning):
    pass


class TestHandingOverAll(test_handing_over_all.TestGiving):
    pass


class TestUndoing(test_handing_over_all.TestUndoing):
    pass


test_a_card_of_an_older_message = test_showing_a_message.test_that_one_is_shown_and_linked


async def waiting_clients(studio: Studio) -> list[Client]:
    """Of Anna's, each with a question."""
    found = []
    for number in range(CLIENTS):
        await studio.client(f"c{number:02}", studio.anna, f"c{number:02}@x.test")
        talk = await studio.conversation(await studio.asks(f"c{number:02}@x.test"))
        found.append(talk.client)
    return found


async def all_given(studio: Studio, from_: Manager, to: Manager, key: str) -> int:
    progress = hand_over_all(studio.inbox, from_, to, studio.head, key)
    return [one async for one in progress][-1]


async def holders(studio: Studio, clients: list[Client]) -> list[int | None]:
    async with studio.inbox.store.begin() as t:
        now = [await t.client(one.id) for one in clients]
    return [one.manager_id for one in now if one is not None]


async def test_two_who_give_the_same_clients_to_two_others(studio: Studio) -> None:
    clients = await waiting_clients(studio)
    given = await asyncio.gather(
        all_given(studio, studio.anna, studio.boris, "q1"),
        all_given(studio, studio.anna, studio.admin, "q2"),
    )
    assert sum(given) == CLIENTS
    now = await holders(studio, clients)
    assert [now.count(one.id) for one in (studio.boris, studio.admin)] == list(given)


async def test_clients_who_write_and_are_answered_meanwhile(studio: Studio) -> None:
    clients = await waiting_clients(studio)
    for number in range(CLIENTS):
        await studio.hears(f"c{number:02}@x.test", "Ещё вопрос", thread=f"<m{number + 1}>")
    talks = [await studio.conversation(f"<m{number + 1}>") for number in range(CLIENTS)]
    await asyncio.gather(
        all_given(studio, studio.anna, studio.boris, "q1"),
        studio.run(),
        *(hand_over(studio.inbox, one.id, studio.head, studio.anna) for one in talks[::3]),
    )
    now = await holders(studio, clients)
    assert set(now) <= {studio.boris.id, studio.head.id}
    for talk, holder in zip(talks, now, strict=True):
        async with studio.inbox.store.begin() as t:
            assert (await t.conversation(talk.id)).assignee_id == holder


async def test_two_who_undo_at_once(studio: Studio) -> None:
    clients = await waiting_clients(studio)
    await all_given(studio, studio.anna, studio.boris, "q1")
    await asyncio.gather(*(undo(studio.inbox, "q1", studio.head) for _ in range(2)))
    assert set(await holders(studio, clients)) == {studio.anna.id}


async def test_two_who_tell_the_client_at_once(studio: Studio) -> None:
    (client, *_) = await waiting_clients(studio)
    task = await make(studio.inbox, client.id, "Счёт", Horizon.NOW, studio.anna, key="k")
    assert task is not None
    await finish(studio.inbox, task.id, studio.anna)
    told = await asyncio.gather(
        *(tell_done(studio.inbox, task.id, studio.anna, key=f"q{number}") for number in range(5)),
        reopen(studio.inbox, task.id, studio.boris),
    )
    await studio.run()
    assert len(studio.channel.sent) == len([one for one in told[:5] if one is not None]) <= 1


async def test_one_press_that_comes_twice_at_once(studio: Studio) -> None:
    (client, *_) = await waiting_clients(studio)
    anna, now = studio.anna, studio.clock.now()
    mail = Handle("email", "c00@x.test")
    made = await asyncio.gather(
        *(make(studio.inbox, client.id, "Счёт", Horizon.NOW, anna, key="k") for _ in range(4))
    )
    assert len({one.id for one in made if one is not None}) == 1
    begun = await asyncio.gather(
        *(begin(studio.inbox, mail, "email:info", "Счёт", anna, key="k") for _ in range(4))
    )
    assert len({one.id for one in begun if one is not None}) == 1
    talk = await studio.conversation("<m1>")
    note = test_internal_notes.note(studio, talk, studio.boris)
    added = await asyncio.gather(*(add(studio.inbox, note) for _ in range(4)))
    assert [one is not None for one in added].count(True) == 1
    ref = DeskRef(1, studio.boris.telegram_id, 1)
    await asyncio.gather(*(change(studio.inbox, ref, "// @Глава", ()) for _ in range(4)))
    await asyncio.gather(*(tell_tasks(studio.inbox) for _ in range(4)))
    await studio.run()
    assert sorted(to.name for _, _, to in studio.desk.notes) == ["Анна", "Глава"]
    assert [to.name for _, to in studio.desk.tasks] == ["Анна"]
    assert studio.clock.now() == now
