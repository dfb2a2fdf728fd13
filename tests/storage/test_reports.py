"""What reports read: ended and open waits, messages, last words, changed calendars."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from inbox import auditing
from inbox.calendars import STUDIO, SpecialDay
from inbox.log_records import Deed, Entry
from inbox.model import Conversation, Handle, Nature, Outcome, Wait
from inbox.ports import Transaction
from inbox.records import Placing, ReplyState
from inbox.reports import Holding
from inbox.reports_store import Crossing, Ended, EndedPage, LastWord, Place, Said, StoredWait, Talk
from storage.store import SqlStore
from tests.storage.test_day_plans import GROWING, PEOPLE, Call, filled, gone_through
from tests.storage.values import (
    HOURS,
    another,
    asked,
    at,
    closed_at,
    draft,
    manager,
    message,
    opened,
    promised,
    raw,
)


async def every_page(
    t: Transaction, since: datetime, until: datetime, as_of: datetime, limit: int = 2
) -> list[StoredWait]:
    """All ended waits, page by page."""
    found: list[StoredWait] = []
    page = EndedPage((), None)
    for _ in range(50):
        page = await t.ended_waits(since, until, as_of, page.next, limit)
        found += page.waits
        if page.next is None:
            return found
    raise AssertionError("the pages have no end")


def talk_of(one: Conversation) -> Talk:
    client = one.client
    return Talk(
        *(one.id, one.channel_id, client.id, client.name, client.tier or "", one.assignee_id)
    )


def reported(one: Wait | None) -> Wait:
    """Without what no report needs."""
    assert one is not None
    return replace(one, ladder=(), next_rung_at=None)


async def test_ended_waits_in_the_order_of_their_end_with_what_a_line_needs(
    store: SqlStore,
) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        first = await opened(t, anna.id)
        client = replace(first.client, tier="gold")
        await t.save_client(client)
        first = await t.conversation(first.id)
        talks = [await another(t, first, f"{number}") for number in range(5)]
        messages = [await t.newest_message(one.id) for one in talks]
        ends = (30, 10, 20, 10, 500)
        waits = [await closed_at(t, one, end) for one, end in zip(talks, ends, strict=True)]
    async with store.begin() as t:
        for limit in (1, 2, 3, 5, 6):
            found = await every_page(t, at(10), at(31), at(31), limit)
            assert [one.wait.id for one in found] == [
                waits[number].id for number in (1, 3, 2, 0, 4)
            ]
        one = found[0]
        assert one == StoredWait(reported(waits[1]), talk_of(talks[1]), messages[1], None)
        assert one.talk.tier == "gold"
        # What ended later counts only where it had begun before it was looked at.
        assert [one.wait.id for one in await every_page(t, at(11), at(30), at(0))] == [waits[2].id]
        assert await every_page(t, at(501), at(600), at(600)) == []


async def test_what_goes_on_by_conversation(store: SqlStore) -> None:
    async with store.begin() as t:
        first = await opened(t)
        talks = [await another(t, first, f"{number}") for number in range(4)]
        await closed_at(t, talks[1], 3)
        await t.add_promise(talks[1].id, promised(20))
    async with store.begin() as t:
        found = await t.waits_going_on(at(1), 0, 2)
        assert [one.talk.conversation_id for one in found] == [talks[0].id, talks[2].id]
        assert [one.wait for one in found] == [reported(talks[n].wait) for n in (0, 2)]
        rest = await t.waits_going_on(at(1), talks[2].id, 2)
        assert [one.talk.conversation_id for one in rest] == [talks[3].id]
        assert await t.waits_going_on(at(0), 0, 9) == ()


async def test_who_got_it_last_before_it_ended(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 6))
        talk = await another(t, await opened(t, anna.id), "1")
        for minutes, who in ((5, anna), (9, boris), (40, anna)):
            await auditing.assigned(t, talk, talk.wait, (None, who), at=at(minutes), by_id=None)
        assert talk.wait
        await auditing.taken_on(t, talk, talk.wait, (anna, boris), at(20))
        (going_on,) = await t.waits_going_on(at(60), 0, 9)
        assert going_on.got == Holding(anna.id, at(40))
        await closed_at(t, talk, 30)
        (ended,) = await every_page(t, at(0), at(60), at(60))
        assert ended.got == Holding(boris.id, at(20))
        assert await t.answers_moved(at(0), at(31)) == (ended,)
        assert await t.answers_moved(at(0), at(30)) == ()


async def test_times_and_crossings(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        first = await opened(t, anna.id)
        talks = [await another(t, first, f"{number}") for number in range(4)]
        ids = [(await closed_at(t, talks[0], 30)).id, (await closed_at(t, talks[1], 90)).id]
        for talk, outcome in ((talks[2], Outcome.DISMISSED), (talks[3], "closed_unanswered")):
            ended, closed = talk.ended(Outcome(outcome), anna.id, at(100), HOURS)
            assert closed
            ids.append(closed.id)
            await t.save_wait(closed)
            await t.save(ended)
        await t.save_wait(
            (await t.add_promise(first.id, promised(20))).closed(
                Outcome.KEPT, at(40), anna.id, HOURS
            )
        )
    async with store.begin() as t:
        assert sorted(await t.ended_times(at(30), at(101)), key=lambda one: one.business) == [
            Ended(ids[0], anna.id, anna.id, True, True, True, 1800.0),
            Ended(ids[1], anna.id, anna.id, True, True, False, 5400.0),
            Ended(ids[3], anna.id, anna.id, False, True, False, 6000.0),
        ]
        assert await t.ended_times(at(31), at(90)) == ()
        assert set(await t.crossings(at(0), at(101), at(60))) == {
            Crossing(anna.id, at(60), at(end)) for end in (30, 90, 100)
        }
        assert await t.crossings(at(0), at(101), at(0)) == ()
        assert await t.promises_ended(at(0), at(41)) == ((anna.id, 1),)
        assert await t.promises_ended(at(41), at(60)) == ()


async def test_an_answer_stands_for_who_wrote_it_else_for_who_held_it(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 6))
        first = await opened(t, anna.id)
        talks = [await another(t, first, f"{number}") for number in range(3)]
        for talk, minutes in zip(talks, (30, 31, 32), strict=True):
            await closed_at(t, talk, minutes)
        waits = await every_page(t, at(0), at(60), at(60))
        for one, by_id, held in ((waits[0], boris.id, False), (waits[1], None, True)):
            assert one.wait.closing is not None
            closing = replace(one.wait.closing, by_id=by_id)
            changed = replace(one.wait, closing=closing)
            await t.save_wait(changed.held(boris.id) if held else changed)
    async with store.begin() as t:
        found = await t.ended_times(at(0), at(60))
        assert [one.manager_id for one in sorted(found, key=lambda one: one.business)] == [
            boris.id,
            boris.id,
            anna.id,
        ]
        assert await t.answers_moved(at(0), at(60)) == ()


async def test_messages_in_the_order_of_sending(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        talk = await opened(t, anna.id)
        natures = [Nature.PERSON, Nature.THANKS, Nature.AUTOMATIC, Nature.OWN]
        ids = []
        for number, nature in enumerate(natures):
            _, id_ = await asked(t, talk, message(f"{number}", minutes=number, nature=nature))
            ids.append(id_)
        (raw_id,) = await t.keep("email:two", [raw("copy")])
        assert raw_id is not None
        copy = message("copy", channel_id="email:two", minutes=9)
        ids.append(await t.add_message(talk, copy, raw_id, Placing(counted_on=ids[0])))
    async with store.begin() as t:
        page = await t.said(at(0), at(9.5), None, 3)
        assert page == tuple(
            Said(id_, at(number), nature, False, talk_of(talk))
            for number, (id_, nature) in enumerate(zip(ids, natures[:3], strict=False))
        )
        rest = await t.said(at(0), at(9.5), (page[-1].sent_at, page[-1].id), 3)
        assert [(one.id, one.nature, one.copy) for one in rest] == [
            (ids[3], Nature.OWN, False),
            (ids[4], Nature.PERSON, True),
        ]
        assert await t.said(at(1), at(3), None, 9) == page[1:]
        assert await t.count_said(at(0), at(9.5)) == ((anna.id, 2),)
        assert await t.count_said(at(1), at(9.5)) == ((anna.id, 1),)
        assert await t.count_said(at(10), at(11)) == ()


async def test_who_was_known_before(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        asked_first = await another(t, await opened(t, anna.id), "1")
        others = []
        for number in range(3):
            client = await t.add_client(f"Другой {number}", anna.id)
            contact = await t.add_contact(client.id, "Он")
            handle = Handle("telegram", f"5{number}")
            await t.add_handles(contact.id, (handle,))
            others.append(await t.open_conversation("telegram", client, contact, handle, None))
        answered, machine, _ = others
        reply = draft(answered.id, anna.id, state=ReplyState.SENT, sent_at=at(5))
        await t.add_reply(reply)
        await asked(t, machine, message("2", nature=Nature.AUTOMATIC))
        everybody = [asked_first.client.id, *(one.client.id for one in others)]
        known = {asked_first.client.id, answered.client.id}
        assert await t.known_before(everybody, at(6)) == known
        assert await t.known_before(everybody, at(5)) == {asked_first.client.id}
        assert await t.known_before(everybody, at(0)) == frozenset()
        assert await t.known_before([], at(6)) == frozenset()


class TestLastWords:
    async def test_of_both_sides_over_all_conversations(self, store: SqlStore) -> None:
        async with store.begin() as t:
            anna = await t.save_manager(manager())
            first = await opened(t, anna.id)
            one = await another(t, first, "1")
            await closed_at(t, one, 7)
            await asked(t, await another(t, first, "2"), message("3", minutes=5))
            client = first.client
            last = LastWord(client.id, client.name, anna.id, at(7))
            assert await t.last_words(at(8), 0, 9) == ((last,), None)
            quiet = await t.add_client("Никто", None)
            # One page ends behind the first two clients, though there may be no third.
            assert await t.last_words(at(8), 0, 2) == ((last,), quiet.id)
            assert await t.last_words(at(8), quiet.id, 2) == ((), None)
            assert await t.last_words(at(6), 0, 1) == ((replace(last, at=at(5)),), client.id)

    async def test_what_came_later_or_from_no_person_is_not_it(self, store: SqlStore) -> None:
        async with store.begin() as t:
            anna = await t.save_manager(manager())
            talk = await another(t, await opened(t, anna.id), "1")
            reply = draft(talk.id, anna.id, state=ReplyState.SENT, sent_at=at(3))
            await t.add_reply(reply)
            await t.add_reply(replace(reply, key="2", sent_at=at(4), state=ReplyState.REJECTED))
            await closed_at(t, talk, 3)
            talk = await t.conversation(talk.id)
            talk, _ = await asked(t, talk, message("2", minutes=9, nature=Nature.AUTOMATIC))

            async def last(minutes: float) -> datetime | None:
                words, _ = await t.last_words(at(minutes), 0, 9)
                return words[0].at if words else None

            assert await last(20) == at(3)
            assert await last(3) == at(0)
            talk = await t.save(replace(talk, answered_at=at(15)))
            assert await last(20) == at(15)
            assert await last(14) == at(3)
            await asked(t, talk, message("3", minutes=12, nature=Nature.OWN))
            assert await last(14) == at(12)
            assert await last(0) is None

    async def test_words_in_other_programs_count(self, store: SqlStore) -> None:
        async with store.begin() as t:
            talk = await opened(t)
            await asked(t, talk, message("1", minutes=12, nature=Nature.OWN))
            talk = await t.conversation(talk.id)
            await t.save(replace(talk, answered_at=at(30)))
            ((last,), _) = await t.last_words(at(20), 0, 9)
            assert last.at == at(12)


LATE = Place(at(-9), at(-9), 0)
ASKED: dict[str, Call] = {
    "ended_waits": lambda t: t.ended_waits(at(0), at(60), at(60), LATE, 10),
    "waits_going_on": lambda t: t.waits_going_on(at(60), 0, 10),
    "ended_times": lambda t: t.ended_times(at(0), at(60)),
    "answers_moved": lambda t: t.answers_moved(at(0), at(60)),
    "crossings": lambda t: t.crossings(at(0), at(60), at(30)),
    "promises_ended": lambda t: t.promises_ended(at(0), at(60)),
    "said": lambda t: t.said(at(0), at(60), (at(0), 1), 10),
    "count_said": lambda t: t.count_said(at(0), at(60)),
    "known_before": lambda t: t.known_before([1], at(60)),
    "last_words": lambda t: t.last_words(at(60), 0, 10),
    "calendar_changes": lambda t: t.calendar_changes(at(0)),
}


@pytest.mark.parametrize("name", ASKED)
async def test_nothing_goes_through_whole_tables(store: SqlStore, name: str) -> None:
    await filled(store)
    assert await gone_through(store, ASKED[name]) & {*GROWING, *PEOPLE, "audit"} == set()


async def test_changes_of_calendars(store: SqlStore) -> None:
    day = SpecialDay(STUDIO, date(2026, 3, 9), ((time(9), time(13)),), "Короткий", None, at(5))
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        await auditing.calendar_changed(t, None, day, at(5), anna.id)
        await auditing.calendar_changed(t, day, None, at(7), None)
        await t.log([Entry(at(6), Deed.AWAY)])
    async with store.begin() as t:
        first, second = await t.calendar_changes(at(5))
        assert (first.entry.before, first.entry.after) == (
            "",
            "studio 2026-03-09 09:00-13:00 Короткий",
        )
        assert (first.by, second.by, second.entry.at) == ("Анна", "", at(7))
        assert await t.calendar_changes(at(6)) == (second,)
