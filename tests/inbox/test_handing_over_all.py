"""All of a member's clients go to another, and back within a minute."""

import asyncio
import json
from dataclasses import replace

import pytest

from inbox.absences import MOST_CARDS, go_away
from inbox.actions import hand_over
from inbox.errors import Fault, SendRejected
from inbox.flow import escalate
from inbox.handing_over_all import (
    BATCH,
    CHUNK,
    hand_over_all,
    hand_over_client,
    take_client,
    undo,
)
from inbox.model import Manager, Role
from inbox.ports import Deed
from tests.fakes import failures
from tests.inbox.conftest import Studio
from tests.inbox.looking import held_by, logged, msk, open_wait, saved


async def clients(studio: Studio, number: int, *, first: int = 1) -> None:
    """So many clients of Anna's who never wrote."""
    async with studio.inbox.store.begin() as t:
        for one in range(first, first + number):
            await t.add_client(f"Клиент {one:03}", studio.anna.id)


async def given(studio: Studio, to: Manager, key: str = "q1") -> list[int]:
    progress = hand_over_all(studio.inbox, studio.anna, to, studio.head, key)
    return [one async for one in progress]


async def held(studio: Studio, by: Manager) -> list[str]:
    async with studio.inbox.store.begin() as t:
        found = [await t.client(one) for one in await t.clients_held_by(by.id)]
    return [one.name for one in found if one is not None]


def told(studio: Studio) -> list[tuple[str, dict[str, str], str]]:
    return [(notice, fields, to.name) for notice, fields, to in studio.desk.told]


@pytest.fixture
async def threads(studio: Studio) -> list[str]:
    """Anna's clients: one who waits since 10:00, one who was answered, one who never wrote."""
    await studio.client("Ромашка", studio.anna, "a@x.test")
    await studio.client("Зерно", studio.anna, "b@x.test")
    await clients(studio, 1)
    return [await studio.asks("a@x.test"), await studio.asks("b@x.test", "automatic")]


