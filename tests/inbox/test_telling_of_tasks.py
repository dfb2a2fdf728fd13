"""The client is told that a task is done: once, in whichever words."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from inbox import flow
from inbox.actions import take
from inbox.model import Conversation, Entity, Handle
from inbox.ports import Store, Transaction
from inbox.tasks import (
    drop,
    finish,
    make,
    rename,
    reopen,
    reply_that_tells,
    tell_done,
    words_when_done,
)
from inbox.work_records import Horizon, Task
from tests.inbox import test_tasks
from tests.inbox.conftest import Studio
from tests.inbox.test_tasks import made, now_of

talk = test_tasks.talk
task = test_tasks.task


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

    async def test_the_reply_in_which_the_client_is_told(
        self, studio: Studio, talk: Conversation, task: Task
    ) -> None:
        inbox, anna = studio.inbox, studio.anna
        alone = await make(inbox, talk.client.id, "Баннер", Horizon.NOW, anna, key="alone")
        assert alone is not None
        for one in (task, alone):
            await finish(inbox, one.id, anna)
            told = await tell_done(inbox, one.id, anna, key=f"q{one.id}", text=one.title)
            assert told is not None
            async with inbox.store.begin() as t:
                telling = await reply_that_tells(t, told)
                assert await reply_that_tells(t, one) is None
                nowhere = replace(told, conversation_id=None, client_id=999)
                assert await reply_that_tells(t, nowhere) is None
            assert telling is not None
            assert telling.text == one.title

    async def test_who_asked_something_else_goes_on_waiting(self, studio: Studio) -> None:
        inbox, anna = studio.inbox, studio.anna
        await studio.client("Ромашка", anna, "a@x.test")
        thread = await studio.asks("a@x.test", "Поменяйте телефон")
        talk = await studio.conversation(thread)
        async with inbox.store.begin() as t:
            asked = await t.newest_message(talk.id)
        client_id = talk.client.id
        task = await make(
            inbox, client_id, "Телефон", Horizon.NOW, anna, key="k", message_id=asked
        )
        assert task is not None
        await finish(inbox, task.id, anna)
        await flow.reply(inbox, studio.draft(talk, anna))
        await studio.run()
        studio.clock.pass_(seconds=60)
        await studio.asks("a@x.test", "А когда второй этап?", thread=thread)

        await tell_done(inbox, task.id, anna, key="q1")
        await studio.run()
        assert (await studio.conversation(thread)).wait is not None

        await reopen(inbox, task.id, anna)
        await finish(inbox, task.id, anna)
        await tell_done(inbox, task.id, anna, key="q2", text="Готово, второй этап завтра")
        await studio.run()
        assert (await studio.conversation(thread)).wait is None, "in own words it is an answer"

    async def test_in_the_house_s_words_the_message_of_the_task_is_answered(
        self, studio: Studio
    ) -> None:
        inbox, anna = studio.inbox, studio.anna
        await studio.client("Ромашка", anna, "a@x.test")
        thread = await studio.asks("a@x.test", "Поменяйте телефон")
        talk = await studio.conversation(thread)
        async with inbox.store.begin() as t:
            asked = await t.newest_message(talk.id)
        task = await make(
            inbox, talk.client.id, "Телефон", Horizon.NOW, anna, key="k", message_id=asked
        )
        assert task is not None
        await finish(inbox, task.id, anna)
        await tell_done(inbox, task.id, anna, key="q1")
        await studio.run()
        assert (await studio.conversation(thread)).wait is None

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
        await reopen(studio.inbox, task.id, studio.anna)
        assert await rename(studio.inbox, task.id, words, studio.anna) is not None
        done = await finish(studio.inbox, task.id, studio.anna)
        assert done is not None
        assert await words_when_done(studio.inbox, done) is None
        assert await tell_done(studio.inbox, task.id, studio.anna, key="q1") is None
        await studio.run()
        assert studio.channel.sent == []

    async def test_only_of_what_is_done(self, studio: Studio, task: Task) -> None:
        inbox, anna = studio.inbox, studio.anna
        assert await tell_done(inbox, task.id, anna, key="q1") is None
        assert await tell_done(inbox, 10**9, anna, key="q1") is None
        await finish(inbox, task.id, anna)
        await drop(inbox, task.id, anna)
        assert await tell_done(inbox, task.id, anna, key="q1") is None, "deleted"

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
