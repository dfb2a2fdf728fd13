"""The desk's server is down for longer than any number of tries: nothing is buried for that."""

import pytest

from inbox import queueing
from inbox.errors import Fault, SendUncertain
from inbox.flow import escalate
from inbox.queueing import MOST_COUNTED
from inbox.worker import ENOUGH
from tests.fakes import failures
from tests.inbox.conftest import Studio

BAD_GATEWAY = SendUncertain(Fault.NO_ANSWER, "502")
LONG = [BAD_GATEWAY] * 30


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "pause", lambda error, tries: 0.0)


async def test_a_card_is_shown_after_it_and_says_that_it_may_be_the_second(
    studio: Studio,
) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    studio.desk.refuse[studio.anna.id] = failures(*LONG)
    await studio.asks("a@x.test")
    assert [card.repeated for card, _, _ in studio.desk.cards] == [True]
    assert studio.desk.told == []


async def test_an_alert_is_raised_after_it(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    await studio.asks("a@x.test")
    studio.desk.refuse[studio.anna.id] = failures(*LONG)
    studio.clock.pass_(minutes=46)
    await escalate(studio.inbox)
    await studio.run()
    assert [to.name for _, to in studio.desk.alerts] == ["Анна"]
    assert studio.desk.told == []


async def test_cards_tell_the_truth_after_it(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    studio.desk.refuse[studio.anna.id, "redraw"] = failures(*LONG)
    await _refresh(studio, conversation.id)
    assert len(studio.desk.redrawn) == 1


async def _refresh(studio: Studio, conversation_id: int) -> None:
    async with studio.inbox.store.begin() as t:
        await queueing.refresh(t, conversation_id, "a test")
    await studio.run()


def test_a_job_that_is_broken_is_still_told_from_one_that_waits() -> None:
    assert MOST_COUNTED < ENOUGH