class TestGiving:
    async def test_all_of_them_with_what_is_open(self, studio: Studio, threads: list[str]) -> None:
        cards = len(studio.desk.cards)
        assert await given(studio, studio.boris) == [3]
        await studio.run()
        assert await held(studio, studio.anna) == []
        assert await held(studio, studio.boris) == ["Зерно", "Клиент 001", "Ромашка"]
        for thread in threads:
            assert (await studio.conversation(thread)).assignee_id == studio.boris.id
        shown = [
            (card.conversation.client.name, to.name, card.handed_by and card.handed_by.name)
            for card, to, _ in studio.desk.cards[cards:]
        ]
        assert shown == [("Ромашка", "Борис", "Глава")], "only who waits"
        fields = {"name": "Анна", "clients": "3", "waiting": "1"}
        assert told(studio) == [("handed_all", fields, "Борис")]

    async def test_whoever_held_it_when_it_was_due_stays_charged(
        self, studio: Studio, threads: list[str]
    ) -> None:
        studio.clock.pass_(hours=2)
        await given(studio, studio.boris)
        wait = await open_wait(studio, threads[0])
        assert await held_by(studio, wait) == studio.anna.id

    async def test_alerts_go_to_the_new_holder(self, studio: Studio, threads: list[str]) -> None:
        await given(studio, studio.boris)
        studio.clock.pass_(minutes=45)
        await escalate(studio.inbox)
        await studio.run()
        assert [to.name for _, to in studio.desk.alerts] == ["Борис"]

    async def test_each_is_logged(self, studio: Studio, threads: list[str]) -> None:
        await given(studio, studio.boris)
        lines = await logged(studio, Deed.ASSIGNED)
        assert sorted((one.client, one.by) for one in lines) == [
            ("", "Глава"),
            ("Зерно", "Глава"),
            ("Ромашка", "Глава"),
        ]
        assert {(one.entry.before, one.entry.after) for one in lines} == {("Анна", "Борис")}

    async def test_with_progress(self, studio: Studio) -> None:
        await clients(studio, 2 * BATCH + 1)
        assert await given(studio, studio.boris) == [BATCH, 2 * BATCH, 2 * BATCH + 1]
        assert await given(studio, studio.boris) == [2 * BATCH + 1], "the same press again"
        await studio.run()
        assert len(studio.desk.told) == 1

    async def test_it_goes_on_where_it_was_killed(self, studio: Studio) -> None:
        await clients(studio, 2 * BATCH)
        progress = hand_over_all(studio.inbox, studio.anna, studio.boris, studio.head, "q1")
        assert await anext(progress) == BATCH
        await progress.aclose()
        assert len(await held(studio, studio.anna)) == BATCH
        assert await given(studio, studio.boris) == [2 * BATCH]
        await studio.run()
        assert told(studio)[0][1]["clients"] == str(2 * BATCH)
        assert await undo(studio.inbox, "q1", studio.head) == 2 * BATCH

    async def test_the_same_press_twice_at_once_is_one(self, studio: Studio) -> None:
        await clients(studio, CHUNK + BATCH)
        first = hand_over_all(studio.inbox, studio.anna, studio.boris, studio.head, "q1")
        assert await anext(first) == BATCH
        second = asyncio.gather(given(studio, studio.boris), given(studio, studio.boris))
        ends = [one[-1] for one in await second]
        assert [*ends, [one async for one in first][-1]] == [CHUNK + BATCH] * 3
        await studio.run()
        assert [notice for notice, _, _ in told(studio)] == ["handed_all"]
        assert await undo(studio.inbox, "q1", studio.head) == CHUNK + BATCH

    async def test_who_was_given_away_meanwhile_is_left_alone(self, studio: Studio) -> None:
        await studio.client("Аист", studio.anna, "a@x.test")
        await clients(studio, BATCH)
        await studio.client("Ястреб", studio.anna, "b@x.test")
        talk = await studio.conversation(await studio.asks("b@x.test"))
        progress = hand_over_all(studio.inbox, studio.anna, studio.boris, studio.head, "q1")
        await anext(progress)
        await hand_over(studio.inbox, talk.id, studio.admin, studio.head)
        assert [one async for one in progress] == [BATCH + 1]
        assert await held(studio, studio.admin) == ["Ястреб"]

    async def test_the_most_urgent_are_shown_first_and_not_too_many(self, studio: Studio) -> None:
        names = [f"c{number:02}" for number in range(MOST_CARDS + 2)]
        for number, name in enumerate(reversed(names)):
            await studio.client(name, studio.anna, f"{name}@x.test")
            studio.clock.at = msk(23, 10, number)
            await studio.asks(f"{name}@x.test")
        cards = len(studio.desk.cards)
        await given(studio, studio.boris)
        await studio.run()
        shown = [card.conversation.client.name for card, _, _ in studio.desk.cards[cards:]]
        assert shown == list(reversed(names))[:MOST_CARDS]
        assert told(studio)[0][1]["waiting"] == str(MOST_CARDS + 2)

    async def test_who_stands_in_for_the_new_holder_sees_the_cards(
        self, studio: Studio, threads: list[str]
    ) -> None:
        boris, head = studio.boris, studio.head
        await go_away(studio.inbox, boris, msk(23, 9), msk(24, 18), deputy=head, by=head)
        cards = len(studio.desk.cards)
        await given(studio, boris)
        await studio.run()
        assert [to.name for _, to, _ in studio.desk.cards[cards:]] == ["Глава"]
        assert [to for _, _, to in told(studio)] == ["Борис"]

    async def test_what_the_new_holder_had_before_is_not_shown_again(
        self, studio: Studio, threads: list[str]
    ) -> None:
        await studio.client("Вега", studio.boris, "v@x.test")
        await studio.asks("v@x.test")
        cards = len(studio.desk.cards)
        await given(studio, studio.boris)
        await studio.run()
        assert len(studio.desk.cards) == cards + 1
        assert told(studio)[0][1]["waiting"] == "1"

    async def test_ones_own_hands(self, studio: Studio, threads: list[str]) -> None:
        inbox, boris = studio.inbox, studio.boris
        cards = len(studio.desk.cards)
        assert [one async for one in hand_over_all(inbox, studio.anna, boris, boris, "q1")] == [3]
        await studio.run()
        assert [card.handed_by for card, _, _ in studio.desk.cards[cards:]] == [None]

    async def test_nothing_to_give(self, studio: Studio) -> None:
        assert await given(studio, studio.boris) == [0]
        await studio.run()
        assert studio.desk.told == []
        assert await undo(studio.inbox, "q1", studio.head) == 0

    async def test_nobody_to_give_to(self, studio: Studio, threads: list[str]) -> None:
        gone = await saved(studio, replace(studio.boris, active=False))
        group = await saved(studio, Manager(0, "Отдел", -100, Role.CHAT))
        for number, to in enumerate((gone, group, Manager(99, "X", 9), studio.anna)):
            assert await given(studio, to, f"q{number}") == [0]
        assert len(await held(studio, studio.anna)) == 3

    async def test_who_cannot_be_told_holds_nothing_up(
        self, studio: Studio, threads: list[str]
    ) -> None:
        refused = SendRejected(Fault.BLOCKED)
        studio.desk.refuse[studio.boris.id] = failures(refused, refused)
        assert await given(studio, studio.boris) == [3]
        await studio.run()
        assert await held(studio, studio.anna) == []


