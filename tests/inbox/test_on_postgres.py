"""The clock's flow over PostgreSQL: what is told over SQLite elsewhere, and who waits for whom."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import alerting, showing_alerts
from inbox.actions import hand_over
from inbox.flow import escalate
from inbox.model import Conversation
from inbox.ports import AlertState
from inbox.recounting import set_day
from storage.store import open_store
from tests.inbox import (
    test_absences,
    test_alerting,
    test_alerts_on_the_way,
    test_changing_hands,
    test_holding,
    test_mailing_alerts,
    test_promises,
    test_recounting,
)
from tests.inbox import test_digests_of_alerts as digests
from tests.inbox.conftest import Studio
from tests.inbox.looking import msk, with_calendars

pytestmark = pytest.mark.real


@pytest.fixture
def database(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerting, "GATHERING", 0.0)
    monkeypatch.setattr(showing_alerts, "LOOK_AGAIN", 0.05)


@pytest.fixture
async def talk(studio: Studio) -> Conversation:
    """Anna's client asked at 10:00 on Monday."""
    with_calendars(studio)
    await studio.client("Ромашка", studio.anna, "a@x.test")
    return await studio.conversation(await studio.asks("a@x.test"))


threads = test_absences.threads
busy = test_alerts_on_the_way.busy
reachable = test_mailing_alerts.reachable


class TestHolders(test_holding.TestRule05):
    pass


class TestSwaps(test_holding.TestRule13):
    pass


class TestTakenOn(test_changing_hands.TestRule20):
    pass


class TestHandedOver(test_changing_hands.TestRule21):
    pass


class TestOnTheWay(test_alerts_on_the_way.TestRule21):
    pass


class TestTakenBack(test_alerts_on_the_way.TestAnEndTakenBack):
    pass


class TestPutBack(test_alerts_on_the_way.TestRule12):
    pass


class TestMeanwhile(test_alerts_on_the_way.TestMeanwhile):
    pass


class TestCorrected(test_recounting.TestRule12):
    pass


class TestPromised(test_promises.TestRule10):
    pass


class TestKept(test_promises.TestKeeping):
    pass


class TestBlocked(test_mailing_alerts.TestBlocked):
    pass


test_once = test_alerting.test_rule_16_a_rung_comes_once_per_wait_and_a_second_wait_alerts_too
test_late = test_alerting.test_rule_18_after_an_outage_only_the_highest_rung_late_at_the_opening
test_repeats = test_alerting.test_rule_19_the_last_rung_repeats_hourly_then_each_morning
test_digest = digests.test_rule_22_more_than_five_alerts_in_a_minute_become_one_digest
test_added = digests.test_rule_22_what_comes_within_the_minute_is_added_to_the_digest
test_drawn = digests.test_rule_23_a_digest_says_which_of_its_waits_were_answered
test_deputy = test_absences.test_the_deputy_sees_what_is_open_once_and_it_is_given_back
test_chain = test_absences.test_a_chain_hands_on_and_back


async def another_process(studio: Studio, url: str) -> Studio:
    store = await open_store(url)
    return replace(studio, inbox=replace(studio.inbox, store=store))


async def states(studio: Studio, conversation: Conversation) -> list[AlertState]:
    async with studio.inbox.store.begin() as t:
        (wait,) = await t.waits_in(conversation.id)
        return [one.state for one in await t.alerts_of_wait(wait.id)]


async def test_who_hands_over_waits_for_who_holds_another_of_the_clients(
    studio: Studio, talk: Conversation
) -> None:
    later = await studio.conversation(await studio.asks("a@x.test", "О другом"))
    async with studio.inbox.store.begin() as t:
        await t.conversation(talk.id)
        handing = asyncio.create_task(hand_over(studio.inbox, later.id, studio.boris, studio.anna))
        await asyncio.sleep(0.2)
        await t.conversation(later.id)
    await handing
    async with studio.inbox.store.begin() as t:
        assert (await t.conversation(talk.id)).assignee_id == studio.boris.id


async def test_so_does_who_files_for_a_client_whose_holder_left(
    studio: Studio, talk: Conversation
) -> None:
    thread = await studio.asks("a@x.test", "О другом")
    later = await studio.conversation(thread)
    async with studio.inbox.store.begin() as t:
        await t.save_manager(replace(studio.anna, active=False))
    channel_managers = {studio.channel.channel.id: studio.boris.name}
    studio.inbox = replace(studio.inbox, channel_managers=channel_managers)
    await studio.hears("a@x.test", "И ещё", thread=thread)
    async with studio.inbox.store.begin() as t:
        await t.conversation(talk.id)
        filing = asyncio.create_task(studio.run())
        await asyncio.sleep(0.2)
        await t.conversation(later.id)
    await filing
    async with studio.inbox.store.begin() as t:
        assert (await t.conversation(talk.id)).assignee_id == studio.boris.id


async def test_rule_16_two_processes_raise_an_alert_once(
    studio: Studio, database: str, talk: Conversation
) -> None:
    other = await another_process(studio, database)
    studio.clock.pass_(minutes=46)
    await asyncio.gather(escalate(studio.inbox), escalate(other.inbox))
    await asyncio.gather(studio.run(), other.run())
    await other.inbox.store.close()
    assert [to.name for _, to in studio.desk.alerts] == ["Анна"]
    assert await states(studio, talk) == [AlertState.SHOWN]


async def test_rule_12_two_processes_and_a_hand_over_at_once(
    studio: Studio, database: str, talk: Conversation
) -> None:
    other = await another_process(studio, database)
    for number in range(5):
        await studio.asks("a@x.test", f"Вопрос {number}")
    studio.clock.pass_(minutes=46)
    off = test_recounting.day(studio, msk(23, 10).date())
    await asyncio.gather(
        set_day(studio.inbox, off),
        hand_over(other.inbox, talk.id, studio.boris, studio.anna),
        escalate(other.inbox),
        escalate(studio.inbox),
    )
    async with studio.inbox.store.begin() as t:
        open_ = await t.open_waits_of(manager_id=studio.boris.id)
    await other.inbox.store.close()
    assert [wait.due_at for _, wait in open_] == [msk(24, 9) + timedelta(hours=1)] * 6
