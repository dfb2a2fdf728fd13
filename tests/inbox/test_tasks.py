"""A client's tasks: made once, changed, done, deleted and brought back; the client told once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.actions import take
from inbox.model import Attachment, Conversation, Entity, Handle, InboundMessage, Media
from inbox.ports import Deed, Store, Transaction
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
    tell_done,
    title_from,
    title_of,
    words_when_done,
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


class BeforeItsSecondStep:
    """A store behind which something happens between two transactions of one act."""

    def __init__(self, store: Store, act: Callable[[], Awaitable[None]]) -> None:
        self._store, self._act, self._steps = store, act, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @asynccontextmanager
    async def begin(self, *, durable: bool = False) -> AsyncIterator[Transaction]:
        self._steps += 1
        if self._steps == 2:
            await self._act()
        async with self._store.begin(durable=durable) as t:
            yield t


class TestTellingTheClient:
    async def test_in_the_words_of_the_house(
        self, studio: Studio, talk: Conversation, task: Task
    ) -> None:
        inbox, anna = studio.inbox, studio.anna
        await finish(inbox, task.id, anna)
        told = await tell_done(inbox, task.id, anna, key="q1")
        await studio.run()
        assert told is not None
        assert told.told_at == studio.clock.now()
        assert await now_of(studio, task) == told
        (sent,) = studio.channel.sent
        assert sent.text == "ru: done: Поменять телефон"
        assert sent.answering is not None
        assert sent.answering.text == "Поменяйте телефон"
        assert (await studio.conversation("<m1>")).wait is None, "it is an answer as any"

    async def test_once_whichever_press_comes_again(self, studio: Studio, task: Task) -> None:
        inbox, anna = studio.inbox, studio.anna
        await finish(inbox, task.id, anna)
        told = await tell_done(inbox, task.id, anna, key="q1")
        assert await tell_done(inbox, task.id, anna, key="q1") == told
        assert await tell_done(inbox, task.id, anna, key="q2") is None
        await studio.run()
        assert len(studio.channel.sent) == 1

    async def test_in_own_words(self, studio: Studio, task: Task) -> None:
        inbox, anna = studio.inbox, studio.anna
        bold = (Entity("bold", 0, 6),)
        await finish(inbox, task.id, anna)
        await tell_done(inbox, task.id, anna, key="q1", text="Готово", entities=bold)
        await studio.run()
        (sent,) = studio.channel.sent
        assert (sent.text, sent.entities) == ("Готово", bold)

    async def test_a_note_never_goes_out(self, studio: Studio, task: Task) -> None:
        await finish(studio.inbox, task.id, studio.anna)
        words = "// не говорить"
        assert await tell_done(studio.inbox, task.id, studio.anna, key="q1", text=words) is None
        await studio.run()
        assert studio.channel.sent == []

    async def test_only_of_what_is_done(self, studio: Studio, task: Task) -> None:
        inbox, anna = studio.inbox, studio.anna
        assert await tell_done(inbox, task.id, anna, key="q1") is None
        assert await tell_done(inbox, 10**9, anna, key="q1") is None

    async def test_done_once_more_it_may_be_told_once_more(
        self, studio: Studio, task: Task
    ) -> None:
        inbox, anna = studio.inbox, studio.anna
        for press in ("q1", "q2"):
            await finish(inbox, task.id, anna)
            assert await tell_done(inbox, task.id, anna, key=press) is not None
            await reopen(inbox, task.id, anna)
        await studio.run()
        assert len(studio.channel.sent) == 2

    async def test_a_task_of_no_message_is_told_where_the_client_wrote_last(
        self, studio: Studio, talk: Conversation
    ) -> None:
        inbox, anna = studio.inbox, studio.anna
        plain = await make(inbox, talk.client.id, "Счёт", Horizon.NOW, anna, key="k3")
        assert plain is not None
        await finish(inbox, plain.id, anna)
        assert await tell_done(inbox, plain.id, anna, key="q1") is not None
        await studio.run()
        (sent,) = studio.channel.sent
        assert sent.recipient == talk.recipient

    async def test_of_a_client_who_never_wrote_there_is_nowhere(self, studio: Studio) -> None:
        inbox, anna = studio.inbox, studio.anna
        async with inbox.store.begin() as t:
            client = await t.add_client("Зерно", anna.id)
        plain = await make(inbox, client.id, "Счёт", Horizon.NOW, anna, key="k3")
        assert plain is not None
        await finish(inbox, plain.id, anna)
        assert await tell_done(inbox, plain.id, anna, key="q1") is None

    async def test_in_a_conversation_that_has_no_message_yet(self, studio: Studio) -> None:
        inbox, anna = studio.inbox, studio.anna
        async with inbox.store.begin() as t:
            client = await t.add_client("Зерно", anna.id)
            contact = await t.add_contact(client.id, "Зоя")
            zoya = Handle("email", "z@x.test")
            await t.add_handles(contact.id, [zoya])
            begun = await t.open_conversation("email:info", client, contact, zoya, "Счёт")
        plain = await make(
            inbox, client.id, "Счёт", Horizon.NOW, anna, key="k3", conversation_id=begun.id
        )
        assert plain is not None
        await finish(inbox, plain.id, anna)
        assert await tell_done(inbox, plain.id, anna, key="q1") is not None
        await studio.run()
        (sent,) = studio.channel.sent
        assert (sent.text, sent.subject, sent.answering) == (": done: Счёт", "Счёт", None)

    async def test_not_where_it_was_taken_up_again_in_the_same_moment(
        self, studio: Studio, task: Task
    ) -> None:
        async def taken_up() -> None:
            await reopen(studio.inbox, task.id, studio.boris)

        await finish(studio.inbox, task.id, studio.anna)
        slow = replace(studio.inbox, store=BeforeItsSecondStep(studio.inbox.store, taken_up))
        assert await tell_done(slow, task.id, studio.anna, key="q1") is None
        await studio.run()
        assert studio.channel.sent == []

    async def test_its_words_are_known_before(
        self, studio: Studio, talk: Conversation, task: Task
    ) -> None:
        inbox, anna = studio.inbox, studio.anna
        assert await words_when_done(inbox, task) is None
        done = await finish(inbox, task.id, anna)
        assert done is not None
        assert await words_when_done(inbox, done) == "ru: done: Поменять телефон"
        anywhere = replace(done, conversation_id=None, message_id=None)
        assert await words_when_done(inbox, anywhere) == "ru: done: Поменять телефон"
        nowhere = replace(anywhere, client_id=10**9)
        assert await words_when_done(inbox, nowhere) is None
        told = await tell_done(inbox, task.id, anna, key="q1")
        assert told is not None
        assert await words_when_done(inbox, told) is None

    async def test_who_tells_the_client_of_nobody_takes_the_client(self, studio: Studio) -> None:
        inbox, boris = studio.inbox, studio.boris
        talk = await studio.conversation(await studio.asks("b@x.test"))
        task = await made(studio, talk)
        await finish(inbox, task.id, boris)
        await tell_done(inbox, task.id, boris, key="q1")
        assert await take(inbox, talk.id, studio.head) == boris
