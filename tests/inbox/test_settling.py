"""What a try to send tells of the client: unreachable, moved; and the link of mails."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from inbox.actions import try_again
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.jobs import Queue
from inbox.model import Handle, OutboundMessage, Receipt
from inbox.ports import ReplyState
from inbox.worker import work_once
from tests.fakes import ChangingConnector, RecordingConnector, failures
from tests.inbox.conftest import Studio
from tests.inbox.writing import in_a_chat, now_is, written

BLOCKED = SendRejected(Fault.BLOCKED, "bot was blocked by the user")
GROUP, SUPERGROUP = Handle("telegram_group", "-1"), Handle("telegram_group", "-1002")


def moved_to(address: str) -> SendDeferred:
    return SendDeferred(Fault.MOVED, address, retry_after=timedelta())


async def of_a_group(studio: Studio) -> ChangingConnector:
    """Answers go to a group from now on."""
    chat = in_a_chat(studio)
    shape = {"sender": Handle("telegram", "5"), "peer": GROUP, "place": GROUP, "peer_name": "П"}
    chat.shapes["Вопрос"] = {**shape, "thread_ids": ("<m1>", "group:-1")}
    async with studio.inbox.store.begin() as t:
        client = await t.add_client("Ромашка", studio.anna.id)
        contact = await t.add_contact(client.id, "Проект")
        await t.add_handles(contact.id, [GROUP])
    return chat


class TestBlocked:
    async def test_the_client_is_marked_and_the_holder_told(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.boris, "a@x.test")
        studio.channel.failures = failures(BLOCKED)
        talk = await studio.conversation(await studio.asks("a@x.test"))
        await written(studio, talk, studio.anna)
        await studio.run()
        async with studio.inbox.store.begin() as t:
            card = await t.card(await t.newest_message(talk.id) or 0)
        assert card.unreachable == "blocked"
        assert [(note.kind, to) for _, note, to in studio.desk.notes] == [
            ("unreachable", studio.boris)
        ]

    async def test_the_author_hears_it_of_the_reply_alone(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        studio.channel.failures = failures(BLOCKED)
        talk = await studio.conversation(await studio.asks("a@x.test"))
        await written(studio, talk, studio.anna)
        await studio.run()
        assert studio.desk.notes == []
        assert [told.fault for told, _ in studio.desk.outcomes] == ["blocked"]


class TestMoved:
    async def test_a_group_that_moved_gets_it_at_once_and_nobody_is_told(
        self, studio: Studio
    ) -> None:
        chat = await of_a_group(studio)
        talk = await studio.conversation(await studio.asks("5"))
        chat.failures = failures(moved_to("-1002"))
        saved = await written(studio, talk, studio.anna)
        await studio.run()
        await studio.later()
        assert [one.recipient for one in chat.sent] == [GROUP, SUPERGROUP]
        assert [told.state for told, _ in studio.desk.outcomes] == [ReplyState.SENT]
        assert (await now_is(studio, saved)).tries == 0
        assert (await studio.conversation("group:-1002")).id == talk.id

    async def test_where_it_moved_to_where_it_is_it_is_only_put_off(self, studio: Studio) -> None:
        chat = await of_a_group(studio)
        talk = await studio.conversation(await studio.asks("5"))
        chat.failures = failures(moved_to("-1"))
        await written(studio, talk, studio.anna)
        await studio.run()
        await studio.later()
        assert [told.state for told, _ in studio.desk.outcomes] == [
            ReplyState.QUEUED,
            ReplyState.SENT,
        ]


@dataclass
class KeepingConnector(RecordingConnector):
    """A mailbox that keeps copies."""

    copy_after: float = 0.0
    kept: list[OutboundMessage] = field(default_factory=list)

    async def look_for(self, message: OutboundMessage) -> Receipt | None:
        return None

    async def keep_copy(self, message: OutboundMessage) -> None:
        self.kept.append(message)


class TestLink:
    async def forms(self, studio: Studio, reply_id: int) -> str | None:
        async with studio.inbox.store.begin() as t:
            return await t.form(f"telegram_link:{reply_id}")

    async def test_a_mail_carries_the_contacts_own_link_the_same_at_each_try(
        self, studio: Studio
    ) -> None:
        box = KeepingConnector(studio.clock)
        studio.channel = box
        studio.inbox = replace(
            studio.inbox, connectors={box.channel.id: box}, join_link="https://t.me/b?start=link_"
        )
        talk = await studio.conversation(await studio.asks("a@x.test"))
        box.failures = failures(SendUncertain(Fault.NO_ANSWER))
        saved = await written(studio, talk, studio.anna)
        await studio.run()
        (first,) = box.sent
        base, _, secret = first.telegram_link.partition("link_")
        assert base == "https://t.me/b?start="
        async with studio.inbox.store.begin() as t:
            handle, now = Handle("telegram", "9"), studio.clock.now()
            assert await t.redeem_link(secret, handle, now) == talk.contact.id
        await try_again(studio.inbox, saved.id, studio.anna)
        await studio.run()
        assert [one.telegram_link for one in box.sent] == [first.telegram_link] * 2
        assert [one.telegram_link for one in box.kept] == [first.telegram_link]
        assert await self.forms(studio, saved.id) is None

    async def test_the_next_mail_has_the_same_until_it_is_used(self, studio: Studio) -> None:
        studio.inbox = replace(studio.inbox, join_link="t.me/b?start=link_")
        talk = await studio.conversation(await studio.asks("a@x.test"))
        for key in ("k1", "k2"):
            saved = await written(studio, talk, studio.anna, key, desk_ref=None)
            await studio.run()
            assert await self.forms(studio, saved.id) is None
        first, second = studio.channel.sent
        assert first.telegram_link == second.telegram_link

    async def test_a_chat_carries_none(self, studio: Studio) -> None:
        chat = in_a_chat(studio)
        studio.inbox = replace(studio.inbox, join_link="t.me/b?start=link_")
        talk = await studio.conversation(await studio.asks("a@x.test"))
        await written(studio, talk, studio.anna)
        await studio.run()
        assert [one.telegram_link for one in chat.sent] == [""]


async def test_a_dead_job_of_a_reply_is_told_to_its_author(studio: Studio) -> None:
    talk = await studio.conversation(await studio.asks("a@x.test"))
    saved = await written(studio, talk, studio.anna)
    async with studio.inbox.store.begin() as t:
        await t.save_reply(replace(saved, state=ReplyState.SENT, sent_as=("x",)))
    await work_once(studio.inbox, Queue.OUT)
    assert (await now_is(studio, saved)).sent_as == ("x",)
