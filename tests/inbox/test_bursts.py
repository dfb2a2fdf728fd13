"""Cards that come faster than a chat takes them: one list, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import bursts
from inbox.actions import take
from inbox.errors import Fault, SendDeferred, SendRejected
from inbox.flow import escalate, reply
from inbox.jobs import Queue
from inbox.model import LoadedFile, Manager
from inbox.ports import Card, CardState
from inbox.worker import work_once
from tests.inbox.conftest import Studio

LATER = SendDeferred(Fault.RATE_LIMITED, "later", retry_after=timedelta(seconds=0.1))
BLOCKED = SendRejected(Fault.BLOCKED, "blocked")


@pytest.fixture(autouse=True)
async def _annas(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test", "b@x.test")


def busy(studio: Studio, seconds: float) -> None:
    """So far Anna's chat is behind."""
    studio.desk.waits[studio.anna.id] = seconds


def texts(studio: Studio) -> list[list[str]]:
    return [[card.message.text for card in cards] for cards, _ in studio.desk.bursts]


async def waiting_cards(studio: Studio) -> int:
    async with studio.inbox.store.begin() as t:
        return len(await t.gathered(studio.anna.id, 100))


async def test_a_chat_that_is_a_little_behind_gets_its_cards(studio: Studio) -> None:
    busy(studio, 30.0)
    await studio.asks("a@x.test")
    assert len(studio.desk.cards) == 1
    assert studio.desk.bursts == []


async def test_what_would_come_too_late_comes_in_one_list(studio: Studio) -> None:
    busy(studio, 30.3)
    for number in range(5):
        await studio.asks("a@x.test", f"Вопрос {number}")
    assert studio.desk.cards == []
    assert await waiting_cards(studio) == 5
    busy(studio, 0.0)
    await studio.later(0.4)
    assert texts(studio) == [[f"Вопрос {number}" for number in range(5)]]
    assert await waiting_cards(studio) == 0
    await studio.asks("a@x.test", "Потом")
    assert [card.message.text for card, _, _ in studio.desk.cards] == ["Потом"]


async def test_a_message_that_waited_for_the_one_before_it_is_late_too(studio: Studio) -> None:
    """One client's messages come to their turn one by one: the chat is never far behind."""
    busy(studio, 20.0)
    await studio.hears("a@x.test", "в срок")
    studio.clock.pass_(seconds=10)
    await studio.run()
    await studio.hears("b@x.test", "поздно")
    studio.clock.pass_(seconds=11)
    await studio.run()
    assert [card.message.text for card, _, _ in studio.desk.cards] == ["в срок"]
    busy(studio, 0.0)
    await studio.later(0.4)
    assert texts(studio) == [["поздно"]]


async def test_a_card_that_comes_back_for_its_turn_is_shown(studio: Studio) -> None:
    busy(studio, 20.0)
    studio.desk.refuse[studio.anna.id, "show"] = [LATER]
    await studio.asks("a@x.test", "раз")
    studio.clock.pass_(seconds=20)
    await studio.later(0.15)
    assert [card.message.text for card, _, _ in studio.desk.cards] == ["раз"]
    assert await waiting_cards(studio) == 0


async def test_while_a_list_is_coming_cards_stay_in_their_order(studio: Studio) -> None:
    busy(studio, 30.3)
    await studio.asks("a@x.test", "раз")
    busy(studio, 20.0)
    await studio.hears("a@x.test", "два")
    await work_once(studio.inbox, Queue.IN)
    await studio.later(0.4)
    assert texts(studio) == [["раз", "два"]]
    assert studio.desk.cards == []


async def test_a_chat_that_is_still_behind_is_waited_for(studio: Studio) -> None:
    busy(studio, 30.1)
    await studio.asks("a@x.test")
    busy(studio, 30.2)
    await studio.later(0.15)
    assert studio.desk.bursts == []
    busy(studio, 1.0)
    await studio.later(0.25)
    assert texts(studio) == [["Вопрос"]]


async def test_a_list_has_its_length(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bursts, "AT_ONCE", 2)
    busy(studio, 30.3)
    for number in range(5):
        await studio.asks("a@x.test", f"{number}")
    busy(studio, 0.0)
    await studio.later(0.5)
    assert texts(studio) == [["0", "1"], ["2", "3"], ["4"]]


async def test_a_list_that_cannot_be_shown_now_is_shown_later(studio: Studio) -> None:
    busy(studio, 30.1)
    await studio.asks("a@x.test")
    busy(studio, 0.0)
    studio.desk.refuse[studio.anna.id, "show_burst"] = [LATER]
    await studio.later(0.15)
    assert await waiting_cards(studio) == 1
    await studio.later(0.15)
    assert texts(studio) == [["Вопрос"]]


async def test_killed_before_the_list_is_acknowledged_it_comes_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(studio, 30.1)
    await studio.asks("a@x.test")
    busy(studio, 0.0)

    class Killed(Exception):
        pass

    shown = studio.desk.show_burst

    async def killed(*given: object) -> None:
        await shown(*given)  # type: ignore[arg-type]  # as it was called
        raise Killed

    with monkeypatch.context() as m:
        m.setattr(studio.desk, "show_burst", killed)
        await studio.later(0.15)
    assert await waiting_cards(studio) == 1
    await studio.later(2.1)
    assert await waiting_cards(studio) == 0
    assert texts(studio) == [["Вопрос"], ["Вопрос"]]


