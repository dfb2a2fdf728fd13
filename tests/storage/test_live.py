"""What the figures of now read: open waits, what has ended since, and who waits by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import auditing
from inbox.calendars import STUDIO, Stretch
from inbox.live_store import OpenNow, ShownWait
from inbox.reports import Holding
from inbox.reports_store import Place, Talk
from storage.store import SqlStore
from tests.storage.test_day_plans import GROWING, PEOPLE, Call, filled, gone_through
from tests.storage.values import another, at, closed_at, manager, opened, promised

START = Place(at(-9), at(-9), 0)
ASKED: dict[str, Call] = {
    "open_now": lambda t: t.open_now(0, 10),
    "ended_behind": lambda t: t.ended_behind(START, at(60), 10),
    "shown_waits": lambda t: t.shown_waits([1, 2]),
}


@pytest.mark.parametrize("name", ASKED)
async def test_nothing_goes_through_whole_tables(store: SqlStore, name: str) -> None:
    await filled(store)
    assert await gone_through(store, ASKED[name]) & {*GROWING, *PEOPLE, "audit"} == set()


async def test_open_waits_by_conversation_and_whose_a_breach_would_be(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 6))
        first = await opened(t, anna.id)
        talks = [await another(t, first, f"{number}") for number in range(4)]
        await closed_at(t, talks[1], 3)
        await t.add_promise(talks[1].id, promised(20))
        nobodys, boriss = talks[2].wait, talks[3].wait
        assert nobodys
        assert boriss
        await t.save_wait(nobodys.held(None))
        await t.save_wait(boriss.held(boris.id))
    async with store.read() as t:
        page = await t.open_now(0, 2)
        assert [one.conversation_id for one in page] == [talks[0].id, talks[2].id]
        (last,) = await t.open_now(talks[2].id, 2)
        assert await t.open_now(talks[3].id, 2) == ()
    assert [one.charged_id for one in (*page, last)] == [anna.id, None, boris.id]
    assert last == OpenNow(
        boriss.id, talks[3].id, anna.id, boris.id, boriss.started_at, boriss.due_at
    )


async def test_what_has_ended_in_its_order_and_who_got_it(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 6))
        first = await opened(t, anna.id)
        talks = [await another(t, first, f"{number}") for number in range(4)]
        pair = (anna, boris)
        await auditing.assigned(t, talks[0], talks[0].wait, pair, at=at(5), by_id=None)
        await auditing.assigned(t, talks[0], talks[0].wait, pair[::-1], at=at(50), by_id=None)
        waits = [
            await closed_at(t, one, end) for one, end in zip(talks, (30, 10, 20, 90), strict=True)
        ]
        await t.save_wait(waits[1].held(boris.id))
        kept = await t.add_promise(first.id, promised(20))
        assert kept.id
    async with store.read() as t:
        two = await t.ended_behind(START, at(90), 2)
        assert [one.place.wait_id for one in two] == [waits[1].id, waits[2].id]
        (moved,) = await t.ended_behind(two[-1].place, at(90), 2)
        assert await t.ended_behind(moved.place, at(90), 2) == ()
    assert (two[0].charged_id, two[1].charged_id) == (boris.id, anna.id)
    assert (two[0].got, two[0].stretches) == (None, ())
    assert moved.got == Holding(boris.id, at(5))
    assert [one.calendar for one in moved.stretches] == [STUDIO]
    closing = waits[0].closing
    assert closing
    assert (moved.by_id, moved.outcome, moved.first) == (closing.by_id, "answered", True)
    assert (moved.business, moved.within) == (closing.business, closing.within_target)
    assert moved.place == Place(at(30), waits[0].started_at, waits[0].id)


async def test_those_still_open_are_named(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        first = await opened(t, anna.id)
        await t.save_client(replace(first.client, tier="gold"))
        talk, gone = await another(t, first, "1"), await another(t, first, "2")
        closed = await closed_at(t, gone, 3)
        message_id = await t.newest_message(talk.id)
        open_ = talk.wait
        assert open_
    async with store.read() as t:
        (shown,) = await t.shown_waits([open_.id, closed.id, 77])
        assert await t.shown_waits([closed.id]) == ()
    client = talk.client
    talked = Talk(talk.id, talk.channel_id, client.id, client.name, "gold", anna.id)
    assert shown == ShownWait(
        open_.id,
        talked,
        message_id,
        open_.started_at,
        open_.due_at,
        (Stretch(STUDIO, open_.started_at),),
    )
    assert open_.due_at == open_.started_at + timedelta(hours=1)
