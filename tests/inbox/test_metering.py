"""What the flow tells a meter: once each, and only of what was committed."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from inbox.actions import dismiss, phoned
from inbox.errors import Fault, SendDeferred, SendFailed, SendRejected, SendUncertain
from inbox.flow import escalate, reply
from inbox.jobs import Queue
from inbox.model import Nature, Outcome, Receipt, Wait
from inbox.report_mailing import mail_report
from inbox.reports_made import ReportTerms
from tests.fakes import failures
from tests.inbox import delivering
from tests.inbox.conftest import Studio

FLOOD = SendDeferred(Fault.RATE_LIMITED, "later", retry_after=timedelta(seconds=0.1))
BLOCKED = SendRejected(Fault.BLOCKED, "blocked")
RESET = SendUncertain(Fault.NO_ANSWER, "reset")

making = delivering.making


@dataclass
class RecordingMeter:
    """Implements inbox.metering.Meter."""

    got: list[tuple[str, Nature]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    tries: list[tuple[str, str]] = field(default_factory=list)
    postponed: list[tuple[Queue, str]] = field(default_factory=list)
    answers: list[Wait] = field(default_factory=list)
    alerts: int = 0
    reports: list[str] = field(default_factory=list)

    def received(self, channel_id: str, nature: Nature) -> None:
        self.got.append((channel_id, nature))

    def quarantined(self, channel_id: str) -> None:
        self.unreadable.append(channel_id)

    def tried(self, channel_id: str, result: Receipt | SendFailed) -> None:
        self.tries.append((channel_id, type(result).__name__))

    def put_off(self, queue: Queue, error: SendFailed) -> None:
        self.postponed.append((queue, type(error).__name__))

    def answered(self, wait: Wait) -> None:
        self.answers.append(wait)

    def alerted(self, alerts: int) -> None:
        self.alerts += alerts

    def reported(self, way: str) -> None:
        self.reports.append(way)


@pytest.fixture
def meter(studio: Studio) -> RecordingMeter:
    found = RecordingMeter()
    studio.inbox = replace(studio.inbox, meter=found)
    return found


def here(studio: Studio) -> str:
    return studio.channel.channel.id


async def test_a_message_its_reply_and_the_time_between(
    studio: Studio, meter: RecordingMeter
) -> None:
    thread = await studio.asks("a@x.test")
    studio.clock.pass_(minutes=12)
    await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
    await studio.run()
    assert meter.got == [(here(studio), Nature.PERSON)]
    assert meter.tries == [(here(studio), "Receipt")]
    (wait,) = meter.answers
    assert wait.first
    assert wait.closing is not None
    assert wait.closing.business == timedelta(minutes=12)


async def test_a_card_that_is_tried_again_counts_its_message_once(
    studio: Studio, meter: RecordingMeter
) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    studio.desk.refuse[studio.anna.id, "show"] = [FLOOD]
    await studio.asks("a@x.test")
    assert meter.postponed == [(Queue.IN, "SendDeferred")]
    await studio.later()
    assert len(meter.got) == 1


@pytest.mark.parametrize("failure", [FLOOD, BLOCKED, RESET])
async def test_each_try_to_send_counts_with_what_became_of_it(
    studio: Studio, meter: RecordingMeter, failure: SendFailed
) -> None:
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    studio.channel.failures = failures(failure)
    await reply(studio.inbox, studio.draft(conversation, studio.anna))
    await studio.run()
    await studio.later(0.2)
    again = [(here(studio), "Receipt")] if failure is FLOOD else []
    assert meter.tries == [(here(studio), type(failure).__name__), *again]
    assert len(meter.answers) == len(again)


async def test_a_call_is_an_answer_and_a_dismissal_is_none(
    studio: Studio, meter: RecordingMeter
) -> None:
    by_phone = await studio.conversation(await studio.asks("a@x.test"))
    needless = await studio.conversation(await studio.asks("b@x.test"))
    await phoned(studio.inbox, by_phone.id, studio.anna)
    await dismiss(studio.inbox, needless.id, studio.anna)
    assert [one.closing and one.closing.outcome for one in meter.answers] == [Outcome.PHONED]


async def test_what_cannot_be_read_and_what_alerts(studio: Studio, meter: RecordingMeter) -> None:
    await studio.asks("a@x.test", "unreadable")
    assert meter.unreadable == [here(studio)]
    thread = await studio.asks("b@x.test")
    studio.clock.pass_(minutes=61)
    await escalate(studio.inbox)
    await escalate(studio.inbox)
    conversation = await studio.conversation(thread)
    assert conversation.wait is not None
    async with studio.inbox.store.begin() as t:
        raised = await t.alerts_of_wait(conversation.wait.id)
    assert meter.alerts == len(raised) > 0


async def test_reports_that_arrive(
    studio: Studio, meter: RecordingMeter, making: delivering.Maker
) -> None:
    await delivering.asked(studio, studio.head)
    await studio.run()
    assert meter.reports == ["shown"]
    terms = ReportTerms("mon 09:00", ("boss@x.test",))
    studio.inbox = replace(studio.inbox, reports=terms, alert_channel=here(studio))
    studio.channel.failures = failures(FLOOD)
    claim, job = await delivering.mail_claimed(studio)
    await mail_report(studio.inbox, claim, job)
    await studio.later(0.2)
    assert meter.reports == ["shown", "mailed"]
    assert [what for _, what in meter.tries[-2:]] == ["SendDeferred", "Receipt"]


async def test_what_is_rolled_back_was_not(studio: Studio, meter: RecordingMeter) -> None:
    async def broken() -> None:
        async with studio.inbox.store.begin() as t:
            t.after_commit(lambda: meter.reported("shown"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken()
    assert meter.reports == []
    async with studio.inbox.store.begin() as t:
        t.after_commit(lambda: meter.reported("shown"))
        assert meter.reports == []
    assert meter.reports == ["shown"]
