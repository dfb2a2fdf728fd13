"""More alerts than a person can read become one message, which stays true (rules 22, 23)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import alerting, showing_alerts
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.flow import escalate, reply
from inbox.jobs import Queue
from inbox.model import Absence, Outcome
from inbox.policies import Policies
from inbox.ports import Alert, AlertState, RaisedAlert
from inbox.sla import Policy, Recipient, Rung
from inbox.worker import work_once
from tests.fakes import failures
from tests.inbox.conftest import Studio

FLOOD = SendDeferred(Fault.RATE_LIMITED, "later", retry_after=timedelta(seconds=0.1))
BLOCKED = SendRejected(Fault.BLOCKED, "blocked")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerting, "GATHERING", 0.0)
    monkeypatch.setattr(showing_alerts, "LOOK_AGAIN", 0.05)


async def ask(studio: Studio, count: int, *, name: str = "c") -> list[str]:
    """So many of Anna's clients ask at once; their threads."""
    threads = []
    for number in range(count):
        address = f"{name}{number}@x.test"
        await studio.client(f"Клиент {name}{number}", studio.anna, address)
        threads.append(await studio.asks(address))
    return threads


async def climb(studio: Studio, **later: float) -> None:
    studio.clock.pass_(**later)
    await escalate(studio.inbox)
    await studio.run()


async def alerts_at(studio: Studio, thread: str) -> list[RaisedAlert]:
    wait = (await studio.conversation(thread)).wait
    assert wait is not None
    async with studio.inbox.store.begin() as t:
        return list(await t.alerts_of_wait(wait.id))


def names(alerts: tuple[Alert, ...]) -> list[str]:
    return [one.card.conversation.client.name for one in alerts]


async def test_rule_22_up_to_five_alerts_in_a_minute_come_singly(studio: Studio) -> None:
    await ask(studio, 5)
    await climb(studio, minutes=46)
    assert len(studio.desk.alerts) == 5
    assert studio.desk.gathered == []


async def test_rule_22_more_than_five_alerts_in_a_minute_become_one_digest(
    studio: Studio,
) -> None:
    threads = await ask(studio, 7)
    await climb(studio, minutes=46)
    assert studio.desk.alerts == []
    ((alerts, to, before),) = studio.desk.gathered
    assert (to.name, before) == ("Анна", None)
    assert names(alerts) == [f"Клиент c{number}" for number in range(7)]
    (raised,) = await alerts_at(studio, threads[0])
    assert raised.state is AlertState.SHOWN
    assert raised.digest_id is not None


async def test_rule_22_what_comes_within_the_minute_is_added_to_the_digest(
    studio: Studio,
) -> None:
    await ask(studio, 6)
    studio.clock.pass_(seconds=30)
    await ask(studio, 1, name="d")
    studio.clock.pass_(seconds=40)
    await ask(studio, 1, name="e")
    await climb(studio, minutes=44)  # 45 minutes and 10 seconds after the first
    await climb(studio, seconds=20)
    first, second = studio.desk.gathered
    assert first[2] is None
    assert (len(first[0]), len(second[0])) == (6, 7)
    assert second[2] is not None, "the same message is edited"
    await climb(studio, seconds=41)
    ((alert, _),) = studio.desk.alerts
    assert alert.card.conversation.client.name == "Клиент e0", "a new minute has begun"


async def test_rule_22_of_more_than_five_in_a_minute_the_first_may_have_come_singly(
    studio: Studio,
) -> None:
    await ask(studio, 4)
    studio.clock.pass_(seconds=30)
    await ask(studio, 2, name="d")
    await climb(studio, minutes=44, seconds=30)
    await climb(studio, seconds=30)
    assert len(studio.desk.alerts) == 4
    ((alerts, _, _),) = studio.desk.gathered
    assert names(alerts) == ["Клиент d0", "Клиент d1"]


async def test_rule_22_each_recipient_has_a_count_of_their_own(studio: Studio) -> None:
    policy = Policy(timedelta(hours=1), (Rung(timedelta(minutes=45), Recipient.HEAD),))
    studio.inbox = replace(studio.inbox, policies=Policies.only(policy))
    await ask(studio, 4)
    for number in range(4):
        await studio.asks(f"n{number}@x.test")
    await climb(studio, minutes=46)
    assert [(to.name, len(alerts)) for alerts, to, _ in studio.desk.gathered] == [("Глава", 8)]


async def test_rule_23_a_digest_says_which_of_its_waits_were_answered(studio: Studio) -> None:
    threads = await ask(studio, 6)
    await climb(studio, minutes=46)
    await reply(studio.inbox, studio.draft(await studio.conversation(threads[2]), studio.boris))
    await studio.run()
    alerts, to, before = studio.desk.gathered[-1]
    assert (len(studio.desk.gathered), to.name) == (2, "Анна")
    assert before is not None
    closed = [one for one in alerts if one.wait.closing is not None]
    assert names(tuple(closed)) == ["Клиент c2"]
    (one,) = closed
    assert one.wait.closing is not None
    assert one.wait.closing.outcome is Outcome.ANSWERED
    assert one.card.closed_by is not None
    assert (one.card.closed_by.name, one.elapsed) == ("Борис", timedelta(minutes=46))


