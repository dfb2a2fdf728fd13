"""Greetings: who opens the chat is told what to expect, once, and nobody else is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.chat_records import Greeting
from inbox.errors import Fault, NoWorkingTime, SendDeferred, SendRejected, SendUncertain
from inbox.flow import reply
from inbox.greeting import send_greeting
from inbox.jobs import Queue, SendGreeting
from inbox.model import Handle
from inbox.ports import Deed, ReplyState
from inbox.worker import run
from tests.fakes import MONDAY_TEN, failures
from tests.inbox.chatting import ANNA, IVAN, OLGA, Chats, chatting_in
from tests.inbox.conftest import Studio
from tests.inbox.looking import with_calendars

CHAT = "chat:901"
CLOSES = MONDAY_TEN + timedelta(hours=8)
OPEN_NOW = f"ru: open until {CLOSES}, usually None"


@pytest.fixture
def chats(studio: Studio) -> Chats:
    return chatting_in(studio, greeting=True)


async def greeting_of(studio: Studio, chats: Chats) -> Greeting | None:
    talk = await chats.conversation(CHAT)
    async with studio.inbox.store.begin() as t:
        (first, _), *_ = await t.messages_from(talk.id, 0)
        return await t.greeting(first)


async def outcome(studio: Studio, chats: Chats) -> tuple[ReplyState, list[str]]:
    """The greeting's state, and what the log says."""
    found = await greeting_of(studio, chats)
    assert found is not None
    return found.state, [one.after for one in await chats.log(Deed.GREETING)]


