"""What was sent is looked for among the sent: before a manager is asked, and to keep a copy."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from inbox.actions import settle
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.flow import reply
from inbox.model import Attachment, Media, OutboundMessage, Receipt
from inbox.ports import Reply, ReplyState
from tests.fakes import RecordingConnector
from tests.inbox.conftest import Studio

LOST = SendUncertain(Fault.NO_ANSWER, "reset")
AWAY = SendDeferred(Fault.UNREACHABLE, "no mail server", retry_after=timedelta(seconds=0.1))


@dataclass
class KeepingConnector(RecordingConnector):
    """A channel that keeps what was sent: what `look_for` tells goes by plan, then nothing."""

    copy_after: float = 0.0
    answers: list[Receipt | Exception | None] = field(default_factory=list)
    looked_for: list[OutboundMessage] = field(default_factory=list)
    kept: list[OutboundMessage] = field(default_factory=list)

    async def look_for(self, message: OutboundMessage) -> Receipt | None:
        self.looked_for.append(message)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def keep_copy(self, message: OutboundMessage) -> None:
        self.kept.append(message)


@pytest.fixture
def keeping(studio: Studio) -> KeepingConnector:
    connector = KeepingConnector(studio.clock)
    studio.channel = connector
    studio.inbox = replace(studio.inbox, connectors={connector.channel.id: connector})
    return connector


async def answered(studio: Studio, key: str = "k1", **more: object) -> Reply:
    """A question and the manager's reply to it, all done that is due."""
    conversation = await studio.conversation(await studio.asks("a@x.test", key))
    draft = replace(studio.draft(conversation, studio.anna, key), **more)  # type: ignore[arg-type]  # fields of a reply
    saved = await reply(studio.inbox, draft)
    assert saved is not None
    await studio.run()
    return saved


def outcomes(studio: Studio) -> list[str]:
    return [told.state.value for told, _ in studio.desk.outcomes]


async def test_a_copy_is_kept_where_none_stands_yet(
    studio: Studio, keeping: KeepingConnector
) -> None:
    await answered(studio)
    assert [one.key for one in keeping.looked_for] == ["k1"]
    assert keeping.kept == keeping.sent


async def test_the_copy_holds_the_files_that_were_sent(
    studio: Studio, keeping: KeepingConnector
) -> None:
    studio.desk.contents["F1"] = b"pdf"
    file = Attachment(Media.DOCUMENT, "a.pdf", "x/y", 3, "bot:1", "F1")
    await answered(studio, attachments=(file,))
    assert keeping.kept[0].files[0].content == b"pdf"


async def test_what_the_provider_keeps_itself_is_not_kept_twice_and_its_ids_are_learnt(
    studio: Studio, keeping: KeepingConnector
) -> None:
    keeping.answers = [Receipt(("<k1>", "<provider-1>"), studio.clock.now())]
    await answered(studio)
    assert keeping.kept == []
    before = await studio.conversation("<k1>")
    await studio.asks("a@x.test", "Ещё вопрос", thread="<provider-1>")
    assert (await studio.conversation("<provider-1>")).id == before.id


async def test_a_copy_is_tried_until_it_can_be_made(
    studio: Studio, keeping: KeepingConnector
) -> None:
    keeping.answers = [AWAY, AWAY]
    await answered(studio)
    assert keeping.kept == []
    await studio.later()
    await studio.later()
    assert [one.key for one in keeping.kept] == ["k1"]
    assert outcomes(studio) == ["sent"]


async def test_after_a_day_the_copy_is_given_up(studio: Studio, keeping: KeepingConnector) -> None:
    keeping.answers = [AWAY, AWAY, AWAY]
    await answered(studio)
    studio.clock.pass_(hours=25)
    await studio.later()
    await studio.later(0.3)
    assert len(keeping.looked_for) == 2
    assert keeping.kept == []


async def test_without_a_place_for_copies_none_is_kept(
    studio: Studio, keeping: KeepingConnector
) -> None:
    keeping.answers = [SendRejected(Fault.UNSUPPORTED, "no Sent folder")]
    await answered(studio)
    await studio.later(0.3)
    assert (len(keeping.looked_for), keeping.kept) == (1, [])


async def test_a_channel_that_keeps_nothing_is_not_asked(studio: Studio) -> None:
    await answered(studio)
    await studio.later()
    assert outcomes(studio) == ["sent"]


async def test_a_copy_whose_channel_was_taken_away_is_left_out(
    studio: Studio, keeping: KeepingConnector
) -> None:
    keeping.answers = [AWAY]
    await answered(studio)
    studio.inbox = replace(studio.inbox, connectors={})
    await studio.later()
    assert keeping.kept == []


class TestUncertain:
    async def test_what_stands_among_the_sent_was_sent(
        self, studio: Studio, keeping: KeepingConnector
    ) -> None:
        keeping.failures = [LOST]
        keeping.answers = [Receipt(("<k1>",), studio.clock.now())] * 2
        await answered(studio)
        assert outcomes(studio) == ["sent"]
        assert (await studio.conversation("<k1>")).wait is None
        assert len(keeping.sent) == 1

    @pytest.mark.parametrize("answer", [None, AWAY, RuntimeError("a fault of the connector")])
    async def test_what_is_not_found_stays_uncertain(
        self, studio: Studio, keeping: KeepingConnector, answer: Exception | None
    ) -> None:
        keeping.failures = [LOST]
        keeping.answers = [answer]
        await answered(studio)
        assert outcomes(studio) == ["uncertain"]
        assert (await studio.conversation("<k1>")).wait is not None
        assert keeping.kept == []

    async def test_a_reply_that_was_under_way_when_we_were_killed_is_looked_for(
        self, studio: Studio, keeping: KeepingConnector
    ) -> None:
        keeping.answers = [Receipt(("<k1>",), studio.clock.now())]
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        saved = await reply(studio.inbox, studio.draft(conversation, studio.anna))
        assert saved is not None
        async with studio.inbox.store.begin() as t:
            await t.save_reply(replace(saved, state=ReplyState.SENDING))
        await studio.run()
        assert keeping.sent == []
        assert outcomes(studio) == ["sent"]

    async def test_what_a_manager_knows_to_have_arrived_is_kept_too(
        self, studio: Studio, keeping: KeepingConnector
    ) -> None:
        keeping.failures = [LOST]
        saved = await answered(studio)
        await settle(studio.inbox, saved.id)
        await studio.run()
        assert [one.key for one in keeping.kept] == ["k1"]


async def test_a_reply_to_one_alone_says_so_to_the_channel(studio: Studio) -> None:
    await answered(studio, only_sender=True)
    await answered(studio, "k2")
    assert [one.only_sender for one in studio.channel.sent] == [True, False]
