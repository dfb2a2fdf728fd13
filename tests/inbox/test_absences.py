"""Members who are away: who sees what is open meanwhile, and that it is given back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inbox.absences import MOST_CARDS, change_over, come_back, go_away
from inbox.errors import BadAbsence, Fault, SendRejected
from inbox.flow import escalate, reply
from inbox.model import Absence, Manager, Role
from inbox.ports import Deed
from tests.inbox.conftest import Studio
from tests.inbox.looking import logged, msk, saved


async def away(
    studio: Studio,
    who: Manager,
    since: datetime,
    until: datetime,
    deputy: Manager | None = None,
) -> Absence:
    return await go_away(studio.inbox, who, since, until, deputy=deputy, by=studio.head)


@pytest.fixture
async def threads(studio: Studio) -> list[str]:
    """Two questions of Anna's clients, of 10:00 and 10:05 on Monday; it is 10:10."""
    await studio.client("Ромашка", studio.anna, "a@x.test")
    await studio.client("Зерно", studio.anna, "b@x.test")
    first = await studio.asks("a@x.test")
    studio.clock.pass_(minutes=5)
    second = await studio.asks("b@x.test")
    studio.clock.pass_(minutes=5)
    return [first, second]


async def at(studio: Studio, instant: datetime) -> list[tuple[str, str]]:
    """What is shown by the changes of this instant: client and to whom."""
    shown = len(studio.desk.cards)
    studio.clock.at = instant
    await change_over(studio.inbox)
    await studio.run()
    return [(card.conversation.client.name, to.name) for card, to, _ in studio.desk.cards[shown:]]


def notes(studio: Studio) -> list[tuple[str, str, str, str]]:
    """Kind, text, author and reader of each."""
    return [
        (words.kind, words.text, words.author.name if words.author else "", to.name)
        for _, words, to in studio.desk.notes
    ]


class TestWhatIsRefused:
    async def refused(
        self,
        studio: Studio,
        since: datetime,
        until: datetime,
        deputy: Manager | None = None,
        who: Manager | None = None,
    ) -> str:
        with pytest.raises(BadAbsence) as caught:
            await away(studio, who or studio.anna, since, until, deputy)
        return caught.value.reason

    async def test_times(self, studio: Studio) -> None:
        year = timedelta(days=367)
        assert await self.refused(studio, msk(24, 9), msk(24, 9)) == "order"
        assert await self.refused(studio, msk(20, 9), msk(23, 10)) == "past"
        assert await self.refused(studio, msk(24, 9), msk(24, 9) + year) == "too_far"
        assert await self.refused(studio, msk(24, 9) + year, msk(25, 9) + year) == "too_far"

    async def test_two_at_once(self, studio: Studio) -> None:
        await away(studio, studio.anna, msk(24, 9), msk(26, 9))
        assert await self.refused(studio, msk(25, 9), msk(27, 9)) == "overlaps"
        await away(studio, studio.anna, msk(26, 9), msk(27, 9))
        await away(studio, studio.boris, msk(25, 9), msk(27, 9))

    async def test_deputies(self, studio: Studio) -> None:
        gone = await saved(studio, replace(studio.admin, active=False))
        group = await saved(studio, Manager(0, "Отдел", -100, Role.CHAT))
        times = msk(24, 9), msk(26, 9)
        assert await self.refused(studio, *times, deputy=studio.anna) == "deputy_self"
        assert await self.refused(studio, *times, deputy=gone) == "deputy_gone"
        assert await self.refused(studio, *times, deputy=Manager(99, "X", 9)) == "deputy_gone"
        assert await self.refused(studio, *times, deputy=group) == "deputy_chat"

    async def test_who_is_nobody(self, studio: Studio) -> None:
        gone = await saved(studio, replace(studio.admin, active=False))
        group = await saved(studio, Manager(0, "Отдел", -100, Role.CHAT))
        for who in (gone, group, Manager(99, "X", 9)):
            assert await self.refused(studio, msk(24, 9), msk(26, 9), who=who) == "nobody"