@pytest.mark.parametrize("left", [False, True])
async def test_who_cannot_be_shown_it_is_no_end_of_it(studio: Studio, *, left: bool) -> None:
    busy(studio, 30.1)
    await studio.asks("a@x.test")
    busy(studio, 0.0)
    if left:
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.anna, active=False))
    studio.desk.refuse[studio.anna.id, "show_burst"] = [BLOCKED]
    await studio.later(0.15)
    assert [to.name for _, to in studio.desk.bursts] == ["Глава"]
    assert await waiting_cards(studio) == 0


async def test_a_head_who_refuses_it_is_the_last(studio: Studio) -> None:
    studio.desk.waits = {studio.anna.id: 30.1}
    await studio.asks("a@x.test")
    studio.desk.waits = {}
    studio.desk.refuse[studio.anna.id, "show_burst"] = [BLOCKED]
    studio.desk.refuse[studio.head.id, "show_burst"] = [BLOCKED]
    await studio.later(0.15)
    assert studio.desk.bursts == []
    assert not await work_once(studio.inbox, Queue.DESK)


async def test_the_list_tells_what_is_true_by_then(studio: Studio) -> None:
    busy(studio, 30.1)
    talk = await studio.conversation(await studio.asks("a@x.test"))
    await reply(studio.inbox, studio.draft(talk, studio.anna))
    busy(studio, 0.0)
    await studio.run()
    await studio.later(0.15)
    ((cards, _),) = studio.desk.bursts
    assert [card.state for card in cards] == [CardState.ANSWERED]


async def test_alerts_come_although_the_card_waits(studio: Studio) -> None:
    busy(studio, 30.1)
    await studio.asks("a@x.test")
    studio.clock.pass_(minutes=46)
    await escalate(studio.inbox)
    await studio.run()
    ((alert, to),) = studio.desk.alerts
    assert (alert.card.message.text, to) == ("Вопрос", studio.anna)


async def test_a_card_that_is_shown_again_is_gathered_again(studio: Studio) -> None:
    """One reader's chat fails meanwhile: the other's list is not forgotten."""
    studio.desk.waits = {studio.boris.id: 30.1}
    studio.desk.refuse[studio.anna.id, "show"] = [LATER]
    await studio.asks("new@x.test")
    studio.desk.waits = {}
    await studio.later(0.15)
    await studio.later(0.15)
    assert {to.name for _, to, _ in studio.desk.cards} >= {"Анна", "Глава"}
    assert [to.name for _, to in studio.desk.bursts] == ["Борис"]


async def test_where_all_see_one_place_each_gets_a_list_of_the_own(studio: Studio) -> None:
    studio.desk.shared = True
    people = (studio.anna, studio.boris, studio.head)
    studio.desk.waits = {one.id: 30.1 for one in people}
    await studio.asks("new@x.test")
    studio.desk.waits = {}
    await studio.later(0.15)
    assert {to.name for _, to in studio.desk.bursts} == {one.name for one in people}
    assert studio.desk.cards == []


async def test_nothing_gathered_shows_nothing(studio: Studio) -> None:
    busy(studio, 30.3)
    await studio.asks("a@x.test", "раз")
    await studio.asks("a@x.test", "два")
    busy(studio, 0.0)
    await studio.later(0.4)
    await studio.later(0.1)
    assert texts(studio) == [["раз", "два"]]


async def test_a_card_that_still_waits_is_gathered_once(studio: Studio) -> None:
    studio.desk.waits = {studio.boris.id: 30.3}
    studio.desk.refuse[studio.anna.id, "show"] = [LATER]
    await studio.asks("new@x.test")
    await studio.later(0.15)
    studio.desk.waits = {}
    await studio.later(0.3)
    assert [(len(cards), to.name) for cards, to in studio.desk.bursts] == [(1, "Борис")]


async def test_what_becomes_of_a_card_while_it_is_shown_is_drawn(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = studio.desk.show

    async def taken_meanwhile(card: Card, to: Manager, files: Sequence[LoadedFile]) -> object:
        await take(studio.inbox, card.conversation.id, studio.boris)
        await studio.run()
        return await shown(card, to, files)

    monkeypatch.setattr(studio.desk, "show", taken_meanwhile)
    await studio.asks("new@x.test")
    await studio.run()
    assert {card.holder for _, card, _, _ in studio.desk.redrawn} == {studio.boris}
    assert {to.name for _, _, to, _ in studio.desk.redrawn} == {"Анна", "Борис", "Глава"}


async def test_where_all_see_one_place_a_card_put_off_for_one_stands_there_once(
    studio: Studio,
) -> None:
    studio.desk.shared = True
    studio.desk.refuse[studio.anna.id, "show"] = [LATER]
    await studio.asks("new@x.test")
    await studio.later(0.15)
    assert [to for _, to, _ in studio.desk.cards] == [studio.boris]
