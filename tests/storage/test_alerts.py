"""The contract of the store over both databases: alerts, digests, replies off hours."""

import asyncio
from dataclasses import replace

import pytest

from inbox.errors import NoSuchRow
from inbox.model import Conversation, Manager, Outcome, Wait
from inbox.ports import Transaction
from inbox.records import (
    AlertDigest,
    AlertState,
    DeskRef,
    OffHoursReply,
    RaisedAlert,
    ReplyState,
)
from storage.store import SqlStore, open_store
from tests.storage.values import (
    HOURS,
    another,
    asked,
    at,
    closed_at,
    manager,
    message,
    opened,
    promised,
)


async def waiting(t: Transaction) -> tuple[Manager, Conversation, Wait]:
    anna = await t.save_manager(manager())
    conversation, _ = await asked(t, await opened(t, anna.id), message())
    assert conversation.wait
    return anna, conversation, conversation.wait


def alert(wait: Wait, to: Manager, rung: int = 0, minutes: float = 45) -> RaisedAlert:
    return RaisedAlert(wait.id, wait.round, rung, to.id, at(minutes), at(minutes + 1), late=True)


async def raised(t: Transaction, one: RaisedAlert) -> RaisedAlert:
    found = await t.raise_alert(one)
    assert found
    return found


async def test_an_alert_is_raised_once_per_wait_round_rung_and_recipient(
    store: SqlStore,
) -> None:
    async with store.begin() as t:
        anna, _, wait = await waiting(t)
        boris = await t.save_manager(manager("Борис", 2))
        first = await raised(t, alert(wait, anna))
        assert first.id
        assert first == replace(alert(wait, anna), id=first.id)
        assert await t.raise_alert(alert(wait, anna, minutes=99)) is None
        others = [
            await raised(t, alert(wait, boris, minutes=46)),
            await raised(t, alert(wait, anna, 1_739_000, minutes=47)),
            await raised(t, replace(alert(wait, anna, minutes=48), round=1)),
        ]
        assert await t.alerts_of_wait(wait.id) == (first, *others)
        assert await t.alert_for(wait.id, 0, anna.id, in_round=0) == first
        assert await t.alert_for(wait.id, 0, anna.id, in_round=1) == others[2]
        assert await t.alert_for(wait.id, 1, anna.id, in_round=0) is None
        told = replace(first, state=AlertState.SHOWN, told_at=at(50))
        await t.save_alert(told)
        assert await t.alert_for(wait.id, 0, anna.id, in_round=0) == told
        with pytest.raises(NoSuchRow):
            await t.save_alert(replace(told, id=10_000))


