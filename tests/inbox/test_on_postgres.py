"""The clock's flow over PostgreSQL: what is told over SQLite elsewhere, and who waits for whom."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import alerting, showing_alerts
from inbox.actions import hand_over
from inbox.changing import withdraw
from inbox.flow import escalate
from inbox.jobs import Queue
from inbox.model import Conversation
from inbox.ports import AlertState
from inbox.recounting import set_day
from inbox.worker import work_once
from storage.store import open_store
from tests.inbox import (
    test_absences,
    test_alerting,
    test_alerts_on_the_way,
    test_changing,
    test_changing_hands,
    test_collisions,
    test_holding,
    test_mailing_alerts,
    test_promises,
    test_recounting,
    test_settling,
    test_taking_back,
    test_withdrawing,
)
from tests.inbox import test_digests_of_alerts as digests
from tests.inbox.conftest import Studio
from tests.inbox.looking import msk, with_calendars
from tests.inbox.writing import written

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
chat = test_changing.chat


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


class TestAnswering(test_collisions.TestAnswering):
    pass


class TestAlreadyAnswered(test_collisions.TestAlreadyAnswered):
    pass


class TestChangedAfter(test_changing.TestAfter):
    pass


class TestChangedWhileSent(test_changing.TestWhileItIsSent):
    pass


class TestTakenBackWhileSent(test_taking_back.TestWhileItIsSent):
    pass


class TestMoved(test_settling.TestMoved):
    pass


class TestLink(test_settling.TestLink):
    pass


test_undo = test_withdrawing.test_of_undo_and_sending_one_wins
test_stopped = test_withdrawing.test_what_is_withdrawn_never_goes_out_and_what_follows_does
test_delayed = test_withdrawing.test_a_mail_waits_so_long_and_says_until_when
test_deleted = test_taking_back.test_it_is_gone_at_the_client_and_the_wait_goes_on
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


async def test_of_undo_here_and_sending_there_one_wins(studio: Studio, database: str) -> None:
    other = await another_process(studio, database)
    for number in range(12):
        talk = await studio.conversation(await studio.asks(f"{number}@x.test"))
        saved = await written(studio, talk, studio.anna, f"k{number}", desk_ref=None)
        withdrawn, _ = await asyncio.gather(
            withdraw(studio.inbox, saved.id, studio.anna), work_once(other.inbox, Queue.OUT)
        )
        await studio.run()
        assert withdrawn == (saved.key not in [one.key for one in studio.channel.sent])
    await other.inbox.store.close()


async def test_no_card_is_forgotten_while_a_list_is_shown(studio: Studio, database: str) -> None:
    other = await another_process(studio, database)
    people = ("a@x.test", "b@x.test", "c@x.test")
    await studio.client("Ромашка", studio.anna, *people)
    for number in range(36):
        await studio.hears(people[number % 3], f"{number}")
    for turn in range(40):
        # Now it is too far behind, now lists are shown while others are gathered.
        studio.desk.waits = {studio.anna.id: 30.01 if turn % 2 else 10.0}
        await asyncio.gather(
            work_once(studio.inbox, Queue.IN, 3), work_once(other.inbox, Queue.DESK)
        )
    studio.desk.waits = {}
    await studio.later(0.3)
    await other.inbox.store.close()
    seen = [card.message.text for cards, _ in studio.desk.bursts for card in cards]
    assert len(seen) > 6
    seen += [card.message.text for card, _, _ in studio.desk.cards]
    assert sorted(seen, key=int) == [f"{number}" for number in range(36)]
