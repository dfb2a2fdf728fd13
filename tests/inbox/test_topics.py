"""The names of clients' topics: who waits, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inbox import topics
from inbox.actions import dismiss
from inbox.business_hours import BusinessHours
from inbox.calendars import Calendars
from inbox.errors import Fault, SendDeferred, SendRejected
from inbox.flow import escalate, reply
from inbox.jobs import NameTopics
from inbox.promises import promise
from tests.inbox.conftest import MOSCOW, Studio
from tests.inbox.looking import msk


@pytest.fixture(autouse=True)
async def _topics(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.desk.topics = True
    monkeypatch.setattr(topics, "SOON", 0.0)
    await studio.client("Ромашка", studio.anna, "a@x.test", "b@x.test")


def named(studio: Studio) -> tuple[str, datetime | None]:
    """What the topics' names were made from at last."""
    client, waiting = studio.desk.named[-1]
    return client.name, waiting


async def test_a_question_is_waited_with_until_it_is_due(studio: Studio) -> None:
    await studio.asks("a@x.test")
    assert named(studio) == ("Ромашка", msk(23, 11))


async def test_of_several_the_earliest_counts(studio: Studio) -> None:
    await studio.asks("a@x.test")
    studio.clock.pass_(minutes=10)
    talk = await studio.conversation(await studio.asks("b@x.test"))
    assert named(studio) == ("Ромашка", msk(23, 11))
    await dismiss(studio.inbox, talk.id, studio.anna)
    await studio.run()
    assert named(studio) == ("Ромашка", msk(23, 11))


async def test_after_an_answer_nobody_waits(studio: Studio) -> None:
    talk = await studio.conversation(await studio.asks("a@x.test"))
    await reply(studio.inbox, studio.draft(talk, studio.anna))
    await studio.run()
    assert named(studio) == ("Ромашка", None)


async def test_when_it_falls_due_the_names_are_made_anew(studio: Studio) -> None:
    await studio.asks("a@x.test")
    before = len(studio.desk.named)
    studio.clock.pass_(minutes=61)
    await escalate(studio.inbox)
    await studio.run()
    assert len(studio.desk.named) > before
    assert named(studio) == ("Ромашка", msk(23, 11))


async def test_due_without_an_alert_they_are_too(studio: Studio) -> None:
    talk = await studio.conversation(await studio.asks("a@x.test"))
    assert talk.wait is not None
    before = len(studio.desk.named)
    soon = replace(talk.wait, due_at=studio.clock.now() + timedelta(seconds=0.1))
    async with studio.inbox.store.begin() as t:
        await t.save_wait(soon)
        await topics.name_topics_later(t, talk.client.id, "moved")
    await studio.run()
    await studio.later(1.2)
    assert len(studio.desk.named) == before + 2


async def test_a_promise_counts_once_it_is_overdue(studio: Studio) -> None:
    talk = await studio.conversation(await studio.asks("a@x.test"))
    await dismiss(studio.inbox, talk.id, studio.anna)
    await promise(studio.inbox, talk.id, msk(23, 12), studio.anna)
    await studio.run()
    assert named(studio) == ("Ромашка", None)
    studio.clock.at = msk(23, 12)
    async with studio.inbox.store.begin() as t:
        await topics.name_topics_later(t, talk.client.id, "noon")
    await studio.run()
    assert named(studio) == ("Ромашка", msk(23, 12))


async def test_where_no_hour_is_open_ahead_it_is_never_due(studio: Studio) -> None:
    closed = Calendars.only(BusinessHours(MOSCOW, {}))
    studio.inbox = replace(studio.inbox, calendars=closed)
    await studio.asks("a@x.test")
    assert named(studio) == ("Ромашка", topics.NEVER)


async def test_without_topics_nothing_is_queued(studio: Studio) -> None:
    studio.desk.topics = False
    talk = await studio.conversation(await studio.asks("a@x.test"))
    await dismiss(studio.inbox, talk.id, studio.anna)
    studio.clock.pass_(minutes=61)
    await escalate(studio.inbox)
    await studio.run()
    assert studio.desk.named == []


@pytest.mark.parametrize(
    ("error", "times"),
    [
        (SendRejected(Fault.NO_RIGHTS), 1),
        (SendDeferred(Fault.RATE_LIMITED, retry_after=timedelta(seconds=0.1)), 2),
    ],
)
async def test_a_name_that_cannot_be_given_holds_up_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, error: Exception, times: int
) -> None:
    calls: list[str] = []

    async def refuse(client: object, waiting: object) -> None:
        calls.append("named")
        if len(calls) == 1:
            raise error

    monkeypatch.setattr(studio.desk, "name_topics", refuse)
    await studio.asks("a@x.test")
    await studio.later(0.15)
    assert len(calls) == times
    assert studio.desk.told == []


async def test_a_client_who_never_wrote_has_no_topic(studio: Studio) -> None:
    async with studio.inbox.store.begin() as t:
        client = await t.add_client("Новый", studio.anna.id)
        await t.put(NameTopics(client.id), key="n", lane="n")
    await studio.run()
    assert studio.desk.named == []