class TestUndoing:
    async def test_within_a_minute(self, studio: Studio, threads: list[str]) -> None:
        await given(studio, studio.boris)
        await studio.run()
        studio.clock.pass_(seconds=60)
        cards = len(studio.desk.cards)
        assert await undo(studio.inbox, "q1", studio.head) == 3
        await studio.run()
        assert await held(studio, studio.boris) == []
        assert await held(studio, studio.anna) == ["Зерно", "Клиент 001", "Ромашка"]
        assert len(studio.desk.cards) == cards, "what stands there is drawn again"
        drawn = studio.desk.redrawn[-1][1]
        assert drawn.holder is not None
        assert drawn.holder.name == "Анна"
        fields = {"name": "Анна", "clients": "3"}
        assert told(studio)[1:] == [("handed_all_back", fields, "Борис")]

    async def test_the_same_press_again_says_the_same(
        self, studio: Studio, threads: list[str]
    ) -> None:
        await given(studio, studio.boris)
        assert await undo(studio.inbox, "q1", studio.head) == 3
        studio.clock.pass_(hours=1)
        assert await undo(studio.inbox, "q1", studio.head) == 3
        await studio.run()
        assert [notice for notice, _, _ in told(studio)] == ["handed_all", "handed_all_back"]

    async def test_twice_at_once_both_go_on_to_the_end(
        self, studio: Studio, threads: list[str]
    ) -> None:
        await given(studio, studio.boris)
        twice = [undo(studio.inbox, "q1", studio.head) for _ in range(2)]
        assert await asyncio.gather(*twice) == [3, 3]
        await studio.run()
        assert [notice for notice, _, _ in told(studio)] == ["handed_all", "handed_all_back"]

    async def test_begun_and_interrupted_it_goes_on_however_late(
        self, studio: Studio, threads: list[str]
    ) -> None:
        await given(studio, studio.boris)
        now = studio.inbox.clock.now().isoformat()
        async with studio.inbox.store.begin() as t:
            kept = json.loads(await t.form("handing:q1") or "")
            await t.save_form("handing:q1", json.dumps({**kept, "undone_at": now}))
        studio.clock.pass_(seconds=66)
        assert await undo(studio.inbox, "q1", studio.head) == 3

    async def test_what_is_handed_over_after_it_is_no_part_of_it(
        self, studio: Studio, threads: list[str]
    ) -> None:
        await given(studio, studio.boris)
        await undo(studio.inbox, "q1", studio.head)
        await given(studio, studio.boris, key="q2")
        assert await undo(studio.inbox, "q1", studio.head) == 3, "as it was said"
        assert len(await held(studio, studio.boris)) == 3

    async def test_too_late(self, studio: Studio, threads: list[str]) -> None:
        await given(studio, studio.boris)
        studio.clock.pass_(seconds=66)
        assert await undo(studio.inbox, "q1", studio.head) == 0
        assert len(await held(studio, studio.boris)) == 3

    async def test_what_never_was(self, studio: Studio) -> None:
        assert await undo(studio.inbox, "q1", studio.head) == 0

    async def test_what_has_not_ended(self, studio: Studio) -> None:
        await clients(studio, BATCH + 1)
        progress = hand_over_all(studio.inbox, studio.anna, studio.boris, studio.head, "q1")
        await anext(progress)
        assert await undo(studio.inbox, "q1", studio.head) == 0
        await progress.aclose()

    async def test_what_went_on_stays_there(self, studio: Studio, threads: list[str]) -> None:
        await given(studio, studio.boris)
        talk = await studio.conversation(threads[0])
        await hand_over(studio.inbox, talk.id, studio.admin, studio.head)
        assert await undo(studio.inbox, "q1", studio.head) == 2
        assert await held(studio, studio.admin) == ["Ромашка"]

    async def test_who_undoes_what_was_handed_to_them_is_not_told(
        self, studio: Studio, threads: list[str]
    ) -> None:
        await given(studio, studio.head)
        await undo(studio.inbox, "q1", studio.head)
        await studio.run()
        assert [notice for notice, _, _ in told(studio)] == ["handed_all"]

    async def test_more_than_one_form_holds(self, studio: Studio) -> None:
        await clients(studio, CHUNK + 1)
        assert (await given(studio, studio.boris))[-1] == CHUNK + 1
        assert await undo(studio.inbox, "q1", studio.head) == CHUNK + 1
        assert await held(studio, studio.boris) == []


