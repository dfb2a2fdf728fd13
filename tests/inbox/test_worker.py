"""Running jobs: what fails is tried again, buried and told; what is lost is not acknowledged."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inbox import worker
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain, StoreUnavailable
from inbox.flow import escalate, reply
from inbox.jobs import Queue, ShowCard, TellAdmins, decode, encode, queue_of
from inbox.model import (
    Attachment,
    Handle,
    Manager,
    Media,
    OutboundMessage,
    Receipt,
)
from inbox.ports import Claim, ReplyState
from inbox.worker import ENOUGH, run, work, work_once
from tests.fakes import RecordingDesk, failures
from tests.inbox.conftest import Studio

BROKEN = RuntimeError("broken")


async def _put(studio: Studio, job: Any, key: str = "k") -> None:
    async with studio.inbox.store.begin() as t:
        await t.put(job, key=key, lane="lane")


async def until(holds: Callable[[], bool]) -> None:
    """It may take long where the machine is busy."""
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.005)


async def _claim(studio: Studio, queue: Queue) -> Claim:
    (claim,) = (await studio.inbox.store.claim(queue, 1)).claims
    return claim


async def test_a_job_that_always_fails_is_buried_and_told(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "pause", lambda error, tries: 0.0)
    studio.desk.refuse[studio.admin.id] = [BROKEN] * ENOUGH
    await _put(studio, TellAdmins("quarantined", {"raw": "1"}))
    await studio.run()
    ((notice, fields, to),) = studio.desk.told
    assert (notice, to) == ("dead_letter", studio.admin)
    assert fields["job"] == "TellAdmins"
    assert "broken" in fields["error"]


async def test_a_reply_that_always_fails_is_told_to_its_author(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "pause", lambda error, tries: 0.0)
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    file = Attachment(Media.DOCUMENT, "a", "x/y", 1, "bot:1", "F")

    async def broken_fetch(attachment: Attachment) -> bytes:
        raise BROKEN

    monkeypatch.setattr(studio.desk, "fetch", broken_fetch)
    draft = replace(studio.draft(conversation, studio.anna), attachments=(file,))
    await reply(studio.inbox, draft)
    await studio.run()
    assert studio.channel.sent == []
    assert [(told.state, told.fault) for told, _ in studio.desk.outcomes] == [
        (ReplyState.REJECTED, "interrupted")
    ]


async def test_a_reply_that_was_being_sent_at_its_last_try_is_uncertain(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "pause", lambda error, tries: 0.0)
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    file = Attachment(Media.DOCUMENT, "a", "x/y", 1, "bot:1", "F")
    turns: list[Exception | None] = [*[BROKEN] * (ENOUGH - 1), None]

    async def fetch(attachment: Attachment) -> bytes:
        if error := turns.pop(0):
            raise error
        return b"bytes"

    async def sends_and_says_nonsense(message: OutboundMessage) -> Receipt:
        return Receipt((), studio.clock.now().replace(tzinfo=None))

    monkeypatch.setattr(studio.desk, "fetch", fetch)
    monkeypatch.setattr(studio.channel, "send", sends_and_says_nonsense)
    draft = replace(studio.draft(conversation, studio.anna), attachments=(file,))
    await reply(studio.inbox, draft)
    await studio.run()
    assert [told.state for told, _ in studio.desk.outcomes] == [ReplyState.UNCERTAIN]


async def test_a_reply_that_kills_the_process_is_told_to_its_author(studio: Studio) -> None:
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    await reply(studio.inbox, studio.draft(conversation, studio.anna))
    for _ in range(ENOUGH):  # claimed, and killed before anything else
        await _claim(studio, Queue.OUT)
        await studio.inbox.store.release_abandoned()
    await studio.run()
    assert studio.channel.sent == []
    assert [(told.state, told.fault) for told, _ in studio.desk.outcomes] == [
        (ReplyState.REJECTED, "interrupted")
    ]
    assert [notice for notice, _, _ in studio.desk.told] == ["dead_letter"]


async def test_a_database_that_comes_and_goes_buries_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "pause", lambda error, tries: 0.0)
    away = StoreUnavailable("connection_lost", "gone")
    studio.desk.refuse[studio.admin.id] = [away] * (ENOUGH + 3)
    await _put(studio, TellAdmins("quarantined", {}))
    await studio.run()
    assert [notice for notice, _, _ in studio.desk.told] == ["quarantined"]


async def test_what_the_server_defers_uses_no_attempt_up(studio: Studio) -> None:
    soon = SendDeferred(Fault.RATE_LIMITED, retry_after=timedelta(seconds=0.1))
    studio.desk.refuse[studio.admin.id] = failures(soon, soon)
    await _put(studio, TellAdmins("quarantined", {}))
    for _ in range(3):
        await studio.run()
        await studio.later()
    assert len(studio.desk.told) == 1


async def test_who_lost_the_lease_acknowledges_nothing(studio: Studio) -> None:
    await _put(studio, TellAdmins("quarantined", {}))
    claim = await _claim(studio, Queue.DESK)
    await run(studio.inbox, replace(claim, token=claim.token + 1))
    await studio.inbox.store.release_abandoned()
    assert await work_once(studio.inbox, Queue.DESK), "it is still there"


async def test_a_database_that_is_away_stops_nothing(studio: Studio) -> None:
    await _put(studio, TellAdmins("quarantined", {}))
    claim = await _claim(studio, Queue.DESK)
    await studio.inbox.store.close()
    await run(studio.inbox, claim)


async def test_workers_run_for_ever_and_end_what_they_began(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "HEARTBEAT", 0.01)
    monkeypatch.setattr(worker, "SWEEP", 0.05)
    renewed, begun, release = asyncio.Event(), asyncio.Event(), asyncio.Event()
    slow, renew = studio.desk.tell, studio.inbox.store.renew

    async def tell(*args: Any) -> None:
        begun.set()
        await release.wait()
        await slow(*args)

    async def renews(claims: Any) -> None:
        await renew(claims)
        renewed.set()

    monkeypatch.setattr(studio.desk, "tell", tell)
    monkeypatch.setattr(studio.inbox.store, "renew", renews)
    async with asyncio.timeout(20):
        task = asyncio.create_task(work(studio.inbox, Queue.DESK, 2))
        await asyncio.sleep(0.05)  # heartbeats with nothing to renew
        assert not renewed.is_set()
        await _put(studio, TellAdmins("quarantined", {}))
        await begun.wait()
        await renewed.wait()
        release.set()
        await until(lambda: len(studio.desk.told) == 1)
        begun.clear()
        release.clear()
        await _put(studio, TellAdmins("quarantined", {}), "k2")
        await begun.wait()
        task.cancel()
        await asyncio.sleep(0.05)
        release.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(studio.desk.told) == 2


async def test_a_queue_has_no_more_running_than_its_places(studio: Studio) -> None:
    running = most = done = 0
    release = asyncio.Event()

    class Slow(RecordingDesk):
        async def tell(self, notice: str, fields: dict[str, str], to: Manager) -> None:
            nonlocal running, most, done
            running += 1
            most = max(most, running)
            await release.wait()
            running -= 1
            done += 1

    studio.inbox = replace(studio.inbox, desk=Slow())
    async with studio.inbox.store.begin() as t:
        for number in range(5):
            await t.put(TellAdmins("x", {}), key=str(number), lane=str(number))
    task = asyncio.create_task(work(studio.inbox, Queue.DESK, 2))
    await until(lambda: running == 2)
    await asyncio.sleep(0.05)  # more than a look for jobs takes
    release.set()
    await until(lambda: done == 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (running, most) == (0, 2)
    assert not await work_once(studio.inbox, Queue.DESK)


async def test_a_heartbeat_outlives_a_database_that_is_away(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "HEARTBEAT", 0.01)
    beats = 0

    async def renew(claims: Any) -> None:
        nonlocal beats
        beats += 1
        raise BROKEN

    monkeypatch.setattr(studio.inbox.store, "renew", renew)
    release = asyncio.Event()

    async def tell(*args: Any) -> None:
        await release.wait()

    monkeypatch.setattr(studio.desk, "tell", tell)
    await _put(studio, TellAdmins("quarantined", {}))
    task = asyncio.create_task(work(studio.inbox, Queue.DESK, 1, patience=0.05))
    await until(lambda: beats > 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_card_is_not_shown_to_nobody_or_about_nothing(studio: Studio) -> None:
    async with studio.inbox.store.begin() as t:
        client = await t.add_client("Пусто", None)
        contact = await t.add_contact(client.id, "Пусто")
        nobody = Handle("email", "a@x.test")
        empty = await t.open_conversation("email:info", client, contact, nobody, None)
    await _put(studio, ShowCard(empty.id, studio.anna.id), "a")
    full = await studio.conversation(await studio.asks("a@x.test"))
    shown = len(studio.desk.cards)
    await _put(studio, ShowCard(full.id, 999), "b")
    await studio.run()
    assert len(studio.desk.cards) == shown


async def test_troubles_of_redrawing(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    thread = await studio.asks("a@x.test")
    conversation = await studio.conversation(thread)
    soon = SendDeferred(Fault.RATE_LIMITED, retry_after=timedelta(seconds=0.1))
    refused = SendRejected(Fault.REFUSED)
    studio.desk.refuse[studio.anna.id, "redraw"] = failures(soon, refused)
    await reply(studio.inbox, studio.draft(conversation, studio.anna))
    await studio.run()
    await studio.later()
    assert studio.desk.redrawn == []
    assert not await work_once(studio.inbox, Queue.DESK), "refused for good: no more tries"


async def test_outcomes_and_notices_that_nobody_can_be_shown(studio: Studio) -> None:
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    blocked = SendRejected(Fault.BLOCKED)
    studio.desk.refuse[studio.anna.id, "show_outcome"] = failures(blocked)
    studio.desk.refuse[studio.admin.id] = failures(blocked)
    await reply(studio.inbox, studio.draft(conversation, studio.anna))
    await _put(studio, TellAdmins("quarantined", {}))
    await studio.run()
    assert studio.desk.outcomes == []
    assert studio.desk.told == []


async def test_an_uncertain_alert_is_raised_again_and_says_so(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    await studio.asks("a@x.test")
    studio.desk.refuse[studio.anna.id] = failures(SendUncertain(Fault.NO_ANSWER))
    studio.clock.pass_(minutes=46)
    await escalate(studio.inbox)
    await studio.run()
    await studio.later(2.1)
    ((alert, _),) = studio.desk.alerts
    assert alert.card.repeated


def test_jobs_survive_the_database() -> None:
    job = ShowCard(1, 2, 3)
    assert decode(*encode(job)) == job
    assert queue_of(job) is Queue.DESK
