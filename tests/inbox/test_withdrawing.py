"""The send delay of mails, and replies that are stopped before they go out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import changing
from inbox.errors import Fault, SendDeferred
from inbox.jobs import Queue
from inbox.model import Attachment, Media
from inbox.ports import Deed, ReplyState
from inbox.worker import work_once
from tests.fakes import failures
from tests.inbox.conftest import Studio
from tests.inbox.looking import logged
from tests.inbox.writing import in_a_chat, now_is, written

LATER = SendDeferred(Fault.RATE_LIMITED, "later", retry_after=timedelta(seconds=0.1))


def delayed(studio: Studio, seconds: float) -> None:
    studio.inbox = replace(studio.inbox, send_delay=timedelta(seconds=seconds))


async def test_a_mail_waits_so_long_and_says_until_when(studio: Studio) -> None:
    delayed(studio, 1)
    talk = await studio.conversation(await studio.asks("a@x.test"))
    saved = await written(studio, talk, studio.anna)
    assert saved.goes_at == studio.clock.now() + timedelta(seconds=1)
    await studio.run()
    assert studio.channel.sent == []
    assert [(told.state, told.goes_at, to) for told, to in studio.desk.outcomes] == [
        (ReplyState.QUEUED, saved.goes_at, studio.anna)
    ]
    await studio.later(1.1)
    assert [one.key for one in studio.channel.sent] == ["k1"]
    assert [told.state for told, _ in studio.desk.outcomes] == [
        ReplyState.QUEUED,
        ReplyState.SENT,
    ]


async def test_a_chat_gets_it_at_once(studio: Studio) -> None:
    chat = in_a_chat(studio)
    delayed(studio, 30)
    talk = await studio.conversation(await studio.asks("a@x.test"))
    saved = await written(studio, talk, studio.anna)
    assert saved.goes_at is None
    await studio.run()
    assert chat.at_client == {"k1": "Ответ"}


async def test_what_is_withdrawn_never_goes_out_and_what_follows_does(studio: Studio) -> None:
    delayed(studio, 1)
    talk = await studio.conversation(await studio.asks("a@x.test"))
    first = await written(studio, talk, studio.anna)
    await written(studio, talk, studio.anna, "k2", desk_ref=None)
    assert await changing.withdraw(studio.inbox, first.id, studio.anna)
    assert not await changing.withdraw(studio.inbox, first.id, studio.anna)
    await studio.run()
    await studio.later(1.1)
    assert [one.key for one in studio.channel.sent] == ["k2"]
    assert (await now_is(studio, first)).state is ReplyState.WITHDRAWN
    told = [(told.key, told.state) for told, _ in studio.desk.outcomes]
    assert ("k1", ReplyState.WITHDRAWN) in told
    (line,) = await logged(studio, Deed.WITHDRAWN)
    assert (line.by, line.entry.conversation_id) == ("Анна", talk.id)


async def test_replies_go_out_in_the_order_in_which_they_were_written(studio: Studio) -> None:
    delayed(studio, 0.2)
    talk = await studio.conversation(await studio.asks("a@x.test"))
    await written(studio, talk, studio.anna)
    delayed(studio, 0)
    await written(studio, talk, studio.anna, "k2", desk_ref=None)
    await studio.run()
    await studio.later(0.3)
    assert [one.key for one in studio.channel.sent] == ["k1", "k2"]


async def test_what_has_gone_cannot_be_withdrawn(studio: Studio) -> None:
    talk = await studio.conversation(await studio.asks("a@x.test"))
    saved = await written(studio, talk, studio.anna)
    await studio.run()
    assert not await changing.withdraw(studio.inbox, saved.id, studio.anna)
    assert (await now_is(studio, saved)).state is ReplyState.SENT


async def test_a_reply_that_is_tried_again_can_be_withdrawn(studio: Studio) -> None:
    studio.channel.failures = failures(LATER)
    talk = await studio.conversation(await studio.asks("a@x.test"))
    saved = await written(studio, talk, studio.anna)
    await studio.run()
    assert await changing.withdraw(studio.inbox, saved.id, studio.anna)
    await studio.later(0.15)
    assert len(studio.channel.sent) == 1


@pytest.mark.parametrize("fetched", [b"pdf", LATER])
async def test_what_is_withdrawn_while_its_files_are_fetched_stays_so(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, fetched: bytes | SendDeferred
) -> None:
    talk = await studio.conversation(await studio.asks("a@x.test"))
    file = Attachment(Media.DOCUMENT, "a.pdf", "x/y", 3, "bot:1", "F1")
    saved = await written(studio, talk, studio.anna, attachments=(file,))

    async def fetch(attachment: Attachment) -> bytes:
        assert await changing.withdraw(studio.inbox, saved.id, studio.anna)
        if isinstance(fetched, SendDeferred):
            raise fetched
        return fetched

    monkeypatch.setattr(studio.desk, "fetch", fetch)
    await studio.run()
    await studio.later(0.15)
    assert studio.channel.sent == []
    assert (await now_is(studio, saved)).state is ReplyState.WITHDRAWN


async def test_of_undo_and_sending_one_wins(studio: Studio) -> None:
    for number in range(8):
        talk = await studio.conversation(await studio.asks(f"{number}@x.test"))
        saved = await written(studio, talk, studio.anna, f"k{number}")
        withdrawn, _ = await asyncio.gather(
            changing.withdraw(studio.inbox, saved.id, studio.anna),
            work_once(studio.inbox, Queue.OUT),
        )
        await studio.run()
        sent = [one.key for one in studio.channel.sent]
        assert withdrawn == (saved.key not in sent)
        state = ReplyState.WITHDRAWN if withdrawn else ReplyState.SENT
        assert (await now_is(studio, saved)).state is state


async def test_a_dead_job_leaves_what_was_withdrawn(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await studio.conversation(await studio.asks("a@x.test"))
    saved = await written(studio, talk, studio.anna)
    assert await changing.withdraw(studio.inbox, saved.id, studio.anna)
    monkeypatch.setattr("inbox.worker.ENOUGH", 0)
    await work_once(studio.inbox, Queue.OUT)
    assert (await now_is(studio, saved)).state is ReplyState.WITHDRAWN