class TestOne:
    async def client_id(self, studio: Studio, name: str) -> int:
        async with studio.inbox.store.begin() as t:
            return next(one.id for one, _ in await t.clients() if one.name == name)

    async def test_whether_or_not_somebody_wrote(self, studio: Studio, threads: list[str]) -> None:
        inbox, boris, head = studio.inbox, studio.boris, studio.head
        cards = len(studio.desk.cards)
        for name in ("Ромашка", "Клиент 001"):
            number = await self.client_id(studio, name)
            assert await hand_over_client(inbox, number, boris, head, "q1")
            assert not await hand_over_client(inbox, number, boris, head, "q1")
        await studio.run()
        assert await held(studio, boris) == ["Клиент 001", "Ромашка"]
        assert [card.conversation.client.name for card, _, _ in studio.desk.cards[cards:]] == [
            "Ромашка"
        ]

    async def test_taken_from_nobody_and_from_somebody(
        self, studio: Studio, threads: list[str]
    ) -> None:
        async with studio.inbox.store.begin() as t:
            free = (await t.add_client("Вега", None)).id
        assert await take_client(studio.inbox, free, studio.boris, "q1")
        assert not await take_client(studio.inbox, free, studio.boris, "q1")
        romashka = await self.client_id(studio, "Ромашка")
        assert await take_client(studio.inbox, romashka, studio.head, "q2")
        assert await held(studio, studio.head) == ["Ромашка"]

    async def test_not_to_who_left_and_not_who_is_not(
        self, studio: Studio, threads: list[str]
    ) -> None:
        gone = await saved(studio, replace(studio.boris, active=False))
        number = await self.client_id(studio, "Зерно")
        assert not await hand_over_client(studio.inbox, number, gone, studio.head, "q1")
        assert not await take_client(studio.inbox, 10**9, studio.head, "q1")