async def test_the_deputy_sees_what_is_open_once_and_it_is_given_back(
    studio: Studio, threads: list[str]
) -> None:
    await away(studio, studio.anna, msk(23, 10, 15), msk(23, 16), studio.boris)
    assert await at(studio, msk(23, 10, 14)) == []
    assert await at(studio, msk(23, 10, 15)) == [("Ромашка", "Борис"), ("Зерно", "Борис")]
    assert notes(studio) == [("stands_in", "2", "Анна", "Борис")]
    assert [card.handed_by and card.handed_by.name for card, _, _ in studio.desk.cards[2:]] == [
        "Анна",
        "Анна",
    ]
    assert await at(studio, msk(23, 10, 16)) == []
    talk = await studio.conversation(threads[0])
    await reply(studio.inbox, studio.draft(talk, studio.boris))
    assert await at(studio, msk(23, 15, 59)) == []
    assert await at(studio, msk(23, 16)) == [("Зерно", "Анна")]
    assert notes(studio)[1:] == [("given_back", "1", "Борис", "Анна")]
    assert await at(studio, msk(23, 16, 1)) == []
    assert (await studio.conversation(threads[1])).assignee_id == studio.anna.id


async def test_two_processes_do_it_once(studio: Studio, threads: list[str]) -> None:
    await away(studio, studio.anna, msk(23, 10), msk(23, 16), studio.boris)
    await asyncio.gather(change_over(studio.inbox), change_over(studio.inbox))
    await studio.run()
    assert len(studio.desk.notes) == 1
    assert len(studio.desk.cards) == 2 + len(threads)


async def test_a_message_meanwhile_is_the_deputys_and_the_client_stays_the_members(
    studio: Studio, threads: list[str]
) -> None:
    await away(studio, studio.anna, msk(23, 10), msk(23, 16), studio.boris)
    thread = await studio.asks("a@x.test", "О другом")
    card, to, _ = studio.desk.cards[-1]
    assert (to.id, card.holder and card.holder.id) == (studio.boris.id, studio.anna.id)
    assert (await studio.conversation(thread)).assignee_id == studio.anna.id


async def test_a_chain_hands_on_and_back(studio: Studio, threads: list[str]) -> None:
    await studio.client("Вега", studio.boris, "c@x.test")
    await studio.asks("c@x.test")
    vera = await saved(studio, Manager(0, "Вера", 110))
    await away(studio, studio.anna, msk(23, 11), msk(23, 17), studio.boris)
    await away(studio, studio.boris, msk(23, 12), msk(23, 15), vera)
    both = ["Ромашка", "Зерно"]
    assert await at(studio, msk(23, 11)) == [(one, "Борис") for one in both]
    assert await at(studio, msk(23, 12)) == [(one, "Вера") for one in [*both, "Вега"]]
    assert await at(studio, msk(23, 15)) == [(one, "Борис") for one in [*both, "Вега"]]
    assert await at(studio, msk(23, 17)) == [(one, "Анна") for one in both]
    assert [(kind, author, reader) for kind, _, author, reader in notes(studio)] == [
        ("stands_in", "Анна", "Борис"),
        ("stands_in", "Анна", "Вера"),
        ("stands_in", "Борис", "Вера"),
        ("stands_in", "Анна", "Борис"),
        ("given_back", "Вера", "Борис"),
        ("given_back", "Борис", "Анна"),
    ]


async def test_without_a_deputy_it_is_the_heads(studio: Studio, threads: list[str]) -> None:
    await away(studio, studio.anna, msk(23, 11), msk(23, 17))
    assert await at(studio, msk(23, 11)) == [("Ромашка", "Глава"), ("Зерно", "Глава")]


async def test_the_usual_deputy_stands_in(studio: Studio, threads: list[str]) -> None:
    await saved(studio, replace(studio.anna, deputy_id=studio.boris.id))
    await away(studio, studio.anna, msk(23, 11), msk(23, 17))
    assert await at(studio, msk(23, 11)) == [("Ромашка", "Борис"), ("Зерно", "Борис")]


async def test_one_absence_after_another_gives_nothing_back_between(
    studio: Studio, threads: list[str]
) -> None:
    await away(studio, studio.anna, msk(23, 11), msk(23, 14), studio.boris)
    await away(studio, studio.anna, msk(23, 14), msk(23, 17), studio.boris)
    assert await at(studio, msk(23, 11)) == [("Ромашка", "Борис"), ("Зерно", "Борис")]
    assert await at(studio, msk(23, 14)) == []
    assert await at(studio, msk(23, 17)) == [("Ромашка", "Анна"), ("Зерно", "Анна")]