class TestGreeted:
    async def test_who_opens_the_chat_is_greeted_and_makes_no_card(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes(IVAN, "/start")
        (sent,) = chats.channel.sent
        assert (sent.text, sent.recipient) == (OPEN_NOW, Handle("telegram", "901"))
        assert sent.automatic == "auto-replied"
        assert sent.answering is None, "nobody wants to see /start quoted"
        assert await outcome(studio, chats) == (ReplyState.SENT, ["sent"])
        assert chats.cards() == []
        assert (await chats.conversation(CHAT)).wait is None
        assert [text for _, text in await chats.history(CHAT)] == ["/start"]

    async def test_the_question_behind_it_waits_and_is_a_first_one(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes(IVAN, "/start site_7")
        await chats.writes(IVAN, "Сколько стоит?")
        talk = await chats.conversation(CHAT)
        assert talk.wait is not None
        assert talk.wait.first
        assert len(chats.channel.sent) == 1

    async def test_off_hours_it_says_when_the_studio_opens(
        self, studio: Studio, chats: Chats
    ) -> None:
        studio.clock.pass_(hours=10)
        await chats.writes(IVAN, "/start")
        opens = MONDAY_TEN + timedelta(hours=23)
        assert [one.text for one in chats.channel.sent] == [f"ru: open from {opens}, usually None"]

    async def test_the_usual_time_is_the_median_of_real_first_answers(
        self, studio: Studio, chats: Chats
    ) -> None:
        for number, minutes in enumerate((5, 10, 30, 40, 55)):
            thread = await studio.asks(f"{number}@x.test")
            studio.clock.pass_(minutes=minutes)
            talk = await studio.conversation(thread)
            draft = studio.draft(talk, studio.anna, f"k{number}")
            assert await reply(studio.inbox, draft) is not None
            await studio.run()
            if number == 3:
                await chats.writes(OLGA, "/start")
        await chats.writes(IVAN, "/start")
        said = [one.text for one in chats.channel.sent]
        assert said == [OPEN_NOW, f"ru: open until {CLOSES}, usually 0:30:00"]

    async def test_the_clients_own_calendar_counts(self, studio: Studio, chats: Chats) -> None:
        with_calendars(studio)
        async with studio.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", studio.anna.id)
            await t.save_client(replace(client, calendar="afternoon"))
            contact = await t.add_contact(client.id, "Иван")
            await t.add_handles(contact.id, [Handle("telegram", "901")])
        await chats.writes(IVAN, "/start")
        opens = MONDAY_TEN + timedelta(hours=2)
        assert [one.text for one in chats.channel.sent] == [f"ru: open from {opens}, usually None"]


class TestNotGreeted:
    async def test_where_the_studio_does_not_wish_it(self, studio: Studio, chats: Chats) -> None:
        studio.inbox = replace(studio.inbox, greeting=False)
        await chats.writes(IVAN, "/start")
        assert chats.channel.sent == []

    async def test_members(self, studio: Studio, chats: Chats) -> None:
        await chats.writes(ANNA, "/start")
        assert chats.channel.sent == []

    async def test_groups(self, studio: Studio, chats: Chats) -> None:
        async with studio.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", studio.anna.id)
            contact = await t.add_contact(client.id, "Группа")
            await t.add_handles(contact.id, [Handle("telegram_group", "-100500")])
        await chats.writes_in_group(IVAN, "/start")
        assert chats.channel.sent == []

    async def test_who_presses_it_again_and_again(self, studio: Studio, chats: Chats) -> None:
        for _ in range(5):
            await chats.writes(IVAN, "/start")
        assert len(chats.channel.sent) == 1
        studio.clock.pass_(minutes=2)
        await chats.writes(IVAN, "/start")
        assert len(chats.channel.sent) == 2, "the chat was opened anew"

    async def test_what_was_read_late(self, studio: Studio, chats: Chats) -> None:
        await chats.writes(IVAN, "/start", date=chats.now() - 3700)
        assert chats.channel.sent == []

    async def test_where_nobody_knows_when_the_studio_opens(
        self, studio: Studio, chats: Chats, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def never(*_: object) -> None:
            raise NoWorkingTime

        studio.clock.pass_(hours=10)
        monkeypatch.setattr(type(studio.inbox.calendars.studio.hours), "next_opening", never)
        await chats.writes(IVAN, "/start")
        assert chats.channel.sent == []


class TestSentOnce:
    async def test_uncertain_is_not_repeated(self, studio: Studio, chats: Chats) -> None:
        chats.channel.failures = failures(SendUncertain(Fault.NO_ANSWER))
        await chats.writes(IVAN, "/start")
        await studio.run()
        assert len(chats.channel.sent) == 1
        state, log = await outcome(studio, chats)
        assert (state, log) == (ReplyState.UNCERTAIN, ["uncertain no_answer"])

    async def test_a_try_that_was_interrupted_is_not_repeated(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.comes("message", chats.private(IVAN, "/start"), run=False)
        (claim,) = (await studio.inbox.store.claim(Queue.IN, 1)).claims
        await run(studio.inbox, claim)
        found = await greeting_of(studio, chats)
        assert found is not None
        async with studio.inbox.store.begin() as t:
            await t.save_greeting(replace(found, state=ReplyState.SENDING))
        await studio.run()
        assert chats.channel.sent == []
        state, log = await outcome(studio, chats)
        assert (state, log) == (ReplyState.UNCERTAIN, ["uncertain interrupted"])

    async def test_refused_for_now_it_is_tried_again(self, studio: Studio, chats: Chats) -> None:
        soon = SendDeferred(Fault.RATE_LIMITED, retry_after=timedelta(seconds=0.1))
        chats.channel.failures = failures(soon)
        await chats.writes(IVAN, "/start")
        await studio.later(0.2)
        assert len({one.key for one in chats.channel.sent}) == 1
        assert len(chats.channel.sent) == 2
        assert (await outcome(studio, chats))[0] is ReplyState.SENT

    async def test_the_longer_it_waited_the_longer_it_waits(
        self, studio: Studio, chats: Chats
    ) -> None:
        chats.channel.failures = failures(SendDeferred(Fault.UNREACHABLE))
        await chats.writes(IVAN, "/start")
        await studio.later()
        assert len(chats.channel.sent) == 1, "two seconds at least"

    async def test_blocked_meanwhile_the_client_is_marked(
        self, studio: Studio, chats: Chats
    ) -> None:
        chats.channel.failures = failures(SendRejected(Fault.BLOCKED))
        await chats.writes(IVAN, "/start")
        talk = await chats.conversation(CHAT)
        async with studio.inbox.store.begin() as t:
            newest = await t.newest_message(talk.id)
            assert newest is not None
            assert (await t.card(newest)).unreachable == "blocked"
        assert (await outcome(studio, chats))[0] is ReplyState.REJECTED
        assert chats.notes() == [], "nobody has anything to do with it yet"

    async def test_refused_otherwise(self, studio: Studio, chats: Chats) -> None:
        chats.channel.failures = failures(SendRejected(Fault.REFUSED))
        await chats.writes(IVAN, "/start")
        assert await outcome(studio, chats) == (ReplyState.REJECTED, ["rejected refused"])

    async def test_what_was_answered_or_grew_old_meanwhile_is_not_sent(
        self, studio: Studio, chats: Chats
    ) -> None:
        await self._waits(studio, chats)
        studio.clock.pass_(minutes=61)
        await studio.later(0.3)
        assert await outcome(studio, chats) == (ReplyState.REJECTED, ["rejected expired"])
        assert len(chats.channel.sent) == 1

    async def _waits(self, studio: Studio, chats: Chats) -> None:
        soon = SendDeferred(Fault.RATE_LIMITED, retry_after=timedelta(seconds=0.2))
        chats.channel.failures = failures(soon)
        await chats.writes(IVAN, "/start")

    async def test_an_answer_says_more(self, studio: Studio, chats: Chats) -> None:
        await self._waits(studio, chats)
        talk = await chats.conversation(CHAT)
        assert await reply(studio.inbox, studio.draft(talk, studio.anna)) is not None
        await studio.later(0.3)
        assert await outcome(studio, chats) == (ReplyState.REJECTED, ["rejected answered"])

    async def test_a_channel_that_is_gone(self, studio: Studio, chats: Chats) -> None:
        await self._waits(studio, chats)
        studio.inbox = replace(studio.inbox, connectors={})
        await studio.later(0.3)
        assert await outcome(studio, chats) == (ReplyState.REJECTED, ["rejected unsupported"])

    async def test_a_job_that_comes_again_sends_nothing(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes(IVAN, "/start")
        found = await greeting_of(studio, chats)
        assert found is not None
        job = SendGreeting(found.message_id)
        async with studio.inbox.store.begin() as t:
            await t.put(job, key="again", lane="again")
        (claim,) = (await studio.inbox.store.claim(Queue.OUT, 1)).claims
        await send_greeting(studio.inbox, claim, job)
        assert len(chats.channel.sent) == 1
