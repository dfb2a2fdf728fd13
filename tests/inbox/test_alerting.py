"""Alerts by the rules (15 to 21), through the flow, the clock set by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from inbox import alerting, flow, showing_alerts
from inbox.actions import dismiss, hand_over
from inbox.business_hours import BusinessHours
from inbox.calendars import Calendars
from inbox.errors import Fault, SendDeferred, SendRejected
from inbox.flow import escalate, reply
from inbox.jobs import Queue, RaiseAlert
from inbox.model import Absence, Manager, Role, Wait
from inbox.policies import Policies
from inbox.ports import AlertState, Deed, RaisedAlert
from inbox.sla import Policy, Recipient, Rung
from tests.fakes import failures
from tests.inbox.conftest import MOSCOW, WORKDAY, Studio

MINUTES_45, HOUR = timedelta(minutes=45), timedelta(hours=1)
FLOOD = SendDeferred(Fault.RATE_LIMITED, "later", retry_after=timedelta(seconds=0.1))


def told(studio: Studio) -> list[str]:
    return [to.name for _, to in studio.desk.alerts]


async def climb(studio: Studio, **later: float) -> None:
    studio.clock.pass_(**later)
    await escalate(studio.inbox)
    await studio.run()


async def alerts_of(studio: Studio, wait: Wait | None) -> tuple[RaisedAlert, ...]:
    assert wait is not None
    async with studio.inbox.store.begin() as t:
        return await t.alerts_of_wait(wait.id)


def promise(studio: Studio, *ladder: Rung) -> None:
    policies = Policies.only(Policy(HOUR, ladder))
    studio.inbox = replace(studio.inbox, policies=policies)


async def is_away(studio: Studio, who: Manager, deputy: Manager | None) -> None:
    now = studio.clock.now()
    until, deputy_id = now + timedelta(days=1), deputy.id if deputy is not None else None
    async with studio.inbox.store.begin() as t:
        await t.add_absence(Absence(who.id, now, until, deputy_id))


async def test_rule_15_without_working_time_nothing_is_due_and_the_head_is_warned_once(
    studio: Studio,
) -> None:
    never = BusinessHours(MOSCOW, {})
    studio.inbox = replace(studio.inbox, calendars=Calendars.only(never))
    await studio.asks("a@x.test")
    await studio.asks("b@x.test")
    assert [(notice, to.name) for notice, _, to in studio.desk.told] == [
        ("no_working_time", "Глава")
    ]
    studio.clock.pass_(days=3)
    assert await escalate(studio.inbox) is None
    await studio.run()
    assert told(studio) == []


async def test_rule_16_a_rung_comes_once_per_wait_and_a_second_wait_alerts_too(
    studio: Studio,
) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    thread = await studio.asks("a@x.test")
    first = (await studio.conversation(thread)).wait
    await climb(studio, minutes=46)
    await climb(studio)
    assert told(studio) == ["Анна"]
    await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
    await studio.run()
    studio.clock.pass_(minutes=1)
    await studio.asks("a@x.test", "Ещё вопрос", thread=thread)
    await climb(studio, minutes=46)
    assert told(studio) == ["Анна", "Анна"]
    (raised,) = await alerts_of(studio, first)
    assert (raised.state, raised.told_at, raised.late) == (
        AlertState.SHOWN,
        raised.raised_at,
        False,
    )
    assert raised.instant == raised.raised_at - timedelta(minutes=1)


async def test_rule_16_the_wait_is_looked_at_again_just_before_sending(studio: Studio) -> None:
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    studio.clock.pass_(minutes=46)
    await escalate(studio.inbox)
    await dismiss(studio.inbox, conversation.id, studio.anna)
    await studio.run()
    assert told(studio) == []
    states = {one.state for one in await alerts_of(studio, conversation.wait)}
    assert states == {AlertState.CANCELLED}


async def test_rule_17_an_alert_comes_in_open_hours_or_exactly_at_closing(
    studio: Studio,
) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    studio.clock.pass_(hours=7, minutes=15)  # 17:15
    await studio.asks("a@x.test")
    assert await escalate(studio.inbox) == studio.clock.now() + MINUTES_45
    await climb(studio, minutes=45, seconds=20)  # just closed
    assert told(studio) == ["Анна"]
    opening_and_a_quarter = datetime(2026, 11, 24, 6, 15, tzinfo=UTC)
    assert await escalate(studio.inbox) == opening_and_a_quarter


async def test_rule_17_a_rung_may_be_let_come_at_any_time(studio: Studio) -> None:
    promise(studio, Rung(MINUTES_45, Recipient.HEAD, any_time=True))
    studio.clock.pass_(hours=7)  # 17:00
    await studio.asks("a@x.test")
    await climb(studio, hours=5)  # an outage until 22:00
    ((alert, to),) = studio.desk.alerts
    assert (to, alert.late) == (studio.head, True)


async def test_rule_18_after_an_outage_only_the_highest_rung_late_at_the_opening(
    studio: Studio,
) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    studio.clock.pass_(hours=7)  # 17:00; rungs at 17:45 and 18:00
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    await climb(studio, hours=5)
    assert told(studio) == []
    assert await escalate(studio.inbox) == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    await climb(studio, hours=11)  # 09:00
    await climb(studio)
    ((alert, to),) = studio.desk.alerts
    assert (to, alert.rung, alert.late, alert.remaining) == (studio.head, 1, True, timedelta())
    async with studio.inbox.store.begin() as t:
        lines = await t.logged(wait_id=conversation.wait.id if conversation.wait else 0)
    raised = [line.entry for line in lines if line.entry.deed is Deed.ALERTED]
    assert [(one.manager_id, one.after) for one in raised] == [(to.id, "rung 2, late")]


async def test_rule_19_the_last_rung_repeats_hourly_then_each_morning(studio: Studio) -> None:
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    came: list[str] = []
    for _ in range(7):
        studio.desk.alerts.clear()
        at = await escalate(studio.inbox)
        assert at is not None
        studio.clock.at = at
        await climb(studio)
        came.append(f"{at.astimezone(MOSCOW):%a %H:%M} {','.join(sorted(told(studio)))}")
    assert came == [
        "Mon 10:45 Анна,Борис,Глава",
        "Mon 11:00 Глава",
        "Mon 12:00 Глава",
        "Mon 13:00 Глава",
        "Mon 15:00 Глава",
        "Tue 09:15 Глава",
        "Wed 09:15 Глава",
    ]
    async with studio.inbox.store.begin() as t:
        lines = await t.logged(conversation_id=conversation.id)
    names = [line.entry.after for line in lines if line.entry.deed is Deed.ALERTED]
    assert names[-6:] == ["rung 2", "repeat 1", "repeat 2", "repeat 3", "daily", "daily"]


async def test_rule_20_an_alert_of_a_round_before_is_not_shown(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    studio.clock.pass_(minutes=46)
    await escalate(studio.inbox)
    async with studio.inbox.store.begin() as t:
        _, wait = await t.wait(conversation.wait.id if conversation.wait else 0)
        taken = wait.taken_on(studio.clock.now(), studio.inbox.hours_of(wait))
        await t.save_wait(taken)
    await studio.run()
    assert told(studio) == []
    await climb(studio, minutes=60)
    assert set(told(studio)) == {"Анна", "Глава"}, "the ladder began anew"
    rounds = [(one.round, one.rung, one.state) for one in await alerts_of(studio, wait)]
    assert rounds == [
        (0, 0, AlertState.CANCELLED),
        (1, 0, AlertState.SHOWN),
        (1, 1, AlertState.SHOWN),
    ]


async def test_rule_21_the_next_rungs_go_to_the_new_holder_and_past_ones_to_nobody(
    studio: Studio,
) -> None:
    promise(studio, *(Rung(timedelta(minutes=one), Recipient.MANAGER) for one in (30, 45)))
    await studio.client("Ромашка", studio.anna, "a@x.test")
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    await climb(studio, minutes=31)
    await hand_over(studio.inbox, conversation.id, studio.boris, studio.anna)
    await climb(studio)
    assert told(studio) == ["Анна"]
    await climb(studio, minutes=15)
    assert told(studio) == ["Анна", "Борис"]


class TestRecipient:
    """Who went away, left, or cannot be reached between the raising and the showing."""

    async def test_who_is_away_by_now_is_told_by_who_stands_in(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        studio.clock.pass_(minutes=46)
        await escalate(studio.inbox)
        await is_away(studio, studio.anna, studio.boris)
        await studio.run()
        ((alert, to),) = studio.desk.alerts
        assert (to.name, alert.card.holder and alert.card.holder.name) == ("Борис", "Анна")
        assert alert.card.stand_in is not None
        assert alert.card.stand_in.name == "Борис"
        raised = await alerts_of(studio, conversation.wait)
        assert [one.state for one in raised] == [AlertState.CANCELLED, AlertState.SHOWN]

    async def test_who_left_by_now_is_followed_by_everybody(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        await studio.asks("a@x.test")
        studio.clock.pass_(minutes=46)
        await escalate(studio.inbox)
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.anna, active=False))
        await studio.run()
        assert sorted(told(studio)) == ["Борис", "Глава"]

    async def test_a_head_alone_and_away_hears_it_all_the_same(self, studio: Studio) -> None:
        promise(studio, Rung(MINUTES_45, Recipient.HEAD))
        await studio.asks("a@x.test")
        await is_away(studio, studio.head, None)
        await climb(studio, minutes=46)
        assert told(studio) == ["Глава"]

    async def test_of_a_chat_that_put_the_bot_out_the_heads_hear(self, studio: Studio) -> None:
        promise(studio, Rung(MINUTES_45, Recipient.CHAT))
        async with studio.inbox.store.begin() as t:
            chat = await t.save_manager(Manager(0, "Просрочки", -100, Role.CHAT))
        studio.desk.refuse[chat.id] = failures(SendRejected(Fault.BLOCKED, "kicked"))
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        await climb(studio, minutes=46)
        assert told(studio) == ["Глава"]
        raised = await alerts_of(studio, conversation.wait)
        assert [one.state for one in raised] == [AlertState.FAILED, AlertState.SHOWN]


class TestFaults:
    async def test_killed_between_raising_and_showing_it_comes_once(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        studio.clock.pass_(minutes=46)
        await escalate(studio.inbox)
        claimed = await studio.inbox.store.claim(Queue.DESK, 16)
        assert [type(one.job) for one in claimed.claims] == [RaiseAlert]
        await studio.inbox.store.release_abandoned()
        await climb(studio)
        assert told(studio) == ["Анна"]
        assert len(await alerts_of(studio, conversation.wait)) == 1

    async def test_a_job_of_an_alert_that_was_shown_shows_nothing(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        await climb(studio, minutes=46)
        assert conversation.wait is not None
        async with studio.inbox.store.begin() as t:
            job = RaiseAlert(conversation.wait.id, 0, studio.anna.id)
            await t.put(job, key="again", lane="again")
        await studio.run()
        assert told(studio) == ["Анна"]

    async def test_a_job_that_the_version_before_queued_is_shown_once(
        self, studio: Studio
    ) -> None:
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        assert conversation.wait is not None
        async with studio.inbox.store.begin() as t:
            for number in range(2):
                job = RaiseAlert(conversation.wait.id, 0, studio.anna.id)
                await t.put(job, key=f"old {number}", lane="old")
        await studio.run()
        assert told(studio) == ["Анна"]
        assert len(await alerts_of(studio, conversation.wait)) == 1

    async def test_a_rung_found_passed_again_is_not_told_again(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        await climb(studio, minutes=46)
        async with studio.inbox.store.begin() as t:
            _, wait = await t.wait(conversation.wait.id if conversation.wait else 0)
            unfired = replace(wait, fired=frozenset(), next_rung_at=studio.clock.now())
            await t.save_wait(unfired)
        await climb(studio)
        assert told(studio) == ["Анна"]


async def test_more_waits_than_one_transaction_takes_are_all_climbed(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerting, "AT_ONCE", 2)
    monkeypatch.setattr(flow, "AT_ONCE", 2)
    await studio.client("Ромашка", studio.anna, "a@x.test")
    for number in range(5):
        await studio.asks("a@x.test", f"Вопрос {number}")
    await climb(studio, minutes=46)
    assert told(studio) == ["Анна"] * 5


async def test_an_alert_kept_for_the_morning_of_a_calendar_that_ends_is_looked_at_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing_alerts, "LOOK_AGAIN", 0.05)
    monday = studio.clock.now().date()
    days: dict[date, Sequence[tuple[time, time]]] = {monday: WORKDAY}
    ends = BusinessHours(MOSCOW, {}, dates=days)
    studio.inbox = replace(studio.inbox, calendars=Calendars.only(ends))
    await studio.client("Ромашка", studio.anna, "a@x.test")
    studio.clock.pass_(hours=7)
    await studio.asks("a@x.test")
    studio.desk.refuse[studio.anna.id] = failures(FLOOD)
    await climb(studio, minutes=45)
    studio.clock.pass_(hours=2)
    await studio.later()
    await studio.later()
    assert told(studio) == []