async def test_one_that_was_told_to_nobody_is_raised_anew(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, _, wait = await waiting(t)
        first = await raised(t, alert(wait, anna))
        cancelled = replace(first, state=AlertState.CANCELLED, told_at=at(47))
        await t.save_alert(cancelled)
        anew = replace(alert(wait, anna, minutes=50), late=False)
        assert await t.raise_alert(anew) == replace(anew, id=first.id)
        assert await t.alerts_of_wait(wait.id) == (replace(anew, id=first.id),)
        assert await t.raise_alert(anew) is None


@pytest.mark.real
async def test_who_counts_for_the_same_person_waits(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    async with store.begin() as t:
        anna, _, wait = await waiting(t)

    async def one(rung: int) -> int:
        async with store.begin() as t:
            before = (await t.count_alerts([anna.id], at(0)))[anna.id]
            await asyncio.sleep(0.05)
            await raised(t, alert(wait, anna, rung))
        return before

    assert sorted(await asyncio.gather(*(one(rung) for rung in range(3)))) == [0, 1, 2]
    await store.close()


async def test_of_two_who_raise_the_same_alert_one_does(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, _, wait = await waiting(t)

    async def one() -> bool:
        async with store.begin() as t:
            found = await t.raise_alert(alert(wait, anna))
            await asyncio.sleep(0.05)
            return found is not None

    assert sorted(await asyncio.gather(one(), one(), one())) == [False, False, True]


async def test_alerts_are_counted_by_recipient(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, _, wait = await waiting(t)
        boris = await t.save_manager(manager("Борис", 2))
        for rung, minutes in enumerate((1, 5, 6)):
            await raised(t, alert(wait, anna, rung, minutes))
        assert await t.count_alerts([anna.id, boris.id], at(6)) == {anna.id: 2, boris.id: 0}
        assert await t.count_alerts([], at(6)) == {}


async def test_what_is_kept_for_a_digest_is_gathered_once(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, conversation, wait = await waiting(t)
        gathered = replace(alert(wait, anna), state=AlertState.GATHERED)
        one = await raised(t, gathered)
        two = await raised(t, replace(gathered, rung=1))
        await raised(t, alert(wait, anna, 2))
        boris = await t.save_manager(manager("Борис", 2))
        await raised(t, replace(gathered, manager_id=boris.id))
        given_up = replace(gathered, rung=4, told_at=at(50))
        await raised(t, given_up)
        assert await t.alerts_to_gather(anna.id) == (one, two)
        assert await t.newest_digest(anna.id, at(0)) is None
        digest = await t.add_digest(AlertDigest(anna.id, at(50), DeskRef(1, 2**40, 7)))
        assert digest.id
        stands = replace(one, digest_id=digest.id, told_at=at(50), state=AlertState.SHOWN)
        await t.save_alert(stands)
        assert await t.alerts_to_gather(anna.id) == (two,)
        assert await t.alerts_in_digest(digest.id) == (stands,)
        later = await t.add_digest(AlertDigest(anna.id, at(52), DeskRef(1, 2**40, 8)))
        assert await t.newest_digest(anna.id, at(50)) == later
        assert await t.newest_digest(anna.id, at(53)) is None
        assert await t.newest_digest(boris.id, at(0)) is None
        assert await t.digest_at(digest.ref) == digest
        assert await t.digest_at(DeskRef(2, 2**40, 7)) is None
        assert await t.digests_about(conversation.id) == (digest,)


async def test_of_two_who_gather_the_second_finds_what_is_left(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, _, wait = await waiting(t)
        await raised(t, replace(alert(wait, anna), state=AlertState.GATHERED))

    async def gather() -> int:
        async with store.begin() as t:
            found = await t.alerts_to_gather(anna.id)
            await asyncio.sleep(0.05)
            for one in found:
                digest = await t.add_digest(AlertDigest(anna.id, at(50), DeskRef(1, 1, 1)))
                await t.save_alert(replace(one, digest_id=digest.id, told_at=at(50)))
            return len(found)

    assert sorted(await asyncio.gather(gather(), gather())) == [0, 1]


async def test_digests_about_a_conversation(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, conversation, wait = await waiting(t)
        promise = await t.add_promise(conversation.id, promised(20))
        other = await another(t, conversation, "2")
        assert other.wait
        digests = [
            await t.add_digest(AlertDigest(anna.id, at(n), DeskRef(1, 1, n))) for n in range(3)
        ]
        for one, digest in zip((wait, promise, other.wait), digests, strict=True):
            await raised(t, replace(alert(one, anna), digest_id=digest.id))
        await raised(t, replace(alert(wait, anna, 1), digest_id=digests[0].id))
        assert await t.digests_about(conversation.id) == tuple(digests[:2])
        assert await t.digests_about(other.id) == (digests[2],)


async def test_alerts_under_way_are_those_that_still_ought_to_be_told(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, conversation, wait = await waiting(t)
        queued = await raised(t, alert(wait, anna))
        kept = replace(alert(wait, anna, 1, minutes=44), state=AlertState.GATHERED)
        gathered = await raised(t, kept)
        await raised(t, replace(alert(wait, anna, 2), told_at=at(46), state=AlertState.SHOWN))
        await raised(t, replace(alert(wait, anna, 3), round=7))
        await raised(t, alert(wait, anna, 4, minutes=60))
        other = await another(t, conversation, "2")
        assert other.wait
        await raised(t, alert(other.wait, anna))
        await closed_at(t, other, 46)
        boris = await t.save_manager(manager("Борис", 2))
        await raised(t, alert(wait, boris, 5, minutes=40))
        everybody = {anna.id}
        assert await t.alerts_under_way((), at(50), 9) == ()
        assert await t.alerts_under_way(everybody, at(50), 9) == (gathered, queued)
        assert await t.alerts_under_way(everybody, at(50), 1) == (gathered,)
        assert await t.alerts_under_way(everybody, at(45), 9) == ()
        await t.save_wait(wait.closed(Outcome.DISMISSED, at(46), anna.id, HOURS))
        assert await t.alerts_under_way(everybody, at(50), 9) == ()


async def test_a_wait_has_one_reply_off_hours(store: SqlStore) -> None:
    async with store.begin() as t:
        _, conversation, wait = await waiting(t)
        message_id = await t.newest_message(conversation.id)
        assert message_id
        reply = OffHoursReply(wait.id, message_id, ReplyState.QUEUED, "Откроемся в 9", at(1))
        assert await t.off_hours_reply(wait.id) is None
        assert await t.add_off_hours_reply(reply)
        assert not await t.add_off_hours_reply(replace(reply, text="ещё раз"))
        assert await t.off_hours_reply(wait.id) == reply
        sent = replace(reply, state=ReplyState.SENT, at=at(2))
        await t.save_off_hours_reply(sent)
        assert await t.off_hours_reply(wait.id) == sent
        with pytest.raises(NoSuchRow):
            await t.save_off_hours_reply(replace(sent, wait_id=10_000))
