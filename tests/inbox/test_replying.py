"""The way out: a reply is sent once, and what became of it is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.flow import reply
from inbox.jobs import Queue
from inbox.model import Attachment, Handle, Media, Outcome
from inbox.ports import CardState, ReplyState
from inbox.queueing import pause
from inbox.worker import work_once
from tests.fakes import failures
from tests.inbox.conftest import Studio

RESET = SendUncertain(Fault.NO_ANSWER, "reset")
FLOOD = SendDeferred(Fault.RATE_LIMITED, "later", retry_after=timedelta(seconds=0.1))
BLOCKED = SendRejected(Fault.BLOCKED, "blocked")


def shown_to(studio: Studio) -> list[str]:
    return [to.name for _, to, _ in studio.desk.cards]


class TestOut:
    async def test_a_reply_goes_out_and_closes_the_wait(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "olga@x.test")
        thread = await studio.asks("olga@x.test", "Когда?")
        studio.clock.pass_(minutes=12)
        conversation = await studio.conversation(thread)
        assert await reply(studio.inbox, studio.draft(conversation, studio.anna)) is not None
        await studio.run()
        (sent,) = studio.channel.sent
        assert sent.recipient == Handle("email", "olga@x.test")
        assert (sent.external_id, sent.author) == ("<k1>", "Анна")
        assert sent.answering is not None
        assert sent.answering.text == "Когда?"
        assert [(r.state, to) for r, to in studio.desk.outcomes] == [
            (ReplyState.SENT, studio.anna)
        ]
        _, card, _, _ = studio.desk.redrawn[-1]
        assert card.state is CardState.ANSWERED
        assert card.closed_by == studio.anna
        assert card.wait is not None
        assert card.wait.closing is not None
        assert card.wait.closing.business == timedelta(minutes=12)
        assert card.wait.closing.outcome is Outcome.ANSWERED
        assert card.wait.closing.within_target

    @pytest.mark.parametrize("known", ["<k1>", "<alias-k1>"])
    async def test_an_answer_to_our_reply_comes_back_to_its_conversation(
        self, studio: Studio, known: str
    ) -> None:
        thread = await studio.asks("a@x.test")
        before = await studio.conversation(thread)
        await reply(studio.inbox, studio.draft(before, studio.anna))
        await studio.run()
        await studio.asks("a@x.test", "Спасибо, а ещё?", thread=known)
        after = await studio.conversation(known)
        assert after.id == before.id
        assert after.wait is not None
        assert not after.wait.first

    async def test_the_same_key_is_sent_once(self, studio: Studio) -> None:
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        draft = studio.draft(conversation, studio.anna)
        assert await reply(studio.inbox, draft) is not None
        assert await reply(studio.inbox, draft) is None
        await studio.run()
        assert len(studio.channel.sent) == 1

    async def test_who_answers_a_client_nobody_has_gets_the_client(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.boris))
        await studio.run()
        assert (await studio.conversation(thread)).assignee_id == studio.boris.id
        await studio.asks("a@x.test", "ещё")
        assert shown_to(studio)[-1] == "Борис"

    async def test_a_rejected_reply_is_told_and_the_wait_goes_on(self, studio: Studio) -> None:
        studio.channel.failures = failures(SendRejected(Fault.REFUSED, "550 no such user"))
        thread = await studio.asks("a@x.test")
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
        await studio.run()
        ((told, _),) = studio.desk.outcomes
        assert (told.state, told.fault, told.detail) == (
            ReplyState.REJECTED,
            "refused",
            "550 no such user",
        )
        assert (await studio.conversation(thread)).wait is not None

    async def test_an_uncertain_reply_is_told_and_not_sent_again(self, studio: Studio) -> None:
        studio.channel.failures = failures(RESET)
        thread = await studio.asks("a@x.test")
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
        await studio.run()
        await studio.later(2.1)
        assert len(studio.channel.sent) == 1
        assert [told.state for told, _ in studio.desk.outcomes] == [ReplyState.UNCERTAIN]

    async def test_an_error_nobody_planned_is_uncertain_too(self, studio: Studio) -> None:
        studio.channel.failures = [RuntimeError("a fault of the connector")]
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        await studio.run()
        assert [told.state for told, _ in studio.desk.outcomes] == [ReplyState.UNCERTAIN]

    async def test_a_deferred_reply_is_told_once_and_sent_later(self, studio: Studio) -> None:
        studio.channel.failures = failures(FLOOD, FLOOD)
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        await studio.run()
        await studio.later()
        await studio.later()
        assert len(studio.channel.sent) == 3
        assert [told.state for told, _ in studio.desk.outcomes] == [
            ReplyState.QUEUED,
            ReplyState.SENT,
        ]

    async def test_a_refused_login_is_told_to_the_administrator_once(self, studio: Studio) -> None:
        refused = SendDeferred(Fault.LOGIN_FAILED, "535 no", retry_after=timedelta(seconds=0.1))
        studio.channel.failures = failures(refused, refused)
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        await studio.run()
        await studio.later()
        ((notice, fields, to),) = studio.desk.told
        assert (notice, to) == ("channel_paused", studio.admin)
        assert fields == {"channel": "email:info", "reason": "login_failed: 535 no"}

    async def test_after_a_day_a_deferred_reply_is_given_up(self, studio: Studio) -> None:
        studio.channel.failures = failures(FLOOD)
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        studio.clock.pass_(hours=25)
        await studio.run()
        ((told, _),) = studio.desk.outcomes
        assert (told.state, told.fault) == (ReplyState.REJECTED, "expired")

    async def test_a_reply_found_half_sent_is_uncertain(self, studio: Studio) -> None:
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        saved = await reply(studio.inbox, studio.draft(conversation, studio.anna))
        assert saved is not None
        async with studio.inbox.store.begin() as t:  # killed after the mark, before the answer
            await t.save_reply(replace(saved, state=ReplyState.SENDING))
        await studio.run()
        assert studio.channel.sent == []
        assert [told.fault for told, _ in studio.desk.outcomes] == ["interrupted"]

    async def test_a_reply_that_was_settled_is_left_alone(self, studio: Studio) -> None:
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        saved = await reply(studio.inbox, studio.draft(conversation, studio.anna))
        assert saved is not None
        async with studio.inbox.store.begin() as t:
            await t.save_reply(replace(saved, state=ReplyState.SENT))
        await studio.run()
        assert studio.channel.sent == []

    async def test_a_channel_that_was_taken_away_rejects(self, studio: Studio) -> None:
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        studio.inbox = replace(studio.inbox, connectors={})
        await studio.run()
        assert [told.fault for told, _ in studio.desk.outcomes] == ["unsupported"]

    async def test_the_managers_file_goes_along_or_the_reply_says_why_not(
        self, studio: Studio
    ) -> None:
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        studio.desk.contents["F1"] = b"pdf"
        for ref, key in [("F1", "fits"), ("F2", "too large")]:
            one = Attachment(Media.DOCUMENT, "a.pdf", "x/y", 3, "bot:1", ref)
            draft = replace(studio.draft(conversation, studio.anna, key), attachments=(one,))
            await reply(studio.inbox, draft)
        await studio.run()
        (sent,) = studio.channel.sent
        assert sent.files[0].content == b"pdf"
        assert [(told.state, told.fault) for told, _ in studio.desk.outcomes] == [
            (ReplyState.SENT, ""),
            (ReplyState.REJECTED, "too_large"),
        ]

    async def test_what_was_asked_after_the_reply_was_sent_waits_on_its_own(
        self, studio: Studio
    ) -> None:
        thread = await studio.asks("a@x.test")
        studio.clock.pass_(minutes=5)
        conversation = await studio.conversation(thread)
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        replied_at = studio.clock.now()
        studio.clock.pass_(minutes=1)
        await studio.hears("a@x.test", "Ещё одно", thread=thread)
        await work_once(studio.inbox, Queue.IN)
        studio.clock.at = replied_at
        await studio.run()
        wait = (await studio.conversation(thread)).wait
        assert wait is not None
        assert wait.started_at == replied_at + timedelta(minutes=1)
        states = {card.message_id: card.state for _, card, _, _ in studio.desk.redrawn}
        assert sorted(states.values()) == [CardState.ANSWERED, CardState.WAITING]

    async def test_a_second_reply_closes_nothing_more(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        for key in ("k1", "k2"):
            conversation = await studio.conversation(thread)
            await reply(studio.inbox, studio.draft(conversation, studio.anna, key))
            await studio.run()
        assert len(studio.channel.sent) == 2
        assert (await studio.conversation(thread)).wait is None

    async def test_a_first_word_of_ours_answers_nothing(self, studio: Studio) -> None:
        async with studio.inbox.store.begin() as t:
            client = await t.add_client("Новый", studio.anna.id)
            contact = await t.add_contact(client.id, "Новый")
            to = Handle("email", "new@x.test")
            empty = await t.open_conversation("email:info", client, contact, to, "Знакомство")
        await reply(studio.inbox, studio.draft(empty, studio.anna))
        await studio.run()
        ((sent),) = studio.channel.sent
        assert (sent.answering, sent.subject) == (None, "Знакомство")

    async def test_a_message_older_than_the_reply_opens_no_wait(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        studio.clock.pass_(minutes=5)
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
        await studio.run()
        studio.clock.pass_(minutes=-2)
        await studio.hears("a@x.test", "Отстало", thread=thread)
        studio.clock.pass_(minutes=3)
        await studio.run()
        assert (await studio.conversation(thread)).wait is None


@pytest.mark.parametrize(
    ("error", "tries", "seconds"),
    [(FLOOD, 1, 0.1), (RESET, 1, 2.0), (RESET, 3, 8.0), (RESET, 30, 600.0)],
)
def test_pauses_grow_or_are_as_long_as_asked(error: Exception, tries: int, seconds: float) -> None:
    assert pause(error, tries) == seconds


async def test_a_file_that_cannot_be_had_now_defers_the_reply_and_says_so(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    soon = SendDeferred(Fault.UNREACHABLE, retry_after=timedelta(seconds=0.1))
    turns: list[bytes | SendDeferred] = [soon, b"bytes"]

    async def fetch(attachment: Attachment) -> bytes:
        turn = turns.pop(0)
        if isinstance(turn, SendDeferred):
            raise turn
        return turn

    monkeypatch.setattr(studio.desk, "fetch", fetch)
    file = Attachment(Media.DOCUMENT, "a", "x/y", 1, "bot:1", "F")
    await reply(
        studio.inbox, replace(studio.draft(conversation, studio.anna), attachments=(file,))
    )
    await studio.run()
    await studio.later(0.15)
    assert [told.state for told, _ in studio.desk.outcomes] == [
        ReplyState.QUEUED,
        ReplyState.SENT,
    ]
    assert [file.content for file in studio.channel.sent[0].files] == [b"bytes"]
