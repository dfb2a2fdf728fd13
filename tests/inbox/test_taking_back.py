"""Replies that are deleted on the client's side: nobody has answered with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import changing
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.jobs import Queue
from inbox.model import Conversation, Handle, Nature
from inbox.ports import CardState, Deed, ReplyState
from inbox.worker import work_once
from tests.fakes import ChangingConnector
from tests.inbox.conftest import Studio
from tests.inbox.looking import logged, now_of
from tests.inbox.writing import in_a_chat, now_is, written

LATER = SendDeferred(Fault.RATE_LIMITED, "later", retry_after=timedelta(seconds=0.1))
UNCERTAIN = SendUncertain(Fault.NO_ANSWER, "reset")
TOO_LATE = SendRejected(Fault.TOO_LATE, "48 hours")


@pytest.fixture
def chat(studio: Studio) -> ChangingConnector:
    return in_a_chat(studio)


async def asked(studio: Studio) -> Conversation:
    return await studio.conversation(await studio.asks("a@x.test"))


async def test_it_is_gone_at_the_client_and_the_wait_goes_on(
    studio: Studio, chat: ChangingConnector
) -> None:
    talk = await asked(studio)
    saved = await written(studio, talk, studio.anna)
    await studio.run()
    assert (await now_of(studio, talk)).wait is None
    assert await changing.take_back(studio.inbox, saved.id, studio.head)
    await studio.run()
    assert chat.taken_back == [("k1", ("k1/1",))]
    assert (await now_is(studio, saved)).state is ReplyState.TAKEN_BACK
    after = await now_of(studio, talk)
    assert after.wait is not None
    assert talk.wait is not None
    assert (after.wait.id, after.wait.closing) == (talk.wait.id, None)
    assert studio.desk.outcomes[-1][0].state is ReplyState.TAKEN_BACK
    assert studio.desk.redrawn[-1][1].state is CardState.WAITING
    (line,) = await logged(studio, Deed.TAKEN_BACK)
    assert (line.by, line.manager) == ("Глава", "Анна")
    assert not await changing.take_back(studio.inbox, saved.id, studio.anna)


async def test_where_another_reply_answered_as_well_nobody_waits(
    studio: Studio, chat: ChangingConnector
) -> None:
    talk = await asked(studio)
    saved = await written(studio, talk, studio.anna)
    await written(studio, talk, studio.anna, "k2", desk_ref=None)
    await studio.run()
    await changing.take_back(studio.inbox, saved.id, studio.anna)
    await studio.run()
    assert (await now_of(studio, talk)).wait is None
    assert chat.at_client == {"k2": "Ответ"}


async def test_of_an_older_answer_the_wait_that_was_answered_since_stays_closed(
    studio: Studio, chat: ChangingConnector
) -> None:
    thread = await studio.asks("a@x.test")
    talk = await studio.conversation(thread)
    saved = await written(studio, talk, studio.anna)
    await studio.run()
    studio.clock.pass_(minutes=5)
    await studio.asks("a@x.test", thread=thread)
    studio.clock.pass_(minutes=5)
    await written(studio, talk, studio.anna, "k2", desk_ref=None)
    await studio.run()
    await changing.take_back(studio.inbox, saved.id, studio.anna)
    await studio.run()
    assert (await now_of(studio, talk)).wait is None
    assert chat.at_client == {"k2": "Ответ"}


@pytest.mark.parametrize("first", [True, False])
async def test_where_somebody_answered_in_the_chat_itself_nobody_waits(
    studio: Studio, chat: ChangingConnector, *, first: bool
) -> None:
    thread = await studio.asks("a@x.test")
    talk = await studio.conversation(thread)
    chat.shapes["Сама"] = {
        "nature": Nature.OWN,
        "sender": Handle("telegram", str(studio.anna.telegram_id)),
        "peer": Handle("email", "a@x.test"),
        "place": Handle("telegram_business", f"{studio.anna.telegram_id}:901"),
    }
    for own in (first, not first):
        studio.clock.pass_(minutes=1)
        if own:
            await studio.asks("anna", "Сама", thread=thread)
        else:
            saved = await written(studio, talk, studio.anna)
            await studio.run()
    studio.clock.pass_(minutes=1)
    assert await changing.take_back(studio.inbox, saved.id, studio.anna)
    await studio.run()
    assert (await now_is(studio, saved)).state is ReplyState.TAKEN_BACK
    assert (await now_of(studio, talk)).wait is None


async def test_an_answer_to_an_older_message_closed_the_present_wait(
    studio: Studio, chat: ChangingConnector
) -> None:
    thread = await studio.asks("a@x.test")
    talk = await studio.conversation(thread)
    async with studio.inbox.store.begin() as t:
        older = await t.newest_message(talk.id)
    await written(studio, talk, studio.anna, message_id=older)
    await studio.run()
    studio.clock.pass_(minutes=5)
    await studio.asks("a@x.test", "И ещё", thread=thread)
    asked_again = (await now_of(studio, talk)).wait
    studio.clock.pass_(minutes=5)
    saved = await written(studio, talk, studio.anna, "k2", message_id=older, desk_ref=None)
    await studio.run()
    assert (await now_of(studio, talk)).wait is None
    assert await changing.take_back(studio.inbox, saved.id, studio.anna)
    await studio.run()
    after = (await now_of(studio, talk)).wait
    assert after is not None
    assert asked_again is not None
    assert after.id == asked_again.id


async def test_a_mail_cannot_be_taken_back_but_is_withdrawn(studio: Studio) -> None:
    talk = await asked(studio)
    gone = await written(studio, talk, studio.anna)
    await studio.run()
    assert not await changing.take_back(studio.inbox, gone.id, studio.anna)
    queued = await written(studio, talk, studio.anna, "k2", desk_ref=None)
    assert await changing.take_back(studio.inbox, queued.id, studio.anna)
    await studio.run()
    assert [one.key for one in studio.channel.sent] == ["k1"]
    assert (await now_is(studio, queued)).state is ReplyState.WITHDRAWN


async def test_where_the_channel_says_no_who_wished_it_is_told(
    studio: Studio, chat: ChangingConnector
) -> None:
    saved = await written(studio, await asked(studio), studio.anna)
    await studio.run()
    chat.refusals = [TOO_LATE]
    await changing.take_back(studio.inbox, saved.id, studio.head)
    await studio.run()
    ((_, note, to),) = studio.desk.notes
    assert (note.kind, note.text, to) == ("take_back_failed", "too_late", studio.head)
    assert (await now_is(studio, saved)).state is ReplyState.SENT


@pytest.mark.parametrize("error", [LATER, UNCERTAIN])
async def test_it_is_tried_until_the_channel_answers(
    studio: Studio, chat: ChangingConnector, error: Exception
) -> None:
    saved = await written(studio, await asked(studio), studio.anna)
    await studio.run()
    chat.refusals, chat.done_anyway = [error], True
    await changing.take_back(studio.inbox, saved.id, studio.anna)
    await studio.run()
    await studio.later(0.15 if error is LATER else 2.1)
    assert len(chat.taken_back) == 2
    assert (await now_is(studio, saved)).state is ReplyState.TAKEN_BACK


async def test_one_that_never_ends_is_told(
    studio: Studio, chat: ChangingConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = await written(studio, await asked(studio), studio.anna)
    await studio.run()
    await changing.take_back(studio.inbox, saved.id, studio.anna)
    monkeypatch.setattr("inbox.worker.ENOUGH", 0)
    await work_once(studio.inbox, Queue.OUT)
    monkeypatch.undo()
    await studio.run()
    ((_, note, _),) = studio.desk.notes
    assert (note.kind, note.text) == ("take_back_failed", "interrupted")


class TestWhileItIsSent:
    async def wanted_back(
        self, studio: Studio, chat: ChangingConnector, error: Exception | None
    ) -> ReplyState:
        saved = await written(studio, await asked(studio), studio.anna)

        async def meanwhile() -> None:
            assert await changing.take_back(studio.inbox, saved.id, studio.head)

        chat.failures, chat.meanwhile = [error], [meanwhile]
        await studio.run()
        await studio.later(0.15)
        assert len(chat.sent) == 1
        return (await now_is(studio, saved)).state

    async def test_it_is_taken_back_afterwards(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        assert await self.wanted_back(studio, chat, None) is ReplyState.TAKEN_BACK
        assert chat.at_client == {}

    async def test_where_nothing_went_out_nothing_goes(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        assert await self.wanted_back(studio, chat, LATER) is ReplyState.WITHDRAWN
        assert chat.taken_back == []
        (line,) = await logged(studio, Deed.WITHDRAWN)
        assert line.by == "Глава"

    async def test_where_it_was_refused_there_is_nothing_to_take_back(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        error = SendRejected(Fault.REFUSED)
        assert await self.wanted_back(studio, chat, error) is ReplyState.REJECTED
        assert studio.desk.notes == []

    async def test_where_it_is_uncertain_who_wished_it_is_told(
        self, studio: Studio, chat: ChangingConnector
    ) -> None:
        assert await self.wanted_back(studio, chat, UNCERTAIN) is ReplyState.UNCERTAIN
        ((_, note, to),) = studio.desk.notes
        assert (note.kind, note.text, to) == ("take_back_failed", "no_answer", studio.head)

    async def test_mail_that_is_being_sent_goes_out(self, studio: Studio) -> None:
        saved = await written(studio, await asked(studio), studio.anna)
        async with studio.inbox.store.begin() as t:
            await t.save_reply(replace(saved, state=ReplyState.SENDING))
        assert not await changing.take_back(studio.inbox, saved.id, studio.anna)


async def test_what_is_not_known_as_what_it_was_sent_stays(
    studio: Studio, chat: ChangingConnector
) -> None:
    saved = await written(studio, await asked(studio), studio.anna)
    async with studio.inbox.store.begin() as t:
        await t.save_reply(replace(saved, state=ReplyState.SENT))
    assert not await changing.take_back(studio.inbox, saved.id, studio.anna)
