"""The way of a message, step by step, on a real database."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.flow import escalate, reply
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


class TestIn:
    async def test_a_known_clients_message_is_the_managers_and_opens_a_wait(
        self, studio: Studio
    ) -> None:
        await studio.client("Ромашка", studio.anna, "olga@romashka.test")
        await studio.asks("olga@romashka.test", "Когда будет макет?")
        ((card, to, _),) = studio.desk.cards
        assert to == studio.anna
        assert card.state is CardState.WAITING
        assert card.conversation.client.name == "Ромашка"
        assert card.wait is not None
        assert card.wait.due_at == studio.clock.now() + timedelta(hours=1)
        assert not card.repeated

    async def test_acknowledged_only_after_the_commit_and_stored_once(
        self, studio: Studio
    ) -> None:
        await studio.hears("a@x.test", "раз")
        assert studio.channel.acknowledged == ["<m1>"]
        studio._numbers = 0  # the channel delivers the same message again
        await studio.hears("a@x.test", "раз")
        await studio.run()
        assert len(studio.desk.cards) == 3, "two managers and the head, once each"

    async def test_an_unknown_sender_becomes_a_client_and_is_offered_to_all(
        self, studio: Studio
    ) -> None:
        thread = await studio.asks("new@x.test")
        assert shown_to(studio) == ["Анна", "Борис", "Глава"]
        conversation = await studio.conversation(thread)
        assert conversation.assignee_id is None
        assert conversation.client.name == "new"

    async def test_an_unknown_sender_goes_to_the_channels_manager(self, studio: Studio) -> None:
        studio.inbox = replace(studio.inbox, channel_managers={"email:info": "борис"})
        await studio.asks("new@x.test")
        assert shown_to(studio) == ["Борис"]

    async def test_the_client_of_somebody_who_left_goes_to_the_channels_manager(
        self, studio: Studio
    ) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.anna, active=False))
        studio.inbox = replace(studio.inbox, channel_managers={"email:info": "Борис"})
        await studio.asks("a@x.test")
        assert shown_to(studio) == ["Борис"]

    async def test_a_second_message_joins_the_wait(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        studio.clock.pass_(minutes=20)
        await studio.asks("a@x.test", "И ещё", thread=thread)
        first, second = (studio.desk.cards[0][0], studio.desk.cards[-1][0])
        assert first.conversation.id == second.conversation.id
        assert second.wait is not None
        assert first.wait is not None
        assert second.wait.due_at == first.wait.due_at

    async def test_an_automatic_message_is_shown_and_opens_no_wait(self, studio: Studio) -> None:
        await studio.asks("robot@x.test", "automatic")
        card = studio.desk.cards[0][0]
        assert card.state is CardState.QUIET
        assert card.wait is None

    async def test_an_album_is_one_message(self, studio: Studio) -> None:
        await studio.hears("a@x.test", "фото", group="g")
        await studio.hears("a@x.test", "ещё", group="g")
        await _after_quiet(studio)
        assert [card.message.text for card, to, _ in studio.desk.cards if to == studio.anna] == [
            "фото+<m2>"
        ]

    async def test_what_a_member_sent_goes_to_the_desk(self, studio: Studio) -> None:
        await studio.asks("staff", "/inbox")
        assert [raw.payload for raw in studio.desk.handled] == [b"staff||/inbox"]
        assert studio.desk.cards == []

    async def test_an_echo_is_kept_and_shown_to_nobody(self, studio: Studio) -> None:
        await studio.asks("a@x.test", "echo")
        assert studio.desk.cards == []
        assert not await work_once(studio.inbox, Queue.IN)

    async def test_what_cannot_be_read_is_quarantined_and_told(self, studio: Studio) -> None:
        await studio.asks("a@x.test", "unreadable")
        await studio.asks("b@x.test", "дальше")
        ((notice, fields, to),) = studio.desk.told
        assert (notice, to) == ("quarantined", studio.admin)
        assert fields["channel"] == "email:info"
        assert len(studio.desk.cards) == 3

    async def test_a_date_in_the_future_is_taken_as_now(self, studio: Studio) -> None:
        studio.clock.pass_(minutes=90)
        await studio.hears("a@x.test", "из будущего")
        studio.clock.pass_(minutes=-90)
        await studio.run()
        wait = studio.desk.cards[0][0].wait
        assert wait is not None
        assert wait.started_at == studio.clock.now()

    async def test_files_are_fetched_once_and_named_where_they_cannot_be(
        self, studio: Studio
    ) -> None:
        studio.channel.attachments = tuple(
            Attachment(Media.DOCUMENT, ref, "x/y", 5, origin, ref)
            for ref, origin in [
                ("2", "email:info"),
                ("gone", "email:info"),
                ("3", "nobody"),
                ("4", "bot:1"),
            ]
        )
        await studio.asks("a@x.test")
        files = studio.desk.cards[0][2]
        assert [(one.content, one.problem) for one in files] == [
            (b"bytes of 2", None),
            (None, Fault.EXPIRED),
            (None, Fault.UNSUPPORTED),
            (None, None),
        ]


class TestDeskInTrouble:
    async def test_a_card_waits_as_long_as_the_server_asks(self, studio: Studio) -> None:
        studio.desk.refuse[studio.anna.id] = failures(FLOOD)
        await studio.client("Ромашка", studio.anna, "a@x.test")
        await studio.asks("a@x.test")
        assert studio.desk.cards == []
        await _later(studio)
        assert [card.repeated for card, _, _ in studio.desk.cards] == [False]

    async def test_a_card_that_may_stand_there_is_shown_again_and_says_so(
        self, studio: Studio
    ) -> None:
        studio.desk.refuse[studio.anna.id] = failures(RESET)
        await studio.client("Ромашка", studio.anna, "a@x.test")
        await studio.asks("a@x.test")
        await _later(studio, 2.1)
        assert [card.repeated for card, _, _ in studio.desk.cards] == [True]

    async def test_of_several_readers_only_those_without_a_card_get_it_later(
        self, studio: Studio
    ) -> None:
        studio.desk.refuse[studio.boris.id] = failures(FLOOD)
        await studio.asks("new@x.test")
        assert shown_to(studio) == ["Анна", "Глава"]
        await _later(studio)
        assert shown_to(studio) == ["Анна", "Глава", "Борис"]

    async def test_where_the_manager_blocked_the_bot_the_head_sees_the_card(
        self, studio: Studio
    ) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        await studio.asks("a@x.test")
        assert shown_to(studio) == ["Глава"]

    async def test_where_nobody_can_be_reached_the_card_is_kept(self, studio: Studio) -> None:
        for one in (studio.anna, studio.boris, studio.head, studio.admin):
            studio.desk.refuse[one.id] = failures(BLOCKED, BLOCKED, BLOCKED)
        await studio.asks("a@x.test")
        claimed = await studio.inbox.store.claim(Queue.IN, 1)
        assert claimed.claims == ()
        assert claimed.next_due_in is not None
        assert 50 < claimed.next_due_in <= 60


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
        await _later(studio, 2.1)
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
        await _later(studio)
        await _later(studio)
        assert len(studio.channel.sent) == 3
        assert [told.state for told, _ in studio.desk.outcomes] == [
            ReplyState.QUEUED,
            ReplyState.SENT,
        ]

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


class TestClock:
    async def test_the_ladder_is_climbed_rung_by_rung_in_business_time(
        self, studio: Studio
    ) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        studio.clock.pass_(hours=2, minutes=30)  # 12:30: half an hour before lunch
        await studio.asks("a@x.test")
        assert await escalate(studio.inbox) == studio.clock.now() + timedelta(minutes=105)
        studio.clock.pass_(minutes=60)  # 13:30: lunch
        await escalate(studio.inbox)
        await studio.run()
        assert studio.desk.alerts == []
        studio.clock.pass_(minutes=45)  # 14:15
        await escalate(studio.inbox)
        await studio.run()
        ((alert, to),) = studio.desk.alerts
        assert (to, alert.elapsed, alert.remaining) == (
            studio.anna,
            timedelta(minutes=45),
            timedelta(minutes=15),
        )
        studio.clock.pass_(minutes=15)
        for _ in range(2):  # the second look finds nothing new
            await escalate(studio.inbox)
            await studio.run()
        assert [one.name for _, one in studio.desk.alerts] == ["Анна", "Глава"]
        assert await escalate(studio.inbox) is None

    async def test_an_answered_wait_raises_nothing(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        studio.clock.pass_(minutes=46)
        await escalate(studio.inbox)  # the alert is queued, and answered before it is shown
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
        await work_once(studio.inbox, Queue.OUT)
        await studio.run()
        assert studio.desk.alerts == []

    async def test_alerts_are_redrawn_once_answered(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        thread = await studio.asks("a@x.test")
        studio.clock.pass_(minutes=50)
        await escalate(studio.inbox)
        await studio.run()
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
        await studio.run()
        alerts = [alert for _, _, _, alert in studio.desk.redrawn if alert is not None]
        assert len(alerts) == 1
        assert alerts[0].wait.closing is not None
        assert alerts[0].elapsed == timedelta(minutes=50)

    async def test_whoever_blocked_the_bot_is_not_the_end_of_an_alert(
        self, studio: Studio
    ) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        await studio.asks("a@x.test")
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        studio.clock.pass_(minutes=46)
        await escalate(studio.inbox)
        await studio.run()
        assert [to.name for _, to in studio.desk.alerts] == ["Глава"]
        assert [(notice, fields["name"]) for notice, fields, _ in studio.desk.told] == [
            ("unreachable", "Анна")
        ]


@pytest.mark.parametrize(
    ("error", "tries", "seconds"),
    [(FLOOD, 1, 0.1), (RESET, 1, 2.0), (RESET, 3, 8.0), (RESET, 30, 600.0)],
)
def test_pauses_grow_or_are_as_long_as_asked(error: Exception, tries: int, seconds: float) -> None:
    assert pause(error, tries) == seconds


async def _later(studio: Studio, seconds: float = 0.12) -> None:
    """The queue's clock is the database's: real time passes."""
    await asyncio.sleep(seconds)
    await studio.run()


async def _after_quiet(studio: Studio) -> None:
    await _later(studio, 1.3)
