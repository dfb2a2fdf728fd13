"""Alerts that Telegram does not take go by mail, once, and never at night."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from inbox import mailing_alerts, showing_alerts
from inbox.actions import dismiss
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.flow import escalate
from inbox.jobs import Queue
from inbox.mailing_alerts import mail_unreached
from inbox.model import Conversation, OutboundMessage, Receipt
from inbox.ports import AlertState, RaisedAlert
from inbox.worker import work_once
from tests.fakes import RecordingConnector, failures
from tests.inbox.conftest import Studio

DOWN = SendDeferred(Fault.UNREACHABLE, "down", retry_after=timedelta(seconds=0.1))
BLOCKED = SendRejected(Fault.BLOCKED, "blocked")
REFUSED = SendRejected(Fault.REFUSED, "no")


@dataclass
class ChannelThat(RecordingConnector):
    """What a test says happens when it sends."""

    acts: Callable[[OutboundMessage], Awaitable[Receipt]] | None = None

    async def send(self, message: OutboundMessage) -> Receipt:
        assert self.acts is not None
        return await self.acts(message)


@pytest.fixture
async def reachable(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """Anna has an address, and there is a mailbox for alerts."""
    monkeypatch.setattr(showing_alerts, "LOOK_AGAIN", 0.05)
    monkeypatch.setattr(mailing_alerts, "pause", lambda error, tries: 0.05)
    studio.inbox = replace(studio.inbox, alert_channel="email:info")
    studio.anna = replace(studio.anna, email="anna@studio.test")
    async with studio.inbox.store.begin() as t:
        await t.save_manager(studio.anna)
    await studio.client("Ромашка", studio.anna, "a@x.test")
    return studio


async def asked(studio: Studio) -> Conversation:
    return await studio.conversation(await studio.asks("a@x.test"))


async def climb(studio: Studio, **later: float) -> None:
    studio.clock.pass_(**later)
    await escalate(studio.inbox)
    await studio.run()


async def tick(studio: Studio, **later: float) -> None:
    studio.clock.pass_(**later)
    await mail_unreached(studio.inbox)
    await studio.later()


async def of_anna(studio: Studio, conversation: Conversation) -> RaisedAlert:
    assert conversation.wait is not None
    async with studio.inbox.store.begin() as t:
        raised = await t.alert_for(conversation.wait.id, 0, studio.anna.id, in_round=0)
    assert raised is not None
    return raised


def told(studio: Studio) -> list[str]:
    return [to.name for _, to in studio.desk.alerts]


def notices(studio: Studio) -> list[str]:
    return [notice for notice, _, _ in studio.desk.told]


class TestBlocked:
    async def test_who_blocked_the_bot_gets_mail_and_the_heads_hear_too(
        self, reachable: Studio
    ) -> None:
        studio = reachable
        conversation = await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        await climb(studio, minutes=46)
        (mail,) = studio.channel.sent
        raised = await of_anna(studio, conversation)
        assert (mail.key, mail.channel_id) == (f"alert:{raised.id}", "email:info")
        assert (mail.recipient.kind, mail.recipient.address) == ("email", "anna@studio.test")
        assert (mail.subject, mail.automatic) == ("blocked: Ромашка", "auto-generated")
        assert mail.text == "Анна: 0:46:00"
        assert told(studio) == ["Глава"]
        assert notices(studio) == ["unreachable"]
        assert (raised.state, raised.told_at) == (AlertState.MAILED, studio.clock.now())

    async def test_administrators_are_told_of_it_once_a_day(self, reachable: Studio) -> None:
        studio = reachable
        studio.desk.refuse[studio.anna.id, "alert"] = failures(*[BLOCKED] * 3)
        for _ in range(2):
            await asked(studio)
        await climb(studio, minutes=46)
        assert len(studio.channel.sent) == 2
        assert notices(studio) == ["unreachable"]

    async def test_a_mail_that_is_refused_too_is_told(self, reachable: Studio) -> None:
        studio = reachable
        conversation = await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        studio.channel.failures = failures(REFUSED)
        await climb(studio, minutes=46)
        assert (await of_anna(studio, conversation)).state is AlertState.FAILED
        told_of = [(notice, fields) for notice, fields, _ in studio.desk.told]
        fields = {"name": "Анна", "reason": "refused: no"}
        assert ("alert_not_mailed", fields) in told_of

    async def test_a_mailbox_that_is_gone_is_told(self, reachable: Studio) -> None:
        studio = reachable
        studio.inbox = replace(studio.inbox, alert_channel="email:gone")
        conversation = await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        await climb(studio, minutes=46)
        assert (await of_anna(studio, conversation)).state is AlertState.FAILED
        assert "alert_not_mailed" in notices(studio)

    async def test_an_uncertain_mail_is_not_repeated(self, reachable: Studio) -> None:
        studio = reachable
        conversation = await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        studio.channel.failures = failures(SendUncertain(Fault.NO_ANSWER))
        await climb(studio, minutes=46)
        await tick(studio, minutes=6)
        assert len(studio.channel.sent) == 1
        assert (await of_anna(studio, conversation)).state is AlertState.MAILED
        assert "alert_not_mailed" in notices(studio)

    async def test_a_mail_that_must_wait_goes_later(self, reachable: Studio) -> None:
        studio = reachable
        conversation = await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        studio.channel.failures = failures(DOWN, None)
        await climb(studio, minutes=46)
        assert (await of_anna(studio, conversation)).state is AlertState.QUEUED
        await studio.later()
        assert (await of_anna(studio, conversation)).state is AlertState.MAILED
        assert {one.key for one in studio.channel.sent} == {studio.channel.sent[0].key}

    async def test_a_mail_that_must_wait_ends_with_the_wait(self, reachable: Studio) -> None:
        studio = reachable
        conversation = await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        studio.channel.failures = failures(DOWN)
        await climb(studio, minutes=46)
        await dismiss(studio.inbox, conversation.id, studio.head)
        await studio.later()
        assert len(studio.channel.sent) == 1
        assert (await of_anna(studio, conversation)).state is AlertState.CANCELLED


class TestOutage:
    async def test_after_five_minutes_it_goes_by_mail_and_not_to_the_desk_any_more(
        self, reachable: Studio
    ) -> None:
        studio = reachable
        conversation = await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(DOWN, DOWN, DOWN)
        await climb(studio, minutes=46)
        await tick(studio, minutes=5)
        assert studio.channel.sent == []
        await tick(studio, seconds=1)
        assert [one.subject for one in studio.channel.sent] == ["outage: Ромашка"]
        for _ in range(4):  # the desk is there again
            await tick(studio, minutes=1)
        assert (len(studio.channel.sent), told(studio)) == (1, [])
        assert (await of_anna(studio, conversation)).state is AlertState.MAILED

    async def test_a_refused_mail_leaves_it_to_the_desk(self, reachable: Studio) -> None:
        studio = reachable
        conversation = await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(DOWN, DOWN)
        studio.channel.failures = failures(REFUSED)
        await climb(studio, minutes=46)
        await tick(studio, minutes=6)
        for _ in range(3):
            await tick(studio)
        assert len(studio.channel.sent) == 1
        assert told(studio) == ["Анна"]
        assert (await of_anna(studio, conversation)).state is AlertState.SHOWN
        assert "alert_not_mailed" in notices(studio)

    async def test_whose_address_is_not_known_waits_for_the_desk(self, reachable: Studio) -> None:
        studio = reachable
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.anna, email=None))
        conversation = await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(*[DOWN] * 2)
        await climb(studio, minutes=46)
        await tick(studio, minutes=6)
        assert studio.channel.sent == []
        for _ in range(2):
            await tick(studio)
        assert (await of_anna(studio, conversation)).state is AlertState.SHOWN

    async def test_without_a_mailbox_for_alerts_nothing_is_mailed(self, reachable: Studio) -> None:
        studio = reachable
        studio.inbox = replace(studio.inbox, alert_channel=None)
        await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(*[DOWN] * 2)
        await climb(studio, minutes=46)
        await tick(studio, minutes=6)
        assert studio.channel.sent == []

    async def test_at_night_nothing_is_mailed_and_in_the_morning_the_desk_comes_first(
        self, reachable: Studio
    ) -> None:
        studio = reachable
        studio.clock.pass_(hours=7)  # 17:00
        conversation = await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(*[DOWN] * 9)
        await climb(studio, minutes=46)
        await tick(studio, hours=3)
        await tick(studio, hours=12, minutes=18)  # 09:04
        assert studio.channel.sent == []
        await tick(studio, minutes=1)
        assert len(studio.channel.sent) == 1
        assert (await of_anna(studio, conversation)).state is AlertState.MAILED

    async def test_a_mail_held_up_beyond_closing_time_waits_for_the_morning(
        self, reachable: Studio
    ) -> None:
        studio = reachable
        studio.clock.pass_(hours=7)  # 17:00
        await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        studio.channel.failures = failures(DOWN)
        await climb(studio, minutes=46)
        studio.clock.pass_(hours=3)
        await studio.later()
        await studio.later()
        assert len(studio.channel.sent) == 1
        studio.clock.pass_(hours=12, minutes=15)  # 09:01
        await studio.later()
        assert len(studio.channel.sent) == 2

    async def test_one_that_the_desk_took_meanwhile_is_not_mailed(self, reachable: Studio) -> None:
        studio = reachable
        await asked(studio)
        studio.desk.refuse[studio.anna.id] = failures(DOWN)
        await climb(studio, minutes=46)
        studio.clock.pass_(minutes=6)
        await mail_unreached(studio.inbox)
        studio.channel.failures = failures(DOWN)
        await studio.later()
        await studio.later()
        assert told(studio) == ["Анна"]
        assert len(studio.channel.sent) == 1, "the first try, which was put off"


async def test_refused_after_the_desk_had_passed_it_over_it_is_the_desks_again(
    reachable: Studio,
) -> None:
    studio = reachable
    conversation = await asked(studio)
    studio.desk.refuse[studio.anna.id] = failures(DOWN)
    await climb(studio, minutes=46)
    studio.clock.pass_(minutes=6)
    await mail_unreached(studio.inbox)

    async def the_desk_is_back(message: OutboundMessage) -> Receipt:
        await studio.later()
        raise REFUSED

    channel = ChannelThat(studio.clock, acts=the_desk_is_back)
    studio.inbox = replace(studio.inbox, connectors={channel.channel.id: channel})
    assert await work_once(studio.inbox, Queue.OUT)
    await studio.run()
    assert told(studio) == ["Анна"]
    assert (await of_anna(studio, conversation)).state is AlertState.SHOWN


async def test_killed_while_it_was_sent_it_is_told_and_not_repeated(reachable: Studio) -> None:
    studio = reachable
    conversation = await asked(studio)
    studio.desk.refuse[studio.anna.id] = failures(DOWN)
    await climb(studio, minutes=46)
    studio.clock.pass_(minutes=6)
    await mail_unreached(studio.inbox)
    under_way = replace(await of_anna(studio, conversation), state=AlertState.MAILED)
    async with studio.inbox.store.begin() as t:
        await t.save_alert(under_way)
    await studio.later()
    assert (studio.channel.sent, told(studio)) == ([], [])
    assert notices(studio) == ["alert_not_mailed"]
    assert (await of_anna(studio, conversation)).told_at == studio.clock.now()