async def test_what_a_down_time_swallowed_is_given_back_all_the_same(
    studio: Studio, threads: list[str]
) -> None:
    await away(studio, studio.anna, msk(23, 11), msk(23, 14), studio.boris)
    assert await at(studio, msk(24, 9)) == [("Ромашка", "Анна"), ("Зерно", "Анна")]


async def test_who_stands_in_hears_of_it_where_nothing_is_open_too(studio: Studio) -> None:
    studio.desk.refuse[studio.boris.id, "tell"] = [None, SendRejected(Fault.BLOCKED, "blocked")]
    for hour in (10, 12):
        await away(studio, studio.anna, msk(23, hour), msk(23, hour + 1), studio.boris)
        assert await at(studio, msk(23, hour)) == []
        assert await at(studio, msk(23, hour, 30)) == []
        assert await at(studio, msk(23, hour + 1)) == []
    assert not studio.desk.notes
    told = [(notice, fields, to.name) for notice, fields, to in studio.desk.told]
    assert told == [("stands_in", {"name": "Анна", "number": "0"}, "Борис")]


async def test_the_most_urgent_are_shown_and_all_are_counted(studio: Studio) -> None:
    for number in range(MOST_CARDS + 2):
        await studio.client(f"К{number}", studio.anna, f"k{number}@x.test")
        await studio.hears(f"k{number}@x.test", "Вопрос")
        studio.clock.pass_(seconds=1)
    await studio.run()
    await away(studio, studio.anna, msk(23, 11), msk(23, 14), studio.boris)
    shown = await at(studio, msk(23, 11))
    assert shown == [(f"К{number}", "Борис") for number in range(MOST_CARDS)]
    assert notes(studio) == [("stands_in", str(MOST_CARDS + 2), "Анна", "Борис")]


class TestComingBack:
    async def test_early(self, studio: Studio, threads: list[str]) -> None:
        await away(studio, studio.anna, msk(23, 10), msk(27, 18), studio.boris)
        await at(studio, msk(23, 10, 30))
        studio.clock.at = msk(23, 10, 40)
        ended = await come_back(studio.inbox, studio.anna, studio.anna)
        assert ended is not None
        assert (ended.since, ended.until) == (msk(23, 10), msk(23, 10, 40))
        assert await at(studio, msk(23, 10, 41)) == [("Ромашка", "Анна"), ("Зерно", "Анна")]
        studio.clock.at = msk(23, 10, 45)
        await escalate(studio.inbox)
        await studio.run()
        assert {to.name for _, to in studio.desk.alerts} == {"Анна"}

    async def test_the_next_one_is_called_off(self, studio: Studio, threads: list[str]) -> None:
        await away(studio, studio.anna, msk(24, 9), msk(25, 9), studio.boris)
        await come_back(studio.inbox, studio.anna, studio.head)
        assert await at(studio, msk(24, 10)) == []
        assert await come_back(studio.inbox, studio.anna, studio.head) is None
        assert await at(studio, msk(25, 10)) == []
        assert not studio.desk.notes

    async def test_who_was_never_away(self, studio: Studio) -> None:
        assert await come_back(studio.inbox, studio.anna, studio.anna) is None
        assert await come_back(studio.inbox, Manager(99, "X", 9), studio.anna) is None

    async def test_it_is_logged(self, studio: Studio) -> None:
        await away(studio, studio.anna, msk(24, 9), msk(25, 9), studio.boris)
        await come_back(studio.inbox, studio.anna, studio.anna)
        lines = await logged(studio, Deed.AWAY, Deed.BACK)
        said = [(one.by, one.manager, one.entry.before, one.entry.after) for one in lines]
        times = "2026-11-24T06:00:00Z 2026-11-25T06:00:00Z"
        assert said == [
            ("Глава", "Анна", "", f"{times} Борис"),
            ("Анна", "Анна", "2026-11-25T06:00:00Z", ""),
        ]


async def test_a_deputy_who_left_is_no_ones(studio: Studio, threads: Sequence[str]) -> None:
    await away(studio, studio.anna, msk(23, 11), msk(23, 17), studio.boris)
    await saved(studio, replace(studio.boris, active=False))
    assert await at(studio, msk(23, 11)) == [("Ромашка", "Глава"), ("Зерно", "Глава")]