async def test_a_digest_that_cannot_be_redrawn_holds_nothing_up(studio: Studio) -> None:
    threads = await ask(studio, 6)
    await climb(studio, minutes=46)
    studio.desk.refuse[studio.anna.id, "show_alerts"] = failures(BLOCKED)
    await reply(studio.inbox, studio.draft(await studio.conversation(threads[0]), studio.anna))
    await studio.run()
    assert len(studio.desk.gathered) == 1
    assert studio.desk.told == []


async def test_what_was_answered_meanwhile_is_not_in_the_digest(studio: Studio) -> None:
    threads = await ask(studio, 6)
    studio.clock.pass_(minutes=46)
    await escalate(studio.inbox)
    await reply(studio.inbox, studio.draft(await studio.conversation(threads[0]), studio.anna))
    await work_once(studio.inbox, Queue.OUT)
    await studio.run()
    assert len(studio.desk.gathered[0][0]) == 5


async def test_nothing_is_shown_where_all_were_answered_meanwhile(studio: Studio) -> None:
    threads = await ask(studio, 6)
    studio.clock.pass_(minutes=46)
    await escalate(studio.inbox)
    for number, thread in enumerate(threads):
        conversation = await studio.conversation(thread)
        await reply(studio.inbox, studio.draft(conversation, studio.anna, f"k{number}"))
    while await work_once(studio.inbox, Queue.OUT):
        pass
    await studio.run()
    assert (studio.desk.gathered, studio.desk.alerts) == ([], [])


async def test_of_who_blocked_the_bot_the_heads_get_the_digest_and_admins_one_word(
    studio: Studio,
) -> None:
    threads = await ask(studio, 6)
    studio.desk.refuse[studio.anna.id, "show_alerts"] = failures(BLOCKED)
    await climb(studio, minutes=46)
    ((alerts, to, _),) = studio.desk.gathered
    assert (to.name, len(alerts)) == ("Глава", 6)
    assert [notice for notice, _, _ in studio.desk.told] == ["unreachable"]
    states = [one.state for one in await alerts_at(studio, threads[0])]
    assert states == [AlertState.FAILED, AlertState.SHOWN]


async def test_who_is_away_by_now_has_a_digest_where_the_deputy_reads(studio: Studio) -> None:
    await ask(studio, 6)
    studio.clock.pass_(minutes=46)
    await escalate(studio.inbox)
    now = studio.clock.now()
    async with studio.inbox.store.begin() as t:
        absence = Absence(studio.anna.id, now, now + timedelta(days=1), studio.boris.id)
        await t.add_absence(absence)
    await studio.run()
    assert [(to.name, len(one)) for one, to, _ in studio.desk.gathered] == [("Борис", 6)]


async def test_alerts_that_an_outage_held_up_come_as_a_digest(studio: Studio) -> None:
    for name in "pq":  # two minutes, each with few
        await ask(studio, 4, name=name)
        studio.clock.pass_(minutes=2)
    studio.desk.refuse[studio.anna.id] = failures(*[FLOOD] * 3)
    await climb(studio, minutes=41, seconds=10)
    await climb(studio, minutes=2)
    studio.clock.pass_(minutes=2)
    for _ in range(4):
        await studio.later()
    assert studio.desk.alerts == []
    ((alerts, _, _),) = studio.desk.gathered
    assert len(alerts) == 8


async def test_a_digest_that_may_have_come_before_says_so(studio: Studio) -> None:
    await ask(studio, 6)
    studio.desk.refuse[studio.anna.id, "show_alerts"] = failures(SendUncertain(Fault.NO_ANSWER))
    await climb(studio, minutes=46)
    await studio.later(2.1)
    ((alerts, _, before),) = studio.desk.gathered
    assert before is None
    assert [one.card.repeated for one in alerts] == [True] * 6


async def test_few_alerts_that_an_outage_held_up_come_singly(studio: Studio) -> None:
    await ask(studio, 2)
    studio.desk.refuse[studio.anna.id] = failures(FLOOD)
    await climb(studio, minutes=46)
    studio.clock.pass_(minutes=2)
    await studio.later()
    assert len(studio.desk.alerts) == 2


@pytest.mark.parametrize("any_time", [False, True])
async def test_a_digest_held_up_beyond_closing_time_waits_for_the_morning(
    studio: Studio, *, any_time: bool
) -> None:
    rungs = [
        Rung(timedelta(minutes=45), Recipient.MANAGER, any_time=one) for one in (any_time, False)
    ]
    policy = Policy(timedelta(hours=1), tuple(rungs))
    studio.inbox = replace(studio.inbox, policies=Policies.only(policy))
    studio.clock.pass_(hours=7)  # 17:00
    await ask(studio, 6)
    studio.desk.refuse[studio.anna.id] = failures(FLOOD)
    await climb(studio, minutes=46)
    studio.clock.pass_(hours=4)
    await studio.later()
    await studio.later()
    assert [len(one) for one, _, _ in studio.desk.gathered] == [6] * any_time
    studio.clock.pass_(hours=11, minutes=14)  # 09:00
    await studio.later()
    alerts, _, before = studio.desk.gathered[-1]
    assert before is None
    assert len(studio.desk.gathered) == 1 + any_time
    assert {one.late for one in alerts} == {True}
