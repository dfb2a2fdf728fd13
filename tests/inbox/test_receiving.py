"""The way in: stored, understood, filed under its client, shown to its manager."""

from dataclasses import replace
from datetime import timedelta

from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.jobs import Queue
from inbox.model import Attachment, Media
from inbox.ports import CardState
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

    async def test_what_comes_to_an_album_while_its_card_waits_is_not_lost(
        self, studio: Studio
    ) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        studio.desk.refuse[studio.anna.id] = failures(
            SendDeferred(Fault.RATE_LIMITED, retry_after=timedelta(seconds=1))
        )
        for text in ("раз", "два"):
            await studio.hears("a@x.test", text, group="g")
        await studio.later(1.3)
        assert studio.desk.cards == []
        await studio.hears("a@x.test", "три", group="g")
        await studio.later(1.5)
        assert [card.message.text for card, _, _ in studio.desk.cards] == ["раз+<m2>", "три"]

    async def test_an_album_is_one_message(self, studio: Studio) -> None:
        await studio.hears("a@x.test", "фото", group="g")
        await studio.hears("a@x.test", "ещё", group="g")
        await studio.later(1.3)
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
        await studio.later()
        assert [card.repeated for card, _, _ in studio.desk.cards] == [False]

    async def test_a_card_that_may_stand_there_is_shown_again_and_says_so(
        self, studio: Studio
    ) -> None:
        studio.desk.refuse[studio.anna.id] = failures(RESET)
        await studio.client("Ромашка", studio.anna, "a@x.test")
        await studio.asks("a@x.test")
        await studio.later(2.1)
        assert [card.repeated for card, _, _ in studio.desk.cards] == [True]

    async def test_of_several_readers_only_those_without_a_card_get_it_later(
        self, studio: Studio
    ) -> None:
        studio.desk.refuse[studio.boris.id] = failures(FLOOD)
        await studio.asks("new@x.test")
        assert shown_to(studio) == ["Анна", "Глава"]
        await studio.later()
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


class TestAnotherClientInTheThread:
    """Somebody quotes the id of a mail that went to a client: passed on, in copy, or copied."""

    async def test_a_known_client_is_shown_as_itself_and_to_its_own_manager(
        self, studio: Studio
    ) -> None:
        await studio.client("Ромашка", studio.anna, "olga@romashka.test")
        await studio.client("Лютик", studio.boris, "ivan@lyutik.test")
        thread = await studio.asks("olga@romashka.test", "Когда?")
        second = await studio.asks("ivan@lyutik.test", "А мне?", thread=thread)
        card, to, _ = studio.desk.cards[-1]
        assert (card.conversation.client.name, to) == ("Лютик", studio.boris)
        await studio.asks("olga@romashka.test", "Ещё", thread=thread)
        assert studio.desk.cards[-1][0].conversation.client.name == "Ромашка"
        await studio.asks("ivan@lyutik.test", "И мне", thread=thread)
        await studio.asks("ivan@lyutik.test", "И снова", thread=second)
        lyutik = [one for one, _, _ in studio.desk.cards if one.conversation.client.name[0] == "Л"]
        assert len(lyutik) == 3
        assert lyutik[0].conversation.id == lyutik[2].conversation.id

    async def test_another_address_of_the_client_stays_in_the_thread(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "olga@romashka.test", "olga@home.test")
        thread = await studio.asks("olga@romashka.test", "Когда?")
        await studio.asks("olga@home.test", "Из дома", thread=thread)
        first, second = (card.conversation.id for card, _, _ in studio.desk.cards)
        assert first == second

    async def test_a_colleague_whom_nobody_knows_joins_the_thread(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "olga@romashka.test")
        thread = await studio.asks("olga@romashka.test", "Когда?")
        await studio.asks("petr@romashka.test", "Я вместо Ольги", thread=thread)
        first, second = (card for card, _, _ in studio.desk.cards)
        assert first.conversation.id == second.conversation.id
        assert second.message.sender != second.conversation.recipient
