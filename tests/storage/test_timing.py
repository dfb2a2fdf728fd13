"""The contract of the store over both databases: entered days, absences, promises, waits."""

import asyncio
from dataclasses import replace
from datetime import date, time

import pytest

from inbox.calendars import STUDIO, SpecialDay, Stretch
from inbox.errors import NoSuchRow
from inbox.model import Absence, Client, Nature, Outcome, WaitKind
from inbox.records import CardState, DeskLink, DeskRef, Purpose, Shown
from storage.store import SqlStore
from tests.storage.values import (
    HOURS,
    LENA,
    T0,
    another,
    asked,
    at,
    card_link,
    closed_at,
    manager,
    message,
    opened,
    promised,
)


async def test_days_that_were_entered_replace_each_other(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        shifts = ((time(9), time(13)), (time(22, 30), time(2)))
        day = SpecialDay(STUDIO, date(2026, 5, 9), shifts, "Суббота", anna.id, T0)
        closed = replace(day, day=date(2026, 3, 3), shifts=(), name="", by_id=None)
        own = replace(day, calendar="omsk")
        assert await t.special_days() == ()
        for one in (day, own, closed):
            await t.save_special_day(one)
        assert await t.special_days() == (own, closed, day)
        shorter = replace(day, shifts=(), name="Праздник", by_id=None, at=at(5))
        await t.save_special_day(shorter)
        assert await t.special_days() == (own, closed, shorter)
        assert await t.drop_special_day(STUDIO, day.day)
        assert not await t.drop_special_day(STUDIO, day.day)
        assert await t.special_days() == (own, closed)


async def test_members_come_with_the_absences_that_were_not_given_back(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager(calendar="omsk", email="anna@studio.test"))
        boris = await t.save_manager(manager("Борис", 2))
        assert await t.staff() == (anna, boris)
        later = await t.add_absence(Absence(anna.id, at(60), at(90), boris.id, boris.id))
        sooner = await t.add_absence(Absence(anna.id, at(0), at(30)))
        assert later.id
        away = replace(anna, absences=(sooner, later))
        assert await t.staff() == (away, boris)
        assert away.away(at(10)) == sooner
        await t.save_absence(replace(sooner, until=at(20), given_back=True))
        moved = replace(later, deputy_id=None, until=at(80))
        await t.save_absence(moved)
        assert await t.staff() == (replace(anna, absences=(moved,)), boris)
        changed = replace(anna, calendar=None, email="a@studio.test")
        await t.save_manager(changed)
        assert await t.staff() == (replace(changed, absences=(moved,)), boris)
        with pytest.raises(NoSuchRow):
            await t.save_absence(replace(later, id=10_000))


async def test_a_client_keeps_calendar_and_tier(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        named = replace(conversation.client, calendar="omsk", tier="gold")
        await t.save_client(named)
        assert await t.clients() == ((named, (LENA,)),)
        assert (await t.conversation(conversation.id)).client == named
        assert await t.contact_of([LENA]) == (named, conversation.contact)
        plain = Client(named.id, "Лютик")
        await t.save_client(plain)
        assert await t.clients() == ((plain, (LENA,)),)


async def test_a_wait_keeps_all_that_is_known_of_it(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, _ = await asked(t, await opened(t, anna.id), message())
        assert conversation.wait
        wait = replace(conversation.wait, policy="gold").swapped("omsk", at(7))
        wait = wait.taken_on(at(9), HOURS)
        assert (wait.round, wait.ladder_from) == (1, at(9))
        await t.save_wait(wait)
        assert await t.wait(wait.id) == (replace(conversation, wait=wait), wait)
        by_hand = replace(wait, policy="silver")
        await t.save(replace(conversation, wait=by_hand))
    async with store.begin() as t:
        found = await t.conversation(conversation.id)
        assert found.wait == by_hand
        ended, closed = found.ended(Outcome.PHONED, anna.id, at(10), HOURS)
        assert closed
        assert closed.closing
        closed = replace(closed, closing=replace(closed.closing, note="Договорились"))
        await t.save_wait(closed)
        await t.save(ended)
        assert await t.wait(wait.id) == (ended, closed)
        again = closed.reopened(at(11), HOURS)
        await t.save_wait(again)
        assert await t.wait(wait.id) == (replace(ended, wait=again), again)


async def test_an_answer_by_telephone_is_an_answer(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, message_id = await asked(t, await opened(t), message())
        ended, closed = conversation.ended(Outcome.PHONED, anna.id, at(1), HOURS)
        assert closed
        await t.save_wait(closed)
        await t.save(ended)
        assert (await t.card(message_id)).state is CardState.ANSWERED


async def test_promises_stand_beside_the_wait(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, message_id = await asked(t, await opened(t, anna.id), message())
        wait = conversation.wait
        late = await t.add_promise(conversation.id, promised(30))
        soon = await t.add_promise(conversation.id, promised(20))
        assert soon.id
        assert await t.promises(conversation.id) == (soon, late)
        assert (await t.card(message_id)).promises == (soon, late)
        assert await t.conversation(conversation.id) == conversation
        assert await t.waiting(None, 9) == await t.waiting(anna.id, 9) == (conversation,)
        assert (await t.count_waiting(None), await t.count_waiting(anna.id)) == (1, 1)
        assert await t.wait(soon.id) == (conversation, soon)
        assert await t.next_rung_at() == at(20)
        assert await t.due_waits(at(45), 9) == (
            (conversation, soon),
            (conversation, late),
            (conversation, wait),
        )
        kept = soon.closed(Outcome.KEPT, at(19), anna.id, HOURS)
        await t.save_wait(kept)
        await closed_at(t, conversation, 5)
        alone = await t.conversation(conversation.id)
        assert await t.promises(conversation.id) == (late,)
        assert await t.due_waits(at(45), 9) == ((alone, late),)
        assert alone.wait is None
        assert await t.waiting(None, 9) == ()
        assert await t.count_waiting(None) == 0
        assert await t.wait(soon.id) == (alone, kept)
        assert kept.closing
        assert kept.closing.within_target


async def test_a_new_wait_takes_no_message_of_a_promise_and_opens_beside_it(
    store: SqlStore,
) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        promise = await t.add_promise(conversation.id, promised(20))
        conversation, message_id = await asked(t, conversation, message())
        assert conversation.wait
        assert (await t.card(message_id)).wait == conversation.wait
        assert await t.messages_of_wait(promise.id) == ()
        assert await t.waits_in(conversation.id) == (conversation.wait, promise)


async def test_alerts_of_promises_are_redrawn(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, message_id = await asked(t, await opened(t, anna.id), message())
        card = card_link(conversation, anna, message_id, 1)
        await t.link([card])
        links: list[DeskLink] = []
        promises = [await t.add_promise(conversation.id, promised(20 + n)) for n in range(5)]
        for number, one in enumerate(promises):
            shown = Shown(DeskRef(1, anna.telegram_id, 10 + number), Purpose.ALERT)
            links.append(replace(card, shown=shown, message_id=None, wait_id=one.id, rung=0))
        await t.link(links)
        assert await t.links_to_redraw(conversation.id) == (*reversed(links), card)
        for minutes, one in enumerate((promises[4], promises[0], promises[1]), 10):
            await t.save_wait(one.closed(Outcome.KEPT, at(minutes), anna.id, HOURS))
        expected = (links[3], links[2], links[1], links[0], card)
        assert await t.links_to_redraw(conversation.id) == expected


async def test_waits_counted_by_other_versions_are_found_in_turn(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        first, _ = await asked(t, await opened(t, anna.id), message())
        promise = await t.add_promise(first.id, replace(promised(20), calendar="old"))
        others = [await another(t, first, str(number)) for number in range(2, 6)]
        versions = ("old", HOURS.version, "older", "older")
        for one, version in zip(others, versions, strict=True):
            assert one.wait
            await t.save_wait(replace(one.wait, calendar=version))
        await closed_at(t, (await t.conversation(others[3].id)), 3)
        found = await t.counted_otherwise({HOURS.version, "another"}, 0, 10)
        assert [one.id for _, one in found] == sorted(
            [promise.id, *(one.wait.id for one in (others[0], others[2]) if one.wait)]
        )
        assert found[0] == (first, promise)
        assert await t.counted_otherwise({HOURS.version}, 0, 2) == found[:2]
        assert await t.counted_otherwise({HOURS.version}, found[1][1].id, 2) == found[2:]
        assert await t.counted_otherwise({HOURS.version, "old", "older"}, 0, 10) == ()
        assert len(await t.counted_otherwise((), 0, 10)) == 5


async def test_open_waits_of_a_client_and_of_a_manager(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 2))
        first, _ = await asked(t, await opened(t, anna.id), message())
        promise = await t.add_promise(first.id, promised(20))
        second = await another(t, first, "2")
        other = await t.add_client("Лютик", boris.id)
        contact = await t.add_contact(other.id, "")
        third = await t.open_conversation("telegram", other, contact, LENA, None)
        third, _ = await asked(t, third, message("3"))
        await closed_at(t, await another(t, first, "4"), 1)
        mine = ((first, first.wait), (first, promise), (second, second.wait))
        assert await t.open_waits_of(client_id=first.client.id) == mine
        assert await t.open_waits_of(manager_id=anna.id) == mine
        assert await t.open_waits_of(manager_id=boris.id) == ((third, third.wait),)
        assert await t.open_waits_of(client_id=10_000) == ()
        assert await t.open_waits_of() == ()


async def test_closed_waits_of_a_time(store: SqlStore) -> None:
    async with store.begin() as t:
        first, _ = await asked(t, await opened(t), message())
        promise = await t.add_promise(first.id, promised(20))
        await t.save_wait(promise.closed(Outcome.WITHDRAWN, at(10), None, HOURS))
        one = await closed_at(t, first, 10)
        second = await another(t, first, "2")
        two = await closed_at(t, second, 30)
        await another(t, first, "3")
        answered = [await t.conversation(each.id) for each in (first, second)]
        both = ((answered[0], one), (answered[1], two))
        assert await t.closed_waits(at(0), at(60), 0, 10) == both
        assert await t.closed_waits(at(10), at(60), 0, 10) == both
        assert await t.closed_waits(at(11), at(60), 0, 10) == both[1:]
        assert await t.closed_waits(at(0), at(60), 0, 1) == both[:1]
        assert await t.closed_waits(at(0), at(60), one.id, 10) == both[1:]
        assert await t.closed_waits(at(-60), at(0), 0, 10) == ()
        assert await t.closed_waits(at(-60), at(1), 0, 10) == both


async def test_what_was_asked_after_an_instant(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, _ = await asked(t, await opened(t), message())
        _, late = await asked(t, conversation, message("2", minutes=9))
        _, soon = await asked(t, conversation, message("3", minutes=5))
        await asked(t, conversation, message("4", minutes=6, nature=Nature.AUTOMATIC))
        assert await t.asked_after(conversation.id, T0) == (
            (soon, message("3", minutes=5)),
            (late, message("2", minutes=9)),
        )
        assert await t.asked_after(conversation.id, at(9)) == ()


async def test_a_wait_of_an_earlier_version_ran_by_the_studios_calendar(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, _ = await asked(t, await opened(t), message())
        assert conversation.wait
        await t.save_wait(replace(conversation.wait, stretches=()))
        _, found = await t.wait(conversation.wait.id)
        assert found.stretches == (Stretch(STUDIO, T0),)
        assert found.kind is WaitKind.REPLY


async def test_of_two_who_look_for_due_waits_the_second_sees_what_the_first_did(
    store: SqlStore,
) -> None:
    async with store.begin() as t:
        first, _ = await asked(t, await opened(t), message())
        await t.add_promise(first.id, promised(20))
        await another(t, first, "2")
    seen: list[int] = []

    async def climb() -> None:
        async with store.begin() as t:
            due = await t.due_waits(at(50), 10)
            seen.append(len(due))
            await asyncio.sleep(0.05)
            for conversation, wait in due:
                await t.counted_otherwise((), 0, 10)
                await t.open_waits_of(client_id=conversation.client.id)
                await t.save_wait(wait.after_firing(frozenset({0}), at(50), HOURS))

    async with asyncio.timeout(10):
        await asyncio.gather(climb(), climb())
    assert sorted(seen) == [0, 3]
