"""A client's tasks: made once, changed, done, deleted and brought back; the client told once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.model import Attachment, Conversation, Handle, InboundMessage, Media
from inbox.ports import Deed
from inbox.tasks import (
    LONGEST_TITLE,
    drop,
    finish,
    make,
    move,
    rename,
    reopen,
    restore,
    set_due,
    title_from,
    title_of,
)
from inbox.work_records import Horizon, Task
from tests.inbox.conftest import Studio
from tests.inbox.looking import logged, msk


class TestTheTitle:
    def test_it_is_the_first_line_that_says_something(self) -> None:
        assert title_of(" \n\n  Поменять   телефон\tв шапке \nи ещё") == "Поменять телефон в шапке"

    def test_a_long_one_is_cut(self) -> None:
        assert title_of("а" * LONGEST_TITLE) == "а" * LONGEST_TITLE
        assert title_of("а" * 500) == "а" * (LONGEST_TITLE - 1) + "…"

    @given(st.text())
    def test_it_is_one_line_and_short(self, text: str) -> None:
        title = title_of(text)
        assert len(title) <= LONGEST_TITLE
        assert len(title.splitlines()) <= 1
        assert bool(title) == bool(text.split())

    def test_a_message_is_called_by_its_text_else_its_subject_else_its_file(self) -> None:
        at = msk(23, 10)
        anna = Handle("email", "a@x.test")
        empty = InboundMessage("email:info", "<1>", ("<1>",), anna, "a", at)
        file = Attachment(Media.DOCUMENT, "логотип.pdf", "application/pdf", 9, "email:info", "1")
        with_file = replace(empty, attachments=(replace(file, name=""), file))
        assert title_from(empty) == ""
        assert title_from(with_file) == "логотип.pdf"
        assert title_from(replace(with_file, subject="Логотип")) == "Логотип"
        assert title_from(replace(with_file, subject="Логотип", text=" \nВот он")) == "Вот он"

    def test_a_greeting_is_no_part_of_it(self) -> None:
        anna = Handle("email", "a@x.test")
        empty = InboundMessage("email:info", "<1>", ("<1>",), anna, "a", msk(23, 10))
        greeted = replace(empty, text="Здравствуйте!\n\nФото десертов прислала.\nСпасибо")
        assert title_from(greeted) == "Фото десертов прислала."
        assert title_from(replace(empty, text="Здравствуйте!")) == "Здравствуйте!"


@pytest.fixture
async def talk(studio: Studio) -> Conversation:
    """A question to Anna's client."""
    await studio.client("Ромашка", studio.anna, "a@x.test")
    return await studio.conversation(await studio.asks("a@x.test", "Поменяйте телефон"))


@pytest.fixture
async def task(studio: Studio, talk: Conversation) -> Task:
    return await made(studio, talk)


async def made(studio: Studio, talk: Conversation, key: str = "k1") -> Task:
    async with studio.inbox.store.begin() as t:
        newest = await t.newest_message(talk.id)
    found = await make(
        studio.inbox,
        talk.client.id,
        "Поменять телефон",
        Horizon.SOON,
        studio.anna,
        key=key,
        conversation_id=talk.id,
        message_id=newest,
    )
    assert found is not None
    return found


async def now_of(studio: Studio, task: Task) -> Task:
    async with studio.inbox.store.begin() as t:
        found = await t.task(task.id)
    assert found is not None
    return found


async def entries(studio: Studio, *deeds: Deed) -> list[tuple[str, str, str]]:
    return [(one.by, one.entry.before, one.entry.after) for one in await logged(studio, *deeds)]


class TestMaking:
    async def test_once_for_its_key(self, studio: Studio, talk: Conversation) -> None:
        first = await made(studio, talk)
        studio.clock.pass_(seconds=1)
        assert await made(studio, talk) == first
        assert first.made_at == msk(23, 10)
        async with studio.inbox.store.begin() as t:
            assert await t.tasks_of_client(talk.client.id) == (first,)
        assert await entries(studio, Deed.TASK_MADE) == [
            ("Анна", "", "list-soon - Поменять телефон")
        ]

    async def test_nothing_without_a_title_or_a_client(
        self, studio: Studio, talk: Conversation
    ) -> None:
        inbox, anna = studio.inbox, studio.anna
        assert await make(inbox, talk.client.id, " \n", Horizon.NOW, anna, key="k") is None
        assert await make(inbox, 10**9, "Счёт", Horizon.NOW, anna, key="k") is None

    async def test_the_log_names_the_client_whatever_it_came_from(
        self, studio: Studio, talk: Conversation
    ) -> None:
        inbox, anna = studio.inbox, studio.anna
        await make(inbox, talk.client.id, "Счёт", Horizon.NOW, anna, key="k9")
        assert [one.client for one in await logged(studio, Deed.TASK_MADE)] == ["Ромашка"]

    async def test_whoever_holds_the_client_has_it(
        self, studio: Studio, talk: Conversation, task: Task
    ) -> None:
        async with studio.inbox.store.begin() as t:
            ((found, client),) = await t.open_tasks([studio.anna.id])
            assert await t.open_tasks([studio.boris.id]) == ()
        assert (found, client.name) == (task, "Ромашка")


