"""The letter off hours is queued and not yet sent: deferred, dropped, failed, interrupted."""

from dataclasses import replace

import pytest

from inbox.actions import dismiss
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.jobs import SendOffHoursReply
from inbox.ports import ReplyState
from tests.fakes import RecordingConnector
from tests.inbox.conftest import Studio
from tests.inbox.off_hours import EVENING, IVAN, SOON, answer, entries, state, switched, told


class NamelessConnector(RecordingConnector):
    """A channel that names messages itself."""

    def external_id(self, key: str) -> str | None:
        return None


@pytest.fixture(autouse=True)
def evening(studio: Studio) -> None:
    """It is Monday 20:00 in Moscow, the studio is closed until 09:00, and says so."""
    studio.clock.at = EVENING
    switched(studio)


class TestOnItsWay:
    """The letter is queued and not yet sent."""

    async def queued(self, studio: Studio, *errors: Exception | None) -> str:
        studio.channel.failures = list(errors)
        return await studio.asks(IVAN)

    async def deferred(self, studio: Studio) -> str:
        away = SendDeferred(Fault.UNREACHABLE, retry_after=SOON)
        thread = await self.queued(studio, away)
        assert await state(studio, thread) is ReplyState.QUEUED
        return thread

    async def test_deferred_it_is_tried_again_and_says_what_is_true_then(
        self, studio: Studio
    ) -> None:
        thread = await self.deferred(studio)
        studio.clock.pass_(hours=5)
        await studio.later()
        assert await state(studio, thread) is ReplyState.SENT
        assert studio.channel.sent[-1].text.startswith("ru at 23.11 22:00: open")

    async def test_without_a_word_on_when_it_is_tried_after_half_its_age(
        self, studio: Studio
    ) -> None:
        thread = await self.queued(studio, SendDeferred(Fault.UNREACHABLE))
        await studio.later()
        assert await state(studio, thread) is ReplyState.QUEUED
        await studio.later(2.0)
        assert await state(studio, thread) is ReplyState.SENT

    async def test_it_is_dropped_when_the_studio_has_opened(self, studio: Studio) -> None:
        thread = await self.deferred(studio)
        studio.clock.pass_(hours=13)
        await studio.later()
        assert await state(studio, thread) is ReplyState.REJECTED
        assert len(studio.channel.sent) == 1
        assert [one.after for one in await entries(studio)] == ["rejected expired"]

    async def test_it_is_dropped_when_the_wait_has_ended(self, studio: Studio) -> None:
        thread = await self.deferred(studio)
        assert await dismiss(studio.inbox, (await studio.conversation(thread)).id, studio.anna)
        await studio.later()
        assert await state(studio, thread) is ReplyState.REJECTED
        assert len(studio.channel.sent) == 1

    async def test_it_is_dropped_when_somebody_is_answering(self, studio: Studio) -> None:
        thread = await self.deferred(studio)
        studio.channel.failures = [SendDeferred(Fault.UNREACHABLE, retry_after=SOON * 100)]
        await answer(studio, thread, "k")
        await studio.later()
        assert await state(studio, thread) is ReplyState.REJECTED
        assert [one.automatic for one in studio.channel.sent] == ["auto-replied", ""]

    async def test_it_is_dropped_when_its_channel_is_gone(self, studio: Studio) -> None:
        thread = await self.deferred(studio)
        switched(studio, connectors={})
        await studio.later()
        assert await state(studio, thread) is ReplyState.REJECTED

    @pytest.mark.parametrize(
        ("error", "becomes"),
        [
            (SendRejected(Fault.NO_SUCH_ADDRESS), ReplyState.REJECTED),
            (SendUncertain(Fault.NO_ANSWER), ReplyState.UNCERTAIN),
            (RuntimeError("a fault of the connector"), ReplyState.UNCERTAIN),
        ],
    )
    async def test_what_failed_for_good_is_not_sent_again(
        self, studio: Studio, error: Exception, becomes: ReplyState
    ) -> None:
        thread = await self.queued(studio, error)
        await studio.later()
        assert await state(studio, thread) is becomes
        assert len(studio.channel.sent) == 1

    async def test_a_channel_that_names_its_messages_itself(self, studio: Studio) -> None:
        studio.channel = NamelessConnector(studio.clock)
        switched(studio, connectors={studio.channel.channel.id: studio.channel})
        thread = await studio.asks(IVAN)
        assert await state(studio, thread) is ReplyState.SENT

    async def test_found_half_sent_it_is_never_sent_again(self, studio: Studio) -> None:
        thread = await self.deferred(studio)
        half = await told(studio, thread)
        assert half is not None
        async with studio.inbox.store.begin() as t:
            await t.save_off_hours_reply(replace(half, state=ReplyState.SENDING))
        await studio.later()
        assert await state(studio, thread) is ReplyState.UNCERTAIN
        assert len(studio.channel.sent) == 1
        assert [one.after for one in await entries(studio)] == ["uncertain interrupted"]

    async def test_a_job_that_runs_twice_sends_once(self, studio: Studio) -> None:
        thread = await studio.asks(IVAN)
        talk = await studio.conversation(thread)
        assert talk.wait is not None
        async with studio.inbox.store.begin() as t:
            await t.put(SendOffHoursReply(talk.wait.id), key="again", lane="again")
        await studio.run()
        assert len(studio.channel.sent) == 1