class TestChanging:
    async def test_list_date_and_title(self, studio: Studio, task: Task) -> None:
        inbox, boris = studio.inbox, studio.boris
        assert await move(inbox, task.id, Horizon.NOW, boris) is not None
        assert await set_due(inbox, task.id, msk(24, 12), boris) is not None
        changed = await rename(inbox, task.id, " Телефон\nв шапке", boris)
        assert changed == replace(task, horizon=Horizon.NOW, due_at=msk(24, 12), title="Телефон")
        assert await now_of(studio, task) == changed
        assert await entries(studio, Deed.TASK_CHANGED) == [
            ("Борис", "list-soon - Поменять телефон", "list-now - Поменять телефон"),
            (
                "Борис",
                "list-now - Поменять телефон",
                "list-now 2026-11-24T09:00:00Z Поменять телефон",
            ),
            (
                "Борис",
                "list-now 2026-11-24T09:00:00Z Поменять телефон",
                "list-now 2026-11-24T09:00:00Z Телефон",
            ),
        ]
        assert await set_due(inbox, task.id, None, boris) == replace(changed, due_at=None)

    async def test_the_same_again_is_no_news(self, studio: Studio, task: Task) -> None:
        assert await move(studio.inbox, task.id, Horizon.SOON, studio.anna) == task
        assert await entries(studio, Deed.TASK_CHANGED) == []

    async def test_a_title_that_says_nothing(self, studio: Studio, task: Task) -> None:
        assert await rename(studio.inbox, task.id, " ", studio.anna) is None

    async def test_what_is_done_deleted_or_unknown_is_not_changed(
        self, studio: Studio, talk: Conversation, task: Task
    ) -> None:
        inbox, anna = studio.inbox, studio.anna
        other = await made(studio, talk, "k2")
        await finish(inbox, task.id, anna)
        await drop(inbox, other.id, anna)
        for number in (task.id, other.id, 10**9):
            assert await move(inbox, number, Horizon.NOW, anna) is None
            assert await set_due(inbox, number, msk(24, 12), anna) is None
            assert await rename(inbox, number, "Счёт", anna) is None


class TestDone:
    async def test_done_and_not_after_all(self, studio: Studio, task: Task) -> None:
        inbox, anna = studio.inbox, studio.anna
        studio.clock.pass_(hours=1)
        done = await finish(inbox, task.id, anna)
        assert done == replace(task, done_at=msk(23, 11), done_by_id=anna.id)
        studio.clock.pass_(hours=1)
        assert await finish(inbox, task.id, studio.boris) == done, "the first one did it"
        async with inbox.store.begin() as t:
            ((found, _),) = await t.tasks_done([anna.id], msk(23, 9))
            assert found == done
            assert await t.tasks_of_client(task.client_id) == ()
        assert await reopen(inbox, task.id, anna) == task
        assert await reopen(inbox, task.id, anna) == task
        assert await entries(studio, Deed.TASK_DONE, Deed.TASK_CHANGED) == [
            ("Анна", "list-soon - Поменять телефон", "done - Поменять телефон"),
            ("Анна", "done - Поменять телефон", "list-soon - Поменять телефон"),
        ]

    async def test_deleted_for_a_minute(self, studio: Studio, task: Task) -> None:
        inbox, anna = studio.inbox, studio.anna
        dropped = await drop(inbox, task.id, anna)
        assert dropped == replace(task, dropped_at=msk(23, 10))
        studio.clock.pass_(seconds=60)
        assert await drop(inbox, task.id, anna) == dropped
        assert await restore(inbox, task.id, anna) == task
        assert await restore(inbox, task.id, anna) == task
        await drop(inbox, task.id, anna)
        studio.clock.pass_(seconds=66)
        assert await restore(inbox, task.id, anna) is None
        assert await finish(inbox, task.id, anna) is None
        assert await reopen(inbox, task.id, anna) is None
        assert [after for _, _, after in await entries(studio, Deed.TASK_CHANGED)] == [
            "dropped - Поменять телефон",
            "list-soon - Поменять телефон",
            "dropped - Поменять телефон",
        ]

    async def test_what_never_was(self, studio: Studio) -> None:
        for act in (finish, reopen, drop, restore):
            assert await act(studio.inbox, 10**9, studio.anna) is None
